"""Notebooks of an analyst's own, with odd cells, outputs, metadata and forms of the file.

Each is run beside a good one that is fresh. It has a page that leads nowhere and loads nothing, or a sentence says why not.
"""

import copy
import json
import re
from pathlib import Path
from random import Random

from damaged.values import CELLS, INVISIBLE, JSON
from damaged.workshop import OWN, copy_pages, evaluate, make_notebook, open_workshop
from helpers.display.html import PAGE_FORM

NAME = "odd"  # of the notebook
HOSTILE = (
    "<script>window.hostile=1</script>", "<img src=x onerror=hostile()>",
    "<meta http-equiv=refresh content='0;url=https://x.invalid'>",
    "<base href='https://x.invalid'>", "</body></html><p>", "<iframe srcdoc='<script>hostile()</script>'>",
    "<style>*{display:none}</style>",
    "<svg onload=hostile()><script>hostile()</script></svg>", "<a href='javascript:hostile()'>a</a>", "<!--",
    "<table><tr><td>1", "<![CDATA[",
    "<table><tr><td rowspan=999999999>1</td></tr></table>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--><img src=1>'>",
    "<form action=https://x.invalid><input>", "<a href='../../x.ipynb'>b</a><a href='own.ipynb#s-x'>c</a>",
    "\x00\x1b[31m\ud800\uffff",
    "<table>" * 300 + "1", "<div>" * 3000, "<textarea>", "<plaintext>", "<template><script>hostile()</script>",
    "&#0;&#x110000;&bogus;",
    "<link rel=preconnect href=https://x.invalid>", "<object data=x>", "<p id=s-1 class=cut onclick=hostile()>",
    "{{ 1 }}{% raw %}", "<h1>1</h1>",
)  # fmt: skip
PROSE = (
    "# Title", "## 2.3 Section", "#", "# \u202e\u200b", "text", "> " * 500 + "deep", "- " * 300 + "deep", "[" * 2000,
    "*" * 5000, "`" * 999,
    "[a](own.ipynb) [b](x.ipynb#1) [c](javascript:1) [d](own_2018_en.html)", "![a](attachment:a.png)",
    "![a](https://x.invalid/a.png)",
    "|a|b|\n|-|-|\n|1|2|", "$$\\frac{1}{0}$$ $", "[a]: <x>\n[a]", "&lt;script&gt;", "# " + "x" * 5000, "```python\n1\n",
    "\0\x1b\ud800", "",
    "# one\n# one\n# one", "Setext\n===", *HOSTILE,
)  # fmt: skip
CODE = (
    "1", "", "   ", "# a comment", "print('a' * 10**5)", "print('a' * 6_000_000)", "print('汉<&' * 10**6)",
    "for n in range(2000): print(n)",
    "import sys; sys.exit()", "raise SystemExit(0)", "quit()", "1/0", "raise KeyboardInterrupt",
    "raise Exception('\\ud800\\0')", "raise", "def f(",
    "%time 1", "%%html\n<b>1</b>", "%%bash\necho 1 >&2", "!echo 1", "?print", "%nonsense", "%%nonsense\n1", "await 1",
    "yield 1", "input()",
    "import os; os._exit(0)", "del In, Out", "In = Out = 1", "get_ipython().set_next_input('1')", "year = 1",
    "language = None", "get_ipython().ex('1/0')",
    "import warnings; warnings.warn('w')", "import sys; sys.stderr.write('\\ud800\\x1b[31m')",
    "import sys; sys.stdout.close()", "print(end='\\r')",
    "import sys; sys.stdout.buffer.write(b'\\xff')", "import os; os.write(1, b'\\xff\\0')",
    "import threading; threading.Thread(target=print, args='a').start()",
    "import pandas as pd; pd.DataFrame({'a': [1], 'b': ['<b>']})",
    "import pandas as pd; pd.DataFrame({('a', 1): [float('nan')]})",
    "import pandas as pd; pd.DataFrame()", "import pandas as pd; pd.DataFrame({'a': ['=1+1', '\\0', None, 10**30]})",
    "{'a': {'b': ['\\ud800']}}",
    "import pandas as pd; pd.DataFrame([[1] * 300] * 300).style",
    "import matplotlib.pyplot as plt; plt.plot([1]); plt.title('汉$x')",
    "import matplotlib.pyplot as plt; plt.figure(); plt.close('all')",
    "from IPython.display import clear_output; print(1); clear_output(True)",
    "class A:\n    def __repr__(self): raise SystemExit\nA()", "class A:\n    def __repr__(self): return 1\nA()",
    "from IPython.display import Image; Image(b'x')",
    "class A:\n    def _repr_html_(self): return 7\nA()",
    "class A:\n    def _repr_mimebundle_(self, **_): return {'a': object()}\nA()",
    "from IPython.display import display; h = display(1, display_id='x'); h.update(2)",
    "from IPython.display import SVG; SVG('<svg/>')",
    "from IPython.display import Javascript; Javascript('hostile()')", "import sys; sys.setrecursionlimit(50)",
    "from helpers.views import Chapter",
    "from helpers.views import Chapter; Chapter.open('odd', globals())",
    "from helpers.views import Notebook; c = Notebook.open('odd', globals())",
    "import helpers.nothing", "import os; os.chdir('/')", "import os; os.environ.clear()", "import gc; gc.disable()",
    "print(*globals())",
)  # fmt: skip
MIMES = (
    "text/plain", "text/html", "text/html", "text/html", "text/markdown", "text/latex", "image/png", "image/svg+xml",
    "image/jpeg", "application/json",
    "application/javascript", "application/vnd.evaluation.page+json", "application/vnd.dataresource+json",
    "application/pdf", "x", "", "TEXT/HTML",
    "application/vnd.jupyter.widget-view+json", "application/geo+json", "video/mp4", "text/x\n",
    "application/vnd.vegalite.v5+json",
)  # fmt: skip
DATA = (
    *HOSTILE, *JSON, "aGVsbG8=", "iVBORw0KGgo=", "<svg xmlns='http://www.w3.org/2000/svg'><metadata>1</metadata></svg>",
    ["a", "b"], [1, None], "a" * 10**5,
    {"form": 1}, {"form": PAGE_FORM, "title": "x"}, {"schema": {"fields": [{"name": "a"}]}, "data": [{"a": 1}]},
    {"schema": {}, "data": []},
    {"schema": {"fields": [], "primaryKey": ["b"]}, "data": [{}], "anchor": "x"}, {"data": {"a": "1"}},
)  # fmt: skip
METADATA = (
    {"tags": ["skip-execution"]}, {"tags": ["raises-exception"]}, {"tags": ["zh"]}, {"tags": ["en"]}, {"tags": ["lab"]},
    {"tags": "zh"}, {"tags": None},
    {"tags": [1]}, {"tags": ["parameters"]}, {"tags": ["injected-parameters"]}, {"tags": ["hide-input", "汉"]},
    {"evaluation": "cut"}, {"papermill": 1},
    {"collapsed": True, "scrolled": "x"}, {"jupyter": {"source_hidden": True}}, {"editable": False},
    {"slideshow": {"slide_type": 1}}, {"execution": []},
)  # fmt: skip
OF_NOTEBOOK = (
    ("kernelspec", {}), ("kernelspec", None), ("kernelspec", {"name": "ir", "language": "R", "display_name": "R"}),
    ("kernelspec", {"name": "nothing"}),
    ("kernelspec", {"name": "python3"}), ("language_info", {"name": "julia"}), ("language_info", None),
    ("language_info", {}), ("evaluation", {"view": "chapter"}),
    ("evaluation", {"view": "nothing"}), ("evaluation", 1), ("evaluation", {"view": []}), ("papermill", {"x": 1}),
    ("widgets", {"a": 1}), ("title", 1),
    ("authors", "me"), ("evaluation", {"view": "audit"}), ("evaluation", {"view": "indicator"}),
    ("celltoolbar", "Tags"), ("orig_nbformat", 2),
)  # fmt: skip
PARAMETERS = (
    "year = 2018", "year: int = 2018\nlanguage: str = 'en'\nregion: str = ''\ndata: str = ''", "year = '2018'",
    "year = None", "x = 1", "",
    "year = 1 +", "import os", "language = 'fr'", "region = '999'", "data = 'x'", "year, language = 1, 2",
    "year = [2018]", "(",
)  # fmt: skip


