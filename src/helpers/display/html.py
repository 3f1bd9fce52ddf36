"""What a cell shows: sentences, tables and pictures as HTML that stands alone, with everything from the data escaped.

In JupyterLab these objects show themselves; on a page the same HTML gets its style from the page. Nothing here knows
indicators. Ids are given by the caller and stay the same over years and languages, so that links keep working.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from markupsafe import Markup, escape

from helpers.display import theme

PAGE_MIME = "application/vnd.evaluation.page+json"
FRAME_MIME = "application/vnd.dataresource+json"
LANGUAGE_TAGS = {"zh": "zh-CN", "en": "en"}
PAGE_FORM = 6  # of what a page says of itself; pages are not made from outputs of another form
HAN = re.compile("[\u3400-\u9fff]")
BANNER = "border:3px solid;padding:8px 12px;margin:0 0 16px;font-size:16px;font-weight:700"  # JupyterLab has no sheet of ours


class Shown:
    """Anything shown by its `html`; `plain` is what a terminal prints, `frame` the data that it shows, if it shows any."""

    html: str
    plain: str
    frame: Any = None

    def __repr__(self) -> str:
        return self.plain

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        return {"text/html": str(self.html), "text/plain": self.plain}


@dataclass(repr=False)
class Html(Shown):
    """A piece of HTML; with `page`, facts about the whole notebook for whoever makes a page of it.

    name, frame, resource: of the data that it shows, if it shows any, as `Table` has them
    """

    html: Markup
    plain: str
    page: dict | None = None
    name: str = ""
    frame: Any = None
    resource: dict | None = None

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        more = {PAGE_MIME: self.page, FRAME_MIME: self.resource}
        return super()._repr_mimebundle_() | {mime: data for mime, data in more.items() if data is not None}


def plain(cell: str) -> str:
    """A cell as text; one that is no markup may hold `<` and `&` of its own."""
    return cell.striptags() if isinstance(cell, Markup) else str(cell)


def mark_language(text: str, language: str) -> str:
    """A text of somebody else's, such as a source's title, marked where it is not of the reader's language."""
    own = "zh" if HAN.search(text) else "en"
    return text if own == language else Markup('<span lang="{}">{}</span>').format({"zh": "zh-CN"}.get(own, own), text)


def banner(text: str) -> Markup:
    """What stands above everything else, on a page, in JupyterLab and in print."""
    return Markup('<p class="banner" role="note" style="{}">{}</p>').format(BANNER, text)


class Value(str):
    """A text with what sorts it: the number that it stands for, in base units, or a text such as `2018-H1`."""

    def __new__(cls, text: str, order: float | str):
        self = super().__new__(cls, text)
        self.order = order
        return self

    def __html__(self) -> Markup:
        order = (
            self.order if isinstance(self.order, str) else f"{Decimal(repr(float(self.order))):f}".removesuffix(".0")
        )
        return (
            escape(str(self)) if order == self else Markup('<span data-order="{}">{}</span>').format(order, str(self))
        )


class Readings(str):
    """A text that says both readings, as reported and as corrected, and each of them alone; a page shows one of the three."""

    def __new__(cls, both: str, printed: str, corrected: str):
        self = super().__new__(cls, both)
        self.printed, self.corrected = printed, corrected
        return self

    def __html__(self) -> Markup:
        return self.write(escape)

    def write(self, link: Callable[[str], str]) -> Markup:
        """All that a page needs of it; link: makes the names in a text links."""
        if self.printed == self.corrected:
            return escape(link(str(self)))
        if not self.printed:
            return mark_reading(link(str(self)), "corrected")
        texts = {"both": str(self), "only-printed": self.printed, "only-corrected": self.corrected}
        return Markup("").join(mark_reading(link(text), reading) for reading, text in texts.items() if text)


def mark_reading(text: str, reading: str) -> Markup:
    """A text of one reading, which a page hides while it shows the other one.

    reading: `printed` or `corrected`, where the other stands beside it; `both`; `only-printed`, `only-corrected`
    """
    return Markup('<span data-reading="{}">{}</span>').format(reading, text)


