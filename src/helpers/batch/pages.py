"""The pages of a place: made where what they are made of has changed, and the index of them all."""

import json
from collections import Counter, deque
from collections.abc import Callable
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace

from helpers.batch import fingerprint, pool
from helpers.batch.freshness import Workspace, locate_notebook
from helpers.batch.record import Entry, Record
from helpers.errors import UserError
from helpers.pages import links
from helpers.runs import source
from helpers.runs.run import Run

INDEX = "index"  # key of a note: what the index is made of, and digests of its pages


@dataclass(frozen=True)
class Pages:
    """Pages of the succeeded runs of a place.

    retries: how often a page is tried again whose maker died; made: told of each page; going: once false, no more are begun
    """

    workspace: Workspace
    retries: int = 1
    made: Callable[[Entry], None] = lambda entry: None
    going: Callable[[], bool] = lambda: True

    def idle(self, known: Record) -> bool:
        """Is there nothing to make?"""
        shown, hidden = self._split_shown(known)
        return not (
            any(entry.page for entry in hidden) or self._list_outdated(shown) or self._find_index_change(shown, known)
        )

    def make(self, known: Record, open_pool: Callable[[], pool.Pool]) -> None:
        """Make the pages that are missing or not of what they should be, then the index.

        Raises UserError for a page that cannot be made.
        """
        shown, hidden = self._split_shown(known)
        for entry in hidden:
            self.workspace.place.remove(locate_page(entry.run))
        known.put(*(replace(entry, page="", page_parts={}) for entry in hidden if entry.page))
        if items := self._list_outdated(shown):
            self._render(items, known, open_pool())
        self._make_index([known.entries[entry.run.name] for entry in shown], known)

    def _split_shown(self, known: Record) -> tuple[list[Entry], list[Entry]]:
        """Entries that have a page, and those that have none."""
        shown, hidden = [], []
        for _, entry in sorted(known.entries.items()):
            good = entry.outcome == "succeeded" and entry.facts and self.workspace.locate_source(entry.run).is_file()
            good = good and self.workspace.place.holds(locate_notebook(entry.run), entry.notebook)
            (shown if good else hidden).append(entry)
        return shown, hidden

    def _list_outdated(self, shown: list[Entry]) -> list[tuple[Entry, dict, dict]]:
        """Entries whose pages have to be made, each with what the page is made of and where it links to."""
        siblings, makers = links.Siblings({entry.run: entry.facts for entry in shown}), _digest_makers()
        items = []
        for entry in shown:
            run = entry.run
            nav = siblings.link(run)
            parts = compute_parts(self.workspace.read_cells(run), entry.notebook, nav, makers)
            if entry.page_parts != parts or not self.workspace.place.holds(locate_page(run), entry.page):
                items.append((entry, parts, nav))
        return items

    def keep(self, entry: Entry, page: str, parts: dict[str, str]) -> Entry:
        """Put a page in its place; the entry that says so, and what the page was made of."""
        held = self.workspace.place.put(locate_page(entry.run), page)
        self.made(entry)
        return replace(entry, page=held, page_parts=parts)

    def _render(self, items: list[tuple[Entry, dict, dict]], known: Record, workers: pool.Pool) -> None:
        from helpers.pages import render

        again, tries = deque(), Counter()
        prepared = (self._prepare(*item) for item in items)
        made = pool.map_tasks(workers, render.make_page, prepared, lambda item: item[2], again=again, going=self.going)
        for item, future in made:
            entry, parts, _ = item
            tries[entry.run] += 1
            error = future.exception()
            if isinstance(error, BrokenProcessPool | pool.Lost) and tries[entry.run] <= self.retries:
                again.append(item)
                continue
            if error is not None:
                what = f"the page could not be made ({type(error).__name__}: {error})"
                raise UserError(f"{entry.run.name}: {what}.") from error
            known.put(self.keep(entry, future.result(), parts))
            self.workspace.place.save_record()

    def _prepare(self, entry: Entry, parts: dict, nav: dict) -> tuple:
        """What a page is made of, after its executed notebook has taken over what has changed in the prose."""
        from helpers.pages.render import Task

        run = entry.run
        executed = self.workspace.place.read(locate_notebook(run)).decode()
        if entry.page_parts.get("prose") != parts["prose"]:
            merged = source.replace_prose(executed, self.workspace.read_cells(run))
            if merged != executed:
                held = self.workspace.place.put(locate_notebook(run), merged)
                entry = replace(
                    entry, notebook=held, facts=source.read_facts(merged, self.workspace.package.describe(run))
                )  # headings are found by the index
                executed = merged
        return entry, parts | {"notebook": entry.notebook}, Task(run, executed, entry.facts, nav)

    def _find_index_change(self, shown: list[Entry], known: Record) -> str:
        """What the index is to be made of, or nothing if it is what it should be."""
        parts = fingerprint.digest_json([[[entry.run.name, entry.facts] for entry in shown], _digest_makers()])
        note = json.loads(known.notes.get(INDEX, "{}"))
        held = note.get("parts") == parts and all(self.workspace.place.holds(*file) for file in note["files"].items())
        return "" if held else parts

    def _make_index(self, shown: list[Entry], known: Record) -> None:
        """Make the index pages of all pages that there are, and remove those that are no longer wanted."""
        if not (parts := self._find_index_change(shown, known)):
            return
        from helpers.pages import index

        pages = index.make_pages({entry.run: entry.facts for entry in shown}) if shown else {}
        made = {name: self.workspace.place.put(name, content) for name, content in pages.items()}
        for name in set(json.loads(known.notes.get(INDEX, "{}")).get("files", {})) - set(made):
            self.workspace.place.remove(name)
        known.keep(INDEX, json.dumps({"parts": parts, "files": made}))
        self.workspace.place.save_record()


def compute_parts(cells: list[dict], notebook: str, nav: dict, makers: dict[str, str] | None = None) -> dict[str, str]:
    """Digests of what a page is made of.

    cells: of the source; notebook: digest of the executed one; makers: of what makes pages, if that is known
    """
    prose = fingerprint.digest_json(source.select_prose(cells))
    return (makers or _digest_makers()) | {"nav": fingerprint.digest_json(nav), "prose": prose, "notebook": notebook}


def _digest_makers() -> dict[str, str]:
    """What pages are made with."""
    return {"pages": fingerprint.digest_page_makers(), "versions": fingerprint.digest_versions()}


def locate_page(run: Run) -> str:
    """The page of a run in its place."""
    return f"{run.name}.html"
