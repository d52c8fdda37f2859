"""Reads one tag on its own, so that a broken tag does not hide the mistakes of the others."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from difflib import get_close_matches

from jinja2 import Environment, TemplateSyntaxError, nodes

from sheetsales.word.tags import Tag

OPENERS = {"for": "endfor", "if": "endif", "with": "endwith"}
"""Statements that reach to another one, and that one."""
CLOSERS = {end: start for start, end in OPENERS.items()} | {"endset": "set", "endraw": "raw"}
MIDDLES = frozenset({"elif", "else"})
SPECIAL = frozenset({"cellbg", "colspan", "hm", "vm"})
"""Statements about the cell that they stand in."""
FORBIDDEN = frozenset(
    "macro endmacro call endcall include import from extends block endblock do autoescape "
    "endautoescape filter endfilter trans endtrans pluralize break continue debug".split()
)
"""Statements of Jinja that a template may not use."""

_WORDS = (*OPENERS, *CLOSERS, *MIDDLES, *SPECIAL, "set", "raw")
_ALIASES = {
    "elseif": "elif",
    "elsif": "elif",
    "elsieif": "elif",
    "fi": "endif",
    "foreach": "for",
    "each": "for",
    "end-if": "endif",
    "end-for": "endfor",
    "let": "set",
    "assign": "set",
    "unless": "if",
}
_SPACED = re.compile(r"end[ _-](if|for|with|set|raw)\b|(else)[ _-](if)\b", re.IGNORECASE)
_WORD = re.compile(r"[-+]?\s*([^\W\d][\w-]*)(.*)", re.DOTALL)
_SCOPED = re.compile(r"(p|tr|tc|r)\s+(\w+)")
_LOOSE_END = re.compile(r"[.,;:。；：，]+")
_ASSIGNED = re.compile(r"[^=!<>]=(?!=)")
_KEYWORD_ONLY = frozenset({*CLOSERS, "else", "hm", "vm"})

_PARSER = Environment(autoescape=True)  # only parses; nothing is ever rendered with it


@dataclass(frozen=True, slots=True)
class Statement:
    """What a tag says.

    Attributes:
        tag: the tag.
        word: its statement, as it was meant; empty for an expression.
        tree: its expressions, parsed; None where there are none or they cannot be read.
        fault: why it cannot be read, in the words of the parser; empty where it can.
        meant: the statement as it should have been written, where a word of it was misspelt.
        unknown: whether its word is not known at all.
    """

    tag: Tag
    word: str
    tree: nodes.Template | None = None
    fault: str = ""
    meant: str = ""
    unknown: bool = False


def read_statement(tag: Tag) -> Statement:
    """Return what a tag says, or why it cannot be read."""
    if tag.kind == "variable":
        return _expression(tag)
    scoped = _SCOPED.match(tag.inner)
    if scoped and scoped.group(2) in _WORDS:
        # {% tr for … %} means {%tr for … %}.
        inner = tag.inner[scoped.start(2) :]
        meant = f"{scoped.group(1)} {scoped.group(2)}"
        return replace(read_statement(replace(tag, inner=inner)), tag=tag, meant=meant)
    word, rest, meant = _word_of(tag.inner)
    if word not in _WORDS and word not in FORBIDDEN:
        return Statement(tag, word, unknown=True)
    if word in FORBIDDEN or word == "raw":
        return Statement(tag, word, meant=meant)
    if word in _KEYWORD_ONLY:
        loose = rest.strip()
        if loose and not meant:
            meant = word
        return Statement(tag, word, meant=meant)
    return _with_tree(tag, word, rest, meant)


def nearest_words(word: str, known: Iterable[str]) -> list[str]:
    """Return the words that may have been meant, best first."""
    return get_close_matches(word, sorted(known), n=3, cutoff=0.6)


def _expression(tag: Tag) -> Statement:
    tree, fault = _parsed("{{ " + tag.inner + "\n}}")
    return Statement(tag, "", tree, fault)


def _with_tree(tag: Tag, word: str, rest: str, meant: str) -> Statement:
    tree, fault = _parsed(_complete(word, rest))
    return Statement(tag, word, tree, fault, meant)


def _complete(word: str, rest: str) -> str:
    """Return a whole template around one statement."""
    if word == "elif":
        return "{% if 1 %}{% elif " + rest + "\n%}{% endif %}"
    if word in SPECIAL:
        return "{{ " + rest + "\n}}"
    if word == "set":
        block = not _ASSIGNED.search(rest)
        return "{% set " + rest + "\n%}" + ("{% endset %}" if block else "")
    return "{% " + word + " " + rest + "\n%}{% " + OPENERS[word] + " %}"


def _parsed(source: str) -> tuple[nodes.Template | None, str]:
    try:
        return _PARSER.parse(source), ""
    except TemplateSyntaxError as error:
        return None, error.message or "syntax"
    except RecursionError:
        return None, "too deep"


def _word_of(inner: str) -> tuple[str, str, str]:
    """Return the word of a statement, what follows, and the word if it had to be corrected."""
    spaced = _SPACED.match(inner.strip())
    if spaced:
        word = "end" + spaced.group(1).lower() if spaced.group(1) else "elif"
        return word, inner.strip()[spaced.end() :], word
    found = _WORD.match(inner)
    if not found:
        return inner.strip()[:20], "", ""
    typed, rest = found.groups()
    if typed in _WORDS or typed in FORBIDDEN:
        return typed, rest, ""
    meant = _meant(typed, rest)
    return (meant or typed), rest, meant


def _meant(typed: str, rest: str) -> str:
    """Return the word that a misspelt one stands for; empty where that cannot be told."""
    low = typed.lower().strip("-_")
    if low in _WORDS:
        return low
    if low == "fi" and rest.strip():
        return "if"
    if low in _ALIASES:
        return _ALIASES[low]
    if not rest.strip() or _LOOSE_END.fullmatch(rest.strip()):
        near = nearest_words(low, _KEYWORD_ONLY)
    else:
        near = nearest_words(low, set(_WORDS) - _KEYWORD_ONLY - SPECIAL)
        if low in {"or", "not", "in", "is", "and"}:
            near = []
    return near[0] if near else ""
