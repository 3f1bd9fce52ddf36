"""What the descriptor of a package may say, and how it is completed by the project's own.

A descriptor names files, columns and plain constraints. It cannot make the project read files in another way than the stated
dialect, fetch anything, or try a pattern of its own: whatever is not known here is refused, and nothing in it is followed.
"""

import re
from collections.abc import Iterator
from functools import cache

from helpers import paths
from helpers.package import form, schema

FILE = re.compile(r"(?:[^/\\:.*?\"<>|\s][^/\\:*?\"<>|\s]*/)*[^/\\:.*?\"<>|\s][^/\\:*?\"<>|\s]*\.csv")
NAME = re.compile(r"[a-z0-9._-]+")
DESCRIPTIVE = {
    "name", "title", "title_zh", "description", "description_zh", "id", "homepage", "version", "created", "keywords",
    "contributors", "image", "licenses", "sources", "example", "rdfType",
}  # fmt: skip
DIALECT = {
    "delimiter": (",",), "quoteChar": ('"',), "doubleQuote": (True,), "lineTerminator": ("\n", "\r\n"), "header": (True,),
    "skipInitialSpace": (False,), "csvddfVersion": ("1.2", 1.2),
}  # fmt: skip
# Entries that change how something is read, of each part, with the values that they may have.
KNOWN = {
    "package": {"profile": ("tabular-data-package", "data-package"), "plan": dict, "resources": list},
    "resource": {
        "profile": ("tabular-data-resource",), "type": ("table",), "format": ("csv",), "mediatype": ("text/csv",),
        "encoding": ("utf-8", "UTF-8", "utf8"), "path": str, "schema": dict, "dialect": dict,
    },
    "dialect": DIALECT,
    "schema": {"fields": list, "primaryKey": (str, list), "foreignKeys": list, "missingValues": ([""],)},
    "field": {
        "type": ("string", "integer", "number", "boolean"), "format": ("default",), "trueValues": (["true"],),
        "falseValues": (["false"],), "constraints": dict,
    },
    "string": {"required": bool, "unique": bool, "enum": list, "pattern": str, "minLength": int, "maxLength": int},
    "integer": {"required": bool, "unique": bool, "minimum": int, "maximum": int},
    "number": {"required": bool, "unique": bool, "minimum": (int, float), "maximum": (int, float)},
    "boolean": {"required": bool},
}  # fmt: skip
EARLIER_PATTERNS = {  # of columns that have another form today, in descriptors of older packages
    r"(T\.[0-9]+|[0-9]+\.[0-9]+\.[0-9]+)",
    r"(T\.[0-9]+|[0-9]+\.[0-9]+\.[0-9]+|[^!]+(![^!]+)?![A-Z]+[1-9][0-9]*)",
    "[0-9]-[a-z]+",
    r"[0-9]+\.[0-9]+",
    "[0-9]+-[a-z0-9]+(-[a-z0-9]+)*",
}


@cache
def read_ours() -> dict:
    """The project's own descriptor."""
    return schema.read(paths.data())


def check(descriptor: dict) -> Iterator[str]:
    """Sentences about what the descriptor must not say, and about tables and columns that it lacks."""
    yield from _check_entries("package", descriptor, "the package")
    if "name" in descriptor and not _is_name(descriptor["name"]):
        yield f"the name of the package is {form.show(str(descriptor['name']))}; expected letters a-z, digits, - and _"
    for licence in _list_of(dict, descriptor, "licenses"):
        if not licence.get("name") and not licence.get("path"):
            yield "a licence has neither a name nor a path; add its name, such as CC-BY-4.0"
    resources = _list_of(dict, descriptor, "resources")
    if not _has_only(dict, descriptor, "resources"):
        yield "an entry of `resources` is no object; expected one {…} for each table"
    names = [resource.get("name") for resource in resources]
    files = [resource.get("path") for resource in resources]
    for resource in resources:
        name = resource.get("name")
        if not _is_name(name):
            yield f"the name of a resource is {form.show(str(name))}; expected letters a-z, digits, - and _"
        elif names.count(name) > 1:
            yield f"there are {names.count(name)} resources {name!r}; every table has one"
        else:
            yield from _check_resource(name, resource, resources)
            if isinstance(resource.get("path"), str) and files.count(resource["path"]) > 1:
                yield f"the file of {name!r}, {resource['path']!r}, belongs to another resource too; every table has its own"
    for table in schema.COLUMNS:
        if table not in names and table not in schema.OPTIONAL_TABLES:
            yield f"no resource {table!r}; every package has one"
    wrong_types = [*dict.fromkeys(_check_plan_types(descriptor.get("plan", {})))]
    yield from wrong_types or _check_plan(descriptor["plan"])


YEARS = range(1900, 2101)  # of a plan and of its figures
HIGHEST_PACE = 100.0  # that a threshold can be
PLAN_TYPES = {
    "object": "an object {…}", "string": "a text in quotes", "integer": "an integer without quotes",
    "number": "a number without quotes", "boolean": "true or false",
}  # fmt: skip


