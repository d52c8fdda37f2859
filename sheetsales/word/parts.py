"""One part of a template, compiled once and rendered for every record."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from docxtpl import DocxTemplate
from jinja2 import Template as JinjaTemplate
from jinja2 import TemplateSyntaxError, UndefinedError, nodes
from jinja2.exceptions import SecurityError
from lxml import etree

from sheetsales.errors import TemplateError
from sheetsales.word.environment import PlainEnvironment
from sheetsales.word.fields import used_fields
from sheetsales.word.xml import parsed, serialised

MAX_CHARACTERS = 32 * 1024 * 1024
"""Longest text that one part of a document may become."""
MAX_SECONDS = 60.0
"""Longest time that one part of a document may take."""

_ENVIRONMENT = PlainEnvironment()
_MARKUP = re.compile(r"<[^>]+>")
_TAG = re.compile(r"\{[{%#]")
_COLUMNS = re.compile(r"\{%\s*(?:tc\s|colspan|hm\b)")
_DRAWING_ID = re.compile(r'(<wp:docPr\b[^>]*?\bid=")\d+')
_LITERALS = {"{_{": "{{", "}_}": "}}", "{_%": "{%", "%_}": "%}"}
_LITERAL = re.compile("|".join(map(re.escape, _LITERALS)))
_FORBIDDEN = (
    nodes.Call,
    nodes.CallBlock,
    nodes.Macro,
    nodes.Block,
    nodes.Extends,
    nodes.Include,
    nodes.Import,
    nodes.FromImport,
    nodes.ScopedEvalContextModifier,
)


@dataclass(frozen=True)
class CompiledPart:
    """A part of a template, ready to be rendered.

    Attributes:
        file: name of the template.
        name: name of the part, e.g. ``word/document.xml``.
        jinja: the compiled text.
        fields: paths of the data that the part shows.
        repairs_tables: whether the number of columns depends on the record.
    """

    file: str
    name: str
    jinja: JinjaTemplate
    fields: frozenset[str]
    repairs_tables: bool

    def render(self, record: Mapping[str, Any], name: str) -> bytes:
        """Return the part as it is for a record.

        Raises:
            TemplateError: a field is missing, a tag does what it may not, or the result is too
                long or not well formed.
        """
        try:
            text = self._limited(record, name)
        except UndefinedError as error:
            raise self._error("field-missing", name, error) from error
        except SecurityError as error:
            raise self._error("template-forbidden", name, error) from error
        except (TypeError, ValueError, ArithmeticError) as error:
            raise self._error("template-expression", name, error) from error
        return self._finished(text)

    def _limited(self, record: Mapping[str, Any], name: str) -> str:
        deadline = time.monotonic() + MAX_SECONDS
        chunks, length = [], 0
        for chunk in self.jinja.generate(record):
            chunks.append(chunk)
            length += len(chunk)
            if length > MAX_CHARACTERS or time.monotonic() > deadline:
                raise TemplateError(
                    "document-too-large", file=self.file, part=self.name, record=name
                )
        return "".join(chunks)

    def _finished(self, text: str) -> bytes:
        if self.repairs_tables:
            # Repairing swallows broken XML, so well-formedness is checked before.
            parsed(text.encode(), self.file, self.name)
            return serialised(_docxtpl().fix_tables(_numbered(text)))
        return serialised(parsed(_numbered(text).encode(), self.file, self.name))

    def _error(self, code: str, name: str, error: Exception) -> TemplateError:
        return TemplateError(
            code, file=self.file, part=self.name, record=name, reason=str(error) or code
        )


def compile_part(file: str, name: str, blob: bytes) -> CompiledPart | None:
    """Return a part compiled for rendering; None if it holds no tag.

    Raises:
        TemplateError: the part is not well formed, a tag cannot be read or is not allowed.
    """
    source = etree.tostring(parsed(blob, file, name), encoding="unicode")
    text = _docxtpl().patch_xml(source)
    if not _TAG.search(text) and not _LITERAL.search(text):
        return None
    text = _LITERAL.sub(lambda match: f'{{{{ "{_LITERALS[match.group()]}" }}}}', text)
    try:
        tree = _ENVIRONMENT.parse(text)
        jinja = _ENVIRONMENT.from_string(text)
    except TemplateSyntaxError as error:
        raise TemplateError(
            "template-syntax", file=file, part=name, reason=error.message or "", near=_near(error)
        ) from error
    for node in tree.find_all(_FORBIDDEN):
        kind = type(node).__name__.lower()
        raise TemplateError("template-forbidden", file=file, part=name, record="", reason=kind)
    columns = _COLUMNS.search(_MARKUP.sub("", source)) is not None
    return CompiledPart(file, name, jinja, used_fields(tree), columns)


def _docxtpl() -> DocxTemplate:
    # Its preparation of tags that Word has split needs no file.
    return DocxTemplate("")


def _numbered(text: str) -> str:
    """Return a text whose drawings have different ids, also those that a loop repeated."""
    if "<wp:docPr" not in text:
        return text
    ids = iter(range(1, len(text)))
    return _DRAWING_ID.sub(lambda match: f"{match.group(1)}{next(ids)}", text)


def _near(error: TemplateSyntaxError) -> str:
    lines = (error.source or "").splitlines()
    line = lines[error.lineno - 1] if 0 < error.lineno <= len(lines) else ""
    return _MARKUP.sub("", line)[:80]
