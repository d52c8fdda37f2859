"""Values of a record that are more than text: what they have in common."""

from __future__ import annotations

from collections.abc import Iterator

from sheetsales.word.printing import PrintError


class WordValue:
    """A value that a tag shows as XML of its own: formatted text, a picture, a document.

    Its markup is safe by construction: the texts in it are escaped, and checked with the record.

    Attributes:
        called: what it is called in messages, "" for the name of its class.
        places: where it may be printed: ``""`` the text of a run, ``r`` instead of a run, …
    """

    places: frozenset[str] = frozenset({""})
    called = ""

    def texts(self) -> Iterator[str]:
        """Yield the texts that it shows."""
        yield from ()

    def markup(self, place: str) -> str:
        """Return its XML for a place.

        Raises:
            PrintError: it cannot be shown there.
        """
        if place not in self.places:
            raise PrintError(self._complaint())
        return self.xml_at(place)

    def xml_at(self, _place: str) -> str:
        """Return its XML for one of its places."""
        raise NotImplementedError

    def __html__(self) -> str:
        """Return its XML for the text of a run."""
        return self.markup("")

    def _complaint(self) -> str:
        tag = next((place for place in ("", "r", "p") if place in self.places), "")
        return f"print-as: {self.called or type(self).__name__}, {{{{{tag} }}}}"
