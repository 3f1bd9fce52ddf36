"""Packages that lack something: every notebook says so in a sentence, and the frames keep their types."""

import numpy as np
import pandas as pd
import pytest
from shown import Opener, outputs

from helpers.package import tables
from helpers.views.view import View, from_bytes, to_bytes

pytestmark = pytest.mark.whole

FRAMES = [name for name, kind in View.__annotations__.items() if kind is pd.DataFrame]


def without(package: tables.Tables, *lacking: str) -> tables.Tables:
    """The package without some of its content."""
    raw = dict(package.raw)
    for name in lacking:
        if name == "targets":
            raw["indicators"] = raw["indicators"].assign(headline="", target_kind="")
            raw["figures"] = raw["figures"][~raw["figures"]["source"].str.startswith("T.")]
            raw["errata"] = raw["errata"].iloc[:0]
        elif name == "growth":
            raw["figures"] = raw["figures"][~raw["figures"]["measure"].isin(["growth_rate", "change"])]
        elif name == "dates":
            raw["figures"] = raw["figures"][raw["figures"]["period"] != ""]
        else:
            raw[name] = raw[name].iloc[:0]
    known = {*raw["figures"]["figure"], *raw["external"]["figure"]}
    rests = [known.issuperset(evidence.split()) for evidence in raw["errata"]["evidence"]]
    raw["errata"] = raw["errata"][np.array(rests, dtype=bool)]  # the others rest on what is gone
    return tables.of(package.folder, package.plan, raw, package.years)


LACKING = {
    "platforms": ["platforms"], "public figures": ["external"], "errata": ["errata"], "relations": ["relations"],
    "targets": ["targets"], "growth": ["growth"], "undated figures": ["dates"],
    "anything but figures": ["platforms", "external", "errata", "relations", "targets"],
}  # fmt: skip


@pytest.fixture(scope="module", params=LACKING)
def sparse(request, package) -> Opener:
    """Opens notebooks of a package that lacks something."""
    return Opener(without(package, *LACKING[request.param]))


# The view of each kind that the notebooks below are opened on, and one of everything.
VIEWS = {
    "chapter": "2-integration", "overview": "0-overview", "audit": "6-audit", "outlook": "7-outlook", "whole": "",
}  # fmt: skip


def chapter_shows(chapter) -> list:
    shown = [chapter.opening(), chapter.legend(), chapter.scoreboard(), chapter.stages(), chapter.places()]
    return [*shown, *map(chapter.section, chapter.sections), chapter.sources()]


def test_a_chapter_shows_something_of_a_package_that_lacks_something(sparse):
    for thing in chapter_shows(sparse.chapter(VIEWS["chapter"], year=2018)):
        assert all(output["text/plain"] for output in outputs(thing))


@pytest.mark.parametrize("region", ["330000", "330100"])
def test_overview_audit_and_outlook_show_something_of_a_package_that_lacks_something(sparse, region):
    overview, audit, outlook = (
        sparse.overview(region=region),
        sparse.audit(region=region),
        sparse.outlook(region=region),
    )
    shown = [overview.opening(), overview.scoreboard(), overview.pace(), overview.corrections(), overview.categories(),
             overview.missing(), overview.changes(), audit.opening(), audit.recomputed(), audit.errata(),
             audit.corrections(), audit.checks(), audit.holds(), audit.cards("contradiction"), audit.cards("scope"),
             audit.cards("label"), audit.cards("suspicious"), outlook.opening(), outlook.after(), outlook.implied_growth(),
             outlook.undated(), outlook.unanswered(), outlook.unfinished(), outlook.public_after()]  # fmt: skip
    for thing in shown:
        assert all(output["text/plain"] for output in outputs(thing))


@pytest.mark.parametrize("kind", VIEWS)
def test_frames_of_a_package_that_lacks_something_have_the_types_of_the_full_ones(sparse, opened, kind):
    view, full = (opener.view(kind, VIEWS[kind], "en", "330000") for opener in (sparse, opened))
    again = from_bytes(to_bytes(view))
    for name in FRAMES:
        frame, other = getattr(view, name), getattr(full, name)
        assert [*frame.columns] == [*other.columns], name
        assert str(frame.index.dtype) == str(other.index.dtype), name
        odd = [column for column in frame if frame[column].dtype != other[column].dtype]
        assert odd == [], [(name, column, frame[column].dtype, other[column].dtype) for column in odd]
        pd.testing.assert_frame_equal(getattr(again, name), frame)
