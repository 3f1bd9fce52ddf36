"""A quick proof that a package has the form that its descriptor says, made column by column.

It knows the part of the Table Schema standard that packages of this kind use, and reads each distinct cell once. What it
cannot prove may still be good: frictionless, which is slow to import and reads cell by cell, knows the whole standard and
names what is wrong.
"""

import csv
import re
from pathlib import Path

import pandas as pd

WORDS = {"name": str, "title": str, "description": str, "description_zh": str}
ENTRIES = {  # of each part of a descriptor, those that are known here: of a type, or with one value
    "package": WORDS | {
        "profile": "tabular-data-package", "licenses": list, "sources": list, "plan": dict, "resources": list,
    },
    "license": {"name": str, "title": str, "path": str},
    "resource": WORDS | {
        "profile": "tabular-data-resource", "format": "csv", "mediatype": "text/csv", "encoding": "utf-8", "path": str,
        "schema": dict,
    },
    "schema": {"fields": list, "primaryKey": list, "foreignKeys": list, "missingValues": [""]},
    "field": WORDS | {"type": str, "trueValues": list, "falseValues": list, "constraints": dict},
    "string": {"required": bool, "unique": bool, "enum": list, "pattern": str},
    "integer": {"required": bool, "unique": bool, "minimum": int, "maximum": int},
    "number": {"required": bool},
    "boolean": {"required": bool},
}  # fmt: skip
EXACT = ({"string"}, {"integer"})  # types of a key whose values are equal where their texts are
NAME, FILE = re.compile(r"[a-z0-9_-]+"), re.compile(r"[A-Za-z0-9_-]+\.csv")
INTEGER, NUMBER = re.compile(r"0|-?[1-9][0-9]{,17}"), re.compile(r"-?[0-9]+(\.[0-9]+)?")


def is_even(path: Path) -> bool:
    """Has every row of a CSV file as many cells as its header, and is none empty?"""
    with path.open(encoding="utf-8-sig", newline="") as file:
        try:
            return len({len(row) for row in csv.reader(file, strict=True)}) == 1
        except csv.Error:
            return False


def conforms(frames: dict[str, pd.DataFrame], descriptor: dict) -> bool:
    """Is it certain that frictionless finds no error in a descriptor and its tables as text, which come from even files?"""
    resources = descriptor["resources"]
    try:
        types = {
            each["name"]: {field["name"]: field["type"] for field in each["schema"]["fields"]} for each in resources
        }
        return (
            _has_known_entries("package", descriptor)
            and NAME.fullmatch(descriptor["name"])
            and all(_has_known_entries("license", each) and each["name"] for each in descriptor.get("licenses", []))
            and all(_has_known_entries("license", each) for each in descriptor.get("sources", []))
            and len(types) == len(resources)
            and all(_is_good_table(each, frames, types) for each in resources)
        )
    except (KeyError, TypeError, ValueError, AttributeError, re.error):  # a descriptor of another form
        return False


def _has_known_entries(part: str, block: dict) -> bool:
    known = ENTRIES[part]
    return all(name in known and (type(value) is known[name] or value == known[name]) for name, value in block.items())


def _is_good_table(resource: dict, frames: dict[str, pd.DataFrame], types: dict[str, dict[str, str]]) -> bool:
    schema, name = resource["schema"], resource["name"]
    frame, fields, key = frames[name], schema["fields"], schema["primaryKey"]
    return (
        _has_known_entries("resource", resource)
        and NAME.fullmatch(name)
        and FILE.fullmatch(resource["path"])
        and _has_known_entries("schema", schema)
        and [*frame.columns] == [field["name"] for field in fields]
        and all(_is_good_column(field, frame[field["name"]]) for field in fields)
        and {types[name][column] for column in key} in EXACT
        and not frame[key].eq("").any(axis=None)
        and not frame.duplicated(key).any()
        and all(_is_good_reference(link, name, frames, types) for link in schema.get("foreignKeys", []))
    )


def _is_good_column(field: dict, column: pd.Series) -> bool:
    kind, limits = field["type"], field.get("constraints", {})
    cells = {*column.to_numpy()}
    filled = cells - {""}
    if not (_has_known_entries("field", field) and _has_known_entries(kind, limits)):
        return False
    if limits.get("required") and "" in cells:
        return False
    if limits.get("unique") and column[column != ""].duplicated().any():
        return False
    if kind == "boolean":
        return filled <= {*field["trueValues"], *field["falseValues"]}
    if kind == "string":
        pattern = re.compile(f"^{limits['pattern']}$") if "pattern" in limits else None
        return filled <= {*limits.get("enum", filled)} and (not pattern or all(map(pattern.match, filled)))
    if not all(map((INTEGER if kind == "integer" else NUMBER).fullmatch, filled)):
        return False
    numbers = [*map(int, filled)] if limits.keys() & {"minimum", "maximum"} else []
    return all(limits.get("minimum", number) <= number <= limits.get("maximum", number) for number in numbers)


def _is_good_reference(
    link: dict, name: str, frames: dict[str, pd.DataFrame], types: dict[str, dict[str, str]]
) -> bool:
    """Does a column, alone, name only what another one has?"""
    (own,), (other,), table = link["fields"], link["reference"]["fields"], link["reference"]["resource"] or name
    same_type = types[name][own] == types[table][other]
    return same_type and {*frames[name][own].unique()} - {""} <= {*frames[table][other]}
