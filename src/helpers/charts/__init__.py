"""Frames in, Axes out. matplotlib is first imported here, without what it says of folders that cannot be written.

What an import writes to standard error would be an output of the cell that makes it, with paths of the machine in it.
"""

import logging


def _import_matplotlib() -> None:
    """Import what tells that there is no place for a cache, or that one is made."""
    logger = logging.getLogger("matplotlib")
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        import matplotlib.font_manager  # noqa: F401
    finally:
        logger.setLevel(before)


_import_matplotlib()
