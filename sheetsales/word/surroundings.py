"""What is wrong around the tags of a template: threats, fonts, pictures, places nobody renders."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from posixpath import dirname, join, normpath
from typing import Protocol

from sheetsales.errors import TemplateError
from sheetsales.word.fonts import font_mistakes
from sheetsales.word.mistakes import Mistake, shown
from sheetsales.word.package import Package
from sheetsales.word.relations import relations_part
from sheetsales.word.threats import stripped, threats
from sheetsales.word.xml import parsed

_TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_MARKUP = re.compile(r"<[^>]+>")
_POINTER = re.compile(r"\br:(?:embed|id|link|pict)=[\"']([^\"']+)[\"']")
_WORD_PARTS = re.compile(r"word/.+\.xml|docProps/app\.xml", re.IGNORECASE)


class TemplateFile(Protocol):
    """A template as a check sees it: its file and the parts in it."""

    @property
    def path(self) -> Path:
        """The file."""
        ...

    @property
    def package(self) -> Package:
        """Its parts."""
        ...


def surrounding_mistakes(template: TemplateFile, parts: Sequence[str]) -> Iterator[Mistake]:
    """Yield what is wrong with a template apart from its tags.

    Args:
        template: the template.
        parts: the parts that are rendered.
    """
    file = template.path.name
    for error in threats(template.package, file):
        yield _threat(error)
    for notice in stripped(template.package, file)[1]:
        yield replace(_threat(notice), severity="warning")
    yield from _unrendered(template, parts)
    for name in parts:
        yield from _broken_pointers(template, name)
    yield from font_mistakes(template.package, parts, file)


def _threat(error: TemplateError) -> Mistake:
    arguments = {name: value for name, value in error.arguments.items() if name != "file"}
    part, where = str(arguments.pop("part", "")), str(arguments.pop("where", ""))
    return Mistake(error.code.removeprefix("template-"), part, where, arguments=arguments)


def _unrendered(template: TemplateFile, parts: Sequence[str]) -> Iterator[Mistake]:
    """Yield tags in parts that are copied as they are."""
    package = template.package
    for name in package.members:
        if name in parts or not _WORD_PARTS.fullmatch(name):
            continue
        content = package.content(name)
        if b"{" not in content:
            continue
        text = html.unescape(_MARKUP.sub(" ", content.decode("utf-8", "replace")))
        values = html.unescape(content.decode("utf-8", "replace"))
        found = _TAG.search(text) or _TAG.search(values)
        if found:
            tag = shown(_MARKUP.sub("", found.group()))
            yield Mistake("unrendered", name, severity="warning", arguments={"tag": tag})


def _broken_pointers(template: TemplateFile, name: str) -> Iterator[Mistake]:
    """Yield pictures and links whose target is not in the file."""
    package, file = template.package, template.path.name
    pointers = set(_POINTER.findall(package.content(name).decode("utf-8", "replace")))
    pointers = {pointer for pointer in pointers if "{" not in pointer}
    if not pointers:
        return
    targets: dict[str, str] = {}
    holder = relations_part(name)
    if holder in package:
        try:
            tree = parsed(package.content(holder), file, holder)
        except TemplateError as error:
            reason = error.arguments.get("reason", error.code)
            yield Mistake("broken", holder, arguments={"reason": reason})
            return
        targets = {item.get("Id", ""): _target(name, item) for item in tree}
    for pointer in sorted(pointers):
        target = targets.get(pointer)
        if target is None:
            yield Mistake("relation", name, arguments={"target": pointer})
        elif target and target not in package:
            yield Mistake("relation", name, "gone", arguments={"target": target})


def _target(name: str, item: object) -> str:
    """Return the part that a relation points to; empty where it points outside of the file."""
    get = item.get  # type: ignore[attr-defined]
    target = str(get("Target", ""))
    if get("TargetMode") == "External" or target.startswith("#"):
        return ""
    if target.startswith("/"):
        return target[1:]
    return normpath(join(dirname(name), target))
