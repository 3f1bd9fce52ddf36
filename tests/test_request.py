"""What is asked for becomes runs; what is not there is told in one sentence."""

import shutil

import content
import pytest

from helpers import paths
from helpers.batch import fingerprint
from helpers.cli import request
from helpers.errors import UserError
from helpers.package import tables
from helpers.views import select


@pytest.fixture(scope="session")
def own() -> request.Package:
    """The project's own data package, as a batch sees it."""
    return request.Package()


def names(package: request.Package, **asked) -> list[str]:
    return [run.name for run in request.resolve(package, **asked)]


@pytest.mark.parametrize(
    ("asked", "number"),
    [
        ({}, content.RUNS),
        ({"years": [2017]}, content.RUNS_A_YEAR + content.RUNS_OF_NO_YEAR + content.RUNS_OF_INDICATORS),
        ({"years": [2016, 2017]}, 2 * content.RUNS_A_YEAR + content.RUNS_OF_NO_YEAR + content.RUNS_OF_INDICATORS),
        ({"notebooks": ["0-overview", "6-audit"]}, 2 * len(content.YEARS) + 2),
        # indicators of the region's own
        ({"regions": ["330100"], "languages": ["zh"]}, content.RUNS_OF_NOTEBOOKS // 2 + 4),
        ({"regions": ["330100", "330600"], "languages": ["zh"], "years": [2017]}, 16 + 4),
        # a place of which there is no figure
        ({"regions": ["330110"], "languages": ["zh"], "notebooks": ["7-outlook"]}, 1),
        ({"notebooks": ["indicator"], "indicators": ["industrial-robots", "online-retail-sales"]}, 4),
        ({"indicators": ["industrial-robots"], "languages": ["zh"], "years": [2017]}, 9),
        ({"regions": ["all"], "languages": ["zh"], "notebooks": ["0-overview"], "years": [2017]}, len(content.PLACES)),
    ],
)
def test_a_request_is_as_many_runs_as_it_says(own, asked, number):
    runs = names(own, **asked)
    assert len(runs) == len(set(runs)) == number


@pytest.mark.parametrize(
    ("asked", "runs"),
    [
        # in the order of regions, languages, notebooks and years, as the request has regions, languages and years
        (
            {"years": [2018, 2016], "notebooks": ["6-audit", "0-overview"], "languages": ["en", "zh"]},
            [
                "0-overview_2018_en", "0-overview_2016_en", "6-audit_en",
                "0-overview_2018_zh", "0-overview_2016_zh", "6-audit_zh",
            ],
        ),
        # the plan's own region goes without saying
        (
            {"years": [2017], "notebooks": ["0-overview"], "regions": ["330200", "330000"]},
            [
                "0-overview_2017_zh_330200", "0-overview_2017_en_330200",
                "0-overview_2017_zh", "0-overview_2017_en",
            ],
        ),
        # all regions are those with figures, in the order of the table
        (
            {"regions": ["all"], "languages": ["en"], "notebooks": ["6-audit"]},
            ["6-audit_en", *(f"6-audit_en_{place}" for place in content.PLACES[1:])],
        ),
    ],
)  # fmt: skip
def test_a_request_is_these_runs(own, asked, runs):
    assert names(own, **asked) == runs


def test_a_run_is_given_what_differs_from_the_notebook_s_own_defaults(own):
    runs = request.resolve(own, [2017, 2018], ["2-integration"], regions=["330000", "330100"])
    assert {run.name: run.parameters for run in runs} == {
        "2-integration_2017_zh": {},
        "2-integration_2018_zh": {"year": 2018},
        "2-integration_2017_en": {"language": "en"},
        "2-integration_2018_en": {"year": 2018, "language": "en"},
        "2-integration_2017_zh_330100": {"region": "330100"},
        "2-integration_2018_zh_330100": {"year": 2018, "region": "330100"},
        "2-integration_2017_en_330100": {"language": "en", "region": "330100"},
        "2-integration_2018_en_330100": {"year": 2018, "language": "en", "region": "330100"},
    }


def test_another_package_has_its_own_years_and_is_a_parameter(spoil):
    folder = str(spoil("figures.csv", "2018,1452,个", "2019,1452,个"))
    runs = request.resolve(request.Package(folder), None, ["0-overview"], ["zh"])
    assert [run.year for run in runs] == [2016, 2017, 2018, 2019]
    assert {run.parameters["data"] for run in runs} == {run.data for run in runs} == {folder}


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"years": [2030]}, f"the data has nothing for the year 2030; it has {content.YEARS_IN_WORDS}."),
        ({"years": [2017, 1999]}, f"the data has nothing for the year 1999; it has {content.YEARS_IN_WORDS}."),
        (
            {"notebooks": ["2-integraton"]},
            "unknown notebook '2-integraton' (did you mean '2-integration'?); there is 0-overv",
        ),
        ({"notebooks": [""]}, "no notebook given; there is 0-overview, 1-innovation"),
        ({"languages": ["fr"]}, "unknown language 'fr'; there is zh, en."),
        ({"languages": [""]}, "no language given; there is zh, en."),
        ({"languages": ["", ""]}, "no language given; there is zh, en."),
        ({"regions": [""]}, "unknown region ''; regions.csv has 24, such as "),
        ({"regions": ["33"]}, "unknown region '33'; regions.csv has 24, such as "),
        ({"regions": ["330100", "33"]}, "unknown region '33'"),
        ({"regions": ["330100", ""]}, "unknown region ''"),
        ({"regions": ["all", "330100"]}, "unknown region 'all'"),
    ],
)
def test_what_data_or_notebooks_do_not_have_is_told_in_a_sentence(own, asked, sentence):
    with pytest.raises(UserError) as caught:
        names(own, **asked)
    assert str(caught.value).startswith(sentence)
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        (["alpa"], "unknown letter 'alpa' (did you mean 'alpha'?); there is alpha, beta."),
        (["beta", "x"], "unknown letter 'x'; there is alpha, beta."),
        (["ALPHA"], "unknown letter 'ALPHA'; there is alpha, beta."),
        ([], "no letter given; there is alpha, beta."),
        (["", ""], "no letter given; there is alpha, beta."),
    ],
)
def test_a_value_that_is_not_there_is_told(values, sentence):
    with pytest.raises(UserError) as caught:
        request.choose(values, ["alpha", "beta"], "letter")
    assert str(caught.value) == sentence


def test_a_run_finds_its_view_in_the_file_that_is_laid_out(own, tmp_path, monkeypatch):
    (run,) = request.resolve(own, [2018], ["2-integration"], ["en"], ["330100"])
    inputs = own.inputs(run)
    (tmp_path / inputs.file).write_bytes(inputs.content)
    monkeypatch.setenv(inputs.variable, str(tmp_path))
    view = select.load("chapter", "2-integration", "en", "330100", "")
    assert 0 < len(view.figures) < len(tables.load().figures)
    assert own.inputs(run) == inputs


def test_a_package_is_as_it_is_found_in_its_folder(tmp_path):
    copy = shutil.copytree(paths.ROOT / "data", tmp_path / "data")
    package = request.Package(str(copy))
    assert package.digest == request.Package().digest == fingerprint.digest_folder(copy)  # wherever it lies
    (copy / "figures.csv").write_text((copy / "figures.csv").read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert request.Package(str(copy)).digest != package.digest
    assert package.digest == request.Package().digest  # one batch sees one package
