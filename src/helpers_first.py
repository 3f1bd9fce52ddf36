"""Imported by `helpers_first.pth` whenever Python starts: our package has its name before a file helpers.py can take it.

Such a file may lie in the folder in which papermill or JupyterLab is started, or in one that PYTHONPATH names. Another
version of our own package that PYTHONPATH names goes first, as usual.
"""

import os
import sys
from importlib.util import find_spec
from pathlib import Path


def _is_ours() -> bool:
    """Would `import helpers` import our package?"""
    spec = find_spec("helpers")
    folders = list(spec.submodule_search_locations or ()) if spec else []
    return any(Path(folder, "kernels", "kernel.json").is_file() for folder in folders)


def _import_ours() -> None:
    before = sys.path[:]
    named = {str(Path(entry).absolute()) for entry in os.environ.get("PYTHONPATH", "").split(os.pathsep)}
    try:
        if not _is_ours():
            sys.path[:] = [entry for entry in before if entry not in named]
        if _is_ours():
            import helpers  # noqa: F401
    finally:
        sys.path[:] = before


_import_ours()
