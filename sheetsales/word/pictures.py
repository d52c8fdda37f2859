"""Pictures in a document: the drawing in the text, and the parts that it needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from markupsafe import escape

from sheetsales.word import relations
from sheetsales.word.package import Package
from sheetsales.word.relations import Relation, relations_part
from sheetsales.word.values import is_chart

_EMU_PER_CM = 360_000
_FIRST_ID = 100_000
_MAIN = "http://schemas.openxmlformats.org/drawingml/2006"
_DRAWING = (
    "</w:t></w:r><w:r><w:drawing>"
    '<wp:inline xmlns:wp="{main}/wordprocessingDrawing" distT="0" distB="0" distL="0" distR="0">'
    '<wp:extent cx="{width}" cy="{height}"/>'
    '<wp:docPr id="{id}" name="{name}" descr="{title}"/>'
    '<a:graphic xmlns:a="{main}/main"><a:graphicData uri="{main}/picture">'
    '<pic:pic xmlns:pic="{main}/picture">'
    '<pic:nvPicPr><pic:cNvPr id="{id}" name="{name}"/><pic:cNvPicPr/></pic:nvPicPr>'
    '<pic:blipFill><a:blip xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/'
    'relationships" r:embed="{relation}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>'
    '<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{width}" cy="{height}"/></a:xfrm>'
    '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr>'
    "</pic:pic></a:graphicData></a:graphic></wp:inline>"
    '</w:drawing></w:r><w:r><w:t xml:space="preserve">'
)


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart in a record; it is drawn where a tag prints it."""

    draw: Callable[[], str]

    def __html__(self) -> str:
        """Return the drawing as text of a part."""
        return self.draw()


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that a part shows."""

    part: str
    name: str
    relation: str
    image: bytes


@dataclass
class Pictures:
    """The pictures of one document, collected while its parts are rendered.

    Attributes:
        package: the parts of the template.
        file: name of the template, for messages.
        part: the part that is being rendered; a picture belongs to the part that shows it.
        drawn: the pictures so far.
    """

    package: Package
    file: str
    part: str = ""
    drawn: list[Picture] = field(default_factory=list)

    def shown(self, value: object) -> Any:
        """Return a record with every chart in it replaced by its drawing."""
        if isinstance(value, Mapping):
            if is_chart(value):
                return Drawing(partial(self._draw, value))
            return {key: self.shown(part) for key, part in value.items()}
        if isinstance(value, list | tuple):
            return [self.shown(part) for part in value]
        return value

    def parts(self) -> dict[str, bytes]:
        """Return the parts that the drawn pictures add or change, content types excepted."""
        changed = {f"word/media/{picture.name}": picture.image for picture in self.drawn}
        for part in dict.fromkeys(picture.part for picture in self.drawn):
            added = [
                Relation(picture.relation, relations.IMAGE, f"media/{picture.name}")
                for picture in self.drawn
                if picture.part == part
            ]
            path = relations_part(part)
            changed[path] = relations.with_relations(self.package, path, added, self.file)
        return changed

    def _draw(self, chart: Mapping[str, Any]) -> str:
        # matplotlib costs half a second, and most kinds of document show no picture.
        from sheetsales.word.charts import draw_chart  # noqa: PLC0415

        drawn = draw_chart(chart)
        number = len(self.drawn) + 1
        picture = Picture(self.part, f"chart-{number}.png", f"chart{number}", drawn.image)
        self.drawn.append(picture)
        return _DRAWING.format(
            main=_MAIN,
            width=round(drawn.width_cm * _EMU_PER_CM),
            height=round(drawn.height_cm * _EMU_PER_CM),
            id=_FIRST_ID + number,
            name=picture.name,
            title=escape(chart["title"]),
            relation=picture.relation,
        )
