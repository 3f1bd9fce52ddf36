"""Runs: their names, and the parameters that they are given."""

import pytest
import small

from helpers import paths
from helpers.errors import UserError
from helpers.runs import run


@pytest.mark.parametrize("source", ["year = 2016 + 1", "print(1)", "a, b = 1, 2", "year ="])
def test_parameters_must_be_literals(source, sources):
    odd = small.notebook(sources / "odd.ipynb", parameters=source)
    with pytest.raises(UserError, match=r"odd\.ipynb: the cell tagged 'parameters' may only set names to literals"):
        run.read_parameters(odd)


def test_only_parameters_that_differ_from_the_defaults_are_passed(sources):
    small.notebook(sources / "one.ipynb")
    given = {entry.name: entry.parameters for entry in small.plan(sources, years=[2017, 2018], languages=["zh", "en"])}
    assert given == {
        "one_2017_zh": {},
        "one_2018_zh": {"year": 2018},
        "one_2017_en": {"language": "en"},
        "one_2018_en": {"year": 2018, "language": "en"},
    }


def test_a_notebook_without_a_year_runs_once_a_language():
    all_runs = run.list_runs(sorted(paths.NOTEBOOKS.glob("*.ipynb")), small.YEARS, ["zh", "en"], ["330000"], "330000")
    assert len({entry.name for entry in all_runs}) == len(all_runs) == 40
    assert {entry.name for entry in all_runs if entry.year is None} == {
        f"{notebook}_{language}" for notebook in ("6-audit", "7-outlook") for language in ("zh", "en")
    }


def test_a_notebook_of_indicators_runs_once_for_each_that_has_a_page_in_a_region():
    source = [paths.NOTEBOOKS / "indicator.ipynb"]
    pages = {"330000": ["online-retail-sales", "industrial-robots"], "330100": ["industrial-robots"]}
    listed = run.list_runs(source, small.YEARS, ["zh"], ["330000", "330100", "330200"], "330000", "", pages)
    assert {entry.name: (entry.file, entry.parameters) for entry in listed} == {
        "indicators/online-retail-sales_zh": ("online-retail-sales_zh", {}),  # the notebook's own default
        "indicators/industrial-robots_zh": ("industrial-robots_zh", {"indicator": "industrial-robots"}),
        "indicators/industrial-robots_zh_330100": (
            "industrial-robots_zh_330100",
            {"indicator": "industrial-robots", "region": "330100"},
        ),
    }


def test_another_region_is_in_the_name_of_a_run():
    (single,) = run.list_runs([paths.NOTEBOOKS / "6-audit.ipynb"], [2017], ["en"], ["330100"], "330000", "other")
    assert single.name == "6-audit_en_330100"
    assert single.parameters == {"language": "en", "region": "330100", "data": "other"}
