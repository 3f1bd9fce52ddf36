"""The documents are true: every command, option, target, table and module they must name is named, and exists."""

import re
import tomllib
from pathlib import Path

import click
import pytest

from helpers import paths
from helpers.cli import verbs

ROOT = paths.ROOT
READMES = ("README.md", "README.zh.md")


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def flags(command: click.Command) -> list[str]:
    """Options of a command, those that switch something off too."""
    return [flag for option in command.params for flag in (*option.opts, *option.secondary_opts) if flag[:2] == "--"]


@pytest.mark.parametrize("readme", READMES)
def test_every_command_and_option_is_in_the_readme(readme):
    for verb, command in verbs.main.commands.items():
        assert f"`evaluate {verb}" in text(readme), verb
        for flag in flags(command):
            assert f"`{flag}" in text(readme), flag


@pytest.mark.parametrize("readme", READMES)
def test_every_command_in_the_readme_exists(readme):
    assert set(re.findall(r"`evaluate (\w+)", text(readme))) == set(verbs.main.commands)
    known = {flag for command in verbs.main.commands.values() for flag in flags(command)}
    assert set(re.findall(r"`(--[a-z-]+)", text(readme))) <= known | {"--help"}


@pytest.mark.parametrize("readme", READMES)
def test_every_make_target_is_in_the_readme_and_the_other_way_round(readme):
    targets = set(re.findall(r"^([a-z-]+):.*##", text("Makefile"), re.MULTILINE)) - {"help"}
    named = re.findall(r"^make ([a-z-]+)|`make ([a-z-]+)`", text(readme), re.MULTILINE)
    assert {first or second for first, second in named} == targets


@pytest.mark.parametrize("readme", READMES)
def test_every_notebook_module_and_link_of_the_readme_exists(readme):
    for path in paths.NOTEBOOKS.glob("*.ipynb"):
        assert f"`{path.stem}`" in text(readme) or "1-innovation" < path.stem < "5-foundations", path.stem
    for path in paths.PACKAGE.iterdir():
        if path.name.startswith("__"):
            continue
        assert path.name.removesuffix(".py") in text(readme).split("src/helpers/")[-1], path.name
    for target in re.findall(r"\]\(([^)#]+)\)", text(readme)):
        assert "://" in target or (ROOT / target).exists(), target


@pytest.mark.parametrize("readme", READMES)
def test_pictures_of_the_readme_are_there_small_and_described(readme):
    pictures = re.findall(r'<img src="([^"]+)" width="\d+%" alt="[^"]{10,}">', text(readme))
    assert len(pictures) == text(readme).count("<img") == 3
    for picture in pictures:
        assert (ROOT / picture).stat().st_size < 200_000, picture


def test_contributing_names_existing_files():
    for name in re.findall(r"`([\w/.-]+\.(?:py|csv|json|md|toml))`", text("CONTRIBUTING.md")):
        places = [ROOT / name, ROOT / "data" / name, paths.PACKAGE / name]
        assert any(place.exists() for place in places) or list(paths.ROOT.glob(f"src/**/{name}")), name


def locked() -> list[str]:
    """Pinned requirements of the lock, with their markers."""
    return re.findall(r"^([A-Za-z0-9][^\\\n]*?)\s*\\$", text("requirements.lock"), re.MULTILINE)


def test_environment_yml_has_the_versions_of_the_lock():
    pinned = re.findall(r'^      - "(.*)"$', text("environment.yml"), re.MULTILINE)
    assert pinned == locked()


def test_every_dependency_is_locked_with_hashes_and_has_its_reason():
    project = tomllib.loads(text("pyproject.toml"))["project"]
    wanted = [*project["dependencies"], *(d for extra in project["optional-dependencies"].values() for d in extra)]
    for dependency in wanted:
        name = re.match(r"[\w.-]+", dependency)[0]
        assert any(line.startswith(f"{name}==") for line in locked()), name
        if name != "pytest":
            reason = re.search(re.escape(f'"{dependency}",') + r"\s+# \S+", text("pyproject.toml"))
            assert reason, f"{name} has no reason"
    assert text("requirements.lock").count("--hash=sha256:") > len(locked())


def test_the_lock_names_no_host():
    assert not re.search(r"https?://|index-url|find-links|file:", text("requirements.lock"))


TRACKED = ("*.py", "*.md", "*.toml", "*.yml", "*.json", "*.csv", "*.cff", "Makefile", ".ci/run", "*.j2", "*.css")


def test_no_file_holds_a_path_of_one_machine():
    for pattern in TRACKED:
        for path in ROOT.rglob(pattern):
            parts = path.relative_to(ROOT).parts
            if parts[0] in (".venv", "reports", ".git") or ".ipynb_checkpoints" in parts:
                continue
            found = re.findall(r"/(?:home|Users|root|work)/\w+", path.read_text(encoding="utf-8"))
            assert found == [] or path == Path(__file__), path


def test_licences_of_everything_that_comes_along():
    assert "MIT License" in text("LICENSE")
    assert "SIL OPEN FONT LICENSE" in (paths.FONTS / "OFL.txt").read_text(encoding="utf-8")
