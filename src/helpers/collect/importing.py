"""An import of workbooks and CSV files into a data package, from reading to writing; the command asks the questions."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from openpyxl.utils import column_index_from_string
from openpyxl.utils.cell import coordinate_from_string
from openpyxl.utils.exceptions import CellCoordinatesException

from helpers.collect import judging, reading, sheets, writing
from helpers.collect.judging import Judgement
from helpers.compare import difference, packages
from helpers.errors import UserError
from helpers.package import tables
from helpers.package.tables import Tables


@dataclass
class Import:
    """What some files say of a package: figures to write, and sentences on all that is not written."""

    package: Tables
    names: list[str]
    judgement: Judgement
    notes: list[str]
    left_out: list[str] = field(default_factory=list)

    def accept_doubtful(self) -> None:
        """Doubtful figures are written too."""
        self.judgement.figures += [figure for figure, _ in self.judgement.doubtful]
        self.judgement.doubtful = []

    def leave_out_invalid(self) -> None:
        """Figures with which the package would not pass its check become slips. Raises DataError."""
        self.judgement.figures, slips = writing.choose_valid(self.package, self.judgement.figures)
        self.judgement.slips += slips

    def list_slips(self) -> Iterator[str]:
        yield from _list_under("not read", _join_alike(self.judgement.slips))
        yield from _list_under("conflicts, not written", self.judgement.conflicts)

    def list_doubtful(self) -> Iterator[str]:
        yield from _list_under("doubtful", [sentence for _, sentence in self.judgement.doubtful])

    def describe_changes(self, language: str) -> list[str]:
        """What would change, as `evaluate diff` says it; nothing where nothing would."""
        if not self.judgement.figures:
            return []
        with writing.copy_with(self.package, self.judgement.figures) as folder:
            changes = packages.compare(self.package.folder, folder, language)
            changes.new = " + ".join([str(self.package.folder), *self.names])
            return [difference.to_text(changes)]

    def summarize(self) -> str:
        """One line of counts."""
        judgement = self.judgement
        counts = {
            "new": len(judgement.figures), "there already": judgement.same, "empty": judgement.missing,
            "derived, public or corrected": judgement.skipped, "doubtful": len(judgement.doubtful),
            "in conflict": len(judgement.conflicts), "not read": len(judgement.slips),
        }  # fmt: skip
        return f"figures: {', '.join(f'{number} {what}' for what, number in counts.items() if number) or 'none'}"

    @property
    def is_complete(self) -> bool:
        """Is everything that the files say in the package, or written?"""
        return not (self.judgement.doubtful or self.judgement.conflicts or self.judgement.slips)

    def write(self) -> Path:
        """Write the figures into the package, all or none; returns the file. Raises UserError."""
        return writing.write(self.package, self.judgement.figures)


def _join_alike(slips: list[str]) -> list[str]:
    """Sentences on cells, each once, such as on a name that fits no indicator, with all of its cells and their number."""
    places: dict[str, list[str]] = {}
    for slip in slips:
        place, _, sentence = slip.partition(": ")  # a place has no blank
        places.setdefault(sentence, []).append(place)
    return [
        f"{_join_places(own)}{f' ({len(own)} cells)' if own[1:] else ''}: {sentence}"
        for sentence, own in places.items()
    ]


def _join_places(places: list[str]) -> str:
    """Places of cells, the sheet named once and neighbours of a row as a range: `BOOK.xlsx!Sheet1!C7:E7, G7`."""
    sheets: dict[str, list[list[str]]] = {}
    for place in places:
        sheet, _, address = place.rpartition("!")
        ranges = sheets.setdefault(sheet, [])
        if ranges and _is_next(ranges[-1][-1], address):
            ranges[-1].append(address)
        else:
            ranges.append([address])
    texts = {
        name: ", ".join(":".join(dict.fromkeys((own[0], own[-1]))) for own in ranges) for name, ranges in sheets.items()
    }
    return "; ".join(f"{name}!{text}" if name else text for name, text in texts.items())


def _is_next(address: str, other: str) -> bool:
    """Does a cell stand to the right of another one?"""
    try:
        (column, row), (after, own) = map(coordinate_from_string, (address, other))
    except CellCoordinatesException:
        return False
    return row == own and column_index_from_string(after) == column_index_from_string(column) + 1


def _list_under(heading: str, sentences: list[str]) -> Iterator[str]:
    if sentences:
        yield f"{heading}:"
        yield from (f"  {sentence}" for sentence in sentences)


def prepare(books: list[str], data: str) -> Import:
    """Read some files for a package. Raises UserError for one that cannot be read, or that holds nothing to read."""
    package = tables.load(data, lenient=True)
    paths = [Path(book) for book in books]
    names = [path.name for path in paths]
    if repeated := {name for name in names if names.count(name) > 1}:
        raise UserError(f"two files are named {', '.join(sorted(repeated))}; rename one, as sources name their file.")
    readings, notes = [], []
    for path in paths:
        read, remarks = sheets.read(path)
        readings.append(reading.read(read, {*package.units.index}))
        notes += remarks + readings[-1].notes
        if not readings[-1].entries and not readings[-1].slips and not readings[-1].recognized:
            raise UserError(*notes, f"{path}: no table of indicators by year; see docs/howto.md.")
    judgement = judging.Judge(package).judge(readings)
    return Import(package, names, judgement, notes)
