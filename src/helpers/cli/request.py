"""What the command line asks for: a request in words becomes runs, and a data package becomes what runs read.

The command line alone sees both sides, the batch and the analysis; this is where it joins them.
"""

import difflib
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from pathlib import Path

from helpers import paths
from helpers.batch import fingerprint
from helpers.batch.execute import Inputs
from helpers.errors import UserError
from helpers.package import parameters, schema, validity
from helpers.runs import run, source
from helpers.runs.run import Run


@dataclass
class Package:
    """A data package as a batch sees it (`batch.Package`); its tables are read only when they are asked for."""

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

    def inputs(self, run: Run) -> Inputs:
        """The view of a run; the years of a notebook share it."""
        from helpers.views import select, view

        kind = source.view_of(source.read_notebook(paths.NOTEBOOKS / f"{run.notebook}.ipynb"))
        file = select.file_of(kind, run.notebook, run.language, run.region, run.data)
        if self._laid_out is None or self._laid_out.file != file:
            selected = self._selector.view(kind, run.notebook, run.language, run.region)
            self._laid_out = Inputs(select.FOLDER, file, view.to_bytes(selected))
        return self._laid_out


def resolve(
    package: Package, years: list[int] | None, names: str | None, languages: str, region: str | None
) -> list[Run]:
    """Runs of a request (see the options of `evaluate run`). Raises UserError for what data or notebooks do not have."""
    offers = package.catalogue
    sources = sorted(paths.NOTEBOOKS.glob("*.ipynb"))
    known = [path.stem for path in sources]
    wanted = known if names is None else listed(names, known, "notebook")
    spoken = listed(languages, list(parameters.LANGUAGES), "language")
    chosen = offers.years if years is None else years
    places = _places(region, offers)
    for year, place in [*product(chosen, places[:1]), *product(chosen[:1], places)]:
        parameters.check({"year": year, "language": spoken[0], "region": place}, offers)
    sources = [path for path in sources if path.stem in wanted]
    return run.list_runs(sources, chosen, spoken, places, offers.region, package.data)


def _places(text: str | None, offers: validity.Choices) -> list[str]:
    """Regions of `330100`, `330100,330200`, `all` (every one that has figures), or the plan's own."""
    if text is None:
        return [offers.region]
    return offers.covered if text == "all" else list(dict.fromkeys(part.strip() for part in text.split(",")))


def compared(old: str, new: str, language: str):
    """What differs (`difference.Difference`) between two data packages, or between two folders of pages.

    Raises UserError for what is neither, and for one of each.
    """
    from helpers.compare import notebooks

    folders = Path(old), Path(new)
    for folder in folders:
        if not folder.is_dir():
            raise UserError(f"{folder}: no such folder; expected a data package or a folder of pages.")
        if not (packaged(folder) or notebooks.list_files(folder)):
            raise UserError(
                f"{folder}: neither a data package (no {schema.DESCRIPTOR}) nor a folder of pages or notebooks."
            )
    if packaged(folders[0]) != packaged(folders[1]):
        kinds = ["a data package" if packaged(folder) else "a folder of pages" for folder in folders]
        raise UserError(f"{old} is {kinds[0]} and {new} {kinds[1]}; expected two of one kind.")
    from helpers.compare import packages
    from helpers.language.formatter import Formatter
    from helpers.package import tables

    if packaged(folders[0]):
        return packages.compare(old, new, language)
    return notebooks.compare(*folders, Formatter(tables.load(), language))


def packaged(folder: Path) -> bool:
    """Is it a data package?"""
    return (folder / schema.DESCRIPTOR).is_file()


def listed(text: str, known: list[str], what: str) -> list[str]:
    """Values of a list with commas. Raises UserError for an unknown one."""
    values = [value.strip() for value in text.split(",") if value.strip()]
    for value in values:
        if value not in known:
            close = difflib.get_close_matches(value, known, 1)
            hint = f" (did you mean {close[0]!r}?)" if close else ""
            raise UserError(f"unknown {what} {value!r}{hint}; there is {', '.join(known)}.")
    if not values:
        raise UserError(f"no {what} given; there is {', '.join(known)}.")
    return list(dict.fromkeys(values))
