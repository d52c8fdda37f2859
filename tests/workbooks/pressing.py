"""Presses every button of a workbook in LibreOffice, by what each control itself says.

Run by the system's Python, the one that has ``uno``: ``pressing.py PIPE BOOK``. It writes a JSON
object: the modules that were loaded, the number of the document, the caption of each button with
the script that was run, and which of some paths the macro for Excel refuses.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "office"))

from hands import connected, named

ALWAYS_EXECUTE = 4
"""com.sun.star.document.MacroExecMode.ALWAYS_EXECUTE_NO_WARN"""

PATHS = (
    *("C:\\R&D\\客戶 (1)\\customer.xlsm", "\\\\server\\share$\\a'b!c.xlsm", "https://d/R D/c.xlsm"),
    *("C:\\a;b\\c.xlsm", "C:\\a\\b^&calc.xlsm", "C:\\%CD%\\c.xlsm"),
)


def main() -> None:
    pipe, path = sys.argv[1:]
    desktop = connected(pipe)
    how = (named("Hidden", True), named("MacroExecutionMode", ALWAYS_EXECUTE))
    book = desktop.loadComponentFromURL(Path(path).resolve().as_uri(), "_blank", 0, how)
    try:
        libraries = book.BasicLibraries
        libraries.loadLibrary("VBAProject")
        said = {
            "modules": list(libraries.getByName("VBAProject").ElementNames),
            "document": book.RuntimeUID,
            "buttons": list(pressed(book)),
            "refused": [path for path in PATHS if is_refused(book, path)],
        }
    finally:
        book.close(True)
    json.dump(said, sys.stdout)
    sys.stdout.flush()
    # A process with ``uno`` may crash while Python shuts down, after all is done.
    os._exit(0)


def pressed(book: Any) -> Iterator[tuple[str, str]]:
    """Run the script of each button; give its caption and the script."""
    for sheet in book.Sheets:
        for form in sheet.DrawPage.Forms:
            for index in range(form.Count):
                (event,) = form.getScriptEvents(index)
                book.ScriptProvider.getScript(event.ScriptCode).invoke((), (), ())
                yield form.getByIndex(index).Label, event.ScriptCode


def is_refused(book: Any, path: str) -> bool:
    """Ask the macro that Excel runs; LibreOffice takes its lines for Windows."""
    place = "VBAProject.sheetsales_excel.HasCommand?language=Basic&location=document"
    script = book.ScriptProvider.getScript(f"vnd.sun.star.script:{place}")
    return bool(script.invoke((path,), (), ())[0])


main()
