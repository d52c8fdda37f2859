"""Workbooks in a window of LibreOffice: buttons clicked with a mouse, sheets photographed.

``python -m tests.office.photographs`` makes the pictures of ``docs/buttons.md`` anew.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sheetsales.actions.check import check
from sheetsales.actions.score import score
from sheetsales.actions.update import update
from sheetsales.workspace import Workspace
from sheetsales.workspace.bridge import Bridge
from tests.office.company import AS_OF, filled_company
from tests.office.display import Display
from tests.office.session import LibreOffice

_CLICKS, _PATIENCE = 2, 75
"""A window on a busy machine may miss a click: another one follows after so many seconds."""
PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
SHOWN = {
    "buttons-customer": ("customer", "客戶", "檢核", "A5"),
    "buttons-contract": ("contract", "合同", "產生合同", "A5"),
    "buttons-performance": ("performance", "考核結果", "說明分數", "C5"),
    "buttons-plan": ("plan", "銷售計劃", "分解目標", "A4"),
}
"""Pictures: workbook, sheet, the button that is clicked, and what is selected."""


@dataclass(frozen=True)
class Window:
    """LibreOffice on a screen of its own, and a company whose workbooks are opened in it."""

    office: LibreOffice
    display: Display
    folder: Path

    def book(self, stem: str) -> Path:
        return self.folder / "workbooks" / f"{stem}.xlsm"

    def click(self, stem: str, sheet: str, caption: str, area: str) -> str:
        """Open a workbook, select, click on a button; return what the sheet then says."""
        steps = [
            ["select", sheet, area],
            ["forget_outcome", sheet],
            ["place_of_button", sheet, caption],
        ]
        *_, (x, y) = self._do(stem, *steps)
        for _ in range(_CLICKS):
            self.display.click(x, y)
            (said,) = self._do(stem, ["wait_for_outcome", sheet, _PATIENCE])
            if said:
                return str(said)
        raise AssertionError(f"nothing came of clicking {caption} on {sheet}")

    def close(self, stem: str) -> None:
        self.office.do(self.book(stem), (), macros=True)

    def _do(self, stem: str, *steps: list[object]) -> list[object]:
        return self.office.do(self.book(stem), steps, keep=True, macros=True)


@contextmanager
def window(folder: Path, company: Path) -> Iterator[Window]:
    """Open a screen and LibreOffice on it; `folder` takes their files."""
    home = folder / "home"
    home.mkdir(parents=True)
    Bridge(home).write()
    with Display() as display, LibreOffice(folder / "office", home, display.name) as office:
        yield Window(office, display, company)


def scored_company(folder: Path, locale: str = "zh-Hant") -> Path:
    """Return the demo company, scored and up to date."""
    workspace = filled_company(folder, locale)
    score(workspace, as_of=AS_OF)
    workspace.reload()
    update(workspace, as_of=AS_OF, report=check(workspace, as_of=AS_OF))
    return Workspace.open(folder).folder


def main() -> None:
    """Write the pictures, trimmed to the window."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        company = scored_company(folder / "acme")
        with window(folder / "window", company) as shown:
            for picture, (stem, sheet, caption, area) in SHOWN.items():
                shown.click(stem, sheet, caption, area)
                taken = folder / f"{picture}.png"
                shown.display.photograph(taken)
                subprocess.run(
                    ["convert", str(taken), "-trim", "-colors", "64", str(PICTURES / taken.name)],
                    check=True,
                )
                shown.close(stem)


if __name__ == "__main__":
    if shutil.which("convert") is None:
        raise SystemExit("not installed: imagemagick")
    main()
