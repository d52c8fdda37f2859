"""Says on the sheet what came of a press, in the reader's language."""

from __future__ import annotations

import traceback
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sheetsales.buttons.told import Told
from sheetsales.errors import SheetsalesError
from sheetsales.locale.messages import Messages
from sheetsales.store import StoreFolder
from sheetsales.workbooks.buttons import LINK_NAME, OUTCOME_NAME
from sheetsales.workspace import Workspace

if TYPE_CHECKING:
    from sheetsales.store.live_screen import Screen

_GOOD = (31, 56, 100)
_BAD = (192, 0, 0)
_LONGEST = 600


def words_for(book: Path) -> Messages:
    """Return the texts in the language of a workbook's workspace; without one, in Chinese."""
    try:
        return Messages.load(Workspace.open(book.parent).locale)
    except SheetsalesError:
        return Messages.load("zh-Hant")


def told_failure(error: Exception, messages: Messages, book: Path) -> Told:
    """Return what to say of a press that failed; of a mistake of the program the details are kept.

    Args:
        error: why it failed.
        messages: texts in the reader's language.
        book: the workbook that was pressed in.
    """
    if isinstance(error, SheetsalesError):
        return Told("\n".join(filter(None, messages.error_texts(error))), is_good=False)
    if isinstance(error, OSError):
        reason = f"{error.strerror or error} {error.filename or ''}".strip()
        return Told(messages.text("press-refused", reason=reason), is_good=False)
    log = StoreFolder.of(book).made().path / "press.log"
    with log.open("a", encoding="utf-8") as out:
        out.write(f"{datetime.now().astimezone().isoformat(timespec='seconds')}\n")
        out.write("".join(traceback.format_exception(error)))
    name = f"{type(error).__name__}: {error}"
    return Told(messages.text("press-bug", error=name, file=log.name), is_good=False)


def say_outcome(screen: Screen, told: Told, messages: Messages) -> None:
    """Write what came of a press into the cells for it; without them, into the status bar."""
    now = datetime.now().astimezone()
    # One line: the cell runs on over its neighbours, and would not if it broke lines.
    line = "　".join(told.text.splitlines())
    text = messages.text("press-said", time=f"{now:%H:%M}", text=line)
    if len(text) > _LONGEST:
        text = text[: _LONGEST - 1] + "…"
    screen.link(LINK_NAME, told.target, told.label)
    screen.say("")
    # The last thing to appear: once it is there, all is done.
    if not screen.show(OUTCOME_NAME, text, _GOOD if told.is_good else _BAD):
        screen.say(text)
