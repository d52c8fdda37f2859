"""``sheetsales explain``: how a score came about, down to the cells."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from sheetsales.cli.options import Run, shared
from sheetsales.cli.score import ScoreName
from sheetsales.cli.texts import help_text

if TYPE_CHECKING:
    from sheetsales.actions.explain import ExplainedNode, Explanation


@click.command("explain", help=help_text("explain"))
@click.argument("score", type=ScoreName())
@click.argument("key")
@shared("workspace", "as-of", "json")
def command(run: Run, score: str, key: str) -> None:
    """Print the derivation of one score."""
    from sheetsales.actions.explain import explain
    from sheetsales.cli.output import print_json

    workspace = run.open_workspace()
    explanation = explain(
        workspace, score, key, as_of=workspace.as_of(run.as_of), locale=run.language
    )
    if run.as_json:
        print_json(**explanation.as_object())
        return
    for line in _lines(explanation, run):
        click.echo(line)


def _lines(explanation: Explanation, run: Run) -> Iterator[str]:
    for node in explanation.nodes:
        yield from _node_lines(node, run, depth=0)
    text = run.messages.text
    if explanation.parameters:
        yield text("explain-parameters")
        for name, valid_from, value in explanation.parameters:
            yield f"  {name} = {value}  ({text('explain-valid-from', day=valid_from)})"
    for change in explanation.changes:
        yield click.style(text("explain-changed", **change), fg="yellow")


def _node_lines(node: ExplainedNode, run: Run, depth: int) -> Iterator[str]:
    indent = "  " * depth
    weight = f" × {node.weight}" if node.weight else ""
    formula = f"  [{node.formula}]" if node.formula else ""
    value = node.value or f"— {node.reason}"
    yield f"{indent}{click.style(node.title, bold=depth == 0)}: {value}{weight}{formula}"
    for cell in node.inputs:
        yield f"{indent}  · {cell.title} = {cell.value}  ({cell.where})"
    for child in node.children:
        yield from _node_lines(child, run, depth + 1)
