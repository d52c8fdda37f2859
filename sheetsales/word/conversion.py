"""Turns a template in Traditional Chinese into one in Simplified: texts, fonts, language."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from lxml import etree

from sheetsales.word.files import write_bytes
from sheetsales.word.package import Package
from sheetsales.word.xml import parsed, serialised

Convert = Callable[[str], str]

FONTS = {
    "PMingLiU": "SimSun",
    "新細明體": "SimSun",
    "MingLiU": "SimSun",
    "細明體": "SimSun",
    "Microsoft JhengHei": "Microsoft YaHei",
    "微軟正黑體": "Microsoft YaHei",
}
"""Fonts that Windows brings for Traditional Chinese, and their kin for Simplified Chinese."""

_PARTS = re.compile(r"(word/.*|docProps/core)\.xml")
_TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}")
_LANGUAGES = {"zh-TW": "zh-CN"}
_CHARSETS = {"88": "86"}
_SPOKEN = frozenset({"descr", "title"})
"""Attributes whose texts are read aloud or shown."""


def convert_template(source: Path, target: Path, convert: Convert) -> None:
    """Write a template with its texts converted and its East Asian fonts and language exchanged.

    What stands within ``{{ }}``, ``{% %}`` and ``{# #}`` stays as it is, also where Word has split
    a tag into several runs.

    Args:
        source: the template.
        target: the new file, replaced if it exists.
        convert: turns one text into another.

    Raises:
        TemplateError: the source is missing, no docx, or not well formed.
    """
    package = Package.read(source)
    changed = {}
    for name in package.members:
        if _PARTS.fullmatch(name):
            tree = parsed(package.content(name), source.name, name)
            before = etree.tostring(tree)
            _convert_part(tree, convert)
            if etree.tostring(tree) != before:
                changed[name] = serialised(tree)
    write_bytes(target, package.with_parts(changed))


def _convert_part(tree: etree._Element, convert: Convert) -> None:
    for element in tree.iter(etree.Element):
        name = _local(str(element.tag))
        if name == "p":
            _convert_run_texts(list(_texts(element)), convert)
        elif element.text and not len(element) and name != "t":
            element.text = _LANGUAGES.get(element.text) or convert(element.text)
        # A theme names fonts for all scripts of the world; only the one in use is exchanged.
        if name != "font" or element.get("script") is None:
            _exchange_attributes(element, name, convert)


def _texts(paragraph: etree._Element) -> Iterator[etree._Element]:
    for element in paragraph.iter(etree.Element):
        if _local(str(element.tag)) == "t" and element.text:
            yield element


def _convert_run_texts(runs: list[etree._Element], convert: Convert) -> None:
    """Convert the texts of a paragraph outside of its tags, however runs divide them."""
    whole = "".join(run.text or "" for run in runs)
    tags = [match.span() for match in _TAG.finditer(whole)]
    start = 0
    for run in runs:
        text = run.text or ""
        run.text = "".join(_pieces(text, start, tags, convert))
        start += len(text)


def _pieces(text: str, start: int, tags: list[tuple[int, int]], convert: Convert) -> Iterator[str]:
    at, end = start, start + len(text)
    for first, last in tags:
        if last <= at or first >= end:
            continue
        yield convert(text[at - start : max(first, at) - start])
        yield text[max(first, at) - start : min(last, end) - start]
        at = min(last, end)
    yield convert(text[at - start :])


def _exchange_attributes(element: etree._Element, name: str, convert: Convert) -> None:
    for key, value in element.attrib.items():
        attribute = _local(str(key))
        known = FONTS.get(str(value))
        if attribute == "eastAsia":
            known = known or _LANGUAGES.get(str(value))
        elif name == "charset":
            known = _CHARSETS.get(str(value))
        elif attribute in _SPOKEN or name == "lvlText":
            known = convert(str(value))
        if known is not None:
            element.set(str(key), known)


def _local(name: str) -> str:
    return name.rpartition("}")[2]
