"""Places in a Word file as its readers call them: the code ``body/t2/r1/c3/p1`` in words."""

from __future__ import annotations

import re

_STEP = re.compile(r"([a-z]+)(\d*)")
_PARTS = {
    "body": ("本文", "body"),
    "header": ("頁首 {n}", "header {n}"),
    "footer": ("頁尾 {n}", "footer {n}"),
    "footnote": ("註腳 {n}", "footnote {n}"),
    "endnote": ("章節附註 {n}", "endnote {n}"),
    "comment": ("註解 {n}", "comment {n}"),
    "chart": ("圖表 {n}", "chart {n}"),
    "diagram": ("SmartArt {n}", "SmartArt {n}"),
    "part": ("文件內部", "inside the file"),
}
_STEPS = {
    "p": ("第 {n} 段", "paragraph {n}"),
    "t": ("表格 {n}", "table {n}"),
    "r": ("第 {n} 列", "row {n}"),
    "c": ("第 {n} 格", "cell {n}"),
    "box": ("文字方塊 {n}", "text box {n}"),
    "v": ("第 {n} 個值", "value {n}"),
}
_PROPERTIES = {
    "title": ("標題", "title"),
    "subject": ("主旨", "subject"),
    "creator": ("作者", "author"),
    "keywords": ("關鍵字", "keywords"),
    "description": ("註解", "comments"),
    "category": ("類別", "category"),
    "contentStatus": ("狀態", "status"),
    "lastModifiedBy": ("上次存檔者", "last saved by"),
}


def spot_words(code: str, locale: str) -> str:
    """Return the words for the code of a place, in zh-Hant or English.

    >>> spot_words("body/t2/r1/c3/p1", "zh-Hant")
    '本文表格 2 第 1 列第 3 格'
    >>> spot_words("body/p3", "en")
    'body, paragraph 3'
    """
    english = locale == "en"
    first, *steps = code.split("/")
    if first == "property":
        name = steps[0] if steps else ""
        shown = _PROPERTIES.get(name, (name, name))[english]
        return f"document property {shown}".strip() if english else f"文件摘要資訊的{shown}"
    words = [_word(step, _STEPS, english) for step in _told(steps)]
    words = [word for word in (_word(first, _PARTS, english), *words) if word]
    return ", ".join(words) if english else _chinese(words)


def _told(steps: list[str]) -> list[str]:
    """Return the steps without the paragraph of a cell where it is the first, as it mostly is."""
    if len(steps) > 1 and steps[-1] == "p1" and steps[-2].startswith("c"):
        return steps[:-1]
    return steps


def _word(step: str, words: dict[str, tuple[str, str]], english: bool) -> str:  # noqa: FBT001 - private
    found = _STEP.fullmatch(step)
    if found is None or found.group(1) not in words:
        return step
    text = words[found.group(1)][english].replace("{n}", found.group(2))
    return text.strip()


def _chinese(words: list[str]) -> str:
    """Return words one after the other, a blank after a number."""
    text = ""
    for word in words:
        text += f" {word}" if text[-1:].isdigit() else word
    return text
