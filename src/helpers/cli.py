"""The command `evaluate`: run the notebooks, check a data package, list the runs. Heavy imports stay inside the verbs."""

import sys
from pathlib import Path

import click

from helpers.errors import UserError


class Verbs(click.Group):
    """A group whose verbs tell a user's mistake in sentences (exit code 2) and stop quietly at Ctrl-C (130)."""

    def invoke(self, context: click.Context):
        try:
            return super().invoke(context)
        except UserError as error:
            click.echo(str(error), err=True)
            context.exit(2)
        except KeyboardInterrupt:
            click.echo("stopped", err=True)
            context.exit(130)


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="internet-plus-evaluation")
def main() -> None:
    """Evaluate a plan: targets against actuals, chapter by chapter, for every year."""


def requested(verb):
    """The options of a request for runs (see `request`), and the folder of its pages."""
    options = [
        click.option("--years", help="Years: 2017, 2016-2018 or 2016,2018.  [default: all the data has]"),
        click.option(
            "--notebooks", help="Notebooks, separated by commas, such as 0-overview,2-integration.  [default: all]"
        ),
        click.option("--languages", default="zh,en", show_default=True, help="Languages, separated by commas."),
        click.option(
            "--region", help="Region codes, separated by commas, or all that have figures.  [default: the plan's own]"
        ),
        DATA,
        click.option(
            "--out", default="reports", show_default=True, type=click.Path(path_type=Path), help="Folder of the pages."
        ),
    ]
    for option in reversed(options):
        verb = option(verb)
    return verb


DATA = click.option("--data", default="", help="Folder of a data package.  [default: the project's own]")
JOBS = click.option("--jobs", type=click.IntRange(1), help="Runs at the same time.  [default: one a core]")


@main.command()
@requested
@JOBS
def run(years, notebooks, languages, region, data, out, jobs) -> None:
    """Run the notebooks side by side and make the pages and their index.

    Exit code 0 when every run succeeded, 1 when one did not, 2 for a mistake in the request or the data.
    """
    from helpers.batch import console, pool

    runs = request(years, notebooks, languages, region, data)
    sys.exit(console.run(runs, out, jobs or pool.cores()))


@main.command("list")
@requested
def list_runs(years, notebooks, languages, region, data, out) -> None:
    """List the runs of a request and what is recorded of each."""
    from helpers.batch import record

    known = record.read(out)
    for one in request(years, notebooks, languages, region, data):
        entry = known.get(one.name)
        state = (
            "not run" if entry is None else f"{entry['status']}\t{entry['seconds']:.1f} s\t{entry['error']}".rstrip()
        )
        click.echo(f"{one.name}\t{state}")


@main.command()
@click.argument("folder", default="")
def check(folder) -> None:
    """Check a data package (the project's own by default) and list every problem.

    Exit code 0 for a good package, 2 for one with problems.
    """
    from helpers import paths, validate

    path = paths.data(folder)
    if problems := validate.problems(path):
        raise validate.DataError(path, problems)
    click.echo(f"{path}: a good data package")


@main.command()
@DATA
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "csv", "json"]),
    default="table",
    show_default=True,
    help="How to print the findings; csv and json have one row a finding.",
)
@click.option("--verdict", default="", help="Only these verdicts, separated by commas, such as contradiction,label.")
@click.option(
    "--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="Language of the sentences."
)
@click.option("--errata", is_flag=True, help="Audit the figures as read with errata, not as printed.")
def audit(data, form, verdict, language, errata) -> None:
    """Check the report against itself and against public figures, and list what was found.

    Exit code 0 when nothing contradicts, 1 when something does, 2 for unusable data.
    """
    from helpers import audit as audits
    from helpers import tables
    from helpers.audit.wording import Wording, written
    from helpers.words import Words

    wanted = listed(verdict, list(audits.VERDICTS), "verdict") if verdict else audits.VERDICTS
    package = tables.load(data)
    package = tables.corrected(package) if errata else package
    found = audits.audit(package)
    words = Words(package, language)
    rows = Wording(package, words).rows([one for one in found if one.verdict in wanted])
    if package.plan.synthetic:
        click.echo(words.say("synthetic"), err=True)
    click.echo(written(rows, form))
    sys.exit(any(one.verdict == "contradiction" for one in found))


