"""The form of a package: what a descriptor may say, and what every header and cell must have, whatever it says."""

import json
import sys
from pathlib import Path

import frictionless
import pytest

from helpers import paths
from helpers.package import files, schema, tables, validate
from helpers.package.problem import DataError


def list_problems(folder: Path) -> list[str]:
    return [str(problem) for problem in validate.find_problems(folder)]


@pytest.mark.parametrize("folder", ["data", "examples/national-13th-plan"])
def test_our_packages_are_good_to_the_standard_s_own_program_too(folder):
    place = paths.ROOT / folder
    headers = {name: [*files.read(place / file)] for name, file in schema.resources(schema.read(place)).items()}
    descriptor = schema.without_absent(schema.read(place), headers)
    report = frictionless.Package.from_descriptor(descriptor, basepath=str(place)).validate()
    assert report.flatten(["title", "note"]) == []


def test_a_package_is_read_without_frictionless(copy, monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setitem(sys.modules, "frictionless", None)  # an import of it fails
    assert len(tables.load(copy).errata) == 9


@pytest.mark.parametrize(
    ("file", "old", "new", "sentence"),
    [
        ("regions.csv", "\n110000", "\n\n110000", "regions.csv:3: the row is empty"),
        ("regions.csv", "\n110000", "\n   \n110000", "regions.csv:3:name_zh: the row ends before this column"),
        ("regions.csv", "China,\n", "China\n", "regions.csv:2:parent: the row ends before this column"),
        ("regions.csv", "China,\n", "China,,x\n", "regions.csv:2: the row has a cell too many"),
        ("regions.csv", "\n110000,", "\n,", "regions.csv:3:region: is empty"),
        ("regions.csv", "\n110000,", "\nPeking,", "regions.csv:3:region: 'Peking' does not have the form"),
        ("regions.csv", "Beijing,100000", "Beijing,100001", "regions.csv:3:parent: '100001' does not exist in this table"),
        ("labels.csv", "key,zh,en", "key,en,zh", "labels.csv:1:en: the header says 'zh' here, expected 'en'"),
        ("labels.csv", "\nnotebook.audit,", "\nnotebook.overview,", "labels.csv:3:key: the key of this row stands in an earlier"),
        ("labels.csv", "\nnotebook.audit,", "\n,", "labels.csv:3:key: is empty; a value is required"),
        ("regions.csv", "Beijing", "", "regions.csv:3:name_en: is empty"),
        ("chapters.csv", "\n0,", "\n-1,", "chapters.csv:2:chapter: '-1' is too small; expected at least 0"),
        ("chapters.csv", "\n5,", "\nfive,", "chapters.csv:7:chapter: 'five' is no integer"),
        ("chapters.csv", "\n5,", "\n05,", "chapters.csv:7:chapter: '05' is no integer; write 5"),
        ("chapters.csv", "\n5,", "\n５,", "chapters.csv:7:chapter: '５' is no integer; write 5"),
        ("chapters.csv", "\n5,", "\n1000000000000000000000000000000,", "chapters.csv:7:chapter: '1000000000000000000000000000000' is too large"),
        ("indicators.csv", ",1,innovation,", ",2,innovation,", "indicators.csv:5:headline: '2' stands in an earlier row too"),
        ("indicators.csv", ",level,,,false,", ",level,,,no,", "indicators.csv:4:may_exceed: 'no' is no boolean"),
        ("indicators.csv", ",level,,,false,", ",level,,,FALSE,", "indicators.csv:4:may_exceed: 'FALSE' is no boolean; write false"),
        ("figures.csv", "家,exact,", "家,exakt,", "figures.csv:4:qualifier: 'exakt' is not allowed"),
        ("sections.csv", "\n1.2,1,", "\n1.2,01,", "sections.csv:3:chapter: '01' is no integer; write 1"),
    ],
)  # fmt: skip
def test_a_cell_that_breaks_the_schema_is_described(spoil, file, old, new, sentence):
    problems = list_problems(spoil(file, old, new))
    assert any(problem.startswith(sentence) for problem in problems), problems


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('"primaryKey": [', '"primaryKey": ["key",', "the key of 'regions' is 'key', which is no field of it"),
        ('"type": "string"', '"type": "strings"', "the field 'region' of 'regions' has the type 'strings'"),
        ('"type": "string"', '"type": "string", "required": true', "the entry 'required' of the field 'region' of 'regions' is not known"),
        ('"minimum": 0', '"minLength": 1', "the entry 'minLength' of the constraints of the field 'chapter'"),
        ('"required": true', '"required": "yes"', "'required' of the constraints of the field 'region' of 'regions' is 'yes'; expected true or false"),
        ('"resource": "chapters"', '"resource": "chapter"', "a foreign key of 'sections' does not name one column"),
        ('"name": "zhejiang-internet-plus"', '"name": "Zhejiang Internet Plus"', "the name of the package is 'Zhejiang Internet Plus'"),
        ('"name": "CC-BY-4.0",', "", "a licence has neither a name nor a path"),
        ('"encoding": "utf-8"', '"encoding": "gbk"', "'encoding' of the resource 'regions' is 'gbk'; expected 'utf-8'"),
        ('"encoding": "utf-8"', '"encoding": "utf-8", "bytes": 1', "the entry 'bytes' of the resource 'regions' is not known; leave it out"),
        ('"tabular-data-resource"', '"data-resource"', "'profile' of the resource 'regions' is 'data-resource'"),
        ('"tabular-data-resource"', '"http://127.0.0.1:9/p.json"', "'profile' of the resource 'regions' is 'http://127.0.0.1:9/p.json'"),
        ('"tabular-data-package"', '"https://127.0.0.1:9/p.json"', "'profile' of the package is 'https://127.0.0.1:9/p.json'"),
        ('"profile": "tabular-data-package"', '"$schema": "https://127.0.0.1:9/p.json"', "the entry '$schema' of the package is not known"),
        ('"delimiter": ","', '"delimiter": ";"', "'delimiter' of the dialect of 'regions' is ';'; expected ','"),
        ('"dialect": {', '"dialect": "http://127.0.0.1:9/d.json", "title": {', "'dialect' of the resource 'regions' is 'http://127.0.0.1:9/d.json'"),
        ('"schema": {', '"schema": "http://127.0.0.1:9/s.json", "title": {', "'schema' of the resource 'regions' is 'http://127.0.0.1:9/s.json'"),
        ('"path": "regions.csv"', '"path": "http://127.0.0.1:9/regions.csv"', "the path of 'regions' is 'http://127.0.0.1:9/regions.csv', expected one file name"),
        ('"path": "regions.csv"', '"path": "../regions.csv"', "the path of 'regions' is '../regions.csv', expected one file name"),
        ('"path": "regions.csv"', '"path": "/etc/regions.csv"', "the path of 'regions' is '/etc/regions.csv', expected one file name"),
        ('"path": "regions.csv"', '"path": "units.csv"', "the file of 'regions', 'units.csv', belongs to another resource too"),
        ('"name": "regions"', '"name": "units"', "there are 2 resources 'units'; every table has one"),
        ('"missingValues": [', '"missingValues": ["NA",', "'missingValues' of the schema of 'regions' is \"['NA', '']\""),
        ('"pattern": "[^\\\\s]+"', '"pattern": "(a+)+$"', "the field 'key' of 'labels' has the pattern '(a+)+$', which is none of the project's own"),
        ('"plan": {', '"plan": [], "notes": {', "plan is '[]'; expected an object {…}"),
        ('"plan": {', '"notes": {', "the block 'plan' lacks 'title_zh', 'title_en', 'report_zh', 'report_en', 'region', 'baseline_year', "),
        ('"target_year": 2017', '"target_year": 2107', "plan.target_year is '2107'; expected a year from 1900 to 2100"),
        ('"ahead": 1.1', '"ahead": 1e300', "plan.thresholds.ahead is '1e+300'; expected at most 100.0"),
        ('"title_zh": "浙江省“互联网+”行动计划"', '"title_zh": ""', "plan.title_zh: it is empty; write the title"),
        ('"title_en": "', '"title_en": "\\u2028', "plan.title_en: '\\u2028Zhejiang"),
        ('"start_year": 2016', '"start_year": 2016, "synthetik": true', "the entry 'synthetik' of plan is not known; leave it out"),
        ('"ahead": 1.1', '"ahead": 1.1, "late": 0.5', "the entry 'late' of plan is not known; leave it out"),
        ('"start_year": 2016', '"start_year": 2016, "contact": "' + "x" * 10_001 + '"', "plan.contact: 'xxx"),
        ('"ahead": 1.1', '"ahead": NaN', "not a usable descriptor (NaN is no number of JSON)"),
        ('"ahead": 1.1', '"ahead": 1e999', "not a usable descriptor (1e999 is no number of JSON)"),
        ('"ahead": 1.1', '"ahead": 1' + "0" * 400, "not a usable descriptor (10000000000000000000… is no number of JSON)"),
        ('"ahead": 1.1', '"ahead": 1.1, "ahead": 1.2', "not a usable descriptor (an object has the entry 'ahead' twice)"),
        ('"title": "', '"title": "\\ud800', "not a usable descriptor ("),
    ],
)  # fmt: skip
def test_a_descriptor_that_says_something_else_is_refused(spoil, old, new, sentence):
    problems = list_problems(spoil("datapackage.json", old, new))
    assert any(problem.startswith(f"datapackage.json: {sentence}") for problem in problems), problems


