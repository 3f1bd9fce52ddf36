"""Where an imported figure comes from: a document of the package that its sheet names, else the workbook itself."""

import hashlib
import re

from helpers.collect.entry import Entry
from helpers.package.tables import Tables

CELL = "!"  # in a place: between a workbook, its sheet and a cell
ENDS_WITH_CELL = r"![A-Z]+[1-9]\d*\)?$"


class Documents:
    """Documents of a package, and workbooks that become documents of it with their first figure."""

    def __init__(self, package: Tables):
        self.package = package
        self.titles = {key.lower(): key for key in package.sources.index}
        for column in ("title_zh", "title_en"):
            for key, title in package.sources[column].items():
                self.titles.setdefault(title.lower(), key)

    def cite(self, entry: Entry) -> dict[str, str]:
        """Columns of figures.csv that say where an entry comes from.

        The place in a document that the package knows is the source, and the cell goes into the note. Otherwise the cell is
        the source, in the workbook as the document, and what the sheet names goes into the note.
        """
        document = self.titles.get(entry.document.lower(), "") if entry.document else ""
        if document and entry.within:
            note = _join(entry.note, entry.place)
            return {"document": document, "source": entry.within, "sentence": "1", "note": note}
        note = _join(entry.note, ", ".join(text for text in (entry.document, entry.within) if text))
        return {"document": self._name_workbook(entry.place), "source": entry.place, "sentence": "1", "note": note}

    def _name_workbook(self, place: str) -> str:
        """Key of the workbook of a cell: that of a document with its name, else a new one."""
        title = title_workbook(place)
        return self.titles.get(title.lower()) or name_workbook(title)


def _join(note: str, where: str) -> str:
    """A note and a place in one text: `a note (a yearbook, page 5)`."""
    return f"{note} ({where})" if note and where else note or where


def name_workbook(title: str) -> str:
    """Key of a workbook as a document, which no other name has: a digest follows what a key cannot tell of the name."""
    slug = "-".join(re.findall(r"[a-z0-9]+", title.rpartition(".")[0].lower()))
    digest = "" if title == f"{slug}.xlsx" else hashlib.sha256(title.encode()).hexdigest()[:8]
    return "-".join(part for part in ("workbook", slug, digest) if part)


def title_workbook(place: str) -> str:
    """Name of the workbook of a cell."""
    return place.partition(CELL)[0]
