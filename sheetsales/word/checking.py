"""Finds every mistake of a template in one run, each with its place and its repair."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from jinja2 import Environment

from sheetsales.errors import TemplateError
from sheetsales.word import relations
from sheetsales.word.blocks import Pairing, placement_mistakes
from sheetsales.word.environment import PlainEnvironment
from sheetsales.word.faults import repaired
from sheetsales.word.judging import FieldJudge, offence_mistakes, reading_mistakes
from sheetsales.word.lost_texts import extra_braces, lost_texts
from sheetsales.word.mistakes import Mistake, mistake_at
from sheetsales.word.naming import Fields, spoken_title
from sheetsales.word.near_tags import near_tags
from sheetsales.word.prepare import Prepared, prepare
from sheetsales.word.properties import CORE_PART
from sheetsales.word.scan import Scan
from sheetsales.word.statements import CLOSERS, MIDDLES, Statement, read_statement
from sheetsales.word.surroundings import TemplateFile, surrounding_mistakes
from sheetsales.word.tags import TagMistake
from sheetsales.word.xml import parsed

if TYPE_CHECKING:
    from sheetsales.problems import Problem


def check_template(
    template: TemplateFile,
    fields: Iterable[str] | None = None,
    *,
    titles: Mapping[str, str] | None = None,
    unused: bool = False,
) -> list[Problem]:
    """Return every mistake of a template, in the order of the document.

    Args:
        template: the template.
        fields: paths of the data that records have; None if they are not known, then no field is
            judged.
        titles: what staff call a path, for suggestions.
        unused: whether to name the fields that the template does not show.

    Raises:
        TemplateError: the file is missing or no docx.
    """
    file = template.path.name
    known = None if fields is None else Fields(frozenset(fields), titles or {})
    environment = PlainEnvironment(getattr(template, "filters", None))
    used: set[str] = set()
    mistakes: list[Mistake] = []
    names = part_names(template)
    for name in names:
        mistakes += _part_mistakes(template, name, known, environment, used)
    mistakes += surrounding_mistakes(template, names)
    if unused and known is not None:
        # A list counts as shown where a loop runs over it, a mapping where something of it is.
        mistakes += [
            Mistake("unused-field", severity="warning", arguments=_unused(field, known))
            for field in sorted(known.given - used)
        ]
    order = {name: position for position, name in enumerate(names)}
    mistakes.sort(key=lambda one: (order.get(one.part, len(order)), one.order))
    return [mistake.problem(file) for mistake in mistakes]


def shown_fields(template: TemplateFile) -> frozenset[tuple[str, frozenset[str]]]:
    """Return the paths that a template prints, each with those that an ``if`` around it asks for.

    A field that is blank leaves no gap where an ``if`` leaves out the text around it.

    Raises:
        TemplateError: the file is missing or no docx.
    """
    found: set[tuple[str, frozenset[str]]] = set()
    for name in part_names(template):
        blob = template.package.content(name)
        prepared = prepare(name, _text(blob, parsed(blob, template.path.name, name)))
        statements = _spoken([read_statement(tag) for tag in prepared.tags])
        judge = FieldJudge(statements, Pairing(statements).blocks, None)
        # Only what the judge notes on its way is wanted.
        _ = list(judge.mistakes())
        found |= judge.shown
    return frozenset(found)


def part_names(template: TemplateFile) -> list[str]:
    """Return the parts that may hold tags: the body first, the properties last."""
    package = template.package
    try:
        names = relations.text_parts(package, template.path.name)
    except TemplateError:
        return []
    names.sort(key=lambda name: (not name.endswith("/document.xml"),))
    return [*names, *(name for name in [CORE_PART] if name in package and name not in names)]


def _unused(field: str, known: Fields) -> dict[str, object]:
    title = spoken_title(known.titles.get(field, ""))
    if not title:
        return {"field": field}
    return {"field": f"{field} ({title})" if title.isascii() else f"{field}（{title}）"}


def _part_mistakes(
    template: TemplateFile,
    name: str,
    fields: Fields | None,
    environment: Environment,
    used: set[str],
) -> Iterator[Mistake]:
    try:
        blob = template.package.content(name)
        tree = parsed(blob, template.path.name, name)
    except TemplateError as error:
        arguments = {"reason": error.arguments.get("reason", error.code)}
        yield Mistake("broken", part=name, order=0, arguments=arguments)
        return
    xml = _text(blob, tree)
    prepared, scan = prepare(name, xml), Scan(name, xml)
    found = list(_tag_mistakes(prepared, scan, fields, environment, used))
    yield from found
    if not any(one.severity == "error" for one in found):
        # Blocks that are in disorder are no proof of anything.
        for tag in prepared.imbalances:
            yield mistake_at(tag, "branch")


def _tag_mistakes(
    prepared: Prepared,
    scan: Scan,
    fields: Fields | None,
    environment: Environment,
    used: set[str],
) -> Iterator[Mistake]:
    near = list(near_tags(scan, prepared.mistakes))
    yield from (one.mistake for one in near)
    statements = [read_statement(tag) for tag in prepared.tags] + [one.statement for one in near]
    statements = _spoken(sorted(statements, key=lambda one: one.tag.start))
    yield from statement_mistakes(statements, {id(one.statement) for one in near}, environment)
    pairing = Pairing(statements)
    yield from pairing.mistakes
    yield from placement_mistakes(statements, pairing.blocks)
    yield from _scope_mistakes(prepared.mistakes)
    yield from lost_texts(prepared.mistakes)
    yield from extra_braces(scan, prepared.tags)
    judge = FieldJudge([repaired(one) for one in statements], pairing.blocks, fields)
    yield from judge.mistakes()
    used |= judge.used


def statement_mistakes(
    statements: Sequence[Statement], near: set[int], environment: Environment
) -> Iterator[Mistake]:
    """Yield what is wrong with single tags; of one that is no whole tag, only what it does."""
    for statement in statements:
        if id(statement) not in near:
            yield from reading_mistakes(statement)
        yield from offence_mistakes(statement, environment)


def _spoken(statements: Sequence[Statement]) -> list[Statement]:
    """Return the statements that are tags; between raw and endraw they are text."""
    kept, raw = [], False
    for statement in statements:
        if statement.word == "endraw":
            raw = False
        if not raw and statement.tag.kind != "comment":
            kept.append(statement)
        raw = raw or statement.word == "raw"
    return kept


def _scope_mistakes(mistakes: Iterable[TagMistake]) -> Iterator[Mistake]:
    """Yield the scoped tags that stand in nothing of their kind; of a pair only the first."""
    for mistake in mistakes:
        tag = mistake.tag
        if mistake.code != "scope-outside" or tag is None or not tag.scope:
            continue
        if read_statement(tag).word not in {*CLOSERS, *MIDDLES}:
            yield mistake_at(tag, "scope", "outside", scope=tag.scope, unit=f"scope-{tag.scope}")


def _text(blob: bytes, tree: object) -> str:
    encoding = tree.getroottree().docinfo.encoding or "utf-8"  # type: ignore[attr-defined]
    return blob.decode(encoding).removeprefix("\ufeff")
