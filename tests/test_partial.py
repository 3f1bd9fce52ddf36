"""Files as Excel saves them are read, and everything that is wrong in several tables is listed in one go."""

from pathlib import Path

import pytest

from helpers.audit import accepting
from helpers.package import files, schema, tables, validate

SAVED = {
    "a byte order mark": lambda content: files.BOM + content,
    "line ends of Windows": lambda content: content.replace(b"\n", b"\r\n"),
    "both": lambda content: files.BOM + content.replace(b"\n", b"\r\n"),
}


def list_problems(folder: Path) -> list[str]:
    return [str(problem) for problem in validate.find_problems(folder)]


def save_all(folder: Path, how: str) -> None:
    for path in folder.glob("*.csv"):
        path.write_bytes(SAVED[how](path.read_bytes()))


@pytest.mark.parametrize("how", SAVED)
def test_every_table_may_have(how, copy, package):
    save_all(copy, how)
    descriptor = schema.read(copy)
    names = schema.resources(descriptor)
    frames = {name: files.read(copy / path) for name, path in names.items()}
    held = {name: package.raw[name][[*frame]] for name, frame in frames.items() if name != "labels"}
    assert all(frames[name].equals(frame) for name, frame in held.items())
    assert list_problems(copy) == []


@pytest.mark.parametrize("how", SAVED)
def test_rows_of_problems_are_counted_alike(how, spoil):
    folder = spoil("figures.csv", ",2017,3000,家", ",2017,3k,家")
    before = list_problems(folder)
    save_all(folder, how)
    assert (
        list_problems(folder)
        == before
        == ["figures.csv:4:value: '3k' is no number; expected digits and a decimal point"]
    )


def test_what_is_written_has_neither_byte_order_mark_nor_line_ends_of_windows(copy):
    save_all(copy, "both")
    finding = next(item for item in accepting.audit.audit(tables.load(copy)) if item.verdict in accepting.audit.ALARMS)
    figure = next(key for key in finding.figures if key in tables.load(copy).figures.index)
    accepting.accept(copy, figure, "about", "qualifier")
    content = (copy / "errata.csv").read_bytes()
    assert not content.startswith(files.BOM)
    assert b"\r" not in content
    assert list_problems(copy) == []


@pytest.mark.parametrize("cell", ["--", "…", "n.a.", "暂无", "#REF!", "—"])
def test_a_value_that_says_there_is_none_is_left_out(cell, spoil):
    folder = spoil("figures.csv", ",2017,3000,家", f",2017,{cell},家")
    wanted = f"figures.csv:4:value: '{cell}' is no number; leave the row out where there is no value"
    assert list_problems(folder) == [wanted]


@pytest.mark.parametrize(
    ("cell", "wanted"),
    [
        ("Jun-18", "2018-06"), ("2018/6/1", "2018-06"), ("43252", "2018-06"), ("2018年6月", "2018-06"),
        ("２０１８年", "2018"), ("2018年上半年", "2018H1"), ("2018.12", "2018-12"), ("2016-2018", ""), ("夏天", ""),
        ("43252.0", "2018-06"), ("43252.5", ""), ("99999.0", ""), ("6/1/2018", ""),
    ],
)  # fmt: skip
def test_a_period_is_followed_by_what_to_write(cell, wanted, spoil):
    (problem,) = list_problems(spoil("figures.csv", "330000,2017,3000", f"330000,{cell},3000"))
    assert problem.startswith(f"figures.csv:4:period: '{cell}' does not have the form ")
    assert problem.endswith(f"; write {wanted}") if wanted else "; write" not in problem


@pytest.mark.parametrize(
    ("table", "column", "cell", "sentence"),
    [
        ("sources", "accessed", "43252", "does not have the form 2018-02-08; write 2018-06-01"),
        ("sources", "accessed", "Jun-18", "does not have the form 2018-02-08"),
        ("external", "published", "43252", "does not have the form 2018, 2018-02 or 2018-02-08; write 2018-06-01"),
        ("platforms", "since", "Jun-18", "does not have the form 2018 or 2018-02; write 2018-06"),
    ],
)
def test_what_to_write_is_what_the_column_takes(table, column, cell, sentence, copy):
    path = copy / f"{table}.csv"
    frame = files.read(path)
    frame.loc[2, column] = cell
    frame.to_csv(path, index=False, lineterminator="\n")
    assert list_problems(copy) == [f"{table}.csv:2:{column}: {cell!r} {sentence}"]