def _check_plan_types(block) -> Iterator[str]:
    """Sentences about entries of a block `plan` that are missing or of a wrong type."""
    from jsonschema import Draft4Validator  # slow to import; from draft 6 on, 2017.0 is an integer

    for error in Draft4Validator(schema.PLAN_SCHEMA).iter_errors(block):
        name = ".".join(["plan", *error.absolute_path])
        if error.validator == "required":
            missing = [key for key in error.validator_value if key not in error.instance]
            yield f"the block {name!r} lacks {', '.join(map(repr, missing))}; add what is missing"
        else:
            yield f"{name} is {form.show(str(error.instance))}; expected {PLAN_TYPES[error.validator_value]}"


def _check_plan(block: dict) -> Iterator[str]:
    """Sentences about a block `plan` whose entries have the right types."""
    known = schema.PLAN_SCHEMA["properties"]
    for part, names in ((block, known), (block["thresholds"], known["thresholds"]["properties"])):
        yield from (
            f"the entry {form.show(name)} of plan is not known; leave it out" for name in part if name not in names
        )
    for name in ("title_zh", "title_en", "report_zh", "report_en"):
        if not block[name]:
            yield f"plan.{name}: it is empty; write the title"
    for name, text in block.items():
        if name in known and isinstance(text, str) and text and (what := form.judge_text(text, name, False)):
            yield f"plan.{name}: {what}"
    for name in ("baseline_year", "start_year", "target_year"):
        if block[name] not in YEARS:
            yield f"plan.{name} is {form.show(str(block[name]))}; expected a year from {YEARS[0]} to {YEARS[-1]}"
    if block.get("address") and (what := form.judge_folder_address(block["address"])):
        yield f"plan.address {what}"
    for name, value in block["thresholds"].items():
        if isinstance(value, (int, float)) and value > HIGHEST_PACE:
            yield f"plan.thresholds.{name} is {form.show(str(value))}; expected at most {HIGHEST_PACE}"


def _check_resource(name: str, resource: dict, resources: list[dict]) -> Iterator[str]:
    """Sentences about the resource of one table."""
    yield from _check_entries("resource", resource, f"the resource {name!r}")
    path = resource.get("path")
    if not isinstance(path, str) or not FILE.fullmatch(path):
        what = form.show(path) if isinstance(path, str) else path
        yield f"the path of {name!r} is {what}, expected one file name, such as regions.csv"
    yield from _check_entries("dialect", _dict_of(resource, "dialect"), f"the dialect of {name!r}")
    block = resource.get("schema")
    if not isinstance(block, dict):
        yield f"the resource {name!r} has no schema; copy it from the project's own descriptor"
        return
    yield from _check_entries("schema", block, f"the schema of {name!r}")
    fields = _list_of(dict, block, "fields")
    columns = [field.get("name") for field in fields]
    if not _has_only(dict, block, "fields") or any(not isinstance(column, str) for column in columns):
        yield f"a field of {name!r} has no name; expected one object with a name for each column"
        return
    for column in dict.fromkeys(column for column in columns if columns.count(column) > 1):
        yield f"the schema of {name!r} has the field {column!r} twice"
    for column in schema.COLUMNS.get(name, ()):
        if column not in columns:
            yield f"the schema of {name!r} lacks the field {column!r}"
    for field in fields:
        yield from _check_field(name, field)
    key = block.get("primaryKey", [])
    for column in [key] if isinstance(key, str) else _list_of(object, block, "primaryKey"):
        if column not in columns:
            yield f"the key of {name!r} is {column!r}, which is no field of it"
    links = _list_of(dict, block, "foreignKeys")
    good = [link for link in links if _is_good_link(link, name, columns, resources)]
    if len(good) != len(links) or not _has_only(dict, block, "foreignKeys"):
        yield f"a foreign key of {name!r} does not name one column here and one of another table; correct it or leave it out"


def _check_field(table: str, field: dict) -> Iterator[str]:
    place = f"the field {field['name']!r} of {table!r}"
    yield from _check_entries("field", field, place)
    kind, ours = field.get("type"), _find_ours(table, field["name"])
    if ours and kind != ours["type"]:
        yield f"{place} has the type {kind!r}, expected {ours['type']!r}"
    elif kind in KNOWN["field"]["type"]:
        limits = _dict_of(field, "constraints")
        yield from _check_entries(kind, limits, f"the constraints of {place}", descriptive=False)
        if not all(isinstance(value, str) for value in _list_of(object, limits, "enum")):
            yield f"the allowed values of {place} are not all texts"
        pattern = limits.get("pattern", "")
        if isinstance(pattern, str) and pattern and to_ascii(pattern) not in _list_patterns():
            yield f"{place} has the pattern {form.show(pattern)}, which is none of the project's own; leave it out"