def try_notebook(random: Random, scratch: Path) -> str:
    """A notebook is run; a page that it has is clean, and is not made again."""
    workshop, out = open_workshop(), copy_pages(scratch / "out")
    file = workshop.package / "notebooks" / f"{NAME}.ipynb"
    command = [*workshop.ask([NAME, OWN[0]]), "--out", str(out)]
    file.write_bytes(make_file(random))
    try:
        end = evaluate(["run", *command, "--jobs", "1", "--retries", "0", "--timeout", "20"], scratch)
        again = evaluate(["list", *command], scratch) if end.code == 0 else None
    finally:
        file.unlink()
    assert end.code in (0, 1, 2, 3), end
    assert end.code == 0 or end.err, "nothing is said"
    assert end.code != 3 or "the kernel died" in end.err, end.err
    assert "could not be made" not in end.err, end.err
    assert "Error(" not in end.err, end.err
    pages = sorted(out.glob(f"{NAME}*.html"))
    if again is None:
        assert not pages, pages
        return {1: "raised", 2: "refused", 3: "died"}[end.code]
    assert pages, end.out
    assert [line for line in again.out.splitlines() if "fresh" not in line] == [], again.out
    for page in pages:
        check_page(page.read_text(encoding="utf-8"))
    return "accepted"


