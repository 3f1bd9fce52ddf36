"""Runs: their names, and the parameters that they are given."""

import pytest
import small

from helpers import paths
from helpers.batch import runs
from helpers.errors import UserError


@pytest.mark.parametrize("source", ["year = 2016 + 1", "print(1)", "a, b = 1, 2", "year ="])
def test_parameters_that_are_no_literals_are_told_in_a_sentence(source, sources):
    odd = small.notebook(sources / "odd.ipynb", parameters=source)
    with pytest.raises(UserError, match=r"odd\.ipynb: the cell tagged 'parameters' may only set names to literals"):
        runs.parameters_of(odd)


def test_only_parameters_that_differ_from_the_defaults_are_given(sources):
    small.notebook(sources / "one.ipynb")
    given = {one.name: one.parameters for one in small.plan(sources, years=[2017, 2018], languages=["zh", "en"])}
    assert given == {
        "one_2017_zh": {},
        "one_2018_zh": {"year": 2018},
        "one_2017_en": {"language": "en"},
        "one_2018_en": {"year": 2018, "language": "en"},
    }


def test_years_and_languages_where_a_notebook_varies_over_them():
    all_runs = runs.plan(sorted(paths.NOTEBOOKS.glob("*.ipynb")), small.YEARS, ["zh", "en"], ["330000"], "330000")
    assert len({one.name for one in all_runs}) == len(all_runs) == 40
    assert {one.name for one in all_runs if one.year is None} == {
        f"{notebook}_{language}" for notebook in ("6-audit", "7-outlook") for language in ("zh", "en")
    }


def test_a_region_other_than_the_plan_s_own_is_in_the_name():
    (one,) = runs.plan([paths.NOTEBOOKS / "6-audit.ipynb"], [2017], ["en"], ["330100"], "330000", "other")
    assert one.name == "6-audit_en_330100"
    assert one.parameters == {"language": "en", "region": "330100", "data": "other"}
