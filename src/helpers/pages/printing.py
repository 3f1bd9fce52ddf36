"""Pages on paper: a PDF of each, made by Chromium.

A page is printed from a copy that brings its font along. So a PDF looks the same wherever it was made, and 汉字 are found in
it and copied from it as what they are: from a system's font some of them come back as radicals (⽹ for 网). The copy leads
to no other page, as such links would name a folder of this machine. Same page, same bytes.
"""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from threading import Lock

from helpers.display import theme
from helpers.errors import UserError
from helpers.files import write_whole

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
OPTIONS = (
    "--headless",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--host-resolver-rules=MAP * ~NOTFOUND",  # whatever a page asks for, nothing is fetched
    "--no-pdf-header-footer",  # pages have their own, with their number
    "--generate-pdf-document-outline",
)
TIMEOUT_S = 120  # s that one page may take
NODE = rb"node\d{8}"  # id of an element in the structure of a PDF
CUTTING = Lock()  # the font is read by one thread at a time


def find_chromium() -> str | None:
    """Path of the first Chromium on the PATH, or None."""
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


def list_pages(named: Sequence[str]) -> list[Path]:
    """Pages by name, and those of folders but their indexes. Raises UserError for a name without a page."""
    listed: dict[Path, None] = {}
    for name in named:
        path = Path(name)
        if path.is_dir():
            own = [page for page in sorted(path.glob("*.html")) if not page.name.startswith("index")]
        else:
            own = [path] if path.is_file() and path.suffix == ".html" else []
        if not own:
            raise UserError(f"{name}: no page; expected an HTML page or a folder of them, as `evaluate run` makes it.")
        listed |= dict.fromkeys(own)
    return list(listed)


def print_pages(wanted: Sequence[Path], jobs: int) -> Iterator[tuple[Path, str]]:
    """Print pages side by side, each into a PDF beside it: its path, and what went wrong or nothing, in order of completion.

    Raises UserError where there is no Chromium.
    """
    browser = find_chromium()
    if browser is None:
        what = "no Chromium on the PATH; install it (or Google Chrome), or print the pages from any browser"
        raise UserError(f"{what}. Looked for {', '.join(BROWSERS)}.")
    pool = ThreadPoolExecutor(jobs)
    try:
        under_way = {pool.submit(_print, browser, page): page.with_suffix(".pdf") for page in wanted}
        for done in as_completed(under_way):
            yield under_way[done], done.result()
    finally:
        pool.shutdown(cancel_futures=True)


def _print(browser: str, page: Path) -> str:
    """Print a page; what went wrong, or nothing."""
    with tempfile.TemporaryDirectory(prefix="evaluate-print-", ignore_cleanup_errors=True) as name:
        scratch = Path(name)
        copy, pdf = scratch / "page.html", scratch / "page.pdf"
        try:
            with CUTTING:
                copy.write_text(prepare(page.read_text(encoding="utf-8")), encoding="utf-8")
            sandbox = ["--no-sandbox"] if getattr(os, "geteuid", lambda: 1)() == 0 else []  # root has none
            places = [f"--user-data-dir={scratch / 'profile'}", f"--print-to-pdf={pdf}", copy.as_uri()]
            done = subprocess.run([browser, *OPTIONS, *sandbox, *places], capture_output=True, timeout=TIMEOUT_S)
            if done.returncode or not pdf.exists():
                last = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
                return f"Chromium ended with exit code {done.returncode}: {' '.join(last)}"
            write_whole(page.with_suffix(".pdf"), make_reproducible(pdf.read_bytes()))
        except subprocess.TimeoutExpired:
            return f"Chromium was not done within {TIMEOUT_S} s"
        except (OSError, UnicodeDecodeError) as error:
            return str(error)
    return ""


def prepare(page: str) -> str:
    """A page with the font of the pictures for all of its text, and without links to other pages."""
    from helpers.pages.fonts import cut_font, write_rule

    western = "‘’“”" if '<html lang="en' in page else ""  # as wide as 汉字 in this font
    signs = "".join(sorted({*page} - {"\n", *western}))
    rules = "".join(write_rule(weight, cut_font(weight, signs)) for weight in ("400", "700"))
    rules += (
        f'@page{{font-family:"{theme.FONT_PICTURE}"}}body,body [lang]{{font-family:"{theme.FONT_PICTURE}",sans-serif}}'
    )
    page = page.replace("</style>", f"{rules}</style>", 1)
    return re.sub(r'(<a\b[^>]*?) href="(?!#|https?:)[^"]*"', r"\1", page)


def make_reproducible(pdf: bytes) -> bytes:
    """A PDF without the time at which it was made, and with elements numbered from 1 in their order.

    Chromium counts on from what it has numbered before, which depends on how busy the machine is. Nothing in the PDF moves,
    so that its table of places still holds.
    """
    pdf = re.sub(rb"/(?:CreationDate|ModDate) \(D:[^)]*\)", lambda date: b" " * len(date[0]), pdf)
    numbered = {name: b"node%08d" % n for n, name in enumerate(sorted({*re.findall(NODE, pdf)}), 1)}
    return re.sub(NODE, lambda name: numbered[name[0]], pdf)
