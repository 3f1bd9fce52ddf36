"""What stands at the end of every page: its documents, its method, how to cite it, who publishes it, how to run it again."""

from markupsafe import escape

from helpers.audit import DOUBTS
from helpers.display import theme
from helpers.display.html import Html, Markup
from helpers.views.citing import cite_document
from helpers.views.context import Context


class Imprint:
    """The end of a page."""

    def __init__(self, context: Context, title: str, documents: list[str], command: str):
        """title: of the page, empty for all pages together; documents: keys of those that its figures come from;
        command: runs it again, if one does."""
        self.context, self.words, self.say = context, context.words, context.say
        self.title, self.documents, self.command = title, documents, command

    def show(self) -> Html:
        """All parts, each under its heading."""
        say, paragraph = self.say, Markup("<p>{}</p>")
        blocks = [
            ("sources", say("sources.title"), self._cite_documents()),
            ("method", say("method.title"), self._explain_method()),
            ("cite", say("cite.title"), paragraph.format(self._write_citation())),
            ("data", say("data.title"), paragraph.format(say("data.text"))),
            ("contact", say("contact.title"), self._write_contact()),
            ("rerun", say("rerun.title"), self._write_command()),
        ]
        block = Markup('<div><h2 id="about-{}">{}</h2>{}</div>')
        html = Markup("").join(block.format(*parts) for parts in blocks if parts[-1])
        return Html(Markup('<section class="sources">{}</section>').format(html), say("sources.title"))

    def _write_command(self) -> Markup:
        return Markup("<p><code>{}</code></p>").format(self.command) if self.command else Markup("")

    def _cite_documents(self) -> Markup:
        """The plan's report, or the documents of the figures and platforms that the notebook holds, one beneath another."""
        cited = [cite_document(self.words, document) for document in self.documents]
        if self.words.has_one_report:
            around = self.say("sources.text", report="\0").split("\0")  # the citation is no text
            return Markup("<p>{}</p>").format(cited[0].join(map(escape, around)))
        items = Markup("\n").join(map(Markup("<li>{}</li>").format, cited))  # lines of one cell in a workbook
        text = [self.say("sources.text", report="")]
        if self.words.main_document in self.documents:
            text.append(self.say("sources.main", report=self.words.name_document(self.words.main_document)))
        return Markup("<div><p>{}</p>\n<ul>{}</ul></div>").format(self.context.join_sentences(text), items)

    def _explain_method(self) -> Markup:
        """How the page computes, and what each status word and each tag of a figure means, folded."""
        entry, status = Markup('<dt id="about-{}">{}</dt><dd>{}</dd>'), self.context.status
        tag = Markup("<dt>{}</dt><dd>{}</dd>")
        items = [entry.format(name, status(name), self.say(f"glossary.{name}")) for name in theme.STATUSES]
        items += [tag.format(self.say(f"verdict.{name}"), self.say(f"glossary.tag.{name}")) for name in DOUBTS]
        shown = Markup('<div><p>{}</p><details class="fold"><summary>{}</summary><dl>{}</dl></details></div>')
        return shown.format(self.say("method.text"), self.say("glossary.title"), Markup("").join(items))

    def _write_citation(self) -> str:
        """How to cite the page."""
        view, names = self.context.view, [self.words.name_document(document) for document in self.documents]
        documents = (
            self.say("cite.document", title=names[0]) if len(names) == 1 else self.say("cite.many", n=len(names))
        )
        plan = getattr(view.plan, f"title_{view.language}")
        year = max([*view.years, self.context.year])
        whole = self.say("cite.evaluation", plan=plan)
        title = self.say("cite.page", evaluation=whole, title=self.title) if self.title else whole
        text = self.say("cite.text", title=title, documents=documents, year=year)
        address = self.context.plan.address
        return self.context.join_sentences([text, address and self.say("cite.address", address=address)])

    def _write_contact(self) -> Markup:
        """The office that publishes the evaluation, and how to reach it; nothing where the plan's block does not say."""
        plan = self.context.plan
        parts = [part for part in (getattr(plan, f"office_{self.context.language}"), plan.contact) if part]
        return Markup("<p>{}</p>").format(Markup("<br>").join(parts)) if parts else Markup("")
