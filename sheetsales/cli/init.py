"""``sheetsales init``: make a company's workspace."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from sheetsales.cli.commands import Choice, Command, Count
from sheetsales.cli.options import Run, shared
from sheetsales.cli.texts import LANGUAGES, help_text, system_language

CURRENCIES = ("TWD", "CNY", "HKD", "USD", "EUR", "JPY")


@click.command("init", cls=Command, help=help_text("init"))
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--company", help=help_text("option.company"))
@click.option("--tax-id", help=help_text("option.tax-id"))
@click.option("--currency", type=Choice(CURRENCIES), help=help_text("option.currency"))
@click.option("--locale", type=Choice(LANGUAGES), help=help_text("option.locale"))
@click.option("--demo", is_flag=True, help=help_text("option.demo"))
@click.option("--seed", type=Count(0, 2**31), default=1, help=help_text("option.seed"))
@click.option("--no-macros", is_flag=True, help=help_text("option.no-macros"))
@shared("as-of", "json")
def command(  # noqa: PLR0913 - one parameter per option
    run: Run,
    folder: Path,
    company: str | None,
    tax_id: str | None,
    currency: str | None,
    locale: str | None,
    *,
    demo: bool,
    seed: int,
    no_macros: bool,
) -> None:
    """Make a workspace and say what to do next."""
    from sheetsales.actions.init import init, refuse_occupied
    from sheetsales.cli.output import print_json
    from sheetsales.workspace import Settings

    spoken = locale or run.lang or _default_locale()
    run.lang = run.lang or spoken
    refuse_occupied(folder)
    if demo:
        from sheetsales.cli.demo import make_company

        workspace = make_company(run, folder, spoken, seed, macros=not no_macros)
    else:
        name = company if company is not None else _ask("company", run)
        number = tax_id if tax_id is not None else _ask("tax-id", run, optional=True)
        money = currency or _ask("currency", run, choices=CURRENCIES)
        settings = Settings(company=name, locale=spoken, currency=money)
        workspace = init(folder, settings, tax_id=number, macros=not no_macros)
    if run.as_json:
        print_json(folder=workspace.folder, workbooks=len(workspace.books))
        return
    click.echo(run.messages.text("init-done", folder=str(folder), count=len(workspace.books)))
    run.note("init-next", folder=str(folder))


def _default_locale() -> str:
    spoken = system_language()
    return spoken if spoken != "en" else "zh-Hant"


def _ask(name: str, run: Run, choices: tuple[str, ...] = (), *, optional: bool = False) -> str:
    try:
        answer: str = click.prompt(
            help_text(f"prompt.{name}", run.language),
            type=Choice(choices) if choices else str,
            default=choices[0] if choices else "" if optional else None,
            show_default=bool(choices),
            err=True,
        )
    except click.Abort:
        if sys.stdin.isatty():
            raise
        click.echo(err=True)
        text = help_text("usage.missing", run.language).replace("{value}", f"--{name}")
        raise click.UsageError(text, click.get_current_context()) from None
    return answer
