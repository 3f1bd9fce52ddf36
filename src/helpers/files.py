"""Files that appear whole or not at all: written beside their place, then moved there."""

import os
import stat
from pathlib import Path

PART = ".part-"  # begins the name of a file that is being written


def write_whole(path: Path, content: bytes) -> None:
    """Write a file, and the folders above it; whoever reads it sees the old content or the new one. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.parent / f"{PART}{path.name}"
    try:
        part.write_bytes(content)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def is_there(path: Path) -> bool:
    """Is anything at a path, be it a link that leads nowhere?"""
    try:
        path.lstat()
    except OSError:
        return False
    return True


def is_own_folder(path: Path) -> bool:
    """Is it a real folder of this user, into which no other one can write? A name in a folder that is shared may be taken."""
    try:
        status = path.lstat()
    except OSError:
        return False
    if not hasattr(os, "getuid"):
        return stat.S_ISDIR(status.st_mode)
    return stat.S_ISDIR(status.st_mode) and status.st_uid == os.getuid() and not stat.S_IMODE(status.st_mode) & 0o022
