"""``sheetsales docs verify``: whether documents still say what was made, and what the data say."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sheetsales.cli.commands import Command
from sheetsales.cli.options import Run, shared
from sheetsales.cli.texts import help_text

if TYPE_CHECKING:
    from sheetsales.actions.documents.moved import Moved
    from sheetsales.actions.documents.verify import Verified
    from sheetsales.word.comparing import Edit
    from sheetsales.workspace import Workspace

_UNREADABLE = 3
_WEIGHTY = frozenset({"edited", "damaged", "foreign", "record-gone"})
_HERE = Path()


@click.command("verify", cls=Command, help=help_text("docs-verify"))
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path), metavar="FILE…"
)
@shared("workspace", "as-of", "json")
def verify(run: Run, files: tuple[Path, ...]) -> int:
    """Print what differs; exit 1 if anything does, 3 if a file cannot be read."""
    from sheetsales.actions.documents.verify import verify_documents
    from sheetsales.cli.output import print_json, progress

    workspace = _workspace(run, files)
    with progress(run, run.messages.text("verify-progress")) as advance:
        found = verify_documents(
            workspace, files, as_of=run.as_of, locale=run.language, advance=advance
        )
    if run.as_json:
        print_json(documents=[_object(one, run) for one in found], counts=_counts(found))
    else:
        _print(found, workspace.folder, run)
    if any("damaged" in one.verdicts for one in found):
        return _UNREADABLE
    return int(not all(one.is_fine for one in found))


def _workspace(run: Run, files: tuple[Path, ...]) -> Workspace:
    """Return the workspace; without one named or here, the one that the first file lies in."""
    from sheetsales.errors import WorkspaceError

    try:
        return run.open_workspace()
    except WorkspaceError as error:
        if error.code != "workspace-missing" or run.workspace != _HERE:
            raise
        run.workspace = files[0].resolve().parent
        return run.open_workspace()


def _counts(found: list[Verified]) -> dict[str, int]:
    counts: dict[str, int] = {"files": len(found)}
    for one in found:
        for verdict in one.verdicts:
            counts[verdict] = counts.get(verdict, 0) + 1
    return counts


def _object(one: Verified, run: Run) -> dict[str, object]:
    messages = run.messages
    return {
        "file": str(one.path),
        "verdicts": one.verdicts,
        "document_id": one.document_id,
        "found_by": one.found_by,
        "kind": one.kind,
        "subject": one.subject,
        "generated_at": one.made,
        "edits": [
            {
                "kind": edit.kind,
                "place": edit.spot,
                "where": messages.text("verify-where", where=edit.spot),
                "old": edit.old,
                "new": edit.new,
            }
            for edit in one.edits
        ],
        "fields": [
            {"field": moved.path, "title": moved.title, "old": moved.old, "new": moved.new}
            for moved in one.moved
        ],
        "tracked": [
            {
                "place": change.spot,
                "kind": change.kind,
                "author": change.author,
                "text": change.text,
            }
            for change in one.tracked
        ],
        "comments": one.comments,
        "format_compared": one.formats,
        "template_changes_text": one.template_matters,
        "superseded_by": one.newer,
        "reason": messages.error_texts(one.error)[0] if one.error else "",
    }


def _print(found: list[Verified], folder: Path, run: Run) -> None:
    """Print the documents that differ in full, then how many there are of each kind."""
    text = run.messages.text
    for one in found:
        path = one.path.resolve()
        name = str(path.relative_to(folder)) if path.is_relative_to(folder) else str(one.path)
        if one.is_fine:
            if run.talks:
                click.echo(f"{click.style('✓', fg='green')} {name}  {_verdict(one, run)}")
            continue
        click.echo(f"{click.style('✗', fg='red')} {click.style(name, bold=True)}")
        if one.kind:
            click.echo(f"    {_who(one, run)}")
        for verdict in one.verdicts:
            _print_verdict(one, verdict, run)
    counts = _counts(found)
    fine = sum(one.is_fine for one in found)
    click.echo(text("verify-counts", count=counts.pop("files"), fine=fine))


def _verdict(one: Verified, run: Run) -> str:
    return run.messages.text(f"verify-{one.verdicts[0]}")


def _who(one: Verified, run: Run) -> str:
    from sheetsales.locale.labels import title
    from sheetsales.schema import load_regulation

    kind = title(load_regulation().documents[one.kind].title, run.language)
    made = one.made.replace("T", " ")[: len("2026-10-15 09:30")]
    code = "verify-by-number" if one.found_by == "number" else "verify-by"
    return run.messages.text(
        code, document=one.document_id, kind=kind, subject=one.subject, made=made or "—"
    )


def _print_verdict(one: Verified, verdict: str, run: Run) -> None:
    text = run.messages.text
    shown = text(
        f"verify-{verdict}",
        edits=len(one.edits),
        fields=len(one.moved),
        document=one.document_id,
        newer=one.newer or "—",
        reason=run.messages.error_texts(one.error)[0] if one.error else "",
    )
    colour = "red" if verdict in _WEIGHTY else "yellow"
    click.echo(f"  {click.style(shown, fg=colour)}")
    if verdict == "edited":
        _print_edits(one, run)
    elif verdict == "data-moved":
        for moved in one.moved:
            _print_moved(moved, run)
    elif verdict == "template-outdated" and one.template_matters is not None:
        click.echo("      " + text(f"verify-template-{'text' if one.template_matters else 'same'}"))


def _print_edits(one: Verified, run: Run) -> None:
    text = run.messages.text
    for edit in one.edits:
        _print_edit(edit, run)
    for change in one.tracked:
        shown = {"author": change.author or "—", "text": change.text, "where": change.spot}
        click.echo("      " + text(f"verify-tracked-{change.kind}", **shown))
    if one.comments:
        click.echo("      " + text("verify-comments", count=one.comments))
    if not one.formats:
        click.echo("      " + text("verify-formats"))


def _print_edit(edit: Edit, run: Run) -> None:
    click.echo("      " + run.messages.text(f"verify-edit-{edit.kind}", where=edit.spot))
    if edit.kind == "format":
        click.echo(f"          {_line(edit.new)}")
        return
    if edit.old:
        click.echo(click.style(f"        − {_line(edit.old)}", fg="red"))
    if edit.new:
        click.echo(click.style(f"        + {_line(edit.new)}", fg="green"))


def _print_moved(moved: Moved, run: Run) -> None:
    blank = run.messages.text("explain-blank")
    name = f"{moved.title} {moved.path}".strip()
    old, new = moved.old or blank, moved.new or blank
    click.echo("      " + run.messages.text("verify-field", field=name, old=old, new=new))


def _line(text: str) -> str:
    return text.replace("\n", " ⏎ ").replace("\t", " ")
