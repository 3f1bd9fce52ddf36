"""An executed notebook as one self-contained page: by nbconvert, with a template of our own.

The page loads nothing from anywhere: styles are in it, pictures are SVG, and the font of the pictures comes along, cut
down to the characters that they use. One script is in it too, and its policy allows that script and no other; what needs it
appears only with it. What a page says of itself (title, language, counts) is an output of its notebook.
"""

import base64
import hashlib
import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import unquote

from markupsafe import Markup
from nbformat import NotebookNode
from nbformat.v4 import to_notebook

from helpers.display import theme
from helpers.display.html import FRAME_MIME, PAGE_MIME
from helpers.errors import UserError
from helpers.pages import downloads, workbook
from helpers.pages.elements import clean, finish, mend, parse
from helpers.pages.fonts import collect_characters, write_rules
from helpers.pages.links import LANGUAGES, write_preview
from helpers.runs import limits, outputs
from helpers.runs.run import Run

TEMPLATES = Path(__file__).parent / "templates"
SCRIPTS = ("page.js", "share.js", "marks.js")  # one after the other they are the script of a page
SPOKEN = (  # by the script
    "readings", "reading_both", "reading_printed", "reading_corrected",
    "copy", "copied", "in_address", "sort", "sort_by", "found", "found_one", "found_none", "found_more", "copy_picture",
    "copy_word", "save_png", "save_svg", "copy_table", "taken", "not_taken", "source",
)  # fmt: skip
ATTACHED = "attachment:"  # begins the address of a picture that a cell holds itself
FONTS = {"zh": theme.FONT_ZH, "en": theme.FONT_EN}
# Forms of an output that a page shows without a script.
SHOWN = {"text/html", "text/markdown", "text/latex", "text/plain", "image/svg+xml", "image/png", "image/jpeg"}


@dataclass(frozen=True)
class Task:
    """A page to make: text of the executed notebook, what it says of itself, where its links lead (`links.link_pages`)."""

    run: Run
    notebook: str
    facts: dict
    nav: dict


class Words(dict):
    """The words of a page by their keys."""

    def __missing__(self, key: str):
        raise UserError(f"labels.csv has no label page.{key}; copy it from the project's own.")


def make_page(task: Task) -> str:
    """The page of an executed notebook."""
    run, own, pages = task.run, {"banner": ""} | task.facts, task.nav["pages"]
    notebook = json.loads(task.notebook)
    shown = outputs.select_shown(notebook["cells"], run.language, own.get("brief", False))
    anchors = {heading.anchor for _, here in shown for heading in here}
    empty = [item["id"] for item in own["sections"] if item["id"] not in anchors]  # other pages may link there
    own |= {"words": Words(own["words"]), "sections": [item for item in own["sections"] if item["id"] in anchors]}
    own["empty_sections"] = empty
    parts = _Parts(run.file, own, pages)
    section = ""
    for cell, here in shown:
        section = here[-1].title if here else section
        cell["metadata"]["anchors"] = [heading.anchor for heading in here]
        parts.take(cell, section)
    facts = own | {"banner": parts.banner}
    link = workbook.make_link(parts.exports, parts.sources, facts, run.file)
    page = own | {"workbook": link}
    resources = {"page": _Uncopied(page), "pages": _Uncopied(pages), "nav": _Uncopied(task.nav)} | dress(own)
    resources["preview"] = write_preview(own, f"{run.name}.html")
    resources["style"] += write_rules(collect_characters(parts.drawn))
    notebook["cells"] = [cell for cell, _ in shown]
    body, _ = _exporter().from_notebook_node(_Uncopied(to_notebook(notebook)), resources=resources)
    return finish(body)


class _Uncopied(NotebookNode):
    """A dict that nbconvert does not copy: it does so twice, and nobody else has this one."""

    def __deepcopy__(self, memo: dict) -> "_Uncopied":
        return self


class _Parts:
    """What the outputs of a page's cells give to the rest of it: tables to export, pictures, sources."""

    def __init__(self, run: str, facts: dict, pages: dict[str, str]):
        self.run, self.pages, self.words = run, pages, facts["words"]
        self.shown_banner, self.banner = facts["banner"], Markup(facts["banner"]).striptags()
        self.exports: list[downloads.Export] = []
        self.sources: list[tuple[str, str]] = []
        self.drawn: list = []  # elements with pictures inside

    def take(self, cell: dict, section: str) -> None:
        """Make the outputs of a cell those of a page: with links to downloads and to other pages."""
        cell["source"] = clean(cell["source"])
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            data |= {kind: clean(value) for kind, value in data.items() if kind != "text/plain"}  # which has colours
            if limits.is_mark(output):
                data["text/html"] = Markup('<p class="cut">{}</p>').format(self.words["cut"])
            tables = outputs.tables_of(output)
            for own in (FRAME_MIME, PAGE_MIME):
                data.pop(own, None)
            if output["output_type"] in ("display_data", "execute_result") and not SHOWN & data.keys():
                text = self.words["unshown"].replace("{kinds}", ", ".join(sorted(data))) if data else ""
                data.clear()
                data["text/html"] = Markup('<p class="cut">{}</p>').format(text) if text else ""
            shown = "".join(data.get("text/html", ""))
            if drawing := "".join(data.get("image/svg+xml", "")) or shown:
                self._look_at(drawing)
            if not shown:
                continue
            shown = shown.replace(self.shown_banner, "", 1)  # it stands at the top of the page, once
            exports = downloads.list_exports(tables, section, self.run, len(self.exports))
            shown = mend(shown, self.pages)
            data["text/html"] = downloads.add_links(shown, exports, self.words["csv"], self.banner)
            self.exports += exports

    def _look_at(self, shown: str) -> None:
        """Take pictures and sources out of a piece of HTML."""
        if "<text" in shown:
            self.drawn.append(parse(shown))
        if 'class="sources"' in shown:
            blocks = parse(shown).xpath(".//section[@class='sources']/div")
            self.sources += [(title.text_content(), text.text_content()) for title, text in blocks]


