"""Every kind of cell has a form and bounds, and what has another one is told in a sentence that says what to write."""

import os
import re
from dataclasses import replace
from pathlib import Path

import pytest
from shown import Opener, html

from helpers.package import validate


def list_problems(folder: Path) -> list[str]:
    return [str(problem) for problem in validate.find_problems(folder)]


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        # The precision of a figure: its value and what is printed say it alike.
        ("100,%,exact,100%", "100.0,%,exact,100%", "value: '100.0' has one decimal, but '100%' is printed without; write 100"),
        ("98,%,exact,98%", "98.00,%,exact,98%", "value: '98.00' has 2 decimals, but '98%' is printed without; write 98"),
        ("25.0,%,exact,25.0%", "25,%,exact,25.0%", "value: '25' has no decimals, but '25.0%' is printed with one; write 25.0"),
        ("16718.8,亿元,exact,16718.8亿元", "1.67188,万亿元,exact,16718.8亿元", ""),
        ("16718.8,亿元,exact,16718.8亿元", "1.6718800,万亿元,exact,16718.8亿元", "value: '1.6718800' has 7 decimals, but '16718.8亿元' is printed in another unit, which gives 5; write 1.67188"),
        ("16718.8,亿元,exact,16718.8亿元", "16000,亿元,exact,1.6万亿元", "value: '16000' is more exact than '1.6万亿元', which is printed in a larger unit; write value and unit as printed"),
        ("3000,家,exact,3000,", "3000,家,exact,3000.0,", "value: '3000' has no decimals, but '3000.0' is printed with one; write 3000.0"),
        # Numbers: plain, with the digits 0 to 9, as many as a float holds.
        (",2017,3000,家", ",2017,３０００,家", "value: '３０００' is no plain number; expected digits and a decimal point; write 3000"),
        (",2017,3000,家", ",2017, 3000,家", "value: ' 3000' begins or ends with a blank or an invisible character; write '3000'"),
        (",2017,3000,家", ",2017,3000\u200b,家", r"value: '3000\u200b' begins or ends with a blank or an invisible character; write '3000'"),
        (",2017,3000,家", ",2017,03000,家", "value: '03000' is no plain number; expected digits and a decimal point; write 3000"),
        (",2017,3000,家", ",2017,+3000,家", "value: '+3000' is no plain number; expected digits and a decimal point; write 3000"),
        (",2017,3000,家", ",2017,-0,家", "value: '-0' is no plain number; expected digits and a decimal point; write 0"),
        (",2017,3000,家", ",2017,3_000,家", "value: '3_000' is no plain number; expected digits and a decimal point"),
        (",2017,3000,家", ",2017,NaN,家", "value: 'NaN' is no plain number; expected digits and a decimal point; leave the row out"),
        (",2017,3000,家", ",2017,Infinity,家", "value: 'Infinity' is no plain number; expected digits"),
        (",2017,3000,家,exact,3000", f",2017,{'9' * 30},家,exact,{'9' * 30}", f"value: '{'9' * 30}' has too many digits; expected at most 15"),
        ("3000,家,exact,3000,", "3000,家,exact," + "3000" * 60 + ",", "printed: "),
        ("3000,家,exact,3000,", "3000,家,exact,1/9999999999999999,", "printed: '1/9999999999999999' has more than 15 digits"),
        (",2017,3000,家", ",2017,\"3,000\",家", "value: '3,000' is no number; expected digits and a decimal point; write 3000"),
        (",2017,3000,家", ",2017,.5,家", "value: '.5' is no plain number; expected digits and a decimal point; write 0.5"),
        (",2017,3000,家", ",2017,5%,家", "value: '5%' is no number; expected digits and a decimal point; write 5"),
        (",2017,3000,家", ",2017,½,家", "value: '½' is no number; expected digits and a decimal point"),
        ("3000,家,exact,3000,", "3000,家,exact,1.2万,", "printed: '1.2万' does not say 3000 家, as it is read as 1.2 万; correct one of them"),
        # Periods and years of our time.
        ("target,330000,2017,3000", "target,330000,２０１７,3000", "period: '２０１７' does not have the form"),
        ("target,330000,2017,3000", "target,330000,2107,3000", "period: the year 2107 of '2107' is not from 1900 to 2100"),
        ("target,330000,2017,3000", "target,330000,0000,3000", "period: the year 0000 of '0000' is not from 1900 to 2100"),
        ("2016/2018,125.6", "1016/2018,125.6", "period: the year 1016 of '1016/2018' is not from 1900 to 2100"),
        ("2016/2018,125.6", "2016/2068,125.6", "period: '2016/2068' lies more than 20 years after the target year of the plan"),
        ("target,330000,2017,3000", "target,330000,٢٠١٧,3000", "period: '٢٠١٧' does not have the form 2017, 2018H1, 2018Q1, 2018-06, 2016/2018 or nothing; write 2017"),
        ("target,330000,2017,3000", "target,330000,12/2017,3000", "period: '12/2017' does not have the form 2017, 2018H1, 2018Q1, 2018-06, 2016/2018 or nothing; write 2017-12"),
        ("target,330000,2017,3000", "target,330000,1-Jun-18,3000", "period: '1-Jun-18' does not have the form 2017, 2018H1, 2018Q1, 2018-06, 2016/2018 or nothing; write 2018-06"),
        (",2017,3000,家", ",2017,待核实,家", "value: '待核实' is no number; leave the row out where there is no value"),
        (",2017,3000,家", ",2017,,家", "value: is empty; a value is required; leave the row out where there is no value"),
        # Keys: no blanks, nothing invisible, the digits 0 to 9.
        ("\nT.1-target,", "\nT.1-target ,", "figure: 'T.1-target ' begins or ends with a blank or an invisible character; write 'T.1-target'"),
        ("\nT.1-target,", "\nT.1-target\u00a0,", r"figure: 'T.1-target\xa0' begins or ends with a blank or an invisible character; write 'T.1-target'"),
        ("\nT.1-target,", "\n\ufeffT.1-target,", r"figure: '\ufeffT.1-target' begins or ends with a blank or an invisible character"),
        ("\nT.1-target,", "\nT.1\u200b-target,", r"figure: 'T.1\u200b-target' holds '\u200b'; a key has no invisible characters"),
        ("\nT.1-target,", "\nT.１-target,", "figure: 'T.１-target' holds '１'; a key has no invisible characters"),
        ("\nT.1-target,", "\nТ.1-target,", "figure: 'Т.1-target' holds 'Т' (cyrillic capital te) beside Latin letters; type the key again"),
        ("\nT.1-target,", "\nT.1 target,", "figure: 'T.1 target' holds a blank, and evidence names keys between blanks; write 'T.1-target'"),
        ("\nT.1-target,", f"\n{'T' * 101},", "figure: 'TTT"),
        ("\nT.1-target,", "\nT.1\u2011target,", "figure: 'T.1\u2011target' holds a sign of another width or form; write 'T.1-target'"),
        ("\nT.2-target,maker-spaces,target,330000,2017,", "\nT.1-again,high-tech-enterprises,level,330000,2017,3000,家,exact,3000,mid-term-report,T.1,1,,\nT.2-target,maker-spaces,target,330000,2017,", "figure: 'T.1-again' is 'T.1-actual' once more, under another key; remove one of them"),
        # Ranks, completions, places of a document.
        (",mid-term-report,T.1,1,", ",mid-term-report,T.99999,1,", "source: 'T.99999' is no row of the table of headline indicators, which has 22"),
        (",mid-term-report,T.1,1,", ",mid-term-report,T.01,1,", "source: 'T.01' is no paragraph (2.3.1) and no row of the table (T.6)"),
        (",mid-term-report,T.1,1,", ",mid-term-report,T.0,1,", "source: 'T.0' is no row of the table of headline indicators, which has 22"),
        (",mid-term-report,T.1,1,", ",mid-term-report,9.9.9,1,", "source: '9.9.9' is a paragraph of a section 9.9, which is not in sections.csv"),
        (",mid-term-report,T.1,1,", ",mid-term-report,2.3.0,1,", "source: '2.3.0' is no paragraph"),
        (",mid-term-report,T.1,1,", f",mid-term-report,T.1,1{'0' * 30},", f"sentence: '1{'0' * 30}' is too large"),
        (",mid-term-report,T.1,1,", ",mid-term-report,T.1,0,", "sentence: '0' is too small; expected at least 1"),
        # What spreadsheets write where there is nothing.
        ("target,330000,2017,3000", "target,330000,n.a.,3000", "period: 'n.a.' does not have the form 2017, 2018H1, 2018Q1, 2018-06, 2016/2018 or nothing; leave the cell empty"),
        (",mid-term-report,T.1,1,,", ",mid-term-report,T.1,1,#REF!,", "note: '#REF!' is an error of a spreadsheet; write what belongs there; leave the cell empty"),
    ],
)  # fmt: skip
def test_a_cell_of_a_figure_has_a_form(spoil, old, new, sentence):
    problems = list_problems(spoil("figures.csv", old, new))
    if sentence:
        assert any(re.match(r"figures\.csv:\d+:", p) and p.split(":", 2)[2].startswith(sentence) for p in problems), (
            problems
        )
    else:
        assert problems == []


