"""The data package's descriptor: `datapackage.json`, the only schema, and the plan it describes."""

import json
import math
import re
from dataclasses import dataclass
from pathlib import Path

DESCRIPTOR = "datapackage.json"
EXAMPLE = "example-"  # begins the keys of rows that a new package holds as examples

# What the code reads by name. A package may hold more columns; it may not lack one of these.
COLUMNS = {
    "regions": "region name_zh name_en parent",
    "chapters": "chapter title_zh title_en notebook",
    "sections": "section chapter title_zh title_en",
    "units": "unit dimension name_zh name_en",
    "indicators": "indicator section headline category name_zh name_en unit kind direction target_kind may_exceed note",
    "figures": "figure indicator measure region period value unit qualifier printed source sentence note",
    "platforms": "platform section name_zh name_en type owner status since source note",
    "external": "figure indicator measure region period value unit qualifier printed title address confidence note",
    "sources": "document title_zh title_en publisher published address accessed licence",
    "errata": "table key column printed reading reason reason_en evidence status",
    "relations": "relation kind left right note",
    "terms": "term name_zh name_en",
    "labels": "key zh en",
}
COLUMNS = {table: columns.split() for table, columns in COLUMNS.items()}

OPTIONAL_TABLES = ("terms", "sources")  # that a package may lack; see `labels.list_terms`, `documents.list_sources`

# Columns that a package may lack; each is then read as empty.
OPTIONAL = {
    "sections": "text_zh text_en",
    "indicators": "base_year nature group responsible also",
    "figures": "document since",
    "platforms": "history document",
    "external": "scope publisher published copy",
    "sources": "places",
    "relations": "note_zh",
}
OPTIONAL = {table: columns.split() for table, columns in OPTIONAL.items()}

MEASURE_OF_KIND = {"stock": "level", "flow": "flow", "share": "share", "index": "index", "rank": "rank"}
QUANTITY_MEASURES = tuple(MEASURE_OF_KIND.values())  # of the quantity itself: no change, rate, target or completion


@dataclass(frozen=True)
class Plan:
    """What is evaluated: the block `plan` of the descriptor."""

    title_zh: str
    title_en: str
    report_zh: str
    report_en: str
    region: str
    baseline_year: int
    start_year: int
    target_year: int
    ahead: float  # pace from which a target counts as ahead of time
    on_track: float  # pace from which it counts as on track
    synthetic: bool = False  # are its figures made up? then every page says so
    office_zh: str = ""  # who publishes the evaluation, on every page
    office_en: str = ""
    contact: str = ""  # address, telephone or mail of that office
    address: str = ""  # of the folder where the pages are published

    @classmethod
    def of(cls, descriptor: dict) -> "Plan":
        """Plan of a descriptor that is known to have a good one (see `descriptor.check`)."""
        block = descriptor["plan"] | descriptor["plan"]["thresholds"]
        return cls(**{name: block[name] for name in cls.__annotations__ if name in block})


_KIND_OF_ENTRY = {
    "title_zh": "string", "title_en": "string", "report_zh": "string", "report_en": "string", "region": "string",
    "baseline_year": "integer", "start_year": "integer", "target_year": "integer", "thresholds": "object",
}  # fmt: skip
_THRESHOLDS = {"ahead": {"type": "number"}, "on_track": {"type": "number"}}
PLAN_SCHEMA = {
    "type": "object",
    "required": [*_KIND_OF_ENTRY],
    "properties": {name: {"type": kind} for name, kind in _KIND_OF_ENTRY.items()}
    | {
        "thresholds": {"type": "object", "required": [*_THRESHOLDS], "properties": _THRESHOLDS},
        "synthetic": {"type": "boolean"},
    }
    | {name: {"type": "string"} for name in ("office_zh", "office_en", "contact", "address")},
}


