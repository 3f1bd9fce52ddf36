"""The paragraphs that a page rests on, with what stands in each and where else it is used."""

import sys

import pandas as pd

from helpers.display import html as display
from helpers.display.html import Html, Markup
from helpers.display.table import Table
from helpers.views.context import Context


def places_table(
    context: Context, printed: pd.DataFrame, implied: pd.DataFrame, platforms: pd.DataFrame
) -> Table | Html:
    """A row a paragraph: its place in the report, its figures and platforms, and the other uses of each.

    printed, implied, platforms: rows of the view that the page shows
    """
    derived: dict[str, list[Markup]] = {}
    link = Markup('<a href="#{}">{}</a>')
    for name, value in implied.iterrows():
        use = link.format(f"f-{name}", context.say("use.derived", when=context.words.format_period(value)))
        for key in dict.fromkeys(value["used"]):
            derived.setdefault(key, []).append(use)
    entries: dict[str, list[Markup]] = {}
    for key, row in printed.iterrows():
        entries.setdefault(row["source"], []).append(_entry(context, key, row, derived.get(key, [])))
    for key, row in platforms.iterrows():
        named = Markup("<li>{}</li>").format(link.format(f"p-{key}", row["name"]))
        entries.setdefault(row["source"], []).append(named)
    if not entries:
        return context.none("none.figures")
    order = sorted(entries, key=_in_order)
    uses = [Markup('<ul class="uses">{}</ul>').format(Markup("").join(entries[source])) for source in order]
    rows = pd.DataFrame({"source": order, "place": [context.place_of(source) for source in order], "markup": uses})
    rows["uses"] = [context.words.join_phrases([display.plain(item) for item in entries[source]]) for source in order]
    columns = [context.column("source", label="locator"), context.column("place")]
    columns += [context.column("uses", write=lambda row: row["markup"], label="used")]
    return context.table(context.say("caption.places", n=len(rows)), columns, rows, "places", "source", "l-")


def _entry(context: Context, key: str, row: pd.Series, derived: list[Markup]) -> Markup:
    """A figure as an entry of `places`, with its other uses on the pages of this year, the derived ones first."""
    say = context.say
    link, uses, notebooks = Markup('<a href="{}">{}</a>'), [*derived], context.notebooks
    if pd.notna(row["headline"]) and pd.notna(row["year"]):  # of this year, as all dated ones here
        uses.append(link.format(f"{notebooks['overview']}.ipynb#i-{row['indicator']}", say("use.scoreboard")))
    if key in context.marks:
        verdict, finding, _ = context.marks[key]
        words = say("use.finding", verdict=say(f"verdict.{verdict}"))
        uses.append(link.format(f"{notebooks['audit']}.ipynb#{context.anchor(finding)}", words))
    if key in {*context.view.errata["key"]}:
        uses.append(link.format(f"{notebooks['audit']}.ipynb#e-{key}", say("use.erratum")))
    entry = link.format(
        f"#f-{key}", say("use.figure", name=context.words.name_figure(row), value=context.words.format_quantity(row))
    )
    if not uses:
        return Markup("<li>{}</li>").format(entry)
    also = Markup("、" if context.language == "zh" else ", ").join(uses)
    space = "" if context.language == "zh" else " "
    return Markup('<li>{} <span class="also">{}{}{}</span></li>').format(entry, say("use.also"), space, also)


def _in_order(source: str) -> list[int]:
    """Locators in the order of the report: 2.3.10 behind 2.3.9, the rows of the table first, cells of workbooks last."""
    if "!" in source:
        return [sys.maxsize]
    return [0 if part == "T" else int(part) for part in source.split(".")]