@pytest.mark.parametrize(
    ("file", "old", "new", "sentence"),
    [
        # Rings.
        ("regions.csv", "Zhejiang,100000", "Zhejiang,330000", "regions.csv:6:parent: a place lies in itself: '330000' in '330000'"),
        ("regions.csv", "China,\n", "China,330000\n", "regions.csv:2:parent: a place lies in itself: '100000' in '330000' in '100000'"),
        ("relations.csv", "smart-upgrade-service-firms-new,smart-upgrade-service-firms,", "smart-upgrade-service-firms,smart-upgrade-service-firms,", "relations.csv:10:right: 'smart-upgrade-service-firms' follows from itself"),
        ("relations.csv", "largest-platforms,same,taobao-world-rank,alibaba-world-rank", "largest-platforms,same,taobao-world-rank,taobao-world-rank", "relations.csv:7:right: 'taobao-world-rank' is compared with itself by a relation of the kind 'same'; name what it is compared with"),
        ("relations.csv", "largest-platforms,same,taobao-world-rank,alibaba-world-rank", "largest-platforms,same,taobao-world-rank,alibaba-world-rank alibaba-world-rank", "relations.csv:7:right: 'alibaba-world-rank' stands there twice; name it once"),
        # Keys: in words, and what to write.
        ("indicators.csv", "\nhigh-tech-enterprises,", "\nHigh_Tech,", "indicators.csv:4:indicator: 'High_Tech' does not have the form high-tech-firms: letters a-z and digits, with - between words; write high-tech"),
        ("regions.csv", "\n110000,", "\n北京,", "regions.csv:3:region: '北京' does not have the form 330000 or west-zone: six digits, or letters a-z and digits"),
        ("sections.csv", "\n1.2,", "\n1-2,", "sections.csv:3:section: '1-2' does not have the form 2.3"),
        # Ranks and completions.
        ("figures.csv", "2018,2,位,exact,全国第二", "2018,0,位,exact,0", "figures.csv:83:value: '0' is no place in a ranking; expected 1, 2, 3 …"),
        ("figures.csv", "2018,2,位,exact,全国第二", "2018,-2,位,exact,-2", "figures.csv:83:value: '-2' is no place in a ranking"),
        ("figures.csv", "2018,2,位,exact,全国第二", "2018,1.5,位,exact,1.5", "figures.csv:83:value: '1.5' is no place in a ranking"),
        ("figures.csv", "T.1-completion,high-tech-enterprises,completion,330000,2017,", "T.1-completion,high-tech-enterprises,completion,330000,2017,-", "figures.csv:6:value: '-"),
        # Names and texts.
        ("regions.csv", "浙江,", "浙江 ,", "regions.csv:6:name_zh: '浙江 ' begins or ends with a blank"),
        ("regions.csv", "浙江,", "浙江\u3000,", r"regions.csv:6:name_zh: '浙江\u3000' begins or ends with a blank"),
        ("regions.csv", "浙江,", "浙\0江,", r"regions.csv:6:name_zh: '浙\x00江' holds a line break or another control character"),
        ("regions.csv", "浙江,", "浙\u2028江,", r"regions.csv:6:name_zh: '浙\u2028江' holds a line break or another control character"),
        ("regions.csv", "浙江,", '"浙\n江",', r"regions.csv:6:name_zh: '浙\n江' holds a line break or another control character"),
        ("regions.csv", "浙江,", "浙\u0085江,", r"regions.csv:6:name_zh: '浙\x85江' holds a line break or another control character"),
        ("regions.csv", "浙江,", "浙\ufffe江,", r"regions.csv:6:name_zh: '浙\ufffe江' holds a line break or another control character"),
        ("regions.csv", "Zhejiang", "Zhe\u0301jiang", "regions.csv:6:name_en: 'Zhe\\u0301jiang' is not composed (Unicode NFC)"),
        ("regions.csv", "Zhejiang", "Z" * 10_001, "regions.csv:6:name_en: 'ZZZZ"),
        ("regions.csv", "Zhejiang", "#REF!", "regions.csv:6:name_en: '#REF!' is an error of a spreadsheet"),
        ("platforms.csv", "running,,2017,", "running,,２０17,", "platforms.csv:31:since: '２０17' does not have the form 2018 or 2018-02; write 2017"),
        ("platforms.csv", "running,,2017,", "running,,2717,", "platforms.csv:31:since: the year 2717 of '2717' is not from 1900 to 2100"),
        ("external.csv", "中评社,2015-11,", "中评社,2015-02-30,", "external.csv:4:published: '2015-02-30' is no date of the calendar"),
        ("external.csv", "中评社,2015-11,", "中评社,2015/11/3,", "external.csv:4:published: '2015/11/3' does not have the form 2018, 2018-02 or 2018-02-08; write 2015-11-03"),
        ("external.csv", "中评社,2015-11,", "中评社,2915-11,", "external.csv:4:published: the year 2915 of '2915-11' is not from 1900 to 2100"),
        ("external.csv", "https://www.emrcity", "https://me:word@www.emrcity", "external.csv:2:address: the address holds an @ before its host"),
        ("external.csv", "https://www.emrcity.com/", "https://www.emrcity.com:99999/", "external.csv:2:address: 'https://www.emrcity.com:99999/research_show-127.html' is no address"),
        ("indicators.csv", ",1,innovation,", ",-1,innovation,", "indicators.csv:4:headline: '-1' is too small; expected at least 1"),
        # Labels: what is filled in, and how it is written.
        ("labels.csv", "{n}项快于预期", "{n!z}项快于预期", "labels.csv:17:zh: '{n!z}项快于预期' does not have the same {…} and |"),
        ("labels.csv", "{n}项快于预期", "{n!r}项快于预期", "labels.csv:17:zh: '{n!r}项快于预期' does not have the same {…} and |"),
        ("labels.csv", "{n}项快于预期", "{n:>99999999}项快于预期", "labels.csv:17:zh: '{n:>99999999}项快于预期' does not have the same {…} and |"),
        ("labels.csv", "{n}项快于预期", "{n.real}项快于预期", "labels.csv:17:zh: '{n.real}项快于预期' does not have the same {…} and |"),
        ("labels.csv", "{n}项快于预期", "{n}{}项快于预期", "labels.csv:17:zh: '{n}{}项快于预期' does not have the same {…} and |"),
        ("labels.csv", "{n}项快于预期", "{n}项快于预期{", "labels.csv:17:zh: '{n}项快于预期{' does not have the same {…} and |"),
        ("labels.csv", "key,zh,en\n", "key,zh,en\ncategory.x,名{,name\n", "labels.csv:2:zh: '名{' holds a brace, but the project has no label 'category.x'"),
        ("labels.csv", "key,zh,en\n", "key,zh,en\ncategory.x,名,{name:d}\n", "labels.csv:2:en: '{name:d}' holds a brace, but the project has no label 'category.x'"),
    ],
)  # fmt: skip
def test_a_cell_of_any_table_has_a_form(spoil, file, old, new, sentence):
    problems = list_problems(spoil(file, old, new))
    assert any(problem.startswith(sentence) for problem in problems), problems


