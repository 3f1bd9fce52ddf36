"""What cells show, as HTML: tables, and bars that say no more than the numbers beside them."""

import math
import re

import pytest

from helpers.display import html as display
from helpers.display import theme
from helpers.display.html import Column, Markup, Row, Table

NAN = math.nan


def drawn(value: float, lower: float, upper: float, status: str = "met", form: str = "printed") -> str:
    return display.bar(value, lower, upper, status, form)


@pytest.mark.parametrize(
    ("value", "end"), [(98.0, "98"), (100.0, "100"), (0.0, "0"), (-20.0, "0"), (234.0, "150"), (13.93, "13.93")]
)
def test_a_bar_ends_at_its_value_and_at_the_end_of_the_scale(value, end):
    assert f'd="M0 3H{end}V11H0Z"' in drawn(value, value, value)


def test_a_bar_past_the_scale_is_cut():
    assert drawn(234, 234, 234).count("<path") == drawn(134, 134, 134).count("<path") + 1


def test_the_target_is_a_line_and_what_is_missing_a_dotted_one():
    for value in (50.0, NAN):
        assert 'd="M100 0V14"' in drawn(value, value, value)
    assert "V11H0Z" not in drawn(NAN, NAN, NAN)
    assert "stroke-dasharray" in drawn(NAN, NAN, NAN)


@pytest.mark.parametrize(
    ("lower", "upper", "ends"),
    [(90, 110, "M90 15.5H110M90 13V18M110 13V18"), (99.5, 100.5, ""), (140, math.inf, "M140 15.5H150M140 13V18")],
)
def test_a_range_is_drawn_beneath_where_it_can_be_seen(lower, upper, ends):
    found = re.findall(r'd="(M[^"]*15\.5[^"]*)"', drawn(100, lower, upper))
    assert found == [ends] * bool(ends)


@pytest.mark.parametrize(
    ("form", "inside", "dashed"), [("printed", theme.EVEN, 0), ("derived", theme.PAPER, 0), ("public", theme.PAPER, 1)]
)
def test_forms_are_told_apart(form, inside, dashed):
    found = drawn(90, 90, 90, form=form)
    assert f'fill="{inside}" stroke="{theme.EVEN}"' in found
    assert found.count("dasharray") == dashed


def test_readers_of_screens_hear_the_numbers_only():
    assert 'aria-hidden="true"' in drawn(90, 90, 90)


def test_a_table_that_folds_says_its_columns_in_each_cell():
    columns = [Column(Markup('name<span data-target="100"></span>')), Column("a < b", "number")]
    rows = [("", [Row(["x", "1"])])]
    assert 'data-label="a &lt; b"' in Table("t", columns, rows, kind="score").html
    assert 'data-label="name"' in Table("t", columns, rows, kind="score").html
    assert "data-label" not in Table("t", columns, rows).html
