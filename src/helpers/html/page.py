"""An executed notebook as one self-contained page: by nbconvert, with a template of our own.

The page loads nothing from anywhere: styles are in it, pictures are SVG, and the font of the pictures comes along, cut
down to the characters that they use. What a page says of itself (title, language, counts) is an output of its notebook.
"""

import base64
import copy
import html
import io
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from nbformat.v4 import reads

from helpers import look, paths
from helpers.batch.runs import Run
from helpers.html.links import LANGUAGES

TEMPLATES = Path(__file__).parent / "templates"
NO_ALTERNATIVE = (
    "No description has been provided for this image"  # of a picture that an analyst added, as nbconvert says
)


@dataclass(frozen=True)
class Task:
    """A page to make: text of the executed notebook, what it says of itself, where its links lead (`links.links`)."""

    run: Run
    notebook: str
    facts: dict
    nav: dict


def made(task: Task) -> str:
    """The page of an executed notebook."""
    run, own = task.run, task.facts
    notebook = reads(task.notebook)
    notebook.cells = [cell for cell in notebook.cells if _belongs(cell, run.language)]
    prose = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    headings = {f"s-{number}" for number in re.findall(r"^#+ (\d+(?:\.\d+)*)", prose, flags=re.MULTILINE)}
    own = {"banner": ""} | own | {"sections": [section for section in own["sections"] if section["id"] in headings]}
    body, _ = _exporter().from_notebook_node(notebook, resources={"page": own, "nav": task.nav, "style": style()})
    body = re.sub(r'<h(\d) id="[^"]*">(\d+(?:\.\d+)*)', r'<h\1 id="s-\2">\2', body)
    body = re.sub(r' href="([\w-]+)\.ipynb(#[^"]*)?"', lambda found: _address(found, task.nav["pages"]), body)
    body = re.sub(r'<a class="anchor-link"[^>]*>.*?</a>', "", body)
    return body.replace("/*fonts*/", font_faces(body))


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
        filters={"highlight_code": "nbconvert.filters.Highlight2HTML"},  # named beneath our template, never reached
    )


@cache
def style() -> str:
    """The style sheet, its colours and fonts from `look`."""
    sheet = (TEMPLATES / "page" / "style.css").read_text(encoding="utf-8")
    tokens = {name.lower(): value for name, value in vars(look).items() if name.isupper() and isinstance(value, str)}
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
            data = base64.b64encode(cut_font(weight, "".join(sorted(characters)))).decode()
            rules.append(
                f'@font-face{{font-family:"{look.FONT_PICTURE}";font-weight:{weight};'
                f'src:url(data:font/woff;base64,{data}) format("woff")}}'
            )
    return "".join(rules)


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
    builder.setupCFF(look.FONT_PICTURE.replace(" ", ""), {"FontBBox": box}, {n: _outline(weight, n) for n in kept}, {})
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
