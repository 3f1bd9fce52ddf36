"""The project's own data: complete, in canonical order, documented, and drawable in the project's font."""

import csv
import json
import re
from pathlib import Path

import content
import pytest
import report

from helpers import paths
from helpers.package import schema
from helpers.pages import render

DATA = paths.ROOT / "data"


def rows(name: str) -> list[dict]:
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def printed() -> list[dict]:
    """Rows of the figures that the mid-term report printed."""
    return [row for row in rows("figures") if row["document"] == "mid-term-report" and report.is_printed(row["period"])]


def place(locator: str) -> tuple:
    """Where a locator stands in the report: the summary, the table, the chapters."""
    if locator.startswith("T."):
        return (0, 1, int(locator[2:]))
    first, *rest = map(int, locator.split("."))
    return (0, 0, *rest) if first == 0 else (1, first, *rest)


def test_figures_stand_in_the_order_of_the_report():
    places = [(place(row["source"]), int(row["sentence"])) for row in printed()]
    assert places == sorted(places)


def test_keys_of_figures_are_numbered_locators():
    seen: dict[str, int] = {}
    for row in printed():
        source = row["source"]
        if source.startswith("T."):
            kind = row["measure"] if row["measure"] in ("target", "completion") else "actual"
            assert row["figure"] == f"{source}-{kind}"
        else:
            seen[source] = seen.get(source, 0) + 1
            assert row["figure"] == f"{source}-{seen[source]}"


def test_indicators_stand_in_the_order_of_their_first_figure():
    order = list(dict.fromkeys(row["indicator"] for row in [*printed(), *rows("external")]))
    later = {row["indicator"] for row in rows("figures")} - {*order}
    assert [row["indicator"] for row in rows("indicators") if row["indicator"] not in later] == order


def test_platforms_stand_in_the_order_of_the_report():
    places = [place(row["source"]) for row in rows("platforms")]
    assert places == sorted(places)
    assert all(row["source"].startswith(row["section"] + ".") for row in rows("platforms"))


def test_public_figures_are_sorted_by_indicator():
    order = {row["indicator"]: number for number, row in enumerate(rows("indicators"))}
    numbers = [order[row["indicator"]] for row in rows("external")]
    assert numbers == sorted(numbers)
    assert {row["figure"] for row in rows("external")}.isdisjoint(row["figure"] for row in rows("figures"))


@pytest.mark.parametrize(("chapter", "figures"), content.REPORT_FIGURES.items())
def test_a_chapter_has_all_its_figures(chapter, figures):
    assert sum(row["source"].startswith(chapter) for row in printed()) == figures


def test_the_table_of_headline_indicators_is_complete():
    table = [row for row in printed() if row["source"].startswith("T.")]
    measures = [row["measure"] for row in table]
    assert measures.count("target") == content.HEADLINES
    actual = len(table) - content.HEADLINES - measures.count("completion")
    assert measures.count("completion") == actual == content.COMPLETIONS


def test_the_dictionary_describes_every_table_and_column():
    dictionary = (DATA / "README.md").read_text(encoding="utf-8")
    for resource in json.loads((DATA / "datapackage.json").read_text(encoding="utf-8"))["resources"]:
        assert f"## `{resource['path']}`" in dictionary, resource["path"]
        section = dictionary.split(f"## `{resource['path']}`")[1].split("\n## ")[0]
        for field in resource["schema"]["fields"]:
            line = next((line for line in section.splitlines() if line.startswith(f"| `{field['name']}` |")), "")
            assert field["description"] in line, (resource["path"], field["name"])
            assert field["description_zh"] in line, (resource["path"], field["name"])
            for value in field.get("constraints", {}).get("enum", []):
                assert f"`{value}`" in line, (resource["path"], field["name"], value)


def test_the_dictionary_describes_every_entry_of_the_plan():
    section = (DATA / "README.md").read_text(encoding="utf-8").split("## The block `plan`")[1].split("\n## ")[0]
    named = set(
        re.findall(r"`(?:thresholds\.)?([a-z_]+)`", "".join(re.findall(r"^\| (.*?) \|", section, re.MULTILINE)))
    )
    assert named == set(schema.Plan.__annotations__)


