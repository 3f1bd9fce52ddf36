"""A cache of valid data packages, with the years and places that each has.

A package whose files have not changed is not checked again, and a request for runs is answered without reading a table.
Nothing slow is imported here.
"""

import hashlib
import json
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from helpers import paths
from helpers.package import schema

CODE = ("package", "numbers")  # rooms whose code checks a package


class Choices(NamedTuple):
    """What a request for runs may ask for.

    years: with figures; region: the plan's own; regions: codes of all places, covered: of those with figures; askable: years
    that can be evaluated, with figures or without
    """

    years: list[int]
    region: str
    regions: list[str]
    covered: list[str]
    askable: list[int]


def digest(folder: Path) -> str:
    """Fingerprint of the package's files and of what checks them: the code, and our own labels and descriptor."""
    try:
        files = [folder / name for name in schema.resources(schema.read(folder)).values()]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        files = []  # the descriptor itself is the problem
    sha = hashlib.sha256()
    code = sorted(path for name in CODE for path in (paths.PACKAGE / name).glob("*.py"))
    for place in (paths.NOTEBOOKS, folder / "notebooks"):  # each chapter has one
        sha.update(" ".join(sorted(path.name for path in place.glob("*.ipynb"))).encode())
    ours = [paths.data() / name for name in ("labels.csv", schema.DESCRIPTOR)]
    for path in [*files, folder / schema.DESCRIPTOR, *ours, *code]:
        sha.update(path.name.encode() + b"\0")
        sha.update(path.read_bytes() if path.is_file() else b"")
    return sha.hexdigest()


def recall(package: str) -> Choices | None:
    """Years and places of the package with a digest, if it was found valid before."""
    try:
        return Choices(**json.loads(_note_file(package).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def remember(package: str, choices: Choices) -> None:
    """Keep the years and places of a valid package; where no file can be written, it is checked again next time."""
    with suppress(OSError):
        note = _note_file(package)
        note.parent.mkdir(parents=True, exist_ok=True)
        note.write_text(json.dumps(choices._asdict()), encoding="utf-8")


def recall_indicators(key: str) -> dict[str, list[str]] | None:
    """Indicators that have a page, by region, as they were kept under a key."""
    try:
        held = json.loads(_note_file(key).read_text(encoding="utf-8"))
        return {region: [str(name) for name in names] for region, names in held["indicators"].items()}
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


def remember_indicators(key: str, indicators: dict[str, list[str]]) -> None:
    """Keep the indicators that have a page; key: of the package, and of all code that selects them."""
    with suppress(OSError):
        note = _note_file(key)
        note.parent.mkdir(parents=True, exist_ok=True)
        note.write_text(json.dumps({"indicators": indicators}), encoding="utf-8")


def _note_file(package: str) -> Path:
    return paths.cache() / "valid" / f"{package}.json"