NESTED = 5000


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("[" * NESTED + "]" * NESTED, "not a usable descriptor (its brackets are nested too deep)"),
        ('{"a":' * NESTED + "1" + "}" * NESTED, "not a usable descriptor (its brackets are nested too deep)"),
        ("[]", "not a usable descriptor (expected one object {…})"),
        ("null", "not a usable descriptor (expected one object {…})"),
        ("", "not a usable descriptor ("),
        ("\ud800", "not a usable descriptor (it is not UTF-8; save it as UTF-8)"),
    ],
)
def test_a_descriptor_of_another_form_is_described(copy, content, sentence):
    (copy / "datapackage.json").write_text(content, encoding="utf-8", errors="surrogatepass")
    (problem,) = list_problems(copy)
    assert problem.startswith(f"datapackage.json: {sentence}")


def test_all_that_is_wrong_with_a_descriptor_is_told_at_once(copy, spoil):
    for old, new in (
        ('"target_year": 2017', '"target_year": "2017"'), ('"ahead": 1.1,', ""), ('"baseline_year": 2015', '"baseline_year": 2015.5'),
        ('"delimiter": ","', '"delimiter": ";"'),
    ):  # fmt: skip
        spoil("datapackage.json", old, new)
    assert [problem.removeprefix("datapackage.json: ") for problem in list_problems(copy)] == [
        "'delimiter' of the dialect of 'regions' is ';'; expected ','",
        "plan.baseline_year is '2015.5'; expected an integer without quotes",
        "plan.target_year is '2017'; expected an integer without quotes",
        "the block 'plan.thresholds' lacks 'ahead'; add what is missing",
    ]


