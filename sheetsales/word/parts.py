"""One part of a template, compiled once and rendered for every record."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from jinja2 import Template as JinjaTemplate
from jinja2 import TemplateSyntaxError, UndefinedError, nodes
from jinja2.exceptions import SecurityError
from lxml import etree

from sheetsales.errors import TemplateError
from sheetsales.word import limits
from sheetsales.word.breaks import is_marked, with_breaks
from sheetsales.word.columns import repair_tables, with_paragraphs
from sheetsales.word.fields import used_fields
from sheetsales.word.limits import LimitError
from sheetsales.word.prepare import Prepared, prepare
from sheetsales.word.printing import PrintError
from sheetsales.word.rendering import PartEnvironment, Place, compile_text
from sheetsales.word.rewriting import ForbiddenTagError, line_of
from sheetsales.word.tags import Tag, TagMistake
from sheetsales.word.xml import DECLARATION, parsed

_MARKUP = re.compile(r"<[^>]+>")
_SIGNS = re.compile(r"\{[{%#_]|[}%#_]\}")
_RUN_TEXT = re.compile(r"<w:t[ >]")
_FATAL = frozenset({"tag-unclosed", "tag-mixed", "tag-half", "scope-outside"})
"""Mistakes that would leave out or show raw what the author meant to be a value."""
_LOSING = {
    "scope-text": "template-loses-text",
    "scope-mixed": "template-loses-text",
    "scope-picture": "template-loses-picture",
    "scope-hollow": "template-hollow",
}
"""Mistakes by which something of the template would vanish, and their errors."""


@dataclass(frozen=True)
class CompiledPart:
    """A part of a template, ready to be rendered.

    Attributes:
        file: name of the template.
        name: name of the part, e.g. ``word/document.xml``.
        jinja: the compiled text.
        fields: paths of the data that the part shows.
        proven: whether no record can make it anything but well-formed.
        repairs_tables: whether the number of columns depends on the record.
        fills_cells: whether a cell may be left without the paragraph that Word asks for.
        draws: whether the template itself has a drawing in it.
        tag_at: the tag in a line of the compiled text, if there is one.
    """

    file: str
    name: str
    jinja: JinjaTemplate
    fields: frozenset[str]
    proven: bool
    repairs_tables: bool
    fills_cells: bool
    draws: bool
    tag_at: Callable[[int], Tag | None]

    def render(self, record: dict[str, Any], name: str, deadline: float | None = None) -> str:
        """Return the text of the part as it is for a record.

        Raises:
            TemplateError: a field is missing, a tag does what it may not, or the result is too
                long or not well formed.
        """
        return self._finished("".join(self._pieces(record, name, deadline)))

    def render_encoded(
        self, record: dict[str, Any], name: str, deadline: float | None = None
    ) -> bytes:
        """Return the same as UTF-8; a long text never stands in memory as a whole twice.

        Raises:
            TemplateError: as `render`.
        """
        pieces = self._pieces(record, name, deadline)
        is_final = self.proven and not (self.repairs_tables or self.fills_cells)
        if is_final and not any(map(is_marked, pieces)):
            return b"".join([piece.encode() for piece in pieces])
        return self._finished("".join(pieces)).encode()

    def _pieces(self, record: dict[str, Any], name: str, deadline: float | None) -> list[str]:
        try:
            return limits.run_pieces(self.jinja, record, deadline)
        except LimitError as error:
            raise self._error("document-too-large", name, error) from error
        except UndefinedError as error:
            raise self._error("field-missing", name, error) from error
        except SecurityError as error:
            raise self._error("template-forbidden", name, error) from error
        except PrintError as error:
            raise self._error("field-unprintable", name, error) from error
        except limits.FAILURES as error:
            raise self._error("template-expression", name, error) from error

    def _finished(self, text: str) -> str:
        if is_marked(text):
            text = with_breaks(text)
        if self.fills_cells:
            text = with_paragraphs(text)
        if self.proven and not self.repairs_tables:
            return text
        tree = parsed(text.encode(), self.file, self.name)
        if self.repairs_tables and repair_tables(tree):
            text = DECLARATION + etree.tostring(tree, encoding="unicode")
        return text

    def _error(self, code: str, name: str, error: Exception) -> TemplateError:
        line = line_of(error)
        tag = None if line is None else self.tag_at(line)
        return TemplateError(
            code,
            file=self.file,
            part=self.name,
            where=_where(tag),
            tag=_text(tag),
            record=name,
            reason=str(error) or code,
        )


def compile_part(
    file: str, name: str, blob: bytes, environment: PartEnvironment
) -> CompiledPart | None:
    """Return a part compiled for rendering; None if it holds no tag.

    Raises:
        TemplateError: the part is not well formed, a tag cannot be read or is not allowed.
    """
    xml = etree.tostring(parsed(blob, file, name), encoding="unicode")
    if not _SIGNS.search(_MARKUP.sub("", xml)) and not _SIGNS.search(xml):
        return None
    prepared = prepare(name, xml)
    for mistake in prepared.mistakes:
        if mistake.code in _FATAL:
            raise _unreadable(file, name, mistake.tag, mistake.code)
        if mistake.code in _LOSING:
            raise _losing(file, name, mistake)
    if not prepared.tags and prepared.source == xml:
        return None
    jinja, tree = _compiled(file, prepared, xml, environment)
    return CompiledPart(
        file=file,
        name=name,
        jinja=jinja,
        fields=used_fields(tree),
        proven=prepared.balanced,
        repairs_tables=prepared.repairs_tables,
        fills_cells=prepared.fills_cells,
        draws="<wp:docPr" in prepared.source,
        tag_at=prepared.tag_at,
    )


def _compiled(
    file: str, prepared: Prepared, xml: str, environment: PartEnvironment
) -> tuple[JinjaTemplate, nodes.Template]:
    def place_of(line: int) -> Place:
        tag = prepared.tag_at(line)
        return "bare" if tag is None else _place(tag, xml)

    try:
        return compile_text(DECLARATION + prepared.source, environment, place_of)
    except ForbiddenTagError as error:
        tag = prepared.tag_at(error.lineno)
        raise TemplateError(
            "template-forbidden",
            file=file,
            part=prepared.part,
            where=_where(tag),
            tag=_text(tag),
            record="",
            reason=error.message or "",
        ) from error
    except TemplateSyntaxError as error:
        tag = prepared.tag_at(error.lineno)
        raise _unreadable(file, prepared.part, tag, error.message or "") from error


def _place(tag: Tag, xml: str) -> Place:
    """Return where a tag prints: what it may print there depends on it."""
    if tag.kind != "variable" or tag.in_attribute:
        return "bare"
    if tag.scope:
        return tag.scope
    return "" if _RUN_TEXT.match(xml, xml.rfind("<", 0, tag.start)) else "bare"


def _unreadable(file: str, part: str, tag: Tag | None, reason: str) -> TemplateError:
    return TemplateError(
        "template-syntax",
        file=file,
        part=part,
        where=_where(tag),
        tag=_text(tag),
        reason=reason,
        near=_text(tag)[:80],
    )


def _losing(file: str, part: str, mistake: TagMistake) -> TemplateError:
    tag = mistake.tag
    return TemplateError(
        _LOSING[mistake.code],
        file=file,
        part=part,
        where=_where(tag),
        tag=_text(tag),
        unit=f"scope-{tag.scope if tag else ''}",
        lost=mistake.lost[:80],
    )


def _where(tag: Tag | None) -> str:
    return "" if tag is None else str(tag.spot)


def _text(tag: Tag | None) -> str:
    return "" if tag is None else tag.text