@pytest.mark.parametrize(
    ("file", "change", "sentence"),
    [
        ("units.csv", lambda text: text.replace(",", ";"), "units.csv:1: columns are separated by ';'; save the file with commas"),
        ("units.csv", lambda text: text.replace(",", "\t"), "units.csv:1: columns are separated by tabs; save the file with commas"),
        ("units.csv", lambda text: text.replace(",", "|"), "units.csv:1: columns are separated by '|'; save the file with commas"),
        ("units.csv", lambda text: "sep=,\n" + text, "units.csv:1: 'sep=,' tells a spreadsheet how columns are separated; remove this row, and save with commas"),
        ("regions.csv", lambda text: text.replace("name_zh", "name_zh ", 1), "regions.csv:1:name_zh: the header says 'name_zh ' here, expected 'name_zh'"),
        ("regions.csv", lambda text: text.replace("name_zh", "Name_zh", 1), "regions.csv:1:name_zh: the header says 'Name_zh' here, expected 'name_zh'"),
        ("regions.csv", lambda text: text.replace("name_zh", "ｎame_zh", 1), "regions.csv:1:name_zh: the header says 'ｎame_zh' here, expected 'name_zh'"),
        ("regions.csv", lambda text: "\ufeff" * 2 + text, r"regions.csv:1:region: the header says '\ufeffregion' here, expected 'region'"),
        ("regions.csv", lambda text: text.replace("name_zh", "region", 1), "regions.csv:1: the column 'region' stands twice in the header"),
        ("regions.csv", lambda text: "\n" + text, "regions.csv:1: the first row is empty; expected the header region,name_zh,name_en,parent"),
        ("regions.csv", lambda text: "地区,,,\n" + text, "regions.csv:1: the first row is '地区,,,'; expected the header region,name_zh,name_en,parent"),
        ("regions.csv", lambda text: text.replace("\n", ",,\n"), "regions.csv:1: columns of the header without a name: 2; remove their cells from every row"),
        ("regions.csv", lambda text: ",".join(map(str, range(10**6))) + "\n", "regions.csv:1: the first row is '0,1,2,3,4"),
        ("regions.csv", lambda text: text.replace("\n330000,", '\n"330000,', 1), "regions.csv:6: cannot be read as a table from here on (unexpected end of data); is a quotation mark left open?"),
        ("regions.csv", lambda text: text.replace("\n330000,", '\n"330000"x,', 1), "regions.csv:6: cannot be read as a table from here on ("),
    ],
)  # fmt: skip
def test_a_file_has_one_dialect(copy, file, change, sentence):
    path = copy / file
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
    (problem, *others) = list_problems(copy)
    assert problem.startswith(sentence)
    assert others == []


@pytest.mark.parametrize("name", ["datapackage.json", "figures.csv", "labels.csv"])
@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir, lambda path: Path(path).symlink_to("/dev/zero")])
def test_what_is_no_file_is_not_read(copy, name, make):
    (copy / name).unlink()
    make(copy / name)
    (problem, *_) = list_problems(copy)
    assert "no file, but a folder, a pipe or a device" in problem


def test_a_label_with_doubled_braces_is_shown_with_single_ones(package):
    labels = package.labels.copy()
    labels["en"] = labels["en"].str.cat(["{{x}}"] * len(labels)).where(labels.index == "sources.text", labels["en"])
    assert "{x}" in html(Opener(replace(package, labels=labels)).chapter().sources()).text
