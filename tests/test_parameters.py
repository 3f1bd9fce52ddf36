"""Parameters are checked before any work: names, types, values; one sentence each."""

import pytest

from helpers.package import parameters

NAMES = ("year", "language", "region", "data")
GOOD = {"year": 2017, "language": "zh", "region": "330000", "data": ""}


def namespace(injected: str = "", **values) -> dict:
    cells = ["", "year: int = 2017"] + ([f"# Parameters\n{injected}\n"] if injected else [])
    return {"In": cells, **GOOD, **values}


def test_the_values_of_the_parameters_cell_are_read():
    assert parameters.read("2-integration", NAMES, namespace()) == GOOD


@pytest.mark.parametrize(
    ("injected", "values", "sentence"),
    [
        ("yaer = 2018", {}, "unknown parameter 'yaer' (did you mean 'year'?); the notebook 2-integration takes year"),
        (
            "colour = 1",
            {},
            "unknown parameter 'colour'; the notebook 2-integration takes year, language, region, data.",
        ),
        ("", {"year": "2017"}, "year is '2017', expected a whole number such as 2017."),
        ("", {"year": 2017.0}, "year is 2017.0, expected a whole number"),
        ("", {"year": True}, "year is True, expected a whole number"),
        ("", {"language": 1}, "language is 1, expected text such as 'zh'."),
        ("", {"data": None}, "data is None, expected text"),
    ],
)
def test_a_wrong_name_or_type_has_its_sentence(injected, values, sentence):
    with pytest.raises(parameters.ParameterError) as caught:
        parameters.read("2-integration", NAMES, namespace(injected, **values))
    assert str(caught.value).startswith(sentence)
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"year": 2030}, "the data has nothing for the year 2030; it has 2016, 2017, 2018."),
        ({"language": "fr"}, "language is 'fr', expected one of 'zh', 'en'."),
        ({"region": "330001"}, "unknown region '330001'; regions.csv has 24, such as"),
    ],
)
def test_a_value_that_the_data_lacks_has_its_sentence(package, values, sentence):
    with pytest.raises(parameters.ParameterError) as caught:
        parameters.check(GOOD | values, package.choices)
    assert str(caught.value).startswith(sentence)


def test_a_region_may_come_as_the_number_that_papermill_makes_of_it():
    assert parameters.read("2-integration", NAMES, namespace(region=330100))["region"] == "330100"


@pytest.mark.parametrize(
    "code",
    [
        'open("x", "w")\nyear = 2018', "year = print(1)", "year = other = 2018", "year: int = 2018", "a.b = 1", "a[0] = 1", "year += 1",
        "year = [open('x')]", "year = {open('x'): 1}", "year = float('1')", "year = f'{open}'", "import os", "def year(): pass",
    ],
)  # fmt: skip
def test_what_papermill_inserts_sets_names_to_values_and_does_nothing_else(code):
    with pytest.raises(
        parameters.ParameterError, match=r"^the cell '# Parameters' does more than set a name to a value"
    ):
        parameters.injected(namespace(code))


@pytest.mark.parametrize(
    "value",
    ["1", "-1", "None", "True", "'a'", "float('nan')", "float('-inf')", "[1, {'a': [float('inf')]}]", "1.5", '"汉\\n"'],
)
def test_what_papermill_writes_for_a_value_is_one(value):
    assert parameters.injected(namespace(f"year = {value}")) == ["year"]


def test_a_parameter_may_not_hide_what_papermill_has_inserted():
    assert parameters.injected({"In": 1}) == []  # as there is no shell to be asked, see test_papermill
    assert parameters.injected({"In": ["", 1]}) == []


def test_what_an_analyst_defines_in_jupyterlab_is_no_parameter():
    assert parameters.read("2-integration", NAMES, namespace(c=1, frame=2)) == GOOD


def test_the_last_injected_cell_counts():
    cells = ["# Parameters\nyaer = 1\n", "x = 1", "# Parameters\nyear = 2018\n"]
    assert parameters.injected({"In": cells}) == ["year"]
