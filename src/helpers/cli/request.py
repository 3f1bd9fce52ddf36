"""What the command line asks for: a request becomes runs, and a data package becomes what runs read.

The command line alone sees both sides, the batch and the analysis; this is where it joins them.
"""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from pathlib import Path

from helpers import paths
from helpers.batch import fingerprint
from helpers.batch.execute import Inputs
from helpers.display import html as display
from helpers.display.html import LANGUAGE_TAGS, PAGE_FORM, escape
from helpers.errors import UserError
from helpers.package import notebooks, parameters, schema, validity
from helpers.runs import outputs, run, source
from helpers.runs.run import Run


@dataclass
class Package:
    """A data package as a batch sees it (`freshness.InputSource`); its tables are read only when they are asked for."""

    data: str = ""
    _laid_out: Inputs | None = None  # the view that was selected last

    @cached_property
    def digest(self) -> str:
        return fingerprint.digest_folder(self.folder)

    @property
    def folder(self) -> Path:
        return paths.data(self.data)

    @cached_property
    def catalogue(self) -> validity.Choices:
        """What it offers. Raises DataError, which lists every problem."""
        return validity.recall(validity.digest(self.folder)) or self._selector.package.choices

    @cached_property
    def _selector(self):
        from helpers.package import tables
        from helpers.views import select

        return select.Selector(tables.load(self.data))

    @cached_property
    def _writer(self):
        from helpers.views import view

        return view.Writer()

    @cached_property
    def notebooks(self) -> Path:
        """Folder of its notebooks: those written for it, or generic ones."""
        folder = notebooks.locate_own(self.folder)
        if folder is None:
            from helpers.authoring.notebooks import lay_out

            folder = lay_out(self._selector.package)
        return folder

    @cached_property
    def indicators(self) -> dict[str, list[str]]:
        """Indicators that have a page, by region."""
        key = fingerprint.digest(f"{validity.digest(self.folder)} {fingerprint.digest_helpers()}")
        listed = validity.recall_indicators(key)
        if listed is None:
            from helpers.evaluation import values

            listed = values.list_indicators(self._selector.package)
            validity.remember_indicators(key, listed)
        return listed

    def inputs(self, run: Run) -> Inputs:
        """The view of a run; the years of a notebook share it."""
        from helpers.views import select

        kind, home = self._find_kind(run), self.catalogue.region
        file = select.file_of(kind, run.notebook, run.language, run.region, run.data, home, run.indicator)
        if self._laid_out is None or self._laid_out.file != file:
            of = run.notebook, run.language, run.region
            selector = self._selector
            selected = selector.view_indicator(*of, run.indicator) if run.indicator else selector.view(kind, *of)
            self._laid_out = Inputs(select.FOLDER, file, self._writer.write(selected))
        return self._laid_out

    def _find_kind(self, run: Run) -> str:
        """Kind of the view that a run's notebook opens."""
        return source.view_of(source.read_notebook(self.notebooks / f"{run.notebook}.ipynb"))

    def describe(self, run: Run) -> dict:
        """What the opening of a run's notebook would say of it; of one without an opening, pages say this."""
        words, package = self._formatters[run.language], self._selector.package
        named = words.name_of("indicators", run.indicator) if run.indicator else ""
        short = named or words.name_notebook(run.notebook)
        own = short == run.notebook  # an analyst's, about no chapter
        heading = outputs.find_title(source.read_cells(self.notebooks / f"{run.notebook}.ipynb"), run.language)
        short = heading or short if own else short
        place = "" if run.region == package.plan.region else words.name_of("regions", run.region)
        when = words.say("all_years") if run.year is None else words.say("the_year", year=run.year)
        title = [short, "" if own and run.year is None else when, place]
        return {
            "form": PAGE_FORM,
            "plan": getattr(package.plan, f"title_{run.language}"),
            "title": " · ".join(part for part in title if part),
            "short": short,
            "place": place,
            "region": words.describe_region(run.region),
            "headline": short,
            "headline_html": str(escape(short)),
            "lead": "",
            "lead_html": "",
            "language": LANGUAGE_TAGS[run.language],
            "years": [] if run.year is None else package.years,
            "readings": [],
            "detail": "",
            "main": run.year == package.main_year and self._find_kind(run) == "overview",
            "more": own,
            "untitled": not heading,
            "sections": [],
            "banner": str(display.banner(words.say("synthetic"))) if package.plan.synthetic else "",
            "words": words.list_page_words(),
        } | words.describe_preview()

    @cached_property
    def _formatters(self):
        from helpers.language.formatter import Formatter

        return {language: Formatter(self._selector.package, language) for language in parameters.LANGUAGES}


