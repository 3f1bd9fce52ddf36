"""Pictures draw what their frame says: the artists hold the data, and nothing lies outside the paper."""

import io
import re
from itertools import combinations, pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties

from helpers.charts import bars, canvas, grids, intervals, series, timeline
from helpers.display import lettering, theme

WORDS = {"target": "target 100%", "first": "no. 1"}


@pytest.fixture(autouse=True)
def in_style():
    with canvas.context():
        yield


def values(ax) -> list[float]:
    """Widths of the bars, paper-coloured backgrounds left out."""
    return [patch.get_width() for patch in ax.patches if hasattr(patch, "get_width")]


def texts(ax) -> list[str]:
    return [text.get_text() for text in ax.texts]


def bar_frame(**columns) -> pd.DataFrame:
    rows = {"name": ["A", "B"], "value": [31.9, 25.4], "lower": [31.85, 25.35], "upper": [31.95, 25.45]}
    return pd.DataFrame(rows | {"form": ["printed", "derived"], "label": ["31.9%", "25.4%"]} | columns)


def test_bars_are_as_long_as_their_values():
    ax = bars.bars(bar_frame())
    assert values(ax) == [31.9, 25.4]
    assert texts(ax) == ["A", "31.9%", "B", "25.4%"]


def test_a_derived_bar_is_hollow_and_a_public_one_dashed():
    ax = bars.bars(bar_frame(form=["derived", "public"]))
    assert [patch.get_facecolor()[:3] for patch in ax.patches] == [(1, 1, 1), (1, 1, 1)]
    assert [patch.get_linestyle() == "solid" for patch in ax.patches] == [True, False]


def test_negative_bars_go_left_of_the_base_line_and_stay_on_the_paper():
    ax = bars.bars(bar_frame(value=[10, -80], label=["+10%", "−80%"]))
    left, right = ax.get_xlim()
    assert values(ax) == [10, -80]
    assert left < -80 < 10 < right


def test_only_negative_bars_stay_on_the_paper_too():
    ax = bars.bars(bar_frame(value=[-20, -80], label=["−20%", "−80%"]))
    assert ax.get_xlim()[0] < -80
    assert ax.get_xlim()[1] > 0


def test_an_interval_is_drawn_where_it_can_be_seen():
    wide = bars.bars(bar_frame(lower=[25, 25.4], upper=[35, 25.4]))
    narrow = bars.bars(bar_frame())
    assert [25, 35] in [list(line.get_xdata()) for line in wide.lines]
    assert len(narrow.lines) == 0


def test_pairs_share_a_scale_within_a_quantity_only():
    frame = pd.DataFrame(
        {
            "name": ["a", "b"], "before": [80, 1000.0], "after": [110, 2000.0],
            "before_form": "derived", "after_form": "printed", "before_label": ["80", "1000"],
            "after_label": ["110", "2000"], "before_period": "2017", "after_period": "2018",
            "before_figure": ["a1", "b1"], "after_figure": ["a2", "b2"],
        }
    )  # fmt: skip
    assert values(bars.pairs(frame)) == pytest.approx([80 / 110, 1, 0.5, 1])


def test_columns_stand_in_proportion():
    frame = pd.DataFrame(
        {"year": ["2017", "2018"], "value": [50, 100], "form": ["derived", "printed"], "label": ["50", "100"],
         "form_label": ["derived", "printed"], "growth": ["", "+100%"]}
    )  # fmt: skip
    heights = [abs(patch.get_height()) for patch in series.columns(frame).patches]
    assert heights[1] == pytest.approx(2 * heights[0])


def test_slopes_begin_at_100_and_end_at_their_index():
    frame = pd.DataFrame({"name": ["a", "b"], "before": 100.0, "after": [150.0, 120.0], "label": ["+50%", "+20%"]})
    ax = series.slopes(frame)
    ends = sorted(
        tuple(line.get_ydata()) for line in ax.lines if len(line.get_xdata()) == 2 and line.get_xdata()[0] == 30
    )
    starts = {round(float(y[0]), 6) for y in ends}
    assert len(ends) == 2
    assert len(starts) == 1
    rise = [starts.copy().pop() - float(y[1]) for y in ends]
    assert max(rise) == pytest.approx(2.5 * min(rise))


@pytest.mark.parametrize("wanted", [[10, 11, 12], [100, 100, 100], [190, 195, 199], [5, 100, 101]])
def test_labels_are_kept_apart_on_the_paper(wanted):
    placed = series.apart(wanted, [20, 20, 20], 200)
    assert all(b - a >= 20 - 1e-6 for a, b in pairwise(placed))
    assert placed[0] >= 10
    assert placed[-1] <= 190


