"""A number is the same on the page, in the CSV, in the workbook and in the data that the notebook carries."""

import csv
import io
import json
import math
import re

import pytest
from bs4 import BeautifulSoup
from test_downloads import csv_of, given_by, workbook_of

from helpers.pages import workbook
from helpers.runs import outputs
from helpers.runs.outputs import Resource, is_number

SCALES = {"trillion": 1e12, "billion": 1e9, "million": 1e6}
PLAIN = str.maketrans({",": "", "−": "-", "－": "-"})
WRITTEN = re.compile(r"([-−－+]?\d[\d,]*(?:\.\d+)?)(?: (trillion|billion|million))?")
FRACTION = re.compile(r"(?<![\d.])(\d+)/(\d+)(?![\d.])")


def write_percent(fraction: re.Match) -> str:
    """A printed fraction as the percentage that the data have in its place."""
    return str(round(100 * int(fraction[1]) / int(fraction[2]), 2))


def read_numbers(cells) -> list[float]:
    """All numbers in the texts of some cells."""
    texts = (FRACTION.sub(write_percent, cell.get_text(" ")) for cell in cells)
    pairs = (pair for text in texts for pair in WRITTEN.findall(text))
    return [float(number.translate(PLAIN)) * SCALES.get(scale, 1) for number, scale in pairs]


def is_among(number: float, others: list[float]) -> bool:
    return any(math.isclose(number, other, rel_tol=1e-9, abs_tol=1e-12) for other in others)


def compare(resource: Resource, table) -> int:
    """Compare the numbers of a table with those of its rows on the page; how many there were."""
    rows, count = table.select("tbody tr:not(.group)"), 0
    for row, own in zip(rows, resource.rows, strict=True):
        numbers = [value for name, value in own.items() if name != resource.key and is_number(value)]
        on_page = read_numbers(row.find_all(["th", "td"], recursive=False))
        place = (resource.name, own)
        assert [number for number in numbers if number and not is_among(number, on_page)] == [], place
        assert [number for number in read_numbers(row.select("td.number")) if not is_among(number, numbers)] == [], (
            place
        )
        count += len(numbers)
    return count


def cells_of(resource: Resource) -> list[list]:
    """Rows of a table as they are exported: numbers, and texts without those that are empty."""
    return [[row[field.name] if row[field.name] != "" else None for field in resource.fields] for row in resource.rows]


def read_csv(address: str, resource: Resource) -> list[list]:
    """Rows of a CSV: numbers where the table has a number."""
    rows = list(csv.reader(io.StringIO(csv_of(address))))[1:]
    return [
        [
            float(text) if is_number(cell) else text.removeprefix("'") or None
            for text, cell in zip(row, own, strict=False)
        ]
        for row, own in zip(rows, cells_of(resource), strict=True)
    ]


@pytest.mark.parametrize("folder", ["reports", "panel_reports"])
def test_a_number_is_the_same_wherever_it_is_shown(folder, request):
    reports, count, tables = request.getfixturevalue(folder), 0, 0
    for path in sorted((reports / "notebooks").glob("*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        page = BeautifulSoup((reports / f"{path.stem}.html").read_text(encoding="utf-8"), "lxml")
        links = page.main.find_all("a", download=re.compile(r"\.csv$"))
        resources = [resource for resource in outputs.resources(cells) if resource.rows]
        books = given_by(page, ".xlsx").values()  # none on the page of a year that adds nothing
        sheets = [sheet for address in books for sheet in workbook_of(address).worksheets[1:]]
        for resource, sheet, link in zip(resources, sheets, links, strict=True):
            expected, place = cells_of(resource), (path.stem, resource.name)
            assert read_csv(link["href"], resource) == expected, place
            rows = sheet.iter_rows(min_row=workbook.HEADER + 2, max_col=len(resource.fields), values_only=True)
            assert [[*row] for row in rows] == expected, place
            if not resource.name.startswith("cards-"):
                count += compare(resource, link.find_previous("table"))
            tables += 1
    assert tables > 50
    assert count > 1000


def test_a_number_that_differs_is_noticed():
    """What compares is tried: on a page with another number, and with one that its data lack."""
    fields = (outputs.Field("name", "Name"), outputs.Field("value", "Value"))
    resource = Resource("t", "", fields, [{"name": "a", "value": 1234.5}])
    page = '<table id="t"><tbody><tr><th>a</th><td class="number">{}</td></tr></tbody></table>'
    for cell, holds in (("1,234.5", True), ("1,234.6", False), ("1,234.5 of 2", False)):
        try:
            compare(resource, BeautifulSoup(page.format(cell), "lxml").table)
        except AssertionError:
            assert not holds, cell
        else:
            assert holds, cell
