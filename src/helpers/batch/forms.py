"""What the rows of a record must look like to be believed: types of every field, and names that stay in their folder.

A record may come with a folder from elsewhere. Nothing that it says is used before it has this form.
"""

import re
from typing import Any

from helpers.pages.links import LANGUAGES, name_preview
from helpers.runs.forms import FACTS, Form, combine


def is_plain(name: Any) -> bool:
    """Is it the name of a file, or of a run, in the folder of whoever says it?"""
    return isinstance(name, str) and len(name) < 256 and not re.search(r"[/\\\0-\x1f]", name) and name.strip(". ") != ""


def is_inside(name: Any) -> bool:
    """Is it such a name, alone or with that of a folder before it?"""
    return isinstance(name, str) and name.count("/") < 2 and all(map(is_plain, name.split("/")))


def is_page(name: Any) -> bool:
    return is_inside(name) and name.endswith(".html")


def is_of_index(name: Any) -> bool:
    """Is it a page, or a picture for the previews of links?"""
    return is_page(name) or name in map(name_preview, LANGUAGES)


ENTRY: dict[str, Form] = {
    "run": {
        "name": is_inside,
        "notebook": is_plain,
        "language": combine(str, LANGUAGES.__contains__),
        "region": lambda region: region == "" or is_plain(region),  # part of names of pages
        "year": (int, None),
        "data": str,
        "indicator": str,
        "given": [lambda pair: isinstance(pair, list) and len(pair) == 2 and isinstance(pair[0], str)],
    },
    "outcome": lambda outcome: outcome in ("succeeded", "raised", "failed"),
    "seconds": float,
    "attempts": int,
    "cell": (int, None),
    "error": str,
    "parts": {...: str},
    "package": str,
    "notebook": str,
    "page": str,
    "phases": [float],
    "left": bool,
    "cut": [int],
    "facts": (combine(FACTS, {"entries": str}), None),
    "page_parts": {...: str},
}
INDEX: dict[str, Form] = {"parts": str, "files": lambda files: isinstance(files, dict) and all(map(is_of_index, files))}