BAR_END = 150  # where the scale of a bar ends, in % of the target; longer ones are cut
RANGE_FROM = 2  # percentage points from which a range is drawn


def bar(value: float, lower: float, upper: float, status: str, form: str) -> Markup:
    """A completion in % as a bar on the scale 0-150, with the target's line at 100 and its range beneath; NaN has no bar.

    It says nothing that its row does not say in numbers, so readers of screens do not hear it.
    """
    colour, parts = theme.SIGNS[status].colour, []
    stroke = 'vector-effect="non-scaling-stroke"'  # lines stay as thick in a wide table as in a narrow one
    if value != value:
        parts.append(f'<path d="M0 7H100" stroke="{theme.QUIET}" stroke-dasharray="1 3" {stroke}/>')
    else:
        long = min(max(value, 0), BAR_END)
        inside = {"derived": theme.PAPER, "public": theme.PAPER}.get(form, colour)
        dash = ' stroke-dasharray="3 2"' if form == "public" else ""
        parts.append(
            f'<path d="M0 3H{long:.4g}V11H0Z" fill="{inside}" stroke="{colour}" stroke-width="2"{dash} {stroke}/>'
        )
        if value > BAR_END:
            parts.append(f'<path d="M143 14L146 0H148L145 14Z" fill="{theme.PAPER}"/>')
        low, high = max(lower, 0), min(upper, BAR_END)
        if high - low >= RANGE_FROM:
            ends = "".join(f"M{end:.4g} 13V18" for end in (lower, upper) if 0 <= end <= BAR_END)
            parts.append(f'<path d="M{low:.4g} 15.5H{high:.4g}{ends}" stroke="{theme.INK}" fill="none" {stroke}/>')
    parts.append(f'<path d="M100 0V14" stroke="{theme.INK}" stroke-width="2" {stroke}/>')
    size = f'viewBox="0 0 {BAR_END} 18" preserveAspectRatio="none" style="display:block;width:100%;height:18px"'
    return Markup(f'<svg class="track" {size} aria-hidden="true">{"".join(parts)}</svg>')


def sign(status: str) -> Markup:
    """The drawn sign of a status; the word stands beside it, so it is hidden from readers of screens."""
    mark = theme.SIGNS[status]
    path = theme.SHAPES[mark.shape] + (theme.BAR if mark.bar else "")
    return Markup(
        '<svg class="sign" data-order="{}" viewBox="0 0 1 1" width="11" height="11" aria-hidden="true">'
        '<path d="{}" fill="{}"/></svg>'
    ).format(theme.STATUSES.index(status), path, mark.colour)  # fmt: skip


def squares(statuses: Iterable[str], alt: str) -> Markup:
    """A row of unit squares, one an indicator, in the order given, as one image."""
    side, pitch = 20, 24
    shapes, count = [], 0
    for count, status in enumerate(statuses, 1):
        mark = theme.SIGNS[status]
        x = (count - 1) * pitch
        empty = mark.colour == theme.NONE
        fill, edge = (theme.PAPER, mark.colour) if empty else (mark.colour, mark.colour)
        dash = Markup(' stroke-dasharray="2 2"') if empty else ""
        shapes.append(
            Markup('<rect x="{}" y=".5" width="{}" height="{}" fill="{}" stroke="{}"{}/>').format(
                x + 0.5, side - 1, side - 1, fill, edge, dash
            )
        )
        path = theme.SHAPES[mark.shape] + (theme.BAR if mark.bar else "")
        shapes.append(
            Markup('<path d="{}" fill="{}" transform="translate({} 5) scale(10)"/>').format(
                path, edge if empty else theme.PAPER, x + 5
            )
        )
    return Markup(
        '<svg class="squares" viewBox="0 0 {width} 20" style="width:{width}px;max-width:100%" role="img" aria-label="{alt}">'
        "{shapes}</svg>"
    ).format(width=max(1, count * pitch - 4), alt=alt, shapes=Markup("").join(shapes))  # fmt: skip


def class_of(kind: str) -> str:
    return f' class="{escape(kind)}"' if kind else ""


def id_of(anchor: str) -> str:
    return f' id="{escape(anchor)}"' if anchor else ""
