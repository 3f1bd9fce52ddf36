"""What succeeded, in a file of our own beside the outputs: papermill calls a cell completed whose kernel died."""

import json
from dataclasses import asdict, fields
from pathlib import Path

from helpers.batch.execute import Outcome
from helpers.batch.runs import Run

FILE = "runs.json"


def read(out: Path) -> dict[str, dict]:
    """Recorded runs by name; none where there is no record, and without entries that cannot be read."""
    try:
        entries = json.loads((out / FILE).read_text(encoding="utf-8"))["runs"]
        return {entry["name"]: entry for entry in entries if _readable(entry)}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _readable(entry) -> bool:
    """Does an entry say all that `entry` writes?"""
    try:
        Run.of(entry)
        return isinstance(entry["name"], str) and {field.name for field in fields(Outcome)} <= set(entry)
    except (KeyError, TypeError, ValueError):
        return False


def write(out: Path, runs: dict[str, dict]) -> None:
    """Replace the record, whole or not at all."""
    put(out / FILE, json.dumps({"runs": list(runs.values())}, ensure_ascii=False, indent=1) + "\n")


def entry(run: Run, outcome: Outcome) -> dict:
    """A run and what became of it, for the record."""
    return asdict(run) | asdict(outcome) | {"path": ""}


def put(path: Path, text: str) -> None:
    """Write a file beside its place and move it there: a reader sees the old one or the new one."""
    beside = path.with_name(f".{path.name}.part")
    try:
        beside.write_text(text, encoding="utf-8", newline="\n")
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
