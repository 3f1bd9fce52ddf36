"""An executed notebook as one self-contained page: by nbconvert, with a template of our own.

The page loads nothing from anywhere: styles are in it, pictures are SVG, and the font of the pictures comes along, cut
down to the characters that they use. What a page says of itself (title, language, counts) is an output of its notebook.
"""

import base64
import copy
import html
import io
import json
import re
from functools import cache
from pathlib import Path

import nbformat

from helpers import look, paths
from helpers.batch.runs import Run
from helpers.display import PAGE_FORM, PAGE_MIME

LANGUAGES = {"zh": "中文", "en": "English"}
TEMPLATES = Path(__file__).parent / "templates"
NO_ALTERNATIVE = (
    "No description has been provided for this image"  # of a picture that an analyst added, as nbconvert says
)


def facts(notebook: Path) -> dict | None:
    """What an executed notebook says of itself, from the output of its opening cell.

    None for a notebook that was executed with another version of the project and has to be run again.
    """
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    for cell in cells:
        for output in cell.get("outputs", []):
            said = output.get("data", {}).get(PAGE_MIME)
            if said is not None:
                return said if said.get("form") == PAGE_FORM else None
    return None


def make(run: Run, notebooks: Path, folder: Path, others: dict[Run, dict]) -> Path:
    """Write the page of one run into a folder, linked to the others; returns its file."""
    notebook = nbformat.read(notebooks / f"{run.name}.ipynb", as_version=4)
    target = folder / f"{run.name}.html"
    target.write_text(render(notebook, run, others), encoding="utf-8", newline="\n")
    return target


def render(notebook, run: Run, others: dict[Run, dict]) -> str:
    """The page of an executed notebook."""
    notebook.cells = [cell for cell in notebook.cells if _belongs(cell, run.language)]
    prose = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    headings = {f"s-{number}" for number in re.findall(r"^#+ (\d+(?:\.\d+)*)", prose, flags=re.MULTILINE)}
    own = others[run]
    own = own | {"sections": [section for section in own["sections"] if section["id"] in headings]}
    body, _ = _exporter().from_notebook_node(
        notebook, resources={"page": own, "nav": links(run, others), "style": style()}
    )
    body = re.sub(r'<h(\d) id="[^"]*">(\d+(?:\.\d+)*)', r'<h\1 id="s-\2">\2', body)
    body = re.sub(r' href="([\w-]+)\.ipynb(#[^"]*)?"', lambda found: _address(found, run, others), body)
    body = re.sub(r'<a class="anchor-link"[^>]*>.*?</a>', "", body)
    return body.replace("/*fonts*/", font_faces(body))


def _belongs(cell, language: str) -> bool:
    """Is a cell part of the page? Prose of the other language and notes for JupyterLab are not."""
    tags = set(cell.metadata.get("tags", []))
    return not tags & ({"lab"} | (set(LANGUAGES) - {language}))


def _address(found: re.Match, run: Run, others: dict[Run, dict]) -> str:
    """A link to a notebook, as JupyterLab follows it, made one to its page; nothing where there is no such page."""
    page = page_of(found[1], run.year, run.language, run, others)
    return f' href="{page}{found[2] or ""}"' if page else ""


def page_of(notebook: str, year: int | None, language: str, run: Run, others: dict[Run, dict]) -> str:
    """File of another page of the same region and data, or nothing."""
    for other in others:
        same = (other.region, other.data, other.notebook, other.language)
        if same == (run.region, run.data, notebook, language) and other.year in (year, None):
            return f"{other.name}.html"
    return ""


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


def links(run: Run, others: dict[Run, dict]) -> dict:
    """Links of a page: chapters, years, languages, previous and next; only pages that exist."""
    here = [other for other in others if (other.region, other.data) == (run.region, run.data)]

    def page(notebook: str, year: int | None, language: str) -> str:
        return page_of(notebook, year, language, run, others)

    own = others[run]
    latest = run.year or max((o.year for o in here if o.year and o.language == run.language), default=None)
    chapters = []
    for other in sorted({o.notebook for o in here}):
        address = page(other, latest, run.language)
        if address:
            said = next(others[o] for o in here if f"{o.name}.html" == address)
            chapters.append({"name": other, "short": said["short"], "href": address, "current": other == run.notebook})
    order = [chapter["name"] for chapter in chapters]
    at = order.index(run.notebook)
    years = [{"year": y, "href": page(run.notebook, y, run.language), "current": y == run.year} for y in own["years"]]
    return {
        "chapters": chapters,
        "years": [year for year in years if year["href"]],
        "languages": [
            {"code": code, "name": name, "href": page(run.notebook, run.year, code), "current": code == run.language}
            for code, name in LANGUAGES.items()
            if page(run.notebook, run.year, code)
        ],
        "previous": chapters[at - 1] if at else None,
        "next": chapters[at + 1] if at + 1 < len(chapters) else None,
        "index": index_name(run.language, [o.language for o in others]),
    }


def index_name(language: str, languages: list[str]) -> str:
    """File of the index in a language; the first language there is has the plain name."""
    first = next(code for code in LANGUAGES if code in languages)
    return "index.html" if language == first else f"index_{language}.html"


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
