"""Targets of small packages: status, completion and pace of each kind of target, in the target year and before."""

import pandas as pd
import pytest

from helpers.evaluation import history, scoreboard
from helpers.package import tables
from helpers.views import Overview, select


def overview_of(package: tables.Tables, year: int) -> Overview:
    """The overview of a package's own region in English."""
    return Overview(select.Selector(package).view("overview", "0-overview", "en", package.plan.region), year=year)


SMALL = """indicator,section,headline,category,name_zh,name_en,unit,kind,direction,target_kind,may_exceed,group,note
{rows}"""
UNITS = {"rank": "位", "share": "%"}
DOWN = ("cap", "rank", "reduction")


@pytest.fixture
def plan_of(copy):
    """A package with one headline indicator and the figures given: measure, region, period, value and perhaps a unit."""

    def build(target_kind: str, figures: list[tuple], kind: str = "stock", unit: str = "") -> tables.Tables:
        unit = unit or UNITS.get(kind, "家")
        direction = "down" if target_kind in DOWN else "up"
        row = f"firms,1.1,1,innovation,企业,Firms,{unit},{kind},{direction},{target_kind},false,,"
        (copy / "indicators.csv").write_text(SMALL.format(rows=row + "\n"), encoding="utf-8")
        head = "figure,indicator,measure,region,period,value,unit,qualifier,printed,source,sentence,note\n"
        lines = []
        for n, (measure, region, when, value, *other) in enumerate(figures):
            percent = measure == "target" and target_kind in ("growth", "reduction")
            own = other[0] if other else "%" if percent else unit
            lines.append(f"F{n},firms,{measure},{region},{when},{value},{own},exact,{value},T.1,1,")
        (copy / "figures.csv").write_text(head + "\n".join(lines) + "\n", encoding="utf-8")
        for name in ("external", "errata", "relations", "platforms"):
            path = copy / f"{name}.csv"
            path.write_text(path.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
        return tables.load(copy)

    return build


HERE, ABOVE = "330000", "100000"


@pytest.mark.parametrize(
    ("target_kind", "kind", "figures", "status", "reason", "linear"),
    [
        ("cap", "stock", [200, ("2015", 400), ("2016", 290)], "ahead", "", 1.1),
        ("cap", "stock", [200, ("2015", 400), ("2016", 350)], "behind", "", 0.5),
        ("cap", "stock", [200, ("2015", 100), ("2016", 150)], "achieved_early", "", None),
        ("reduction", "stock", [20, ("2015", 100), ("2016", 90)], "on_track", "", 1.0),
        ("reduction", "stock", [20, ("2015", 100), ("2016", 97)], "behind", "", 0.3),
        ("reduction", "stock", [20, ("2015", 100), ("2016", 75)], "achieved_early", "", None),
        ("growth", "stock", [10, ("2015", 1000), ("2016", 1100)], "on_track", "", 0.952),
        ("growth", "stock", [10, ("2015", 1000), ("2016", 1093)], "on_track", "", 0.886),
        ("growth", "stock", [10, ("2015", 1000), ("2016", 1200)], "ahead", "", 1.905),
        ("growth", "stock", [10, ("2015", 1000), ("2016", 1220)], "achieved_early", "", None),
        ("growth", "stock", [10, ("2015", 1000), ("2016", 1050)], "behind", "", 0.476),
        ("cumulative", "flow", [200, ("2016", 100)], "on_track", "", 1.0),
        ("cumulative", "flow", [200, ("2016", 60)], "behind", "", 0.6),
        ("cumulative", "flow", [200, ("2016", 260)], "achieved_early", "", None),
        ("cumulative", "stock", [200, ("2015", 180), ("2016", 185)], "behind", "", 0.5),
        ("level", "stock", [200, ("2015", 250), ("2016", 180)], "behind", "", None),
        ("level", "stock", [200, ("2015", 250), ("2016", 255)], "achieved_early", "", None),
        ("range", "stock", [150, 200, ("2015", 100), ("2016", 120)], "undecided", "no_pace", None),
    ],
)  # fmt: skip
def test_pace_of_each_kind_of_target(plan_of, target_kind, kind, figures, status, reason, linear):
    measure = "flow" if kind == "flow" else "level"
    rows = [
        ("target", HERE, "2017", figure) if isinstance(figure, int) else (measure, HERE, *figure) for figure in figures
    ]
    row = scoreboard.scoreboard(plan_of(target_kind, rows, kind), 2016).loc["firms"]
    assert (row["status"], row["reason"]) == (status, reason)
    assert pd.isna(row["pace_linear"]) if linear is None else row["pace_linear"] == pytest.approx(linear, abs=1e-3)


@pytest.mark.parametrize(
    ("target_kind", "kind", "figures", "status", "value", "completion"),
    [
        ("range", "stock", [150, 200, ("2017", 180)], "met", 180, 100),
        ("range", "stock", [150, 200, ("2017", 240)], "missed", 240, 80),
        ("cumulative", "flow", [200, ("2016", 100), ("2017", 120)], "exceeded", 220, 110),
        ("cumulative", "flow", [200, ("2016", 100), ("2016/2017", 190), ("2017", 120)], "missed", 190, 95),
        ("cumulative", "flow", [200, ("2017", 120)], "no_data", None, None),
        ("growth", "stock", [10, ("2015", 1000), ("2017", 1210)], "met", 1210, 100),
        ("growth", "stock", [10, ("2017", 1210)], "undecided", 1210, None),
        ("reduction", "stock", [20, ("2015", 100), ("2017", 85)], "missed", 85, 75),
        ("reduction", "stock", [20, ("2015", -10), ("2017", -15)], "exceeded", -15, 250),
        ("reduction", "stock", [20, ("2015", 0), ("2017", 5)], "undecided", 5, None),
        ("level", "flow", [100, ("2017-12", 120)], "no_data", None, None),
        ("level", "stock", [100, ("2017-12", 120)], "exceeded", 120, 120),
        ("level", "stock", [100, ("2017H1", 120)], "no_data", None, None),
    ],
)
def test_result_of_each_kind_of_target(plan_of, target_kind, kind, figures, status, value, completion):
    measure = "flow" if kind == "flow" else "level"
    rows = [
        ("target", HERE, "2017", figure) if isinstance(figure, int) else (measure, HERE, *figure) for figure in figures
    ]
    row = scoreboard.scoreboard(plan_of(target_kind, rows, kind), 2017).loc["firms"]
    assert row["status"] == status
    assert pd.isna(row["value"]) if value is None else row["value"] == value
    assert pd.isna(row["completion"]) if completion is None else row["completion"] == pytest.approx(completion)


@pytest.mark.parametrize(
    ("figures", "status", "reason"),
    [
        ([(HERE, "2015", 120), (ABOVE, "2015", 100), (HERE, "2016", 135), (ABOVE, "2016", 100)], "on_track", ""),
        ([(HERE, "2015", 120), (HERE, "2016", 135), (ABOVE, "2016", 100)], "undecided", "no_baseline"),
        ([(HERE, "2016", 135)], "undecided", "no_reference"),
        ([(HERE, "2016", 155), (ABOVE, "2016", 100)], "achieved_early", ""),
    ],
)
def test_a_lead_has_its_own_baseline(plan_of, figures, status, reason):
    rows = [("target", HERE, "2017", 50), *(("level", *figure) for figure in figures)]
    row = scoreboard.scoreboard(plan_of("gap", rows), 2016).loc["firms"]
    assert (row["status"], row["reason"]) == (status, reason)


def test_a_total_names_the_years_it_is_made_of(plan_of):
    rows = [("target", HERE, "2017", 200), ("flow", HERE, "2016", 100), ("flow", HERE, "2017", 120)]
    package = plan_of("cumulative", rows, "flow")
    total = history.derived(package).iloc[0]
    assert (total["how"], total["period"], total["used"]) == ("sum", "2016/2017", ("F1", "F2"))
    overview = overview_of(package, 2017)
    assert overview.derived.at[total.name, "formula"] == "100 + 120"
    assert "100 + 120" in overview.scoreboard().html


def test_a_total_may_begin_with_a_derived_year(plan_of):
    rows = [("target", HERE, "2017", 200), ("flow", HERE, "2017", 120), ("growth_rate", HERE, "2017", 20, "%")]
    package = plan_of("cumulative", rows, "flow")
    (total,) = (row for _, row in history.derived(package).iterrows() if row["how"] == "sum")
    assert (total["parts"], total["used"], total["base"]) == (("F1~F2", "F1"), ("F1", "F2"), pytest.approx(220))
    overview = overview_of(package, 2017)
    assert overview.derived.at[total.name, "formula"] == "120 ÷ (1 + 20%) + 120"
    assert "120 ÷ (1 + 20%) + 120" in overview.scoreboard().html
    assert total.name in overview.derived.index


@pytest.mark.parametrize(
    ("kind", "written"),
    [("level", ">20<"), ("increase", ">increase of 20<"), ("cumulative", ">20 in total<"), ("growth", ">20% a year<"),
     ("reduction", ">fall of 20%<")],
)  # fmt: skip
def test_a_target_that_is_no_value_of_the_quantity_says_what_it_is_of(plan_of, kind, written):
    overview = overview_of(plan_of(kind, [("target", HERE, "2017", 20), ("level", HERE, "2016", 10)]), 2016)
    assert written in overview.scoreboard().html


def test_a_baseline_in_another_currency_is_not_used(plan_of):
    rows = [("target", HERE, "2017", 200), ("level", HERE, "2015", 10, "美元"), ("level", HERE, "2016", 150)]
    row = scoreboard.scoreboard(plan_of("level", rows, unit="元"), 2016).loc["firms"]
    assert (row["status"], row["reason"]) == ("undecided", "no_baseline")


def test_the_currency_of_the_target_is_compared(plan_of):
    rows = [("target", HERE, "2017", 100), ("flow", HERE, "2017", 20, "美元"), ("flow", HERE, "2017", 130)]
    row = scoreboard.scoreboard(plan_of("level", rows, "flow", "元"), 2017).loc["firms"]
    assert (row["status"], row["completion"]) == ("exceeded", pytest.approx(130))


def test_annual_growth_does_not_apply_to_december(plan_of):
    rows = [("target", HERE, "2017", 100), ("flow", HERE, "2018-12", 20), ("growth_rate", HERE, "2018", 10, "%")]
    assert history.earlier(plan_of("level", rows, "flow")).empty


def test_a_half_year_completion_is_not_the_year_s(plan_of):
    rows = [("target", HERE, "2017", 100), ("level", HERE, "2017", 110), ("completion", HERE, "2017H1", 55, "%")]
    assert pd.isna(scoreboard.scoreboard(plan_of("level", rows), 2017).loc["firms", "printed"])


def test_the_scoreboard_shows_rates_and_ranges(plan_of):
    growth = [("target", HERE, "2017", 10), ("level", HERE, "2015", 1000), ("level", HERE, "2017", 1210)]
    assert "1,210 (10.0%)" in overview_of(plan_of("growth", growth), 2017).scoreboard().html
    ends = [("target", HERE, "2017", 150), ("target", HERE, "2017", 200), ("level", HERE, "2017", 180)]
    assert "150–200" in overview_of(plan_of("range", ends), 2017).scoreboard().html


@pytest.mark.parametrize(
    ("measure", "unit", "earlier"), [("growth_rate", "%", 0), ("change", "元", 0), ("change", "美元", 1)]
)
def test_nothing_is_derived_across_currencies(plan_of, measure, unit, earlier):
    rows = [("target", HERE, "2017", 200), ("flow", HERE, "2017", 150, "美元"), (measure, HERE, "2017", 20, unit)]
    assert len(history.earlier(plan_of("level", rows, "flow", "元"))) == earlier


TARGET = ("target", "330000", "2017", 200)


@pytest.mark.parametrize(
    ("target_kind", "figures", "status", "reason"),
    [
        ("level", [TARGET, ("level", "330000", "2015", 100), ("level", "330000", "2016", 180)], "ahead", ""),
        ("level", [TARGET, ("level", "330000", "2015", 100), ("level", "330000", "2016", 150)], "on_track", ""),
        ("level", [TARGET, ("level", "330000", "2015", 100), ("level", "330000", "2016", 110)], "behind", ""),
        ("level", [TARGET, ("level", "330000", "2015", 100), ("level", "330000", "2016", 210)], "achieved_early", ""),
        ("level", [TARGET, ("level", "330000", "2016", 150)], "undecided", "no_baseline"),
        ("level", [TARGET], "no_data", "no_actual"),
        ("gap", [TARGET, ("level", "330000", "2016", 150)], "undecided", "no_reference"),
        ("gap", [TARGET, ("level", "330000", "2016", 350), ("level", "100000", "2016", 100)], "achieved_early", ""),
    ],
)
def test_before_the_target_year_pace_decides(plan_of, target_kind, figures, status, reason):
    row = scoreboard.scoreboard(plan_of(target_kind, figures), 2016).loc["firms"]
    assert (row["status"], row["reason"]) == (status, reason)


def test_differing_readings_of_pace_are_flagged(plan_of):
    figures = [("target", "330000", "2017", 400), ("level", "330000", "2015", 100), ("level", "330000", "2016", 205)]
    row = scoreboard.scoreboard(plan_of("level", figures), 2016).loc["firms"]
    assert row["status"] == "behind"
    assert row["paces_differ"]


def test_a_rank_is_met_or_not(plan_of):
    figures = [("target", "330000", "2017", 3), ("rank", "330000", "2017", 1)]
    row = scoreboard.scoreboard(plan_of("rank", figures, "rank"), 2017).loc["firms"]
    assert row["status"] == "met"
    assert pd.isna(row["completion"])


def test_the_overview_shows_both_readings_of_pace(plan_of):
    figures = [("target", "330000", "2017", 400), ("level", "330000", "2015", 100), ("level", "330000", "2016", 205)]
    overview = overview_of(plan_of("level", figures), 2016)
    row = overview.pace()._repr_mimebundle_()["text/html"]
    assert "0.70" in row
    assert "1.05" in row
    assert "the two measures disagree" in row
