"""Which column and row each touchpoint type of the map stands in."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import networkx as nx

UNASSIGNED: Final = "Unassigned"
_SWEEPS: Final = 6
_SWAPS: Final = 4

Order = Mapping[str, Sequence[str]]
"""Touchpoint types of every stage, top to bottom; stages in order."""

_Weights = dict[str, list[tuple[str, float]]]


def stage_order(graph: "nx.DiGraph[str]", given: Order | None = None) -> dict[str, list[str]]:
    """Order the types of every stage so that strong moves run level and seldom cross.

    Types are first ordered by volume, then swept to the weighted barycentre of their neighbours
    in other stages, then swapped in pairs while that shortens the weighted length of all moves.
    Ties fall to volume and name, so that the same graph always has the same order.

    Parameters
    ----------
    graph : networkx.DiGraph
        Touchpoint types with ``stage`` and ``n_touchpoints``, moves with ``n_moves``.
    given : mapping of stage to types, optional
        Order of a larger graph. Types in it keep their order; others follow below.

    Returns
    -------
    dict of str to list of str
        Stages in order, each with its types from top to bottom.

    References
    ----------
    Sugiyama, Tagawa, Toda (1981), Methods for visual understanding of hierarchical systems.

    Examples
    --------
    >>> import networkx as nx
    >>> graph = nx.DiGraph(stages=["Attract"])
    >>> graph.add_node("Ad", stage="Attract", n_touchpoints=2)
    >>> graph.add_node("Blog", stage="Attract", n_touchpoints=5)
    >>> stage_order(graph)
    {'Attract': ['Blog', 'Ad']}
    """
    columns = _by_volume(graph)
    if given is not None:
        place = {node: place for nodes in given.values() for place, node in enumerate(nodes)}
        return {
            stage: sorted(nodes, key=lambda node: place.get(node, len(place)))
            for stage, nodes in columns.items()
        }
    weights = _neighbours(graph)
    best, best_length = columns, _length(columns, weights)
    swept = columns
    for sweep in range(_SWEEPS):
        swept = _swept(swept, weights, backwards=sweep % 2 == 1)
        length = _length(swept, weights)
        if length < best_length:
            best, best_length = swept, length
    return _swapped(best, weights)


def first_rows(order: Order) -> dict[str, int]:
    """Return the row in which each stage's first type stands, so that columns are centred."""
    n_rows = max((len(nodes) for nodes in order.values()), default=0)
    return {stage: (n_rows - len(nodes)) // 2 for stage, nodes in order.items()}


def stage_of(graph: "nx.DiGraph[str]", node: str) -> str:
    """Return the stage of a type; types without one are unassigned."""
    return str(graph.nodes[node].get("stage") or UNASSIGNED)


def _by_volume(graph: "nx.DiGraph[str]") -> dict[str, list[str]]:
    """Return the types of every stage, largest first; stages nobody listed come last."""
    columns: dict[str, list[str]] = {str(stage): [] for stage in graph.graph.get("stages", ())}
    by_volume = sorted(graph, key=lambda node: (-graph.nodes[node].get("n_touchpoints", 0), node))
    for stage in sorted({stage_of(graph, node) for node in by_volume} - columns.keys()):
        columns[stage] = []
    for node in by_volume:
        columns[stage_of(graph, node)].append(node)
    return columns


def _neighbours(graph: "nx.DiGraph[str]") -> _Weights:
    """Return every type's neighbours with the moves between them, both directions."""
    weights: _Weights = defaultdict(list)
    for source, target, moves in sorted(graph.edges(data="n_moves", default=1)):
        if source != target:
            weights[source].append((target, float(moves)))
            weights[target].append((source, float(moves)))
    return weights


def _heights(columns: Order) -> dict[str, float]:
    """Return the row of every type, columns centred on a common middle."""
    return {
        node: row - (len(nodes) - 1) / 2
        for nodes in columns.values()
        for row, node in enumerate(nodes)
    }


def _length(columns: Order, weights: _Weights) -> float:
    """Sum the rows that all moves climb or fall, weighted by volume."""
    heights = _heights(columns)
    return sum(
        moves * abs(heights[node] - heights[other])
        for node, others in weights.items()
        for other, moves in others
    )


def _swept(
    columns: dict[str, list[str]], weights: _Weights, *, backwards: bool
) -> dict[str, list[str]]:
    """Sort each stage by the mean height of its neighbours in other stages."""
    swept = dict(columns)
    for stage in list(columns)[:: -1 if backwards else 1]:
        heights = _heights(swept)
        own = set(swept[stage])

        def centre(node: str, own: set[str] = own, heights: dict[str, float] = heights) -> float:
            """Return the weighted mean height of a type's neighbours elsewhere."""
            outside = [(other, moves) for other, moves in weights[node] if other not in own]
            total = sum(moves for _, moves in outside)
            if not total:
                return heights[node]
            return sum(heights[other] * moves for other, moves in outside) / total

        swept[stage] = sorted(swept[stage], key=centre)
    return swept


def _swapped(columns: dict[str, list[str]], weights: _Weights) -> dict[str, list[str]]:
    """Swap neighbours in a stage while that shortens the moves."""
    order = {stage: list(nodes) for stage, nodes in columns.items()}
    heights = _heights(order)

    def local(upper: str, lower: str) -> float:
        """Weighted length of the moves of two types, as they now stand."""
        return sum(
            moves * abs(heights[node] - heights[other])
            for node in (upper, lower)
            for other, moves in weights[node]
        )

    for _ in range(_SWAPS):
        changed = False
        for nodes in order.values():
            for row in range(len(nodes) - 1):
                upper, lower = nodes[row], nodes[row + 1]
                before = local(upper, lower)
                heights[upper], heights[lower] = heights[lower], heights[upper]
                if local(upper, lower) < before - 1e-9:
                    nodes[row], nodes[row + 1] = lower, upper
                    changed = True
                else:
                    heights[upper], heights[lower] = heights[lower], heights[upper]
        if not changed:
            break
    return order
