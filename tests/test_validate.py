"""Problems of a spoilt package are sentences with file, row and column; all of them at once, never a traceback."""

import json
from pathlib import Path

import pytest

from helpers.package import tables, validate
from helpers.package.problem import DataError


def list_problems(folder: Path) -> list[str]:
    return [str(problem) for problem in validate.find_problems(folder)]


def test_the_project_s_own_package_is_good(package):
    assert validate.find_problems(package.folder) == []


@pytest.mark.parametrize(
    ("file", "old", "new", "sentence"),
    [
        ("figures.csv", "period,value", "period,valeu", "figures.csv:1:value: the header says 'valeu' here, expected 'value'"),
        ("figures.csv", ",printed,", ",printed ,", "figures.csv:1:printed: the header says 'printed ' here, expected 'printed'"),
        ("figures.csv", "\n0.0.2-2,", "\n0.0.2-1,", "figures.csv:3:figure: the key of this row stands in an earlier row too"),
        ("figures.csv", ",2017,3000,家", ",2017,3k,家", "figures.csv:4:value: '3k' is no number"),
        ("figures.csv", "家,exact,3000", "家,exakt,3000", "figures.csv:4:qualifier: 'exakt' is not allowed; expected exact, about"),
        ("figures.csv", "T.1-target,high-tech-enterprises", "T.1-target,high-tech", "figures.csv:4:indicator: 'high-tech' does not exist in indicators"),
        ("figures.csv", "330000,2017,3000", "330001,2017,3000", "figures.csv:4:region: '330001' does not exist in regions"),
        ("figures.csv", "330000,2017,3000", "330000,2017年,3000", "figures.csv:4:period: '2017年' does not have the form"),
        ("figures.csv", "2016/2018,125.6", "2018/2016,125.6", "figures.csv:70:period: '2018/2016' ends before it begins"),
        ("figures.csv", "3000,家,exact,3000,mid-term-report,T.1", "3000,间,exact,3000,mid-term-report,T.1", "figures.csv:4:unit: the unit '间' of '间' is not in units.csv"),
        ("figures.csv", "3000,家,exact,3000,mid-term-report,T.1", "3000,元,exact,3000,mid-term-report,T.1", "figures.csv:4:unit: '元' does not fit 'high-tech-enterprises', expected '家'"),
        ("figures.csv", "high-tech-enterprises,level", "high-tech-enterprises,flow", "figures.csv:5:measure: 'flow' does not fit 'high-tech-enterprises', which is a stock; expected 'level'"),
        ("figures.csv", "2017,98,%,exact,98%,mid-term-report,T.12", "2017,198,%,exact,198%,mid-term-report,T.12", "figures.csv:34:value: 198 % lies outside 0-100 %"),
        ("figures.csv", "16718.8,亿元,exact,16718.8亿元", "16781.8,亿元,exact,16718.8亿元", "figures.csv:160:printed: '16718.8亿元' does not say 16781.8 亿元"),
        ("figures.csv", "16718.8,亿元,exact,16718.8亿元", "16718.8,万元,exact,16718.8亿元", "figures.csv:160:printed: '16718.8亿元' does not say 16718.8 万元"),
        ("figures.csv", "574.4,亿元,exact,574.4亿元", "574.4,亿美元,exact,574.4亿元", "figures.csv:156:printed: '574.4亿元' does not say 574.4 亿美元"),
        ("figures.csv", "亿条,under,近8.3亿条", "亿条,over,近8.3亿条", "figures.csv:208:qualifier: '近8.3亿条' says 'under', not 'over'"),
        ("figures.csv", "T.1-target,high-tech-enterprises,target,330000,2017,3000,家,exact,3000,mid-term-report,T.1,1,,\n", "", "indicators.csv:4:headline: 'high-tech-enterprises' is a headline indicator without a target"),
        ("indicators.csv", "家,stock,up,level,,,false,", "家,stock,up,,,,false,", "figures.csv:4:measure: 'high-tech-enterprises' has a target, but its target_kind in indicators.csv is empty"),
        ("indicators.csv", "innovation,高新", "inovation,高新", "indicators.csv:4:category: 'inovation' has no name; add a row 'inovation' to terms.csv"),
        ("platforms.csv", "阿里云,running", "阿里,running", "platforms.csv:28:owner: '阿里' is no region code and no term; add a row '阿里' to terms.csv"),
        ("relations.csv", "first-set-products-national first", "first-set-national first", "relations.csv:2:right: 'first-set-national' does not exist in indicators"),
        ("errata.csv", "value,12,1.2", "value,12,12", "errata.csv:2:reading: '12' is what is printed; write how it is to be read, or remove the row"),
        ("errata.csv", "value,12,1.2", "value,13,1.2", "errata.csv:2:printed: the erratum has expired: T.6-target value is now '12', not '13'"),
        ("errata.csv", "T.6-target,value", "T.66-target,value", "errata.csv:2:key: 'T.66-target' is no row of figures"),
        ("errata.csv", "T.6-target,value", "T.6-target,values", "errata.csv:2:column: 'values' is no column of figures"),
        ("errata.csv", "value,12,1.2", "value,12,1.2万", "errata.csv:2:reading: '1.2万' is no number"),
        ("errata.csv", "figures,T.7-target,", "indicators,maker-spaces,kind,stock,flow,理由,Why,T.6-target,suspected\nfigures,T.7-target,", "errata.csv:5:reading: 'level' does not fit 'maker-spaces', which is a flow; expected 'flow'"),
        ("errata.csv", "亿美元,亿元", "亿美元,亿圆", "errata.csv:5:reading: the unit '圆' of '亿圆' is not in units.csv"),
        ("errata.csv", "2.3.3-3 2.3.3-4", "2.3.3-33 2.3.3-4", "errata.csv:2:evidence: '2.3.3-33' is no figure"),
        ("figures.csv", ",2017,3000,家", ",2017,3e3,家", "figures.csv:4:value: '3e3' is no plain number; expected digits"),
        ("figures.csv", "target,330000,2017,3000", "target,330000,2017H1,3000", "figures.csv:4:period: a target is due at the end of a year, not '2017H1'"),
        ("figures.csv", "T.2-target,maker-spaces,", "T.2-target,high-tech-enterprises,", "figures.csv:7:measure: 'high-tech-enterprises' has 2 targets for the same time; a target of the kind 'level' has one"),
        ("indicators.csv", "stock,up,level", "stock,down,level", "indicators.csv:4:direction: 'down' does not fit a target of the kind 'level'; expected 'up'"),
        ("indicators.csv", "stock,up,level,,,false", "stock,up,level,,,no", "indicators.csv:4:may_exceed: 'no' is no boolean"),
        ("indicators.csv", ",1,innovation,", ",1,,", "indicators.csv:4:category: 'high-tech-enterprises' is a headline indicator without a category"),
        ("errata.csv", "indicator,market-entities-new,market-entities,", "indicator,market-entities-new,market-entity,", "errata.csv:9:reading: 'market-entity' does not exist in indicators"),
        ("errata.csv", "figures,T.6-target,value,12,1.2", "figures,T.6-target,region,330000,330100", "errata.csv:2:reading: 'online-retail-sales' is a headline indicator without a target"),
        ("datapackage.json", '"path": "regions.csv"', '"path": ["regions.csv"]', "datapackage.json: the path of 'regions' is ['regions.csv'], expected one file name"),
        ("errata.csv", "value,12,1.2", "value,12,一点二", "errata.csv:2:reading: '一点二' is no number"),
        ("labels.csv", "{n}项快于预期", "快于预期", "labels.csv:17:zh: '快于预期' does not have the same {…} and | as the project's own label"),
        ("datapackage.json", '"baseline_year": 2015', '"baseline_year": 2016', "datapackage.json::plan: baseline_year, start_year and target_year of the plan are 2016, 2016, 2017; expected them in this order"),
        ("datapackage.json", '"region": "330000"', '"region": "33"', "datapackage.json::plan: the region '33' of the plan is not in regions.csv"),
        ("datapackage.json", '"ahead": 1.1', '"ahead": 0.8', "datapackage.json::plan: the thresholds on_track 0.9 and ahead 0.8 are out of order"),
        ("datapackage.json", '"resources": [', '"resources": {}, "tables": [', "datapackage.json: no resource 'regions'"),
        ("datapackage.json", '"target_year": 2017', '"target_year": "2017"', "datapackage.json: plan.target_year is '2017'; expected an integer without quotes"),
        ("datapackage.json", '"name": "qualifier"', '"name": "qualifyer"', "datapackage.json: the schema of 'figures' lacks the field 'qualifier'"),
        ("datapackage.json", "{", "", "datapackage.json: not a usable descriptor"),
    ],
)  # fmt: skip
def test_a_mistake_is_described_with_its_place(spoil, file, old, new, sentence):
    problems = list_problems(spoil(file, old, new))
    assert any(problem.startswith(sentence) for problem in problems), problems


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda b: b.replace(b"\n", b"\r"), "figures.csv:1: a line ends with CR alone"),
        (lambda b: b.decode().encode("gb18030"), "figures.csv:2: not UTF-8 (it may be GB 18030, as Excel saves it)"),
        (
            lambda b: b"\xff\xfe" + b.decode().encode("utf-16-le"),
            "figures.csv:1: not UTF-8 (it may be UTF-16, as Excel saves it)",
        ),
        (lambda b: b"", "figures.csv: the file is empty"),
        (lambda b: b"\n\n", "figures.csv: the file is empty"),
        (
            lambda b: b"\n".join(line.rsplit(b",", 2)[0] for line in b.split(b"\n")),
            "figures.csv:1:note: the column is missing",
        ),
        (lambda b: b.replace(b",T.1,1,", b",T.1,1,,,", 1), "figures.csv:4: the row has a cell too many"),
        (lambda b: b.replace(b"T.1,1,,\n", b"T.1,1,\n", 1), "figures.csv:4:since: the row ends before this column"),
        (lambda b: b + b",,,,,,,,,,,\n", "figures.csv:297: the row is empty"),
    ],
)
def test_a_broken_file_is_described(copy, change, sentence):
    path = copy / "figures.csv"
    path.write_bytes(change(path.read_bytes()))
    problems = list_problems(copy)
    assert any(problem.startswith(sentence) for problem in problems), problems[:5]