def resolve(
    package: Package,
    years: list[int] | None = None,
    notebooks: list[str] | None = None,
    languages: Sequence[str] = parameters.LANGUAGES,
    regions: list[str] | None = None,
    indicators: list[str] | None = None,
) -> list[Run]:
    """Runs of a request (see the options of `evaluate run`); all years, notebooks and indicators and the plan's own region
    for None.

    Raises UserError for what data or notebooks do not have.
    """
    offers = package.catalogue
    sources = sorted(package.notebooks.glob("*.ipynb"), key=lambda path: run.order_by_number(path.stem))
    names = [path.stem for path in sources]
    names = names if notebooks is None else choose(notebooks, names, "notebook")
    spoken = choose(languages, parameters.LANGUAGES, "language")
    years = offers.years if years is None else years
    places = _choose_places(regions, offers)
    for year, place in [*product(years, places[:1]), *product(years[:1], places)]:
        parameters.check({"year": year, "language": spoken[0], "region": place}, offers)
    chosen = [path for path in sources if path.stem in names]
    listed = _choose_indicators(package, places, indicators)
    return run.list_runs(chosen, years, spoken, places, offers.region, package.data, listed)


def _choose_indicators(package: Package, places: list[str], asked: list[str] | None) -> dict[str, list[str]]:
    """Indicators that have a page by region: all for None, else those that are asked for."""
    listed = {place: package.indicators.get(place, []) for place in places}
    if asked is None:
        return listed
    known = list(dict.fromkeys(name for names in listed.values() for name in names))
    for name in asked:
        if name and name not in known:
            close = difflib.get_close_matches(name, known, 1)
            hint = f" (did you mean {close[0]!r}?)" if close else ""
            raise UserError(
                f"no page for the indicator {name!r}{hint}; a page has every headline indicator, and every other one "
                f"with two or more values: {len(known)} here."
            )
    wanted = choose(asked, known, "indicator")
    return {place: [name for name in names if name in wanted] for place, names in listed.items()}


def _choose_places(regions: list[str] | None, offers: validity.Choices) -> list[str]:
    """The plan's own region for None, every one that has figures for `all`, else those that are asked for."""
    if regions is None:
        return [offers.region]
    return offers.covered if regions == ["all"] else regions


def compare(old: str, new: str, language: str):
    """What differs (`difference.Difference`) between two data packages, or between two folders of pages.

    Raises UserError for what is neither, and for one of each.
    """
    from helpers.compare import notebooks

    folders = Path(old), Path(new)
    for folder in folders:
        if not folder.is_dir():
            raise UserError(f"{folder}: no such folder; expected a data package or a folder of pages.")
        if not (is_package(folder) or notebooks.list_files(folder)):
            raise UserError(
                f"{folder}: neither a data package (no {schema.DESCRIPTOR}) nor a folder of pages or notebooks."
            )
    if is_package(folders[0]) != is_package(folders[1]):
        kinds = ["a data package" if is_package(folder) else "a folder of pages" for folder in folders]
        raise UserError(f"{old} is {kinds[0]} and {new} {kinds[1]}; expected two of one kind.")
    from helpers.compare import packages
    from helpers.language.formatter import Formatter
    from helpers.package import tables

    if is_package(folders[0]):
        return packages.compare(old, new, language)
    return notebooks.compare(*folders, Formatter(tables.load(), language))


def is_package(folder: Path) -> bool:
    """Is it a data package?"""
    return (folder / schema.DESCRIPTOR).is_file()


def choose(values: Sequence[str], known: Sequence[str], what: str) -> list[str]:
    """The values, if all of them are known. Raises UserError for an unknown one, and for none at all."""
    chosen = [value for value in values if value]
    for value in chosen:
        if value not in known:
            close = difflib.get_close_matches(value, known, 1)
            hint = f" (did you mean {close[0]!r}?)" if close else ""
            raise UserError(f"unknown {what} {value!r}{hint}; there is {', '.join(known)}.")
    if not chosen:
        raise UserError(f"no {what} given; there is {', '.join(known)}.")
    return chosen
