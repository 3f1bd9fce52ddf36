"""Where a page is published, and which pages it links to: chapters, years, languages, neighbours, indicators that exist."""

import posixpath
from collections.abc import Collection
from functools import lru_cache
from urllib.parse import quote

from markupsafe import Markup

from helpers.runs.run import Run, order_by_number

LANGUAGES = {"zh": "中文", "en": "English"}
PREVIEW_SIZE = 1200, 630  # px of the picture that chat programs show with a link


class Siblings:
    """Runs by region and data, each with what its notebook says of itself: pages link to those of their own group, and to
    the same page of the region above and of those within.
    """

    def __init__(self, runs: dict[Run, dict]):
        self._groups: dict[tuple[str, str], dict[Run, dict]] = {}
        for run, facts in runs.items():
            self._groups.setdefault((run.region, run.data), {})[run] = facts
        self._parents = {place: next(iter(runs.values()))["region"]["parent"] for place, runs in self._groups.items()}
        # The last place, and what `list_indicators` returns for its folders and languages.
        self._linked: tuple = ((), {})
        self._within: dict[tuple[str, str], list[str]] = {}
        for (region, data), parent in self._parents.items():
            self._within.setdefault((parent, data), []).append(region)

    def link(self, run: Run) -> dict:
        """Where the links of a page lead (see `link_pages`); `above` and `within` have the regions around its own."""
        place = run.region, run.data
        above, within = [self._parents[place]], self._within.get(place, [])
        around = {"above": self._find(run, above), "within": self._find(run, within)}
        if place != self._linked[0]:  # the runs of one place follow each other
            self._linked = place, {}
        kind = posixpath.dirname(run.name), run.language
        if kind not in self._linked[1]:
            self._linked[1][kind] = list_indicators(*kind, self._groups[place])
        return link_pages(run, self._groups[place], self._linked[1][kind]) | around

    def _find(self, run: Run, regions: list[str]) -> list[dict]:
        """Names of regions and their pages of the same notebook, year and language, where there are any."""
        wanted = run.notebook, run.indicator, run.year, run.language
        return [
            {"name": facts["region"]["name"], "href": _lead(run, f"{other.name}.html")}
            for region in regions
            for other, facts in self._groups.get((region, run.data), {}).items()
            if (other.notebook, other.indicator, other.year, other.language) == wanted
        ]


def read_number(notebook: str) -> str:
    """The number that begins a notebook's name, or nothing."""
    number = notebook.partition("-")[0]
    return number if number.isdecimal() else ""


def list_indicators(folder: str, language: str, runs: dict[Run, dict]) -> dict[str, str]:
    """Where links of a folder's pages lead to indicators, by notebook and indicator: `indicator#industrial-robots`."""
    return {
        f"{other.notebook}#{other.indicator}": _relate(f"{other.name}.html", folder or ".")
        for other in runs
        if other.indicator and other.language == language
    }


def _lead(run: Run, file: str) -> str:
    """Where a link of a page leads to another file: pages of indicators are in a folder of their own."""
    folder = posixpath.dirname(run.name)
    return _relate(file, folder) if folder else file


@lru_cache(maxsize=4096)  # all pages of a folder lead to the same others
def _relate(file: str, folder: str) -> str:
    return posixpath.relpath(file, folder)


def find_page(notebook: str, year: int | None, language: str, runs: dict[Run, dict], indicator: str = "") -> str:
    """File of the page of a notebook, or of an indicator; nothing where there is none."""
    for run in runs:
        if (run.notebook, run.language, run.indicator) == (notebook, language, indicator) and run.year in (year, None):
            return f"{run.name}.html"
    return ""


def link_pages(run: Run, runs: dict[Run, dict], indicators: dict[str, str]) -> dict:
    """Links of a page among its siblings: chapters, years, languages, previous and next, and pages by name.

    A page that is about all years leads to the year of the page that stands for the whole evaluation, else to the latest one.

    indicators: links to their pages by name (see `list_indicators`)
    """
    own, chapters_of = runs[run], {other: facts for other, facts in runs.items() if not other.indicator}
    dated = [(facts["main"], other.year) for other, facts in chapters_of.items() if other.language == run.language]
    shown_year = run.year or max(((main, year) for main, year in dated if year), default=(False, None))[1]
    linked = shown_year if run.indicator else run.year
    chapters, pages = [], {}
    for name in sorted({other.notebook for other in chapters_of}, key=order_by_number):
        address = find_page(name, shown_year, run.language, chapters_of)
        if address:
            facts = next(facts for other, facts in chapters_of.items() if f"{other.name}.html" == address)
            href = _lead(run, address)
            link = {"short": facts["short"], "href": href, "current": name == run.notebook}
            chapters.append({"name": name, "number": read_number(name)} | link)
        page = find_page(name, linked, run.language, chapters_of)
        pages[name] = _lead(run, page) if page else ""
    pages |= indicators
    order = [chapter["name"] for chapter in chapters]
    at = order.index(run.notebook) if run.notebook in order else None
    years = [
        {"year": year, "href": find_page(run.notebook, year, run.language, runs), "current": year == run.year}
        for year in own["years"]
    ]
    spoken = [
        (code, name, find_page(run.notebook, run.year, code, runs, run.indicator)) for code, name in LANGUAGES.items()
    ]
    index = name_index(run.language, {other.language for other in runs}, run.region if own["place"] else "")
    return {
        "chapters": chapters,
        "years": [year for year in years if year["href"]],
        "languages": [
            {"code": code, "name": name, "href": _lead(run, address), "current": code == run.language}
            for code, name, address in spoken
            if address
        ],
        "previous": chapters[at - 1] if at else None,
        "next": chapters[at + 1] if at is not None and at + 1 < len(chapters) else None,
        "index": _lead(run, index),
        "pages": pages,
    }


def name_index(language: str, languages: Collection[str], region: str = "") -> str:
    """File of the index in a language, or of that of a region; the first language there is has the plain name."""
    if region:
        return f"index_{language}_{region}.html"
    first = next(code for code in LANGUAGES if code in languages)
    return "index.html" if language == first else f"index_{language}.html"


def name_preview(language: str) -> str:
    """File of the picture that chat programs show with a link to a page in a language."""
    return f"preview_{language}.png"


def write_preview(facts: dict, file: str) -> Markup:
    """What chat programs show with a link to a page, as elements of its head; nothing where it is published nowhere.

    facts: what the page says of itself; file: the page
    """
    if not (address := facts.get("address", "")):
        return Markup("")
    wide, high = PREVIEW_SIZE
    values = {
        "url": address + quote(file),
        "image": address + name_preview(facts["language"][:2]),
        "image:type": "image/png",
        "image:width": wide,
        "image:height": high,
        "image:alt": facts.get("preview", ""),
    }
    element = Markup('<meta property="og:{}" content="{}">\n')
    return Markup("").join(element.format(name, value) for name, value in values.items())
