"""Whether an executed notebook is a success: every code cell was executed, in one kernel, and none shows an error.

Papermill alone would call a notebook a success that a cell has left by `sys.exit()`, or one of whose cells was skipped.
"""

LEFT = "ended the notebook; the cells after it were not executed"
SKIPS = "skip-execution"  # tag of a cell that nbclient leaves out


class EndedByCell(Exception):
    """A cell has asked its kernel to end, by `quit()` or `exit()`; the message says so."""


def check_reply(reply: dict | None) -> None:
    """Raise EndedByCell for the kernel's reply to a cell that has asked it to end."""
    payload = reply["content"].get("payload", ()) if reply else ()
    if any(item.get("source") == "ask_exit" for item in payload):
        raise EndedByCell(f"quit() {LEFT}")


def find_fault(cells: list[dict]) -> tuple[int, str] | None:
    """Number of the first code cell that was not executed or shows an error, and what is wrong; None where there is none.

    cells: of an executed notebook. Cells are counted as their `In [n]` count: those without code are left out.
    """
    code = [cell for cell in cells if cell["cell_type"] == "code" and "".join(cell["source"]).strip()]
    last = 0
    for number, cell in enumerate(code, 1):
        for output in cell["outputs"]:
            if output["output_type"] == "error":
                return number, describe_error(output["ename"], output["evalue"])
        count = cell.get("execution_count")
        if count is None:
            skipped = SKIPS in cell.get("metadata", {}).get("tags", ())
            return number, f"the cell was not executed{f' (it has the tag {SKIPS!r})' if skipped else ''}"
        if count <= last:
            return number, "the kernel was restarted before this cell, and what earlier cells have set is lost"
        last = count
    return None


def describe_error(name: str, value: str) -> str:
    """An exception in a line that says what it did to the notebook; only the last line of its message."""
    lines = [line.strip() for line in value.splitlines() if line.strip()]
    if name == "SystemExit":
        return f"sys.exit({value or ''}) {LEFT}"
    return lines[-1] if lines else name


def find_last_words(cells: list[dict], count: int | None) -> str:
    """The last line that a cell has written to standard error: all that there is of an exception that cannot be shown."""
    written = [
        "".join(output["text"])
        for cell in cells
        if cell.get("execution_count") == count
        for output in cell.get("outputs", ())
        if output.get("name") == "stderr"
    ]
    lines = [line.strip() for line in "".join(written).splitlines() if line.strip()]
    return lines[-1] if lines else "an exception that the kernel could not show"
