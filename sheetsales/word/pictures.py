"""Pictures in a document: the drawing in the text, and the parts that it needs."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from posixpath import dirname
from typing import Any

from markupsafe import escape

from sheetsales.errors import TemplateError
from sheetsales.word import relations
from sheetsales.word.images import ImageFacts, InlineImage, image_facts
from sheetsales.word.links import is_safe_link
from sheetsales.word.package import Package
from sheetsales.word.relations import Relation, relations_part
from sheetsales.word.shown import WordValue

_EMU_PER_CM = 360_000
_MAIN = "http://schemas.openxmlformats.org/drawingml/2006"
_LINK = (
    '<a:hlinkClick xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'r:id="{id}"/>'
)
_DRAWING = (
    "<w:drawing>"
    '<wp:inline xmlns:a="{main}/main" xmlns:pic="{main}/picture" '
    'xmlns:wp="{main}/wordprocessingDrawing">'
    '<wp:extent cx="{width}" cy="{height}"/>'
    '<wp:docPr id="{id}" name="Picture {id}"{described}>{link}</wp:docPr>'
    '<wp:cNvGraphicFramePr><a:graphicFrameLocks noChangeAspect="1"/></wp:cNvGraphicFramePr>'
    '<a:graphic><a:graphicData uri="{main}/picture">'
    '<pic:pic><pic:nvPicPr><pic:cNvPr id="0" name="{name}">{link}</pic:cNvPr><pic:cNvPicPr/>'
    '</pic:nvPicPr><pic:blipFill><a:blip xmlns:r="http://schemas.openxmlformats.org/'
    'officeDocument/2006/relationships" r:embed="{relation}"/>'
    "<a:stretch><a:fillRect/></a:stretch></pic:blipFill>"
    '<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{width}" cy="{height}"/></a:xfrm>'
    '<a:prstGeom prst="rect"/></pic:spPr>'
    "</pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing>"
)
_AROUND = {
    "": '</w:t></w:r><w:r>{}</w:r><w:r><w:t xml:space="preserve">',
    "r": "<w:r>{}</w:r>",
    "p": "<w:p><w:r>{}</w:r></w:p>",
}


class Drawing(WordValue):
    """A picture bound to the document that shows it; it is drawn where a tag prints it."""

    __slots__ = ("_draw",)
    places: frozenset[str] = frozenset(_AROUND)

    def __init__(self, draw: Callable[[], str]) -> None:
        self._draw = draw

    def xml_at(self, place: str) -> str:
        """Return the drawing as text of a part."""
        return _AROUND[place].format(self._draw())


@dataclass
class Pictures:
    """The pictures of one document, collected while its parts are rendered.

    Attributes:
        package: the parts of the template.
        file: name of the template, for messages.
        record: what the record is called in messages.
        part: the part that is being rendered; a picture belongs to the part that shows it.
    """

    package: Package
    file: str
    record: str
    part: str = ""
    _media: dict[str, tuple[str, bytes, str]] = field(default_factory=dict)
    _relations: dict[str, dict[tuple[str, str], str]] = field(default_factory=dict)
    _drawn: int = 0

    def of_chart(self, chart: Mapping[str, Any]) -> Drawing:
        """Return the drawing of the data of a chart."""
        return Drawing(partial(self._draw_chart, chart))

    def of_image(self, image: InlineImage) -> Drawing:
        """Return the drawing of a picture."""
        return Drawing(partial(self._draw_image, image))

    def parts(self) -> Iterator[tuple[str, bytes]]:
        """Yield the parts that the drawn pictures add or change."""
        types = {}
        for name, image, content_type in self._media.values():
            yield f"word/media/{name}", image
            types[name.rpartition(".")[2]] = content_type
        for part, found in self._relations.items():
            path = relations_part(part)
            added = [
                Relation(name, kind, target, external=kind == relations.HYPERLINK)
                for (kind, target), name in found.items()
            ]
            yield path, relations.with_relations(self.package, path, added, self.file)
        if types:
            changed = relations.with_types(self.package, types, {}, self.file)
            yield relations.TYPES_PART, changed

    def _draw_chart(self, chart: Mapping[str, Any]) -> str:
        # matplotlib costs half a second, and most kinds of document show no picture.
        from sheetsales.word.charts import draw_chart  # noqa: PLC0415

        drawn = draw_chart(chart)
        facts = ImageFacts(
            "png",
            "image/png",
            round(drawn.width_cm * _EMU_PER_CM),
            round(drawn.height_cm * _EMU_PER_CM),
        )
        described = f' descr="{escape(chart["title"])}"'
        return self._drawing("chart", drawn.image, facts, described=described)

    def _draw_image(self, image: InlineImage) -> str:
        blob = image.image(self.record, self.file)
        try:
            facts = image_facts(blob)
        except TemplateError as error:
            error.arguments |= {"file": self.file, "record": self.record, "name": _name_of(image)}
            raise
        width, height = _size(image, facts)
        sized = ImageFacts(facts.extension, facts.content_type, width, height)
        link = self._link(image.anchor) if image.anchor else ""
        shown = _name_of(image) or f"image.{facts.extension}"
        return self._drawing("image", blob, sized, link=link, shown=shown)

    def _drawing(
        self,
        stem: str,
        image: bytes,
        facts: ImageFacts,
        *,
        described: str = "",
        link: str = "",
        shown: str = "",
    ) -> str:
        name = self._media_name(stem, image, facts)
        self._drawn += 1
        folder = "" if dirname(self.part) == "word" else "/word/"
        return _DRAWING.format(
            main=_MAIN,
            width=facts.width,
            height=facts.height,
            id=self._drawn,
            name=escape(shown or name),
            described=described,
            link=_LINK.format(id=link) if link else "",
            relation=self._relation(relations.IMAGE, f"{folder}media/{name}"),
        )

    def _media_name(self, stem: str, image: bytes, facts: ImageFacts) -> str:
        digest = hashlib.sha256(image).hexdigest()
        if digest not in self._media:
            number = len(self._media) + 1
            while f"word/media/{stem}-{number}.{facts.extension}" in self.package:
                number += 1
            taken = {name for name, _, _ in self._media.values()}
            while f"{stem}-{number}.{facts.extension}" in taken:
                number += 1
            name = f"{stem}-{number}.{facts.extension}"
            self._media[digest] = (name, image, facts.content_type)
        return self._media[digest][0]

    def _link(self, target: str) -> str:
        if not is_safe_link(target):
            raise TemplateError("template-link", file=self.file, part=self.part, target=target)
        return self._relation(relations.HYPERLINK, target)

    def _relation(self, kind: str, target: str) -> str:
        """Return the id of a relation of the part that is being rendered."""
        found = self._relations.setdefault(self.part, {})
        return found.setdefault((kind, target), f"shown{len(found) + 1}")


def _size(image: InlineImage, facts: ImageFacts) -> tuple[int, int]:
    if image.width is None and image.height is None:
        return facts.width, facts.height
    if image.width is None:
        assert image.height is not None
        return round(facts.width * image.height / facts.height), image.height
    if image.height is None:
        return image.width, round(facts.height * image.width / facts.width)
    return image.width, image.height


def _name_of(image: InlineImage) -> str:
    return "" if isinstance(image.source, bytes) else image.source.name
