"""docs/frames.md describes every column of every frame of a view, and nothing else."""

import re

import pandas as pd
import pytest

from helpers import paths
from helpers.views import select

PAGE = (paths.ROOT / "docs" / "frames.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL))
MARKS = {"verdict", "finding"}  # columns that only printed figures have
TYPES = {"text": "str", "integer": "int64", "number": "float64", "true or false": "bool", "list": "object"}


def columns_of(section: str) -> dict[str, str]:
    """Columns that a section describes, with their types."""
    return dict(re.findall(r"^\| `(\w+)` \| ([^|]+?) \|", SECTIONS[section], re.MULTILINE))


FIGURES = columns_of("figures")
DESCRIBED = {
    "figures": FIGURES,
    "corrected": {name: kind for name, kind in FIGURES.items() if name not in MARKS},
    "derived": {name: kind for name, kind in FIGURES.items() if name not in MARKS} | columns_of("derived"),
    "public": {name: kind for name, kind in FIGURES.items() if name not in MARKS} | columns_of("public"),
} | {
    name: columns_of(name)
    for name in ("targets", "region_targets", "platforms", "findings", "facts", "comparisons", "completions")
}
VIEWS = [("whole", ""), ("chapter", "2-integration"), ("overview", "0-overview"), ("audit", "6-audit")]


@pytest.fixture(scope="module")
def selector(package):
    return select.Selector(package)


@pytest.mark.parametrize("frame", DESCRIBED)
@pytest.mark.parametrize(("kind", "notebook"), VIEWS, ids=[kind for kind, _ in VIEWS])
def test_columns_are_described_with_their_types(selector, kind, notebook, frame):
    held = getattr(selector.view(kind, notebook, "zh", "330000"), frame)
    assert [*held.columns] == [*DESCRIBED[frame]]
    for name, described in DESCRIBED[frame].items():
        assert str(held[name].dtype).lower().replace("Int", "int") == TYPES[described], name


def test_every_frame_of_a_view_is_named(selector):
    view = selector.view("whole", "", "en", "330000")
    frames = [name for name, value in vars(view).items() if isinstance(value, pd.DataFrame)]
    assert [
        name for name in frames if f"`{name}`" not in PAGE and f"`view.{name}`" not in PAGE and name not in SECTIONS
    ] == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_values_are_in_their_unit(selector, language):
    frame = selector.view("whole", "", language, "330000").figures
    row = frame.loc["2.3.3-3"]
    expected = {"zh": (16718.8, "亿元"), "en": (1671880000000.0, "yuan")}[language]
    assert (row["value"], row["unit"]) == expected
    assert (row["base"], row["base_unit"]) == (1671880000000.0, "元")
    assert ((frame["lower"] <= frame["value"]) & (frame["value"] <= frame["upper"])).all()


def test_allowed_values_are_named(selector):
    view = selector.view("whole", "", "en", "330000")
    for frame, column in (("figures", "measure"), ("figures", "qualifier"), ("targets", "status"), ("platforms", "status"),
                          ("findings", "verdict"), ("derived", "how"), ("targets", "reason")):  # fmt: skip
        line = re.search(rf"^\| `{column}` \|.*$", SECTIONS[frame], re.MULTILINE)[0]
        assert [value for value in getattr(view, frame)[column].unique() if value and f"`{value}`" not in line] == []
