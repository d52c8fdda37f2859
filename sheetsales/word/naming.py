"""Fields of a kind of document, and which of them a misspelt one may have been."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from rapidfuzz import fuzz

from sheetsales.word.fields import ELEMENT, Scope, with_containers

Shape = Literal["list", "mapping", "value", "unknown"]

_MOST = 3
_LEAST_SCORE = 66.0
_CLOSE = 6.0
_BETWEEN = re.compile(r"(?<=[^\x00-\x7f]) (?=[^\x00-\x7f])")
_WORDS = re.compile(r"[\s:._\-\[\]/／（）()]+")


@dataclass(frozen=True)
class Fields:
    """The paths of the data that records of a kind have.

    Attributes:
        given: the paths, e.g. ``buyer.name``, ``lines[].amount``.
        titles: what staff call a path.
    """

    given: frozenset[str]
    titles: Mapping[str, str]
    known: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        """Note what the paths lie in."""
        object.__setattr__(self, "known", with_containers(self.given))

    def shape(self, path: str) -> Shape:
        """Return what stands at a path."""
        if path not in self.known:
            return "unknown"
        if path + ELEMENT in self.known:
            return "list"
        inner = path + "."
        return "mapping" if any(one.startswith(inner) for one in self.known) else "value"

    def meant(self, typed: str, scope: Scope) -> list[str]:
        """Return what may have been meant by an unknown field, as the author would write it."""
        scored = sorted(
            (
                (self._score(typed, path, written), written, path)
                for path, written in self._offers(scope)
            ),
            key=lambda one: (-one[0], len(one[1]), one[1]),
        )
        best = [one for one in scored if one[0] >= max(_LEAST_SCORE, scored[0][0] - _CLOSE)]
        return [written for _, written, _ in best[:_MOST]]

    def title_of(self, written: str, scope: Scope) -> str:
        """Return what staff call a field that an author writes so; empty if they have no word."""
        name, _, rest = written.partition(".")
        path = scope.get(name, name)
        full = f"{path}.{rest}" if rest else str(path)
        return spoken_title(self.titles.get(full, ""))

    def list_of(self, typed: str) -> tuple[str, str] | None:
        """Return a list and the field of its items that a field outside of a loop may mean."""
        last = re.split(r"[.\]]+", typed)[-1]
        for path in sorted(self.given):
            holder, sign, name = path.rpartition(f"{ELEMENT}.")
            exact = path.replace(ELEMENT, "") == typed.replace(ELEMENT, "")
            titled = _plain(_column(self.titles.get(path, ""))) == _plain(last)
            if sign and ELEMENT not in holder and (exact or name == last or titled):
                return holder, name
        return None

    def _offers(self, scope: Scope) -> Iterator[tuple[str, str]]:
        """Yield the paths that can be written here, each with how."""
        for path in self.known:
            for name, source in scope.items():
                if source is not None and (path == source or path.startswith(f"{source}.")):
                    written = name + path[len(source) :]
                    if ELEMENT not in written:
                        yield path, written
            if ELEMENT not in path and path.partition(".")[0] not in scope:
                yield path, path

    def _score(self, typed: str, path: str, written: str) -> float:
        score = fuzz.ratio(typed.lower(), written.lower())
        last, wanted = (text.lower().rpartition(".")[2] for text in (typed, written))
        if last == wanted:
            score = max(score, 80.0 + score / 10)
        title = self.titles.get(path, "")
        if title and not typed.isascii():
            name = _plain(typed)
            spoken = (_plain(title), _plain(_column(title)))
            score = max(score, fuzz.ratio(name, spoken[0]), fuzz.ratio(name, spoken[1]) - 2)
        return score


def spoken_title(title: str) -> str:
    """Return the title of a field as it is written: without a blank between Chinese words.

    >>> spoken_title("客戶 名稱"), spoken_title("Customer: customer name")
    ('客戶名稱', 'Customer: customer name')
    """
    return _BETWEEN.sub("", title)


def _column(title: str) -> str:
    """Return the title of the column alone, without that of its table."""
    return title.rpartition(": " if ": " in title else " ")[2]


def _plain(text: str) -> str:
    return _WORDS.sub("", unicodedata.normalize("NFKC", text)).lower()
