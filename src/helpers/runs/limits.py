"""How much the outputs of a notebook may hold: what a cell prints beyond that is cut while it is printed, and a mark says so.

Sizes are those of a page: a sign that HTML has to escape counts for what it is escaped to.
"""

import json
from typing import Any

CELL_MAX_BYTES = 5_000_000  # of the outputs of a cell
PAGE_MAX_BYTES = 19_000_000  # of all outputs, so that a page with its fonts and downloads is smaller than 20 MB
ERROR_MAX_CHARS = 10_000  # of each line of an exception, which is always kept
SHOWN = "the output of this cell is too long, and the rest of it is left out"
CUT = "cut"  # value of `evaluation` in the metadata of an output that stands for what was left out
ESCAPED = {
    "&": 4,
    "<": 3,
    ">": 3,
    '"': 4,
    "'": 4,
    "\x1b": 64,
}  # bytes that a sign is longer on a page; colours are elements
DOWNLOADED = 1.5  # an analyst's table is on the page twice: as HTML, and as the file to download


class Limit:
    """What is left for the outputs of a notebook; one of a run. Its messages are those of Jupyter's protocol."""

    def __init__(self, cell_bytes: int = CELL_MAX_BYTES, page_bytes: int = PAGE_MAX_BYTES):
        self._cell_bytes, self._page_bytes = cell_bytes, page_bytes
        self._sizes: dict[int, int] = {}  # bytes of the outputs of each cell
        self._full: set[int] = set()  # cells of which something was left out

    def cut(self, message: dict, cell: int) -> list[dict]:
        """The messages to take up in place of one that a cell has sent; cell: its place in the notebook."""
        kind, content = message["msg_type"], message["content"]
        if kind == "clear_output":
            self._sizes.pop(cell, None)
            self._full.discard(cell)
        if kind == "error":
            return [message | {"content": _shorten_error(content)}]
        if kind not in ("stream", "display_data", "execute_result", "update_display_data"):
            return [message]
        if cell in self._full:
            return []
        size, room = measure_output(content), self._measure_room(cell)
        if size <= room:
            if kind != "update_display_data":  # which takes the place of something
                self._sizes[cell] = self._sizes.get(cell, 0) + size
            return [message]
        self._full.add(cell)
        kept = _shorten_text(content["text"], room) if kind == "stream" else ""
        self._sizes[cell] = self._sizes.get(cell, 0) + measure_text(kept)
        return [*([message | {"content": content | {"text": kept}}] if kept else []), _mark(message)]

    def _measure_room(self, cell: int) -> int:
        return min(self._cell_bytes - self._sizes.get(cell, 0), self._page_bytes - sum(self._sizes.values()))


def measure_output(content: dict[str, Any]) -> int:
    """Bytes that an output takes on a page, with the data that it carries."""
    if "text" in content:
        return measure_text(content["text"])
    size = 0
    for kind, value in content["data"].items():
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        if kind == "text/html":
            size += int(len(text.encode(errors="replace")) * (DOWNLOADED if "<table" in text else 1))
        else:
            size += measure_text(text) if kind.startswith("text/") else int(len(text) * 4 / 3)  # as base64
    return size


def measure_text(text: str) -> int:
    """Bytes that a text takes on a page."""
    return len(text.encode(errors="replace")) + sum(text.count(sign) * more for sign, more in ESCAPED.items())


def _shorten_text(text: str, room: int) -> str:
    """The longest beginning of a text that takes no more than so many bytes, or one a little shorter."""
    text = text[: max(0, room)]
    while (size := measure_text(text)) > room:
        text = text[: int(len(text) * room / size * 0.99)]
    return text


def _shorten_error(content: dict) -> dict:
    lines = [line[:ERROR_MAX_CHARS] for line in content.get("traceback", [])]
    return content | {"evalue": content.get("evalue", "")[:ERROR_MAX_CHARS], "traceback": lines}


def _mark(message: dict) -> dict:
    content = {"data": {"text/plain": f"[{SHOWN}]"}, "metadata": {"evaluation": CUT}, "transient": {}}
    kind = {"msg_type": "display_data"}
    return message | kind | {"header": message.get("header", {}) | kind, "content": content}


def is_mark(output: dict) -> bool:
    """Does an output stand for what was left out?"""
    return output.get("metadata", {}).get("evaluation") == CUT


def find_cut(cells: list[dict]) -> tuple[int, ...]:
    """Numbers of the code cells, as their `In [n]` counts, of which something was left out."""
    return tuple(cell["execution_count"] for cell in cells if any(map(is_mark, cell.get("outputs", ()))))
