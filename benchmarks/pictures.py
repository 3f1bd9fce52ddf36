"""Time the pictures: the project's own against the same ones as seaborn and matplotlib draw them by default.

    python benchmarks/pictures.py                 print the table
    python benchmarks/pictures.py --years 2018    pictures of other notebooks: a year, or several with commas
    python benchmarks/pictures.py --rounds 5      draw each picture more often, for a steadier median
    python benchmarks/pictures.py --show FOLDER   write both beside each other into FOLDER/index.html, to be looked at

The frames are those that the notebooks themselves draw. A default picture is what an analyst writes in a notebook: subplots,
a function of seaborn, names, values, ranges and status colours as in our picture, the Chinese font, and then the inline
backend, which lays the figure out a second time to cut its margins (`bbox_inches="tight"`). It shows the same values and
words as ours, and nothing that costs time and that ours lacks: no titles, no grid, no second Axes.

Both ways are timed in turn in one process, from the frame to the bytes, and so is PNG for those who prefer it; the time is
that of the processor, so that other work on the machine counts less. Ratios are what to read.
"""

import argparse
import base64
import io
import json
import textwrap
import time
from collections.abc import Callable
from contextlib import ExitStack
from itertools import product
from pathlib import Path
from statistics import median
from typing import NamedTuple
from unittest import mock

import matplotlib as mpl
import numpy as np
import pandas as pd
import seaborn as sns
from IPython.core.pylabtools import print_figure
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from helpers import paths
from helpers.charts import bars, canvas, grids, intervals, series
from helpers.display import theme
from helpers.package import tables
from helpers.pages import render
from helpers.runs.run import read_parameters

MODULES = {
    "bars": bars, "pairs": bars, "parts": bars, "compared": bars, "matrix": grids, "squares": grids,
    "ranks": grids, "columns": series, "slopes": series, "ranges": intervals, "chain": intervals,
}  # fmt: skip
SHOWN = 6  # pictures of a kind on the sheet


class Call(NamedTuple):
    """A picture that a notebook draws: its kind (the function of `helpers.charts`), and what the function was given."""

    kind: str
    given: tuple


def drawn(years: list[int]) -> list[Call]:
    """Every picture of the notebooks of some years, in both languages."""
    with ExitStack() as watch:
        watched = {
            kind: watch.enter_context(mock.patch.object(module, kind, wraps=getattr(module, kind)))
            for kind, module in MODULES.items()
        }
        for notebook in sorted(paths.NOTEBOOKS.glob("*.ipynb")):
            defaults = read_parameters(notebook)
            for language, year in product(("zh", "en"), years if "year" in defaults else [None]):
                execute(notebook, defaults | {"language": language} | ({"year": year} if year else {}))
        return [Call(kind, call.args) for kind, seen in watched.items() for call in seen.call_args_list]


def execute(notebook: Path, parameters: dict) -> None:
    """Run the code cells of a notebook here."""
    namespace = {}
    for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            exec("".join(cell["source"]), namespace)
            if "parameters" in cell["metadata"].get("tags", []):
                namespace |= parameters


# --- our way ---------------------------------------------------------------------------------------------------


def our_svg(call: Call) -> str:
    with canvas.context():
        return canvas.svg(getattr(MODULES[call.kind], call.kind)(*call.given), "alternative text", "pic")


def our_png(call: Call) -> bytes:
    stream = io.BytesIO()
    with canvas.context():
        getattr(MODULES[call.kind], call.kind)(*call.given).figure.savefig(stream, format="png", dpi=100)
    return stream.getvalue()


# --- the default way -------------------------------------------------------------------------------------------


def default_svg(call: Call, fonttype: str = "path") -> str:
    """SVG as the inline backend has it: letters are outlines; with the fonttype `none` they stay text, as ours do."""
    with mpl.rc_context({"svg.fonttype": fonttype}):
        return inline(call, "svg")


def default_png(call: Call) -> bytes:
    return inline(call, "png")


def inline(call: Call, form: str) -> str | bytes:
    """A default picture as a notebook shows it."""
    figure = DEFAULTS[call.kind](*call.given)
    shown = print_figure(figure, form, bbox_inches="tight")
    plt.close(figure)
    return shown


def subplots(rows: float) -> tuple[Figure, Axes]:
    """A figure as wide as our pictures, with room for some rows."""
    return plt.subplots(figsize=(canvas.WIDTH / 72, 0.4 * rows + 0.8))


