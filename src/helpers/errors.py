"""A user's mistake is told in sentences, never as a traceback."""

HEAD, TAIL = 600, 300  # characters that are kept of the beginning and the end of a longer line


class UserError(Exception):
    """Something the user can mend; the message says what was found, what was expected, what to do.

    Each argument is a line. Values that a line quotes can neither break it nor make it endless.
    """

    def __init__(self, *lines: str):
        super().__init__(*map(write_line, lines))

    def __str__(self) -> str:
        return "\n".join(self.args)

    def _render_traceback_(self) -> list[str]:
        """Lines that IPython prints in place of a traceback (called by the kernel)."""
        return str(self).splitlines()


def write_line(text: str) -> str:
    """A text in one line that any stream can write: what cannot be printed is escaped, the middle of a long one left out."""
    if len(text) > HEAD + TAIL:
        text = f"{text[:HEAD]} … {text[-TAIL:]}"
    return "".join(sign if sign.isprintable() or sign in "\u3000\xa0" else _escape(sign) for sign in text)


def _escape(sign: str) -> str:
    return sign.encode("unicode_escape").decode("ascii")