def check_page(page: str) -> None:
    """Nothing on a page leads away, and its policy allows no script but ours."""
    head, _, body = page.partition("</head>")
    assert "Content-Security-Policy" in head
    assert re.search(r"<(?:meta|base|link|iframe|object|embed)\b", body, re.IGNORECASE) is None
    assert re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]", page) is None
    assert len(page) < 20_000_000


def make_file(random: Random) -> bytes:
    """Bytes of a notebook: odd cells in a good form, or a few cells in an odd form, or both."""
    content = make_notebook("1", "Odd")
    cells = content["cells"] = [cell for cell in content["cells"] if random.random() < 0.8]
    for number in range(random.choice([0, 1, 1, 2, 3])):
        cells.insert(random.randrange(len(cells) + 1), make_cell(random, number))
    if random.random() < 0.4:
        name, value = random.choice(OF_NOTEBOOK)
        content["metadata"][name] = value
    for _ in range(random.choice([0, 0, 0, 1, 2])):
        random.choice(CHANGES)(random, content)
    text = json.dumps(content, ensure_ascii=random.random() < 0.5)
    return change_text(random, text) if random.random() < 0.12 else text.encode(errors="surrogatepass")


def make_cell(random: Random, number: int) -> dict:
    kind = random.choice(["code", "code", "code", "shown", "markdown", "markdown", "raw", "parameters"])
    cell = {"cell_type": kind, "id": f"odd-{number}", "metadata": {}, "source": random.choice(PROSE)}
    if kind in ("code", "shown", "parameters"):
        source = random.choice(CODE if kind == "code" else PARAMETERS) if kind != "shown" else show(random)
        cell |= {"cell_type": "code", "source": source, "outputs": [], "execution_count": None}
        cell |= {"metadata": {"tags": ["parameters"]}} if kind == "parameters" else {}
    if random.random() < 0.2:
        cell["metadata"] = copy.deepcopy(random.choice(METADATA))
    return cell


def show(random: Random) -> str:
    """Code that shows data of some kinds as they are."""
    data = {random.choice(MIMES): random.choice(DATA) for _ in range(random.choice([1, 1, 2]))}
    given = (
        f"{data!r}, metadata={random.choice([{}, {'a': 1}, {'text/html': None}, {'evaluation': 'cut'}])!r}, raw=True"
    )
    return f"from IPython.display import display\ndisplay({given})"


def change_cell(random: Random, content: dict) -> None:
    """An entry of a cell has a value that no program writes."""
    cells = [cell for cell in content["cells"] if isinstance(cell, dict)]  # an earlier change may have put others there
    if not cells:
        return
    cell = random.choice(cells)
    name = random.choice([*cell, "attachments", "outputs", "id", "more"])
    if random.random() < 0.3:
        cell.pop(name, None)
    else:
        outputs = (
            [{"output_type": "stream", "text": 1}],
            [{"output_type": "display_data", "data": {"text/html": HOSTILE[0]}, "metadata": {}}],
            [1],
        )
        cell[name] = random.choice(
            [
                *JSON,
                *outputs,
                {"a.png": {"image/png": "x"}},
                "same",
                "x" * 99,
                ["a", "b"],
                ["a", 1],
                random.choice(CELLS),
            ]
        )


def change_form(random: Random, content: dict) -> None:
    content[random.choice(["nbformat", "nbformat_minor"])] = random.choice(
        [0, 1, 2, 3, 4, 5, 99, "4", None, 4.5, -1, [], True]
    )


def change_entry(random: Random, content: dict) -> None:
    """An entry of the notebook is missing or another one."""
    name = random.choice([*content, "worksheets"])
    if random.random() < 0.4:
        content.pop(name, None)
        content.setdefault("cells", [])
    else:
        content[name] = copy.deepcopy(random.choice([*JSON, [1], [None], [{}], [{"cell_type": "code"}], {"cells": []}]))
        content["cells"] = content["cells"] if isinstance(content["cells"], list) else []


CHANGES = (change_cell, change_cell, change_form, change_entry)


def change_text(random: Random, text: str) -> bytes:
    """The file is no JSON, or is in another encoding, or holds something else."""
    at = random.randrange(len(text))
    changes = (
        text[:at], text[:at] + random.choice([*INVISIBLE, ",", "]", '"']) + text[at:], "", " ", "[]", "1", "null",
        '"x"', "NaN", "{}", text + text,
        "[" * 5000, '{"cells": ' * 5000, text.replace("}", ',"a":NaN}', 1),
        text.replace('"cells"', '"cells": [], "cells"', 1), f"\ufeff{text}",
    )  # fmt: skip
    return random.choice(changes).encode(
        random.choice(["utf-8", "utf-8", "utf-8", "utf-16", "gb18030"]), errors="replace"
    )
