"""A picture's title is the comparison that it shows, as a sentence; what cannot be compared has no picture."""

import pandas as pd
import pytest

from helpers.display.html import Html
from helpers.display.table import Picture
from helpers.numbers import format

ROBOTS, SERVICES = "2.1.1-6", "2.3.3-4"


@pytest.fixture
def chapter(opened):
    return lambda language="en": opened.chapter("2-integration", language, 2018)


def rows_like(frame: pd.DataFrame, *changes: dict) -> list[pd.Series]:
    """Copies of the first row of a frame, each with its own values; the range is the value."""
    rows = []
    for number, change in enumerate(changes):
        row = frame.iloc[0].copy()
        for name, value in change.items():
            row[name] = value
        row["base_lower"] = row["base_upper"] = row["base"]
        row.name = f"row-{number}"
        rows.append(row)
    return rows


def pair_of(chapter, *changes: dict) -> list[pd.Series]:
    """Values of a stock in some years."""
    return rows_like(chapter.years("industrial-robots").query("form == 'printed'"), *changes)


CHANGES = [
    ((100.0, 2017), (129.2, 2018), "Industrial robots in service rose 29.2% from 2017 to 2018", "在役工业机器人2018年同比增长29.2%"),
    ((100.0, 2017), (20.0, 2018), "Industrial robots in service fell 80.0% from 2017 to 2018", "在役工业机器人2018年同比下降80.0%"),
    ((100.0, 2017), (100.0, 2018), "Industrial robots in service did not change from 2017 to 2018", "在役工业机器人2018年与上年同期持平"),
    ((100.0, 2017), (100.01, 2018), "Industrial robots in service did not change from 2017 to 2018", "在役工业机器人2018年与上年同期持平"),
    (
        (100.0, 2016), (250.0, 2018),
        "Industrial robots in service rose 150.0% from 2016 to 2018", "在役工业机器人2016年至2018年增长150.0%",
    ),
    (
        (100.0, 2016), (50.0, 2018),
        "Industrial robots in service fell 50.0% from 2016 to 2018", "在役工业机器人2016年至2018年下降50.0%",
    ),
    (
        (0.0, 2017), (50000.0, 2018),
        "Industrial robots in service went from 0 (2017) to 50,000 (2018)", "在役工业机器人由2017年的0.0万台变为2018年的5.0万台",
    ),
    (
        (-20000.0, 2017), (50000.0, 2018),
        "Industrial robots in service went from −20,000 (2017) to 50,000 (2018)",
        "在役工业机器人由2017年的－2.0万台变为2018年的5.0万台",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("first", "last", "en", "zh"), CHANGES)
def test_a_change_over_time_is_a_sentence(chapter, first, last, en, zh):
    for language, sentence in (("en", en), ("zh", zh)):
        shown = chapter(language)
        pair = pair_of(shown, *({"base": base, "year": year, "period": str(year)} for base, year in (first, last)))
        titles = shown._pictures.titles
        assert titles.say_change(titles.compare(*pair)) == sentence


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "Industrial robots in service fell 2.5 percentage points from 2017 to 2018"),
        ("zh", "在役工业机器人2018年同比降低2.5个百分点"),
    ],
)
def test_a_share_changes_by_percentage_points(chapter, language, sentence):
    shown = chapter(language)
    share = {"base_unit": "%", "multiplier": 1, "decimals": 1}
    pair = pair_of(
        shown,
        share | {"base": 92.5, "year": 2017, "period": "2017"},
        share | {"base": 90.0, "year": 2018, "period": "2018"},
    )
    titles = shown._pictures.titles
    assert titles.say_change(titles.compare(*pair)) == sentence


@pytest.mark.parametrize(
    ("growths", "en", "zh"),
    [
        ((10, 20, 30), "All 3 quantities rose from 2017 to 2018; industrial robots in service rose most, by 30.0%",
         "3项指标2018年同比均有增长，在役工业机器人增幅最大，为30.0%"),
        ((-10, 20, 30), "2 of 3 quantities rose from 2017 to 2018; industrial robots in service rose most, by 30.0%",
         "3项指标中2项2018年同比有所增长，在役工业机器人增幅最大，为30.0%"),
        ((-10, 0, -30), "None of 3 quantities rose from 2017 to 2018; industrial robots in service fell most, by 30.0%",
         "3项指标2018年同比均未增长，在役工业机器人降幅最大，为30.0%"),
        ((0, 0.01, -0.01), "Industrial robots in service did not change from 2017 to 2018; industrial robots in service did not change from 2017 to 2018",
         "；".join(["在役工业机器人2018年与上年同期持平"] * 2)),
    ],
)  # fmt: skip
def test_many_changes_are_counted_and_the_largest_is_named(chapter, growths, en, zh):
    for language, sentence in (("en", en), ("zh", zh)):
        shown, changes = chapter(language), []
        for growth in growths:
            values = (
                {"base": 100.0, "year": 2017, "period": "2017"},
                {"base": 100.0 + growth, "year": 2018, "period": "2018"},
            )
            changes.append(shown._pictures.titles.compare(*pair_of(shown, *values)))
        assert shown._pictures.titles.say_changes(changes) == sentence


