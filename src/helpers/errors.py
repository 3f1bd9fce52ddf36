"""A user's mistake is told in sentences, never as a traceback."""


class UserError(Exception):
    """Something the user can mend; the message says what was found, what was expected, what to do."""

    def _render_traceback_(self) -> list[str]:
        """Lines that IPython prints in place of a traceback (called by the kernel)."""
        return str(self).splitlines()