def test_a_matrix_prints_its_counts_and_leaves_zeros_empty():
    frame = pd.DataFrame([[2, 0], [1, 11]], index=["x", "y"], columns=["built", "running"])
    shown = [text for text in texts(grids.matrix(frame)) if text.isdecimal()]
    assert sorted(shown) == ["1", "11", "2"]


def test_long_names_in_a_matrix_make_its_rows_higher():
    names = ["Energy saving, environmental protection and other long words", "Education and culture"]
    ax = grids.matrix(pd.DataFrame([[1, 2], [3, 4]], index=names, columns=["a", "b"]))
    ax.figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in ax.texts]
    assert all(not a.overlaps(b) or a.y0 > b.y1 - 4 or b.y0 > a.y1 - 4 for a, b in combinations(boxes, 2))


def test_quotes_are_straight_where_the_font_would_set_them_wide():
    assert lettering.wrap("the world’s “best”", 300) == ['the world\'s "best"']
    assert lettering.wrap("“互联网+”", 300) == ["“互联网+”"]


def _rgba(colour: str) -> tuple:
    return (*(int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)), 1.0)


def test_squares_are_one_an_indicator_in_status_order():
    frame = pd.DataFrame({"category": ["a", "a", "b"], "status": ["no_data", "met", "missed"]})
    ax = grids.squares(frame)
    squares = [patch for patch in ax.patches if patch.get_width() == 20]
    colours = [patch.get_edgecolor() for patch in squares]
    expected = [theme.SIGNS[status].colour for status in ("met", "no_data", "missed")]
    assert [tuple(np.round(c, 3)) for c in colours] == [tuple(np.round(_rgba(c), 3)) for c in expected]


def test_a_rank_stands_at_its_place():
    ax = grids.ranks(pd.DataFrame({"name": ["a"], "value": [4], "label": ["no. 4"]}), WORDS)
    places = [collection.get_offsets()[0][0] for collection in ax.collections if len(collection.get_offsets()) == 1]
    assert places == [3]


def test_the_same_picture_is_the_same_text_twice_and_says_what_it_shows():
    first, second = (canvas.svg(bars.bars(bar_frame()), "alternative <text>", "a") for _ in range(2))
    assert first == second
    assert 'role="img" aria-label="alternative &lt;text&gt;"' in first
    assert "<style" not in first
    assert "<metadata" not in first


def test_ids_in_two_pictures_do_not_clash():
    frame = pd.DataFrame({"category": ["a", "b"], "status": ["met", "missed"]})
    ids = [set(re.findall(r' id="([^"]+)"', canvas.svg(grids.squares(frame), "", name))) for name in "ab"]
    assert ids[0]
    assert ids[0].isdisjoint(ids[1])


def test_the_width_of_a_text_is_that_of_its_font():
    assert lettering.width("网络", 10) == pytest.approx(20, rel=1e-3)
    assert lettering.width("100%", 10, "Regular") < lettering.width("100%", 10, "Bold")


@pytest.mark.parametrize("weight", ["normal", "bold"])
@pytest.mark.parametrize("text", ["16718.8亿元", "Value added (Hangzhou), %", "“互联网+”行动计划", "−80～90 no. 1"])
def test_a_text_measured_by_its_characters_is_as_high_as_matplotlib_measures_it(text, weight):
    prop = FontProperties(size=12.5, weight=weight)
    ours, theirs = (
        pen(1, 1, io.StringIO()).get_text_width_height_descent(text, prop, ismath=False)
        for pen in (canvas.Pen, RendererSVG)
    )
    assert ours[1:] == pytest.approx(theirs[1:])
    assert ours[0] == pytest.approx(theirs[0], rel=0.05)  # theirs goes from ink to ink


def test_axes_of_the_callers_own_give_the_same_picture():
    ours = bars.bars(bar_frame())
    own = Figure(figsize=ours.figure.get_size_inches(), dpi=150).add_axes((0, 0, 1, 1))
    assert canvas.svg(bars.bars(bar_frame(), ax=own), "", "a") == canvas.svg(ours, "", "a")


def test_names_with_dollar_signs_and_markup_stay_names():
    svg = canvas.svg(bars.bars(bar_frame(name=["$x$ <script>alert(1)</script>", "B"])), "", "a")
    assert "<script" not in svg
    assert "$x$" in svg


