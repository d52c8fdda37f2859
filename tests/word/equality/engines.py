"""The two engines behind one face, so that a case is written once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, Protocol

import docx
import docxtpl
import jinja2
from docx.shared import Mm

from sheetsales import word


class Kit(Protocol):
    """What a case needs of an engine besides plain data."""

    def rich(self, text: Any = None, **style: Any) -> Any:
        """Return a RichText."""

    def rich_paragraphs(self) -> Any:
        """Return an empty RichTextParagraph."""

    def listing(self, text: str) -> Any:
        """Return a Listing."""

    def image(self, path: Path, **millimetres: float) -> Any:
        """Return a picture with `width` or `height` or both."""

    def file(self, path: Path) -> Any:
        """Return a subdocument of a file."""

    def link(self, url: str) -> Any:
        """Return what a RichText takes as `url_id`."""

    @property
    def template(self) -> Any:
        """The template, for `replace_…`."""


@dataclass(frozen=True)
class Case:
    """A template, a record, and what it covers.

    Attributes:
        name: what the case is called.
        covers: the feature, as the documentation calls it.
        build: writes the template and returns its path.
        context: makes the record; gets the kit and the folder of the template.
        replace: calls `replace_…` of the template.
        filters: filters of the caller's own.
        explained: names of differences that are expected, see `comparing.REASONS`.
        beyond: texts that parts have which only our engine renders.
    """

    name: str
    covers: str
    build: Callable[[Path], Path]
    context: Callable[[Kit, Path], Mapping[str, Any]] = lambda kit, folder: {}
    replace: Callable[[Any, Path], None] | None = None
    filters: Mapping[str, Callable[..., Any]] | None = None
    explained: tuple[str, ...] = ()
    beyond: Mapping[str, str] | None = None


class _Docxtpl:
    def __init__(self, path: Path) -> None:
        self.template = docxtpl.DocxTemplate(str(path))
        self.template.init_docx()

    def rich(self, text: Any = None, **style: Any) -> Any:
        return docxtpl.RichText(text, **style)

    def rich_paragraphs(self) -> Any:
        return docxtpl.RichTextParagraph()

    def listing(self, text: str) -> Any:
        return docxtpl.Listing(text)

    def image(self, path: Path, **millimetres: float) -> Any:
        return docxtpl.InlineImage(self.template, str(path), **_sizes(millimetres))

    def file(self, path: Path) -> Any:
        return self.template.new_subdoc(str(path))

    def link(self, url: str) -> Any:
        return self.template.build_url_id(url)


class _Ours:
    def __init__(self, path: Path, filters: Mapping[str, Callable[..., Any]]) -> None:
        # So that cases without filters run on engines that take none.
        self.template = word.Template(path, filters=filters) if filters else word.Template(path)

    def rich(self, text: Any = None, **style: Any) -> Any:
        return word.RichText(text, **style)

    def rich_paragraphs(self) -> Any:
        return word.RichTextParagraph()

    def listing(self, text: str) -> Any:
        return word.Listing(text)

    def image(self, path: Path, **millimetres: float) -> Any:
        return word.InlineImage(path, **_sizes(millimetres))

    def file(self, path: Path) -> Any:
        return word.Subdocument(path)

    def link(self, url: str) -> Any:
        return url


def _sizes(millimetres: Mapping[str, float]) -> dict[str, Any]:
    return {name: Mm(size) for name, size in millimetres.items()}


def with_docxtpl(case: Case, path: Path) -> bytes:
    """Render a case with docxtpl, which is asked to escape."""
    kit = _Docxtpl(path)
    environment = jinja2.Environment(autoescape=True)
    environment.filters.update(case.filters or {})
    if case.replace:
        case.replace(kit.template, path.parent)
    kit.template.render(case.context(kit, path.parent), environment, autoescape=True)
    out = BytesIO()
    kit.template.save(out)
    return out.getvalue()


def with_ours(case: Case, path: Path) -> bytes:
    """Render a case with our engine."""
    kit = _Ours(path, case.filters or {})
    if case.replace:
        case.replace(kit.template, path.parent)
    content: bytes = kit.template.render_bytes(word.Record(case.context(kit, path.parent)))
    return content


def texts(content: bytes) -> list[str]:
    """Return the texts of the paragraphs of the body."""
    return [each.text for each in docx.Document(BytesIO(content)).paragraphs]
