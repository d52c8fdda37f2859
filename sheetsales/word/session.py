"""One document in the making: its formatted texts, pictures and subdocuments, bound to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sheetsales.errors import TemplateError
from sheetsales.word.foreign import adopted
from sheetsales.word.images import InlineImage
from sheetsales.word.package import Package
from sheetsales.word.pictures import Pictures
from sheetsales.word.subdocuments import Inserted, Subdocument, digest, merged
from sheetsales.word.values import is_chart


class Session:
    """What is special about the values of one record.

    Attributes:
        context: the record with every picture and subdocument replaced by what prints it.
        package: the members of the template, with those of the subdocuments.
    """

    def __init__(
        self, package: Package, file: str, record: str, context: Mapping[str, Any]
    ) -> None:
        found: dict[int, tuple[Subdocument, bytes]] = {}
        for one in _subdocuments(context):
            if id(one) not in found:
                found[id(one)] = (one, _blob(one, file, record))
        self.package = package
        self._inserted = {}
        if found:
            blobs = [blob for _, blob in found.values()]
            together = merged(package, blobs, file, record)
            self.package = together.package
            self._inserted = {
                key: Inserted(together.texts[digest(blob)]) for key, (_, blob) in found.items()
            }
        self._pictures = Pictures(self.package, file, record)
        self.context: dict[str, Any] = self._shown(context)

    def enter(self, part: str) -> None:
        """Say which part is rendered next."""
        self._pictures.part = part

    def parts(self) -> Iterator[tuple[str, bytes]]:
        """Yield the parts that the pictures add or change."""
        return self._pictures.parts()

    def _shown(self, value: Any) -> Any:
        if isinstance(value, Mapping):
            if is_chart(value):
                return self._pictures.of_chart(value)
            return {key: self._shown(part) for key, part in value.items()}
        if isinstance(value, list | tuple):
            return [self._shown(part) for part in value]
        value = adopted(value) or value
        if isinstance(value, InlineImage):
            return self._pictures.of_image(value)
        return self._inserted.get(id(value), value) if isinstance(value, Subdocument) else value


def _subdocuments(value: object) -> Iterator[Subdocument]:
    if isinstance(value, Subdocument):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _subdocuments(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _subdocuments(part)


def _blob(one: Subdocument, file: str, record: str) -> bytes:
    try:
        return one.blob()
    except OSError as error:
        reason = f"{one.name}: {error.strerror or error}"
        raise TemplateError(
            "record-subdocument", file=file, record=record, reason=reason
        ) from error
