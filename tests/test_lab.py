"""JupyterLab for real: an analyst opens a chapter, sets another year, runs all cells, and sees another table and picture."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import closing

import pytest

from helpers import paths

PATIENCE = 120_000  # ms that something in JupyterLab may take on a busy machine
TRIES = 3
SHOWN = ("h1", "#scoreboard", "#pic-2\\.3-earlier svg")


@pytest.fixture
def lab(chromium, tmp_path):
    """Address of a JupyterLab of this environment on loopback, with a copy of a chapter; it leaves no file behind."""
    notebooks = tmp_path / "notebooks"
    notebooks.mkdir()
    shutil.copy(paths.NOTEBOOKS / "2-integration.ipynb", notebooks)
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    own = {f"JUPYTER_{place}_DIR": str(tmp_path / place.lower()) for place in ("CONFIG", "DATA", "RUNTIME")}
    own |= {
        "JUPYTERLAB_SETTINGS_DIR": str(tmp_path / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(tmp_path / "spaces"),
    }
    whole = tmp_path / "settings" / "@jupyterlab" / "notebook-extension" / "tracker.jupyterlab-settings"
    whole.parent.mkdir(parents=True)
    whole.write_text('{"windowingMode": "none"}')  # cells that are not in sight are in the page too
    environment = os.environ | own | {"HOME": str(tmp_path)}
    trust = [sys.executable, "-m", "jupyter", "trust", str(notebooks / "2-integration.ipynb")]  # as `make lab` does
    subprocess.run(trust, env=environment, check=True, capture_output=True)
    options = [f"--ServerApp.port={port}", "--ServerApp.port_retries=0", "--ServerApp.ip=127.0.0.1", "--no-browser"]
    options += ["--IdentityProvider.token=", "--allow-root", f"--ServerApp.root_dir={notebooks}"]
    options += ["--LabApp.news_url=None", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
    with (tmp_path / "log").open("wb") as log:
        command = [sys.executable, "-m", "jupyterlab", *options]
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    address = f"http://127.0.0.1:{port}"
    try:
        yield waited_for(server, address, tmp_path / "log")
    finally:
        ended(server)


def waited_for(server: subprocess.Popen, address: str, log) -> str:
    """The address, once something answers there."""
    until = time.monotonic() + PATIENCE / 1000
    while time.monotonic() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/api", timeout=5) as answer:
                assert "version" in json.load(answer)
            return address
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"JupyterLab does not answer:\n{log.read_text()[-2000:]}")


def ended(server: subprocess.Popen) -> None:
    """The server and its kernels are gone."""
    import psutil

    children = psutil.Process(server.pid).children(recursive=True) if server.poll() is None else []
    server.terminate()
    try:
        server.wait(20)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
    for left in psutil.wait_procs(children, 10)[1]:
        left.kill()


def run_all(page, notebook, heading: str) -> None:
    """Run all cells until the first heading is another one; again where JupyterLab has dropped what it was to run.

    It drops it when it connects to the kernel anew, as it may on a busy machine: no cell has an output or waits then.
    """
    from playwright.sync_api import expect

    for _ in range(TRIES):
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        waiting = notebook.locator(".jp-InputPrompt", has_text="[*]").first
        shown = notebook.locator(".jp-RenderedHTML h1").first
        expect(waiting.or_(shown).first).to_be_visible(timeout=PATIENCE)
        expect(waiting).to_have_count(0, timeout=PATIENCE)
        if shown.count() and shown.text_content() != heading:
            return


def test_a_chapter_run_for_another_year_shows_another_table_and_picture(lab, browser):
    from playwright.sync_api import expect

    page = browser.new_page(viewport={"width": 1400, "height": 1000})
    page.set_default_timeout(PATIENCE)
    page.goto(f"{lab}/lab/tree/2-integration.ipynb?reset")
    notebook = page.locator(".jp-NotebookPanel:visible")
    notebook.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").wait_for()

    def shown() -> list[str]:
        """Heading, table and picture of the year, as they stand in the outputs."""
        outputs = notebook.locator(".jp-RenderedHTML")
        return [outputs.locator(what).first.text_content() for what in SHOWN]

    before = shown()
    year = notebook.locator(".cm-line", has_text="year: int = 2017")
    year.click()
    page.keyboard.press("Home")
    page.keyboard.press("Shift+End")
    page.keyboard.insert_text("year: int = 2018")
    run_all(page, notebook, before[0])
    for what, old in zip(SHOWN, before, strict=True):
        expect(notebook.locator(f".jp-RenderedHTML {what}").first).not_to_have_text(old, timeout=PATIENCE)
    assert "2018" in notebook.locator(".jp-RenderedHTML .kicker").first.text_content()
    assert notebook.locator(".jp-RenderedText[data-mime-type*=error]").count() == 0
    page.close()
