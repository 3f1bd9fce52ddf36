"""The cells of docs/questions.md run as they stand, and answer something."""

import ast
import re

import matplotlib.pyplot as plt
import openpyxl
import pandas as pd
import pytest

from helpers import paths
from helpers.package import tables
from helpers.views import Audit, Chapter, Overview, select

PAGE = (paths.ROOT / "docs" / "questions.md").read_text(encoding="utf-8")
QUESTIONS = re.findall(r"^## (.+?)\n\n(In [^\n]+):\n\n```python\n(.*?)```", PAGE, re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def selector(package):
    return select.Selector(package)


def test_there_are_ten_questions_of_at_most_three_lines():
    assert len(QUESTIONS) == PAGE.count("\n## ") == 10
    assert all(len(cell.strip().splitlines()) <= 3 for _, _, cell in QUESTIONS)


@pytest.mark.whole
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(("title", "where", "cell"), QUESTIONS, ids=[title for title, *_ in QUESTIONS])
def test_a_question_is_answered_by_its_cell(title, where, cell, language, package, selector, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(tables, "load", lambda *_: package)  # read once for all questions
    notebook = next(iter(re.findall(r"`([\w-]+)`", where)), "2-integration")
    overview = notebook == "0-overview"
    view = selector.view("overview" if overview else "chapter", notebook, language, "330000")
    namespace = {"o": Overview(view)} if overview else {"c": Chapter(view)}
    *statements, last = ast.parse(cell).body
    exec(compile(ast.Module(statements, []), title, "exec"), namespace)
    answer = eval(compile(ast.Expression(last.value), title, "eval"), namespace)
    if "to_excel" in cell:
        sheet = openpyxl.load_workbook(tmp_path / "figures.xlsx").active
        assert sheet.max_row == len(view.figures) + 1
    elif "seaborn" in cell:
        assert len(answer.patches) == 4
        plt.close(answer.figure)
    else:
        frames = answer if isinstance(answer, tuple) else (answer,)
        assert all(isinstance(frame, pd.DataFrame | pd.Series) and len(frame) for frame in frames)


def test_the_fastest_growing_quantities_of_a_chapter_are_those_of_its_figures(selector):
    chapter = Chapter(selector.view("chapter", "2-integration", "en", "330000"))
    rates = chapter.figures.query("year == 2018 and measure == 'growth_rate'").nlargest(2, "base")
    assert [*rates["value"]] == [31.9, 31.1]
    assert [*rates["name"]] == ["Online retail sales of farm products", "Cross-border online retail exports"]


def test_the_audit_answers_what_contradicts(selector):
    audit = Audit(selector.view("audit", "6-audit", "en", "330000"))
    assert len(audit.findings.query("verdict == 'contradiction'")) == 6
