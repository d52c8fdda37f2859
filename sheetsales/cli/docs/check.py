"""``sheetsales docs check``: find the mistakes of templates."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sheetsales.cli.commands import Command
from sheetsales.cli.docs.kinds import KindName
from sheetsales.cli.options import Run, shared
from sheetsales.cli.texts import help_text

if TYPE_CHECKING:
    from sheetsales.actions.documents.checking import RecordFindings
    from sheetsales.locale.messages import Messages
    from sheetsales.problems import Problem

_COLOURS = {"error": "red", "warning": "yellow", "info": "cyan"}
_NUMBER = re.compile(r"\[\d+\]")
_FILES = (".docx", ".docm", ".dotx", ".dotm")


class KindOrFile(KindName):
    """A kind of document, or the path of a Word file."""

    name = "kind-or-file"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the text; what is neither is a usage error that offers the nearest kind."""
        text = str(value)
        if text.lower().endswith(_FILES) or Path(text).is_file():
            return text
        return super().convert(value, param, ctx)


@click.command("check", cls=Command, help=help_text("docs-check"))
@click.argument("templates", nargs=-1, type=KindOrFile(), metavar="[KIND|FILE]...")
@click.option("--kind", type=KindName(), help=help_text("option.check-kind"))
@click.option("--unused", is_flag=True, help=help_text("option.unused"))
@click.option("--records", is_flag=True, help=help_text("option.records"))
@shared("workspace", "as-of", "json")
def check_own(
    run: Run, templates: tuple[str, ...], kind: str | None, *, unused: bool, records: bool
) -> int:
    """Print the mistakes of templates; exit 1 if there are any."""
    from sheetsales.actions.documents import checking
    from sheetsales.schema import load_regulation

    known = load_regulation().documents
    files = [Path(one) for one in templates if one not in known]
    kinds = [one for one in templates if one in known]
    found: dict[Path, list[Problem]] = {}
    dry: dict[str, list[RecordFindings]] = {}
    if kinds or records or not files:
        workspace = run.open_workspace()
        found |= checking.check_own_templates(workspace, kinds, unused=unused)
        if records:
            dry = _records(run, workspace, kinds or list(known), found)
    for path in files:
        found[path] = checking.check_file(path, kind, locale=run.language, unused=unused)
    unknown = files if kind is None else []
    if run.as_json:
        _print_json(run, found, unknown, dry)
    else:
        _print_found(run, found, unknown)
        _print_records(run, dry)
    bad = any(one.severity == "error" for problems in found.values() for one in problems)
    return int(bad or any(one.error for findings in dry.values() for one in findings))


def _records(
    run: Run, workspace: Any, kinds: Sequence[str], found: Mapping[Path, Sequence[Problem]]
) -> dict[str, list[RecordFindings]]:
    """Return what the documents of each kind would lack; a broken template makes none."""
    from sheetsales.actions.documents.checking import check_records

    as_of = workspace.as_of(run.as_of)
    return {
        kind: list(check_records(workspace, kind, as_of=as_of))
        for kind in kinds
        if not any(one.severity == "error" for one in found[workspace.template(kind)])
    }


def _print_found(
    run: Run, found: Mapping[Path, Sequence[Problem]], unknown: Sequence[Path]
) -> None:
    text = run.messages.text
    for path, problems in found.items():
        shown = [one for one in problems if not _is_font_note(one)]
        click.echo(click.style(str(path) if path in unknown else path.name, bold=True))
        if not shown:
            click.echo(f"  {text('docs-check-good')}")
        for problem in shown:
            _print_problem(problem, run.messages)
    _print_fonts(run, found.values())
    if unknown:
        click.echo(text("docs-check-unknown"))
    counts = _counts(found.values())
    click.echo(text("docs-check-counts", templates=len(found), **counts))


def _print_problem(problem: Problem, messages: Messages) -> None:
    what, why, todo = messages.problem_texts(problem)
    colour = _COLOURS[problem.severity]
    head = click.style(messages.text(f"severity-{problem.severity}"), fg=colour, bold=True)
    click.echo(f"  {head}  {what}")
    if todo:
        click.echo(f"        {messages.text('label-do')}{todo}")
    if why:
        click.echo(click.style(f"        {messages.text('docs-check-why')}{why}", dim=True))


def _is_font_note(problem: Problem) -> bool:
    return problem.message_id == "DOC-font.missing"


def _print_fonts(run: Run, found: Iterable[Sequence[Problem]]) -> None:
    """Print once which fonts are lacking, however many templates name them."""
    notes = [one for problems in found for one in problems if _is_font_note(one)]
    if notes:
        fonts = sorted({str(name) for one in notes for name in _listed(one.arguments["fonts"])})
        shown = ", ".join(fonts) if run.language == "en" else "、".join(fonts)
        click.echo(run.messages.text("docs-check-fonts", fonts=shown))


def _listed(value: object) -> Sequence[object]:
    return value if isinstance(value, list | tuple) else [value]


def _print_records(run: Run, dry: Mapping[str, Sequence[RecordFindings]]) -> None:
    text = run.messages.text
    for kind, findings in dry.items():
        blank = [one for one in findings if one.blanks or one.error]
        click.echo(text("docs-check-records", kind=kind, count=len(findings), blank=len(blank)))
        for one in blank:
            why = run.messages.error_texts(one.error)[0] if one.error else _gathered(one.blanks)
            click.echo(f"  {click.style(one.key, bold=True)}  {why}")


def _gathered(blanks: Sequence[str]) -> str:
    """Return blanks on one line, those of the items of one list together."""
    count = Counter(_NUMBER.sub("[]", path) for path in blanks)
    return ", ".join(f"{path} ×{times}" if times > 1 else path for path, times in count.items())


def _print_json(
    run: Run,
    found: Mapping[Path, Sequence[Problem]],
    unknown: Sequence[Path],
    dry: Mapping[str, Sequence[RecordFindings]],
) -> None:
    from sheetsales.cli.output import print_json

    problems = [
        _problem_object(path, one, run.messages) for path, every in found.items() for one in every
    ]
    templates = [{"file": str(path), "fields_known": path not in unknown} for path in found]
    records = {
        kind: [
            {
                "key": one.key,
                "blanks": list(one.blanks),
                "error": run.messages.error_texts(one.error)[0] if one.error else "",
            }
            for one in findings
        ]
        for kind, findings in dry.items()
    }
    parts: dict[str, Any] = {"templates": templates, "problems": problems}
    if dry:
        parts["records"] = records
    print_json(**parts, counts=_counts(found.values()))


def _problem_object(path: Path, problem: Problem, messages: Messages) -> dict[str, object]:
    what, why, todo = messages.problem_texts(problem)
    where = str(problem.arguments.get("where", ""))
    return {
        "code": problem.message_id,
        "severity": problem.severity,
        "file": str(path),
        "part": problem.place.sheet,
        "where": where,
        "place": messages.spot(where) if where else "",
        "tag": str(problem.arguments.get("tag", "")),
        "field": problem.field,
        "message": what,
        "why": why,
        "fix": todo,
    }


def _counts(found: Iterable[Sequence[Problem]]) -> dict[str, int]:
    every = [one.severity for problems in found for one in problems]
    return {name: every.count(name) for name in ("error", "warning", "info")}
