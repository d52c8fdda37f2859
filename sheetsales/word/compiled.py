"""A template ready for rendering: what is the same in every document is made once."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sheetsales.word import limits, relations
from sheetsales.word.deflate import Deflater
from sheetsales.word.drawings import DrawingIds, drawing_ids
from sheetsales.word.jobs import Record
from sheetsales.word.package import Member, Package
from sheetsales.word.parts import CompiledPart, compile_part
from sheetsales.word.properties import CORE_PART, CUSTOM_PART, CoreTimes, CustomProperties
from sheetsales.word.relations import Relation
from sheetsales.word.rendering import PartEnvironment
from sheetsales.word.session import Session
from sheetsales.word.values import is_plain, refuse_properties, refuse_unprintable


@dataclass
class CustomWriter:
    """How the custom properties of some names are written."""

    properties: CustomProperties
    part: CompiledPart | None


@dataclass
class CompiledTemplate:
    """What makes the documents of one template.

    Attributes:
        file: name of the template.
        package: its members.
        main: name of the part that holds the body.
        parts: the parts with tags, core properties excepted.
        core: the core properties with room for the times; None if the template has none.
        core_part: the core properties compiled, if they hold tags.
        environment: what parts are compiled with.
        deflater: what squeezes the rendered parts.
    """

    file: str
    package: Package
    main: str
    parts: tuple[CompiledPart, ...]
    core: CoreTimes | None
    core_part: CompiledPart | None
    environment: PartEnvironment
    deflater: Deflater
    _custom: dict[tuple[str, ...], CustomWriter | None] = field(default_factory=dict)
    _with_custom: Package | None = None
    _core_made: tuple[datetime | None, Member] | None = None
    _ids: frozenset[int] | None = None

    def render(self, record: Record) -> bytes:
        """Return the bytes of the document of one record.

        Raises:
            TemplateError: the record cannot be rendered.
        """
        deadline = time.monotonic() + limits.MAX_SECONDS
        refuse_properties(record.properties, record.name, self.file)
        package, session = self._package_for(record), None
        if type(record.context) is dict and is_plain(record.context):
            context = record.context
        else:
            refuse_unprintable(record.context, record.name, self.file)
            session = Session(package, self.file, record.name, record.context)
            package, context = session.package, session.context
        # Plain values draw nothing; only what may hold a drawing is looked at as a whole.
        if session is None and not any(part.draws for part in self.parts):
            contents = {
                part.name: part.render_encoded(context, record.name, deadline)
                for part in self.parts
            }
        else:
            texts = self._texts(context, record.name, deadline, session)
            contents = {name: text.encode() for name, text in texts.items()}
        contents |= self._properties(context, record, deadline)
        changed = self._core(context, record, deadline)
        changed |= {name: self._member(name, content) for name, content in contents.items()}
        if session is not None:
            changed |= {name: self._member(name, blob) for name, blob in session.parts()}
        return package.with_members(changed)

    def _texts(
        self, context: dict[str, Any], record: str, deadline: float, session: Session | None
    ) -> dict[str, str]:
        texts = {}
        for part in self.parts:
            if session is not None:
                session.enter(part.name)
            texts[part.name] = part.render(context, record, deadline)
        return self._numbered(texts)

    def _member(self, name: str, content: bytes) -> Member:
        return Member.of(name, content, self.deflater)

    def _numbered(self, texts: dict[str, str]) -> dict[str, str]:
        """Return texts whose drawings have different ids, also those that a loop repeated."""
        if not any("<wp:docPr" in text for text in texts.values()):
            return texts
        ids = DrawingIds(self._ids_elsewhere())
        # docxtpl numbers the drawings of the body anew, and so do we; others change if they must.
        order = sorted(texts, key=lambda name: name != self.main)
        return {name: ids.numbered(texts[name], anew=name == self.main) for name in order}

    def _ids_elsewhere(self) -> frozenset[int]:
        """Return the ids of drawings in the parts that are not rendered."""
        if self._ids is None:
            rendered = {part.name for part in self.parts}
            names = relations.text_parts(self.package, self.file)
            contents = [self.package.content(name) for name in names if name not in rendered]
            self._ids = frozenset().union(*map(drawing_ids, contents))
        return self._ids

    def _properties(
        self, context: dict[str, Any], record: Record, deadline: float
    ) -> dict[str, bytes]:
        writer = self._custom_writer(tuple(record.properties))
        if writer is None:
            return {}
        if writer.part is None:
            text = writer.properties.blob.decode()
        else:
            text = writer.part.render(context, record.name, deadline)
        return {CUSTOM_PART: writer.properties.filled(text, record.properties).encode()}

    def _core(self, context: dict[str, Any], record: Record, deadline: float) -> dict[str, Member]:
        core, moment = self.core, record.generated_at
        if core is None or (moment is None and self.core_part is None):
            return {}
        if self.core_part is not None:
            text = self.core_part.render(context, record.name, deadline)
            return {CORE_PART: self._member(CORE_PART, core.filled(text, moment).encode())}
        # The documents of a batch share their time.
        if self._core_made is None or self._core_made[0] != moment:
            text = core.filled(core.blob.decode(), moment)
            self._core_made = (moment, Member.of(CORE_PART, text.encode()))
        return {CORE_PART: self._core_made[1]}

    def _custom_writer(self, names: tuple[str, ...]) -> CustomWriter | None:
        if not names and CUSTOM_PART not in self.package:
            return None
        if names not in self._custom:
            old = self.package.content(CUSTOM_PART) if CUSTOM_PART in self.package else None
            properties = CustomProperties(old, names, self.file)
            part = compile_part(self.file, CUSTOM_PART, properties.blob, self.environment)
            needed = names or part is not None
            self._custom[names] = CustomWriter(properties, part) if needed else None
        return self._custom[names]

    def _package_for(self, record: Record) -> Package:
        if not record.properties or CUSTOM_PART in self.package:
            return self.package
        if self._with_custom is None:
            added = [Relation("customProperties", relations.CUSTOM, CUSTOM_PART)]
            root = relations.with_relations(self.package, relations.ROOT_PART, added, self.file)
            types = relations.with_types(
                self.package, {}, {CUSTOM_PART: relations.CUSTOM_TYPE}, self.file
            )
            self._with_custom = self.package.replaced(
                {relations.ROOT_PART: root, relations.TYPES_PART: types}
            )
        return self._with_custom
