"""Tables and pictures: a frame with what it takes to show it. Numbers become text when a table is shown, not before.

Each is shown as HTML, as plain text for a terminal, and with its data as a Frictionless data resource, from which pages
take their downloads and their search.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count, groupby
from operator import itemgetter

import pandas as pd
from markupsafe import Markup, escape
from pandas.io.json import build_table_schema

from helpers.display.html import FRAME_MIME, Html, Shown, class_of, id_of, plain

PLAIN_ROWS, PLAIN_WIDTH = 60, 60  # rows, and characters of a cell, that a terminal shows of a table


def records_of(frame: pd.DataFrame) -> list[dict]:
    """Rows of a frame as dicts, as `to_dict("records")` has them, in a fraction of its time."""
    names = [*frame.columns]
    return [dict(zip(names, row, strict=True)) for row in frame.to_numpy(dtype=object).tolist()]


def _as_text(cell) -> str | None:
    """A cell of a column without a type, as a resource has it: keys in a list are one text."""
    if isinstance(cell, list | tuple):
        return " ".join(map(str, cell))
    return None if pd.isna(cell) else str(cell)


class Parts:
    """Several things shown one after the other, each an output of its own."""

    def __init__(self, *parts: Shown):
        self.parts = list(parts)

    @property
    def frames(self) -> dict[str, pd.DataFrame]:
        """The data of each part that shows any, by its name."""
        return {part.name: part.frame for part in self.parts if part.frame is not None}

    def __repr__(self) -> str:
        return "\n\n".join(part.plain for part in self.parts)

    def _ipython_display_(self) -> None:
        from IPython.display import display

        for part in self.parts:
            display(part)


@dataclass(frozen=True)
class Column:
    """A column of a table as it is shown.

    fields: columns of the frame that it shows, each with its heading in exports; heading: above it on the page; write:
    the cell of a row (a dict), else the field as text; kind: class of its cells (`number` aligns right); decimals: of
    all its numbers, where they have the same; unit: of all its numbers, where it stands in no other column
    """

    fields: dict[str, str]
    heading: str
    write: Callable[[dict], str] | None = None
    kind: str = ""
    decimals: int | None = None
    unit: str = ""

    def cell(self, row: dict) -> str:
        """Text or markup of a row's cell."""
        if self.write:
            return self.write(row)
        value = row[next(iter(self.fields))]
        return "" if pd.isna(value) else str(value)


@dataclass(repr=False)
class Table(Shown):
    """A table with a caption and scoped headers, made of the rows of a frame; numbers become text when it is shown.

    rows: in the order shown; beside the columns' fields it may hold what their `write` needs, and `row_kind`, a class of
    each row such as `derived` (a row of the kind `child` stays under the one before it, however the table is sorted)
    name: id of the table, and of its data; key: field that identifies a row; anchor: with the key, the id of a row
    group: field with the title above rows, which follow each other; write_group: that title of the first of these rows
    (a dict), else the field as text; kind: a class such as `score`, whose rows fold on a
    phone, so that each cell says its column
    subject: field that names what a row is about; subjects: its name for a reader and other names for it, by that field
    link: makes the names in its caption, where that is shown, and in its note links
    """

    caption: str
    columns: list[Column]
    rows: pd.DataFrame
    name: str = ""
    key: str = ""
    anchor: str = ""
    group: str = ""
    note: str = ""
    kind: str = ""
    visible_caption: bool = True
    folded: bool = False  # closed at first, its caption opens it
    marked: bool = False  # does each row have its key, or its place, as that of a mark in a picture?
    headings: dict[str, str] = field(default_factory=dict)  # of key and group, in exports
    subject: str = ""
    subjects: dict[str, tuple[str, str]] = field(default_factory=dict)
    write_group: Callable[[dict], str] | None = None
    link: Callable[[str], str] = escape

    @cached_property
    def records(self) -> list[dict]:
        """Rows as dicts."""
        return records_of(self.rows)

    @property
    def _fields(self) -> dict[str, tuple[str, Column | None]]:
        """Fields of the frame: heading in exports, and the column that shows it."""
        names = [name for name in (self.key, self.group) if name]
        fields: dict[str, tuple[str, Column | None]] = {name: (self.headings.get(name, name), None) for name in names}
        return fields | {name: (title, column) for column in self.columns for name, title in column.fields.items()}

    @cached_property
    def frame(self) -> pd.DataFrame:
        """The data that the table shows: the numbers as they are shown, one row a row."""
        return self.rows[[*self._fields]].reset_index(drop=True)

    @property
    def plain(self) -> str:
        """Caption and data for a terminal."""
        frame = self.frame.copy()
        for name, kind in self.frame.dtypes.items():
            if isinstance(kind, pd.Int64Dtype):  # `na_rep` leaves their <NA> as it is
                frame[name] = frame[name].astype(object).where(frame[name].notna(), "")
        text = frame.to_string(index=False, max_rows=PLAIN_ROWS, max_colwidth=PLAIN_WIDTH, na_rep="")
        return f"{self.caption}\n{text}"

    @property
    def resource(self) -> dict:
        """The data as a Frictionless data resource: schema and rows (see `docs/frames.md`)."""
        frame = self.frame.infer_objects()
        for name in frame.columns[frame.dtypes.eq("object")]:
            frame[name] = frame[name].map(_as_text)
        schema = build_table_schema(frame, index=False, version=False)
        for entry, (title, column) in zip(schema["fields"], self._fields.values(), strict=True):
            entry |= {"name": str(entry["name"]), "title": title}
            if column and entry["type"] in ("number", "integer"):
                entry |= {"decimals": column.decimals} if column.decimals is not None else {}
                entry |= {"unit": column.unit} if column.unit else {}
        notes = [self.note] if self.note else []
        more = {"primaryKey": [self.key]} if self.key else {}
        data = json.loads(frame.to_json(orient="records", force_ascii=False, double_precision=10, date_format="iso"))
        named = {"name": self.name} if self.name else {}
        resource = named | {"title": self.caption, "notes": notes, "schema": schema | more, "data": data}
        return resource | ({"anchor": self.anchor} if self.anchor else {}) | self._about

    @property
    def _about(self) -> dict:
        """What each row is about, and the names of these subjects."""
        if not self.subject:
            return {}
        rows = self.rows[self.subject].tolist()
        return {"about": rows, "subjects": {key: list(self.subjects[key]) for key in dict.fromkeys(rows)}}

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        return super()._repr_mimebundle_() | {FRAME_MIME: self.resource}

    @property
    def html(self) -> Markup:
        head = "".join(
            f'<th scope="col"{class_of(column.kind)}>{escape(column.heading)}</th>' for column in self.columns
        )
        groups = groupby(self.records, key=itemgetter(self.group)) if self.group else [("", self.records)]
        bodies = "".join(self._body(title, [*own]) for title, own in groups)
        shown = self.visible_caption and not self.folded
        title = escape(self.link(self.caption) if shown else self.caption)
        caption = f"<caption{class_of('' if shown else 'hidden')}>{title}</caption>"
        table = f"<table{id_of(self.name)}{class_of(self.kind)}>{caption}<thead><tr>{head}</tr></thead>{bodies}</table>"
        note = f'<p class="note">{escape(self.link(self.note))}</p>' if self.note else ""
        region = f'<div class="scroll" role="region" aria-label="{escape(self.caption)}" tabindex="0">{table}</div>'
        if self.folded:
            return write_fold(self.caption, Markup(region + note))
        return Markup(region + note)

    def _body(self, title: str, rows: list[dict]) -> str:
        heading = ""
        if title:
            title = self.write_group(rows[0]) if self.write_group else title
            span = f'scope="rowgroup" colspan="{len(self.columns)}"'
            heading = f'<tr class="group"><th {span}>{escape(title)}</th></tr>'
        return f"<tbody>{heading}{''.join(map(self._row, rows, count()))}</tbody>"

    def _row(self, row: dict, place: int) -> str:
        first, *rest = (
            f"{class_of(column.kind)}{self._label(column)}>{escape(column.cell(row))}" for column in self.columns
        )
        cells = "".join(f"<td{cell}</td>" for cell in rest)
        anchor = f"{self.anchor}{row[self.key]}" if self.anchor and row.get("anchored", True) else ""
        marked = f' data-key="{escape(row[self.key] if self.key else place)}"' if self.marked else ""
        return f'<tr{id_of(anchor)}{marked}{class_of(row.get("row_kind", ""))}><th scope="row"{first}</th>{cells}</tr>'

    def _label(self, column: Column) -> str:
        return f' data-label="{escape(plain(column.heading))}"' if self.kind else ""


