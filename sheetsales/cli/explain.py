"""``sheetsales explain``: how a score came about, down to the cells."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from sheetsales.cli.commands import Command
from sheetsales.cli.options import Run, shared
from sheetsales.cli.score import ScoreName
from sheetsales.cli.texts import help_text

if TYPE_CHECKING:
    from sheetsales.actions.explain import ExplainedInput, ExplainedNode, Explanation


@click.command("explain", cls=Command, help=help_text("explain"))
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
    text = run.messages.text
    name = f"{text(f'score-of-{explanation.score}')} {explanation.key}"
    if explanation.title:
        name = text("explain-of", name=name, subject=explanation.title)
    yield click.style(name, bold=True)
    told: set[ExplainedNode] = set()
    for node in explanation.nodes:
        yield ""
        yield from _node_lines(node, run, told, depth=0)
    for node in explanation.shown:
        if _alone(node) not in told:
            yield ""
            yield from _node_lines(node, run, told, depth=0)
    if explanation.parameters:
        yield ""
        yield text("explain-parameters")
        for key, valid_from, value in explanation.parameters:
            yield f"  {text('explain-parameter', name=key, value=value, day=valid_from)}"
    for change in explanation.changes:
        yield click.style(text("explain-changed", **change), fg="yellow")


def _node_lines(
    node: ExplainedNode, run: Run, told: set[ExplainedNode], depth: int
) -> Iterator[str]:
    """Yield the lines of a step; what was told once, whatever its weight then, is not repeated."""
    text = run.messages.text
    alone = _alone(node)
    again = alone in told and bool(node.children or node.inputs)
    told.add(alone)
    value = node.shown if node.step.value is not None else _nothing(node, run)
    formula = text("explain-formula", formula=node.step.formula) if node.step.formula else ""
    seen = text("explain-again") if again else ""
    title = click.style(node.title, bold=depth == 0)
    indent = "  " * depth
    yield indent + "  ".join(filter(None, (title, value, node.weight, formula, seen)))
    cells = () if again else node.inputs
    for cell in (*cells, node.weighted_by):
        if cell is not None:
            yield f"{indent}  · {_cell_line(cell, run)}"
    for child in () if again else node.children:
        yield from _node_lines(child, run, told, depth + 1)


def _alone(node: ExplainedNode) -> ExplainedNode:
    """Return a step as it is apart from its place: the same one may weigh differently elsewhere."""
    step = replace(node.step, weight=None, weighted_by=None)
    return replace(node, step=step, weight="", weighted_by=None)


def _nothing(node: ExplainedNode, run: Run) -> str:
    text = run.messages.text
    return text("explain-none", reason=node.reason) if node.reason else text("explain-nothing")


def _cell_line(cell: ExplainedInput, run: Run) -> str:
    line = run.messages.text("explain-input", title=cell.title, value=cell.shown)
    place = str(cell.place)
    return f"{line}  ← {place}" if place else line
