"""Figures in base units with the ranges they stand for, as printed and with errata."""

from dataclasses import replace

import numpy as np
import pytest

from helpers.package import tables


@pytest.mark.parametrize(
    ("figure", "lower", "base", "upper"),
    [
        ("2.3.3-3", 1671875e6, 1671880e6, 1671885e6),  # 16718.8亿元
        ("T.3-actual", 215500, 216000, 216500),  # 21.6万元/人
        ("T.3-target", 200000, 200000, 200000),  # a target is set, and not rounded
        ("1.1.1-1", 98, 98, 98),  # a count is itself
        ("2.1.2-4", 120000, 120000, np.inf),  # 超12万家
        ("2.2.3-4", 20640000, 20640000, 20650000),  # 2064余万笔
        ("4.1.3-2", 90, 90, 100),  # 90%以上 of a whole
        ("5.2.1-5", 100, 100, np.inf),  # 突破100% of households
        ("T.15-actual", 99.5, 100, 100),  # a coverage has no more than all
        ("3.4.1-1", 1000, 1000, 1000),  # 千兆: in words, so that no digit is rounded
        ("2.2.1-7", 50.003, 66.67, 83.337),  # 2/3: the nearest third
    ],
)
def test_a_printed_number_stands_for_a_range(package, figure, lower, base, upper):
    row = package.figures.loc[figure]
    assert (row["lower"], row["base"], row["upper"]) == pytest.approx((lower, base, upper), rel=1e-5)


def test_every_number_lies_in_its_range(shipped):
    for frame in (shipped.figures, shipped.external, tables.corrected(shipped).figures):
        assert (frame["lower"] <= frame["base"]).all()
        assert (frame["base"] <= frame["upper"]).all()


def test_errata_change_only_what_they_name(package):
    read = tables.corrected(package)
    changed = read.figures[read.figures["form"] == "corrected"]
    assert set(changed.index) == set(package.errata["key"])
    same = read.figures.index.difference(changed.index)
    assert read.figures.loc[same].equals(package.figures.loc[same])
    assert read.figures.loc["T.7-actual", ["base", "base_unit"]].tolist() == [pytest.approx(438.1e8), "元"]
    assert (package.figures["form"] == "printed").all()


def test_a_reading_has_the_range_of_what_it_was_computed_from(package):
    """438.1 for 500 follows from level and growth; 1.3 for 13 is the printed number with its decimal point."""
    ranges = tables.corrected(package).figures[["lower", "upper"]]
    assert ranges.loc["T.7-actual"].tolist() == pytest.approx([57.435e9 / 1.3115, 57.445e9 / 1.3105])
    assert ranges.loc["T.6-actual"].tolist() == pytest.approx([1.25e12, 1.35e12])


def test_a_rejected_erratum_is_not_applied(copy):
    path = copy / "errata.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",suspected", ",rejected"), encoding="utf-8")
    package = tables.load(copy)
    assert len(package.errata) == 9
    assert tables.corrected(package).figures.equals(package.figures)


def test_a_package_without_errata_stays_as_it_is(package):
    rejected = package.errata.assign(status="rejected")
    for errata in (rejected, rejected[:0]):
        bare = replace(package, errata=errata)
        assert tables.corrected(bare) is bare


def test_an_empty_table_has_the_usual_types(package):
    """A package with no public figures keeps the decimals of its own whole when the two are put together."""
    bare = tables.of(package.folder, package.plan, package.raw | {"external": package.raw["external"][:0]})
    assert bare.external.empty
    assert bare.external.dtypes.equals(package.external.dtypes)


def test_years_end_with_the_last_figure(package):
    assert package.years == [2016, 2017, 2018]


def test_a_region_includes_the_places_in_it(package):
    assert package.within("330100") == ["330100", "330110", "330127", "hangzhou-west-corridor"]
    assert len(package.within("330000")) == 20


@pytest.mark.parametrize(
    ("kind", "measure", "when", "whole"),
    [
        ("stock", "level", "2017", True),
        ("stock", "level", "2017-12", True),
        ("stock", "level", "2017-06", False),
        ("stock", "level", "2016/2017", False),
        ("share", "share", "2017-12", True),
        ("flow", "flow", "2017", True),
        ("flow", "flow", "2017-12", False),
        ("flow", "flow", "2017H2", False),
        ("flow", "flow", "2016/2017", False),
        ("flow", "target", "2016/2017", True),
        ("flow", "flow", "2017-01/2017-12", True),
    ],
)
def test_which_figures_stand_for_a_whole_year(copy, kind, measure, when, whole):
    indicators, figures = copy / "indicators.csv", copy / "figures.csv"
    lines = indicators.read_text(encoding="utf-8").splitlines()
    unit, target = ("%", "") if kind == "share" else ("家", "cumulative" if measure == "target" else "")
    extra = f"extra,1.1,,,另,Extra,{unit},{kind},up,{target},,,false,,,,"
    indicators.write_text("\n".join([*lines, extra]) + "\n", encoding="utf-8")
    row = f"extra-1,extra,{measure},330000,{when},50,{unit},exact,50{unit},mid-term-report,5.2.9,1,,"
    figures.write_text(figures.read_text(encoding="utf-8") + row + "\n", encoding="utf-8")
    assert tables.load(copy).figures.at["extra-1", "whole_year"] == whole


def test_a_target_far_ahead_adds_no_year(spoil):
    row = "T.1-target,high-tech-enterprises,target,330000,2017,3000,家,exact,3000,mid-term-report,T.1,1,,\n"
    folder = spoil("figures.csv", row, row + row.replace("T.1-target", "T.1-later").replace("2017,3000", "2030,3000"))
    assert tables.load(folder).years == [2016, 2017, 2018]