@dataclass(repr=False)
class Picture(Shown):
    """A picture with its message as title, a text alternative inside the SVG, a note, and its data as a table."""

    name: str  # id of the figure, and of its data
    title: str
    kicker: str  # what is drawn, in which unit
    svg: str
    note: str
    table: Table
    data_word: str  # "data table"
    source: str = ""  # whose figures it shows, for copies of it

    @property
    def frame(self) -> pd.DataFrame:
        """The data that the picture shows."""
        return self.table.frame

    @property
    def plain(self) -> str:
        return f"{self.title}\n{self.table.plain.partition(chr(10))[2]}"

    @property
    def resource(self) -> dict:
        """The data as a Frictionless data resource, under the name of the picture."""
        notes = [text for text in (self.kicker, self.note) if text]
        left = {"anchor", "about", "subjects"}
        resource = {key: value for key, value in self.table.resource.items() if key not in left} | self._about
        return resource | {"name": self.name, "title": self.title, "notes": notes}

    @property
    def _about(self) -> dict:
        """What the picture is about, if that is one thing alone."""
        about = self.table.subject and self.table.rows[self.table.subject].unique().tolist()
        if len(about) != 1:
            return {}
        return {"about": about, "subjects": {about[0]: list(self.table.subjects[about[0]])}}

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        return super()._repr_mimebundle_() | {FRAME_MIME: self.resource}

    @property
    def html(self) -> Markup:
        link = self.table.link
        note = Markup('<p class="note">{}</p>').format(link(self.note)) if self.note else ""
        source = Markup(' data-source="{}"').format(self.source) if self.source else ""
        return Markup(
            '<figure id="{id}"{source}><figcaption><div class="kicker">{kicker}</div><strong>{title}</strong></figcaption>'
            "{svg}{note}<details><summary>{word}</summary>{table}</details></figure>"
        ).format(
            id=self.name, source=source, kicker=self.kicker, title=link(self.title), svg=Markup(self.svg), note=note,
            word=self.data_word, table=self.table.html,
        )  # fmt: skip


def fold(shown: Table | Picture, summary: str, unprinted: str = "") -> Html:
    """A table or a picture behind its summary, with the same data; it opens in print.

    unprinted: what stands on paper in its place, if it does not
    """
    html = write_fold(summary, shown.html, unprinted)
    return Html(html, shown.plain, name=shown.name, frame=shown.frame, resource=shown.resource)


def write_fold(summary: str, shown: Markup, unprinted: str = "") -> Markup:
    """Something behind its summary; unprinted: see `fold`."""
    note = Markup('<p class="unprinted">{}</p>').format(unprinted) if unprinted else ""
    kind = "fold" if unprinted else "fold printed"
    return Markup('<details class="{}"><summary>{}</summary>{}</details>{}').format(kind, summary, shown, note)
