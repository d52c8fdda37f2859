"""Presses every button of a workbook in LibreOffice, by what each control itself says.

Run by the system's Python, the one that has ``uno``: ``pressing.py PIPE BOOK``. It writes a JSON
object: the modules that were loaded, the number of the document, and the caption of each button
with the script that was run.
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


main()
