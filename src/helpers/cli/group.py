"""How the command `evaluate` ends: exit codes, and a sentence for whatever goes wrong."""

import os
import re
import sys
from contextlib import suppress
from typing import NoReturn

import click

from helpers.errors import UserError, write_line

# In a message, where a colon or a full stop may follow it; as a path, it has one slash.
ADDRESS = re.compile(r"([a-z][a-z0-9+.-]+:)//?([^\s'\"]+?)(?=[:.,;]?(?:[\s'\"]|$))", re.IGNORECASE)
TRACEBACK = "EVALUATE_TRACEBACK"  # environment variable: show where an unexpected error comes from


class Verbs(click.Group):
    """A group whose verbs tell a user's mistake in a sentence (exit code 2) and stop quietly at Ctrl-C (130).

    What nobody has thought of is told in a sentence, too: a traceback helps only those who mend the program, and they get it
    by `EVALUATE_TRACEBACK`.
    """

    def main(self, *arguments, **options):
        """Called for a command line; a stream whose encoding lacks a sign shows another one in its place."""
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="replace" if stream is sys.stdout else "backslashreplace")
        return super().main(*arguments, **options)

    def make_context(self, *arguments, **options) -> click.Context:
        """Called for what stands before a verb; a mistake there is a sentence, too."""
        try:
            return super().make_context(*arguments, **options)
        except click.exceptions.NoArgsIsHelpError:
            raise
        except BrokenPipeError:
            _end_unread()
        except click.UsageError as error:
            _end(2, write_line(error.format_message()))

    def invoke(self, context: click.Context):
        try:
            return super().invoke(context)
        except UserError as error:
            _end(2, str(error))
        except click.UsageError as error:
            _end(2, write_line(error.format_message()))
        except BrokenPipeError:
            _end_unread()
        except (OSError, UnicodeError) as error:
            where = f"{error.filename}: " if getattr(error, "filename", None) else ""
            _end(2, write_line(f"{where}{getattr(error, 'strerror', None) or error}."))
        except KeyboardInterrupt:
            _end(130, "stopped")
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:
            if os.environ.get(TRACEBACK):
                raise
            what = f"a fault of this program, and not yours ({type(error).__name__}: {error})"
            _end(3, write_line(f"{what}; {TRACEBACK}=1 shows where it is."))


def print_data(text: str) -> None:
    """Print what other programs read: UTF-8, whatever the encoding of the terminal is."""
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8", errors="replace", newline="\n")
    click.echo(text)


def _end(code: int, message: str) -> NoReturn:
    """End with a message, in which no address has its secrets: a value that is refused is quoted, whatever it is."""
    from helpers.batch.destination import hide_secrets

    with suppress(OSError):  # the disk is full, say: the exit code is all that can be told
        click.echo(ADDRESS.sub(lambda address: hide_secrets(f"{address[1]}//{address[2]}"), message), err=True)
    sys.exit(code)


def _end_unread() -> NoReturn:
    """End where whoever reads what is printed has read enough."""
    # At the end, Python would try again to write what is left, and complain.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(2)