def test_one_wrong_key_fills_no_screen(copy, spoil):
    spoil("regions.csv", "\n330000,", "\n33000,")
    problems = validate.find_problems(copy)
    alike = [problem for problem in problems if problem.file == "figures.csv" and problem.column == "region"]
    _, *lines = str(DataError(copy, problems)).splitlines()
    about = [line for line in lines if line.startswith("figures.csv")]
    assert (len(about), len(alike) > 200) == (11, True)
    assert about[:10] == [str(problem) for problem in alike[:10]]
    assert about[10] == f"{alike[10]}; the same in {len(alike) - 11} more rows"


def change_descriptor(folder: Path, change) -> None:
    path = folder / "datapackage.json"
    descriptor = json.loads(path.read_text(encoding="utf-8"))
    for resource in descriptor["resources"]:
        change(resource)
    path.write_text(json.dumps(descriptor, ensure_ascii=False), encoding="utf-8")


def remove_constraints(resource: dict) -> None:
    for name in ("primaryKey", "foreignKeys"):
        resource["schema"].pop(name, None)
    for field in resource["schema"]["fields"]:
        field.pop("constraints", None)


@pytest.mark.parametrize(
    ("file", "old", "new", "sentence"),
    [
        ("figures.csv", "家,exact,3000", "家,exakt,3000", "figures.csv:4:qualifier: 'exakt' is not allowed"),
        ("figures.csv", "\n0.0.2-2,", "\n0.0.2-1,", "figures.csv:3:figure: the key of this row stands in an earlier row too"),
        ("figures.csv", "T.1-target,high-tech-enterprises", "T.1-target,high-tech", "figures.csv:4:indicator: 'high-tech' does not"),
        ("regions.csv", "\n110000,", "\nPeking,", "regions.csv:3:region: 'Peking' does not have the form"),
        ("regions.csv", "Beijing", "", "regions.csv:3:name_en: is empty; a value is required"),
        ("chapters.csv", "\n0,", "\n-1,", "chapters.csv:2:chapter: '-1' is too small"),
    ],
)  # fmt: skip
def test_our_own_constraints_hold_whatever_the_descriptor_says(copy, spoil, file, old, new, sentence):
    change_descriptor(copy, remove_constraints)
    assert list_problems(copy) == []
    problems = list_problems(spoil(file, old, new))
    assert any(problem.startswith(sentence) for problem in problems), problems


