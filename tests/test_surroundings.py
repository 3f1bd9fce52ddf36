"""Surroundings of a user: whatever they are, pages are the same, byte for byte, and hold no path of the machine."""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
import small

from helpers import paths

pytestmark = pytest.mark.whole

NOWHERE = "/dev/null/x"  # no folder, and none can be made there
UNWRITABLE = dict.fromkeys(("HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "TMPDIR"), NOWHERE)
COMMAND = [sys.executable, "-m", "helpers.cli.verbs", "run", "--years", "2017", "--notebooks", "1-innovation"]


def run(out, umask: int = -1, **environment: str) -> dict[str, bytes]:
    """Pages and executed notebooks of a chapter, which draws pictures, made in some surroundings."""
    given = {
        name: value for name, value in os.environ.items() if not name.startswith(("MPL", "XDG", "IPYTHON", "JUPYTER"))
    }
    command = [*COMMAND, "--languages", "zh", "--out", str(out)]
    options = {"capture_output": True, "text": True, "errors": "replace"}
    done = subprocess.run(command, env=given | environment, umask=umask, **options)
    assert done.returncode == 0, done.stderr
    return small.outputs(out)


@pytest.fixture(scope="module")
def usual(tmp_path_factory, runtime) -> dict[str, bytes]:
    """What comes of the run where nothing is unusual."""
    return run(tmp_path_factory.mktemp("usual"))


@pytest.mark.parametrize(
    "environment",
    [
        UNWRITABLE | {"XDG_RUNTIME_DIR": NOWHERE},
        {"HOME": NOWHERE, "PYTHONHASHSEED": "random"},  # ordinary kernels
        {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": "gbk", "TZ": "Asia/Shanghai"},
    ],
)  # fmt: skip
def test_pages_are_the_same_in_other_surroundings(environment, usual, tmp_path):
    made = run(tmp_path / "汉字 #1%", 0o077, **environment)
    assert [*made] == [*usual]
    assert [name for name in made if made[name] != usual[name]] == []
    for name, content in made.items():
        assert re.findall(rb"/(?:tmp|dev|root|home)/\w+", content) == [], name
        assert str(paths.ROOT).encode() not in content


def test_a_checkout_is_imported_whatever_its_folder_is_called_in_the_encoding_of_the_locale(tmp_path):
    """An environment like the one of `make`, in another folder: links to the real files, and its own *.pth."""
    environment, checkout = Path(sys.prefix), tmp_path / "汉字 #1%"
    installed = Path(sysconfig.get_path("purelib"))
    packages = checkout / ".venv" / installed.relative_to(environment)
    for folder in (packages, checkout / ".venv" / "bin"):
        folder.mkdir(parents=True)
    shutil.copy(environment / "pyvenv.cfg", checkout / ".venv")
    (checkout / ".venv" / "bin" / "python").symlink_to(Path(sys.executable).resolve())
    (checkout / "src").symlink_to(paths.ROOT / "src")
    for path in installed.iterdir():
        shutil.copy(path, packages) if path.suffix == ".pth" else (packages / path.name).symlink_to(path)
    command = [
        checkout / ".venv" / "bin" / "python",
        "-c",
        "import helpers, os; print(ascii(os.fsencode(helpers.__file__)))",
    ]
    locale = {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = subprocess.run(command, env=os.environ | locale, cwd=tmp_path, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == (f"{os.fsencode(checkout / 'src' / 'helpers' / '__init__.py')}\n", "")


@pytest.mark.parametrize("setup", ["", "import logging; logging.basicConfig()"])
def test_what_imports_say_is_no_output(setup):
    code = f"{setup}\nfrom helpers.views import Chapter"
    done = subprocess.run([sys.executable, "-c", code], env=os.environ | UNWRITABLE, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("path", ["", "."])
def test_a_file_helpers_py_does_not_take_the_name_of_our_package(path, tmp_path):
    (tmp_path / "helpers.py").write_text("raise SystemExit('the other one')")
    code = "import helpers.views, sys; print(helpers.__file__); print(sys.path[0])"
    environment = os.environ | {"PYTHONPATH": str(tmp_path) if path else ""}
    done = subprocess.run([sys.executable, "-c", code], env=environment, cwd=tmp_path, capture_output=True, text=True)
    assert (done.stderr, done.stdout) == ("", f"{paths.PACKAGE / '__init__.py'}\n\n")
    command = [
        sys.executable,
        "-m",
        "papermill",
        "--no-progress-bar",
        str(paths.NOTEBOOKS / "7-outlook.ipynb"),
        "out.ipynb",
    ]
    done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("crlf", ["true", "false"])
def test_files_are_checked_out_as_they_are_written(crlf, tmp_path):
    """Whatever git is set to: Windows' default would give CSV files other line ends than the package has."""
    git = ["git", "-c", f"core.autocrlf={crlf}"]
    subprocess.run([*git, "init", "--quiet", str(tmp_path)], check=True)
    shutil.copy(paths.ROOT / ".gitattributes", tmp_path)
    (tmp_path / "a.csv").write_bytes(b"a,b\n")
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n")
    for arguments in (["add", "-A"], ["rm", "--cached", "-q", "--", "a.csv"], ["add", "a.csv"]):
        subprocess.run([*git, *arguments], cwd=tmp_path, check=True, capture_output=True)
    for name in ("a.csv", "a.png"):
        (tmp_path / name).unlink()
    subprocess.run([*git, "checkout", "--", "."], cwd=tmp_path, check=True, capture_output=True)
    assert (tmp_path / "a.csv").read_bytes() == b"a,b\n"
    assert (tmp_path / "a.png").read_bytes() == b"\x89PNG\r\n"