def wrapped(names: pd.Series) -> list[str]:
    return [textwrap.fill(name, 16 if not name.isascii() else 30) for name in names]


def finish(ax: Axes, names: pd.Series, **values) -> Figure:
    """Names at the left, no frame."""
    ax.set_yticks(range(len(names)), wrapped(names))
    ax.set(xlabel="", ylabel="", **values)
    sns.despine(ax=ax, left=True)
    return ax.figure


def beside(ax: Axes, values: pd.Series, labels: pd.Series) -> None:
    """Labels behind values."""
    for row, (value, label) in enumerate(zip(values, labels, strict=True)):
        ax.annotate(label, (value, row), (5, 0), textcoords="offset points", va="center")


def spans(ax: Axes, frame: pd.DataFrame) -> None:
    """Ranges as error bars, where there are any; an open one ends with its value."""
    ends = (frame["value"] - frame["lower"]).abs(), (frame["upper"] - frame["value"]).abs()
    error = np.nan_to_num(np.array(ends), posinf=0)
    if error.any():
        ax.errorbar(
            frame["value"], range(len(frame)), xerr=error, fmt="none", ecolor=theme.INK, elinewidth=1, capsize=3
        )


def formed(ax: Axes, forms: pd.Series) -> None:
    """Derived bars hollow, public ones dashed."""
    for patch, form in zip(ax.patches, forms, strict=False):
        if form in ("derived", "public"):
            patch.set(facecolor="white", edgecolor=theme.DATA, linestyle="--" if form == "public" else "-")


def default_bars(frame: pd.DataFrame, maximum: float | None = None) -> Figure:
    _, ax = subplots(len(frame))
    sns.barplot(x=frame["value"].to_numpy(), y=range(len(frame)), orient="h", color=theme.DATA, errorbar=None, ax=ax)
    formed(ax, frame["form"])
    spans(ax, frame)
    beside(ax, frame["value"], frame["label"])
    return finish(ax, frame["name"], **({"xlim": (0, maximum)} if maximum else {}))


def default_pairs(frame: pd.DataFrame) -> Figure:
    _, ax = subplots(2 * len(frame))
    most = frame[["before", "after"]].abs().max(axis=1)
    tidy = pd.concat(
        pd.DataFrame({"row": range(len(frame)), "when": when, "share": frame[when].to_numpy() / most.to_numpy()})
        for when in ("before", "after")
    )
    sns.barplot(
        tidy, x="share", y="row", hue="when", orient="h", palette=["white", theme.DATA], edgecolor=theme.DATA, legend=False,
        ax=ax,
    )  # fmt: skip
    for container, when in zip(ax.containers, ("before", "after"), strict=True):
        words = frame[f"{when}_label"] + " (" + frame[f"{when}_period"] + ")"
        ax.bar_label(container, labels=words, padding=4)
    return finish(ax, frame["name"], xticks=[])


def default_parts(frame: pd.DataFrame) -> Figure:
    _, ax = subplots(1.5 * len(frame))
    rows = range(len(frame))
    sns.barplot(x=[100] * len(frame), y=rows, orient="h", color="white", edgecolor=theme.DATA, ax=ax)
    sns.barplot(x=frame["share"].to_numpy(), y=rows, orient="h", color=theme.DATA, errorbar=None, ax=ax)
    beside(ax, pd.Series(100, index=frame.index), frame["label"])
    return finish(ax, frame["name"] + "\n" + frame["whole"])


def default_compared(frame: pd.DataFrame, words: dict[str, str]) -> Figure:
    _, ax = subplots(len(frame))
    rows = range(len(frame))
    ax.axvline(100, color=theme.RULE)
    ax.annotate(words["target"], (100, 1), (0, 4), ("data", "axes fraction"), "offset points", ha="center")
    ax.hlines(rows, frame["printed"], frame["value"], color=theme.INK, zorder=0)
    spans(ax, frame)
    sns.scatterplot(x=frame["value"].to_numpy(), y=rows, color="white", edgecolor=theme.INK, ax=ax)
    sns.scatterplot(x=frame["printed"].to_numpy(), y=rows, color=theme.INK, marker="x", ax=ax)
    beside(ax, pd.Series(250, index=frame.index), frame["label"])
    return finish(ax, frame["name"], xlim=(0, 250), ylim=(len(frame) - 0.5, -0.5))