SEVERAL = {
    "a cell and rules of other rows and tables": (
        [
            ("figures.csv", ",2017,3000,家", ",2017,3k,家"),
            ("figures.csv", "2016/2018,125.6", "2018/2016,125.6"),
            ("figures.csv", "16718.8,亿元,exact,16718.8亿元", "16718.8,万元,exact,16718.8亿元"),
            ("platforms.csv", "阿里云,running", "阿里,running"),
            ("relations.csv", "first-set-products-national first", "first-set-national first"),
        ],
        ["figures.csv:4:value", "figures.csv:70:period", "figures.csv:160:printed", "platforms.csv:28:owner", "relations.csv:2:right"],
    ),
    "a header and rules of other tables": (
        [
            ("platforms.csv", "platform,section", "platfrom,section"),
            ("figures.csv", "2016/2018,125.6", "2018/2016,125.6"),
            ("indicators.csv", "stock,up,level", "stock,down,level"),
        ],
        ["figures.csv:70:period", "indicators.csv:4:direction", "platforms.csv:1:platform"],
    ),
    "an indicator that is wrong, and a rule of a figure that is not its own": (
        [
            ("indicators.csv", "家,stock,up,level,,,false,", "家,stuck,up,level,,,false,"),
            ("figures.csv", "16718.8,亿元,exact,16718.8亿元", "16718.8,万元,exact,16718.8亿元"),
        ],
        ["figures.csv:160:printed", "indicators.csv:4:kind"],
    ),
    "a document that is wrong": (
        [("sources.csv", ",paragraphs", ",pages"), ("indicators.csv", "stock,up,level", "stock,down,level")],
        ["indicators.csv:4:direction", "sources.csv:2:places"],
    ),
    "a key that stands twice": (
        [
            ("units.csv", "\n家,", "\n个,"),
            ("figures.csv", "2016/2018,125.6", "2018/2016,125.6"),
        ],
        ["figures.csv:70:period", "units.csv"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", SEVERAL)
def test_problems_of_the_schema_and_of_rules_are_listed_in_one_go(what, spoil):
    changes, wanted = SEVERAL[what]
    for change in changes:
        folder = spoil(*change)
    problems = list_problems(folder)
    for place in wanted:
        assert any(problem.startswith(place) for problem in problems), problems
    if what != "a key that stands twice":
        assert len(problems) == len(wanted)


def test_what_a_row_with_a_cell_too_many_names_exists(spoil):
    (problem,) = list_problems(spoil("regions.csv", "Zhejiang,100000\n", "Zhejiang,100000,\n"))
    assert problem == "regions.csv:6: the row has a cell too many; is a comma unquoted?"


def test_columns_that_are_not_known_are_told_in_a_few_lines(copy):
    path = copy / "regions.csv"
    header, _ = path.read_text(encoding="utf-8").split("\n", 1)
    path.write_text(f"{header},{','.join(f'c{n}' for n in range(1000))}\n", encoding="utf-8")
    problems = list_problems(copy)
    assert problems[0] == "regions.csv:1: the schema knows no column 'c0'; remove it, or add it to the schema"
    assert problems[10:] == ["regions.csv:1: the schema knows none of 990 more columns, from 'c10' on"]


def test_a_file_that_cannot_be_read_does_not_hide_the_problems_of_others(spoil):
    folder = spoil("figures.csv", "2016/2018,125.6", "2018/2016,125.6")
    path = folder / "platforms.csv"
    path.write_bytes(path.read_text(encoding="utf-8").encode("gb18030"))
    problems = list_problems(folder)
    assert [problem.split(":")[0] for problem in problems] == ["figures.csv", "platforms.csv"]
    (folder / "chapters.csv").unlink()
    assert "chapters.csv: the file is missing; datapackage.json names it" in list_problems(folder)
