"""Takes the pictures of the docs: ``python docs/make_pictures.py``.

Makes the demo company, lets LibreOffice print workbooks and documents, and keeps some pages of
each as PNG in ``docs/pictures``. Needs LibreOffice, poppler and the Noto CJK fonts.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageChops

from sheetsales.schema import load_regulation

PICTURES = Path(__file__).resolve().parent / "pictures"
SHEETS = {
    "org": "param",
    "market": "product",
    "customer": "customer",
    "plan": "target",
    "sales": "order",
    "contract": "contract",
    "performance": "appraisal",
    "talent": "course",
    "governance": "audit_check",
}
"""The table of each workbook whose sheet is shown beside the overview."""
CHECKS_OF = "performance"
"""The workbook whose sheet 檢核 is shown."""
ENGLISH_BOOK, ENGLISH_KIND = "customer", "score_card"
_OVERVIEWS = {"zh-Hant": "總覽", "en": "Overview"}
_CHECKS = "檢核"
_PAGES = 40
"""Pages of a workbook that are looked at; the big ones have hundreds."""
_MOST_BYTES = 200_000
_MARGIN = 24
_FONTS = {
    "zh-Hant": {
        "Microsoft JhengHei": "Noto Sans CJK TC",
        "Calibri": "Noto Sans CJK TC",
        "Arial": "Noto Sans CJK TC",
        "PMingLiU": "Noto Serif CJK TC",
        "Times New Roman": "Noto Serif CJK TC",
    },
    # The quotation marks of the CJK fonts are too wide for English documents.
    "en": {"Calibri": "Noto Sans CJK TC"},
}
"""Fonts of Windows and what stands for them here."""
_TAIWAN = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Linguistic/General">
<prop oor:name="DefaultLocale_CJK" oor:op="fuse"><value>zh-TW</value></prop></item>
</oor:items>
"""
"""Settings of a LibreOffice that writes 戶 as Taiwan does; a workbook does not say its language."""


def main() -> None:
    """Make all pictures anew."""
    shutil.rmtree(PICTURES, ignore_errors=True)
    PICTURES.mkdir()
    with tempfile.TemporaryDirectory() as scratch:
        company = Company.made(Path(scratch), "zh-Hant")
        company.show_books(SHEETS)
        for kind in load_regulation().documents:
            company.show_document(kind, kind)
        english = Company.made(Path(scratch), "en")
        english.show_books([ENGLISH_BOOK])
        english.show_document(ENGLISH_KIND, f"{ENGLISH_KIND}-en")
    for path in sorted(PICTURES.glob("*.png")):
        size = path.stat().st_size
        sys.stdout.write(f"{size // 1000:4d} kB  {path.name}\n")
        assert size <= _MOST_BYTES, path.name


