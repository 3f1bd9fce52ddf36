"""The quick proof that a package has its form: what it proves good, frictionless finds no error in."""

import sys
from pathlib import Path

import pytest

from helpers.package import conformity, files, schema, tables, validate


def is_proven(folder: Path) -> bool:
    descriptor = schema.read(folder)
    paths = {name: folder / file for name, file in schema.resources(descriptor).items()}
    frames = {name: files.read(path) for name, path in paths.items()}
    return conformity.conforms(frames, descriptor) and all(map(conformity.is_even, paths.values()))


def find_errors(folder: Path) -> list:
    descriptor = schema.read(folder)
    return list(files.check_schema(folder, descriptor, schema.resources(descriptor)))


def test_a_good_package_is_read_without_frictionless(copy, monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setitem(sys.modules, "frictionless", None)  # an import of it fails
    assert len(tables.load(copy).errata) == 9


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("regions.csv", "\n110000", "\n\n110000"),
        ("regions.csv", "\n110000", "\n   \n110000"),
        ("regions.csv", "China,\n", "China\n"),
        ("regions.csv", "China,\n", "China,,x\n"),
        ("regions.csv", "\n110000,", "\n,"),
        ("regions.csv", "\n110000,", "\nPeking,"),
        ("regions.csv", "Beijing,100000", "Beijing,100001"),
        ("labels.csv", "key,zh,en", "key,en,zh"),
        ("labels.csv", "\nnotebook.audit,", "\nnotebook.overview,"),
        ("regions.csv", "Beijing", ""),
        ("chapters.csv", "\n0,", "\n-1,"),
        ("chapters.csv", "\n5,", "\nfive,"),
        ("indicators.csv", ",1,innovation,", ",2,innovation,"),
        ("indicators.csv", ",1,innovation,", ",02,innovation,"),
        ("indicators.csv", ",level,,,false,", ",level,,,no,"),
        ("figures.csv", ",2017,3000,", ",2017,3e,"),
        ("figures.csv", ",2017,3000,", ",2017-13,3000,"),
        ("figures.csv", "家,exact,", "家,exakt,"),
        ("datapackage.json", '"primaryKey": [', '"primaryKey": ["key",'),
        ("datapackage.json", '"type": "string"', '"type": "strings"'),
        ("datapackage.json", '"type": "string"', '"type": "string", "required": true'),
        ("datapackage.json", '"minimum": 0', '"minLength": 1'),
        ("datapackage.json", '"required": true', '"required": "yes"'),
        ("datapackage.json", '"resource": "chapters"', '"resource": "chapter"'),
        ("datapackage.json", '"name": "zhejiang-internet-plus"', '"name": "Zhejiang Internet Plus"'),
        ("datapackage.json", '"name": "CC-BY-4.0",', ""),
        ("datapackage.json", '"encoding": "utf-8"', '"encoding": "utf-8", "bytes": 1'),
        ("datapackage.json", '"tabular-data-resource"', '"data-resource"'),
    ],
)
def test_what_frictionless_finds_wrong_is_not_proven(spoil, file, old, new):
    folder = spoil(file, old, new)
    assert find_errors(folder)
    assert not is_proven(folder)


def test_a_row_without_a_key_is_not_proven(spoil):
    spoil("labels.csv", "\nnotebook.audit,", "\n,")
    folder = spoil("datapackage.json", '"required": true,\n              "pattern": "[^', '"pattern": "[^')
    assert find_errors(folder)
    assert not is_proven(folder)


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("datapackage.json", '"title":', '"keywords": ["internet"], "title":'),
        ("datapackage.json", '"missingValues": [', '"missingValues": ["NA",'),
        ("sections.csv", "\n1.2,1,", "\n1.2,01,"),
    ],
)
def test_what_the_proof_does_not_know_may_be_good(spoil, file, old, new):
    folder = spoil(file, old, new)
    assert not is_proven(folder)
    assert validate.find_problems(folder) == []
