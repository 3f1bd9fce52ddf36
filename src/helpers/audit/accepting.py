"""An accepted finding becomes an erratum: one more row of `errata.csv`, written only if the package stays a good one."""

import csv
import io
import shutil
import tempfile
from pathlib import Path

from helpers import audit, paths
from helpers.audit.wording import Wording
from helpers.errors import UserError
from helpers.files import write_whole
from helpers.language.formatter import Formatter
from helpers.package import tables, validate
from helpers.package.files import normalize
from helpers.package.problem import DataError

FILE = "errata.csv"


def accept(
    folder: str | Path, key: str, reading: str, column: str = "value", reason: str = "", reason_en: str = ""
) -> dict[str, str]:
    """Append the erratum that reads a cell of `figures.csv` otherwise; returns its row.

    key, column: the cell; reading: what it is read as. Without reasons the sentences of the gravest finding that names the
    figure are taken; its other figures are the evidence. Raises UserError for a figure that no finding names, DataError for
    a reading that is no good cell; the file is left as it was.
    """
    path = paths.data(folder)
    package = tables.load(path)
    raw = package.raw["figures"].set_index("figure")
    if key not in raw.index:
        raise UserError(
            f"{path / 'figures.csv'}: no figure {key!r}; `evaluate audit` lists the figures of every finding."
        )
    if column not in raw.columns:
        raise UserError(f"{path / 'figures.csv'}: no column {column!r}; expected one of {', '.join(raw.columns)}.")
    findings = (item for item in audit.audit(package) if item.verdict in audit.ALARMS and key in item.figures)
    gravest = next(findings, None)
    if gravest is None:
        raise UserError(f"no finding names {key!r}; an erratum needs one. `evaluate audit` lists them.")
    reason = reason or Wording(package, Formatter(package, "zh")).sentence(gravest).rstrip("。")
    reason_en = reason_en or Wording(package, Formatter(package, "en")).sentence(gravest).rstrip(".")
    row = {
        "table": "figures",
        "key": key,
        "column": column,
        "printed": raw.at[key, column],
        "reading": reading,
        "reason": reason,
        "reason_en": reason_en,
        "evidence": " ".join(name for name in gravest.figures if name != key) or key,
        "status": "suspected",
    }
    _append(path, row, package.raw["errata"].columns)
    return row


def _append(folder: Path, row: dict[str, str], columns) -> None:
    """Add a row to the errata of a folder, whole or not at all."""
    file = folder / FILE
    line = io.StringIO()
    csv.DictWriter(line, columns, lineterminator="\n").writerow(row)
    content = normalize(file.read_bytes()).decode("utf-8")
    content += ("" if content.endswith("\n") else "\n") + line.getvalue()
    with tempfile.TemporaryDirectory(prefix="accept-") as copy:
        shutil.copytree(folder, copy, dirs_exist_ok=True)
        Path(copy, FILE).write_bytes(content.encode())
        if problems := validate.find_problems(Path(copy)):
            raise DataError(folder, problems)
    write_whole(file, content.encode())
