"""Records of runs: `runs.sqlite` with entries that are forged, damaged or of other types, beside real pages.

Whoever forges a record may know how the project seals its rows. Whatever it says, the runs that are asked for come out as
they were, no file outside the folder is touched, and the next request has nothing to do.
"""

import contextlib
import json
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from random import Random

from damaged.values import CELLS, JSON
from damaged.workshop import copy_pages, evaluate, open_workshop

OUTSIDE = "outside.html"  # a file beside the folder
NAMES = (
    f"../{OUTSIDE}", "..", ".", "/etc/passwd", "a/b/c", "a\0", "a\n", "notebooks/../../x", "~", "x" * 300, "own_2018_en",
    "runs.sqlite", "", "indicators/own_en", "汉字", "\ud800", "con", "a\\b", "index", "-rf",
)  # fmt: skip
RAW = (
    None,
    1,
    1.5,
    b"\xff\0",
    "",
    "{}",
    "[]",
    "null",
    "1e999",
    "NaN",
    "[" * 5000,
    '"\\ud800"',
    "{",
    "9" * 5000,
)  # of SQLite
STATEMENTS = (
    "pragma user_version = 99", "pragma application_id = 7", "pragma journal_mode = wal", "drop table notes",
    "drop table runs",
    "alter table runs add column more text", "create table more (a)", "create index i on runs (entry)",
    "delete from runs",
    "create unique index u on runs (substr(entry, 1, 1))", "create view v as select 1", "vacuum",
    "pragma encoding = 'UTF-16'",
    "create trigger t before insert on runs begin select raise(abort, 'no'); end", "update runs set seal = ''",
    "create trigger t after insert on notes begin delete from runs; end", "update runs set entry = seal, seal = entry",
    "create trigger t after insert on runs begin update runs set seal = 1; end",
    "insert into runs values ('a', 'b', 'c')",
    "insert into notes values (null, '{}', '')", "update runs set name = 1", "update notes set value = null where 0",
)  # fmt: skip


def try_record(random: Random, scratch: Path) -> str:
    """The pages come out of a damaged record as they were."""
    out, before = copy_pages(scratch / "out"), read_files(open_workshop().out)
    (scratch / OUTSIDE).write_text(OUTSIDE)
    for _ in range(random.choice([1, 1, 2, 3])):
        with contextlib.suppress(sqlite3.Error, ValueError, KeyError, TypeError, OSError):  # it is damaged already
            random.choice(DAMAGES)(random, out)
    command = [*open_workshop().ask(), "--out", str(out)]
    first, second = evaluate(["list", *command], scratch), evaluate(["run", *command, "--jobs", "1"], scratch)
    assert first.code in (0, 2), first
    assert second.code in (0, 2), second
    assert read_files(scratch, "*.html") == {OUTSIDE: OUTSIDE.encode()}, "a file outside is gone or new"
    if second.code == 2:
        assert second.err, "nothing is said"
        return "refused"
    after = read_files(out)
    assert {name: after.get(name) for name in before} == before, "another page, or none"
    assert all(line.split("\t")[1].startswith("fresh") for line in evaluate(["list", *command]).out.splitlines())
    return "accepted"


