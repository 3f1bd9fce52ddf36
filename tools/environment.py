"""Sort requirements.lock, and write environment.yml: the same versions, from conda-forge where it has them, else by pip.

`make lock` calls it. The second part of the lock is what only the extras need; `make report` installs the first part alone.
conda-forge.csv, beside this file, has the name of each package there; a package without a name comes by pip, and so does one
that only some platforms need, as conda knows no markers. docs/howto.md says what was checked.
"""

import csv
import re
import sys
import tomllib
from pathlib import Path

from packaging.markers import Marker

from helpers.batch.fingerprint import EXTRAS

ROOT = Path(__file__).parents[1]
PYTHON = "3.11"
PLATFORMS = (
    {"sys_platform": "linux", "os_name": "posix", "platform_system": "Linux"},
    {"sys_platform": "darwin", "os_name": "posix", "platform_system": "Darwin"},
    {"sys_platform": "win32", "os_name": "nt", "platform_system": "Windows"},
)
HEAD = f"""\
# For conda and Binder: the versions of requirements.lock. Written by `make lock`; docs/howto.md says how it was checked.
name: internet-plus-evaluation
channels:
  - conda-forge
dependencies:
  - python={PYTHON}
  - pip
"""


def read_needed() -> set[str]:
    """Names of the packages that an installation without extras asks for, with what builds the package itself."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["build"]]
    return {re.match(r"[\w.-]+", dependency)[0] for dependency in wanted}


def sort_lock(text: str, needed: set[str]) -> str:
    """The lock in two parts: the packages needed with all that they need, then what only the extras need."""
    blocks = {block: block.partition("==")[0] for block in re.findall(r"^\w.*\n(?: .*\n)+", text, re.MULTILINE)}
    parents = {block: {*re.findall(r"^    #(?: via |   )([\w.-]+)", block, re.MULTILINE)} for block in blocks}
    while more := {name for block, name in blocks.items() if parents[block] & needed} - needed:
        needed = needed | more
    parts = ["".join(block for block, name in blocks.items() if (name in needed) is first) for first in (True, False)]
    return EXTRAS.join(parts)


def read_lock(text: str) -> list[tuple[str, str, str]]:
    """Name, version and marker of each line of a lock."""
    pins = re.findall(r"^([A-Za-z0-9][^\\\n]*?)\s*\\$", text, re.MULTILINE)
    return [re.fullmatch(r"([\w.-]+)==([^ ]+)(?: ; (.*))?", pin).groups(default="") for pin in pins]


def read_names(file: Path) -> dict[str, str]:
    """Name of a package on conda-forge, by its name on PyPI; empty where pip brings it."""
    with file.open(encoding="utf-8", newline="") as handle:
        return {row["package"]: row["conda"] for row in csv.DictReader(handle)}


def count_platforms(marker: str) -> int:
    """On how many of the three platforms a marker holds, with the environment's Python."""
    python = {"python_version": PYTHON, "python_full_version": f"{PYTHON}.9", "implementation_name": "cpython"}
    return sum(not marker or Marker(marker).evaluate(platform | python) for platform in PLATFORMS)


def format_environment(pins: list[tuple[str, str, str]], names: dict[str, str]) -> str:
    """The text of environment.yml."""
    conda, pip = [], []
    for name, version, marker in sorted(pins):
        platforms = count_platforms(marker)
        if platforms == len(PLATFORMS) and names.get(name):
            conda.append(f"  - {names[name]}=={version}\n")
        elif platforms == len(PLATFORMS):
            pip.append(f'      - "{name}=={version}"\n')
        elif platforms:
            pip.append(f'      - "{name}=={version} ; {marker}"\n')
    return "".join([HEAD, *conda, "  - pip:\n", *pip, "      - --editable .\n"])


def main() -> None:
    names = read_names(Path(__file__).with_name("conda-forge.csv"))
    file = ROOT / "requirements.lock"
    lock = sort_lock(file.read_text(encoding="utf-8"), read_needed())
    file.write_text(lock, encoding="utf-8", newline="\n")
    pins = read_lock(lock)
    for name, _, marker in pins:
        if name not in names and count_platforms(marker) == len(PLATFORMS):
            print(f"{name}: not in tools/conda-forge.csv, pip brings it; add its name on conda-forge", file=sys.stderr)
    (ROOT / "environment.yml").write_text(format_environment(pins, names), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