def test_missing_files_and_folders_are_reported(copy):
    (copy / "regions.csv").unlink()
    assert list_problems(copy) == ["regions.csv: the file is missing; datapackage.json names it"]
    assert "no such folder" in list_problems(copy / "nowhere")[0]
    assert "datapackage.json is missing" in list_problems(copy.parent)[0]


def test_a_package_without_terms_needs_labels_in_their_place(copy):
    descriptor = json.loads((copy / "datapackage.json").read_text(encoding="utf-8"))
    descriptor["resources"] = [resource for resource in descriptor["resources"] if resource["name"] != "terms"]
    (copy / "datapackage.json").write_text(json.dumps(descriptor), encoding="utf-8")
    assert "indicators.csv:4:category: 'innovation' has no name; add a row 'innovation' to terms.csv" in list_problems(
        copy
    )


def test_all_problems_are_listed_at_once(spoil):
    spoil("figures.csv", "家,exact,3000", "家,exakt,3000")
    folder = spoil("platforms.csv", "commercial,,running", "shop,,running")
    with pytest.raises(DataError) as error:
        tables.load(folder)
    lines = str(error.value).splitlines()
    assert lines[0].endswith("2 problems in the data package")
    assert [line.split(":")[0] for line in lines[1:]] == ["figures.csv", "platforms.csv"]


def test_an_unchanged_package_is_not_checked_again(copy, spoil, monkeypatch):
    tables.load(copy)
    monkeypatch.setattr(validate, "find_problems", lambda folder: pytest.fail("checked again"))
    tables.load(copy)
    monkeypatch.undo()
    spoil("figures.csv", "家,exact,3000", "家,exakt,3000")
    with pytest.raises(DataError):
        tables.load(copy)
