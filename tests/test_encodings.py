"""Encodings of streams: what programs read is UTF-8, what people read has another sign for one that the encoding lacks."""

import json
import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.whole


def evaluate(*arguments: str, encoding: str = "", **environment: str) -> subprocess.CompletedProcess:
    """The command line with an encoding of its streams; its output as bytes."""
    given = {key: value for key, value in os.environ.items() if key not in ("PYTHONIOENCODING", "PYTHONUTF8")}
    given |= environment | ({"PYTHONIOENCODING": encoding} if encoding else {})
    command = [sys.executable, "-m", "helpers.cli.verbs", *arguments]
    return subprocess.run(command, capture_output=True, env=given)


@pytest.mark.parametrize(("form", "encoding"), [("csv", "gbk"), ("json", "utf-16")])
def test_what_programs_read_is_utf_8_whatever_the_encoding_of_the_streams_is(form, encoding):
    done = evaluate("audit", "--format", form, "--verdict", "contradiction", encoding=encoding)
    old = {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    other = evaluate("audit", "--format", form, "--verdict", "contradiction", **old)
    assert (done.returncode, done.stdout, done.stderr) == (1, other.stdout, b"")
    assert "网络零售额" in done.stdout.decode("utf-8")
    assert form == "csv" or json.loads(done.stdout)


@pytest.mark.parametrize(
    ("arguments", "code"), [(["audit"], 1), (["check", "⊂没有"], 2), (["template", "--help"], 0), (["⊂"], 2)]
)
def test_what_people_read_has_another_sign_for_one_that_is_lacking(arguments, code):
    done = evaluate(*arguments, encoding="latin-1")
    assert (done.returncode, b"Traceback" in done.stderr) == (code, False)
    assert done.stdout or done.stderr
