"""The index of a folder of pages: notebooks by years, a page for each language, with the counts by status."""

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from helpers.batch.runs import Run
from helpers.html.links import LANGUAGES, index_name
from helpers.html.page import TEMPLATES, style


def pages(facts: dict[Run, dict]) -> dict[str, str]:
    """The index pages of some pages by their files: `index.html`, and `index_en.html` for the second language."""
    languages = [code for code in LANGUAGES if any(run.language == code for run in facts)]
    template = Environment(
        loader=FileSystemLoader(TEMPLATES / "page"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    ).get_template("index_of_pages.html.j2")
    made = {}
    for language in languages:
        own = {run: said for run, said in facts.items() if run.language == language}
        made[index_name(language, languages)] = template.render(_content(own, language, languages))
    return made


def _content(facts: dict[Run, dict], language: str, languages: list[str]) -> dict:
    years = sorted({year for said in facts.values() for year in said["years"]})
    names = sorted({run.notebook for run in facts})
    regions = list(dict.fromkeys(run.region for run in facts))
    rows = []
    for region in regions:
        for name in names:
            own = {run: said for run, said in facts.items() if run.notebook == name and run.region == region}
            if not own:
                continue
            across = [(run, said) for run, said in own.items() if run.year is None]
            cells = [
                next(({"href": f"{run.name}.html", **said} for run, said in own.items() if run.year == year), None)
                for year in years
            ]
            first = next(iter(own.values()))
            rows.append(
                {
                    "name": name,
                    "short": " · ".join(part for part in (first["short"], first["place"]) if part),
                    "across": [{"href": f"{run.name}.html", **said} for run, said in across],
                    "cells": cells,
                }
            )
    said = next(iter(facts.values()))
    return {
        "plan": said["plan"],
        "lang": said["language"],
        "words": said["words"],
        "years": years,
        "rows": rows,
        "pages": len(facts),
        "style": style(),
        "lead": next((said for said in facts.values() if said["main"]), said),
        "languages": [
            {"code": code, "name": LANGUAGES[code], "href": index_name(code, languages), "current": code == language}
            for code in languages
        ],
    }
