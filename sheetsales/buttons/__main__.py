"""Does what a button in LibreOffice says: ``python -I -m sheetsales.buttons WORD UID``."""

from __future__ import annotations

import os
import sys
import traceback
from pathlib import Path

from sheetsales.buttons import BUTTONS, press

_DONE, _USAGE, _NOT_DONE = 0, 2, 3


def main(arguments: list[str]) -> int:
    """Press a button; what came of it stands on the sheet.

    Args:
        arguments: the button's word, and what LibreOffice knows the workbook by.

    Returns:
        0 done, 2 there is no such button, 3 it could not be done.
    """
    word, uid = (*arguments, "", "")[:2]
    if word not in BUTTONS or not uid.isdecimal():
        sys.stderr.write(f"sheetsales.buttons: {word!r} {uid!r}?\n")
        return _USAGE
    try:
        return _DONE if press(word, uid) else _NOT_DONE
    except Exception as error:  # noqa: BLE001 - no sheet was found to say it on
        _keep(error)
        sys.stderr.write(f"sheetsales.buttons: {error}\n")
        return _NOT_DONE


def _keep(error: Exception) -> None:
    """Keep why nothing came of a press beside the launcher, for the administrator."""
    folder = Path.home() / ".sheetsales"
    folder.mkdir(mode=0o700, exist_ok=True)
    with (folder / "press.log").open("a", encoding="utf-8") as log:
        log.write("".join(traceback.format_exception(error)))


if __name__ == "__main__":
    code = main(sys.argv[1:])
    sys.stdout.flush()
    sys.stderr.flush()
    # A process that spoke with LibreOffice may crash while Python shuts down, all work done.
    os._exit(code)