def read(folder: Path) -> dict:
    """Descriptor of the package in a folder. Raises OSError, or ValueError where it is no good JSON object."""
    path = folder / DESCRIPTOR
    if path.exists() and not path.is_file():
        raise ValueError("it is no file, but a folder, a pipe or a device")
    if path.stat().st_size > LARGEST:
        raise ValueError(f"it has more than {LARGEST} bytes")
    try:
        text = path.read_text(encoding="utf-8-sig")
        descriptor = json.loads(
            text, object_pairs_hook=_to_object, parse_constant=_refuse, parse_float=_to_float, parse_int=_to_integer
        )
    except RecursionError:
        raise ValueError("its brackets are nested too deep") from None
    except UnicodeDecodeError:
        raise ValueError("it is not UTF-8; save it as UTF-8") from None
    if isinstance(descriptor, dict | list) and _is_deep(descriptor):  # some versions of Python decode deeper ones
        raise ValueError("its brackets are nested too deep")
    if not isinstance(descriptor, dict):
        raise ValueError("expected one object {…}")
    return descriptor


def _is_deep(descriptor: dict | list) -> bool:
    """Are there more levels of brackets than whoever walks through a descriptor expects?"""
    level = [descriptor]
    for _ in range(DEEPEST):
        entries = [entry.values() if isinstance(entry, dict) else entry for entry in level]
        level = [value for values in entries for value in values if isinstance(value, dict | list)]
    return bool(level)


DEEPEST = 20  # levels of brackets; a good descriptor has eight


LARGEST = 10 * 2**20  # bytes of a descriptor
LONGEST_NUMBER = 20  # digits of a number in it
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")


def _to_object(pairs: list[tuple[str, object]]) -> dict:
    """An object of the descriptor; two programs may choose differently between two entries with one name."""
    entries = dict(pairs)
    if len(entries) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"an object has the entry {max(names, key=names.count)!r} twice")
    for text in (*entries, *(value for value in entries.values() if isinstance(value, str))):
        if _CONTROL.search(text):
            raise ValueError(f"{text[:40]!r} holds a control character")
    return entries


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no number of JSON")


def _to_float(digits: str) -> float:
    value = float(digits)
    return value if math.isfinite(value) else _refuse(digits[:LONGEST_NUMBER])


def _to_integer(digits: str) -> int:
    return int(digits) if len(digits) <= LONGEST_NUMBER else _refuse(f"{digits[:LONGEST_NUMBER]}…")


def resources(descriptor: dict) -> dict[str, str]:
    """File of each table: `{"figures": "figures.csv", ...}`."""
    return {resource["name"]: resource["path"] for resource in descriptor.get("resources", [])}


def without_absent(descriptor: dict, headers: dict[str, list[str]]) -> dict:
    """A descriptor without the optional fields that its tables do not have, and without references of such fields or to
    optional tables that the package lacks; headers: of each table.
    """
    resources, lacking = [], {*OPTIONAL_TABLES} - headers.keys()
    for resource in descriptor["resources"]:
        name, block = resource["name"], resource["schema"]
        absent = {*OPTIONAL.get(name, ())} - {*headers.get(name, ())}
        fields = [field for field in block["fields"] if field["name"] not in absent]
        changed = {"fields": fields}
        if "foreignKeys" in block:
            changed["foreignKeys"] = [
                link
                for link in block["foreignKeys"]
                if not absent & {*link["fields"]} and link["reference"]["resource"] not in lacking
            ]
        resources.append(resource | {"schema": block | changed})
    return descriptor | {"resources": resources}


def constraints(descriptor: dict, table: str) -> dict[str, dict]:
    """Constraints of each column of a table: `{"measure": {"required": True, "enum": [...]}, ...}`."""
    return {field["name"]: field.get("constraints", {}) for field in find_schema(descriptor, table)["fields"]}


def find_schema(descriptor: dict, table: str) -> dict:
    """Schema of a table, as the descriptor has it."""
    return next(r["schema"] for r in descriptor["resources"] if r["name"] == table)
