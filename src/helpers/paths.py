"""Where things are: the project's own folders, whatever the working directory."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
ROOT = PACKAGE.parents[1]
NOTEBOOKS = ROOT / "notebooks"
REFERENCES = ROOT / "tests" / "references"
FONTS = PACKAGE / "fonts"


def data(folder: str | Path = "") -> Path:
    """Folder of a data package; the project's own when `folder` is empty."""
    return Path(folder) if str(folder) else ROOT / "data"


def cache() -> Path:
    """Folder for notes that cost only time when they are lost."""
    import platformdirs

    return Path(platformdirs.user_cache_dir("internet-plus-evaluation"))
