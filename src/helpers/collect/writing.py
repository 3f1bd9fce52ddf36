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
from helpers.package import files, notebooks, schema, validate
from helpers.package.problem import DataError, Problem
from helpers.package.tables import Tables

COLLECTED = "!"  # in a source: a cell of a workbook, no paragraph of the report


def write_table(package: Tables, figures: list[Figure]) -> bytes:
    """figures.csv with more figures: those of the report in their order, then collected ones by indicator and period."""
    path = package.folder / schema.resources(schema.read(package.folder))["figures"]
    frame = files.read(path)
    rows = pd.DataFrame([figure.row for figure in figures]).reindex(columns=frame.columns, fill_value="")
    both = pd.concat([frame, rows], ignore_index=True) if figures else frame
    collected = both["source"].str.contains(COLLECTED, regex=False)
    order = {key: number for number, key in enumerate(package.indicators.index)}
    last = both[collected].sort_values(["region", "period", "measure"], kind="stable")
    last = last.sort_values("indicator", key=lambda keys: keys.map(order), kind="stable")
    text = pd.concat([both[~collected], last]).to_csv(index=False, lineterminator="\n")
    return text.encode("utf-8")


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
        (folder / tables["figures"]).write_bytes(write_table(package, figures))
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
    """Write figures.csv with more figures, as a whole. Raises UserError, and then it stays as it was."""
    path = package.folder / schema.resources(schema.read(package.folder))["figures"]
    try:
        whole.write_whole(path, write_table(package, figures))
    except OSError as error:
        raise UserError(f"{path}: cannot be written ({error.strerror}); nothing was changed.") from None
    return path
