"""An executed notebook as one self-contained page: by nbconvert, with a template of our own.

The page loads nothing from anywhere: styles are in it, pictures are SVG, and the font of the pictures comes along, cut
down to the characters that they use. One script is in it too, and its policy allows that script and no other; what needs it
appears only with it. What a page says of itself (title, language, counts) is an output of its notebook.
"""

import base64
import copy
import hashlib
import html
import io
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from pathlib import Path

from nbformat.v4 import reads

from helpers import paths
from helpers.display import theme
from helpers.errors import UserError
from helpers.pages import downloads, workbook
from helpers.pages.links import LANGUAGES
from helpers.runs import outputs
from helpers.runs.run import Run

TEMPLATES = Path(__file__).parent / "templates"
NO_ALTERNATIVE = (
    "No description has been provided for this image"  # of a picture that an analyst added, as nbconvert says
)
SPOKEN = ("copy", "copied", "in_address", "sort", "found", "found_one", "found_none", "found_more")  # by the script
FONTS = {"zh": theme.FONT_ZH, "en": theme.FONT_EN}


@dataclass(frozen=True)
class Task:
    """A page to make: text of the executed notebook, what it says of itself, where its links lead (`links.links`)."""

    run: Run
    notebook: str
    facts: dict
    nav: dict


class Words(dict):
    """The words of a page by their keys."""

    def __missing__(self, key: str):
        raise UserError(f"labels.csv has no label page.{key}; copy it from the project's own.")


def made(task: Task) -> str:
    """The page of an executed notebook."""
    run, own = task.run, {"banner": ""} | task.facts
    notebook = reads(task.notebook)
    found = outputs.headings(notebook.cells, run.language)
    for cell, here in zip(notebook.cells, found, strict=True):
        cell.metadata["anchors"] = [heading.anchor for heading in here]
    shown = [(cell, here) for cell, here in zip(notebook.cells, found, strict=True) if _belongs(cell, run.language)]
    notebook.cells = [cell for cell, _ in shown]
    there = {heading.anchor for _, here in shown for heading in here}
    words, banner = Words(own["words"]), outputs.text(outputs.parsed(own["banner"]))
    sections = [section for section in own["sections"] if section["id"] in there]
    given = downloads.given(notebook.cells, _sections(here for _, here in shown), run.name, words, banner)
    own |= {"sections": sections, "words": words}
    link = workbook.link(given, own | {"banner": banner}, run.name)
    resources = {"page": own | {"workbook": link}, "nav": task.nav} | dressed(own)
    body, _ = _exporter().from_notebook_node(notebook, resources=resources)
    body = re.sub(r' href="([\w-]+)\.ipynb(#[^"]*)?"', lambda found: _address(found, task.nav["pages"]), body)
    return body.replace("/*fonts*/", font_faces(body), 1)


def _sections(headings: Iterable[list[outputs.Heading]]) -> list[str]:
    """Title of the section that each cell belongs to."""
    return list(accumulate(headings, lambda title, here: here[-1].title if here else title, initial=""))[1:]


def _belongs(cell, language: str) -> bool:
    """Is a cell part of the page? Prose of the other language and notes for JupyterLab are not."""
    tags = set(cell.metadata.get("tags", []))
    return not tags & ({"lab"} | (set(LANGUAGES) - {language}))


def _address(found: re.Match, pages: dict[str, str]) -> str:
    """A link to a notebook, as JupyterLab follows it, made one to its page; nothing where there is no such page."""
    page = pages.get(found[1])
    return f' href="{page}{found[2] or ""}"' if page else ""


@cache
def _exporter():
    from nbconvert import HTMLExporter

    class PageExporter(HTMLExporter):
        """What HTMLExporter looks for by parsing the finished page, which takes most of its time, is one pattern here."""

        def from_notebook_node(self, nb, resources=None, **options):
            body, resources = super(HTMLExporter, self).from_notebook_node(nb, resources, **options)
            return re.sub(r"<img(?![^>]* alt=)", f'<img alt="{NO_ALTERNATIVE}"', body), resources

    return PageExporter(
        template_name="page",
        extra_template_basedirs=[str(TEMPLATES)],
        exclude_input_prompt=True,
        exclude_output_prompt=True,
        optimistic_validation=True,  # once, not after each of a dozen steps
        filters={
            "highlight_code": "nbconvert.filters.Highlight2HTML",  # named beneath our template, never reached
            "anchored": _anchored,
        },
    )


def _anchored(prose: str, anchors: list[str]) -> str:
    """Prose with anchors of ours for its headings."""
    names = iter(anchors)
    prose = re.sub(r"<h(\d)[^>]*>", lambda found: f'<h{found[1]} id="{html.escape(next(names, ""))}">', prose)
    return re.sub(r'<a class="anchor-link"[^>]*>.*?</a>', "", prose).replace(' id=""', "")


def dressed(facts: dict) -> dict[str, str]:
    """What every page and index has beside its content: policy, style, script, and the words that the script says."""
    spoken = {name: facts["words"][name] for name in SPOKEN}
    return {
        "policy": policy(),
        "style": style() + paper(facts),
        "script": script(),
        "spoken": json.dumps(spoken, ensure_ascii=False, sort_keys=True),
    }


