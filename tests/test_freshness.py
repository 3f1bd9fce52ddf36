"""Freshness: what is made again after a change, and what is left alone."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import small
from small import ALL, BOTH, evaluate, listed, outputs, ran

from helpers import paths
from helpers.batch import fingerprint

pytestmark = [pytest.mark.kernel, pytest.mark.usefixtures("nothing_left")]


def changed(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


@pytest.mark.parametrize(
    ("file", "old", "new", "stale", "reasons"),
    [
        ("sources/reads.ipynb", "print(year", "print(1, year", BOTH, ["its code has changed"]),
        ("sources/reads.ipynb", "year: int = 2017", "year: int = 2018", BOTH,
         ["its code has changed", "its parameters have changed"]),
        ("sources/reads.ipynb", "# a year", "# any year", BOTH, ["its code has changed"]),
        ("sources/reads.ipynb", '"metadata": {"kernelspec"', '"metadata": {"evaluation": {"view": "audit"}, "kernelspec"', BOTH,
         ["its code has changed"]),
        ("sources/across.ipynb", "all years", "any year", ["across_zh"], ["its code has changed"]),
        ("data/reads.txt", "rows", "other rows", BOTH, ["its data has changed"]),
        ("data/other.txt", "rows", "more rows", [], []),
        ("sources/reads.ipynb", "Old heading", "New heading", [], []),
    ],
)  # fmt: skip
def test_a_change_makes_only_the_affected_runs_stale(file, old, new, stale, reasons, three, sources, tmp_path):
    years = [2017, 2018]
    assert listed(sources, three, years=years) == dict.fromkeys(ALL, "fresh")
    changed(tmp_path / file, old, new)
    status = f"stale: {', '.join(reasons)}"
    assert listed(sources, three, years=years) == dict.fromkeys(ALL, "fresh") | dict.fromkeys(stale, status)
    assert ran(sources, three, years=years).executed == set(stale)
    assert listed(sources, three, years=years) == dict.fromkeys(ALL, "fresh")
    ran(sources, tmp_path / "new", years=years)
    assert outputs(three) == outputs(tmp_path / "new")


@pytest.mark.parametrize(
    ("part", "reason"),
    [
        ("helpers", "the helpers have changed"),
        ("versions", "installed packages have changed"),
        ("python", "Python has changed"),
    ],
)
def test_new_helpers_versions_or_python_make_every_run_stale(part, reason, three, sources, monkeypatch):
    monkeypatch.setattr(fingerprint, f"digest_{part}", lambda: "another")
    assert listed(sources, three, years=[2017, 2018]) == dict.fromkeys(ALL, f"stale: {reason}")


def test_new_sources_are_run_and_new_templates_make_pages(three, sources, tmp_path):
    """A copy of the sources, and a package installed beside, for real."""
    copy, beside = tmp_path / "src", tmp_path / "site-packages"
    shutil.copytree(paths.PACKAGE, copy / "helpers", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(paths.ROOT / "requirements.lock", tmp_path)
    beside.mkdir()
    environment = {"PYTHONPATH": os.pathsep.join([str(copy), str(beside)])}
    options = ["run", "--out", three, "--years", "2017,2018", "--languages", "zh"]

    def did() -> tuple[int, int]:
        """Runs executed, pages made."""
        (tmp_path / "log").unlink(missing_ok=True)
        result = evaluate(sources, *options, "--log", tmp_path / "log", environment=environment)
        assert result.code == 0, result.err
        log = (tmp_path / "log").read_text()
        return log.count("succeeded in"), log.count("page made")

    assert did() == (0, 0)
    changed(copy / "helpers" / "cli" / "console.py", "never run", "not run")
    assert did() == (0, 0)
    changed(
        copy / "helpers" / "pages" / "templates" / "page" / "index.html.j2",
        '<main id="content">',
        '<main id="content" class="other">',
    )
    assert did() == (0, 3)
    assert all(b'class="other"' in outputs(three)[f"{name}.html"] for name in ALL)
    changed(copy / "helpers" / "numbers" / "token.py", '"""', '"""A change. ')
    assert did() == (3, 3)
    (beside / "extra-1.0.dist-info").mkdir()
    assert did() == (3, 3)
    assert did() == (0, 0)


def test_a_change_of_prose_only_makes_the_page_again(three, sources, tmp_path):
    changed(sources / "reads.ipynb", "Old heading", "New heading")
    done = ran(sources, three, years=[2017, 2018])
    assert (done.executed, done.made) == (set(), set(BOTH))
    for name in BOTH:
        assert b"New heading" in outputs(three)[f"{name}.html"]
        assert b"New heading" in outputs(three)[f"notebooks/{name}.ipynb"]
    assert ran(sources, three, years=[2017, 2018]).events == []


SPOILS = {
    "edited": lambda path: path.write_bytes(path.read_bytes().replace(b"2017", b"2071")),
    "cut off": lambda path: path.write_bytes(path.read_bytes()[:1000]),
    "deleted": Path.unlink,
    "replaced by a pipe": lambda path: (path.unlink(), os.mkfifo(path)),
}


@pytest.mark.parametrize("how", SPOILS)
@pytest.mark.parametrize(
    ("file", "executed", "made"),
    [
        ("notebooks/reads_2017_zh.ipynb", ["reads_2017_zh"], ["reads_2017_zh"]),
        ("reads_2017_zh.html", [], ["reads_2017_zh"]),
        ("index.html", [], []),
    ],
)
def test_a_damaged_output_is_made_again(file, executed, made, how, three, sources):
    before = outputs(three)
    SPOILS[how](three / file)
    assert outputs(three) != before
    status = "stale: its output is missing or was changed" if executed else "fresh"
    assert listed(sources, three, years=[2017, 2018])["reads_2017_zh"] == status
    done = ran(sources, three, years=[2017, 2018])
    assert (done.executed, done.made) == (set(executed), set(made))
    assert outputs(three) == before


def test_fresh_outputs_are_left_alone(three, sources):
    before = {path: path.stat().st_mtime_ns for path in three.rglob("*")}
    done = ran(sources, three, years=[2017, 2018])
    assert (done.executed, done.events) == (set(), [])
    assert {path: path.stat().st_mtime_ns for path in three.rglob("*")} == before


def test_two_executions_give_the_same_bytes(three, sources, tmp_path):
    sets = "print({chr(97 + number) for number in range(26)}, hash('text'))"
    small.notebook(sources / "sets.ipynb", small.OPENING, sets, "1 / 3")
    for name in ("one", "two"):
        ran(sources, tmp_path / name, years=[2018])
    first = outputs(tmp_path / "one")
    assert len(first) == 3 + 3 + 1
    assert first == outputs(tmp_path / "two")
    for name, content in first.items():
        assert str(tmp_path).encode() not in content, name
        assert b"papermill" not in content, name


HEAVY = {
    "IPython", "distributed", "filelock", "jinja2", "lxml", "matplotlib", "mistune", "nbclient", "nbconvert", "nbformat",
    "numpy", "pandas", "papermill", "psutil", "tqdm", "xlsxwriter",
}  # fmt: skip


def test_a_batch_with_nothing_to_do_writes_and_imports_nothing(tmp_path):
    """The project's own notebooks and data; what they make is the same in two folders."""
    code = "import sys\nfrom helpers.cli import verbs\ntry:\n    verbs.main()\nfinally:\n    print(*sys.modules)"
    options = ["run", "--notebooks", "7-outlook", "--languages", "en", "--out"]

    def run(out: str) -> list[str]:
        """What is said; the last line are the modules that were imported."""
        command = [sys.executable, "-c", code, *options, out]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="utf-8", timeout=small.PATIENCE)
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()

    for out in ("one", "two"):
        assert run(out)[0] == f"1 of 1 runs succeeded; {out}/index.html"
    assert outputs(tmp_path / "one") == outputs(tmp_path / "two")
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "one").rglob("*.*")}
    lines = run("one")
    assert lines[0] == "1 of 1 runs succeeded, 1 of them fresh already; one/index.html"
    assert HEAVY & set(lines[-1].split()) == set()
    after = {path: path.stat().st_mtime_ns for path in (tmp_path / "one").rglob("*.*")}
    assert {path.name for path in before if before[path] != after[path]} == {"runs.json"}  # it tells of the last batch
