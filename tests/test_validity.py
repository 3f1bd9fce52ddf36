"""What a package offers is kept with the note that it was found valid, and then known without reading a table."""

import json
import subprocess
import sys

import pytest

from helpers import paths
from helpers.package import schema, tables, validity
from helpers.package.problem import DataError

HEAVY = ("pandas", "numpy", "frictionless", "matplotlib", "nbformat", "papermill", "jsonschema")


@pytest.fixture(autouse=True)
def notes(tmp_path, monkeypatch):
    """A folder for notes that holds none yet."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return paths.cache() / "valid"


def python(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout


def test_a_valid_package_is_remembered_with_its_choices(copy, notes):
    digest = validity.digest(copy)
    assert validity.recall(digest) is None
    choices = tables.load(copy).choices
    assert choices == validity.recall(digest)
    assert (choices.years, choices.region, len(choices.regions)) == ([2016, 2017, 2018], "330000", 24)
    assert choices.covered == ["330000", "330100", "330200", "330600", "hangzhou-west-corridor"]
    assert [path.stem for path in notes.iterdir()] == [digest]


def test_remembered_choices_need_no_slow_import(copy):
    asked = (
        "import sys; from helpers.cli import request;"
        f"print(request.Package({str(copy)!r}).catalogue);"
        f"print([name for name in {HEAVY} if name in sys.modules])"
    )
    choices, heavy = python(asked).splitlines()
    assert "pandas" in heavy  # not known yet: the tables were read, and that it is good was noted
    assert python(asked).splitlines() == [choices, "[]"]


def test_an_invalid_package_is_not_remembered(spoil, notes):
    folder = spoil("figures.csv", "家,exact,3000", "家,exakt,3000")
    for _ in range(2):
        with pytest.raises(DataError):
            tables.load(folder)
    assert not notes.exists()


@pytest.mark.parametrize(
    "content",
    [b"", b"{}", b"[]", b"null", b"3", b'{"years": [2016], "region": "330000"', b'{"years": [2016]}', b"\xff\x00"],
)
def test_a_damaged_note_is_ignored(notes, content):
    notes.mkdir(parents=True)
    (notes / "some.json").write_bytes(content)
    assert validity.recall("some") is None


def test_a_damaged_note_is_rewritten(copy, notes):
    choices = tables.load(copy).choices
    (note,) = notes.iterdir()
    note.write_text("")
    assert tables.load(copy).choices == choices
    assert json.loads(note.read_text(encoding="utf-8"))["covered"] == choices.covered


def test_without_a_cache_a_package_is_checked_each_time(copy, notes):
    paths.cache().parent.mkdir(parents=True)
    paths.cache().write_text("a file where the folder would be")
    for _ in range(2):
        assert tables.load(copy).choices.years == [2016, 2017, 2018]
    assert validity.recall(validity.digest(copy)) is None


@pytest.mark.parametrize("name", [schema.DESCRIPTOR, "figures.csv", "labels.csv", "regions.csv", "relations.csv"])
def test_the_digest_changes_with_the_files(copy, name):
    before = validity.digest(copy)
    (copy / "README.md").write_text("not of the package")
    assert validity.digest(copy) == before
    (copy / name).write_text((copy / name).read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert validity.digest(copy) != before


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"resources": 1}', '{"resources": [{"name": "figures"}]}'])
def test_an_unreadable_descriptor_has_a_digest(copy, content):
    (copy / schema.DESCRIPTOR).write_text(content, encoding="utf-8")
    assert len(validity.digest(copy)) == 64
    with pytest.raises(DataError):
        tables.load(copy)
