"""Blanks of labels: those inside a sentence are filled in otherwise than those that begin one."""

import re
from functools import lru_cache

# A blank that begins no sentence and no quotation.
INSIDE = re.compile(r"(?<!^)(?<!\. )(?<!“)(?<!{){(\w+)}(?!})")


@lru_cache(maxsize=4096)
def find_inside(label: str) -> tuple[str, tuple[str, ...]]:
    """A label whose blanks inside a sentence have names of their own, `name inside`, and the values that fill these."""
    return INSIDE.sub(r"{\1 inside}", label), tuple(dict.fromkeys(INSIDE.findall(label)))
