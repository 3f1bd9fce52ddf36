"""The record of runs: an embedded database beside the outputs that says what succeeded, from what, and with which outputs.

The record, not an output file, says what became of a run. Losing it costs time, never correctness: what it does not know is
run again, and an output that is not what it says is made again.
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

from helpers.batch import forms
from helpers.batch.fingerprint import digest
from helpers.runs.forms import has_form
from helpers.runs.run import Run

FILE = "runs.sqlite"
FORM = 3  # of the tables; another form is no record
TABLES = (  # a seal is a digest of its row: what was edited by hand is not believed
    "CREATE TABLE runs (name text primary key, entry text not null, seal text not null)",
    "CREATE TABLE notes (key text primary key, value text not null, seal text not null)",
)
MAKE = f"{'; '.join(TABLES)}; pragma user_version = {FORM};"
OUTCOMES = ("succeeded", "raised", "failed")  # every cell ran; the notebook is at fault; we could not run it


@dataclass(frozen=True)
class Entry:
    """What is known of a run.

    outcome: of `OUTCOMES`; cell: the code cell at fault; error: one line; attempts: how often it was tried; phases: s until
    its kernel was ready, until its cells were done, until the end; parts: of its fingerprint; package: digest of the data
    package in which what it reads was last unchanged; notebook, page: digests of its outputs; left: was a failed notebook
    kept? cut: code cells whose output was too long; facts: what its notebook says of itself; page_parts: what its page was
    made of
    """

    run: Run
    outcome: str
    seconds: float = 0.0
    attempts: int = 1
    cell: int | None = None
    error: str = ""
    parts: dict[str, str] = field(default_factory=dict)
    package: str = ""
    notebook: str = ""
    page: str = ""
    phases: tuple[float, ...] = ()
    left: bool = False
    cut: tuple[int, ...] = ()
    facts: dict | None = None
    page_parts: dict[str, str] = field(default_factory=dict)


class Record:
    """The entries of an output folder by the names of their runs, and notes. What is put outlives this process at once.

    rebuilt: why what was there is not believed, or nothing
    """

    def __init__(self, connection: sqlite3.Connection | None = None, rebuilt: str = ""):
        self._connection = connection
        self.rebuilt = rebuilt
        self.entries: dict[str, Entry] = {}
        self.notes: dict[str, str] = {}
        if connection is not None:
            self.entries |= _read_entries(connection)
            self.notes |= _read_sealed(connection, "select * from notes")

    def put(self, *entries: Entry) -> None:
        """Record what became of some runs, all or none."""
        rows = [(entry.run.name, json.dumps(asdict(entry), ensure_ascii=False)) for entry in entries]
        with self._connection:
            self._connection.executemany("replace into runs values (?, ?, ?)", [(*row, _seal(*row)) for row in rows])
        self.entries |= {entry.run.name: entry for entry in entries}

    @property
    def content(self) -> bytes:
        """The database as a file would hold it."""
        return self._connection.serialize()

    def keep(self, key: str, value: str) -> None:
        """Write a note."""
        with self._connection:
            self._connection.execute("replace into notes values (?, ?, ?)", (key, value, _seal(key, value)))
        self.notes[key] = value


@contextmanager
def open_record(path: Path) -> Iterator[Record]:
    """The record in a file, made where there is none. One that cannot be read is replaced by an empty one.

    Raises OSError where none can be written.
    """
    try:
        connection, wrong = _connect(path)
        # The system decides when what is put reaches the disk: to wait for it at each run would take a tenth of the batch.
        # What is put outlives this process; a record that is damaged when the power fails is rebuilt.
        connection.execute("pragma synchronous = off")
        try:
            yield Record(connection, wrong)
        finally:
            connection.close()
    except sqlite3.OperationalError as error:  # a full disk, say
        raise OSError(None, f"the record of runs cannot be written ({error})", str(path)) from error


def read_record(path: Path) -> Record:
    """A record that may be missing or damaged, to be read alone; an empty one if it is.

    Opened rw so that SQLite can roll back an interrupted write.
    """
    if path.is_file() and not path.is_symlink():
        with (
            suppress(sqlite3.Error),
            closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=rw", uri=True)) as connection,
        ):
            if _is_record(connection):
                return Record(connection)
    return Record()


@contextmanager
def load_record(content: bytes | None) -> Iterator[Record]:
    """The record that a file elsewhere holds, in memory; an empty one where there is none, or it cannot be read."""
    with ExitStack() as stack:
        connection, wrong = stack.enter_context(closing(sqlite3.connect(":memory:"))), ""
        try:
            if content:
                connection.deserialize(content)
            good = _is_record(connection)
        except sqlite3.DatabaseError as error:  # damaged, or of another form
            connection, wrong = stack.enter_context(closing(sqlite3.connect(":memory:"))), str(error)
            good = False
        if not good:
            connection.executescript(MAKE)
        yield Record(connection, wrong)


def _connect(path: Path) -> tuple[sqlite3.Connection, str]:
    """A connection to a good record; whatever else is in the file is replaced, and why."""
    wrong = ""
    if path.is_symlink():  # what it leads to is no record of this folder
        path.unlink()
        wrong = "it was a link"
    connection = sqlite3.connect(path)
    try:
        if _is_record(connection):
            return connection, ""
    except sqlite3.OperationalError:
        connection.close()
        raise
    except sqlite3.DatabaseError as error:  # damaged, or of another form
        wrong = str(error)
        connection.close()
        path.unlink()
        connection = sqlite3.connect(path)
    connection.executescript(MAKE)
    return connection, wrong


def _is_record(connection: sqlite3.Connection) -> bool:
    """Does a database hold a record of this form? Raises sqlite3.DatabaseError for one that is damaged or no record."""
    form = connection.execute("pragma user_version").fetchone()[0]
    held = {sql for (sql,) in connection.execute("select sql from sqlite_master where sql is not null")}
    if not held:
        return False
    if form != FORM or held != {*TABLES}:
        raise sqlite3.DatabaseError("it has another form")
    problem = connection.execute("pragma quick_check").fetchone()[0]
    if problem != "ok":
        raise sqlite3.DatabaseError(problem)
    _check_rows(connection)
    return True


def _check_rows(connection: sqlite3.Connection) -> None:
    """Raise sqlite3.DatabaseError for a row that has its seal and does not have the form of what we write."""
    for name, text in _read_sealed(connection, "select * from runs"):
        held = _load(text)
        if not (has_form(held, forms.ENTRY) and held["run"]["name"] == name):
            raise sqlite3.DatabaseError(f"the entry {name!r} does not have the form of one")
    for key, text in _read_sealed(connection, "select * from notes"):
        if not has_form(_load(text), forms.INDEX):
            raise sqlite3.DatabaseError(f"the note {key!r} does not have the form of one")


def _load(text: str):
    """A value of JSON, None for what is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _read_entries(connection: sqlite3.Connection) -> Iterator[tuple[str, Entry]]:
    for name, text in _read_sealed(connection, "select * from runs"):
        try:
            held = json.loads(text)
            yield (
                name,
                Entry(
                    **held
                    | {
                        "run": Run.from_entry(held["run"]),
                        "phases": tuple(held["phases"]),
                        "cut": tuple(held.get("cut", ())),
                    }
                ),
            )
        except (ValueError, KeyError, TypeError):  # of another version of the project; what cannot be read is not known
            continue


def _read_sealed(connection: sqlite3.Connection, query: str) -> Iterator[tuple[str, str]]:
    """Keys and texts of the rows that are as they were written, in the order of their keys."""
    for key, text, seal in connection.execute(f"{query} order by 1"):
        if isinstance(key, str) and isinstance(text, str) and seal == _seal(key, text):
            yield key, text


def _seal(key: str, text: str) -> str:
    return digest(f"{key}\0{text}")
