"""The form of values of JSON that come from elsewhere: types of entries, and what else must hold before they are used."""

import re
from collections.abc import Callable
from typing import Any

Form = type | tuple | list | dict | Callable | None


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


def allow(**forms: Form) -> Callable[[Any], bool]:
    """A form of dictionaries whose entries have these forms, and may be missing."""
    return lambda value: (
        isinstance(value, dict) and all(has_form(value[key], form) for key, form in forms.items() if key in value)
    )


def combine(*forms: Form) -> Callable[[Any], bool]:
    """A form of values that have each of these forms."""
    return lambda value: all(has_form(value, form) for form in forms)


# What a notebook says of itself (see `Notebook._opening`).
FACTS: Form = combine({
    **dict.fromkeys(("plan", "title", "short", "place", "headline", "lead"), str),
    **dict.fromkeys(("headline_html", "lead_html", "language", "detail"), str),
    "form": int,
    "region": {"name": str, "parent": str},
    "years": [int],
    "readings": [{"counts": {...: int}, "counted": str}],
    "main": bool,
    "sections": [{"id": str, "title": str}],
    "words": {...: str},
}, allow(banner=str, address=str, preview=str))  # fmt: skip
# Of a notebook, what is read without nbformat, which checks the rest when it is executed.
METADATA = allow(
    kernelspec=allow(language=str), language_info=allow(name=str), evaluation=allow(view=str), authors=[dict]
)  # fmt: skip
CELL = combine(
    {
        "cell_type": lambda kind: kind in ("code", "markdown", "raw"),
        "source": (str, [str]),
        "metadata": allow(tags=[str]),
    },
    allow(attachments={...: dict}),
)
# A table or picture that carries its data (see `outputs.Resource`).
RESOURCE = combine(
    {"schema": {"fields": [{"name": str}]}, "data": [dict]},
    allow(name=str, title=str, anchor=str, notes=[str], about=[str], subjects={...: [str]}, schema=allow(
        primaryKey=[str], fields=[allow(title=str, unit=str, decimals=(int, None))]
    )),
)  # fmt: skip
# Outputs of a notebook, but for the kinds of their data (see `keep_good_data`).
DISPLAYED = {"data": dict, "metadata": dict}
OUTPUTS: dict[str, dict[str, Form]] = {
    "stream": {"name": str, "text": str},
    "display_data": DISPLAYED,
    "execute_result": DISPLAYED | {"execution_count": lambda count: has_form(count, int) and count >= 0},
}
JSON_KIND = re.compile(r"(?:application/json|[a-zA-Z0-9]+/[a-zA-Z0-9.+-]+\+json)")


def keep_good_data(data: dict[str, Any]) -> dict[str, Any]:
    """What a cell shows, by kind, but for what no notebook can hold: kinds other than JSON are texts."""
    return {kind: value for kind, value in data.items() if JSON_KIND.fullmatch(kind) or has_form(value, (str, [str]))}


def make_output(message: dict[str, Any]):
    """The output that a kernel's message is, as nbformat's `output_from_msg` makes it.

    That asks jsonschema about each output, which takes as long as to start a shell; here only about one that is not plain.
    """
    from nbformat import from_dict
    from nbformat.v4 import output_from_msg

    kind, content = message["header"]["msg_type"], message["content"]
    data = content.get("data", {})
    if kind in OUTPUTS and has_form(content, OUTPUTS[kind]) and len(keep_good_data(data)) == len(data):
        return from_dict({"output_type": kind} | {name: content[name] for name in OUTPUTS[kind]})
    return output_from_msg(message)


def is_resource(value: Any) -> bool:
    """Is it a table or a picture with its data, whose rows can be named and looked for?"""
    if not has_form(value, RESOURCE):
        return False
    names = [field["name"] for field in value["schema"]["fields"]]
    about, keys = value.get("about", []), value["schema"].get("primaryKey", [])
    is_named = not value.get("anchor") or (len(keys) == 1 and all(keys[0] in row for row in value["data"]))
    is_about = not value.get("anchor") or len(about) in (0, len(value["data"]))
    is_known = {*about} - {""} <= {*value.get("subjects", {})} and {*keys} <= {*names}
    return bool(names) and is_named and is_about and is_known
