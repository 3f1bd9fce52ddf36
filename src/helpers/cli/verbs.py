"""The command `evaluate`: run the notebooks, check a data package, list the runs. Heavy imports stay inside the verbs."""

import sys
from pathlib import Path

import click

from helpers.cli import options
from helpers.cli.group import Verbs, print_data
from helpers.cli.options import DATA, JOBS, KERNEL, LANGUAGE, Location, Names, Size, Years, add_request
from helpers.errors import UserError, write_line


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="internet-plus-evaluation")
def main() -> None:
    """Evaluate a plan: targets against actuals, chapter by chapter, for every year."""


@main.command()
@add_request
@JOBS
@KERNEL
@click.option(
    "--timeout",
    type=click.IntRange(1, options.TIMEOUT_MAX_S),
    help="Seconds that a cell may take.  [default: no limit]",
)
@click.option("--memory", type=Size(), help="Memory that a kernel may hold, such as 2G.  [default: no limit]")
@click.option(
    "--retries",
    type=click.IntRange(0, options.RETRIES_MAX),
    default=1,
    show_default=True,
    help="How often a run is tried again that failed for another reason than its notebook.",
)
@click.option("--fail-fast/--keep-going", help="Begin no further run after one that failed.  [default: keep going]")
@click.option("--scheduler", default="", help="Address of a Dask cluster, or `local` to start one here.")
@click.option("--log", "journal", type=Location(), default="", help="File to append a log to.")
def run(data, out, jobs, kernel, timeout, memory, retries, fail_fast, scheduler, journal, **asked) -> None:
    """Run what has changed of the notebooks side by side and make the pages and their index.

    Exit code 0 when every run succeeded, 1 when a notebook raised, 2 for a mistake in the request or the data, 3 when a run
    failed for another reason, 130 when stopped.
    """
    from helpers.batch import destination, execute, pool
    from helpers.batch.batch import Settings
    from helpers.cli import console, request

    if not scheduler:  # on a cluster, the workers know which kernels they have
        execute.check_kernel(kernel)
    package = request.Package(data)
    runs = request.resolve(package, **asked)
    settings = Settings(package.notebooks, jobs or pool.count_cores(), retries, fail_fast, kernel, timeout, memory)
    sys.exit(console.run(runs, destination.locate(out), package, settings, scheduler, journal))


@main.command("list")
@add_request
def list_runs(data, out, **asked) -> None:
    """List the runs of a request, each fresh, stale (and why) or failed."""
    from helpers.batch import destination
    from helpers.batch.batch import Settings
    from helpers.cli import console, request

    package = request.Package(data)
    runs = request.resolve(package, **asked)
    for line in console.list_runs(runs, destination.locate(out), package, Settings(package.notebooks)):
        click.echo(line)


@main.command("print")
@click.argument("pages", type=Location(), nargs=-1)
@click.option("--jobs", type=click.IntRange(1, options.JOBS_MAX), help="Pages at the same time.  [default: one a core]")
def print_pages(pages, jobs) -> None:
    """Print PAGES, or all pages of a folder (reports by default), each into a PDF beside it, by Chromium.

    Exit code 2 without Chromium or for a name without a page, 3 when a page could not be printed.
    """
    from helpers.batch import pool
    from helpers.pages import printing

    failed = False
    for path, wrong in printing.print_pages(printing.list_pages(pages or ["reports"]), jobs or pool.count_cores()):
        click.echo(f"{path}: {wrong}" if wrong else str(path), err=bool(wrong))
        failed |= bool(wrong)
    sys.exit(3 if failed else 0)


