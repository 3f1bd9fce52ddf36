"""How documents and public figures are cited: publisher, date, title, and where they can be read."""

from urllib.parse import urlsplit

from helpers.display.html import Markup, mark_language
from helpers.language.formatter import Formatter


def cite_document(words: Formatter, document: str) -> Markup:
    """A document with its publisher, date, licence, address and day of access, as far as they are known."""
    entry = {name: words.column("sources", name)[document] for name in words.tables.sources.columns}
    title = mark_language(words.say("cite.document", title=words.name_document(document)), words.language)
    if entry["address"]:
        title = Markup('<a href="{}" rel="noreferrer">{}</a>').format(entry["address"], title)
    parts = [title]
    if entry["publisher"]:
        parts.append(mark_language(entry["publisher"], words.language))
    if entry["published"]:
        parts.append(words.say("cited.published", date=words.format_date(entry["published"])))
    if entry["licence"]:
        parts.append(words.say("cited.licence", licence=entry["licence"]))
    if entry["accessed"]:
        parts.append(words.say("cited.accessed", date=words.format_date(entry["accessed"])))
    return _join(words, parts)


def cite_public(words: Formatter, row: dict, link: bool = True) -> Markup:
    """Publisher, date and title of a public figure, and the host of a copy.

    row: of `View.public`; link: does the title lead to where it was read?
    """
    title = mark_language(row["title"], words.language)
    if link:
        title = Markup('<a href="{}" rel="noreferrer">{}</a>').format(row["address"], title)
    if not row["publisher"]:
        return Markup("{}").format(title)
    parts = [mark_language(row["publisher"], words.language)]
    if row["published"]:
        parts.append(words.format_date(row["published"]))
    parts.append(title)
    if row["copy"]:
        parts.append(words.say("cited.copy", host=urlsplit(row["address"]).netloc))
    return _join(words, parts)


def _join(words: Formatter, parts: list[str]) -> Markup:
    return Markup("，" if words.language == "zh" else ", ").join(parts)
