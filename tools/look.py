"""Screenshots of every notebook's page on a desktop, a phone and paper, in both languages.

`make look` writes them to `reports/look`, with a contact sheet, `index.html`, that shows them all; `--readme` renews the
pictures of the README too. For each notebook, the page of the middle year is taken. It needs Chromium.
"""

import argparse
import html
import io
import shutil
import sys
import tempfile
from pathlib import Path

import pypdfium2
from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from helpers import paths
from helpers.pages import printing

SCREENS = {"desktop": 1280, "phone": 390}  # width in px
HIGHEST = 4000  # px that are shown of a page
SHEETS = 2  # that are shown of a printed page
DPI = 90
README = {  # a picture of the README by its name: page, how it is seen, and its lower end in px
    "overview": ("0-overview_2017", "desktop", 1000),
    "phone": ("2-integration_2017", "phone", 1000),
    "paper": ("0-overview_2017", "paper-1", 1060),
}


def find_pages(folder: Path) -> list[Path]:
    """The indexes, and the page of the middle year for each notebook and language."""
    years: dict[tuple[str, str], list[Path]] = {}
    for path in sorted(folder.glob("[0-9]*.html")):
        notebook, *_, language = path.stem.split("_")
        years.setdefault((notebook, language), []).append(path)
    return sorted(folder.glob("index*.html")) + [pages[len(pages) // 2] for pages in years.values()]


def capture_screen(browser: Browser, page: Path, width: int) -> Image.Image:
    """The upper part of a page in a window of some width."""
    tab = browser.new_page(viewport={"width": width, "height": 900})
    tab.goto(page.as_uri())
    tab.evaluate("document.fonts.ready")
    height = min(tab.evaluate("document.documentElement.scrollHeight"), HIGHEST)
    picture = tab.screenshot(clip={"x": 0, "y": 0, "width": width, "height": height}, full_page=True)
    tab.close()
    return Image.open(io.BytesIO(picture))


def capture_sheets(page: Path) -> list[Image.Image]:
    """The first sheets of a page as it is printed."""
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(shutil.copy(page, scratch))
        for pdf, wrong in printing.print_pages([copy], 1):
            if wrong:
                sys.exit(f"{pdf}: {wrong}")
            with pypdfium2.PdfDocument(pdf) as document:
                return [document[n].render(scale=DPI / 72).to_pil() for n in range(min(SHEETS, len(document)))]
    return []


def save_pictures(folder: Path, out: Path) -> dict[str, list[str]]:
    """Save pictures of all pages; returns their names by page."""
    names = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=printing.find_chromium(), args=["--no-sandbox"])
        for page in find_pages(folder):
            pictures = {screen: capture_screen(browser, page, width) for screen, width in SCREENS.items()}
            pictures |= {f"paper-{n}": sheet for n, sheet in enumerate(capture_sheets(page), 1)}
            names[page.stem] = [f"{page.stem}-{how}.png" for how in pictures]
            for name, picture in zip(names[page.stem], pictures.values(), strict=True):
                picture.save(out / name)
            print(page.stem)
        browser.close()
    return names


def format_contact_sheet(names: dict[str, list[str]]) -> str:
    """The contact sheet as HTML, a row per page."""
    rows = "".join(
        f"<h2>{html.escape(page)}</h2><div>"
        + "".join(f'<a href="{name}"><img src="{name}" alt="{name}" loading="lazy"></a>' for name in own)
        + "</div>"
        for page, own in names.items()
    )
    style = "body{font:14px sans-serif;background:#ddd}div{display:flex;gap:12px;align-items:start}img{height:640px}"
    return (
        f'<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>Look</title><style>{style}</style>{rows}</html>'
    )


def renew_readme(out: Path) -> None:
    """The pictures that the README shows, cut and in few colours, so that they are small."""
    for name, (page, how, end) in README.items():
        for language in ("en", "zh"):
            picture = Image.open(out / f"{page}_{language}-{how}.png").convert("RGB")
            part = picture.crop((0, 0, picture.width, min(end, picture.height)))
            target = paths.ROOT / "docs" / "look" / f"{name}.{language}.png"
            part.quantize(64, dither=Image.Dither.NONE).save(target, optimize=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=Path, default=Path("reports"), help="folder with pages")
    parser.add_argument("--readme", action="store_true", help="renew docs/look/ too")
    options = parser.parse_args()
    if printing.find_chromium() is None:
        sys.exit("no Chromium on the PATH")
    out = options.pages.resolve() / "look"
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir()
    names = save_pictures(options.pages.resolve(), out)
    (out / "index.html").write_text(format_contact_sheet(names), encoding="utf-8")
    if options.readme:
        renew_readme(out)
    print(out / "index.html")


if __name__ == "__main__":
    main()
