"""The record of runs: a damaged or edited record is not believed, and costs nothing but time."""

import contextlib
import json
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import small
from small import ALL, entries, listed, outputs, ran

from helpers.batch import record
from helpers.display.html import PAGE_FORM

pytestmark = [pytest.mark.kernel, pytest.mark.usefixtures("nothing_left")]


def sql(*statements: str):
    def change(path: Path) -> None:
        with contextlib.closing(sqlite3.connect(path)) as connection, connection:
            for statement in statements:
                connection.execute(statement)

    return change


DAMAGE = {
    "deleted": Path.unlink,
    "empty": lambda path: path.write_bytes(b""),
    "cut off": lambda path: path.write_bytes(path.read_bytes()[:5000]),
    "no database": lambda path: path.write_text('{"runs": []}'),
    "a page overwritten": lambda path: path.write_bytes(
        path.read_bytes()[:4096] + b"\xff" * 4096 + path.read_bytes()[8192:]
    ),
    "another version": sql("pragma user_version = 99"),
    "other tables": sql("alter table runs rename to old"),
    "other columns": sql("alter table runs rename column entry to old"),
    "one more column": sql("alter table runs add column more text"),
    "without notes": sql("drop table notes"),
    "a trigger that refuses": sql("create trigger t before insert on runs begin select raise(abort, 'no'); end"),
    "a trigger that deletes": sql("create trigger t after insert on notes begin delete from runs; end"),
    "an index more": sql("create index i on runs (substr(entry, 1, 1))"),
    "a view": sql("create view v as select 1"),
}


@pytest.mark.parametrize("how", DAMAGE)
def test_a_damaged_record_costs_only_time(how, three, sources):
    before, known = outputs(three), set(entries(three))
    DAMAGE[how](three / record.FILE)
    assert listed(sources, three, years=[2017, 2018]) == dict.fromkeys(ALL, "stale: never run")
    assert ran(sources, three, years=[2017, 2018]).executed == known
    assert outputs(three) == before
    assert ran(sources, three, years=[2017, 2018]).executed == set()


def edit(change) -> None:
    """Change the text of an entry."""

    def changing(path: Path) -> None:
        with contextlib.closing(sqlite3.connect(path)) as connection, connection:
            (text,) = connection.execute("select entry from runs where name = 'reads_2017_zh'").fetchone()
            connection.execute("update runs set entry = ? where name = 'reads_2017_zh'", (change(text),))

    return changing


def field(**values):
    return edit(lambda text: json.dumps(json.loads(text) | values))


def sealed(change):
    """An edit by whoever knows how the record tells edits."""

    def changing(path: Path) -> None:
        change(path)
        with contextlib.closing(sqlite3.connect(path)) as connection, connection:
            for key, text in connection.execute("select name, entry from runs").fetchall():
                connection.execute("update runs set seal = ? where name = ?", (record._seal(key, text), key))

    return changing


EDITS = {
    "no JSON": edit(lambda text: text[:-9]),
    "one more field": field(more=1),
    "an unknown outcome": field(outcome="done"),
    "seconds in words": field(seconds="long"),
    "parts of another kind": field(parts=[], page_parts=3),
    "facts without words": field(facts={"form": PAGE_FORM}),
    "another headline": edit(lambda text: text.replace("a headline", "another")),
    "another run": edit(lambda text: text.replace("2017", "2071")),
    "another version of the project": sealed(field(more=1)),
    "a notebook that is not there": sealed(edit(lambda text: text.replace('"notebook": "reads"', '"notebook": "x"'))),
    "the index": sql("update notes set value = 'index'"),
}


@pytest.mark.parametrize("how", EDITS)
def test_an_entry_that_was_edited_by_hand_is_not_believed(how, three, sources):
    before, known = outputs(three), entries(three)
    EDITS[how](three / record.FILE)
    assert set(listed(sources, three, years=[2017, 2018])) == set(ALL)
    ran(sources, three, years=[2017, 2018])
    assert outputs(three) == before
    for name, entry in entries(three).items():
        assert replace(entry, seconds=0, phases=()) == replace(known[name], seconds=0, phases=()), name


def test_the_record_survives_a_power_cut(three, sources):
    code = (
        "import os, sqlite3, sys\nconnection = sqlite3.connect(sys.argv[1])\nconnection.execute('pragma cache_size = 1')\n"
        "connection.executemany('replace into runs values (?, ?, ?)', [(str(n), 'x' * 5000, '') for n in range(99)])\nos._exit(0)"
    )
    subprocess.run([sys.executable, "-c", code, str(three / record.FILE)], check=True)
    assert (three / f"{record.FILE}-journal").stat().st_size
    assert listed(sources, three, years=[2017, 2018]) == dict.fromkeys(ALL, "fresh")
    assert ran(sources, three, years=[2017, 2018]).executed == set()
    assert small.unfinished(three) == []
