"""The index of a folder of pages: notebooks by years with the counts by status, a page for each language.

It holds the pages of the plan's own region and lists the other regions, each of which has an index of its own. What its
search finds comes along: the entries of its pages (`runs.outputs`), those that several years share once, those of
every page of its first page alone, and all that are about one indicator as one result, which leads to its page.
"""

import json
from dataclasses import dataclass, field

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from helpers.pages.elements import finish, mend
from helpers.pages.links import LANGUAGES, list_indicators, name_index, name_preview, read_number, write_preview
from helpers.pages.render import TEMPLATES, Words, dress
from helpers.runs import outputs
from helpers.runs.run import Run, order_by_number

MOST = 4000  # entries that an index holds; those of the first pages, if there are more


def make_pages(facts: dict[Run, dict]) -> dict[str, str | bytes]:
    """The index pages of some pages by their files: `index.html`, `index_en.html`, and `index_zh_330100.html` of a region.

    Where the pages are published at an address, `preview_zh.png` and `preview_en.png`, too.
    """
    template = Environment(
        loader=FileSystemLoader(TEMPLATES / "page"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    ).get_template("index_of_pages.html.j2")
    contents = _contents(facts)
    pages = {
        name: finish(template.render(content | {"preview": write_preview(content["about"], name)}))
        for name, content in contents.items()
    }
    return pages | _draw_previews([content for content in contents.values() if not content["up"]])


def _draw_previews(contents: list[dict]) -> dict[str, bytes]:
    """A picture a language of what the first page of its index says, where it is published at an address."""
    shown = [content for content in contents if content["about"].get("address")]
    if not shown:
        return {}
    from helpers.pages import preview  # which imports matplotlib

    pictures = {}
    for content in shown:
        about, lead = content["about"], content["lead"]
        reading = next(iter(lead.get("readings", [])), {"counts": {}, "counted": ""})  # what we believe comes first
        parts = lead["headline"], reading["counts"], reading["counted"], Markup(content["banner"]).striptags()
        pictures[name_preview(about["language"][:2])] = preview.draw(content["plan"], *parts)
    return pictures


def _contents(facts: dict[Run, dict]) -> dict[str, dict]:
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
        top = name_index(language, languages)
        for region, own in away.items():
            spoken = {code: name_index(code, languages, region) for code in languages if (code, region) in groups}
            pages[spoken[language]] = _content(own, language, spoken) | {"up": top}
        if len(regions) == 1:  # nothing to choose from
            home, away = _any(regions), {}
        places = [_place(own) | {"href": name_index(language, languages, region)} for region, own in away.items()]
        spoken = {code: name_index(code, languages) for code in languages}
        pages[top] = _content(home or _any(away), language, spoken)
        pages[top] |= {"places": places, "entries": _entries(home, places)}
        if not home:  # pages of many regions, and none of the plan's own
            pages[top] |= {
                "rows": [],
                "more": [],
                "lead": _say_only(pages[top]["words"]["index"]),
                "imprint": "",
            }
    return pages


def _any(items: dict):
    return next(iter(items.values()))


def _place(facts: dict[Run, dict]) -> dict:
    """A region in the list: its name, and the counts of its main page."""
    return {"name": _any(facts)["place"], "counts": next((_count(own) for own in facts.values() if own["main"]), "")}


def _count(about: dict) -> str:
    """Counts of statuses in words: of what we believe, which comes first."""
    return next((reading["count_words"] for reading in about["readings"]), "")


def _content(facts: dict[Run, dict], language: str, spoken: dict[str, str]) -> dict:
    """The pages of one region in one language as a grid; spoken: files of this index by language."""
    years = sorted({run.year for run in facts if run.year is not None})
    rows = []
    for name in sorted({run.notebook for run in facts if not run.indicator}, key=order_by_number):
        own = {run: about for run, about in facts.items() if run.notebook == name}
        across = [(run, about) for run, about in own.items() if run.year is None]
        cells = [
            next(({"href": f"{run.name}.html", **about} for run, about in own.items() if run.year == year), None)
            for year in years
        ]
        rows.append(
            {
                "name": name,
                "number": read_number(name),
                "more": bool(_any(own).get("more")),
                "short": " · ".join(part for part in (_any(own)["short"], _any(own)["place"]) if part),
                "across": [{"href": f"{run.name}.html", **about} for run, about in across],
                "cells": cells,
            }
        )
    about = _any(facts)
    words = Words(about["words"])
    main = [own for run, own in facts.items() if not run.indicator]
    return dress(
        {"title": words["index"]} | {name: about[name] for name in ("plan", "language")} | {"words": words}
    ) | {
        "about": about,
        "plan": about["plan"],
        "banner": about.get("banner", ""),
        "lang": about["language"],
        "words": words,
        "years": years,
        "rows": [row for row in rows if not row["more"]],
        "more": [row for row in rows if row["more"]],
        "indicators": _list_indicators(facts, [row["name"] for row in rows if not row["more"]]),
        "entries": _entries(facts),
        "imprint": Markup((_find_lead(main) or {}).get("imprint", "")),
        "lead": _link_names(_find_lead(main) or _say_only(words["index"]), list_indicators("", language, facts)),
        "languages": [
            {"code": code, "name": LANGUAGES[code], "href": href, "current": code == language}
            for code, href in spoken.items()
        ],
        "up": "",
        "places": [],
    }


def _list_indicators(facts: dict[Run, dict], notebooks: list[str]) -> list[dict]:
    """Pages of indicators by the title of their chapter, in the order of the chapters; in each the headline ones first."""
    titles = [next(about["short"] for run, about in facts.items() if run.notebook == name) for name in notebooks]
    groups: dict[str, list[dict]] = {title: [] for title in titles}
    for run, about in facts.items():
        if run.indicator:
            page = {"name": about["short"], "href": f"{run.name}.html", "headline": about.get("headline_number")}
            groups.setdefault(about.get("group", ""), []).append(page)
    for pages in groups.values():
        pages.sort(key=lambda page: (page["headline"] or float("inf"), page["name"]))
    return [{"title": title, "pages": pages} for title, pages in groups.items() if pages]


def _say_only(headline: str) -> dict[str, str]:
    """A headline where no page has one for all of them."""
    return dict.fromkeys(("headline", "headline_html"), headline) | {"lead_html": "", "title": ""}


def _link_names(lead: dict, indicators: dict[str, str]) -> dict:
    """A lead whose names of indicators lead to their pages; indicators: see `links.list_indicators`"""
    return lead | {name: mend(lead[name], indicators) for name in ("headline_html", "lead_html")}


def _find_lead(facts: list[dict]) -> dict | None:
    """What the page says that stands for all of them; nothing where there are only notebooks about no chapter."""
    main = next((about for about in facts if about["main"]), None)
    return main or next((about for about in facts if not about.get("more")), None)


def _entries(facts: dict[Run, dict], places: list[dict] = ()) -> str:
    """What can be found on some pages, and other places, as JSON that is safe inside a script element: `page.js` reads it.

    pages: file, short name and year; entries: name, words, anchor, number of the section's title, numbers of pages, the main
    year's first, and of a status word other words for it; subjects: the same with other names (`about-met` stands for all
    words for that status), and the page that is about it alone, if there is one, whose headline is the first of its words
    """
    shown = {run: about for run, about in facts.items() if not run.indicator}
    page_of = {run.indicator: run for run in facts if run.indicator}
    main = next((run.year for run, about in shown.items() if about["main"]), None)
    runs = sorted(shown, key=lambda run: (run.year not in (main, None), order_by_number(run.notebook), run.year or 0))
    sections: dict[str, int] = {}
    pages_of: dict[tuple, list[int]] = {}
    subjects: dict[str, Subject] = {}
    for number, run in enumerate(runs):
        for anchor, name, words, section, subject in outputs.unpack(facts[run].get("entries", "")):
            place = sections.setdefault(section, len(sections))
            if subject:
                subjects.setdefault(subject, Subject()).take(anchor, name, words, place, number)
                continue
            key = (name, words, anchor, place)
            if key in pages_of or len(pages_of) < MOST:
                pages_of.setdefault(key, []).append(number)
    for key, subject in subjects.items():
        if key in page_of:
            subject.page = f"{page_of[key].name}.html"
            subject.lines = {f"{facts[page_of[key]]['headline']}\t": None} | subject.lines
    for number, place in enumerate(places, len(runs)):
        pages_of[place["name"], place["counts"], "", sections.setdefault("", len(sections))] = [number]
    words = _any(facts)["words"] if facts else {}
    others = {
        key.replace("also.", "about-"): also.replace(" / ", "|")
        for key, also in words.items()
        if key.startswith("also.")
    }
    pages = [[f"{run.name}.html", facts[run]["short"], str(run.year or "")] for run in runs]
    held = {
        "pages": [*pages, *([place["href"], "", ""] for place in places)],
        "sections": [*sections],
        "entries": [
            [*key, numbers[:1] if len(numbers) == len(runs) else numbers, *filter(None, [others.get(key[2])])]
            for key, numbers in pages_of.items()
        ],
        "subjects": [subject.entry for subject in [*subjects.values()][:MOST]],
    }
    return json.dumps(held, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


@dataclass
class Subject:
    """All entries about one indicator: its name, other names, what the entries say, and where the first of them stands."""

    name: str = ""
    also: str = ""
    anchor: str = ""
    section: int = 0
    lines: dict[str, None] = field(default_factory=dict)  # in order, each once
    pages: list[int] = field(default_factory=list)
    page: str = ""  # that is about it alone

    def take(self, anchor: str, name: str, words: str, section: int, page: int) -> None:
        """Add an entry; one without an anchor has the names."""
        if not anchor:
            self.name, self.also = name, words
            return
        if not self.anchor:
            self.anchor, self.section = anchor, section
        if page not in self.pages:
            self.pages.append(page)
        self.lines[f"{name}\t{words}"] = None

    @property
    def entry(self) -> list:
        """As the script reads it; what its rows say beside its own name."""
        rows = [line.rpartition("\t")[::2] for line in self.lines]
        rows.sort(key=lambda row: self.name.lower() not in row[0].lower())  # what is of another place comes last
        more = [(name.removeprefix(self.name).lstrip(":： "), words) for name, words in rows]
        lines = list(dict.fromkeys(" ".join(parts).strip() for parts in more))
        return [self.name, lines, self.anchor, self.section, self.pages, self.also, self.page]
