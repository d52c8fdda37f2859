"""Where people stand among those of the same position (F11; 三-4-a)."""

from __future__ import annotations

from collections.abc import Mapping

from sheetsales.scores.derivation import Component, Input, component


def build_ranking(
    performances: Mapping[str, Component], cells: Mapping[str, Input]
) -> dict[str, tuple[Component, Component]]:
    """Return rank and rank score of each member of a group (F11; 三-4-a).

    Equal performances share a rank and the next one is left out: 1, 2, 2, 4. The score is
    100·(N − mean rank)/(N − 1), where those who share take the mean of their places; a group of
    one has 100. Who has no performance has no rank and is not counted.

    Args:
        performances: performance by member.
        cells: the same as inputs, by member.
    """
    peers = tuple(cells[member] for member, node in performances.items() if node.value is not None)
    return {
        member: (
            component("rank", "F11-place", children=(node,), inputs=peers),
            component("rank_score", "F11-score", children=(node,), inputs=peers),
        )
        for member, node in performances.items()
    }
