"""``sheetsales journal``: is the record of all writes whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from sheetsales.cli.commands import Command, Group
from sheetsales.cli.options import Run, selected, shared
from sheetsales.cli.texts import help_text

if TYPE_CHECKING:
    from sheetsales.actions.journal import Verified
    from sheetsales.store.journal import Fault


class KnownHead(click.ParamType[tuple[int, str]]):
    """A record kept elsewhere, such as ``412:9f86d081…``."""

    name = "number:hash"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, str]:
        """Return number and hash."""
        if isinstance(value, tuple):
            return value
        number, _, digest = str(value).partition(":")
        if not (number.isascii() and number.isdecimal() and digest):
            self.fail(help_text("usage.head").replace("{value}", str(value)), param, ctx)
        return int(number), digest


@click.group("journal", cls=Group, help=help_text("journal"))
def command() -> None:
    """Group of the journal's commands."""


@command.command("verify", cls=Command, help=help_text("journal-verify"))
@click.argument("book", required=False)
@click.option("--head", type=KnownHead(), help=help_text("option.head"))
@shared("workspace", "json")
def verify(run: Run, book: str | None, head: tuple[int, str] | None) -> int:
    """Print what is wrong with the journal; exit 1 if anything is."""
    from sheetsales.actions.journal import verify_journal
    from sheetsales.cli.output import print_json
    from sheetsales.store.journal import Head

    known = Head(*head) if head is not None else None
    found = verify_journal(selected(run, book), known)
    if run.as_json:
        print_json(
            records=found.head.count,
            head=found.head.hash,
            faults=[_fault_object(fault, run) for fault in found.faults],
        )
    else:
        _print_verified(found, run)
    return int(bool(found.broken))


def _print_verified(found: Verified, run: Run) -> None:
    text = run.messages.text
    for heading, faults in (("broken", found.broken), ("crash", found.explained)):
        if faults:
            colour = "red" if heading == "broken" else "yellow"
            click.echo(click.style(text(f"journal-{heading}", count=len(faults)), fg=colour))
        for fault in faults:
            click.echo(f"  {_said(fault, run)}")
    if not found.faults:
        whole = "journal-whole" if found.head.count else "journal-empty"
        click.echo(text(whole, count=found.head.count))
    if found.head.count:
        click.echo(text("journal-head", count=found.head.count, hash=found.head.hash))
        run.note("journal-keep")


def _said(fault: Fault, run: Run) -> str:
    return run.messages.text(f"fault-{fault.kind}", seq=fault.seq)


def _fault_object(fault: Fault, run: Run) -> dict[str, object]:
    return {
        "kind": fault.kind,
        "record": fault.seq,
        "tampering": fault.is_tampering,
        "message": _said(fault, run),
        "detail": fault.detail,
    }
