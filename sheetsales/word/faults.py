"""Says why a tag cannot be read, and how it should have been written."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import replace

from sheetsales.word.mistakes import Mistake, mistake_at, shown
from sheetsales.word.statements import OPENERS, Statement, read_statement
from sheetsales.word.tags import Tag

_STRING = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"", re.DOTALL)
_QUOTED = re.compile("[「『“‘＂＇]([^「」『』“”‘’＂＇]*)[」』”’＂＇]")
_SINGLE_EQUALS = re.compile(r"(?<![=!<>])=(?!=)")
_OPERATORS = (
    (re.compile(r"\s*&&\s*"), " and "),
    (re.compile(r"\s*\|\|\s*"), " or "),
    (re.compile(r"!(?!=)\s*"), "not "),
    (re.compile(r"<>"), "!="),
    (re.compile(r"([!=]=)="), r"\1"),
    (re.compile(r"=([<>])"), r"\1="),
    (re.compile(r"\bAND\b"), "and"),
    (re.compile(r"\bOR\b"), "or"),
    (re.compile(r"\bNOT\b"), "not"),
    (re.compile(r"\bIN\b"), "in"),
    (re.compile(r"\bIS\b"), "is"),
)
_FULLWIDTH = {"。": ".", "、": ",", "【": "[", "】": "]", "「": "'", "」": "'", "‧": ".", "·": "."}
_FULLWIDTH |= dict.fromkeys("『』“”", '"') | dict.fromkeys("‘’", "'") | {"—": "-", "–": "-"}
_TAIL = re.compile(r"[\s;,.:!?]+$")
_TWO_NAMES = re.compile(r"(?<=[\w\]])[ \t\u00a0\u3000]+(?=[^\W\d])")
_OPERATOR_WORDS = frozenset("and or not in is if else".split())
_PAIRS = {"(": ")", "[": "]", "{": "}"}
_LOOP = re.compile(
    r"for\s+(?:each\s+)?([^\W\d]\w*)\s*(?:of|:|=|,|←|<-|from|:in)\s*(\S.*)", re.DOTALL
)
_EACH = re.compile(r"for\s*each\s+([^\W\d]\w*)\s+in\s+(\S.*)", re.DOTALL)
_BRACKETED_LOOP = re.compile(r"for\s*\(\s*(.+?)\s*\)\s*", re.DOTALL)
_NO_VARIABLE = re.compile(r"for\s+(?:in\s+)?([^\W\d][\w.]*)\s*", re.DOTALL)


def fault_of(statement: Statement) -> Mistake:
    """Return the mistake of a tag that cannot be read."""
    tag = statement.tag
    if not _content(statement).strip():
        return _empty(statement)
    variant, inner = _repair(tag)
    if variant:
        return mistake_at(tag, "syntax", variant, fix=refilled(tag, inner))
    for variant, found in (("quote", _odd_quote), ("bracket", _odd_bracket)):
        sign = found(tag.inner)
        if sign:
            return mistake_at(tag, "syntax", variant, sign=sign)
    return mistake_at(tag, "syntax", reason=statement.fault)


def repaired(statement: Statement) -> Statement:
    """Return what a tag means that cannot be read but can be repaired; another one as it is."""
    if not statement.fault:
        return statement
    variant, inner = _repair(statement.tag)
    return _reread(statement.tag, inner) if variant else statement


def _repair(tag: Tag) -> tuple[str, str]:
    """Return what is wrong with the content of a tag, and the content as it should be."""
    for variant, repair in _REPAIRS:
        for inner in repair(tag.inner):
            again = _reread(tag, inner)
            if inner != tag.inner and not (again.fault or again.unknown or again.meant):
                return variant, inner
    return "", ""


def fullwidth_of(tag: Tag) -> Mistake | None:
    """Return the mistake of a readable tag with letters or digits of an input method."""
    inner = "".join(_halved(tag.inner, _is_wide_letter))
    if inner == tag.inner:
        return None
    return mistake_at(tag, "syntax", "fullwidth", fix=refilled(tag, inner))


def refilled(tag: Tag, inner: str) -> str:
    """Return the text of a tag with other content, its brackets as they are."""
    found = re.match(r"\{[{%#][-+]?(?:(?:p|tr|tc|r)(?=\s))?", tag.text)
    opening = found.group() if found else {"variable": "{{", "block": "{%"}.get(tag.kind, "{#")
    closing = {"variable": "}}", "block": "%}"}.get(tag.kind, "#}")
    if tag.text.rstrip().endswith("-" + closing):
        closing = "-" + closing
    return shown(f"{opening} {inner.strip()} {closing}")


def outside_strings(text: str) -> str:
    """Return a text with its quoted parts blanked, as long as before."""
    return _STRING.sub(lambda match: " " * len(match.group()), text)


def _content(statement: Statement) -> str:
    inner = statement.tag.inner
    return inner.replace(statement.word, "", 1) if statement.word else inner


def _empty(statement: Statement) -> Mistake:
    tag, word = statement.tag, statement.word
    if not word:
        return mistake_at(tag, "syntax", "empty")
    if word == "for":
        return mistake_at(tag, "syntax", "loop", fix="{% for line in lines %}")
    return mistake_at(tag, "syntax", "no-condition", word=word)


def _reread(tag: Tag, inner: str) -> Statement:
    return read_statement(replace(tag, inner=inner))


def _is_wide_letter(character: str) -> bool:
    return ("\uff10" <= character <= "\uff5a" and character.isalnum()) or character == "＿"


def _is_wide(character: str) -> bool:
    return character in _FULLWIDTH or "\uff01" <= character <= "\uff5e" or character == "\u3000"


def _halved(text: str, wide: Callable[[str], bool]) -> Iterator[str]:
    """Yield the text outside of its strings in half-width characters."""
    masked = outside_strings(text)
    for character, seen in zip(text, masked, strict=True):
        if wide(character) and seen == character:
            yield _FULLWIDTH.get(character) or unicodedata.normalize("NFKC", character)
        else:
            yield character


def _half_width(inner: str) -> Iterator[str]:
    quoted = _QUOTED.sub(lambda match: f"'{match.group(1)}'", inner)
    for text in (quoted, inner):
        halved = "".join(_halved(text, _is_wide))
        yield halved
        yield from _equal_signs(halved)
        if halved != inner:
            yield from _tails(halved)


def _equal_signs(inner: str) -> Iterator[str]:
    masked = outside_strings(inner)
    spots = [match.start() for match in _SINGLE_EQUALS.finditer(masked)]
    for position in reversed(spots):
        inner = f"{inner[:position]}=={inner[position + 1 :]}"
    yield inner


def _operators(inner: str) -> Iterator[str]:
    found = inner
    for sign, right in _OPERATORS:
        found = _replaced_outside(sign, right, found)
    yield found
    yield from _equal_signs(found)


def _replaced_outside(sign: re.Pattern[str], right: str, text: str) -> str:
    masked = outside_strings(text)
    for match in reversed(list(sign.finditer(masked))):
        text = text[: match.start()] + match.expand(right) + text[match.end() :]
    return text


def _loops(inner: str) -> Iterator[str]:
    for pattern in (_EACH, _LOOP):
        found = pattern.fullmatch(inner.strip())
        if found:
            yield f"for {found.group(1)} in {found.group(2)}"
    bracketed = _BRACKETED_LOOP.fullmatch(inner.strip())
    if bracketed:
        yield f"for {bracketed.group(1)}"
        yield from _loops(f"for {bracketed.group(1)}")
    alone = _NO_VARIABLE.fullmatch(inner.strip())
    if alone:
        yield f"for item in {alone.group(1)}"


def _tails(inner: str) -> Iterator[str]:
    yield _TAIL.sub("", inner)
    yield inner.replace("..", ".")
    word = inner.split(" ", 1)[0]
    if word in OPENERS and inner.rstrip().endswith(" then"):
        yield inner.rstrip().removesuffix(" then")


def _spaces(inner: str) -> Iterator[str]:
    word, space, rest = inner.strip().partition(" ")
    start = f"{word}{space}" if word in {"if", "elif", "for", "set", "with"} else ""
    text = rest if start else inner.strip()
    if _OPERATOR_WORDS & set(text.split()):
        return
    for joiner in (".", "_"):
        yield start + re.sub(r"\s*\.\s*", ".", _TWO_NAMES.sub(joiner, text))


def _placeholders(inner: str) -> Iterator[str]:
    """Yield the content without the signs of other engines: ``$name``, ``<name>``, ``#name``."""
    yield re.sub(r"[$@#^<>«»{}]", "", inner)


def _odd_quote(inner: str) -> str:
    rest = outside_strings(inner)
    return next((sign for sign in "'\"" if sign in rest), "")


def _odd_bracket(inner: str) -> str:
    waiting: list[str] = []
    for sign in outside_strings(inner):
        if sign in _PAIRS:
            waiting.append(_PAIRS[sign])
        elif sign in _PAIRS.values() and (not waiting or waiting.pop() != sign):
            return sign
    return waiting[-1] if waiting else ""


_REPAIRS: tuple[tuple[str, Callable[[str], Iterator[str]]], ...] = (
    ("equals", _equal_signs),
    ("fullwidth", _half_width),
    ("operator", _operators),
    ("loop", _loops),
    ("tail", _tails),
    ("space", _spaces),
    ("sign", _placeholders),
)
