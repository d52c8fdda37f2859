"""Makes whole tags of what is nearly one, so that a mistake is told once and hides no other."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sheetsales.word.mistakes import Mistake, mistake_at, shown
from sheetsales.word.scan import PARAGRAPH_END, Scan, Stream, joined
from sheetsales.word.statements import CLOSERS, MIDDLES, OPENERS, Statement, read_statement
from sheetsales.word.tags import Scope, Tag, TagKind, TagMistake
from sheetsales.word.wording import plain

_OPENING = re.compile(r"[{｛][ \u00a0\u3000]*[{｛%％#]?")
_CLOSING = re.compile(r"[}｝%％#][ \u00a0\u3000]*[}｝]?\s*$")
_ENDS = frozenset("}｝")
_SCOPE = re.compile(r"(p|tr|tc|r)\s+(?=\S)")
_FIRST = re.compile(r"[^\W\d]\w*(?:\.\w+|\[\d+\])*(?:\s*\|\s*\w+)*")
_LAST = re.compile(r"(?:[^\W\d]\w*\s+)?[^\W\d][\w.|]*\s*$")
_LOOP = re.compile(r"for\s+\w+(?:\s*,\s*\w+)?\s+in\s+[\w.|]+")
_CHOICE = re.compile(r"(?:if|elif)\s+(?:not\s+)?[\w.]+")
_STRAIGHT = str.maketrans("“”‘’", "\"\"''")
_LONGEST = 160
_SIGNS = 4
"""Longest sign without a content, blanks included."""
_RANKS = ("tag-fullwidth", "tag-spaced", "tag-mixed", "tag-half", "tag-unclosed", "tag-unopened")
_WORDS = frozenset({*OPENERS, *CLOSERS, *MIDDLES, "set", "raw"})


@dataclass(frozen=True, slots=True)
class NearTag:
    """A tag as it was meant, and what is wrong with how it is written."""

    statement: Statement
    mistake: Mistake


@dataclass(slots=True)
class _Sign:
    code: str
    tag: Tag
    stream: Stream
    text: str
    start: int
    end: int

    @property
    def opens(self) -> bool:
        typed = self.text[self.start : self.end]
        return typed[:1] in "{｛" and typed[-1:] not in _ENDS and len(typed) <= _SIGNS

    @property
    def closes(self) -> bool:
        typed = self.text[self.start : self.end]
        return typed[:1] not in "{｛"


def near_tags(scan: Scan, mistakes: Sequence[TagMistake]) -> Iterator[NearTag]:
    """Yield what is nearly a tag, the two signs around one content taken together."""
    signs = sorted(_signs(scan, mistakes), key=lambda sign: sign.tag.start)
    position = 0
    while position < len(signs):
        sign = signs[position]
        following = signs[position + 1] if position + 1 < len(signs) else None
        if following is not None and _belong(sign, following):
            code = min(sign.code, following.code, key=_RANKS.index)
            yield _near(sign, code, sign.start, following.end)
            position += 2
            continue
        # Two braces apart from each other, and no tag before them, are just text.
        if sign.code != "tag-spaced" or not sign.closes:
            yield _alone(sign)
        position += 1


def _signs(scan: Scan, mistakes: Sequence[TagMistake]) -> Iterator[_Sign]:
    wanted = {
        mistake.tag.start: mistake
        for mistake in mistakes
        if mistake.tag is not None and mistake.code.startswith("tag-")
    }
    if not wanted:
        return
    holders = sorted(
        ((piece.start, piece.end, stream) for stream in scan.streams for piece in stream.pieces),
        key=lambda one: one[0],
    )
    begins = [begin for begin, _, _ in holders]
    texts: dict[int, tuple[str, list[int]]] = {}
    for start, mistake in wanted.items():
        index = bisect_right(begins, start) - 1
        if index < 0 or start >= holders[index][1] or mistake.tag is None:
            continue
        stream = holders[index][2]
        if id(stream) not in texts:
            texts[id(stream)] = joined(scan.xml, stream)
        text, offsets = texts[id(stream)]
        begin, end = (_position(stream, offsets, at) for at in (start, mistake.tag.end - 1))
        yield _Sign(mistake.code, mistake.tag, stream, text, begin, end + 1)


def _position(stream: Stream, offsets: Sequence[int], at: int) -> int:
    """Return where a character of the XML stands in the text of its stream."""
    index = bisect_right(stream.pieces, at, key=lambda piece: piece.start) - 1
    return offsets[index] + at - stream.pieces[index].start


def _belong(sign: _Sign, following: _Sign) -> bool:
    if sign.stream is not following.stream or not (sign.opens and following.closes):
        return False
    between = sign.text[sign.end : following.start]
    return len(between) <= _LONGEST and not re.search(rf"[{{}}\0{PARAGRAPH_END}]", between)


def _near(sign: _Sign, code: str, start: int, end: int) -> NearTag:
    """Return the tag between two signs."""
    typed = sign.text[start:end]
    inner = _CLOSING.sub("", _OPENING.sub("", typed, count=1))
    found = _SCOPE.match(inner.lstrip())
    scope: Scope = ""
    if found:
        scope = found.group(1)  # type: ignore[assignment]
        inner = inner.lstrip()[found.end() :]
    tag = _tag(sign, typed, inner.strip(" \u00a0\u3000{}｛｝%％"), scope)
    statement = read_statement(tag)
    return NearTag(statement, _told(tag, code, _whole(tag)))


def _alone(sign: _Sign) -> NearTag:
    typed = sign.text[sign.start : sign.end]
    if typed[:1] in "{｛" and len(typed) > _SIGNS:
        tail = re.match(r"[ \u00a0]*\}", sign.text[sign.end :])
        return _near(sign, sign.code, sign.start, sign.end + (tail.end() if tail else 0))
    start, end = sign.start, sign.end
    if sign.closes:
        before = sign.text[max(0, start - _LONGEST) : start].rpartition("\n")[2]
        found = _LAST.search(re.split(r"[{}｛｝]", before)[-1])
        inner = found.group().strip() if found else ""
        typed = (found.group() if found else "") + typed
    else:
        after = re.split(r"[{}｛｝\n\0]", sign.text[end : end + _LONGEST])[0]
        inner = _guess(after)
        typed = sign.text[start : end + min(len(after), 40)]
    words = inner.split()
    if sign.closes and len(words) == 2 and words[0] not in _WORDS:
        inner = words[1]
    tag = _tag(sign, typed, inner, "")
    word = inner.split(" ", 1)[0]
    statement = Statement(tag, word if word in _WORDS else "")
    return NearTag(statement, _told(tag, sign.code, _whole(tag) if inner else ""))


def _guess(after: str) -> str:
    """Return the content that a tag without an end most likely has."""
    text = after.lstrip()
    text = _SCOPE.sub("", text, count=1)
    word = re.match(r"\w*", text)
    if word and word.group() in (*CLOSERS, "else"):
        return word.group()
    for pattern in (_LOOP, _CHOICE, _FIRST):
        found = pattern.match(text)
        if found:
            return found.group()
    return ""


def _tag(sign: _Sign, typed: str, inner: str, scope: Scope) -> Tag:
    text = plain(typed).strip()
    inner = plain(inner).translate(_STRAIGHT).strip()
    word = inner.split(" ", 1)[0] if inner else ""
    sign_side = text[:3] if text[:1] in "{｛" else text[-3:]
    percent = "%" in sign_side or "％" in sign_side
    statement = word in _WORDS or (percent and not text.startswith("{{"))
    kind: TagKind = "block" if statement or scope in {"tr", "tc", "p"} else "variable"
    start = sign.tag.start
    return Tag(kind, text, inner, scope, start, sign.tag.end, sign.tag.spot)


def _whole(tag: Tag) -> str:
    if tag.kind == "variable":
        return shown(f"{{{{{tag.scope} {tag.inner} }}}}")
    return shown(f"{{%{tag.scope} {tag.inner} %}}")


def _told(tag: Tag, code: str, fix: str) -> Mistake:
    wide = any(character in tag.text for character in "｛｝％")
    variant = "fullwidth" if wide else code.removeprefix("tag-")
    if not fix:
        variant = f"{variant}-bare"
    return mistake_at(tag, "tag", variant, fix=fix)
