"""Where tags begin and end in a text, and what is nearly a tag.

Every search stops at the next start of a tag, so that a text is read once however many tags in
it lack their end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sheetsales.word.scan import PARAGRAPH_END, TABLE_END

_OPENING = re.compile(r"\{[{%#]")
_SINGLE = "'|‘|’|&apos;|&#39;"
_DOUBLE = '"|“|”|&quot;|&#34;'
_INSIDE = re.compile(rf"\{{[{{%#]|[}}%]\}}|[{{}}]|(?P<quote>{_SINGLE}|{_DOUBLE})|{TABLE_END}")
_STRING_ENDS = {
    True: re.compile(rf"(?P<end>{_DOUBLE})|\\.|\{{[{{%#]|[{TABLE_END}{PARAGRAPH_END}]"),
    False: re.compile(rf"(?P<end>{_SINGLE})|\\.|\{{[{{%#]|[{TABLE_END}{PARAGRAPH_END}]"),
}
_DOUBLES = frozenset(_DOUBLE.split("|"))
_MAX_BRACE_STRING = 40
"""Longest string in a tag that may itself hold the start of a tag."""
_MAX_MISTAKE = 200
"""How far from the start of a tag a wrong end is looked for."""
_ENDS = {"{{": "}}", "{%": "%}", "{#": "#}"}
_GAP = r"[ \u00a0\u3000]"
_WIDE_START = r"(?:[{｛][｛％]|｛[{%#])"
_WIDE_END = r"(?:[%％]｝|％\}|｝[｝}]|\}｝)"
_CONTENT = r"[^{}｛｝\n\0]{1,200}"
_NAME_FIRST = rf"(?={_GAP}*[^\W\d])"
"""What half a tag begins with; JSON and formulas of other programs end in two braces, too."""
_NEAR = re.compile(
    r"(?P<literal>\{_[{%]|[}%]_\})"
    rf"|(?P<fullwidth>{_WIDE_START}{_CONTENT}(?:{_WIDE_END}|[}}%]\}})|{_WIDE_START}|{_WIDE_END})"
    rf"|(?P<spaced>\{{{_GAP}+[{{%]{_CONTENT}[%}}]{_GAP}*\}})"
    rf"|(?P<half>\{{%?{_NAME_FIRST}{_CONTENT}[%}}]\}})"
    r"|(?P<unopened>\}\}|%\})"
)
_OTHER_END = re.compile(rf"(?P<wide>{_WIDE_END})|[%}}]{_GAP}+\}}")


@dataclass(frozen=True, slots=True)
class Found:
    """A stretch of a text.

    Attributes:
        code: ``tag``, ``literal`` for ``{_{`` and the like, or the code of a mistake.
        start, end: where it stands in the text.
    """

    code: str
    start: int
    end: int


def find_tags(text: str) -> Iterator[Found]:
    """Yield the tags of a text, the signs shown literally and the mistakes, in order."""
    position = 0
    last_comment = text.rfind("#}")
    while True:
        opening = _OPENING.search(text, position)
        yield from _between(text, position, opening.start() if opening else len(text))
        if opening is None:
            return
        found = _from(text, opening.start(), last_comment)
        yield found
        position = found.end


_BEGUN = re.compile(rf"\{{[{{%#][^{{}}{PARAGRAPH_END}{TABLE_END}]{{0,40}}")


def began(text: str, start: int) -> str:
    """Return the words after the start of a tag that has no end."""
    found = _BEGUN.match(text, start)
    return found.group().rstrip() if found else text[start : start + 2]


def _from(text: str, start: int, last_comment: int) -> Found:
    sign = text[start : start + 2]
    if sign == "{#":
        if last_comment < start + 2:
            return Found("tag-unclosed", start, start + 2)
        return Found("tag", start, text.find("#}", start + 2) + 2)
    found = _whole(text, start) or _unclosed(text, start)
    if found.code != "tag" and text.startswith("{{{", start):
        # The first brace may be a letter of the text, and the tag begin behind it.
        inner = _whole(text, start + 1)
        return inner if inner and inner.code == "tag" else found
    return found


def _depth(text: str, before: int) -> int:
    """Return how many single braces are open after a text, in its last paragraph."""
    *ended, last = text.rsplit(PARAGRAPH_END, 1)
    return max(0, (0 if ended else before) + last.count("{") - last.count("}"))


def _whole(text: str, start: int) -> Found | None:
    wanted = _ENDS[text[start : start + 2]]
    return _strict(text, start, wanted) or _loose(text, start, wanted)


def _unclosed(text: str, start: int) -> Found:
    end = _OTHER_END.search(text, start, start + _MAX_MISTAKE)
    following = _OPENING.search(text, start + 2, start + _MAX_MISTAKE)
    if end and (following is None or end.start() < following.start()):
        return Found("tag-fullwidth" if end["wide"] else "tag-spaced", start, end.end())
    return Found("tag-unclosed", start, start + 2)


def _strict(text: str, start: int, wanted: str) -> Found | None:
    """Return the tag that starts here, strings and braces within it respected."""
    position, depth = start + 2, 0
    while inner := _INSIDE.search(text, position):
        sign = inner.group()
        position = inner.end()
        if inner["quote"]:
            after = _after_string(text, position, sign in _DOUBLES)
            if after is None:
                return None
            position = after
        elif depth and sign in ("}", "}}"):
            depth -= 1
            position = inner.start() + 1
        elif sign == "{":
            depth += 1
        elif sign in ("}}", "%}", "}"):
            return _ended(text, start, inner, wanted)
        else:
            return None
    return None


def _ended(text: str, start: int, ending: re.Match[str], wanted: str) -> Found:
    sign = ending.group()
    if sign == wanted:
        return Found("tag", start, ending.end())
    if sign != "}":
        return Found("tag-mixed", start, ending.end())
    between = text[start + 2 : ending.start()]
    spaced = between[-1:].isspace() and between.rstrip().endswith(wanted[0])
    return Found("tag-spaced" if spaced else "tag-half", start, ending.end())


def _after_string(text: str, position: int, double: bool) -> int | None:  # noqa: FBT001 - private
    begin = position
    while found := _STRING_ENDS[double].search(text, position):
        if found["end"]:
            return found.end()
        position = found.end()
        if not found.group().startswith("\\") and position - begin > _MAX_BRACE_STRING:
            return None
        if found.group() in (TABLE_END, PARAGRAPH_END):
            return None
    return None


def _loose(text: str, start: int, wanted: str) -> Found | None:
    """Return the tag up to its first end, whatever stands between, as far as the next tag."""
    following = _OPENING.search(text, start + 2)
    limit = following.start() if following else len(text)
    table = text.find(TABLE_END, start, limit)
    limit = limit if table < 0 else table
    end = text.find(wanted, start + 2, limit)
    if end >= 0:
        return Found("tag", start, end + 2)
    return None


def _between(text: str, start: int, end: int) -> Iterator[Found]:
    depth, position = 0, start
    for near in _NEAR.finditer(text, start, end):
        group = near.lastgroup or ""
        depth = _depth(text[position : near.start()], depth)
        position = near.end()
        if near.group() == "}}" and depth >= 2:  # both were opened, as in JSON
            depth -= 2
            continue
        code = group if group == "literal" else f"tag-{group}"
        yield Found(code, near.start(), near.end())
