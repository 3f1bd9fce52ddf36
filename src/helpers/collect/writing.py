"""Adds figures to figures.csv: checked as a whole in a copy of the package first, then written at once or not at all."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pandas as pd

from helpers import files as whole
from helpers.collect.citing import ENDS_WITH_CELL, title_workbook
from helpers.collect.judging import Figure
from helpers.errors import UserError
from helpers.package import documents, files, notebooks, schema, validate
from helpers.package.problem import DataError, Problem
from helpers.package.tables import Tables


def write_tables(package: Tables, figures: list[Figure]) -> dict[str, bytes]:
    """Files of a package with more figures: figures.csv, and sources.csv where a workbook is a new document."""
    paths = schema.resources(schema.read(package.folder))
    frames = {name: files.read(package.folder / path) for name, path in paths.items() if name in CHANGED}
    frames["figures"] = _add_figures(package, frames["figures"], figures)
    if "sources" in frames:
        held = frames["sources"]
        named = {figure.row["document"]: figure.place for figure in figures}
        new = {key: title_workbook(place) for key, place in named.items() if key not in {*held["document"]}}
        titles = [{"document": key, "title_zh": title, "title_en": title} for key, title in new.items()]
        if titles:  # a row that names no document means the only one there was
            frames |= {
                name: documents.name_only(frames[name], held) for name in ("figures", "platforms") if name in frames
            }
            added = pd.DataFrame(titles).reindex(columns=held.columns, fill_value="")
            frames["sources"] = pd.concat([held, added], ignore_index=True)
    return {
        paths[name]: frame.to_csv(index=False, lineterminator="\n").encode("utf-8")
        for name, frame in frames.items()
        if name == "figures" or not frame.equals(files.read(package.folder / paths[name]))
    }


CHANGED = ("figures", "platforms", "sources")


def _add_figures(package: Tables, frame: pd.DataFrame, figures: list[Figure]) -> pd.DataFrame:
    """figures.csv with more figures: those of the report in their order, then collected ones by indicator and period."""
    if not figures:
        return frame
    rows = pd.DataFrame([figure.row for figure in figures]).reindex(columns=frame.columns, fill_value="")
    both = pd.concat([frame, rows], ignore_index=True)
    collected = both["source"].str.contains(ENDS_WITH_CELL) | both["note"].str.contains(ENDS_WITH_CELL)
    order = {key: number for number, key in enumerate(package.indicators.index)}
    last = both[collected].sort_values(["region", "period", "measure"], kind="stable")
    last = last.sort_values("indicator", key=lambda keys: keys.map(order), kind="stable")
    return pd.concat([both[~collected], last])


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
        for path, content in write_tables(package, figures).items():
            (folder / path).write_bytes(content)
        yield folder


def choose_valid(package: Tables, figures: list[Figure]) -> tuple[list[Figure], list[str]]:
    """Those of some figures with which the package is a good one, and a sentence on each of the others.

    Raises DataError for a problem that none of the figures makes.
    """
    slips: list[str] = []
    while figures:
        with copy_with(package, figures) as folder:
            problems = validate.find_problems(folder, lenient=True)
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
    """Write more figures into a package; returns figures.csv. Raises UserError, and then the package stays as it was."""
    contents = write_tables(package, figures)
    held = {path: (package.folder / path).read_bytes() for path in contents}
    try:
        for path, content in contents.items():
            whole.write_whole(package.folder / path, content)
    except OSError as error:
        with suppress(OSError):
            for path, content in held.items():
                whole.write_whole(package.folder / path, content)
        raise UserError(f"{package.folder}: cannot be written ({error.strerror}); nothing was changed.") from None
    return package.folder / schema.resources(schema.read(package.folder))["figures"]