def test_one_change_that_is_known_among_others_is_not_counted(chapter):
    shown = chapter()
    pairs = [(-5.0, 10.0), (100.0, 120.0), (0.0, 3.0)]
    changes = [
        shown._pictures.titles.compare(*pair_of(shown, {"base": first, "year": 2017}, {"base": last, "year": 2018}))
        for first, last in pairs
    ]
    assert "went from" in shown._pictures.titles.say_changes(changes)
    assert "of 1" not in shown._pictures.titles.say_changes(changes)


@pytest.mark.parametrize(
    ("values", "en", "zh"),
    [
        ((31.9, 25.4, 10.0), "All 3 quantities grew in 2018; online retail sales grew fastest, by 31.9%",
         "2018年3项指标均同比增长，全省网络零售额增长最快，增长31.9%"),
        ((31.9, 25.4, -80.0), "2 of 3 quantities grew in 2018; online retail sales grew fastest, by 31.9%",
         "2018年3项指标中2项同比增长，全省网络零售额增长最快，增长31.9%"),
        ((0.0, -2.0, -80.0), "None of 3 quantities grew in 2018; online retail sales fell most, by 80.0%",
         "2018年3项指标均未同比增长，全省网络零售额下降最多，下降80.0%"),
        ((0.0, 0.0, 0.0), "None of 3 quantities changed in 2018", "2018年3项指标同比均没有变化"),
    ],
)  # fmt: skip
def test_rates_of_one_year_are_compared(chapter, values, en, zh):
    for language, sentence in (("en", en), ("zh", zh)):
        shown = chapter(language)
        rows = rows_like(shown.figures.loc[[SERVICES]], *({"base": value} for value in values))
        picture = shown.growth(pd.DataFrame(rows))
        assert picture.title == sentence


@pytest.mark.parametrize(
    ("values", "en", "zh"),
    [
        ((100.0, 100.0, 100.0), "All 3 shares are 100%", "3项比率均为100%"),
        ((99.0, 80.0, 50.4), "All 3 shares are above 50%; the lowest is 50% (port application documents shared)",
         "3项比率均超过一半，最低的是港口申请材料共享率，50%"),
        ((99.0, 98.0, 97.0), "All 3 shares are 97% or more; the lowest is 97% (port application documents shared)",
         "3项比率均不低于97%，最低的是港口申请材料共享率，97%"),
        ((99.0, 80.0, 15.0), "2 of 3 shares are above 50%; the other is 15% (port application documents shared)",
         "3项比率中2项超过一半，另一项是港口申请材料共享率，15%"),
        ((99.0, 20.0, 15.0), "1 of 3 shares is above 50%; the lowest is 15% (port application documents shared)",
         "3项比率中1项超过一半，最低的是港口申请材料共享率，15%"),
        ((50.0, 20.0, 15.0), "None of 3 shares is above 50%; the highest is 50% (port application documents shared)",
         "3项比率均未超过一半，最高的是港口申请材料共享率，50%"),
    ],
)  # fmt: skip
def test_shares_are_compared_with_their_whole(opened, values, en, zh):
    for language, sentence in (("en", en), ("zh", zh)):
        shown = opened.chapter("3-livelihood", language, 2018)
        share = shown.figures.query("section == '3.2' and measure == 'share' and indicator.str.contains('port')")
        rows = rows_like(share, *({"base": value, "decimals": 0} for value in values))
        assert shown.shares(pd.DataFrame(rows)).title == sentence


