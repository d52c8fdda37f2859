"""What a tag says: its kind, its scope and its expression."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from sheetsales.word.scan import PARAGRAPH_END, TABLE_END
from sheetsales.word.tags import Scope, TagKind

_KINDS: dict[str, TagKind] = {"{{": "variable", "{%": "block", "{#": "comment"}
_SCOPES: dict[str, Scope] = {"p": "p", "tr": "tr", "tc": "tc", "r": "r", "": ""}
_SCOPE = re.compile(r"(p|tr|tc|r)(?=\s)")
_BLANKS = re.compile(rf"[\u00a0\u3000\t\r{PARAGRAPH_END}{TABLE_END}]")
_STRAIGHT = str.maketrans("“”‘’", "\"\"''")
_SHADES = re.compile(r"(cellbg|colspan)\s+(.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Wording:
    """A tag taken apart.

    Attributes:
        kind: what sort of tag it is.
        scope: what it takes the place of.
        left, right: ``-`` or ``+`` beside its signs.
        inner: its expression or statement, quotes made straight.
    """

    kind: TagKind
    scope: Scope
    left: str
    right: str
    inner: str

    @property
    def word(self) -> str:
        """The word that a statement begins with, e.g. ``if``."""
        return self.inner.split(None, 1)[0] if self.kind == "block" and self.inner else ""

    @property
    def cell_property(self) -> tuple[str, str] | None:
        """``vm``, ``hm``, ``cellbg`` or ``colspan`` with its expression, if it is one."""
        if self.kind != "block" or self.scope or self.left or self.right:
            return None
        if self.inner in ("vm", "hm"):
            return self.inner, ""
        found = _SHADES.fullmatch(self.inner)
        return (found[1], found[2]) if found else None


def worded(text: str) -> Wording:
    """Take apart the text of a tag as it stands in the XML."""
    kind = _KINDS[text[:2]]
    # Only signs that touch the braces are signs; a minus before a number may be one too.
    inner = plain(text[2:-2])
    left = inner[:1] if inner[:1] in ("-", "+") else ""
    inner = inner[len(left) :]
    right = inner[-1:] if inner[-1:] in ("-", "+") else ""
    inner = inner[: len(inner) - len(right)]
    found = None if left else _SCOPE.match(inner)
    scope = _SCOPES[found[1] if found else ""]
    inner = inner[len(scope) :].strip()
    if kind != "comment":
        inner = inner.translate(_STRAIGHT)
    return Wording(kind, scope, left, right, inner)


def plain(text: str) -> str:
    """Return a text of the XML as Jinja shall read it: entities resolved, blanks plain."""
    return _BLANKS.sub(" ", html.unescape(text) if "&" in text else text).replace("\n", " ")
