"""The index of a folder of pages: notebooks by years with the counts by status, a page for each language.

It holds the pages of the plan's own region and lists the other regions, each of which has an index of its own.
"""

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from helpers.batch.runs import Run
from helpers.html.links import LANGUAGES, index_name
from helpers.html.page import TEMPLATES, style


def pages(facts: dict[Run, dict]) -> dict[str, str]:
    """The index pages of some pages by their files: `index.html`, `index_en.html`, and `index_zh_330100.html` of a region."""
    template = Environment(
        loader=FileSystemLoader(TEMPLATES / "page"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    ).get_template("index_of_pages.html.j2")
    return {name: template.render(content) for name, content in _pages(facts).items()}


def _pages(facts: dict[Run, dict]) -> dict[str, dict]:
    """What each page of the index holds, by its file."""
    groups: dict[tuple[str, str], dict[Run, dict]] = {}
    for run in sorted(facts, key=lambda run: run.region):
        groups.setdefault((run.language, run.region), {})[run] = facts[run]
    languages = [code for code in LANGUAGES if any(code == language for language, _ in groups)]
    pages = {}
    for language in languages:
        regions = {region: own for (code, region), own in groups.items() if code == language}
        away = {region: own for region, own in regions.items() if _any(own)["place"]}
        home = next((own for region, own in regions.items() if region not in away), {})
        top = index_name(language, languages)
        for region, own in away.items():
            spoken = {code: index_name(code, languages, region) for code in languages if (code, region) in groups}
            pages[spoken[language]] = _content(own, language, spoken) | {"up": top}
        if len(regions) == 1:  # nothing to choose from
            home, away = _any(regions), {}
        places = [_place(own) | {"href": index_name(language, languages, region)} for region, own in away.items()]
        spoken = {code: index_name(code, languages) for code in languages}
        pages[top] = _content(home or _any(away), language, spoken) | {"places": places}
        if not home:  # pages of many regions, and none of the plan's own
            pages[top] |= {"rows": [], "lead": {"headline": pages[top]["words"]["index"], "lead": ""}}
    return pages


def _any(items: dict):
    return next(iter(items.values()))


def _place(facts: dict[Run, dict]) -> dict:
    """A region in the list: its name, and the counts of its main page."""
    return {"name": _any(facts)["place"], "counts": next((s["count_words"] for s in facts.values() if s["main"]), "")}


def _content(facts: dict[Run, dict], language: str, spoken: dict[str, str]) -> dict:
    """The pages of one region in one language as a grid; spoken: files of this index by language."""
    years = sorted({year for said in facts.values() for year in said["years"]})
    rows = []
    for name in sorted({run.notebook for run in facts}):
        own = {run: said for run, said in facts.items() if run.notebook == name}
        across = [(run, said) for run, said in own.items() if run.year is None]
        cells = [
            next(({"href": f"{run.name}.html", **said} for run, said in own.items() if run.year == year), None)
            for year in years
        ]
        rows.append(
            {
                "name": name,
                "short": " · ".join(part for part in (_any(own)["short"], _any(own)["place"]) if part),
                "across": [{"href": f"{run.name}.html", **said} for run, said in across],
                "cells": cells,
            }
        )
    said = _any(facts)
    return {
        "plan": said["plan"],
        "banner": said.get("banner", ""),
        "lang": said["language"],
        "words": said["words"],
        "years": years,
        "rows": rows,
        "style": style(),
        "lead": next((said for said in facts.values() if said["main"]), said),
        "languages": [
            {"code": code, "name": LANGUAGES[code], "href": href, "current": code == language}
            for code, href in spoken.items()
        ],
        "up": "",
        "places": [],
    }
