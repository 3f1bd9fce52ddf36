"""What comes from elsewhere is looked at before it is believed: records, names, links, folders that are shared; secrets are hidden."""

import contextlib
import json
import os
import shutil
import sqlite3
import tempfile
from pathlib import Path

import pytest
import small
from click.testing import CliRunner
from small import ALL, TWO_YEARS, evaluate, outputs, ran

from helpers.batch import batch, forms, record
from helpers.batch.destination import Folder, hide_secrets, hide_secrets_in, locate
from helpers.cli import verbs
from helpers.errors import UserError
from helpers.files import is_own_folder

NOTE = {"parts": "", "files": {"../kept.html": "0"}}


def forge(path: Path, change, table: str = "runs") -> None:
    """Change what a record holds, with seals as we make them."""
    key, column = {"runs": ("name", "entry"), "notes": ("key", "value")}[table]
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        for name, text in connection.execute(f"select {key}, {column} from {table}").fetchall():
            written = json.dumps(change(json.loads(text)), ensure_ascii=False)
            values = (written, record._seal(name, written), name)
            connection.execute(f"update {table} set {column} = ?, seal = ? where {key} = ?", values)


def put(*place: str, value):
    """A change of a value somewhere in an entry."""

    def change(entry: dict) -> dict:
        inner = entry
        for name in place[:-1]:
            inner = inner[name]
        inner[place[-1]] = value
        return entry

    return change


FORGERIES = {
    "a name outside": put("run", "name", value="../kept"),
    "a notebook outside": put("run", "notebook", value="../../kept"),
    "a name of another run": put("run", "name", value="other"),
    "a language without pages": put("run", "language", value="汉"),
    "a region outside": put("run", "region", value="../kept"),
    "seconds in words": put("seconds", value="long"),
    "a number that is none": put("seconds", value=True),
    "phases of words": put("phases", value=["a"]),
    "parts in a list": put("parts", value=[]),
    "cells in words": put("cut", value=["1"]),
    "a cell in words": put("cell", value="1"),
    "an unknown outcome": put("outcome", value="done"),
    "facts in a list": put("facts", value=[1]),
    "facts without words": put("facts", "words", value=None),
    "facts without a region": put("facts", "region", value="330000"),
    "years in words": put("facts", "years", value=["2017"]),
    "an entry that is none": lambda entry: [entry],
}


@pytest.mark.kernel
@pytest.mark.usefixtures("nothing_left")
def test_a_record_of_another_form_is_made_anew_and_that_is_said(three, sources):
    before, kept = outputs(three), three.parent / "kept.html"
    kept.write_text("kept")
    good = (three / record.FILE).read_bytes()
    for how, change in FORGERIES.items():
        (three / record.FILE).write_bytes(good)
        forge(three / record.FILE, change)
        assert record.read_record(three / record.FILE).entries == {}, how
    result = evaluate(
        sources, "run", "--out", three, "--years", "2017-2018", "--languages", "zh", "--data", three.parent / "data"
    )
    line = f"{three}/{record.FILE}: not believed (the entry 'across_zh' does not have the form of one), and made anew;"
    assert (result.code, line in result.err) == (0, True)
    assert outputs(three) == before
    forge(three / record.FILE, lambda note: NOTE, "notes")
    assert ran(sources, three, years=[2017, 2018]).executed == {*ALL}
    assert kept.read_text() == "kept"


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("2-integration_2017_zh", True), ("汉字 1", True), ("a.b", True), ("", False), (".", False), ("..", False), ("../a", False),
        ("a/b", False), ("a\\b", False), ("/a", False), ("a\0", False), ("a\n", False), (1, False), ("a" * 256, False),
    ],
)  # fmt: skip
def test_a_name_of_a_record_is_plain(name, plain):
    assert forms.is_plain(name) is plain


@pytest.mark.parametrize(
    ("name", "inside"), [("a", True), ("a/b", True), ("a/b/c", False), ("../a", False), ("a/..", False), ("/a", False)]
)
def test_the_name_of_a_run_may_have_one_folder(name, inside):
    assert forms.is_inside(name) is inside


@pytest.mark.parametrize("name", ["../a", "/etc/passwd", "a/../../b", "", "..", "a\0b"])
def test_a_file_of_a_place_lies_in_it(name, tmp_path):
    place = Folder(tmp_path / "out")
    for action in (place.read, place.remove, lambda name: place.put(name, ""), lambda name: place.holds(name, "0")):
        with pytest.raises(UserError, match=r" is no file of this folder\.$"):
            action(name)


def test_a_link_in_a_place_does_not_lead_out_of_it(tmp_path):
    place, other = Folder(tmp_path / "out"), tmp_path / "other"
    other.mkdir()
    (other / "a.ipynb").write_text("kept")
    place.put("failed/a", "")
    (tmp_path / "out" / "notebooks").symlink_to(other)
    for action in (place.remove, lambda name: place.put(name, "")):
        with pytest.raises(UserError, match=r"/notebooks: leads out of .*; remove this link\.$"):
            action("notebooks/a.ipynb")
    assert (other / "a.ipynb").read_text() == "kept"


