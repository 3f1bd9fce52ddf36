"""Places of outputs: a full disk, a folder that cannot be written, a folder of another package, the sources themselves."""

import contextlib
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import small
from small import ONE_YEAR, TWO_YEARS, evaluate, executions, outputs

pytestmark = [pytest.mark.kernel, pytest.mark.usefixtures("nothing_left")]


def mounting() -> list[str]:
    """The beginning of a command that may mount what nobody else sees; nothing where that is not permitted."""
    for options in (["--mount"], ["--user", "--map-root-user", "--mount"]):
        command = ["unshare", *options]
        with contextlib.suppress(OSError):
            if subprocess.run([*command, "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True).returncode == 0:
                return command
    return []


FULL = """
{none}
"$@"; echo "code $?"
{few}
"$@"; echo "code $?"
find "$OUT"
{many}
"$@"; echo "code $?"
cp -r "$OUT/." "$KEPT"
"""


def in_shell(script: str, sources: Path, *arguments: str, **variables) -> subprocess.CompletedProcess:
    """Run a script that may mount; `$@` in it is `evaluate` with some arguments over small notebooks."""
    command = [
        *mounting(),
        "sh",
        "-c",
        script,
        "sh",
        sys.executable,
        small.__file__,
        str(sources),
        *map(str, arguments),
    ]
    environment = os.environ | {name: str(value) for name, value in variables.items()}
    return subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", timeout=small.PATIENCE)


def test_a_full_disk_is_reported_in_a_sentence(sources, out, tmp_path):
    """No room for a record, then none for all notebooks, then enough. Files are limited in size where nothing can be mounted."""
    for name in "abcd":
        cells = [small.counted(tmp_path / "log", name), f"print('x' * {60 << 10})", small.OPENING]
        small.notebook(sources / f"{name}.ipynb", *cells)
    assert evaluate(sources, "run", "--out", tmp_path / "calm", *TWO_YEARS).code == 0
    (tmp_path / "log").unlink()
    out.mkdir()
    if mounting():
        none, few, many = (
            f'mount -o {how} none "$OUT"' for how in ("size=16k -t tmpfs", "remount,size=300k", "remount,size=16M")
        )
    else:
        none, few, many = "ulimit -S -f 8", "ulimit -S -f 80", "ulimit -S -f unlimited"
    script, options = FULL.format(none=none, few=few, many=many), [*TWO_YEARS, "--kernel", "python3"]
    result = in_shell(script, sources, "run", "--out", out, *options, OUT=out, KEPT=tmp_path / "kept")
    reasons = r"(No space left on device|the record of runs cannot be written \(.*\)|File too large)"
    assert len(re.findall(rf"(?m)^{out}.*: {reasons}$", result.stderr)) == 2, result.stderr
    assert "Traceback" not in result.stderr
    assert re.findall(r"code \d+", result.stdout) == ["code 2", "code 2", "code 0"]
    assert "/.part-" not in result.stdout
    assert outputs(tmp_path / "kept") == outputs(tmp_path / "calm")
    assert small.unfinished(tmp_path / "kept") == []
    done = executions(tmp_path / "log")
    assert len(done) == 8
    assert done.total() <= 8 + 2 + 2  # what was under way, or did not fit


def test_a_folder_that_cannot_be_made_is_reported_in_a_sentence(sources, tmp_path):
    small.notebook(sources / "a.ipynb", small.OPENING)
    (tmp_path / "file").write_text("a file")
    for place, reason in {
        tmp_path / "file" / "out": "Not a directory",
        Path("/proc/no/out"): "No such file or directory",
    }.items():
        result = evaluate(sources, "run", "--out", place, *ONE_YEAR)
        assert (result.code, result.out) == (2, "")
        assert re.fullmatch(rf"({place}|{place.parent}).*: {reason}\n", result.err)


def test_a_read_only_folder_is_reported_in_a_sentence(sources, out):
    small.notebook(sources / "a.ipynb", small.OPENING)
    assert evaluate(sources, "run", "--out", out, *ONE_YEAR).code == 0
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    small.notebook(sources / "a.ipynb", small.OPENING, small.PRINTS)
    if mounting():
        script = 'mount --bind "$OUT" "$OUT"; mount -o remount,bind,ro "$OUT"; "$@"; echo "code $?"'
    else:
        obeying = "setpriv --bounding-set=-dac_override" if os.getuid() == 0 else ""  # root may write everywhere
        script = f'chmod -R a-w "$OUT"; {obeying} "$@"; echo "code $?"; chmod -R u+w "$OUT"'
    result = in_shell(script, sources, "run", "--out", out, *ONE_YEAR, OUT=out)
    assert re.fullmatch(rf"{out}.*: (Read-only file system|Permission denied)\n", result.stderr)
    assert result.stdout == "code 2\n"
    assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before
    assert evaluate(sources, "run", "--out", out, *ONE_YEAR).code == 0


@pytest.mark.parametrize(
    ("file", "reason"),
    [("/dev/full", "No space left on device"), ("/no/such/folder/log", "No such file or directory")],
)
def test_a_log_that_cannot_be_written_is_reported_in_a_sentence(file, reason, sources, tmp_path):
    small.notebook(sources / "a.ipynb", small.OPENING)
    result = evaluate(sources, "run", "--out", tmp_path / "one", *ONE_YEAR, "--log", file)
    assert (result.code, result.sentence) == (2, f"{file}: {reason}")
    assert "Traceback" not in result.err
    result = evaluate(sources, "run", "--out", tmp_path / "two", *ONE_YEAR, environment={"GITHUB_STEP_SUMMARY": file})
    assert (result.code, result.sentence) == (2, f"{file}: {reason}")
    assert "Traceback" not in result.err
    assert "1 of 1 runs succeeded" in result.out


def test_a_folder_holds_pages_of_one_package_only(sources, out, tmp_path):
    small.notebook(sources / "a.ipynb", small.READS)
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.txt").write_text(f"rows of {name}")
    run = ["run", "--out", out, *ONE_YEAR, "--data"]
    assert evaluate(sources, *run, tmp_path / "one").code == 0
    before = outputs(out)
    assert b"rows of one" in before["notebooks/a_2017_zh.ipynb"]
    for other, value in {"--data": tmp_path / "two", "": ""}.items():
        result = evaluate(sources, *(run[:-1] if not other else run), *([value] if value else []))
        held = f"holds pages of another data package ({tmp_path / 'one'}); choose another --out."
        assert result == (2, "", f"{out}: {held}\n")
    assert outputs(out) == before


@pytest.mark.parametrize("spelt", ["{}", "file://{}", "{}/notebooks/..", "link"])
def test_executed_notebooks_do_not_replace_the_notebooks_themselves(spelt, tmp_path):
    sources = tmp_path / "project" / "notebooks"
    before = small.notebook(sources / "a.ipynb", small.PRINTS).read_bytes()
    (tmp_path / "link").symlink_to(tmp_path / "project")
    place = str(tmp_path / "link") if spelt == "link" else spelt.format(tmp_path / "project")
    result = evaluate(sources, "run", "--out", place, *ONE_YEAR)
    assert (result.code, result.out) == (2, "")
    assert result.err.endswith(": executed notebooks would replace the notebooks themselves; choose another --out.\n")
    assert {path.name: path.read_bytes() for path in sources.iterdir()} == {"a.ipynb": before}
    assert [path.name for path in sources.parent.iterdir()] == ["notebooks"]
