"""A Word template: what is wrong with it, and the documents made from it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Unpack

from sheetsales.errors import TemplateError
from sheetsales.problems import Place, Problem, Severity
from sheetsales.word import relations
from sheetsales.word.batch import More, Progress, Record, RenderResult, Way, render_each
from sheetsales.word.fields import with_containers
from sheetsales.word.files import write_bytes
from sheetsales.word.package import Package
from sheetsales.word.parts import CompiledPart, compile_part
from sheetsales.word.pictures import Pictures
from sheetsales.word.properties import CORE_PART, CUSTOM_PART, core_with, custom_with
from sheetsales.word.relations import Relation
from sheetsales.word.values import refuse_unprintable

_ROOT_RELATIONS = "_rels/.rels"
_MACROS = "vbaProject.bin"


class Template:
    """A Word file with tags of docxtpl's syntax, read and compiled once.

    Rendering the same record with the same properties and time gives the same bytes.

    Attributes:
        path: the file of the template.
    """

    def __init__(self, path: Path | str) -> None:
        """Remember the file; it is read when it is first needed."""
        self.path = Path(path)

    def __getstate__(self) -> dict[str, Path]:
        # Compiled templates do not travel; a worker compiles its own, once.
        return {"path": self.path}

    @cached_property
    def package(self) -> Package:
        """The parts of the file.

        Raises:
            TemplateError: the file is missing or no docx.
        """
        package = Package.read(self.path)
        if relations.TYPES_PART not in package or _ROOT_RELATIONS not in package:
            raise TemplateError("template-not-docx", file=self.path.name)
        return package

    @cached_property
    def parts(self) -> tuple[CompiledPart, ...]:
        """The parts that hold tags, compiled.

        Raises:
            TemplateError: a tag cannot be read, or the file holds what is refused.
        """
        parts = []
        for outcome in self._outcomes():
            if isinstance(outcome, TemplateError):
                raise outcome
            parts.append(outcome)
        return tuple(parts)

    @cached_property
    def fields(self) -> frozenset[str]:
        """Paths of the data that the template touches, e.g. ``lines``, ``lines[].amount``."""
        return frozenset().union(*(part.fields for part in self.parts))

    def check(self, fields: Iterable[str], *, unused: bool = False) -> list[Problem]:
        """Return every mistake of the template.

        Args:
            fields: paths of the data that records have, e.g. ``buyer.name``, ``lines[].amount``.
            unused: whether to name the fields that the template does not show.

        Raises:
            TemplateError: the file is missing or no docx.
        """
        given = frozenset(fields)
        known = with_containers(given)
        outcomes = list(self._outcomes())
        errors = [outcome for outcome in outcomes if isinstance(outcome, TemplateError)]
        parts = [outcome for outcome in outcomes if isinstance(outcome, CompiledPart)]
        problems = [self._problem_of(error) for error in errors]
        problems += [
            self._problem("DOC-unknown-field", part.name, "error", field=field)
            for part in parts
            for field in sorted(part.fields - known)
        ]
        if unused and not errors:
            used: frozenset[str] = frozenset().union(*(part.fields for part in parts))
            problems += [
                self._problem("DOC-unused-field", "", "warning", field=field)
                for field in sorted(given - used)
            ]
        return problems

    def render(
        self,
        context: Mapping[str, Any],
        out: Path,
        *,
        properties: Mapping[str, str] | None = None,
        generated_at: datetime | None = None,
    ) -> None:
        """Write the document of one record.

        Args:
            context: the record, plain data; a chart is the mapping of a ``ChartData``.
            out: file to write; an existing one is replaced at once, or not at all.
            properties: custom properties of the document; ``subject`` names the record in errors.
            generated_at: the time that the document says it was made.

        Raises:
            TemplateError: the template or the record cannot be rendered.
        """
        record = Record(context, properties or {}, generated_at)
        write_bytes(Path(out), self.render_bytes(record))

    def render_bytes(self, record: Record) -> bytes:
        """Return the bytes of the document of one record.

        Raises:
            TemplateError: the template or the record cannot be rendered.
        """
        file = self.path.name
        refuse_unprintable(record.context, record.name, file)
        refuse_unprintable(record.properties, record.name, file)
        pictures = Pictures(self.package, file)
        context = pictures.shown(record.context)
        changed = {}
        for part in self.parts:
            pictures.part = part.name
            changed[part.name] = part.render(context, record.name)
        changed |= pictures.parts()
        changed |= self._property_parts(record, changed)
        changed |= self._types_part(changed)
        return self.package.with_parts(changed)

    def render_many(
        self,
        records: Iterable[Record | Mapping[str, Any]],
        folder: Path,
        name: str = "{number}",
        workers: int = 1,
        progress: Progress | None = None,
        **more: Unpack[More],
    ) -> list[RenderResult]:
        """Write the documents of many records; a bad record does not spoil the others.

        Args:
            records: the records, or bare contexts; drawn as they are needed.
            folder: where the documents go; it is made.
            name: file name with ``{field.path}`` of the context; ``{number}`` counts the records.
            workers: processes to render with.
            progress: called after each document with the number done, the number of all and the
                seconds left; None where not known.
            more: ``resume``: make only what a run that was killed has not made; ``executor``:
                whose workers render instead, anything like those of ``concurrent.futures``.

        Returns:
            One result per record, in order.

        Raises:
            TemplateError: the template itself cannot be rendered, no document can be written any
                more, or there are no workers.
        """
        return list(self.render_each(records, folder, name, workers, progress, **more))

    def render_each(
        self,
        records: Iterable[Record | Mapping[str, Any]],
        folder: Path,
        name: str = "{number}",
        workers: int = 1,
        progress: Progress | None = None,
        **more: Unpack[More],
    ) -> Iterator[RenderResult]:
        """Yield the results of :meth:`render_many` as they come; memory does not grow with them."""
        _ = self.parts  # a broken template is one error, not one per record
        way = Way(workers=workers, progress=progress, **more)
        return render_each(self, records, Path(folder), name, way)

    def _outcomes(self) -> Iterator[CompiledPart | TemplateError]:
        """Yield every part with tags and every reason why the file cannot be used."""
        file = self.path.name
        for name in self.package.members:
            if name.endswith(_MACROS):
                yield TemplateError("template-macros", file=file, part=name)
        try:
            yield from self._external()
            names = relations.text_parts(self.package, file)
        except TemplateError as error:
            yield error
            return
        for name in [*names, *(name for name in [CORE_PART] if name in self.package)]:
            try:
                part = compile_part(file, name, self.package.content(name))
            except TemplateError as error:
                yield error
            else:
                if part is not None:
                    yield part

    def _external(self) -> Iterator[TemplateError]:
        file = self.path.name
        for part, relation in relations.all_relations(self.package, file):
            if relation.external and relation.type != relations.HYPERLINK:
                yield TemplateError(
                    "template-external", file=file, part=part, target=relation.target
                )

    def _property_parts(self, record: Record, changed: Mapping[str, bytes]) -> dict[str, bytes]:
        file, found = self.path.name, {}
        if record.generated_at is not None and CORE_PART in self.package:
            core = changed.get(CORE_PART) or self.package.content(CORE_PART)
            found[CORE_PART] = core_with(core, record.generated_at, file)
        if record.properties:
            old = self.package.content(CUSTOM_PART) if CUSTOM_PART in self.package else None
            found[CUSTOM_PART] = custom_with(old, record.properties, file)
            if old is None:
                added = [Relation("customProperties", relations.CUSTOM, CUSTOM_PART)]
                found[_ROOT_RELATIONS] = relations.with_relations(
                    self.package, _ROOT_RELATIONS, added, file
                )
        return found

    def _types_part(self, changed: Mapping[str, bytes]) -> dict[str, bytes]:
        extensions = {"png": "image/png"} if any(name.endswith(".png") for name in changed) else {}
        parts = {CUSTOM_PART: relations.CUSTOM_TYPE} if CUSTOM_PART in changed else {}
        if not extensions and not parts:
            return {}
        types = relations.with_types(self.package, extensions, parts, self.path.name)
        return {relations.TYPES_PART: types}

    def _problem_of(self, error: TemplateError) -> Problem:
        arguments = {name: value for name, value in error.arguments.items() if name != "file"}
        part = str(arguments.pop("part", ""))
        return self._problem(f"DOC-{error.code.partition('-')[2]}", part, "error", **arguments)

    def _problem(self, code: str, part: str, severity: Severity, **arguments: object) -> Problem:
        return Problem(
            code=code,
            table="template",
            key=self.path.name,
            severity=severity,
            place=Place(self.path.name, part),
            arguments={"file": self.path.name, "part": part, **arguments},
        )