@main.command("new-plan")
@click.argument("folder", type=Location())
@click.option("--title", required=True, help="Name of the plan in Chinese.")
@click.option("--title-en", default="", help="Its name in English.  [default: the same]")
@click.option("--region", required=True, help="Code of its region (GB/T 2260), such as 330100.")
@click.option(
    "--region-name", default="", help="Name of the region in Chinese; not needed for one of data/regions.csv."
)
@click.option("--region-name-en", default="", help="Its name in English.  [default: the same]")
@click.option("--start-year", type=int, help="First year of the plan.  [default: four years before its target year]")
@click.option("--target-year", type=int, required=True, help="Year of the targets.")
@click.option(
    "--chapters", type=int, default=3, show_default=True, help="Number of chapters, with examples of all rows."
)
@click.option(
    "--from",
    "book",
    type=Location(),
    default="",
    help="Workbook with the plan's table of indicators, instead of examples.",
)
def new_plan(
    folder, title, title_en, region, region_name, region_name_en, start_year, target_year, chapters, book
) -> None:
    """Write a data package for another plan into FOLDER: its tables, notebooks and a guide.

    Exit code 2 for a folder that holds something already, and for a plan or a workbook with mistakes.
    """
    from helpers.authoring import examples
    from helpers.authoring import new_plan as authoring
    from helpers.collect import plan_rows, plan_table

    place = authoring.Place.find(region, region_name, region_name_en)
    first = target_year - 4 if start_year is None else start_year
    plan = authoring.NewPlan(title, title_en or title, place, first, target_year, chapters)
    path = Path(folder)
    table = plan_table.read(Path(book), plan) if book else None
    rows = plan_rows.make_rows(table, plan) if table else examples.make_rows(plan)
    files = authoring.create(path, plan, rows)
    for note in table.notes if table else ():
        click.echo(note)
    click.echo(write_line(f"{path}: {len(files)} files; read {path / 'README.md'} first"))


@main.command()
@click.argument("folder", type=Location(), default="")
def check(folder) -> None:
    """Check a data package (the project's own by default) and list every problem.

    Exit code 0 for a good package, 2 for one with problems.
    """
    from helpers import paths
    from helpers.package import validate
    from helpers.package.problem import DataError

    path = paths.data(folder)
    if problems := validate.find_problems(path):
        raise DataError(path, problems)
    click.echo(write_line(f"{path}: a good data package"))


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
@click.option(
    "--verdict", "verdicts", type=Names(), help="Only these verdicts, separated by commas, such as contradiction,label."
)
@LANGUAGE
@click.option("--errata", is_flag=True, help="Audit the figures as read with errata, not as printed.")
def audit(data, form, verdicts, language, errata) -> None:
    """Check the report against itself and against public figures, and list the findings.

    Exit code 0 when nothing contradicts, 1 when something does, 2 for unusable data.
    """
    from helpers import audit as audits
    from helpers.audit.wording import Wording, format_rows
    from helpers.cli import request
    from helpers.language.formatter import Formatter
    from helpers.package import tables

    wanted = audits.VERDICTS if verdicts is None else request.choose(verdicts, [*audits.VERDICTS], "verdict")
    package = tables.load(data)
    package = tables.corrected(package) if errata else package
    findings = audits.audit(package)
    words = Formatter(package, language)
    rows = Wording(package, words).rows([finding for finding in findings if finding.verdict in wanted])
    if package.plan.synthetic:
        click.echo(words.say("synthetic"), err=True)
    (click.echo if form == "table" else print_data)(format_rows(rows, form))
    sys.exit(any(finding.verdict == "contradiction" for finding in findings))


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
@click.argument("old", type=Location())
@click.argument("new", type=Location())
@click.option(
    "--format",
    "form",
    type=click.Choice(["html", "table", "json"]),
    default="html",
    show_default=True,
    help="A page, or a table or JSON for a terminal and other programs.",
)
@click.option(
    "--out", type=Location(), default="", help="File to write.  [default: diff.html for a page, else the terminal]"
)
@LANGUAGE
def diff(old, new, form, out, language) -> None:
    """Tell what changed from OLD to NEW: two data packages, or two folders of pages.

    Exit code 0 when nothing differs, 1 when something does, 2 for what cannot be compared.
    """
    from helpers.cli import request
    from helpers.compare import difference

    comparison = request.compare(old, new, language)
    if form == "html":
        from helpers.compare.page import make_page

        out = out or "diff.html"
        content = make_page(comparison, Path(out))
    else:
        content = {"table": difference.to_text, "json": difference.to_json}[form](comparison)
    if out:
        try:
            Path(out).write_text(content + "\n", encoding="utf-8", newline="\n")
        except OSError as error:
            raise UserError(f"{out}: cannot be written ({error.strerror}).") from None
        click.echo(comparison.line)
        click.echo(write_line(out))
    else:
        (click.echo if form == "table" else print_data)(content)
    sys.exit(bool(comparison.rows))


