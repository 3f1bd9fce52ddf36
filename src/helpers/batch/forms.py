"""What the rows of a record must look like to be believed: types of every field, and names that stay in their folder.

A record may come with a folder from elsewhere. Nothing that it says is used before it has this form.
"""

import re
from collections.abc import Callable
from typing import Any


def is_plain(name: Any) -> bool:
    """Is it the name of a file, or of a run, in the folder of whoever says it?"""
    return isinstance(name, str) and len(name) < 256 and not re.search(r"[/\\\0-\x1f]", name) and name.strip(". ") != ""


def is_inside(name: Any) -> bool:
    """Is it such a name, alone or with that of a folder before it?"""
    return isinstance(name, str) and name.count("/") < 2 and all(map(is_plain, name.split("/")))


def is_page(name: Any) -> bool:
    return is_inside(name) and name.endswith(".html")


Form = type | tuple | list | dict | Callable | None
FACTS: dict[str, Form] = {
    **dict.fromkeys(("plan", "title", "short", "place", "headline", "lead"), str),
    **dict.fromkeys(("headline_html", "lead_html", "language", "detail"), str),
    "form": int,
    "region": {"name": str, "parent": str},
    "years": [int],
    "readings": [dict],
    "main": bool,
    "sections": [{"id": str, "title": str}],
    "words": {...: str},
    "entries": str,
}  # fmt: skip
ENTRY: dict[str, Form] = {
    "run": {
        "name": is_inside,
        "notebook": is_plain,
        "language": str,
        "region": str,
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
    "facts": (FACTS, None),
    "page_parts": {...: str},
}
INDEX: dict[str, Form] = {"parts": str, "files": lambda files: isinstance(files, dict) and all(map(is_page, files))}


def has_form(value: Any, form: Form) -> bool:
    """Has a value of JSON a form: a type, one of some forms, a list or dictionary of them, or what a function accepts?"""
    match form:
        case None:
            return value is None
        case type():
            kinds = (int, float) if form is float else form
            return isinstance(value, kinds) and (form is bool or not isinstance(value, bool))
        case tuple():
            return any(has_form(value, one_of) for one_of in form)
        case list():
            return isinstance(value, list) and all(has_form(item, form[0]) for item in value)
        case dict() if ... in form:
            return isinstance(value, dict) and all(has_form(item, form[...]) for item in value.values())
        case dict():
            return isinstance(value, dict) and all(
                key in value and has_form(value[key], own) for key, own in form.items()
            )
    return form(value)
