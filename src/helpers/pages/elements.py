"""Pieces of HTML as lxml's elements, which read them as browsers do."""

from collections.abc import Mapping, Sequence

NO_ALTERNATIVE = "No description has been provided for this image"  # as nbconvert says
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


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
    nowhere is a link no more. Headings have their anchors; an analyst's picture says that it has no description.
    """
    if not (anchors or ".ipynb" in shown or "<img" in shown):
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
    for image in piece.iter("img"):
        image.set("alt", image.get("alt", NO_ALTERNATIVE))
    for heading, anchor in zip(piece.iter(*HEADINGS), anchors, strict=False):
        heading.set("id", anchor)
    return write(piece)
