"""The buttons in the workbooks: one function each, over the same actions as the command line.

Excel calls :func:`press` through xlwings, LibreOffice runs ``python -m sheetsales.buttons``; both
name the button by its word. What came of it, or why nothing could, is said on the sheet.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping
from types import MappingProxyType

from sheetsales.buttons.desk import Desk
from sheetsales.buttons.saying import say_outcome, told_failure, words_for
from sheetsales.buttons.told import Told
from sheetsales.errors import WorkbookError
from sheetsales.store.live_libreoffice.pipes import pipe_name
from sheetsales.store.live_screen import Screen, calling_screen
from sheetsales.workspace.applications import find_office

__all__ = ["BUTTONS", "Desk", "Told", "press", "press_on"]

_PATIENCE = 20.0
"""Seconds to wait until LibreOffice listens."""


def check(desk: Desk) -> Told:
    """檢核: list what is wrong in this workbook."""
    return desk.check()


def update(desk: Desk) -> Told:
    """更新: keys, computed columns, lists, overview, problems."""
    return desk.update()


def classify(desk: Desk) -> Told:
    """分類: classify the customers anew."""
    return desk.score("customers", "classes")


def customer_card(desk: Desk) -> Told:
    """客戶檔案卡: make the cards of the selected customers."""
    return desk.make("customer_card", desk.selected("customer"))


def check_contract(desk: Desk) -> Told:
    """檢核合同: list what is wrong in contracts, their lines and milestones."""
    return desk.check("contract", "contract_line", "milestone")


def make_contract(desk: Desk) -> Told:
    """產生合同: make the selected contracts."""
    return desk.make("sales_contract", desk.selected("contract"))


def split_targets(desk: Desk) -> Told:
    """分解目標: split the figures of the selected plans over months, units and people."""
    return desk.split(desk.selected("sales_plan"))


def target_letter(desk: Desk) -> Told:
    """目標責任書: make the letters of the people whose targets are selected."""
    return desk.make("target_letter", desk.selected_people())


def score(desk: Desk) -> Told:
    """計分: compute actuals and appraisals."""
    return desk.score("actuals", "appraisal")


def score_card(desk: Desk) -> Told:
    """計分卡: make the cards of the selected appraisals."""
    return desk.make("score_card", desk.selected("appraisal"))


def explain(desk: Desk) -> Told:
    """說明分數: list how the score of the first selected row came about."""
    return desk.explain("appraisal", desk.selected("appraisal")[0])


def training_plan(desk: Desk) -> Told:
    """培訓計劃: make the documents of the selected training plans."""
    return desk.make("training_plan", desk.selected("training_plan"))


def draw_sample(desk: Desk) -> Told:
    """抽樣: draw the samples of the selected audits."""
    return desk.sample(desk.selected("audit"))


def audit_report(desk: Desk) -> Told:
    """審計報告: make the reports of the selected audits."""
    return desk.make("audit_report", desk.selected("audit"))


BUTTONS: Mapping[str, Callable[[Desk], Told]] = MappingProxyType(
    {
        function.__name__.replace("_", "-"): function
        for function in (
            check,
            update,
            classify,
            customer_card,
            check_contract,
            make_contract,
            split_targets,
            target_letter,
            score,
            score_card,
            explain,
            training_plan,
            draw_sample,
            audit_report,
        )
    }
)
"""What the buttons do, by word."""


def press(word: str, uid: str = "") -> bool:
    """Do what a button says, for the workbook that calls.

    Args:
        word: which button.
        uid: what LibreOffice knows the workbook by; empty where Excel calls.

    Returns:
        Whether it could be done; what came of it stands on the sheet.

    Raises:
        WorkbookError: no application or workbook is there to call.
    """
    return press_on(_calling_screen(uid), word)


def _calling_screen(uid: str) -> Screen:
    """Return the calling workbook; a LibreOffice that does not listen yet is told to."""
    try:
        return calling_screen(uid)
    except WorkbookError as error:
        office = find_office()
        if error.code != "office-not-listening" or office is None:
            raise
        # One that runs takes this over and goes on; it opens no second window.
        listening = f"--accept=pipe,name={pipe_name()};urp;"
        subprocess.Popen([str(office), "--nodefault", "--nologo", listening])  # noqa: S603
        return calling_screen(uid, patience=_PATIENCE)


def press_on(screen: Screen, word: str) -> bool:
    """Do what a button says for a workbook in front of somebody; see :func:`press`."""
    messages = words_for(screen.path)
    screen.say(messages.text("press-working", name=messages.text(f"button-{word}")))
    try:
        with Desk.at(screen) as desk:
            told = BUTTONS[word](desk)
    except Exception as error:  # noqa: BLE001 - nobody at a workbook reads a traceback
        told = told_failure(error, messages, screen.path)
    say_outcome(screen, told, messages)
    return told.is_good
