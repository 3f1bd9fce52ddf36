"""Packages of one or two headline indicators, for tests of targets: a plan from 2016 to 2020 with the base year 2015."""

import csv
import json
from pathlib import Path

from helpers.package import schema, tables

HERE = "330000"


def write(folder: Path, name: str, rows: list[dict], more: list[str] | tuple = ()) -> None:
    """A table of a package with every column of the schema; rows may leave columns out."""
    columns = [*schema.COLUMNS[name], *schema.OPTIONAL.get(name, []), *more]
    descriptor = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    fields = next(r["schema"]["fields"] for r in descriptor["resources"] if r["name"] == name)
    columns = [field["name"] for field in fields if field["name"] in columns]
    with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def figure(measure: str, period: str, value, **more) -> dict:
    """A figure of `firms`; value: a number, or a token such as ＞6.5 whose sign qualifies it. more: other columns."""
    printed = str(value)
    signs = {"＞": "over", "≥": "over", "＜": "under", "≤": "under"}
    qualifier = signs.get(printed[0], "about" if printed.endswith("左右") else "exact")
    digits = printed.strip("＞≥＜≤").removesuffix("左右")
    return {
        "indicator": "firms", "measure": measure, "region": HERE, "period": period, "value": digits, "printed": printed,
        "qualifier": qualifier, "source": "T.1", "sentence": "1",
    } | more  # fmt: skip


def build(
    folder: Path, kind: str, figures: list[dict], quantity: str = "stock", unit: str = "万元", **more
) -> tables.Tables:
    """The package in a folder with the headline indicator `firms`, and `trade` beside it, which has no target.

    kind: of the target; quantity: kind of the indicators; unit: base unit with a multiplier, in which figures are printed
    where they name no unit. more: other columns of `firms`, and `relations`, the rows of that table.
    """
    path = folder / "datapackage.json"
    descriptor = json.loads(path.read_text(encoding="utf-8"))
    descriptor["plan"] |= {"baseline_year": 2015, "start_year": 2016, "target_year": 2020}
    path.write_text(json.dumps(descriptor, ensure_ascii=False), encoding="utf-8")
    base, relations = unit.removeprefix("万"), more.pop("relations", [])
    direction = {"cap": "down", "rank": "down", "reduction": "down"}.get(kind, "up")
    firms = {
        "indicator": "firms", "section": "1.1", "headline": "1", "category": "innovation", "name_zh": "企业",
        "name_en": "Firms", "unit": base, "kind": quantity, "direction": direction, "target_kind": kind,
        "may_exceed": "true",
    } | more  # fmt: skip
    trade = firms | {"indicator": "trade", "headline": "", "name_en": "Trade", "name_zh": "贸易", "target_kind": ""}
    write(folder, "indicators", [firms, trade | {"direction": "up", "base_year": "", "nature": ""}])
    rows = []
    for number, row in enumerate(figures):
        percent = row["measure"] == "growth_rate" or (
            row["measure"] == "target" and kind in ("growth", "reduction", "relative")
        )
        rows.append({"figure": f"F{number}", "unit": "%" if percent else unit} | row)
    write(folder, "figures", rows)
    for name in ("external", "errata", "platforms"):
        write(folder, name, [])
    write(folder, "relations", relations)
    return tables.load(folder)
