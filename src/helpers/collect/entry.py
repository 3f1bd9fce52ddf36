"""What a collected cell says before anything is known of the package: a name, a period, a cell, a unit."""

from dataclasses import dataclass, field

from helpers.collect.sheets import Cell


@dataclass(frozen=True)
class Entry:
    """A cell with a number and what stands around it, each as the sheet has it.

    place: of the cell, `BOOK.xlsx!Sheet1!C7`; name: of the indicator, or its key; measure: `target`, `growth_rate`, or empty
    for the quantity itself; period: as the data writes it; word: of the column of qualifiers; region: name or code, empty for
    the plan's own; figure: key of a figure of which a page shows this cell; document, within: what the sheet names as the
    source of the number, and the place in it
    """

    place: str
    name: str
    period: str
    cell: Cell
    unit: str = ""
    measure: str = ""
    word: str = ""
    region: str = ""
    note: str = ""
    document: str = ""
    within: str = ""
    figure: str = ""


@dataclass
class Reading:
    """Entries of some sheets, sentences on cells that could not be read (place and sentence), and remarks.

    recognized: are they of a workbook for collection or of a page? Such a one may be empty.
    """

    entries: list[Entry] = field(default_factory=list)
    slips: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    recognized: bool = False