@cache
def script() -> str:
    """The script of every page."""
    return (TEMPLATES / "page" / "page.js").read_text(encoding="utf-8")


@cache
def policy() -> str:
    """The content security policy: nothing from outside, and no script but ours, known by its digest."""
    digest = base64.b64encode(hashlib.sha256(script().encode()).digest()).decode()
    allowed = f"script-src 'sha256-{digest}'; style-src 'unsafe-inline'; img-src data:; font-src data:"
    return f"default-src 'none'; {allowed}; base-uri 'none'; form-action 'none'"


def paper(facts: dict) -> str:
    """The head and foot of printed pages: what CSS itself cannot take from the page."""
    language = facts["language"][:2]
    about = f"{facts['title']} · {LANGUAGES[language]}"
    corners = {
        "top-left": _quoted(facts["plan"]),
        "top-right": _quoted(about),
        "bottom-right": 'counter(page) " / " counter(pages)',
    }
    boxes = "".join(f"@{corner}{{content:{content}}}" for corner, content in corners.items())
    return f"@page{{font-family:{FONTS[language]};{boxes}}}"


def _quoted(text: str) -> str:
    """A text as a string of CSS inside an element: quotes, lines and the ends of elements are escaped."""
    return '"' + re.sub(r"[\x00-\x1f\"'\\<>&]", lambda sign: f"\\{ord(sign[0]):x} ", text) + '"'


@cache
def style() -> str:
    """The style sheet, its colours and fonts from `look`."""
    sheet = (TEMPLATES / "page" / "style.css").read_text(encoding="utf-8")
    tokens = {name.lower(): value for name, value in vars(theme).items() if name.isupper() and isinstance(value, str)}
    root = "".join(f"--{name.replace('_', '-')}:{value};" for name, value in tokens.items())
    return f":root{{{root}}}\n{sheet}"


def font_faces(body: str) -> str:
    """`@font-face` rules with the characters that the pictures of a page use, as data addresses."""
    used = {"400": set(), "700": set()}
    for attributes, content in re.findall(r"<text([^>]*)>(.*?)</text>", body, flags=re.DOTALL):
        weight = "700" if re.search(r"font-weight: (700|bold)", attributes) else "400"
        used[weight].update(html.unescape(re.sub(r"<[^>]+>", "", content)))
    rules = []
    for weight, characters in used.items():
        if characters:
            rules.append(face(weight, cut_font(weight, "".join(sorted(characters)))))
    return "".join(rules)


def face(weight: str, font: bytes) -> str:
    """The `@font-face` rule of a weight of the pictures' font."""
    data = base64.b64encode(font).decode()
    source = f'url(data:font/woff;base64,{data}) format("woff")'
    return f'@font-face{{font-family:"{theme.FONT_PICTURE}";font-weight:{weight};src:{source}}}'


@cache
def cut_font(weight: str, characters: str) -> bytes:
    """A weight of the pictures' font, cut down to some characters, as WOFF; the same bytes every time.

    It is put together from the outlines; `fontTools.subset` would go through the seven thousand of the font each time.
    """
    from fontTools.fontBuilder import FontBuilder

    source = _font(weight)
    known = source.getBestCmap()
    names = {ord(sign): known[ord(sign)] for sign in characters if ord(sign) in known}
    kept = [".notdef", *sorted(set(names.values()))]
    builder = FontBuilder(source["head"].unitsPerEm, isTTF=False)
    builder.font.recalcTimestamp = builder.font.recalcBBoxes = False  # the whole font's hold for any part of it
    builder.setupGlyphOrder(kept)
    builder.setupCharacterMap(names)
    box = source["CFF "].cff.topDictIndex[0].FontBBox
    builder.setupCFF(theme.FONT_PICTURE.replace(" ", ""), {"FontBBox": box}, {n: _outline(weight, n) for n in kept}, {})
    builder.setupHorizontalMetrics({name: source["hmtx"][name] for name in kept})
    builder.setupPost(keepGlyphNames=False)
    for table in ("head", "hhea", "OS/2", "name"):
        builder.font[table] = copy.deepcopy(source[table])
    builder.font.flavor = "woff"
    stream = io.BytesIO()
    builder.font.save(stream)
    return stream.getvalue()


@cache
def _font(weight: str):
    from fontTools.ttLib import TTFont

    file = {"400": "EvaluationSansSC-Regular.otf", "700": "EvaluationSansSC-Bold.otf"}[weight]
    return TTFont(io.BytesIO((paths.FONTS / file).read_bytes()), lazy=True)


@cache
def _outline(weight: str, name: str):
    """A character of the font as a piece of code that needs no other."""
    from fontTools.pens.t2CharStringPen import T2CharStringPen

    pen = T2CharStringPen(_font(weight)["hmtx"][name][0], None)
    _font(weight).getGlyphSet()[name].draw(pen)
    return pen.getCharString()
