"""Odd values of options end in a sentence: command lines of `tools/fuzz_options.py` with a fixed seed."""

import importlib.util
from random import Random

import pytest

from helpers import paths

SPEC = importlib.util.spec_from_file_location("fuzz_options", paths.ROOT / "tools" / "fuzz_options.py")
fuzz_options = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(fuzz_options)


@pytest.mark.parametrize("seed", range(4))
def test_odd_options_end_in_a_sentence(seed, tmp_path):
    ends = []
    for number in range(20):
        folder = tmp_path / str(number)
        folder.mkdir()
        ends.append(fuzz_options.try_options(Random(f"{seed}-{number}"), folder))
    assert "refused" in ends
