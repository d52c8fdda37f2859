"""LibreOffice and poppler for tests: files in, PDF files, pages, text and fonts out.

LibreOffice takes seconds to start, so give :meth:`Office.to_pdf` many files at once; a file that
was converted before in the session is not converted again.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path

PROGRAMS = ("soffice", "pdftotext", "pdfinfo", "pdffonts", "pdftoppm")
_SECONDS = 300


def missing_programs() -> list[str]:
    """Return the programs that are not installed."""
    return [program for program in PROGRAMS if shutil.which(program) is None]


class Office:
    """LibreOffice with a profile of its own, below one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made: dict[tuple[str, str], Path] = {}

    def to_pdf(self, paths: Iterable[Path]) -> list[Path]:
        """Return a PDF of each file, in order."""
        return self.convert(list(paths), "pdf")

    def convert(self, paths: Sequence[Path], suffix: str) -> list[Path]:
        """Return each file in another format (``pdf``, ``xlsx``, ``docx`` …), in order."""
        keys = [(_identity(path), suffix) for path in paths]
        waiting = dict(zip(keys, paths, strict=True))
        waiting = {key: path for key, path in waiting.items() if key not in self._made}
        while waiting:
            batch: dict[str, tuple[str, str]] = {}
            for key, path in waiting.items():
                batch.setdefault(path.stem, key)
            self._convert([waiting.pop(key) for key in batch.values()], batch, suffix)
        return [self._made[key] for key in keys]

    def text(self, pdf: Path) -> str:
        """Return the text of a PDF, laid out as on the page."""
        return _output("pdftotext", "-layout", "-enc", "UTF-8", str(pdf), "-")

    def pages(self, pdf: Path) -> int:
        """Return the number of pages of a PDF."""
        lines = _output("pdfinfo", str(pdf)).splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("Pages:"))

    def fonts(self, pdf: Path) -> dict[str, bool]:
        """Return the names of the fonts of a PDF and whether each is embedded."""
        heads, rule, *rows = _output("pdffonts", str(pdf)).splitlines()
        starts = [0, *(at + 1 for at, mark in enumerate(rule) if mark == " "), len(heads)]
        column = starts.index(heads.index("emb"))
        emb = slice(starts[column], starts[column + 1])
        return {row[: starts[1]].strip(): row[emb].strip() == "yes" for row in rows}

    def pictures(self, pdf: Path, dpi: int = 60) -> list[Path]:
        """Return one PNG file per page of a PDF."""
        folder = pdf.with_name(f"{pdf.name}.{dpi}")
        folder.mkdir(exist_ok=True)
        _output("pdftoppm", "-png", "-r", str(dpi), str(pdf), str(folder / "page"))
        return sorted(folder.glob("*.png"))

    def _convert(self, paths: list[Path], batch: dict[str, tuple[str, str]], suffix: str) -> None:
        folder = self._folder / f"made-{len(self._made)}"
        profile = (self._folder / "profile").resolve().as_uri()
        said = _output(
            "soffice",
            f"-env:UserInstallation={profile}",
            "--headless",
            "--norestore",
            "--convert-to",
            suffix,
            "--outdir",
            str(folder),
            *(str(path.resolve()) for path in paths),
        )
        for stem, key in batch.items():
            made = folder / f"{stem}.{suffix}"
            assert made.is_file(), f"LibreOffice made no {made.name}: {said}"
            self._made[key] = made


def _identity(path: Path) -> str:
    return f"{path.name}:{hashlib.sha256(path.read_bytes()).hexdigest()}"


def _output(*command: str) -> str:
    done = subprocess.run(
        command, capture_output=True, check=True, timeout=_SECONDS, encoding="utf-8"
    )
    return done.stdout
