"""The places in documents that a page rests on, with what stands in each and where else it is used."""

import pandas as pd

from helpers.display import html as display
from helpers.display.html import Html, Markup
from helpers.display.table import Table
from helpers.package import documents
from helpers.views.context import Context


def places_table(
    context: Context, printed: pd.DataFrame, implied: pd.DataFrame, platforms: pd.DataFrame
) -> Table | Html:
    """A row a place: where it is in its document, its figures and platforms, and the other uses of each.

    Rows are grouped by document, unless all figures come from the plan's report.

    printed, implied, platforms: rows of the view that the page shows
    """
    derived: dict[str, list[Markup]] = {}
    link = Markup('<a href="#{}">{}</a>')
    for name, value in implied.iterrows():
        use = link.format(f"f-{name}", context.say("use.derived", when=context.words.format_period(value)))
        for key in dict.fromkeys(value["used"]):
            derived.setdefault(key, []).append(use)
    entries: dict[tuple[str, str], list[Markup]] = {}
    for key, row in printed.iterrows():
        entries.setdefault((row["document"], row["source"]), []).append(_entry(context, key, row, derived.get(key, [])))
    for key, row in platforms.iterrows():
        named = Markup("<li>{}</li>").format(link.format(f"p-{key}", row["name"]))
        entries.setdefault((row["document"], row["source"]), []).append(named)
    if not entries:
        return context.none("none.figures")
    order = sorted(entries, key=_order_of(context))
    rows = pd.DataFrame(order, columns=["document", "source"])
    places = rows.to_dict("records")
    rows["place"] = [context.words.describe_place(place) for place in places]
    rows["place_id"] = [context.place_id(place) for place in places]
    rows["group"] = [context.words.name_document(place["document"]) for place in places]
    rows["markup"] = [Markup('<ul class="uses">{}</ul>').format(Markup("").join(entries[place])) for place in order]
    rows["uses"] = [context.words.join_phrases([display.plain(item) for item in entries[place]]) for place in order]
    columns = [context.column("source", label="locator"), context.column("place")]
    columns += [context.column("uses", write=lambda row: row["markup"], label="used")]
    caption = context.say("caption.places", n=len(rows))
    key = "source" if rows["source"].equals(rows["place_id"]) else "place_id"
    group = "" if context.words.has_one_report else "group"
    return context.table(caption, columns, rows, "places", key, "l-", group, folded=True)


def _entry(context: Context, key: str, row: pd.Series, derived: list[Markup]) -> Markup:
    """A figure as an entry of `places`, with its other uses on the pages of this year, the derived ones first."""
    say = context.say
    link, uses, notebooks = Markup('<a href="{}">{}</a>'), [*derived], context.notebooks
    if pd.notna(row["headline"]) and pd.notna(row["year"]):  # of this year, as all dated ones here
        uses.append(link.format(f"{notebooks['overview']}.ipynb#i-{row['indicator']}", say("use.scoreboard")))
    if key in context.marks:
        _, finding, _, word = context.marks[key]
        words = say("use.finding", verdict=word)
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


def _order_of(context: Context):
    """Sorts places by document, in the order of sources.csv, and in each as `documents.order` says."""
    places = context.words.column("sources", "places")
    positions = {document: position for position, document in enumerate(places)}

    def order(place: tuple[str, str]) -> tuple:
        document, source = place
        return positions[document], documents.order(source, places[document] == documents.PARAGRAPHS)

    return order