def read_files(folder: Path, pattern: str = "**/*.[hi][tp]*") -> dict[str, bytes]:
    """Pages and notebooks of a folder."""
    files = sorted(path for path in folder.glob(pattern) if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def forge(out: Path, table: str, change: Callable[[str, object], tuple[object, object]], sealed: bool) -> None:
    """Change key and content of the rows of a table; sealed: as the project itself would have written them."""
    from helpers.batch import record

    key, column = {"runs": ("name", "entry"), "notes": ("key", "value")}[table]
    with contextlib.closing(sqlite3.connect(out / record.FILE)) as connection, connection:
        for name, text in connection.execute(f"select {key}, {column} from {table}").fetchall():
            try:
                values = change(name, json.loads(text))
            except RecursionError:  # an earlier damage has put a value into itself
                continue
            if sealed and all(isinstance(value, str) for value in values):
                seal = record._seal(*values)
                connection.execute(
                    f"update {table} set {key} = ?, {column} = ?, seal = ? where {key} = ?", (*values, seal, name)
                )
            else:
                connection.execute(f"update {table} set {key} = ?, {column} = ? where {key} = ?", (*values, name))


def put_value(random: Random, out: Path) -> None:
    """Some part of each row, however deep, has another value."""
    way, value = [random.random() for _ in range(9)], random.choice([*JSON, *NAMES, random.choice(CELLS)])
    is_gone = random.random() < 0.2

    def change(name: str, content: object) -> tuple[str, str]:
        block = content
        for part in way:
            names = [*block] if isinstance(block, dict) else [*range(len(block))]
            if not names:
                break
            place = names[int(part * len(names))]
            if isinstance(block[place], dict | list) and block[place] and part < 0.8:
                block = block[place]
                continue
            if is_gone:
                del block[place]
            else:
                block[place] = value
            break
        return name, json.dumps(content)

    forge(out, random.choice(["runs", "runs", "notes"]), change, random.random() < 0.8)


def put_name(random: Random, out: Path) -> None:
    """Rows, and what is in them, have names of other files."""
    other = random.choice(NAMES)

    def change(name: str, content: dict) -> tuple[str, str]:
        content["run"] |= dict.fromkeys(random.sample(["name", "notebook", "indicator", "region"], k=2), other)
        return other, json.dumps(content)

    def note(name: str, content: dict) -> tuple[str, str]:
        return name, json.dumps(content | {"files": {other: "0", f"{other}.html": "0"}})

    forge(out, *random.choice([("runs", change), ("notes", note)]), True)  # where rows may have one name


def put_raw(random: Random, out: Path) -> None:
    """A column of all rows has another type, or text that is no entry."""
    value, key = random.choice(RAW), random.choice(RAW)
    forge(out, random.choice(["runs", "notes"]), lambda name, _: random.choice([(name, value), (key, value)]), True)


def execute_statement(random: Random, out: Path) -> None:
    """The database has other tables, triggers or settings."""
    from helpers.batch import record

    with (
        contextlib.closing(sqlite3.connect(out / record.FILE)) as connection,
        connection,
    ):
        connection.execute(random.choice(STATEMENTS))


def change_bytes(random: Random, out: Path) -> None:
    """Bytes of the file are other ones, or there is no such file."""
    file = out / "runs.sqlite"
    if not file.is_file() or file.is_symlink():  # whoever damages a file outside is not told from the project
        return
    content, at = file.read_bytes(), random.random()
    place = int(at * len(content))
    changes = (
        content[:place],
        content[:place] + random.randbytes(99) + content[place + 99 :],
        b"",
        b"SQLite",
        content + content,
    )
    file.write_bytes(random.choice(changes))
    if random.random() < 0.3:
        file.with_name(f"runs.sqlite-{random.choice(['journal', 'wal', 'shm'])}").write_bytes(random.choice(changes))


def put_something_else(random: Random, out: Path) -> None:
    """A file of the folder is missing, or a folder, a link, a pipe or something else is in its place."""
    name = random.choice(
        ["runs.sqlite", "runs.json", "runs.lock", "index_en.html", "own_2018_en.html", "notebooks/own_2018_en.ipynb"]
    )
    file = out / name
    if not file.is_file():
        return
    file.unlink()
    make = (os.mkdir, os.mkfifo, lambda path: None, lambda path: path.write_bytes(b"\xff\0"))
    link = (
        lambda path: path.symlink_to(out.parent / OUTSIDE),
        lambda path: path.symlink_to("nowhere"),
        lambda path: path.symlink_to(path),
    )
    random.choice([*make, *link])(file)


DAMAGES = (
    put_value,
    put_value,
    put_value,
    put_name,
    put_name,
    put_raw,
    execute_statement,
    change_bytes,
    put_something_else,
)