@pytest.mark.parametrize(
    ("text", "pixels", "lines"),
    [
        ("Labour productivity of industrial enterprises above designated size", 300, 2),
        ("全省景区、酒店、旅行社电子地图在线查询实现率", 200, 2),
        ("关键技术和基础设施水平", 130, 2),
        ("短", 200, 1),
        ("“互联网+”行动计划 – Æther naïve co₂ 2‰、甲", 90, 4),
    ],
)
def test_long_names_wrap_and_lose_nothing(text, pixels, lines):
    wrapped = lettering.wrap(text, pixels)
    assert len(wrapped) == lines
    assert "".join(wrapped).replace(" ", "") == text.replace(" ", "")
    assert all(lettering.width(line) <= pixels for line in wrapped)
    assert not any(line[0] in "、，。）；：" for line in wrapped)
    assert len(wrapped) == 1 or len(wrapped[-1]) > 1


@given(st.text("汉字网络、，。（）ab Éß’“ –₂①１\u3000-.,%+", max_size=40), st.integers(30, 300))
def test_wrapping_loses_no_character_but_those_that_would_fill_the_picture(text, pixels):
    lines, whole = lettering.wrap(text, pixels), re.sub(r"\s", "", lettering.latin(text))
    joined = re.sub(r"\s", "", "".join(lines))
    cut = len(lines) == lettering.MOST_LINES and joined.endswith("…") and whole.startswith(joined[:-1])
    assert len(lines) <= lettering.MOST_LINES
    assert joined == whole or cut


def test_a_word_that_is_too_long_for_a_line_is_broken_and_a_long_text_cut():
    broken = lettering.wrap("W" * 30, 100)
    assert "".join(broken) == "W" * 30
    assert len(broken) > 1
    assert all(lettering.width(line) <= 100 for line in broken)
    lines = lettering.wrap("ten thousand " * 800, 200)
    assert len(lines) == lettering.MOST_LINES
    assert lines[-1].endswith("…")
    assert all(lettering.width(line) <= 210 for line in lines)


def test_many_squares_go_on_in_a_second_row_on_the_paper():
    ax = grids.squares(pd.DataFrame({"category": ["a"] * 19, "status": ["met"] * 19}))
    squares = [patch for patch in ax.patches if patch.get_width() == 20]
    assert len(squares) == 19
    assert max(patch.get_x() + 20 for patch in squares) <= canvas.WIDTH
    assert len({patch.get_y() for patch in squares}) == 3


def test_columns_hang_down_below_zero():
    frame = pd.DataFrame({"year": ["2017", "2018"], "value": [5.0, -3.0], "form": "printed"})
    ax = series.columns(frame.assign(label="5 bn", form_label="printed", growth=""))
    heights = [patch.get_height() for patch in ax.patches]
    assert heights[0] < 0 < heights[1]  # y runs downwards
    assert -heights[0] / heights[1] == pytest.approx(5 / 3)


def test_many_years_lie_down_instead_of_shrinking_their_type():
    values = [5.0, -3.0, *range(10, 110, 10)]
    frame = pd.DataFrame({"year": [str(2010 + n) for n in range(12)], "value": values, "form": "printed"})
    ax = series.columns(frame.assign(label="1,234.5 bn", form_label="printed", growth=""))
    assert [patch.get_width() for patch in ax.patches] == values
    assert {text.get_fontsize() for text in ax.texts} == {canvas.SIZE}


MARK = re.compile(
    r'<g class="mark" data-key="([^"]+)"><rect class="hit" x="([\d.-]+)" y="([\d.-]+)" width="([\d.]+)" height="([\d.]+)"'
)
PICTURES = {
    "bars": (bars.bars, bar_frame().set_index(pd.Index(["f-1", "f-2"])), ["f-1", "f-2"]),
    "ranks": (lambda frame: grids.ranks(frame, WORDS), pd.DataFrame({"name": ["a", "b"], "value": [1, 4], "label": ["1st", "4th"]}), ["0", "1"]),
    "matrix": (grids.matrix, pd.DataFrame([[2, 0], [1, 11]], index=["x", "y"], columns=["built", "running"]), ["0", "1"]),
    "squares": (grids.squares, pd.DataFrame({"category": ["a", "b", "a"], "status": ["met", "missed", "no_data"]}), ["0", "1"]),
    "timeline": (
        lambda frame: timeline.timeline(frame, frame.iloc[:0], lambda value, step: f"{value:g}"),
        pd.DataFrame({"year": [2017, 2018], "value": [80.0, 110.0], "lower": [80.0, 110.0], "upper": [80.0, 110.0], "form": "printed",
                      "label": "", "joined": True}, index=["f", "g"]),
        ["f", "g"],
    ),
    "slopes": (series.slopes, pd.DataFrame({"name": ["a", "b"], "after": [150.0, 120.0], "label": ["+50%", "+20%"]}, index=["k", "l"]), ["k", "l"]),
}  # fmt: skip


