"""What JupyterLab writes on saving is what is committed: a notebook run again with the same result is the same file."""

import asyncio
import inspect
import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from jupyter_server.services.contents.filemanager import FileContentsManager

from helpers import paths

CONFIG = Path(sys.prefix, "etc", "jupyter", "jupyter_server_config.d", "evaluation.json")
KERNEL_INFO = {"name": "python", "version": "3.99", "file_extension": ".py", "codemirror_mode": {"name": "ipython"}}


@pytest.fixture
def manager(tmp_path) -> Iterator[FileContentsManager]:
    """What saves files in JupyterLab, as this environment configures it."""
    hook = json.loads(CONFIG.read_text(encoding="utf-8"))["ContentsManager"]["pre_save_hook"]
    manager = FileContentsManager(root_dir=str(tmp_path), pre_save_hook=hook)
    yield manager
    manager.notary.store.close()


def save(manager, name: str, change) -> None:
    """Open a notebook, change it, and save it, as a browser does."""
    model = manager.get(name)
    change(model["content"])
    saved = manager.save({"type": "notebook", "format": "json", "content": model["content"]}, name)
    if inspect.isawaitable(saved):
        asyncio.run(saved)


def run_again(content: dict) -> None:
    """What a kernel and its front end leave in a notebook beside its outputs."""
    content["metadata"]["language_info"] = KERNEL_INFO
    for cell in content["cells"]:
        if cell["cell_type"] == "code":
            cell["metadata"]["execution"] = {"iopub.execute_input": "2026-01-01T00:00:00Z"}


@pytest.mark.parametrize("path", sorted(paths.NOTEBOOKS.glob("*.ipynb")), ids=lambda path: path.stem)
def test_a_notebook_is_saved_as_it_is_committed(path, manager, tmp_path):
    shutil.copy(path, tmp_path)
    save(manager, path.name, run_again)
    assert (tmp_path / path.name).read_bytes() == path.read_bytes()


def test_other_notebooks_are_saved_as_they_are(manager, tmp_path):
    content = json.loads((paths.NOTEBOOKS / "7-outlook.ipynb").read_text(encoding="utf-8"))
    del content["metadata"]["evaluation"]
    (tmp_path / "other.ipynb").write_text(json.dumps(content), encoding="utf-8")
    save(manager, "other.ipynb", run_again)
    saved = json.loads((tmp_path / "other.ipynb").read_text(encoding="utf-8"))
    assert saved["metadata"]["language_info"] == KERNEL_INFO