def _check_entries(part: str, block: dict, place: str, descriptive: bool = True) -> Iterator[str]:
    """Sentences about entries that are not known, and about known ones with another value than they may have."""
    known = KNOWN[part]
    for name, value in block.items():
        wanted = known.get(name)
        if wanted is None:
            if not descriptive or name not in DESCRIPTIVE:
                yield f"the entry {form.show(name)} of {place} is not known; leave it out"
        elif isinstance(wanted, type) or isinstance(wanted[0], type):
            if not isinstance(value, wanted) or (isinstance(value, bool) and wanted is not bool):
                yield f"{name!r} of {place} is {form.show(str(value))}; expected {_name_kinds(wanted)}"
        elif not any(value == good and type(value) is type(good) for good in wanted):
            yield f"{name!r} of {place} is {form.show(str(value))}; expected {' or '.join(map(repr, wanted))}"


KINDS = {
    dict: "an object {…}",
    list: "a list […]",
    str: "a text",
    bool: "true or false",
    int: "an integer",
    float: "a number",
}


def _name_kinds(kinds: type | tuple[type, ...]) -> str:
    return KINDS[kinds] if isinstance(kinds, type) else " or ".join(KINDS[kind] for kind in kinds)


def _is_name(name: object) -> bool:
    return isinstance(name, str) and len(name) <= form.LONGEST["key"] and bool(NAME.fullmatch(name))


def _dict_of(block: dict, name: str) -> dict:
    value = block.get(name)
    return value if isinstance(value, dict) else {}


def _list_of(kind: type, block: dict, name: str) -> list:
    value = block.get(name)
    return [entry for entry in value if isinstance(entry, kind)] if isinstance(value, list) else []


def _has_only(kind: type, block: dict, name: str) -> bool:
    """Are all entries of a list of one type? A value that is no list is told elsewhere."""
    value = block.get(name)
    return not isinstance(value, list) or len(_list_of(kind, block, name)) == len(value)


def _is_good_link(link: dict, table: str, columns: list[str], resources: list[dict]) -> bool:
    """Does a foreign key name one column of its table and one of a table?"""
    reference = _dict_of(link, "reference")
    own, other = (_take_only(part.get("fields")) for part in (link, reference))
    named = reference.get("resource") or table
    target = next((resource for resource in resources if resource.get("name") == named), {})
    fields = _list_of(dict, _dict_of(target, "schema"), "fields")
    absent = not target and named in schema.OPTIONAL_TABLES
    return own in columns and (absent or other in [field.get("name") for field in fields])


def _take_only(names: object) -> object:
    """The column of a key of one column."""
    return names[0] if isinstance(names, list) and len(names) == 1 else names


def to_ascii(pattern: str) -> str:
    """A pattern as it was written before only the digits 0 to 9 were meant by it."""
    return pattern.replace(r"\d", "[0-9]")


@cache
def _list_patterns() -> set[str]:
    """The patterns of the project's own descriptor, those of today and earlier ones."""
    fields = [field for resource in read_ours()["resources"] for field in resource["schema"]["fields"]]
    own = {field.get("constraints", {}).get("pattern", "") for field in fields}
    return {to_ascii(pattern) for pattern in own} | EARLIER_PATTERNS


def _find_ours(table: str, column: str) -> dict | None:
    resources = (resource for resource in read_ours()["resources"] if resource["name"] == table)
    fields = (field for resource in resources for field in resource["schema"]["fields"])
    return next((field for field in fields if field["name"] == column), None)


def complete(descriptor: dict) -> dict:
    """A good descriptor with all that the project's own demands of the same tables: constraints, keys and references."""
    resources = []
    for resource in descriptor["resources"]:
        block = resource["schema"]
        fields = [_complete_field(resource["name"], field) for field in block["fields"]]
        ours = next((own["schema"] for own in read_ours()["resources"] if own["name"] == resource["name"]), {})
        key = ours.get("primaryKey") or block.get("primaryKey", [])
        links = [_to_link(link) for link in [*ours.get("foreignKeys", []), *block.get("foreignKeys", [])]]
        links = [link for n, link in enumerate(links) if link not in links[:n]]
        changed = {"fields": fields, "primaryKey": [key] if isinstance(key, str) else key, "foreignKeys": links}
        resources.append(resource | {"schema": block | changed})
    return descriptor | {"resources": resources}


def _to_link(link: dict) -> dict:
    """A foreign key in its long form."""
    own, other = (_take_only(part["fields"]) for part in (link, link["reference"]))
    return {"fields": [own], "reference": {"resource": link["reference"].get("resource", ""), "fields": [other]}}


def _complete_field(table: str, field: dict) -> dict:
    """A field with its own constraints and those of the project's own one: whatever both demand."""
    theirs = dict(field.get("constraints", {}))
    ours = (_find_ours(table, field["name"]) or {}).get("constraints", {})
    both = theirs | ours
    if "pattern" in both:
        both["pattern"] = to_ascii(both["pattern"])
    for name, choose in (("minimum", max), ("maximum", min)):
        if name in theirs and name in ours:
            both[name] = choose(theirs[name], ours[name])
    if "enum" in theirs and "enum" in ours:
        both["enum"] = [value for value in ours["enum"] if value in theirs["enum"]]
    both |= {name: bool(theirs.get(name) or ours.get(name)) for name in ("required", "unique") if name in both}
    return field | {"constraints": both}