@pytest.mark.kernel
@pytest.mark.usefixtures("nothing_left")
def test_where_all_is_fresh_nothing_has_to_be_written(sources, out):
    small.notebook(sources / "good.ipynb", small.OPENING)
    assert evaluate(sources, "run", "--out", out, *TWO_YEARS).code == 0
    (out / "runs.json").unlink()
    (out / "runs.json").mkdir()  # as nothing is read-only for root
    result = evaluate(sources, "run", "--out", out, *TWO_YEARS)
    assert (result.code, result.err) == (0, "")
    assert result.out == f"2 of 2 runs succeeded, 2 of them fresh already; {out}/index.html\n"


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("s3://bucket/reports", "s3://bucket/reports"),
        ("ftp://me:word@host/a", "ftp://***@host/a"),
        ("ftp://me:w@rd@host/a", "ftp://***@host/a"),
        ("ftp://me:w/rd@host/a", "ftp://***@host/a"),
        ("ftp://me:w?r=d@host/a", "ftp://***"),
        ("ftp://me@host", "ftp://***@host"),
        ("zip://a::ftp://me:w@host/a", "zip://***@host/a"),
        ("https://host/a?token=word", "https://host/a?token=***"),
        ("https://host/a?token=w&b=c#word", "https://host/a?token=***&b=***#***"),
        ("https://host/a?word", "https://host/a?***"),
        ("https://host/a?token=w@rd", "https://***"),
        ("tls://host:8786", "tls://host:8786"),
    ],
)
def test_secrets_of_an_address_are_not_shown(address, shown):
    assert hide_secrets(address) == shown
    assert hide_secrets_in(f"cannot reach {address} there", address) == f"cannot reach {shown} there"


def test_parts_of_an_address_in_a_message_are_hidden_too():
    message = "user 'me' with 'wo/rd' is refused by host, token t1 (wo/rd)"
    hidden = hide_secrets_in(message, "ftp://me:wo%2Frd@host/a?token=t1")
    assert hidden == "user '***' with '***' is refused by host, token *** (***)"


@pytest.mark.parametrize("address", ["nowhere://me:pa@ss/w@host/x", "nowhere://host/x?token=pass"])
def test_a_sentence_about_an_address_has_no_secret(address, sources):
    small.notebook(sources / "good.ipynb", "1")
    result = evaluate(sources, "list", "--out", address, *TWO_YEARS[:4])
    assert (result.code, "pass" in result.err, "pa@ss" in result.err) == (2, False, False)
    assert "Protocol not known" in result.err


@pytest.mark.parametrize(
    "command",
    [
        ["check", "nowhere://me:pa@ss@host/x?token=pass"],
        ["list", "--region", "nowhere://me:pa@ss@host"],
        ["diff", "--format", "nowhere://me:pa@ss@host", "a", "b"],
        ["audit", "--verdict", "https://host/x?token=pass"],
    ],
)
def test_a_message_that_quotes_an_address_hides_its_secrets(command):
    result = CliRunner().invoke(verbs.main, command)
    assert (result.exit_code, "pass" in result.stderr, "pa@ss" in result.stderr) == (2, False, False)
    assert "***" in result.stderr


def test_what_follows_an_address_in_a_sentence_is_no_part_of_it():
    result = CliRunner().invoke(verbs.main, ["check", "https://host/x?token=pass#part"])
    assert result.stderr.splitlines()[1].startswith("https://host/x?token=***#***: no such folder")


def test_a_place_is_no_file(tmp_path):
    (tmp_path / "file").touch()
    for place in (tmp_path / "file", f"file://{tmp_path}/file"):
        with pytest.raises(UserError, match=r"/file: is no folder; choose another --out\.$"):
            locate(place)


def test_only_a_real_folder_of_this_user_is_believed(tmp_path):
    own, link, file, shared = (tmp_path / name for name in ("own", "link", "file", "shared"))
    own.mkdir(mode=0o700)
    link.symlink_to(own)
    file.touch()
    shared.mkdir()
    shared.chmod(0o777)
    assert [is_own_folder(path) for path in (own, link, file, shared, tmp_path / "none")] == [True, *[False] * 4]
    if os.getuid() == 0:
        os.chown(own, 65534, 65534)
        assert not is_own_folder(own)


def test_a_name_that_others_have_taken_is_not_used(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    place, victim = Folder(tmp_path / "out"), tmp_path / "victim"
    first = batch.locate_scratch(place)
    victim.mkdir()
    (victim / "file").touch()
    first.symlink_to(victim)
    second = batch.locate_scratch(place)
    assert second == first.with_name(f"{first.name}-2")
    with batch.open_scratch(place) as scratch:
        assert scratch == second
        assert batch.locate_scratch(place) == second  # what a killed batch leaves is found again
    assert (victim / "file").exists()
    shutil.rmtree(victim)
    assert batch.locate_scratch(place) == second  # also if the link leads nowhere


def test_a_record_that_is_a_link_is_made_anew_and_the_file_it_leads_to_is_kept(tmp_path):
    other, path = tmp_path / "other", tmp_path / record.FILE
    other.touch()
    path.symlink_to(other)
    assert record.read_record(path).entries == {}
    with record.open_record(path) as known:
        assert known.rebuilt == "it was a link"
    assert (path.is_symlink(), path.is_file(), other.read_bytes()) == (False, True, b"")