def default_matrix(frame: pd.DataFrame) -> Figure:
    _, ax = subplots(len(frame))
    sns.heatmap(
        frame.set_axis(wrapped(frame.index)), mask=frame == 0, annot=True, fmt="d", cmap="Greys", cbar=False, linewidths=2,
        ax=ax,
    )  # fmt: skip
    ax.xaxis.tick_top()
    ax.tick_params(length=0, rotation=0)
    return ax.figure


def default_squares(frame: pd.DataFrame) -> Figure:
    counts = pd.crosstab(frame["category"], frame["status"])
    _, ax = subplots(len(counts))
    counts.plot.barh(stacked=True, color={status: theme.SIGNS[status].colour for status in counts}, ax=ax)
    for container in ax.containers:
        ax.bar_label(container, fmt=lambda n: f"{n:.0f}" if n else "", label_type="center", color="white")
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1), frameon=False)
    return finish(ax, counts.index)


def default_ranks(frame: pd.DataFrame, words: dict[str, str]) -> Figure:
    _, ax = subplots(len(frame))
    rows, last = range(len(frame)), int(max(5, frame["value"].max()))
    ax.hlines(rows, 1, last, color=theme.HAIRLINE, zorder=0)
    sns.scatterplot(x=frame["value"].to_numpy(), y=rows, color=theme.DATA, s=70, ax=ax)
    beside(ax, pd.Series(last, index=frame.index), frame["label"])
    ax.annotate(words["first"], (1, 1), (0, 4), ("data", "axes fraction"), "offset points", ha="center")
    return finish(ax, frame["name"], xticks=range(1, last + 1), ylim=(len(frame) - 0.5, -0.5))


def default_columns(frame: pd.DataFrame) -> Figure:
    figure, ax = subplots(5)
    sns.barplot(frame, x="year", y="value", color=theme.DATA, errorbar=None, ax=ax)
    formed(ax, frame["form"])
    ax.bar_label(ax.containers[0], labels=frame["label"], padding=3)
    words = frame["year"] + "\n" + frame["form_label"] + "\n" + frame["growth"]
    ax.set_xticks(range(len(frame)), words)
    ax.set(xlabel="", ylabel="", yticks=[])
    sns.despine(ax=ax, left=True)
    return figure


def default_slopes(frame: pd.DataFrame) -> Figure:
    figure, ax = subplots(0.6 * len(frame) + 2)
    tidy = frame.melt(id_vars="name", value_vars=["before", "after"], var_name="when", value_name="index")
    sns.lineplot(tidy, x="when", y="index", hue="name", marker="o", legend=False, ax=ax)
    for name, after, label in zip(frame["name"], frame["after"], frame["label"], strict=True):
        ax.annotate(f"{name}  {label}", ("after", after), (6, 0), textcoords="offset points", va="center")
    ax.set(xlabel="", ylabel="", xticks=[])
    sns.despine(ax=ax)
    return figure


def default_ranges(frame: pd.DataFrame) -> Figure:
    _, ax = subplots(len(frame))
    frame = frame.reset_index(drop=True)
    spans(ax, frame)
    sns.scatterplot(x=frame["value"], y=range(len(frame)), color=theme.DATA, ax=ax)
    for row in frame.itertuples():
        ax.annotate(row.label, (row.value, row.Index), (0, -14), textcoords="offset points", ha="center")
    return finish(ax, frame["name"], ylim=(len(frame) - 0.5, -0.5))


def default_chain(frame: pd.DataFrame) -> Figure:
    figure, ax = subplots(5)
    for name, line in (("other", "--"), ("start", "-")):
        values = frame.loc[[name, "end"], "value"].to_numpy()
        sns.lineplot(x=[0, 1], y=values, color=theme.INK, linestyle=line, marker="o", ax=ax)
    for x, name, row in zip((0, 0, 1), frame.index, frame.itertuples(), strict=True):
        ax.annotate(
            f"{row.label}\n{row.note}", (x, row.value), (-8 if x == 0 else 8, 0), textcoords="offset points", va="center",
            ha="right" if name != "end" else "left",
        )  # fmt: skip
    start, other, end = (frame.at[name, "value"] for name in ("start", "other", "end"))
    ax.annotate(frame.at["start", "growth"], (0.5, (start + end) / 2), (0, 6), textcoords="offset points", ha="center")
    ax.annotate(frame.at["other", "gap"], (0, (start + other) / 2), (-8, 0), textcoords="offset points", ha="right")
    ax.set(xlabel="", ylabel="", ylim=(0, None), yticks=[])
    ax.set_xticks([0, 1], frame.loc[["start", "end"], "period"])
    sns.despine(ax=ax, left=True)
    return figure


