"""A template ready for rendering: what is the same in every document is made once."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sheetsales.word import limits, relations
from sheetsales.word.jobs import Record
from sheetsales.word.deflate import Deflater
from sheetsales.word.package import Member, Package
from sheetsales.word.parts import CompiledPart, compile_part
from sheetsales.word.properties import CORE_PART, CUSTOM_PART, CoreTimes, CustomProperties
from sheetsales.word.relations import Relation
from sheetsales.word.rendering import PartEnvironment
from sheetsales.word.session import Session
from sheetsales.word.values import is_plain, refuse_properties, refuse_unprintable

_DRAWING_ID = re.compile(r'(<wp:docPr\b[^>]*?\bid=")(\d+)')


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
        parts: the parts with tags, core properties excepted.
        core: the core properties with room for the times; None if the template has none.
        core_part: the core properties compiled, if they hold tags.
        environment: what parts are compiled with.
        deflater: what squeezes the rendered parts.
    """

    file: str
    package: Package
    parts: tuple[CompiledPart, ...]
    core: CoreTimes | None
    core_part: CompiledPart | None
    environment: PartEnvironment
    deflater: Deflater
    _custom: dict[tuple[str, ...], CustomWriter | None] = field(default_factory=dict)
    _with_custom: Package | None = None
    _core_made: tuple[datetime | None, Member] | None = None
    _first_id: int | None = None

    def render(self, record: Record) -> bytes:
        """Return the bytes of the document of one record.

        Raises:
            TemplateError: the record cannot be rendered.
        """
        deadline = time.monotonic() + limits.MAX_SECONDS
        refuse_properties(record.properties, record.name, self.file)
        package = self._package_for(record)
        if is_plain(record.context):
            changed = self._rendered(record.context, record, deadline)
        else:
            refuse_unprintable(record.context, record.name, self.file)
            session = Session(package, self.file, record.name, record.context)
            package = session.package
            changed = self._rendered(session.context, record, deadline, session)
            added = {name: Member.of(name, blob, self.deflater) for name, blob in session.parts()}
            changed = {**changed, **added}
        changed |= self._properties(record, deadline)
        return package.with_members(changed)

    def _rendered(
        self,
        context: Mapping[str, Any],
        record: Record,
        deadline: float,
        session: Session | None = None,
    ) -> dict[str, Member]:
        texts = {}
        for part in self.parts:
            if session is not None:
                session.enter(part.name)
            texts[part.name] = part.render(context, record.name, deadline)
        texts = self._numbered(texts)
        return {
            name: Member.of(name, text.encode(), self.deflater) for name, text in texts.items()
        }

    def _numbered(self, texts: dict[str, str]) -> dict[str, str]:
        """Return texts whose drawings have different ids, also those that a loop repeated."""
        if not any("<wp:docPr" in text for text in texts.values()):
            return texts
        number = self._drawings_elsewhere()

        def next_id(match: re.Match[str]) -> str:
            nonlocal number
            number += 1
            return f"{match.group(1)}{number}"

        return {name: _DRAWING_ID.sub(next_id, text) for name, text in texts.items()}

    def _drawings_elsewhere(self) -> int:
        """Return the highest id of a drawing in the parts that are not rendered."""
        if self._first_id is None:
            rendered = {part.name for part in self.parts}
            found = [
                int(match.group(2))
                for name in relations.text_parts(self.package, self.file)
                if name not in rendered
                for match in _DRAWING_ID.finditer(self.package.content(name).decode(errors="replace"))
            ]
            self._first_id = max(found, default=0)
        return self._first_id

    def _properties(self, record: Record, deadline: float) -> dict[str, Member]:
        found = {}
        if self.core is not None and (record.generated_at is not None or self.core_part):
            found[CORE_PART] = self._core(self.core, record, deadline)
        writer = self._custom_writer(tuple(record.properties))
        if writer is not None:
            blob = writer.properties.blob
            text = (
                blob.decode()
                if writer.part is None
                else writer.part.render(record.context, record.name, deadline)
            )
            text = writer.properties.filled(text, record.properties)
            found[CUSTOM_PART] = Member.of(CUSTOM_PART, text.encode(), self.deflater)
        return found

    def _core(self, core: CoreTimes, record: Record, deadline: float) -> Member:
        moment = record.generated_at
        if self.core_part is not None:
            text = self.core_part.render(record.context, record.name, deadline)
            return Member.of(CORE_PART, core.filled(text, moment).encode(), self.deflater)
        # The documents of a batch share their time.
        if self._core_made is None or self._core_made[0] != moment:
            text = core.filled(core.blob.decode(), moment)
            self._core_made = (moment, Member.of(CORE_PART, text.encode()))
        return self._core_made[1]

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
