"""Adds figures to figures.csv: checked as a whole in a copy of the package first, then written at once or not at all."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd

from helpers import files as whole
from helpers.collect.judging import Figure
from helpers.errors import UserError
from helpers.language.formatter import Formatter
from helpers.package import files, notebooks, schema, validate
from helpers.package.problem import DataError, Problem
from helpers.package.tables import Tables

DOCUMENT = "collected-workbooks"  # of sources.csv, whose places are cells
COLLECTED = "!"  # in a source: a cell of a workbook, no paragraph of the report


def write_tables(package: Tables, figures: list[Figure]) -> dict[str, bytes]:
    """Files of a package with more figures, by their names: figures.csv, and those that have to name its documents."""
    descriptor = schema.read(package.folder)
    names = schema.resources(descriptor)
    frames = {name: files.read(package.folder / names[name]) for name in ("figures", "platforms")}
    rows = pd.DataFrame([figure.row for figure in figures])
    if not schema.constraints(descriptor, "figures")["sentence"].get("required"):
        rows = rows.assign(sentence="")
    if "sources" in names and figures:
        frames["sources"] = files.read(package.folder / names["sources"])
        _name_documents(package, frames)
        rows = rows.assign(document=DOCUMENT)
    frames["figures"] = _add_rows(package, frames["figures"], rows)
    texts = {names[name]: frame.to_csv(index=False, lineterminator="\n") for name, frame in frames.items()}
    return {
        name: text.encode("utf-8")
        for name, text in texts.items()
        if name == names["figures"] or (figures and _differs(package, name, text))
    }


def _differs(package: Tables, name: str, text: str) -> bool:
    return files.normalize((package.folder / name).read_bytes()) != text.encode("utf-8")


def _add_rows(package: Tables, frame: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Figures of the report in their order, then collected ones by indicator and period."""
    both = (
        pd.concat([frame, rows.reindex(columns=frame.columns, fill_value="")], ignore_index=True)
        if len(rows)
        else frame
    )
    collected = both["source"].str.contains(COLLECTED, regex=False)
    order = {key: number for number, key in enumerate(package.indicators.index)}
    last = both[collected].sort_values(["region", "period", "measure"], kind="stable")
    last = last.sort_values("indicator", key=lambda keys: keys.map(order), kind="stable")
    return pd.concat([both[~collected], last])


def _name_documents(package: Tables, frames: dict[str, pd.DataFrame]) -> None:
    """Workbooks are one more document; where there was one only, its rows may have left its name out."""
    sources = frames["sources"]
    for name in ("figures", "platforms"):
        frame = frames[name]
        if "document" not in frame:
            frame.insert(list(frame).index("source"), "document", "")
        if len(sources) == 1:
            frame["document"] = frame["document"].mask(frame["document"] == "", sources["document"].iloc[0])
    if DOCUMENT not in {*sources["document"]}:
        titles = {f"title_{language}": Formatter(package, language).say("collect.title") for language in ("zh", "en")}
        row = pd.DataFrame([{"document": DOCUMENT} | titles]).reindex(columns=sources.columns, fill_value="")
        frames["sources"] = pd.concat([sources, row], ignore_index=True)


@contextmanager
def copy_with(package: Tables, figures: list[Figure]) -> Iterator[Path]:
    """A copy of a package with more figures, which is removed again."""
    with tempfile.TemporaryDirectory(prefix="import-") as place:
        folder = Path(place) / package.folder.resolve().name
        folder.mkdir()
        tables = schema.resources(schema.read(package.folder))
        for name in (schema.DESCRIPTOR, *tables.values()):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(package.folder / name, folder / name)
        if (package.folder / notebooks.FOLDER).is_dir():
            shutil.copytree(package.folder / notebooks.FOLDER, folder / notebooks.FOLDER)
        for name, content in write_tables(package, figures).items():
            (folder / name).write_bytes(content)
        yield folder


def choose_valid(package: Tables, figures: list[Figure]) -> tuple[list[Figure], list[str]]:
    """Those of some figures with which the package is a good one, and a sentence on each of the others.

    Raises DataError for a problem that none of the figures makes.
    """
    slips: list[str] = []
    while figures:
        with copy_with(package, figures) as folder:
            problems = validate.find_problems(folder, older=True)
            if not problems:
                break
            frame = files.read(folder / schema.resources(schema.read(folder))["figures"])
            wrong = _find_wrong(package, frame, problems, figures)
        if not wrong:
            raise DataError(package.folder, problems)
        slips += [
            f"{figure.place}: {wrong[figure.row['figure']]}" for figure in figures if figure.row["figure"] in wrong
        ]
        figures = [figure for figure in figures if figure.row["figure"] not in wrong]
    return figures, slips


def _find_wrong(package: Tables, frame: pd.DataFrame, problems: list[Problem], figures: list[Figure]) -> dict[str, str]:
    """Sentences by the keys of the figures that make problems; frame: the table of figures that was checked."""
    tables, new = schema.resources(schema.read(package.folder)), {figure.row["figure"] for figure in figures}
    indicators = package.raw["indicators"]["indicator"]
    wrong: dict[str, str] = {}
    for problem in problems:
        if problem.file == tables["figures"] and problem.row in frame.index:
            keys = [frame.at[problem.row, "figure"]]
            if keys[0] not in new:  # a figure that is there already, and has company now
                keys = _find_alike(frame, frame.loc[problem.row], new)
        elif problem.file == tables["indicators"] and problem.row in indicators.index:
            keys = list(frame.loc[frame["indicator"] == indicators[problem.row], "figure"])
        else:
            keys = []
        wrong |= {key: problem.sentence for key in keys if key in new}
    return wrong


def _find_alike(frame: pd.DataFrame, line: pd.Series, new: set[str]) -> list[str]:
    """Keys of new figures of the same thing as a row."""
    same = (frame[["indicator", "measure", "region"]] == line[["indicator", "measure", "region"]]).all(axis=1)
    return [key for key in frame.loc[same, "figure"] if key in new]


def write(package: Tables, figures: list[Figure]) -> Path:
    """Write the files of a package with more figures, all or none. Raises UserError, and then all stay as they were."""
    contents = write_tables(package, figures)
    before = {name: (package.folder / name).read_bytes() for name in contents}
    path = package.folder / schema.resources(schema.read(package.folder))["figures"]
    written = []
    try:
        for name, content in contents.items():
            file = package.folder / name
            whole.write_whole(file, content)
            written.append(name)
    except OSError as error:
        for name in written:
            whole.write_whole(package.folder / name, before[name])
        raise UserError(f"{file}: cannot be written ({error.strerror}); nothing was changed.") from None
    return path
