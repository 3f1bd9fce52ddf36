"""Time the bar charts of the notebooks: the project's own against the same ones by seaborn and matplotlib.

    python benchmarks/pictures.py               print the table
    python benchmarks/pictures.py --rounds 5    draw each picture more often, for a steadier median

The frames are those that the notebooks draw in the target year. The other way is what an analyst writes in a notebook:
subplots, `sns.barplot`, names, values and ranges, shown by the inline backend, which lays the figure out a second time to cut
its margins. Both are timed in turn, from the frame to the SVG, by the time of the processor; the ratio is what to read.
"""

import argparse
import json
import textwrap
import time
from itertools import product
from pathlib import Path
from statistics import median
from unittest import mock

import matplotlib as mpl
import numpy as np
import pandas as pd
import seaborn as sns
from IPython.core.pylabtools import print_figure
from matplotlib import pyplot as plt

from helpers import paths
from helpers.charts import bars, canvas
from helpers.display import theme
from helpers.package import tables
from helpers.runs.run import read_parameters


def collect_frames(year: int) -> list[pd.DataFrame]:
    """What `bars.bars` is given by all notebooks in a year, in both languages."""
    with mock.patch.object(bars, "bars", wraps=bars.bars) as calls:
        for notebook in sorted(paths.NOTEBOOKS.glob("*.ipynb")):
            defaults = read_parameters(notebook)
            for language in ("zh", "en"):
                execute(notebook, defaults | {"language": language} | ({"year": year} if "year" in defaults else {}))
        return [call.args[0] for call in calls.call_args_list]


def execute(notebook: Path, parameters: dict) -> None:
    """Run the code cells of a notebook in this process."""
    namespace = {}
    for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            exec("".join(cell["source"]), namespace)
            if "parameters" in cell["metadata"].get("tags", []):
                namespace |= parameters


def draw_ours(frame: pd.DataFrame) -> str:
    with canvas.context():
        return canvas.svg(bars.bars(frame), "alternative text", "picture")


def draw_default(frame: pd.DataFrame) -> str:
    """The same values, ranges, names and labels by seaborn, with letters kept as text, as ours are."""
    rows, values = range(len(frame)), frame["value"].to_numpy()
    figure, ax = plt.subplots(figsize=(canvas.WIDTH / 72, 0.4 * len(frame) + 0.8))
    sns.barplot(x=values, y=rows, orient="h", color=theme.DATA, errorbar=None, ax=ax)
    ends = np.nan_to_num(np.abs([values - frame["lower"], frame["upper"] - values]), posinf=0)
    if ends.any():
        ax.errorbar(values, rows, xerr=ends, fmt="none", ecolor=theme.INK, elinewidth=1, capsize=3)
    for row, (value, label) in enumerate(zip(values, frame["label"], strict=True)):
        ax.annotate(label, (value, row), (5, 0), textcoords="offset points", va="center")
    ax.set_yticks(rows, [textwrap.fill(name, 30 if name.isascii() else 16) for name in frame["name"]])
    ax.set(xlabel="", ylabel="")
    sns.despine(ax=ax, left=True)
    with mpl.rc_context({"svg.fonttype": "none"}):
        svg = print_figure(figure, "svg", bbox_inches="tight")
    plt.close(figure)
    return svg


WAYS = {"bars.bars": draw_ours, "seaborn": draw_default}


def measure(frames: list[pd.DataFrame], rounds: int) -> pd.DataFrame:
    """Milliseconds and kilobytes of a picture in each way: medians of the rounds, means over the pictures."""
    rows = []
    for frame, (way, draw) in product(frames, WAYS.items()):
        seconds = []
        for _ in range(rounds):
            start = time.process_time()
            svg = draw(frame)
            seconds.append(time.process_time() - start)
        rows.append((way, 1000 * median(seconds), len(svg.encode()) / 1000))
    return pd.DataFrame(rows, columns=["way", "milliseconds", "kilobytes"]).groupby("way").mean()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=3, help="times that each picture is drawn in each way")
    options = parser.parse_args()
    frames = collect_frames(tables.load().plan.target_year)
    plt.switch_backend("agg")  # no windows
    mpl.rcParams["font.family"] = theme.FONT_PICTURE  # registered when the notebooks drew
    table = measure(frames, options.rounds)
    print(f"{len(frames)} pictures\n\n| drawn by | milliseconds | kilobytes |\n|---|--:|--:|")
    for row in table.itertuples():
        print(f"| {row.Index} | {row.milliseconds:.1f} | {row.kilobytes:.1f} |")


if __name__ == "__main__":
    main()
