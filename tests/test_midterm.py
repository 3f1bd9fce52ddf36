"""Before the target year pages count what is on schedule by the latest year with figures, and call nothing missed or met."""

import re
from pathlib import Path

import pytest
from test_any_plan import change, create

from helpers.package import tables
from helpers.views import Audit, Chapter, Outlook, Overview, select

pytestmark = pytest.mark.whole


def open_views(folder: Path, year: int, language: str = "en") -> dict[str, object]:
    """The notebooks of a plan, by their names."""
    selector = select.Selector(tables.load(folder))
    classes = {"0-overview": Overview, "1-chapter": Chapter, "4-audit": Audit, "5-outlook": Outlook}
    return {
        name: kind(selector.view(kind._KIND, name, language, "330100"), name, year) for name, kind in classes.items()
    }


@pytest.fixture
def slow(tmp_path) -> Path:
    """A plan of 2021 to 2025 whose coverage rises from 60 to 61 % in its first year: 90 % are due at the end."""
    folder = create(tmp_path / "plan")
    change(folder / "figures.csv", ",70,%,exact,70%,", ",61,%,exact,61%,")
    change(folder / "errata.csv", ",70,71,", ",61,71,")
    return folder


@pytest.mark.parametrize(
    ("language", "headline", "late"),
    [
        ("en", "By 2021, 1 of 2 headline targets with data was on or ahead of schedule", "Example: coverage fell behind schedule"),
        ("zh", "截至2021年，有数据的2项主要指标中，1项符合或快于预期进度", "示例：覆盖率滞后于预期进度"),
    ],
)  # fmt: skip
def test_the_headline_counts_what_is_on_schedule(slow, language, headline, late):
    overview = open_views(slow, 2021, language)["0-overview"]
    assert overview.opening().plain.endswith(headline)
    assert overview.scoreboard().caption == late


def test_nothing_is_called_met_or_missed(slow):
    views = open_views(slow, 2021)
    overview, chapter = views["0-overview"], views["1-chapter"]
    shown = [
        overview.opening(),
        overview.scoreboard(),
        overview.read(overview.targets.query("year == 2021 and reading == 'printed'")),
    ]
    shown += [chapter.opening(), chapter.scoreboard(), *chapter.section("1.1").parts]
    text = re.sub(r"<[^>]*>|title=\"[^\"]*\"", " ", " ".join(part.html for part in shown))
    assert not re.search(r"\b(met|missed|reached)\b", text)
    assert "2 have data; on or ahead of schedule: 1." in text
    assert re.search(r"Example: coverage\s+fell behind schedule\s*\.", text)


def test_the_latest_year_with_figures_leads(slow):
    package = tables.load(slow)
    assert (package.years, package.main_year) == ([2021], 2021)
    views = open_views(slow, 2021)
    assert views["0-overview"].opening().page["main"]
    assert views["4-audit"].year == 2021
    assert views["5-outlook"].opening().page["headline"] == "The target year 2025 is still to come"


def test_later_years_move_the_lead_to_the_target_year(slow):
    text = (slow / "figures.csv").read_text(encoding="utf-8")
    row = next(line for line in text.splitlines() if line.startswith("example-3,"))
    more = [row.replace("example-3,", f"example-{year},").replace(",2021,", f",{year},") for year in (2023, 2025, 2026)]
    (slow / "figures.csv").write_text(text + "\n".join(more) + "\n", encoding="utf-8")
    package = tables.load(slow)
    assert (package.years, package.main_year) == ([2021, 2023, 2025, 2026], 2025)
    assert package.choices.askable == [2021, 2022, 2023, 2024, 2025, 2026]
    overview = open_views(slow, 2025)["0-overview"]
    assert overview.opening().plain.endswith("The only headline target with data was not reached")


def test_data_that_appear_or_end_are_no_change_of_status(slow):
    text = (slow / "figures.csv").read_text(encoding="utf-8")
    row = next(line for line in text.splitlines() if line.startswith("example-3,"))
    more = row.replace("example-3,", "example-7,").replace(",2021,", ",2022,")
    (slow / "figures.csv").write_text(f"{text}{more}\n", encoding="utf-8")
    changes = open_views(slow, 2022)["0-overview"].changes()
    assert changes.caption == "No result differs from 2021; some indicators gained or lost data"
    assert changes.frame["indicator"].tolist() == ["example-jobs"]


@pytest.mark.parametrize(
    ("language", "reason"),
    [("en", "the range of the value does not settle its pace"), ("zh", "取值范围不足以判定进度")],
)
def test_a_pace_that_a_range_leaves_open_is_no_target_within_the_range(slow, language, reason):
    change(slow / "figures.csv", ",61,%,exact,61%,", ",65,%,exact,65%,")
    change(slow / "errata.csv", ",61,71,", ",65,71,")
    overview = open_views(slow, 2021, language)["0-overview"]
    assert reason in overview.scoreboard().html


@pytest.mark.parametrize(
    ("language", "headline", "reason"),
    [
        ("en", "By 2021, both headline targets with data were on or ahead of schedule", "on or ahead of schedule, the range"),
        ("zh", "截至2021年，有数据的2项主要指标均符合或快于预期进度", "符合或快于预期进度，取值范围不足以区分"),
    ],
)  # fmt: skip
def test_a_pace_between_on_track_and_ahead_is_on_or_ahead_of_schedule(slow, language, headline, reason):
    change(slow / "figures.csv", ",61,%,exact,61%,", ",66.6,%,exact,66.6%,")
    change(slow / "errata.csv", ",61,71,", ",66.6,71,")
    overview = open_views(slow, 2021, language)["0-overview"]
    assert overview.opening().plain.endswith(headline)
    assert reason in overview.scoreboard().html
    reading = overview.read(overview.targets.query("year == 2021 and reading == 'printed'")).plain
    assert {"en": "on or ahead of schedule: 2.", "zh": "2项有数据，2项符合或快于预期进度。"}[language] in reading


def test_completions_have_a_column_only_where_some_are_printed(slow):
    shown = open_views(slow, 2021)["0-overview"].scoreboard()
    assert "completion_printed" not in {name for column in shown.columns for name in column.fields}
    assert "／" not in shown.html
    dashes = shown.html.count("—")
    text = (slow / "figures.csv").read_text(encoding="utf-8")
    row = next(line for line in text.splitlines() if line.startswith("example-3,"))
    more = row.replace("example-3,", "example-7,").replace(",share,", ",completion,")
    (slow / "figures.csv").write_text(f"{text}{more}\n", encoding="utf-8")
    shown = open_views(slow, 2021)["0-overview"].scoreboard()
    assert "completion_printed" in {name for column in shown.columns for name in column.fields}
    assert shown.html.count("—") == dashes + 1
    assert "／" not in shown.html


def test_a_selection_without_rows_does_not_deny_the_figures_of_the_year(slow):
    overview = open_views(slow, 2021)["0-overview"]
    assert overview.table(overview.targets.query("year == 1900")).plain == "There are no such figures on this page."
