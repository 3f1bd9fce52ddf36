"""Where outputs go: a folder, or any address that fsspec knows. A file appears there whole or not at all.

One batch writes into a place at a time. What a killed batch left half done is removed by the next.
"""

import re
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from helpers.batch import record
from helpers.batch.fingerprint import digest
from helpers.errors import UserError
from helpers.files import PART, write_whole

LOCK = "runs.lock"
MISSING = (FileNotFoundError, NotADirectoryError, IsADirectoryError)
IDLE_TIMEOUT_S = 5  # s after which a connection may have been ended
HIDDEN = "***"
ADDRESS = re.compile(r"^[a-z][a-z0-9+.-]+(::|://)")


def locate(out: str | Path) -> "Folder | Address":
    """The folder or the address that `--out` names. Raises UserError for a file, and for an address of an unknown kind."""
    name = str(out)
    if ADDRESS.match(name) and not name.startswith("file://"):
        return Address(name)
    if name in ("", "file://"):
        raise UserError("--out is empty; name a folder, such as reports.")
    path = Path(name.removeprefix("file://"))
    if path.exists() and not path.is_dir():
        raise UserError(f"{path}: is no folder; choose another --out.")
    return Folder(path)


def hide_secrets(address: str) -> str:
    """An address as it may be shown: without user and password, however these are written, and without values of its query.

    More than needed is hidden where it cannot be told: a password may hold `@`, `/` and `?`.
    """
    begin, slashes, rest = address.partition("//")
    user, at, place = rest.rpartition("@")
    if at:
        rest = f"{HIDDEN}@{place}" if "?" not in user else HIDDEN
    return begin + slashes + re.sub(r"([?&;#])([^=&;#]*=)?[^&;#]+", rf"\1\2{HIDDEN}", rest)


def hide_secrets_in(message: str, address: str) -> str:
    """A message that may quote an address, or parts of it, without its secrets."""
    message = message.replace(address, hide_secrets(address))
    rest = address.partition("//")[2]
    user = rest.rpartition("@")[0].rpartition("//")[2]
    secrets = {user, *user.split(":", 1), *re.findall(r"[=]([^&;#]+)", rest)}
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        for written in {secret, unquote(secret)}:
            message = re.sub(rf"(?<!\w){re.escape(written)}(?!\w)", HIDDEN, message)
    return message


class Folder:
    """A folder of this machine or of one that it shares files with."""

    def __init__(self, path: Path):
        self.path = path
        self.record = path / record.FILE
        self.identity = str(path.resolve())

    def __str__(self) -> str:
        return str(self.path)

    def describe(self, name: str) -> str:
        """A file of this place, as it is told to a person."""
        return str(self.path / name)

    @contextmanager
    def hold(self) -> Iterator[None]:
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

    def locate(self, name: str) -> Path:
        """Path of a file of this place. Raises UserError for a name that leads out of it, by itself or by a link."""
        path = self.path / name
        parts = Path(name).parts
        if not parts or ".." in parts or Path(name).is_absolute() or "\0" in name:
            raise UserError(f"{self}: {name!r} is no file of this folder.")
        is_linked = any(folder.is_symlink() for folder in path.parents[: len(parts) - 1])
        if is_linked and not path.parent.resolve().is_relative_to(self.identity):
            raise UserError(f"{path.parent}: leads out of {self}; remove this link.")
        return path

    def read(self, name: str) -> bytes | None:
        """Content of a file, or None; a pipe is no file, and to read it might never end."""
        path = self.locate(name)
        try:
            return path.read_bytes() if path.is_file() else None
        except MISSING:
            return None

    def put(self, name: str, content: str | bytes) -> str:
        """Write a file, whole or not at all; returns its digest."""
        content = content.encode() if isinstance(content, str) else content
        write_whole(self.locate(name), content)
        return digest(content)

    def remove(self, name: str) -> None:
        self.locate(name).unlink(missing_ok=True)

    def holds(self, name: str, known: str) -> bool:
        """Is a file there, with this digest?"""
        content = self.read(name) if known else None
        return content is not None and digest(content) == known

    def read_record(self) -> record.Record:
        """Its record, to be read alone."""
        return record.read_record(self.record)

    def open_record(self) -> AbstractContextManager[record.Record]:
        """Its record, to be written by whoever holds the place."""
        return record.open_record(self.record)

    def save_record(self) -> None:
        """The record has changed."""


