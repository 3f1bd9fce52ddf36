"""The page that a new data package begins with: what to fill in, in Chinese and English, for people who use Excel."""

import shlex
from pathlib import Path

from helpers.package.schema import EXAMPLE
from helpers.package.tables import Tables

GUIDE = """\
# {title_zh} · {title_en}

这个文件夹是一个数据包：计划的指标、目标值和实际值都在表格（CSV）里，可以直接用 Excel 打开、修改、
保存（保存类型选“CSV UTF-8”）。命令在项目文件夹里运行。

{chapters_zh}
2. **指标**：{indicators_zh}在 `indicators.csv` 里每个指标一行。`indicator` 是英文短名（小写字母、数字和连字符）；
   `headline` 是主要指标的序号；`kind` 是类型：`stock` 存量、`flow` 流量、`share` 占比、`index` 指数、`rank` 位次；
   `target_kind` 是目标的类型，
   如 `level` 不低于、`cap` 不高于、`growth` 年均增速、`cumulative` 累计、`reduction` 比基期下降；`responsible` 是责任单位。
   新的类别在 `terms.csv` 里写上名称，新的单位写在 `units.csv`。
3. **数据**：{figures_zh}`{evaluate} template {folder} 填报表.xlsx` 生成填报表，交各责任单位填写；填好后
   `{evaluate} import 填报表.xlsx --data {folder}` 读入，先列出变化，确认后才写入 `figures.csv`。也可以直接在
   `figures.csv` 里每个数写一行：目标值的 `measure` 是 `target`，`printed` 照原文抄写，`source` 写出处，
   `document` 写出自哪个文件；每个文件在 `sources.csv` 里写一行。
{fourth_zh}
5. **检查**：`{evaluate} check {folder}` 逐条列出问题，并说明怎样改。
6. **成页**：`{evaluate} run --data {folder} --out {out}`，然后打开 `{out}/index.html`。

要自己撰写分析，在章节名称确定以后编辑 `notebooks` 文件夹里的笔记本。

---

This folder is a data package. Indicators, targets and actual values are tables (CSV) that you can open, change and save
in Excel (choose the type “CSV UTF-8”). Run the commands in the project’s folder.

{chapters_en}
2. **Indicators**: {indicators_en}`indicators.csv` has a row for each. `indicator` is a short name of small letters,
   digits and hyphens; `headline` numbers the headline indicators; `kind` is `stock`, `flow`, `share`, `index` or `rank`;
   `target_kind` tells how the target is meant, such as `level` (at least), `cap` (at most), `growth` (average a year),
   `cumulative` (total) or `reduction` (fall against the base year); `responsible` is the department in charge. Name new
   categories in `terms.csv`, and new units in `units.csv`.
3. **Figures**: {figures_en}`{evaluate} template {folder} book.xlsx` makes a workbook for the departments to fill in.
   `{evaluate} import book.xlsx --data {folder}` reads it, lists what would change, and writes `figures.csv` when you
   confirm. You can also write `figures.csv` yourself, a row for each number: a target has the `measure` `target`,
   `printed` is the number as it stands in the document, `source` is its place there, and
   `document` names the document, which has a row in `sources.csv`.
{fourth_en}
5. **Check**: `{evaluate} check {folder}` lists every problem, and what to write instead.
6. **Make the pages**: run `{evaluate} run --data {folder} --out {out}`, and open `{out}/index.html`.

To write the analysis yourself, edit the notebooks in the folder `notebooks`, once the chapters and sections are named.
"""


EXAMPLES = {  # what is true of a package that begins with examples
    "chapters_zh": """\
1. **章和节**：在 `chapters.csv` 和 `sections.csv` 里写上章、节的名称；多余的行删去，不够的加行。节号如 `2.1`
   表示第 2 章第 1 节。节的引言写在 `text_zh`、`text_en`。改好后删去 `notebooks` 文件夹，笔记本即按新的名称自动生成。""",
    "chapters_en": """\
1. **Chapters and sections**: write their names into `chapters.csv` and `sections.csv`; delete rows that you do not need,
   and add others. The section `2.1` is the first one of chapter 2. Its introduction goes into `text_zh` and `text_en`.
   Then delete the folder `notebooks`: notebooks are made again with the new names.""",
    "indicators_zh": "",
    "indicators_en": "",
    "figures_zh": "",
    "figures_en": "",
    "fourth_zh": """\
4. **删去示例**：以 `example-` 开头的行是示例；删去之前，每页都注明数据为虚构。""",
    "fourth_en": """\
4. **Delete the examples**: their keys begin with `example-`. As long as there is one, every page says that its figures
   are made up.""",
}
FROM_TABLE = {  # and of one that begins with the plan's table of indicators
    "chapters_zh": """\
1. **章和节**：`chapters.csv` 和 `sections.csv` 里的名称由指标表读入，请核对，并补上英文名。节号如 `2.1` 表示第 2 章
   第 1 节。节的引言写在 `text_zh`、`text_en`。改了名称，就删去 `notebooks` 文件夹，笔记本即按新的名称自动生成。""",
    "chapters_en": """\
1. **Chapters and sections**: their names in `chapters.csv` and `sections.csv` come from the table; go through them, and add
   English names. The section `2.1` is the first one of chapter 2. Its introduction goes into `text_zh` and `text_en`.
   If you change names, delete the folder `notebooks`: notebooks are made again with the new names.""",
    "indicators_zh": "已由指标表读入，请核对。",
    "indicators_en": "they come from the table; go through them. ",
    "figures_zh": "指标表里的基期值和目标值已经读入。",
    "figures_en": "base and target values of the table are there already. ",
    "fourth_zh": """\
4. **写明出处**：指标表本身在 `sources.csv` 里已有一行（`plan-table`），请补上发布单位、日期和网址。""",
    "fourth_en": """\
4. **Name the document**: the table has a row in `sources.csv` (`plan-table`); add its publisher, date and address.""",
}


def write_guide(package: Tables, folder: Path) -> str:
    """The guide of a package in a folder, as Markdown: with or without examples, as the package has them."""
    has_examples = any(key.startswith(EXAMPLE) for key in package.indicators.index)
    return GUIDE.format(
        title_zh=package.plan.title_zh,
        title_en=package.plan.title_en,
        evaluate=".venv/bin/evaluate",
        folder=shlex.quote(str(folder)),
        out=shlex.quote(f"{folder.name}-pages"),
        **(EXAMPLES if has_examples else FROM_TABLE),
    )
