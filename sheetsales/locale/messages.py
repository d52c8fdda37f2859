"""Texts of problems, errors and reasons, rendered for the reader.

All files of ``regulation/messages/`` are merged; they hold four kinds of section::

    [problem."SAL-07.returned"]          # message id: CODE, or CODE.variant, as ONE quoted key
    what = { zh-Hant = "…{amount}…", en = "…" }
    why  = { zh-Hant = "…", en = "…" }
    do   = { zh-Hant = "…", en = "…" }

    [error.workbook-missing]             # code of a SheetsalesError
    what = { zh-Hant = "…{file}…", en = "…" }
    do   = { zh-Hant = "…", en = "…" }

    [reason.no-denominator]              # why a score has no value
    zh-Hant = "…"
    en = "…"

    [text.journal-empty]                 # anything else that the doors say
    zh-Hant = "…"
    en = "…"

A placeholder ``{name}`` shows an argument. A problem also knows ``{table}`` and ``{field}`` (their
titles), ``{key}``, ``{place}`` and ``{clause}``; an argument of the same name wins.
``{state:contract_state}`` shows the label of a code of that enumeration, ``{other:table}`` the
title of a table, ``{column:field}`` the title of a field of the problem's table, ``{reason:cause}``
a cause in which each part between colons is shown by its ``[text."cause.…"]``, where there is one,
``{where:spot}`` a place in a Word file in words. An argument that is a problem shows what is wrong.
An unknown placeholder stays visible, and a missing text is the code itself: saying something is
never what breaks a run. zh-Hans is derived from the texts, never from the arguments.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from sheetsales.errors import DescriptorError, SheetsalesError
from sheetsales.locale.labels import label, title, written
from sheetsales.locale.spots import spot_words
from sheetsales.problems import Problem
from sheetsales.resources import regulation_folder
from sheetsales.schema import LOCALES, Text, load_regulation

_PARTS = {"problem": ("what", "why", "do"), "error": ("what", "do"), "reason": (), "text": ()}
_YES_NO = (("否", "是"), ("no", "yes"))
_PLACEHOLDER = re.compile(r"\{([a-z_][a-z0-9_]*)(?::([a-z_]+))?\}")

Texts = Mapping[str, Mapping[str, Text]]
"""Kind and code (``problem``, ``SAL-07.what``) to the written text."""


@dataclass(frozen=True)
class Messages:
    """The message texts of one locale."""

    texts: Texts
    locale: str

    @classmethod
    def load(cls, locale: str) -> Messages:
        """Return the shipped messages in a locale, read once.

        Raises:
            DescriptorError: a message file is broken, incomplete or says a code twice.
        """
        return cls(_shipped(), locale)

    def problem_texts(self, problem: Problem) -> tuple[str, str, str]:
        """Return what is wrong, why it matters and what to do."""
        arguments = {**self._place_of(problem), **problem.arguments}
        for code in (problem.message_id, problem.code):
            if f"{code}.what" in self.texts["problem"]:
                parts = ("what", "why", "do")
                what, why, todo = (
                    self._render("problem", f"{code}.{part}", arguments, problem.table)
                    for part in parts
                )
                return what, why, todo
        return problem.message_id, "", ""

    def error_texts(self, error: SheetsalesError) -> tuple[str, str]:
        """Return what cannot be done and what to do about it."""
        if f"{error.code}.what" not in self.texts["error"]:
            return str(error), ""
        what = self._render("error", f"{error.code}.what", error.arguments)
        return what, self._render("error", f"{error.code}.do", error.arguments)

    def reason(self, code: str, **arguments: object) -> str:
        """Return why a score has no value."""
        return self._render("reason", code, arguments)

    def text(self, code: str, /, **arguments: object) -> str:
        """Return a text that a door says."""
        return self._render("text", code, arguments)

    def counts(self, code: str, counts: Mapping[str, int]) -> str:
        """Return one line that lists what was done, leaving out what was not."""
        done = [self.text(f"{code}-{name}", count=n) for name, n in counts.items() if n]
        joiner = ", " if self.locale == "en" else "、"
        return joiner.join(done) if done else self.text(f"{code}-nothing")

    def spot(self, code: str) -> str:
        """Return a place in a Word file in words."""
        return written(spot_words(code, self.locale), self.locale)

    def _render(
        self, kind: str, code: str, arguments: Mapping[str, object], table: str = ""
    ) -> str:
        text = self.texts[kind].get(code)
        if text is None:
            return code

        def value_of(match: re.Match[str]) -> str:
            name, what = match.groups()
            if name not in arguments:
                return match.group()
            return self._shown(arguments[name], what, table)

        return _PLACEHOLDER.sub(value_of, title(text, self.locale))

    def _shown(self, value: object, what: str | None, table: str) -> str:
        if isinstance(value, tuple | list | set | frozenset):
            joiner = ", " if self.locale == "en" else "、"
            return joiner.join(self._shown(part, what, table) for part in value)
        if isinstance(value, Problem):
            return self.problem_texts(value)[0]
        if isinstance(value, bool):
            return _YES_NO[self.locale == "en"][value]
        if what == "spot":
            return self.spot(str(value))
        if what == "cause":
            return ": ".join(map(self._cause, str(value).split(": ")))
        return self._titled(str(value), what, table) if what else _plain(value)

    def _cause(self, text: str) -> str:
        known = self.texts["text"].get(f"cause.{text}")
        return text if known is None else title(known, self.locale)

    def _titled(self, value: str, what: str, table: str) -> str:
        regulation = load_regulation()
        if what in regulation.enumerations:
            return label(regulation, what, value, self.locale)
        if what == "table" and value in regulation.tables:
            return title(regulation.tables[value].title, self.locale)
        fields = regulation.tables[table].by_name if table in regulation.tables else {}
        if what == "field" and value in fields:
            return title(fields[value].title, self.locale)
        return value

    def _place_of(self, problem: Problem) -> dict[str, object]:
        return {
            "table": self._titled(problem.table, "table", ""),
            "field": self._titled(problem.field, "field", problem.table),
            "key": problem.key,
            "place": str(problem.place),
            "clause": problem.clause,
        }


def read_messages(files: Iterable[Path]) -> Texts:
    """Return the texts of message files, by kind and code.

    Raises:
        DescriptorError: a file is broken, says something unknown, or repeats a code.
    """
    texts: dict[str, dict[str, Text]] = {kind: {} for kind in _PARTS}
    for path in files:
        for kind, sections in _load(path).items():
            if kind not in _PARTS:
                raise DescriptorError(
                    "descriptor-unknown-key", file=path.name, where="messages", key=kind
                )
            for code, section in sections.items():
                for name, text in _texts_of(path, kind, code, section):
                    if name in texts[kind]:
                        raise DescriptorError("message-twice", file=path.name, name=name)
                    texts[kind][name] = text
    return texts


@lru_cache(maxsize=1)
def _shipped() -> Texts:
    return read_messages(sorted((regulation_folder() / "messages").glob("*.toml")))


def _load(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise DescriptorError("descriptor-broken", file=path.name, reason=str(error)) from error


def _texts_of(
    path: Path, kind: str, code: str, section: Mapping[str, Any]
) -> Iterable[tuple[str, Text]]:
    parts = _PARTS[kind]
    if not parts:
        return [(code, _text(path, code, section))]
    if set(section) != set(parts):
        raise DescriptorError("message-parts", file=path.name, name=code, parts=", ".join(parts))
    return [(f"{code}.{part}", _text(path, f"{code}.{part}", section[part])) for part in parts]


def _text(path: Path, where: str, value: object) -> Text:
    if not isinstance(value, dict) or set(value) != set(LOCALES):
        raise DescriptorError("descriptor-text", file=path.name, where=where)
    return Text(value["zh-Hant"], value["en"])


def _plain(value: object) -> str:
    if isinstance(value, float | Decimal):
        exact = value if isinstance(value, Decimal) else Decimal(repr(float(value)))
        text = f"{exact:,f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}".removesuffix(" 00:00")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