class Address:
    """A place that fsspec knows, such as `s3://bucket/reports`. Its record is held in memory, and sent there when it changes.

    Methods raise UserError for what goes wrong there: every kind of address has errors of its own.
    """

    def __init__(self, address: str):
        self.identity = address.rstrip("/")
        self._shown = hide_secrets(self.identity)
        self._record: record.Record | None = None
        self._connect()

    def __str__(self) -> str:
        return self._shown

    def describe(self, name: str) -> str:
        return f"{self}/{name}"

    def _connect(self) -> None:
        try:
            from fsspec.core import url_to_fs

            self._files, self._root = url_to_fs(self.identity)
        except ImportError as error:
            what = f"its kind needs a package that is not installed ({error}); `make extras`, or install that package"
            raise UserError(f"{self}: {self._hide(what)}.") from None
        except ValueError as error:
            raise UserError(
                f"{self}: {self._hide(str(error))}; expected a folder or an address that fsspec knows."
            ) from None
        except Exception as error:
            raise self._explain(error) from None
        self._heard = time.monotonic()

    def _explain(self, error: Exception) -> UserError:
        what = getattr(error, "strerror", None) or str(error) or type(error).__name__
        return UserError(f"{self}: {self._hide(what)}")

    def _hide(self, message: str) -> str:
        return hide_secrets_in(message, self.identity)

    def _do(self, action: Callable[[Any], Any], again: bool = True) -> Any:
        """Do something with the files there. Raises FileNotFoundError and its like, else UserError.

        A server ends a connection that was silent for long, and then files seem to be missing; so a new one is opened.
        """
        if time.monotonic() > self._heard + IDLE_TIMEOUT_S:
            self._connect()
        try:
            done = action(self._files)
        except MISSING:
            raise
        except Exception as error:
            if not again:
                raise self._explain(error) from None
            self._connect()
            return self._do(action, again=False)
        self._heard = time.monotonic()
        return done

    def _path(self, name: str) -> str:
        if not name or ".." in name.split("/") or name.startswith("/"):
            raise UserError(f"{self}: {name!r} is no file of this address.")
        return f"{self._root.rstrip('/')}/{name}"

    @contextmanager
    def hold(self) -> Iterator[None]:
        """What a killed batch left is removed; who else writes to an address cannot be known."""

        def clear(files) -> None:
            files.makedirs(self._root, exist_ok=True)
            for left in files.find(self._root):
                if left.rsplit("/", 1)[-1].startswith(PART):
                    files.rm_file(left)

        self._do(clear)
        yield

    def read_record(self) -> record.Record:
        """Its record, to be read alone."""
        with record.load_record(self.read(record.FILE)) as known:
            return known

    @contextmanager
    def open_record(self) -> Iterator[record.Record]:
        """Its record, to be written by whoever holds the place."""
        with record.load_record(self.read(record.FILE)) as self._record:
            yield self._record
            self.save_record()

    def read(self, name: str) -> bytes | None:
        try:
            return self._do(lambda files: files.cat_file(self._path(name)))
        except MISSING:
            return None

    def put(self, name: str, content: str | bytes) -> str:
        content = content.encode() if isinstance(content, str) else content
        folder, _, file = self._path(name).rpartition("/")

        def put(files) -> None:
            files.makedirs(folder, exist_ok=True)
            beside = f"{folder}/{PART}{uuid.uuid4().hex}"
            files.pipe_file(beside, content)
            files.mv(beside, f"{folder}/{file}")

        self._do(put)
        return digest(content)

    def remove(self, name: str) -> None:
        path = self._path(name)
        self._do(lambda files: files.rm_file(path) if files.exists(path) else None)

    def holds(self, name: str, known: str) -> bool:
        content = self.read(name) if known else None
        return content is not None and digest(content) == known

    def save_record(self) -> None:
        """Send the record to its place."""
        self.put(record.FILE, self._record.content)
