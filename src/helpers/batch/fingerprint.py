"""Digests of everything that a run's outputs follow from, part by part: a run is fresh while they stay the same.

Parts of a run: `code` (its notebook's code cells, and the kind of view that they read), `parameters`, `data` (what it reads
of the package), `helpers` (sources that its outcome depends on), `versions` (distributions that are installed, but for those
of the extras), `python`. Prose counts for the page alone. The batch and the command line count for neither: they decide when
a run is executed, and not what comes of it.
"""

import hashlib
import json
import os
import platform
import re
import site
import sys
from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path

from helpers import paths
from helpers.runs import source
from helpers.runs.run import Run

PARTS = ("code", "parameters", "data", "helpers", "versions", "python")
# Folders and files below `helpers`: what `views`, a kernel and the execution of a run import, and nothing else.
OF_OUTCOME = frozenset(
    ("errors.py", "paths.py", "numbers", "display", "fonts", "kernels", "package", "charts", "runs", "evaluation",
     "language", "audit", "views", "batch/execute.py", "batch/fingerprint.py")
)  # fmt: skip
# What the pages of executed notebooks are made with.
OF_PAGES = frozenset(
    (
        "errors.py",
        "paths.py",
        "display/__init__.py",
        "display/html.py",
        "display/lettering.py",
        "display/theme.py",
        "fonts",
        "runs/__init__.py",
        "runs/forms.py",
        "runs/limits.py",
        "runs/outputs.py",
        "runs/run.py",
        "runs/shims.py",
        "runs/source.py",
        "pages",
    )
)
EXTRAS = "# Only the extras need the rest.\n"  # a line of requirements.lock
APART = frozenset(("audit/accepting.py", "fonts/make.py", "pages/printing.py"))  # in these folders, but of neither


def digest(content: bytes | str) -> str:
    """SHA-256 of some content; a text may be a path, in another encoding than the system's."""
    return hashlib.sha256(content.encode(errors="surrogateescape") if isinstance(content, str) else content).hexdigest()


def digest_json(value) -> str:
    """Digest of a value that JSON can hold."""
    return digest(json.dumps(value, ensure_ascii=False, sort_keys=True))


def digest_folder(folder: Path) -> str:
    """Digest of the files directly in a folder, names and contents."""
    return _digest_files((file for file in folder.iterdir() if file.is_file()), folder)


def _digest_files(files: Iterable[Path], root: Path) -> str:
    sha = hashlib.sha256()
    for file in sorted(files):
        content, name = file.read_bytes(), file.relative_to(root)
        sha.update(f"{name}\0{len(content)}\0".encode())
        sha.update(content)
    return sha.hexdigest()


def digest_helpers() -> str:
    """Digest of the sources that the outcome of a run depends on."""
    return _digest_sources(OF_OUTCOME)


def digest_page_makers() -> str:
    """Digest of the sources that make pages of executed notebooks."""
    return _digest_sources(OF_PAGES)


def select_sources(places: frozenset[str]) -> list[Path]:
    """The files below `helpers` that are among these places or in them."""
    return [paths.PACKAGE / name for name, _ in _list_sources(places)]


def _list_sources(places: frozenset[str]) -> list[tuple[str, os.stat_result]]:
    """Names of these files, in order, each with what the system says of it; a run asks, so that it has to be quick."""
    files, folders = [], [("", entry) for entry in os.scandir(paths.PACKAGE)]
    for above, entry in folders:  # grows while it is read
        name = f"{above}{entry.name}"
        if entry.name == "__pycache__" or name in APART:
            continue
        if entry.is_dir():
            folders += [(f"{name}/", inner) for inner in os.scandir(entry.path)]
        elif {name, name.partition("/")[0]} & places:
            files.append((name, entry.stat()))
    return sorted(files)


def _digest_sources(places: frozenset[str]) -> str:
    """Digest of these sources, read again only when a file has changed."""
    stamped = tuple((name, stat.st_mtime_ns, stat.st_size) for name, stat in _list_sources(places))
    return _read_sources(paths.PACKAGE, stamped)


@lru_cache(maxsize=2)
def _read_sources(package: Path, stamped: tuple[tuple[str, int, int], ...]) -> str:
    return _digest_files((package / name for name, *_ in stamped), package)


@cache
def digest_versions() -> str:
    """Digest of the names of everything installed beside this package, each with its version.

    What only the extras need does not count: installing them leaves runs fresh.
    """
    folders = {*site.getsitepackages(), *(path for path in sys.path if path.endswith("-packages"))}
    entries = {entry.name for path in folders if Path(path).is_dir() for entry in Path(path).glob("*.dist-info")}
    names = {entry: re.sub("[-_.]+", "-", entry.split("-")[0]).lower() for entry in sorted(entries)}
    extras = _read_names_of_extras(paths.ROOT / "requirements.lock")
    return digest_json([entry for entry, name in names.items() if name not in extras])


def _read_names_of_extras(lock: Path) -> set[str]:
    """Names of the packages that only the extras need; none where the package is installed without its lock."""
    text = lock.read_text(encoding="utf-8") if lock.is_file() else ""
    return set(re.findall(r"^([\w.-]+)==", text.partition(EXTRAS)[2], re.MULTILINE))


@cache
def digest_python() -> str:
    """Digest of the interpreter and the machine's architecture; the last digits of a number may depend on it."""
    return digest_json([sys.version, platform.machine()])


def compute_parts(run: Run, notebook: dict, data: str, helpers: str) -> dict[str, str]:
    """The parts of a run's fingerprint; notebook: its source, data: digest of what it reads."""
    return {
        "code": digest_json([source.view_of(notebook), source.select_code(notebook["cells"])]),
        "parameters": digest_json(run.parameters),
        "data": data,
        "helpers": helpers,
        "versions": digest_versions(),
        "python": digest_python(),
    }


def list_changed(known: dict[str, str], now: dict[str, str]) -> list[str]:
    """Names of the parts that differ."""
    return [part for part in PARTS if known.get(part) != now[part]]