@dataclass(frozen=True)
class Company:
    """A demo company that is shown.

    Attributes:
        folder: its workspace.
        locale: its language.
        printed: folder of the PDF files.
    """

    folder: Path
    locale: str
    printed: Path

    @classmethod
    def made(cls, scratch: Path, locale: str) -> Company:
        """Make the demo company of a language."""
        folder = scratch / locale
        printed = scratch / f"printed-{locale}"
        printed.mkdir()
        _fonts_file(printed).write_text(_fonts(_FONTS[locale]), encoding="utf-8")
        user = printed / "profile" / "user"
        user.mkdir(parents=True)
        (user / "registrymodifications.xcu").write_text(_TAIWAN, encoding="utf-8")
        program = Path(sys.executable).with_name("sheetsales")
        _run(program, "demo", folder, "--locale", locale, "--quiet")
        return cls(folder, locale, printed)

    def show_books(self, stems: Iterable[str]) -> None:
        """Show the overview of some workbooks and, in Chinese, one more sheet of each."""
        books = [self.folder / "workbooks" / f"{stem}.xlsm" for stem in stems]
        pages = f'{{"PageRange":{{"type":"string","value":"1-{_PAGES}"}}}}'
        for pdf in self._print(books, f"pdf:calc_pdf_Export:{pages}"):
            if self.locale == "en":
                _show(pdf, _pages_of(pdf, _OVERVIEWS["en"])[:1], f"{pdf.stem}-overview-en", 100)
                continue
            table = load_regulation().tables[SHEETS[pdf.stem]]
            _show(pdf, _pages_of(pdf, _OVERVIEWS["zh-Hant"])[:1], f"{pdf.stem}-overview", 100)
            _show(pdf, _pages_of(pdf, table.title.zh_hant)[:1], f"{pdf.stem}-{table.name}", 110)
            if pdf.stem == CHECKS_OF:
                _show(pdf, _pages_of(pdf, _CHECKS)[:1], f"{pdf.stem}-checks", 110)

    def show_document(self, kind: str, name: str) -> None:
        """Show the first two pages of the fullest document of a kind."""
        found = sorted((self.folder / "documents" / kind).rglob("*.docx"))
        fullest = max(found, key=lambda path: path.stat().st_size)
        given = self.printed / f"{kind}.docx"
        shutil.copyfile(fullest, given)
        (pdf,) = self._print([given], "pdf")
        _show(pdf, [1, 2], name, 75)

    def _print(self, files: Iterable[Path], target: str) -> list[Path]:
        given = list(files)
        _run(
            "soffice",
            f"-env:UserInstallation={(self.printed / 'profile').as_uri()}",
            "--headless",
            "--convert-to",
            target,
            "--outdir",
            self.printed,
            *given,
            fonts=_fonts_file(self.printed),
        )
        return [self.printed / f"{path.stem}.pdf" for path in given]


def _pages_of(pdf: Path, sheet: str) -> list[int]:
    """Return the pages that a sheet is printed on; its name stands at the top left."""
    pages = _run("pdftotext", "-layout", pdf, "-").split("\f")
    return [number for number, page in enumerate(pages, start=1) if page.split()[:1] == [sheet]]


def _show(pdf: Path, pages: list[int], name: str, dpi: int) -> None:
    """Keep some pages of a PDF side by side as one picture, without the empty rest below."""
    shown = []
    for page in pages:
        made = pdf.with_suffix(f".{page}")
        _run("pdftoppm", "-png", "-singlefile", "-r", dpi, "-f", page, "-l", page, pdf, made)
        shown.append(Image.open(f"{made}.png").convert("RGB"))
    bottom = min(shown[0].height, max(_bottom(one) for one in shown) + _MARGIN)
    width = sum(one.width for one in shown) + 2 * (len(shown) - 1)
    picture = Image.new("RGB", (width, bottom), "#BFBFBF")
    left = 0
    for one in shown:
        picture.paste(one.crop((0, 0, one.width, bottom)), (left, 0))
        left += one.width + 2
    few = picture.quantize(256, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    few.save(PICTURES / f"{name}.png", optimize=True)


def _bottom(picture: Image.Image) -> int:
    """Return the lowest line with something on it, page number and its rule left out."""
    body = picture.crop((0, 0, picture.width, round(picture.height * 0.93)))
    box = ImageChops.difference(body, Image.new("RGB", body.size, "white")).getbbox()
    return box[3] if box else picture.height


def _fonts_file(folder: Path) -> Path:
    return folder / "fonts.conf"


def _fonts(families: Mapping[str, str]) -> str:
    aliases = "".join(
        f'<alias binding="same"><family>{wanted}</family>'
        f"<prefer><family>{given}</family></prefer></alias>"
        for wanted, given in families.items()
    )
    system = '<include ignore_missing="yes">/etc/fonts/fonts.conf</include>'
    return f'<?xml version="1.0"?><fontconfig>{system}{aliases}</fontconfig>'


def _run(*command: object, fonts: Path | None = None) -> str:
    """Run a program and return what it says; its files speak for themselves."""
    surroundings = dict(os.environ, LC_ALL="C.UTF-8")
    if fonts is not None:
        surroundings["FONTCONFIG_FILE"] = str(fonts)
    done = subprocess.run(
        [str(word) for word in command],
        check=True,
        env=surroundings,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
    )
    return done.stdout


if __name__ == "__main__":
    main()