@pytest.mark.parametrize("name", PICTURES)
def test_each_value_is_a_group_of_its_own_that_overlaps_no_other(name):
    draw, frame, keys = PICTURES[name]
    svg = canvas.svg(draw(frame), "", "a")
    marks = MARK.findall(svg)
    assert [key for key, *_ in marks] == keys
    assert len(re.findall("<g[ >]", svg)) == svg.count("</g>")
    (x1, y1, w1, h1), (x2, y2, _, _) = ([float(number) for number in rest] for _, *rest in marks)
    assert y2 >= y1 + h1 - 0.1 or x2 >= x1 + w1 - 0.1
    for key, part in zip(keys, svg.split('<g class="mark"')[1:], strict=True):
        assert f'data-key="{key}"' in part
        assert "<text" in part or "<use" in part


def test_a_key_with_signs_of_markup_stays_a_key():
    frame = bar_frame().set_index(pd.Index(['"><script>', "b"]))
    assert "<script" not in canvas.svg(bars.bars(frame), "", "a")


def test_a_range_without_a_limit_has_no_cap():
    frame = bar_frame(lower=[5, -np.inf], upper=[15, 15], value=[15, 15])
    open_end, closed = bars.bars(frame.iloc[1:]), bars.bars(frame.iloc[:1])
    assert len(closed.lines) - len(open_end.lines) == 1


def range_frame(*rows) -> pd.DataFrame:
    return pd.DataFrame(
        [{"name": f"n{n}", "label": str(value), "lower": low, "value": value, "upper": high, "form": "printed"}
         for n, (low, value, high) in enumerate(rows)]
    )  # fmt: skip


def spans(ax) -> list[tuple[float, float]]:
    """Ends of the ranges drawn: level lines, the longest of each row."""
    lines = [line for line in ax.lines if len(line.get_xdata()) == 2 and line.get_ydata()[0] == line.get_ydata()[1]]
    return [tuple(line.get_xdata()) for line in lines]


def test_ranges_that_do_not_meet_do_not_meet_in_the_picture():
    ax = intervals.ranges(range_frame((45160, 45160, 45170), (43000, 43000, 44000)))
    upper, lower = spans(ax)
    assert lower[1] < upper[0]
    assert (lower[1] - lower[0]) / (upper[1] - upper[0]) == pytest.approx(100)
    assert "0" not in texts(ax)


def test_ranges_far_apart_begin_at_zero_and_an_open_end_has_no_cap():
    ax = intervals.ranges(range_frame((12.5, 13, 13.5), (1.3, 1.33, np.inf)))
    assert texts(ax).count("0") == 2
    caps = [line for line in ax.lines if len(line.get_xdata()) == 2 and line.get_xdata()[0] == line.get_xdata()[1] > 12]
    assert len(caps) == 3
    assert spans(ax)[1][1] == canvas.WIDTH - 12


@pytest.mark.parametrize(("other", "start"), [(13, 1.33), (1.0, 1.33), (1.4, 1.33), (0.1, 1.33)])
def test_a_chain_is_to_scale_and_its_labels_stay_apart(other, start):
    rows = {"other": ("2017", other, "other", "printed", "T.6"), "start": ("2017", start, "start", "derived", "derived"),
            "end": ("2018", 1.67, "end", "printed", "2.3.3")}  # fmt: skip
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=["period", "value", "label", "form", "note"])
    ax = intervals.chain(frame.assign(growth="+25.4%", gap="9.75 times apart"))
    heights = {line.get_marker(): 214 - line.get_ydata()[0] for line in ax.lines if line.get_marker() in ("s",)}
    top = max(other, start, 1.67)
    assert heights["s"] == pytest.approx(170 * other / top)
    labels = sorted(
        text.get_position()[1]
        for text in ax.texts
        if text.get_ha() == "right" and text.get_text() in ("other", "start")
    )
    assert labels[1] - labels[0] >= 32
    assert all(0 <= text.get_position()[1] <= 244 for text in ax.texts)