@pytest.mark.parametrize(
    ("places", "en", "zh"),
    [
        ((1, 1, 1), "1st in all 3 rankings", "3项排名均居第1位"),
        (
            (1, 2, 4),
            "1st in 1 of 3 rankings; the lowest rank is 4th ({name})",
            "3项排名中1项居第1位，最低为第4位（{name}）",
        ),
        ((2, 3, 4), "The highest rank in 3 rankings is 2nd ({name})", "3项排名中最靠前的为第2位（{name}）"),
    ],
)
def test_ranks_are_compared_with_other_places(opened, places, en, zh):
    for language, sentence in (("en", en), ("zh", zh)):
        shown = opened.chapter("5-foundations", language, 2018)
        rank = shown.figures.query("section == '5.1' and measure == 'rank'")
        rows = pd.DataFrame(rows_like(rank, *({"base": float(place)} for place in places)))
        name = shown._words.write_in_sentence(shown._words.name_with_place(rows.iloc[0]))
        assert shown.ranks(rows).title == sentence.format(name=name)


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "Industrial robots in service ranged from 20,000 (Ningbo) to 50,000 (Hangzhou)"),
        ("zh", "在役工业机器人：杭州最高，为5.0万台；宁波最低，为2.0万台"),
    ],
)
def test_one_quantity_is_compared_between_places_and_no_others_are(chapter, language, sentence):
    shown = chapter(language)
    rows = pair_of(shown, {"base": 20000.0, "region": "330200"}, {"base": 50000.0, "region": "330100"})
    assert shown.counts(pd.DataFrame(rows)).title == sentence
    assert shown.counts("farm-entities") is None
    assert [name for name in shown.section("2.2").frames if "counts" in name] == []


def test_what_cannot_be_compared_has_no_picture_and_what_is_not_there_has_a_sentence(chapter):
    shown = chapter()
    rates = shown.figures.query("section == '2.3' and measure == 'growth_rate' and year == 2018")
    assert isinstance(shown.growth(rates), Picture)
    assert shown.growth(rates.iloc[:2]) is None
    assert shown.growth(rates.assign(period=["2018", "2018", "2018H1", "2017/2018"])) is None
    assert shown.shares("2.3") is None
    assert isinstance(shown.growth(rates.iloc[:0]), Html)
    assert shown.series(shown.years("industrial-robots").query("form == 'printed'")) is None


@pytest.mark.parametrize(("language", "labels"), [("en", ["55,000", "71,000"]), ("zh", ["5.5万台", "7.1万台"])])
def test_a_pair_of_years_is_told_in_one_unit(chapter, language, labels):
    shown = chapter(language)
    svg = shown.earlier(shown.derived.query("indicator == 'industrial-robots'")).svg
    assert [label for label in labels if f">{label}<" in svg] == labels


@pytest.mark.parametrize(
    ("values", "labels"),
    [
        ((980_000.0, 1_200_000.0), ["0.98 m", "1.2 m"]),
        ((999_000.0, 1_001_000_000.0), ["0.001 bn", "1.001 bn"]),
        ((15.0, 71_000.0), ["15", "71,000"]),
    ],
)
def test_english_labels_of_a_pair_share_their_million(chapter, values, labels):
    shown = chapter()
    rows = pair_of(shown, *({"base": value, "multiplier": 1, "decimals": 0} for value in values))
    rows[0]["form"] = "derived" if values[0] < 100 else "printed"
    assert shown._words.format_labels(rows) == labels


@pytest.mark.parametrize(
    ("number", "place"),
    [("1", "1st"), ("2", "2nd"), ("3", "3rd"), ("4", "4th"), ("11", "11th"), ("12", "12th"), ("13", "13th"),
     ("21", "21st"), ("102", "102nd"), ("111", "111th"), ("2.5", "2.5")],
)  # fmt: skip
def test_places_are_ordinals(number, place):
    assert format.ordinal(number, "en") == place


def test_what_is_below_zero_is_no_part_of_a_whole(opened):
    shown = opened.chapter("3-livelihood", "en", 2018)
    frame = shown.figures.loc[["3.4.3-6", "3.4.3-7"]].copy()
    assert shown.parts(frame).title.startswith("Listed companies in the Hangzhou base made up ")
    frame.loc["3.4.3-7", "base"] *= -1
    assert isinstance(shown.parts(frame), Html)


SHARES = [
    (
        "3-livelihood",
        2017,
        "3.3",
        "Electronic health records made up about 47% (44.2%–50.6%) of population records collected",
    ),
    (
        "1-innovation",
        2018,
        "1.2",
        "Registered information industry enterprises made up 1.8% of market entities",
    ),  # no flow
    ("2-integration", 2018, "2.2", ""),  # sites of road checks are no enterprises
]


@pytest.mark.parametrize(("name", "year", "section", "title"), SHARES)
def test_only_what_is_part_of_a_whole_of_its_kind_and_definition_is_drawn_as_its_share(
    opened, name, year, section, title
):
    chapter = opened.chapter(name, "en", year)
    picture = chapter.parts(section)
    assert getattr(picture, "title", "") == title
    drawn = {*picture.frame["figure"]} if title else set()
    assert not drawn & {"3.3.1-9", "3.3.1-10", "3.3.1-11", "1.2.2-1"}
