"""The data package's descriptor: `datapackage.json`, the only schema, and the plan it describes."""

import json
from dataclasses import dataclass
from pathlib import Path

DESCRIPTOR = "datapackage.json"

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
    "errata": "table key column printed reading reason reason_en evidence status",
    "relations": "relation kind left right note",
    "labels": "key zh en",
}
COLUMNS = {table: columns.split() for table, columns in COLUMNS.items()}

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

    @classmethod
    def of(cls, descriptor: dict) -> "Plan":
        """Plan of a descriptor that is known to have a good one (see `check_plan`)."""
        block = descriptor["plan"] | descriptor["plan"]["thresholds"]
        return cls(**{name: block[name] for name in cls.__annotations__ if name in block})


# Types of the entries of the block `plan`, and of the block `thresholds` in it; a truth value is no number.
KINDS = {"string": (str,), "integer": (int,), "number": (int, float), "object": (dict,), "boolean": (bool,)}
PLAN = {
    "title_zh": "string", "title_en": "string", "report_zh": "string", "report_en": "string", "region": "string",
    "baseline_year": "integer", "start_year": "integer", "target_year": "integer", "thresholds": "object",
}  # fmt: skip
THRESHOLDS = {"ahead": "number", "on_track": "number"}


def check_plan(descriptor: dict) -> None:
    """Raises ValueError that names the first entry of the block `plan` that is missing or of a wrong type."""
    plan = descriptor.get("plan", {})
    _check_type("plan", plan, "object")
    _check_block("plan", plan, PLAN)
    _check_block("plan.thresholds", plan["thresholds"], THRESHOLDS)
    _check_type("plan.synthetic", plan.get("synthetic", False), "boolean")


def _check_block(name: str, block: dict, kinds: dict[str, str]) -> None:
    for key in kinds:
        if key not in block:
            raise ValueError(f"the block {name!r} lacks {key!r}")
    for key, kind in kinds.items():
        _check_type(f"{name}.{key}", block[key], kind)


def _check_type(name: str, value, kind: str) -> None:
    if type(value) not in KINDS[kind]:
        raise ValueError(f"{name} is {value!r}, expected {kind}")


def read(folder: Path) -> dict:
    """Descriptor of the package in a folder. Raises OSError or ValueError (no JSON)."""
    return json.loads((folder / DESCRIPTOR).read_text(encoding="utf-8"))


def resources(descriptor: dict) -> dict[str, str]:
    """File of each table: `{"figures": "figures.csv", ...}`."""
    return {resource["name"]: resource["path"] for resource in descriptor.get("resources", [])}


def constraints(descriptor: dict, table: str) -> dict[str, dict]:
    """Constraints of each column of a table: `{"measure": {"required": True, "enum": [...]}, ...}`."""
    return {field["name"]: field.get("constraints", {}) for field in _find_schema(descriptor, table)["fields"]}


def key(descriptor: dict, table: str) -> list[str]:
    """Columns of a table's primary key."""
    named = _find_schema(descriptor, table)["primaryKey"]
    return [named] if isinstance(named, str) else named


def _find_schema(descriptor: dict, table: str) -> dict:
    return next(r["schema"] for r in descriptor["resources"] if r["name"] == table)
