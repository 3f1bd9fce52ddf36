"""Does a run have to be executed again? Digests of everything that its outputs follow from, part by part.

Parts of a run: `code` (its notebook's code cells), `parameters`, `data` (the slice of the package that it reads), `helpers`
(sources that `OUTCOME` names), `versions` (installed distributions), `python`. Prose counts for the
page alone, as do the sources of pages, of the batch and of the command line.
"""

import hashlib
import json
import platform
import site
import sys
from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path

from helpers import paths
from helpers.runs.run import Run

PARTS = ("code", "parameters", "data", "helpers", "versions", "python")
# What the outcome of a run depends on; an edit of anything else makes no run stale.
OUTCOME = (
    "errors.py", "paths.py", "numbers", "display", "fonts", "package", "charts", "evaluation", "language", "audit", "views",
    "kernels", "batch/execute.py", "runs/source.py", "runs/outputs.py",
)  # fmt: skip


def digest(content: bytes | str) -> str:
    """SHA-256 of some content."""
    return hashlib.sha256(content.encode() if isinstance(content, str) else content).hexdigest()


def told(value) -> str:
    """Digest of a value that JSON can hold."""
    return digest(json.dumps(value, ensure_ascii=False, sort_keys=True))


def folder(path: Path) -> str:
    """Digest of the files directly in a folder, names and contents."""
    return _files((file for file in path.iterdir() if file.is_file()), path)


def _files(files: Iterable[Path], root: Path) -> str:
    sha = hashlib.sha256()
    for file in sorted(files):
        content, name = file.read_bytes(), file.relative_to(root)
        sha.update(f"{name}\0{len(content)}\0".encode())
        sha.update(content)
    return sha.hexdigest()


def helpers() -> str:
    """Digest of this package's sources, but for those that make pages."""
    return _sources()[0]


def pages() -> str:
    """Digest of what makes pages of executed notebooks: all sources, since a page takes its looks from some of them."""
    return _sources()[1]


def _sources() -> tuple[str, str]:
    """Digests of the sources without and with those that make pages; read again only when a file has changed."""
    files = sorted(path for path in paths.PACKAGE.rglob("*") if "__pycache__" not in path.parts and path.is_file())
    return _read(tuple((file, file.stat().st_mtime_ns, file.stat().st_size) for file in files))


@lru_cache(maxsize=1)
def _read(stamped: tuple[tuple[Path, int, int], ...]) -> tuple[str, str]:
    files = [file for file, *_ in stamped]
    execution = [file for file in files if file.relative_to(paths.PACKAGE).as_posix().startswith(OUTCOME)]
    return _files(execution, paths.PACKAGE), _files(files, paths.PACKAGE)


@cache
def versions() -> str:
    """Digest of the names of everything installed beside this package, each with its version."""
    folders = {*site.getsitepackages(), *(path for path in sys.path if path.endswith("-packages"))}
    names = (entry.name for path in sorted(folders) if Path(path).is_dir() for entry in Path(path).glob("*.dist-info"))
    return told(sorted(set(names)))


@cache
def python() -> str:
    """Digest of the interpreter and the machine's architecture; the last digits of a number may depend on it."""
    return told([sys.version, platform.machine()])


def of(run: Run, code: list[str], data: str, helpers: str) -> dict[str, str]:
    """The parts of a run's fingerprint; code: its notebook's code cells, data: digest of its slice."""
    return {
        "code": told(code),
        "parameters": told(run.parameters),
        "data": data,
        "helpers": helpers,
        "versions": versions(),
        "python": python(),
    }


def changed(known: dict[str, str], now: dict[str, str]) -> list[str]:
    """Names of the parts that differ."""
    return [part for part in PARTS if known.get(part) != now[part]]
