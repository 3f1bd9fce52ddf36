"""Pieces of HTML as lxml's elements, which read them as browsers do."""

import re
from collections.abc import Mapping, Sequence

NO_ALTERNATIVE = "No description has been provided for this image"  # as nbconvert says
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
# Elements that lead away from a page, load something, or change what the rest of it means, without any script.
BANNED = ("meta", "base", "link", "iframe", "frame", "object", "embed", "portal")
BEGINS_BANNED = re.compile(rf"<(?=({'|'.join(BANNED)})[\s/>])", re.IGNORECASE)
CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")  # of no text
UNSEEN = "\ufffd"  # stands for each of them


def parse(shown: str):
    """A piece of HTML as an element around it."""
    from lxml import html

    return html.fragment_fromstring(shown, create_parent="div", parser=html.HTMLParser(huge_tree=True))


def write(piece) -> str:
    """What is inside an element as HTML."""
    from lxml import html

    whole = html.tostring(piece, encoding="unicode")
    return whole.removeprefix("<div>").removesuffix("</div>")


def mend(shown: str, pages: Mapping[str, str], anchors: Sequence[str] = ()) -> str:
    """A piece of HTML as it is on a page; most have nothing to mend.

    Links to notebooks, which JupyterLab follows, lead to their pages, by notebook or by notebook and anchor; one that leads
    nowhere is a link no more. Headings have their anchors; an analyst's picture says that it has no
    description. Elements that are banned are left out.
    """
    if not (anchors or ".ipynb" in shown or "<img" in shown or BEGINS_BANNED.search(shown)):
        return shown
    piece = parse(shown)
    for link in piece.iter("a"):
        notebook, ending, anchor = link.get("href", "").partition(".ipynb")
        if not ending or "/" in notebook or anchor[:1] not in ("", "#"):
            continue
        if page := pages.get(f"{notebook}{anchor}"):
            link.set("href", page)
        elif page := pages.get(notebook):
            link.set("href", f"{page}{anchor}")
        else:
            del link.attrib["href"]
    for banned in [*piece.iter(*BANNED)]:
        banned.drop_tag() if len(banned) else banned.drop_tree()
    for image in piece.iter("img"):
        image.set("alt", image.get("alt", NO_ALTERNATIVE))
    for heading, anchor in zip(piece.iter(*HEADINGS), anchors, strict=False):
        heading.set("id", anchor)
    return write(piece)


def replace_controls(text: str) -> str:
    """A text without signs that no text holds, which neither HTML nor XML has."""
    return CONTROLS.sub(UNSEEN, text)


def clean(value):
    """Texts without such signs, however deep in a value of JSON they are."""
    match value:
        case str():
            return replace_controls(value)
        case list():
            return [*map(clean, value)]
        case dict():
            return {key: clean(part) for key, part in value.items()}
    return value


def finish(page: str) -> str:
    """A whole page as it may be written: without such signs, and nothing banned begins after its head, whatever it held."""
    head, end, body = replace_controls(page).partition("</head>")
    return head + end + BEGINS_BANNED.sub("&lt;", body)
