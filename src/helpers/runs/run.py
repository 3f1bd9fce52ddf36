"""What is to be run: a notebook with parameters is a run, a request spans notebooks, years, languages and regions.

A notebook says itself over what it varies: one without a parameter `year` runs once per language, one with a parameter
`indicator` once for each indicator that has a page.
"""

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from helpers.errors import UserError
from helpers.runs import source

FOLDER = "indicators"  # of the outputs of a notebook that has a parameter `indicator`
OURS = re.compile(r"^\s*(from|import)\s+helpers\b", re.MULTILINE)  # begins a cell that opens our objects


@dataclass(frozen=True)
class Run:
    """One notebook with one set of parameters; `given` are those that differ from the notebook's own defaults.

    name: of its outputs, with the folder that they are in, if they have one of their own
    """

    name: str
    notebook: str
    language: str
    region: str
    year: int | None = None
    data: str = ""
    given: tuple[tuple[str, str | int], ...] = ()
    indicator: str = ""

    @property
    def file(self) -> str:
        """Name of its outputs without their folder."""
        return self.name.rpartition("/")[2]

    @property
    def parameters(self) -> dict:
        return dict(self.given)

    @classmethod
    def from_entry(cls, entry: dict) -> "Run":
        """The run of a record's entry."""
        values = {name: entry[name] for name in cls.__dataclass_fields__}
        return cls(**values | {"given": tuple((name, value) for name, value in entry["given"])})


def order_by_number(name: str) -> tuple[float, str]:
    """Sort key of a notebook's name, by which `10-parks` follows `9-roads`; names without a number come last."""
    number = name.partition("-")[0]
    return (int(number) if number.isdecimal() else float("inf"), name)


def read_parameters(notebook: Path) -> dict:
    """Names and default values in a notebook's cell tagged `parameters`; none of one that does without our package.

    Raises UserError for another one without such a cell.
    """
    cells = source.read_cells(notebook)
    for cell in cells:
        if "parameters" in source.list_tags(cell):
            return _read_literals(cell["source"], notebook)
    if any(OURS.search(code) for code in source.select_code(cells)):
        raise UserError(
            f"{notebook}: no cell is tagged 'parameters'; papermill needs one to set the year and language."
        )
    return {}


def _read_literals(source: str, notebook: Path) -> dict:
    """Names and values that a cell sets. Raises UserError for anything that is not `name = literal`."""
    values = {}
    try:
        for line in ast.parse(source).body:
            target = line.target if isinstance(line, ast.AnnAssign) else line.targets[0]
            values[target.id] = ast.literal_eval(line.value)
    except (SyntaxError, ValueError, AttributeError) as error:
        what = "the cell tagged 'parameters' may only set names to literals, such as year: int = 2017"
        raise UserError(f"{notebook}: {what} ({error}).") from None
    return values


def list_runs(
    sources: list[Path],
    years: list[int],
    languages: list[str],
    regions: list[str],
    default_region: str,
    data: str = "",
    indicators: Mapping[str, list[str]] | None = None,
) -> list[Run]:
    """Runs of a request, in the order of regions, languages, notebooks, indicators and years.

    A notebook whose default region is empty evaluates `default_region` by itself.
    A run is named for its files: `2-integration_2017_zh`, with the region where it is not `default_region`; one of an
    indicator is `indicators/industrial-robots_zh`.

    indicators: those that have a page, by region
    """
    runs = []
    defaults_of = {notebook: read_parameters(notebook) for notebook in sources}
    for region, language, (notebook, defaults) in product(regions, languages, defaults_of.items()):
        keys = (indicators or {}).get(region, []) if "indicator" in defaults else [""]
        for indicator, year in product(keys, years if "year" in defaults else [None]):
            values = {"indicator": indicator, "year": year, "language": language, "region": region, "data": data}
            standing = {"region": default_region, **{k: v for k, v in defaults.items() if v != ""}}
            given = tuple((k, v) for k, v in values.items() if k in defaults and v != standing.get(k, ""))
            parts = (indicator or notebook.stem, year, language, "" if region == default_region else region)
            name = "_".join(str(part) for part in parts if part)
            name = f"{FOLDER}/{name}" if indicator else name
            runs.append(Run(name, notebook.stem, language, region, year, data, given, indicator))
    return runs