DEFAULTS = {name.removeprefix("default_"): f for name, f in list(globals().items()) if name[8:] in MODULES}


# --- measuring -------------------------------------------------------------------------------------------------


WAYS: dict[str, Callable[[Call], str | bytes]] = {
    "ours": our_svg,
    "default": default_svg,
    "text": lambda call: default_svg(call, "none"),
    "our PNG": our_png,
    "PNG": default_png,
}


def measured(calls: list[Call], rounds: int) -> pd.DataFrame:
    """Median seconds and kilobytes of each picture in each way; every other round goes the other way round."""
    rows = []
    for number, call in enumerate(calls):
        taken = {way: [] for way in WAYS}
        size = {}
        for turn in range(rounds):
            for way in list(WAYS) if turn % 2 else reversed(WAYS):
                start = time.process_time()
                made = WAYS[way](call)
                taken[way].append(time.process_time() - start)
                size[way] = len(made.encode() if isinstance(made, str) else made) / 1000
        rows += [(number, call.kind, way, median(taken[way]), size[way]) for way in WAYS]
    return pd.DataFrame(rows, columns=["number", "kind", "way", "seconds", "kilobytes"])


def table(frame: pd.DataFrame) -> str:
    """Milliseconds and ratios by kind, as Markdown; a ratio over all weighs each picture by its time."""
    heads = [
        "picture",
        "number",
        "ours",
        "default",
        "ratio",
        "default with text",
        "ratio",
        "our PNG",
        "default PNG",
        "ratio",
    ]
    lines = [[*heads, "KB", "default"], ["---"] + ["--:"] * (len(heads) + 1)]
    kinds = dict(iter(frame.groupby("kind", sort=False)))
    for kind, own in (kinds | {"all": frame}).items():
        number = own["number"].nunique()
        ms = own.groupby("way")["seconds"].sum() * 1000 / number
        size = own.groupby("way")["kilobytes"].sum() / number
        cells = [f"{ms['ours']:.1f}", *against(ms, "ours", "default"), *against(ms, "ours", "text")]
        cells += [f"{ms['our PNG']:.1f}", *against(ms, "our PNG", "PNG")]
        lines.append([kind, str(number), *cells, f"{size['ours']:.1f}", f"{size['default']:.1f}"])
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def against(ms: pd.Series, ours: str, other: str) -> tuple[str, str]:
    """Milliseconds of the default, and the part of it that ours take."""
    return f"{ms[other]:.1f}", f"**{ms[ours] / ms[other]:.2f}**"


def sheet(calls: list[Call]) -> str:
    """Both kinds of picture beside each other, a page for a person to compare the looks."""
    rows = []
    for kind in MODULES:
        own = [call for call in calls if call.kind == kind]
        for number, call in enumerate(own[:: max(1, len(own) // SHOWN)][:SHOWN]):
            ours = our_svg(call).replace("pic-", f"{kind}-{number}-")
            other = base64.b64encode(default_svg(call).encode()).decode()
            rows.append(f'<tr><th>{kind}<td>{ours}<td><img src="data:image/svg+xml;base64,{other}">')
    body = "".join(rows)
    look_of_it = "td{width:520px;vertical-align:top;padding:16px;border-bottom:1px solid #ccc}img{width:500px}"
    return f'<meta charset="utf-8"><style>{render.font_faces(body)}{look_of_it}</style><table>{body}</table>'


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--years", default=str(tables.load().plan.target_year), help="years, with commas")
    parser.add_argument("--rounds", type=int, default=3, help="times that each picture is drawn in each way")
    parser.add_argument("--show", type=Path, help="a folder for a page with both kinds beside each other")
    options = parser.parse_args()
    calls = drawn([int(year) for year in options.years.split(",")])
    plt.switch_backend("agg")  # no windows
    mpl.rcParams["font.family"] = theme.FONT_PICTURE  # registered by now: our way drew the same pictures
    if options.show:
        options.show.mkdir(parents=True, exist_ok=True)
        (options.show / "index.html").write_text(sheet(calls), encoding="utf-8", newline="\n")
        return
    print(table(measured(calls, options.rounds)))


if __name__ == "__main__":
    main()
