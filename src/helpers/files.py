"""Files that appear whole or not at all: written beside their place, then moved there."""

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
