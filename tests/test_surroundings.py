"""Surroundings of a user: whatever they are, pages are the same, byte for byte, and hold no path of the machine."""

import os
import re
import subprocess
import sys

import pytest
import small

from helpers import paths

NOWHERE = "/dev/null/x"  # no folder, and none can be made there
UNWRITABLE = dict.fromkeys(("HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "TMPDIR"), NOWHERE)
COMMAND = [sys.executable, "-m", "helpers.cli.verbs", "run", "--years", "2017", "--notebooks", "1-innovation"]


def run(out, *options: str, cwd=None, **environment: str) -> dict[str, bytes]:
    """Pages and executed notebooks of a chapter, which draws pictures, made in some surroundings."""
    given = {
        name: value for name, value in os.environ.items() if not name.startswith(("MPL", "XDG", "IPYTHON", "JUPYTER"))
    }
    command = [*COMMAND, "--languages", "zh", "--out", str(out), *options]
    done = subprocess.run(command, env=given | environment, cwd=cwd, capture_output=True, text=True, errors="replace")
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
    made = run(tmp_path / "汉字 #1%", **environment)
    assert [*made] == [*usual]
    assert [name for name in made if made[name] != usual[name]] == []
    for name, content in made.items():
        assert re.findall(rb"/(?:tmp|dev|root|home)/\w+", content) == [], name
        assert str(paths.ROOT).encode() not in content


@pytest.mark.parametrize("setup", ["", "import logging; logging.basicConfig()"])
def test_what_imports_say_is_no_output(setup):
    code = f"{setup}\nfrom helpers.views import Chapter"
    done = subprocess.run([sys.executable, "-c", code], env=os.environ | UNWRITABLE, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