def compile_templates() -> None:
    """Compile all templates of pages, as the first page of a process would."""
    from jinja2.meta import find_referenced_templates

    environment, names = _exporter().environment, [_exporter().template.name]
    for name in names:
        environment.get_template(name)
        source, *_ = environment.loader.get_source(environment, name)
        names += [other for other in find_referenced_templates(environment.parse(source)) if other not in names]


@cache
def _exporter():
    from jinja2 import pass_context
    from nbconvert import HTMLExporter, TemplateExporter
    from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

    class Renderer(IPythonRenderer):
        """An attachment is found whatever Markdown escapes of its name; for one that is missing its text is shown."""

        def _embed_image_or_attachment(self, src: str) -> str:
            name = unquote(src.removeprefix(ATTACHED))
            if not src.startswith(ATTACHED):
                return super()._embed_image_or_attachment(src)
            return super()._embed_image_or_attachment(ATTACHED + name) if self.attachments.get(name) else ""

    class PageExporter(HTMLExporter):
        """HTMLExporter parses the finished page for pictures without a description; `mend` looks at one output."""

        from_notebook_node = TemplateExporter.from_notebook_node

        @pass_context
        def markdown2html(self, context, source: str) -> str:
            renderer = Renderer(
                escape=False,
                attachments=context["cell"].get("attachments"),
                exclude_anchor_links=self.exclude_anchor_links,
            )
            return MarkdownWithMath(renderer=renderer).render(source)

    return PageExporter(
        template_name="page",
        extra_template_basedirs=[str(TEMPLATES)],
        exclude_input_prompt=True,
        exclude_output_prompt=True,
        exclude_anchor_links=True,  # headings have anchors of ours
        optimistic_validation=True,  # once, not after each of a dozen steps
        filters={
            "highlight_code": "nbconvert.filters.Highlight2HTML",  # named beneath our template, never reached
            "mend": mend,
        },
    )


def dress(facts: dict) -> dict[str, str]:
    """What every page and index has beside its content: policy, style, script, and the words that the script says."""
    # A page may be made anew from the outputs of an earlier version, which lack the words that came later.
    spoken = {name: facts["words"][name] for name in SPOKEN if name in facts["words"]}
    return {
        "policy": make_policy(),
        "style": make_style() + write_margins(facts),
        "script": read_script(),
        "spoken": json.dumps(spoken, ensure_ascii=False, sort_keys=True),
    }


@cache
def read_script() -> str:
    """The script of every page."""
    return "\n".join((TEMPLATES / "page" / name).read_text(encoding="utf-8") for name in SCRIPTS)


@cache
def make_policy() -> str:
    """The content security policy: nothing from outside, and no script but ours, known by its digest."""
    digest = base64.b64encode(hashlib.sha256(read_script().encode()).digest()).decode()
    allowed = f"script-src 'sha256-{digest}'; style-src 'unsafe-inline'; img-src data:; font-src data:"
    return f"default-src 'none'; {allowed}; base-uri 'none'; form-action 'none'"


def write_margins(facts: dict) -> str:
    """The head and foot of printed pages: what CSS itself cannot take from the page."""
    language = facts["language"][:2]
    about = f"{facts['title']} · {LANGUAGES[language]}"
    corners = {
        "top-left": _quote(facts["plan"]),
        "top-right": _quote(about),
        "bottom-right": 'counter(page) " / " counter(pages)',
    }
    boxes = "".join(f"@{corner}{{content:{content}}}" for corner, content in corners.items())
    return f"@page{{font-family:{FONTS[language]};{boxes}}}"


def _quote(text: str) -> str:
    """A text as a string of CSS inside an element: quotes, lines and the ends of elements are escaped."""
    return '"' + re.sub(r"[\x00-\x1f\"'\\<>&]", lambda sign: f"\\{ord(sign[0]):x} ", text) + '"'


@cache
def make_style() -> str:
    """The style sheet, its colours and fonts from `theme`."""
    sheet = (TEMPLATES / "page" / "style.css").read_text(encoding="utf-8")
    tokens = {name.lower(): value for name, value in vars(theme).items() if name.isupper() and isinstance(value, str)}
    root = "".join(f"--{name.replace('_', '-')}:{value};" for name, value in tokens.items())
    return f":root{{{root}}}\n{sheet}"