@main.command()
@click.argument("figure")
@click.argument("reading")
@click.option("--column", default="value", show_default=True, help="Column of figures.csv that is read otherwise.")
@click.option("--reason", default="", help="Why, in Chinese.  [default: the finding's sentence]")
@click.option("--reason-en", default="", help="Why, in English.  [default: the finding's sentence]")
@DATA
def accept(figure, reading, column, reason, reason_en, data) -> None:
    """Accept a finding: read a FIGURE of the report as READING, as one more row of errata.csv.

    Exit code 2 when no finding names the figure or the reading is no good cell; the file then stays as it was.
    """
    from helpers.audit import accepting

    row = accepting.accept(data, figure, reading, column, reason, reason_en)
    click.echo(f"errata.csv: {row['key']} {row['column']} {row['printed']} is read as {row['reading']}")


@main.command()
@JOBS
def references(jobs) -> None:
    """Run everything and renew the committed outputs: notebooks/ for the defaults, tests/references for the rest."""
    from helpers.batch import console, pool

    sys.exit(console.renew(request(None, None, "zh,en", None, ""), jobs or pool.cores()))


def request(years, notebooks, languages, region, data) -> list:
    """Runs of a request. Raises UserError for what the data or the notebooks do not have."""
    from itertools import product

    from helpers import parameters, paths, tables
    from helpers.batch import runs

    package = tables.load(data)
    known = sorted(paths.NOTEBOOKS.glob("*.ipynb"))
    names = [path.stem for path in known]
    wanted = names if notebooks is None else listed(notebooks, names, "notebook")
    spoken = listed(languages, list(parameters.LANGUAGES), "language")
    chosen = package.years if years is None else span(years)
    regions = places(region, package)
    for year, place in [*product(chosen, regions[:1]), *product(chosen[:1], regions)]:
        parameters.check({"year": year, "language": spoken[0], "region": place}, package)
    sources = [path for path in known if path.stem in wanted]
    return runs.plan(sources, chosen, spoken, regions, package.plan.region, data)


def places(text: str | None, package) -> list[str]:
    """Regions of `330100`, `330100,330200`, `all` (every one that has figures) or nothing (the plan's own)."""
    if text is None:
        return [package.plan.region]
    if text == "all":
        return [region for region in package.regions.index if region in set(package.figures["region"])]
    return list(dict.fromkeys(part.strip() for part in text.split(",")))


def listed(text: str, known: list[str], what: str) -> list[str]:
    """Values of a list with commas. Raises UserError for an unknown one."""
    import difflib

    values = [value.strip() for value in text.split(",") if value.strip()]
    for value in values:
        if value not in known:
            close = difflib.get_close_matches(value, known, 1)
            hint = f" (did you mean {close[0]!r}?)" if close else ""
            raise UserError(f"unknown {what} {value!r}{hint}; there is {', '.join(known)}.")
    if not values:
        raise UserError(f"no {what} given; there is {', '.join(known)}.")
    return list(dict.fromkeys(values))


def span(text: str) -> list[int]:
    """Years of `2017`, `2016-2018` or `2016,2018`. Raises UserError for anything else."""
    years = []
    for part in text.split(","):
        first, dash, last = part.strip().partition("-")
        if not first.isdecimal() or (dash and not last.isdecimal()):
            raise UserError(f"years are {text!r}, expected 2017, 2016-2018 or 2016,2018.")
        ends = int(first), int(last or first)
        if ends[1] < ends[0]:
            raise UserError(f"years {part.strip()!r} end before they begin.")
        years += range(ends[0], ends[1] + 1)
    return list(dict.fromkeys(years))


if __name__ == "__main__":
    main()