@main.command()
@click.argument("folder", type=Location())
@click.argument("book", type=Location())
@click.option("--responsible", default="", help="Only the indicators of this department.  [default: all departments]")
@click.option(
    "--years", type=Years(), help="Years to fill in: 2017, 2016-2018 or 2016,2018.  [default: those of the plan]"
)
def template(folder, book, responsible, years) -> None:
    """Write a workbook BOOK (.xlsx) in which a department fills in figures for the data package in FOLDER.

    Where indicators.csv names several departments, each has a workbook beside BOOK, with its name. Exit code 2 for a workbook
    that exists already, and for a department without indicators.
    """
    from helpers.collect import template as collecting
    from helpers.package import tables

    package = tables.load(folder, lenient=True)
    for planned in collecting.plan(package, Path(book), responsible):
        collecting.write(package, planned, sorted(years or collecting.list_years(package)))
        count = len(planned.indicators)
        click.echo(write_line(f"{planned.path}: {count} indicator{'' if count == 1 else 's'}"))


@main.command("import")
@click.argument("books", type=Location(), nargs=-1, required=True)
@click.option(
    "--data", type=Location(), required=True, help="Folder of the data package that the figures are added to."
)
@click.option("--yes", is_flag=True, help="Ask nothing: write what is certain, and leave out what is doubtful.")
@click.option("--accept-warnings", is_flag=True, help="Write doubtful figures too.")
@click.option("--dry-run", is_flag=True, help="Write nothing.")
@LANGUAGE
def import_books(books, data, yes, accept_warnings, dry_run, language) -> None:
    """Add the figures of BOOKS, workbooks (.xlsx) and CSV files, to a data package, after showing what would change.

    A figure that disagrees with another one is listed and never written. Exit code 0 when all figures are in the package, 1
    when you do not confirm, 2 when some were left out or nothing could be read.
    """
    from helpers.collect import importing

    work = importing.prepare(books, data)
    ask = not (yes or dry_run)
    for line in [*work.notes, *work.list_doubtful()]:
        click.echo(line)
    if work.judgement.doubtful and (
        accept_warnings or (ask and click.confirm(f"Write these {len(work.judgement.doubtful)} doubtful figures too?"))
    ):
        work.accept_doubtful()
    work.leave_out_invalid()
    for line in [*work.list_slips(), *work.describe_changes(language), work.summarize()]:
        click.echo(line)
    if work.judgement.figures and not dry_run:
        if ask:
            click.confirm(f"Write {len(work.judgement.figures)} figures?", abort=True)
        click.echo(f"{work.write()}: {len(work.judgement.figures)} figures added")
    sys.exit(0 if work.is_complete else 2)


@main.command()
@JOBS
@KERNEL
def references(jobs, kernel) -> None:
    """Run everything and renew the committed outputs: notebooks/ for the defaults, tests/references for the rest."""
    from helpers.batch import execute, pool
    from helpers.batch.batch import Settings
    from helpers.cli import console, request

    execute.check_kernel(kernel)
    package = request.Package()
    # One indicator stands for all: the default one of the notebook that makes their pages.
    runs = [run for run in request.resolve(package) if "indicator" not in run.parameters]
    sys.exit(console.renew(runs, package, Settings(package.notebooks, jobs or pool.count_cores(), kernel=kernel)))


if __name__ == "__main__":
    main()
