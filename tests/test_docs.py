"""The documents are true: each command, option, target, notebook, folder and file that they must name is named, and exists."""

import importlib.util
import re
import tomllib
from pathlib import Path

import click
import pytest

from helpers import paths
from helpers.cli import verbs

ROOT = paths.ROOT
READMES = ("README.md", "README.zh.md")
DOCUMENTS = (*READMES, "CONTRIBUTING.md", *sorted(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md")),
             "benchmarks/README.md", "tools/README.md")  # fmt: skip
MOST_BYTES = 6 * 1024  # of a README


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


# --- the command ---------------------------------------------------------------------------------------------------------


def flags(command: click.Command) -> set[str]:
    """Options of a command, those that switch something off too."""
    names = [flag for option in command.params for flag in (*option.opts, *option.secondary_opts)]
    return {flag for flag in names if flag.startswith("--")}


def sections_of_commands() -> dict[str, str]:
    _, *sections = re.split(r"^## evaluate ", text("docs/command.md"), flags=re.MULTILINE)
    return {section.split("\n", 1)[0]: section for section in sections}


def test_each_command_has_a_section():
    assert list(sections_of_commands()) == list(verbs.main.commands)


@pytest.mark.parametrize("verb", verbs.main.commands)
def test_a_section_has_the_options_of_its_command_and_no_other(verb):
    section, command = sections_of_commands()[verb], verbs.main.commands[verb]
    assert set(re.findall(r"`(--[a-z-]+)", section)) == flags(command)
    for argument in command.params:
        if isinstance(argument, click.Argument):
            assert argument.human_readable_name in section.splitlines()[2], argument.name


@pytest.mark.parametrize("document", DOCUMENTS)
def test_commands_in_the_documents_exist_with_their_options(document):
    for verb, rest in re.findall(r"(?:`|bin/)evaluate ([a-z][a-z-]*)([^`#\n]*)", text(document), re.MULTILINE):
        assert verb in verbs.main.commands
        assert set(re.findall(r"--[a-z-]+", rest)) <= flags(verbs.main.commands[verb]), (verb, rest)


# --- targets, notebooks, folders, links ----------------------------------------------------------------------------------


def test_every_make_target_is_documented_and_exists():
    targets = set(re.findall(r"^([a-z-]+):.*##", text("Makefile"), re.MULTILINE)) - {"help"}
    assert set(re.findall(r"^\| `make ([a-z-]+)`", text("docs/howto.md"), re.MULTILINE)) == targets
    for document in DOCUMENTS:
        assert set(re.findall(r"(?:^|`)make ([a-z-]+)", text(document), re.MULTILINE)) <= targets, document


@pytest.mark.parametrize("readme", READMES)
def test_a_readme_is_short(readme):
    assert len(text(readme).encode()) <= MOST_BYTES


@pytest.mark.parametrize("readme", READMES)
def test_a_readme_names_every_notebook(readme):
    named = set(re.findall(r"`([0-9]-[a-z]+|indicator)`", text(readme)))
    assert named == {path.stem for path in paths.NOTEBOOKS.glob("*.ipynb")}


@pytest.mark.parametrize("readme", READMES)
def test_the_map_names_every_folder_of_the_code(readme):
    *_, layers = text(readme).split("| `src/helpers/`" if "zh" in readme else "| folder of `src/helpers/`")
    named = re.findall(r"`([a-z]+)/`", layers)
    assert sorted(named) == sorted(
        path.name for path in paths.PACKAGE.iterdir() if path.is_dir() and path.name[0] != "_"
    )


def test_both_readmes_give_the_same_commands():
    english, chinese = (
        [line.split("#")[0].strip() for block in re.findall(r"```\w+\n(.*?)```", text(readme), re.DOTALL)
         for line in block.replace("language en", "language zh").splitlines()]
        for readme in READMES
    )  # fmt: skip
    assert english == chinese


def anchors(document: Path) -> set[str]:
    """Anchors of the headings of a document, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)", document.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_link_leads_somewhere(document):
    for target, anchor in re.findall(r"\]\(([^)#]*)#?([^)]*)\)", text(document)):
        if "://" not in target:
            path = (ROOT / document).parent / target if target else ROOT / document
            assert path.exists(), target
            assert not anchor or anchor in anchors(path), f"{target}#{anchor}"


@pytest.mark.parametrize("readme", READMES)
def test_pictures_of_the_readme_are_there_small_and_described(readme):
    pictures = re.findall(r'<img src="([^"]+)" width="\d+%" alt="[^"]{10,}">', text(readme))
    assert len(pictures) == text(readme).count("<img") == 3
    for picture in pictures:
        assert (ROOT / picture).stat().st_size < 200_000, picture


@pytest.mark.parametrize("document", DOCUMENTS)
def test_files_named_in_a_document_exist(document):
    names = re.findall(r"`((?:[\w.-]+/)+[\w.-]*|[\w-]+\.py)`", text(document))
    places = [ROOT, paths.PACKAGE, (ROOT / document).parent]
    made = (".venv", "reports/", "failed/")  # not in the repository
    missing = [name for name in names if not name.startswith(made) and not any((p / name).exists() for p in places)]
    assert missing == []


def test_each_step_of_the_walk_of_a_figure_names_a_file():
    steps = re.findall(r"^\d+\. (.*(?:\n   .*)*)", text("CONTRIBUTING.md"), re.MULTILINE)
    assert 8 <= len(steps) <= 12
    for step in steps:
        assert re.search(r"`[\w/.-]+\.\w+`", step), step


# --- dependencies --------------------------------------------------------------------------------------------------------


def locked() -> list[str]:
    """Pinned requirements of the lock, with their markers."""
    return re.findall(r"^([A-Za-z0-9][^\\\n]*?)\s*\\$", text("requirements.lock"), re.MULTILINE)


def environment():
    """The tool that writes environment.yml."""
    spec = importlib.util.spec_from_file_location("environment", ROOT / "tools" / "environment.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_environment_yml_has_the_versions_of_the_lock():
    tool = environment()
    names = {conda: package for package, conda in tool.read_names(ROOT / "tools" / "conda-forge.csv").items() if conda}
    by_conda = re.findall(r"^  - ([\w.-]+)==(\S+)$", text("environment.yml"), re.MULTILINE)
    by_pip = re.findall(r'^      - "([\w.-]+)==(\S+)(?: ; (.*))?"$', text("environment.yml"), re.MULTILINE)
    pinned = [(names[name], version) for name, version in by_conda] + [(name, version) for name, version, _ in by_pip]
    needed = [(name, version) for name, version, marker in tool.read_lock(text("requirements.lock"))
              if tool.count_platforms(marker)]  # fmt: skip
    assert sorted(pinned) == sorted(needed)
    assert not any(name in names.values() for name, _, marker in by_pip if not marker)


def test_environment_yml_is_as_make_lock_writes_it():
    tool = environment()
    names = tool.read_names(ROOT / "tools" / "conda-forge.csv")
    assert text("environment.yml") == tool.format_environment(tool.read_lock(text("requirements.lock")), names)


def test_names_on_conda_forge_are_of_packages_in_the_lock():
    names = environment().read_names(ROOT / "tools" / "conda-forge.csv")
    assert set(names) <= {line.split("==")[0] for line in locked()}


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


def test_the_lock_has_what_only_the_extras_need_in_its_second_part():
    tool, lock = environment(), text("requirements.lock")
    assert tool.sort_lock(lock, tool.read_needed()) == lock
    first, second = (set(re.findall(r"^([\w.-]+)==", part, re.MULTILINE)) for part in lock.split(tool.EXTRAS))
    assert {"jupyterlab", "pandas", "papermill", "rpds-py", "hatchling"} <= first
    assert {"distributed", "fsspec", "greenlet", "playwright", "pytest", "ruff", "uv"} <= second
    assert first & second == set()
    assert f"'/^{tool.EXTRAS[:-2]}/" in text("Makefile")


def test_the_lock_names_no_host():
    assert not re.search(r"https?://|index-url|find-links|file:", text("requirements.lock"))


TRACKED = ("*.py", "*.md", "*.toml", "*.yml", "*.json", "*.csv", "*.cff", "Makefile", ".ci/*", "*.j2", "*.css")


def test_no_file_holds_a_path_of_one_machine():
    for pattern in TRACKED:
        for path in ROOT.rglob(pattern):
            parts = path.relative_to(ROOT).parts
            if parts[0] in (".venv", "reports", ".git") or ".ipynb_checkpoints" in parts:
                continue
            folders = re.findall(r"/(?:home|Users|root|work)/\w+", path.read_text(encoding="utf-8"))
            assert folders == [] or path == Path(__file__), path


def test_licences_of_everything_that_comes_along():
    assert "MIT License" in text("LICENSE")
    assert "SIL OPEN FONT LICENSE" in (paths.FONTS / "OFL.txt").read_text(encoding="utf-8")
