"""Which pages a page links to: chapters, years, languages, neighbours; only pages that exist."""

from collections.abc import Collection

from helpers.runs.run import Run, order_by_number

LANGUAGES = {"zh": "中文", "en": "English"}


class Siblings:
    """Runs by region and data, each with what its notebook says of itself: pages link to those of their own group, and to
    the same page of the region above and of those within.
    """

    def __init__(self, runs: dict[Run, dict]):
        self._groups: dict[tuple[str, str], dict[Run, dict]] = {}
        for run, facts in runs.items():
            self._groups.setdefault((run.region, run.data), {})[run] = facts
        self._parents = {place: next(iter(runs.values()))["region"]["parent"] for place, runs in self._groups.items()}
        self._within: dict[tuple[str, str], list[str]] = {}
        for (region, data), parent in self._parents.items():
            self._within.setdefault((parent, data), []).append(region)

    def link(self, run: Run) -> dict:
        """Where the links of a page lead (see `link_pages`); `above` and `within` have the regions around its own."""
        place = run.region, run.data
        above, within = [self._parents[place]], self._within.get(place, [])
        around = {"above": self._find(run, above), "within": self._find(run, within)}
        return link_pages(run, self._groups[place]) | around

    def _find(self, run: Run, regions: list[str]) -> list[dict]:
        """Names of regions and their pages of the same notebook, year and language, where there are any."""
        wanted = run.notebook, run.year, run.language
        return [
            {"name": facts["region"]["name"], "href": f"{other.name}.html"}
            for region in regions
            for other, facts in self._groups.get((region, run.data), {}).items()
            if (other.notebook, other.year, other.language) == wanted
        ]


def read_number(notebook: str) -> str:
    """The number that begins a notebook's name, or nothing."""
    number = notebook.partition("-")[0]
    return number if number.isdecimal() else ""


def find_page(notebook: str, year: int | None, language: str, runs: dict[Run, dict]) -> str:
    """File of the page of a notebook, or nothing."""
    for run in runs:
        if (run.notebook, run.language) == (notebook, language) and run.year in (year, None):
            return f"{run.name}.html"
    return ""


def link_pages(run: Run, runs: dict[Run, dict]) -> dict:
    """Links of a page among its siblings: chapters, years, languages, previous and next, and notebooks by name."""
    own = runs[run]
    latest = run.year or max((o.year for o in runs if o.year and o.language == run.language), default=None)
    chapters, pages = [], {}
    for name in sorted({other.notebook for other in runs}, key=order_by_number):
        address = find_page(name, latest, run.language, runs)
        if address:
            facts = next(facts for other, facts in runs.items() if f"{other.name}.html" == address)
            link = {"short": facts["short"], "href": address, "current": name == run.notebook}
            chapters.append({"name": name, "number": read_number(name)} | link)
        pages[name] = find_page(name, run.year, run.language, runs)
    order = [chapter["name"] for chapter in chapters]
    at = order.index(run.notebook)
    years = [
        {"year": year, "href": find_page(run.notebook, year, run.language, runs), "current": year == run.year}
        for year in own["years"]
    ]
    languages = [(code, name, find_page(run.notebook, run.year, code, runs)) for code, name in LANGUAGES.items()]
    return {
        "chapters": chapters,
        "years": [year for year in years if year["href"]],
        "languages": [
            {"code": code, "name": name, "href": address, "current": code == run.language}
            for code, name, address in languages
            if address
        ],
        "previous": chapters[at - 1] if at else None,
        "next": chapters[at + 1] if at + 1 < len(chapters) else None,
        "index": name_index(run.language, {other.language for other in runs}, run.region if own["place"] else ""),
        "pages": pages,
    }


def name_index(language: str, languages: Collection[str], region: str = "") -> str:
    """File of the index in a language, or of that of a region; the first language there is has the plain name."""
    if region:
        return f"index_{language}_{region}.html"
    first = next(code for code in LANGUAGES if code in languages)
    return "index.html" if language == first else f"index_{language}.html"
