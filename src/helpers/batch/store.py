"""Where outputs go: a folder, or any address that fsspec knows. A file appears there whole or not at all.

One batch writes into a place at a time. What a killed batch left half done is removed by the next.
"""

import re
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from helpers.batch import record
from helpers.batch.fingerprint import digest
from helpers.errors import UserError

PART = ".part-"  # begins the name of a file that is being written
LOCK = "runs.lock"
ADDRESS = re.compile(r"^[a-z][a-z0-9+.-]+(::|://)")


def place(out: str | Path) -> "Folder | Address":
    """The folder or the address that `--out` names. Raises UserError for an address of an unknown kind."""
    name = str(out)
    if name.startswith("file://"):
        return Folder(Path(name.removeprefix("file://")))
    return Address(name) if ADDRESS.match(name) else Folder(Path(name))


class Folder:
    """A folder of this machine or of one that it shares files with."""

    def __init__(self, path: Path):
        self.path = path
        self.record = path / record.FILE
        self.identity = str(path.resolve())

    def __str__(self) -> str:
        return str(self.path)

    def where(self, name: str) -> str:
        """A file of this place, as it is told to a person."""
        return str(self.path / name)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Alone with the place: made if it is missing, cleared of what a killed batch left.

        Raises UserError while another batch writes here, OSError where nothing can be written.
        """
        from filelock import FileLock, Timeout

        self.path.mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(self.path / LOCK, blocking=False):
                for left in self.path.rglob(f"{PART}*"):
                    left.unlink(missing_ok=True)
                yield
        except Timeout:
            raise UserError(
                f"{self}: another batch writes here; wait until it is done, or choose another --out."
            ) from None

    def read(self, name: str) -> bytes | None:
        """Content of a file, or None."""
        try:
            return (self.path / name).read_bytes()
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None

    def put(self, name: str, content: str | bytes) -> str:
        """Write a file, whole or not at all; returns its digest."""
        content = content.encode() if isinstance(content, str) else content
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.parent / f"{PART}{path.name}"
        try:
            beside.write_bytes(content)
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
        return digest(content)

    def remove(self, name: str) -> None:
        (self.path / name).unlink(missing_ok=True)

    def holds(self, name: str, known: str) -> bool:
        """Is a file there, with this digest?"""
        content = self.read(name) if known else None
        return content is not None and digest(content) == known

    def saved(self) -> None:
        """The record has changed."""


class Address:
    """A place that fsspec knows, such as `s3://bucket/reports`; its record is kept here while a batch runs."""

    def __init__(self, address: str):
        try:
            from fsspec.core import url_to_fs

            self.files, self.root = url_to_fs(address)
        except ImportError as error:
            what = (
                f"its kind needs a package that is not installed ({error}); install the extra 'cluster' or that package"
            )
            raise UserError(f"{address}: {what}.") from None
        except ValueError as error:
            raise UserError(f"{address}: {error}; expected a folder or an address that fsspec knows.") from None
        self.address = self.identity = address.rstrip("/")
        self._local = tempfile.TemporaryDirectory(prefix="evaluate-record-")
        self.record = Path(self._local.name) / record.FILE
        if (content := self.read(record.FILE)) is not None:
            self.record.write_bytes(content)

    def __str__(self) -> str:
        return self.address

    def where(self, name: str) -> str:
        return f"{self.address}/{name}"

    def _path(self, name: str) -> str:
        return f"{self.root.rstrip('/')}/{name}"

    @contextmanager
    def held(self) -> Iterator[None]:
        """What a killed batch left is removed; who else writes to an address cannot be known."""
        self.files.makedirs(self.root, exist_ok=True)
        for left in self.files.find(self.root):
            if left.rsplit("/", 1)[-1].startswith(PART):
                self.files.rm_file(left)
        yield
        self.saved()

    def read(self, name: str) -> bytes | None:
        try:
            return self.files.cat_file(self._path(name))
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None

    def put(self, name: str, content: str | bytes) -> str:
        content = content.encode() if isinstance(content, str) else content
        folder, _, file = self._path(name).rpartition("/")
        self.files.makedirs(folder, exist_ok=True)
        beside = f"{folder}/{PART}{uuid.uuid4().hex}"
        self.files.pipe_file(beside, content)
        self.files.mv(beside, f"{folder}/{file}")
        return digest(content)

    def remove(self, name: str) -> None:
        if self.files.exists(self._path(name)):
            self.files.rm_file(self._path(name))

    def holds(self, name: str, known: str) -> bool:
        content = self.read(name) if known else None
        return content is not None and digest(content) == known

    def saved(self) -> None:
        """Send the record to its place."""
        if self.record.is_file():
            self.put(record.FILE, self.record.read_bytes())
