"""Which runs have to be executed, and why: what is recorded of each against what its outputs would follow from now."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple, Protocol

from helpers.batch import fingerprint
from helpers.batch.destination import Address, Folder
from helpers.batch.execute import Inputs
from helpers.batch.record import Entry
from helpers.errors import UserError
from helpers.runs import source
from helpers.runs.run import Run

NOTEBOOKS = "notebooks"  # folder of executed ones in a place


class InputSource(Protocol):
    """What a data package gives to runs; batches know nothing else of it."""

    digest: str

    def inputs(self, run: Run) -> Inputs:
        """What a run reads; costly, so that it is asked for only where it matters."""

    def describe(self, run: Run) -> dict:
        """What a run's notebook will say of itself that other pages need for their links (see `links.link_pages`)."""


class State(NamedTuple):
    """What a run is: fresh, or why it has to be executed; `entry` as recorded, with what is known by now."""

    run: Run
    why: tuple[str, ...]
    entry: Entry | None


@dataclass(frozen=True)
class Workspace:
    """What runs are made of and where they go: a folder of notebooks, a data package, a place for the outputs."""

    sources: Path
    package: InputSource
    place: Folder | Address

    def judge(self, runs: list[Run], known: dict[str, Entry]) -> Iterator[State]:
        """Which runs are fresh, and why the others are not; reads tables only where the package has changed.

        Raises UserError for a place that these runs must not be mixed into.
        """
        self._check(runs, known)
        helpers = fingerprint.digest_helpers()
        for run in runs:
            yield self._judge(run, known.get(run.name), helpers)

    def _judge(self, run: Run, entry: Entry | None, helpers: str) -> State:
        # Parameters are among the parts, and folders of data may be named in several ways.
        if entry is None or replace(entry.run, data=run.data, given=run.given) != run:
            return State(run, ("new",), None)
        if entry.outcome != "succeeded":
            return State(run, (entry.outcome,), entry)
        notebook = source.read_notebook(self.locate_source(run))
        parts = fingerprint.compute_parts(run, notebook, entry.parts.get("data", ""), helpers)
        changed = fingerprint.list_changed(entry.parts, parts)
        # What a run reads follows from the package, the run, the view and the helpers; it is as it was where they are.
        if not changed and entry.package != self.package.digest:
            parts["data"] = fingerprint.digest(self.package.inputs(run).content)
            changed = fingerprint.list_changed(entry.parts, parts)
            entry = replace(entry, package=self.package.digest)
        if not changed and not self.place.holds(locate_notebook(run), entry.notebook):
            changed = ["output"]
        return State(run, tuple(changed), entry)

    def _check(self, runs: list[Run], known: dict[str, Entry]) -> None:
        """Would these runs overwrite the notebooks themselves, or mix two data packages in one place?"""
        if isinstance(self.place, Folder) and (self.place.path / NOTEBOOKS).resolve() == self.sources.resolve():
            raise UserError(
                f"{self.place}: executed notebooks would replace the notebooks themselves; choose another --out."
            )
        for entry in known.values():
            if {_resolve_data(entry.run.data)} != {_resolve_data(run.data) for run in runs}:
                held = entry.run.data or "the project's own"
                raise UserError(f"{self.place}: holds pages of another data package ({held}); choose another --out.")

    def read_cells(self, run: Run) -> list[dict]:
        """Cells of a run's source."""
        return source.read_cells(self.locate_source(run))

    def locate_source(self, run: Run) -> Path:
        return self.sources / f"{run.notebook}.ipynb"


def locate_notebook(run: Run) -> str:
    """The executed notebook of a run in its place."""
    return f"{NOTEBOOKS}/{run.name}.ipynb"


def _resolve_data(data: str) -> str:
    return str(Path(data).resolve()) if data else ""
