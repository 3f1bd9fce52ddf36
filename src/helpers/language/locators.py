"""Places of figures in their documents, in words: locators, paragraphs and sentences, rows of the table."""

from functools import cached_property

import pandas as pd

from helpers.package import documents


class Locators:
    """The part of `formatter.Formatter` that names places in documents; it says, joins and looks up with the rest."""

    def name_document(self, document: str) -> str:
        """Title of a document."""
        return self.name_of("sources", document, "title")

    @cached_property
    def main_document(self) -> str:
        """Key of the plan's report, numbered by paragraphs, whose places go without a title; nothing where there is none."""
        report = getattr(self.tables.plan, f"report_{self.language}")
        sources = self.column("sources", "places").items()
        named = [key for key, places in sources if places == documents.PARAGRAPHS and self.name_document(key) == report]
        return named[0] if len(named) == 1 else ""

    def parse_place(self, row: pd.Series) -> documents.Place:
        """The place of a figure or a platform, taken apart."""
        numbered = self.column("sources", "places")[row["document"]] == documents.PARAGRAPHS
        return documents.parse(row["source"], numbered)

    def format_locator(self, row: pd.Series, titled: bool = True) -> str:
        """Locator of a figure: paragraph and sentence, the row of the table, or the place as it stands.

        titled: does it begin with the title of the document, if the package has several?
        """
        place = row["source"]
        if self.parse_place(row).kind == documents.PARAGRAPH and row["sentence"]:
            place = self.say("locator", paragraph=place, sentence=row["sentence"])
        return self.add_title(row["document"], place) if titled and len(self.tables.sources) > 1 else place

    def format_place(self, row: pd.Series) -> str:
        """Place of a figure without its sentence, behind the title of the document if the package has several."""
        several = len(self.tables.sources) > 1
        return self.add_title(row["document"], row["source"]) if several else row["source"]

    def name_places(self, rows: list[dict | pd.Series], titled: bool = True) -> list[str]:
        """Places of figures in words, as a sentence names them: `paragraph 2.3.3`, `rows 2 and 3 of the table`.

        Places of one kind in one document are one item, and so are all public figures. titled: as in `format_locator`
        """
        numbers: dict[tuple[str, str, str], dict] = {}
        for row in rows:
            if row["form"] == "public":
                numbers["", "public", ""] = {}
                continue
            kind, parts = self.parse_place(row)
            apart = row["source"] if kind == documents.TEXT else ""
            number = parts[0] if kind == documents.ROW else row["source"]
            numbers.setdefault((row["document"], kind, apart), {})[str(number)] = None
        names = []
        for (document, kind, text), listed in numbers.items():
            if kind == "public":
                names.append(self.say("finding.public"))
                continue
            place = text or self.say(f"where.{kind}", n=len(listed), numbers=self.join_names([*listed]))
            names.append(self.add_title(document, place) if titled and len(self.tables.sources) > 1 else place)
        return names

    def name_place(self, row: dict | pd.Series) -> str:
        """Place of a figure in words, with its sentence: `sentence 7 of paragraph 2.3.3`."""
        (place,) = self.name_places([row], titled=False)
        if self.parse_place(row).kind == documents.PARAGRAPH and row["sentence"]:
            place = self.say("where.sentence", place=place, sentence=row["sentence"])
        return self.add_title(row["document"], place) if len(self.tables.sources) > 1 else place

    def describe_place(self, row: dict | pd.Series) -> str:
        """Place of a figure or a platform in words: chapter, section and paragraph, or as it stands, with its document."""
        place, text = self.parse_place(row), row["source"]
        if place.kind == documents.ROW:
            text = self.say("stands.table", row=place.numbers[0])
        elif place.kind == documents.PARAGRAPH:
            text = self._name_paragraph(text)
        return self.add_title(row["document"], text)

    def _name_paragraph(self, source: str) -> str:
        """Chapter, section and number of a paragraph; one before all sections is of the opening."""
        chapter, section, paragraph = source.split(".")
        section = f"{chapter}.{section}"
        if section not in self.tables.sections.index or int(chapter) not in self.tables.chapters.index:
            return self.say("stands.front", paragraph=source)
        names = {
            "title": self.name_of("chapters", int(chapter), "title"),
            "name": self.name_of("sections", section, "title"),
        }
        return self.say("stands", chapter=chapter, section=section, paragraph=paragraph, **names)

    def add_title(self, document: str, place: str) -> str:
        """A place with the title of its document, but for the plan's report.

        The place of a workbook's cell begins with the title already.
        """
        title = self.name_document(document)
        if document == self.main_document:
            return place
        return place if place.startswith(f"{title}!") else self.say("stands.of", title=title, place=place)
