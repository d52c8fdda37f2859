"""A Word template: what is wrong with it, and the documents made from it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Unpack

from sheetsales.errors import TemplateError
from sheetsales.problems import Problem
from sheetsales.word import relations
from sheetsales.word.batch import More, Progress, Way, render_each
from sheetsales.word.compiled import CompiledTemplate
from sheetsales.word.compiling import compile_template
from sheetsales.word.deflate import DeflateName
from sheetsales.word.files import write_bytes
from sheetsales.word.images import ImageSource
from sheetsales.word.jobs import Record, RenderResult
from sheetsales.word.links import is_safe_link
from sheetsales.word.package import Package
from sheetsales.word.parts import CompiledPart
from sheetsales.word.replacing import Replacements, bytes_of, checksum
from sheetsales.word.subdocuments import Subdocument

Filters = Mapping[str, Callable[..., Any]]


class Template:
    """A Word file with tags of docxtpl's syntax, read and compiled once.

    Rendering the same record with the same properties and time gives the same bytes.

    Attributes:
        path: the file of the template.
        filters: filters of the caller's own, by name.
        deflate: what squeezes the documents.
        update_fields: whether Word brings tables of contents and other fields up to date when it
            opens a document; it asks its reader first.
    """

    def __init__(
        self,
        path: Path | str,
        filters: Filters | None = None,
        *,
        deflate: DeflateName = "auto",
        update_fields: bool = False,
    ) -> None:
        """Remember the file; it is read when it is first needed."""
        self.path = Path(path)
        self.filters = dict(filters or {})
        self.deflate: DeflateName = deflate
        self.update_fields = update_fields
        self._replacements = Replacements()

    def __getstate__(self) -> dict[str, Any]:
        # Compiled templates do not travel; a worker compiles its own, once. The file as it was
        # read does: the worker may be elsewhere, and all documents are of one version.
        _ = self.package
        kept = {"path", "package", "filters", "deflate", "update_fields", "_replacements"}
        return {name: value for name, value in self.__dict__.items() if name in kept}

    @cached_property
    def package(self) -> Package:
        """The parts of the file.

        Raises:
            TemplateError: the file is missing or no docx.
        """
        package = Package.read(self.path)
        if relations.TYPES_PART not in package or relations.ROOT_PART not in package:
            raise TemplateError("template-not-docx", file=self.path.name)
        return package

    @cached_property
    def compiled(self) -> CompiledTemplate:
        """What makes the documents.

        Raises:
            TemplateError: a tag cannot be read, or the file holds what is refused.
        """
        return compile_template(self)

    @property
    def replacements(self) -> Replacements:
        """What is exchanged in the file before it is rendered."""
        return self._replacements

    @property
    def parts(self) -> tuple[CompiledPart, ...]:
        """The parts that hold tags, compiled.

        Raises:
            TemplateError: a tag cannot be read, or the file holds what is refused.
        """
        core = self.compiled.core_part
        return (*self.compiled.parts, *([core] if core else []))

    @property
    def fields(self) -> frozenset[str]:
        """Paths of the data that the template touches, e.g. ``lines``, ``lines[].amount``."""
        return frozenset().union(*(part.fields for part in self.parts))

    def check(
        self,
        fields: Iterable[str] | None = None,
        *,
        titles: Mapping[str, str] | None = None,
        unused: bool = False,
    ) -> list[Problem]:
        """Return every mistake of the template.

        Args:
            fields: paths of the data that records have, e.g. ``buyer.name``, ``lines[].amount``;
                None if they are not known, then no field is judged.
            titles: what staff call a path, for suggestions.
            unused: whether to name the fields that the template does not show.

        Raises:
            TemplateError: the file is missing or no docx.
        """
        # Rendering needs nothing of what checking loads.
        from sheetsales.word.checking import check_template  # noqa: PLC0415

        return check_template(self, fields, titles=titles, unused=unused)

    def render(
        self,
        context: Mapping[str, Any],
        out: Path | str,
        *,
        properties: Mapping[str, str] | None = None,
        generated_at: datetime | None = None,
    ) -> None:
        """Write the document of one record.

        Args:
            context: the record: plain data, and ``RichText``, ``InlineImage`` and their like; a
                chart is the mapping of a ``ChartData``.
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
        return self.compiled.render(record)

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
        _ = self.compiled  # a broken template is one error, not one per record
        way = Way(workers=workers, progress=progress, **more)
        return render_each(self, records, Path(folder), name, way)

    def new_subdoc(self, docpath: ImageSource | None = None) -> Subdocument:
        """Return a subdocument: a file, or an empty one to fill, with the styles of the template.

        Raises:
            TemplateError: the template cannot be read.
        """
        if docpath is not None:
            return Subdocument(docpath)
        return Subdocument(base=self.package.with_parts({}))

    def build_url_id(self, url: str) -> str:
        """Return what ``RichText(url_id=…)`` needs for a link to an address.

        Raises:
            TemplateError: the address is no page, mail address or place in the document.
        """
        if not is_safe_link(url):
            raise TemplateError("template-link", file=self.path.name, part="", target=url)
        links = self._replacements.links
        for name, known in links.items():
            if known == url:
                return name
        name = f"link{len(links) + 1}"
        links[name] = url
        self._changed()
        return name

    def replace_pic(self, embedded_file: str, dst_file: ImageSource) -> None:
        """Exchange a picture that has some name, title or description in Word."""
        self._replacements.pictures[embedded_file] = bytes_of(dst_file)
        self._changed()

    def replace_media(self, src_file: ImageSource, dst_file: ImageSource) -> None:
        """Exchange every picture that is equal to a file, headers and footers included."""
        self._replacements.contents[checksum(bytes_of(src_file))] = bytes_of(dst_file)
        self._changed()

    def replace_embedded(self, src_file: ImageSource, dst_file: ImageSource) -> None:
        """Exchange every embedded file, a workbook for instance, that is equal to a file."""
        self.replace_media(src_file, dst_file)

    def replace_zipname(self, zipname: str, dst_file: ImageSource) -> None:
        """Exchange a member of the zip, e.g. ``word/embeddings/Feuille1.xlsx``."""
        self._replacements.members[zipname] = bytes_of(dst_file)
        self._changed()

    def reset_replacements(self) -> None:
        """Forget all exchanges and links."""
        self._replacements = Replacements()
        self._changed()

    def _changed(self) -> None:
        self.__dict__.pop("compiled", None)