def test_a_descriptor_may_demand_more(copy):
    def demand(resource: dict) -> None:
        if resource["name"] == "units":
            limits = resource["schema"]["fields"][1]["constraints"]
            limits["enum"] = [value for value in limits["enum"] if value != "mass"] + ["energy"]

    change_descriptor(copy, demand)
    (copy / "units.csv").write_text((copy / "units.csv").read_text() + "吨,mass,吨,tonnes\n千瓦时,energy,千瓦时,kWh\n")
    problems = list_problems(copy)
    assert [problem.split(" is not")[0].split(": ")[1] for problem in problems] == ["'mass'", "'energy'"]


def test_a_package_with_the_patterns_of_earlier_versions_is_good(copy):
    def write_earlier(resource: dict) -> None:
        resource.pop("dialect")
        for field in resource["schema"]["fields"]:
            limits = field.get("constraints", {})
            if "pattern" in limits:
                limits["pattern"] = limits["pattern"].replace("[0-9]", r"\d")
            if (resource["name"], field["name"]) == ("figures", "source"):
                limits["pattern"] = r"(T\.\d+|\d+\.\d+\.\d+)"

    change_descriptor(copy, write_earlier)
    assert list_problems(copy) == []


def test_columns_of_a_package_s_own_are_checked(copy):
    def add(resource: dict) -> None:
        if resource["name"] == "units":
            resource["schema"]["fields"].append({"name": "rank", "type": "integer", "constraints": {"maximum": 9}})

    change_descriptor(copy, add)
    header, *rows = (copy / "units.csv").read_text(encoding="utf-8").splitlines()
    lines = [f"{header},rank", *(f"{row},{n}" for n, row in enumerate(rows))]
    (copy / "units.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert {problem.split(": ", 1)[1] for problem in list_problems(copy)} == {
        f"'{n}' is too large; expected at most 9" for n in range(10, len(rows))
    }