def test_the_schema_describes_every_column_that_is_read():
    descriptor = json.loads((DATA / "datapackage.json").read_text(encoding="utf-8"))
    for resource in descriptor["resources"]:
        names = [field["name"] for field in resource["schema"]["fields"]]
        optional = schema.OPTIONAL.get(resource["name"], [])
        assert [name for name in names if name not in optional] == schema.COLUMNS[resource["name"]]
        assert rows(resource["name"]) == [] or list(rows(resource["name"])[0]) == names
        assert resource["description"]
        assert resource["description_zh"]


def test_labels_match_their_uses():
    labels = {row["key"] for row in rows("labels")}
    speaking = [
        *(paths.PACKAGE / "language").glob("*.py"),
        *(paths.PACKAGE / "views").glob("*.py"),
        *(paths.PACKAGE / "audit").glob("*.py"),
        *(paths.PACKAGE / "collect").glob("*.py"),
    ]
    code = "\n".join(path.read_text(encoding="utf-8") for path in speaking)
    html = {
        ending: "\n".join(path.read_text(encoding="utf-8") for path in (paths.PACKAGE / "pages").rglob(f"*.{ending}"))
        for ending in ("j2", "js", "py")
    }
    words = {
        *re.findall(r"words\.(\w+)", html["j2"] + html["js"]),
        *re.findall(r"words(?:\"\])?\[[\"'](\w+)", html["py"]),
    }
    words = {f"page.{word}" for word in words | {*render.SPOKEN}}
    spoken = set(re.findall(r"\"([a-z_]+(?:\.[a-z_]+)*)(?::[a-z]+)?\"", code)) | words
    families = tuple(f"{name}." for name in re.findall(r"f\"([a-z_]+(?:\.[a-z_]+)*)\.\{", code))
    columns = {f"column.{name}" for name in spoken}
    comparing = sorted((paths.PACKAGE / "compare").glob("*.py"))
    comparing = "\n".join(path.read_text(encoding="utf-8") for path in comparing)
    families += tuple(f"page.{name}" for name in re.findall(r"startswith\(\"([a-z]+\.)\"\)", html["py"]))
    families += tuple(f"{name}." for name in re.findall(r"f\"(diff\.[a-z_]+)\.\{", comparing))
    spoken |= set(re.findall(r"\"(diff\.[a-z_.]+)\"", comparing + html["j2"])) | {"diff.old", "diff.new", "diff.thing"}
    suffixes = {
        f"{key}.{end}" for key in spoken for end in ("documents", "known", "none", "one", "schedule", "without")
    }
    forms = {f"form.{name}{end}" for name in spoken for end in ("", ".long")}
    unused = {key for key in labels if not key.startswith(families)} - spoken - columns - suffixes - forms
    assert unused == set()
    used = set(re.findall(r"\b(?:say|none)\(\s*\"([^\"]+)\"", code)) | words
    assert used - labels == set()


def test_the_font_has_every_drawn_character():
    from fontTools.ttLib import TTFont

    written = set()
    for table in ("indicators", "labels", "regions", "sections", "chapters", "units", "platforms"):
        written |= {sign for row in rows(table) for name, cell in row.items() if name != "note" for sign in cell}
    for weight in ("Regular", "Bold"):
        with TTFont(paths.FONTS / f"EvaluationSansSC-{weight}.otf", lazy=True) as font:
            assert {sign for sign in written if ord(sign) not in font.getBestCmap()} == set()


def test_glyphs_of_the_font_are_numbered_without_gaps():
    """Else FreeType reads the number of each glyph when a process opens the font, which takes ten times as long."""
    from fontTools.ttLib import TTFont

    for weight in ("Regular", "Bold"):
        with TTFont(paths.FONTS / f"EvaluationSansSC-{weight}.otf", lazy=True) as font:
            _, *others = font.getGlyphOrder()
            assert others == [f"cid{number:05}" for number in range(1, len(others) + 1)]


def test_no_file_is_larger_than_two_megabytes():
    for path in [*DATA.iterdir(), *paths.FONTS.iterdir(), *paths.NOTEBOOKS.iterdir(), *paths.REFERENCES.iterdir()]:
        assert Path(path).stat().st_size < 2 * 2**20, path
