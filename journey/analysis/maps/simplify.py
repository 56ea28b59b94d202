"""A map's backbone: the strongest types and moves, none left without a way in or out."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, cast

from journey.analysis.maps.graph import UNASSIGNED

if TYPE_CHECKING:
    import networkx as nx

N_TYPES = 20
MOVE_SHARE = 0.7
TYPES_PER_STAGE = 2

Move = tuple[str, str, int]
Node = tuple[str, dict[str, Any]]
Pair = tuple[str, str]


def simplify(
    graph: "nx.DiGraph[str]",
    *,
    n_types: int = N_TYPES,
    move_share: float = MOVE_SHARE,
    kept: Iterable[Pair] = (),
) -> "nx.DiGraph[str]":
    """The part of a journey graph that is worth drawing, and what it leaves out.

    Keeps the ``n_types`` types with most journeys, among them two of each stage and
    those at which most journeys end by each outcome; of the moves between different ones of them
    the strongest until they make up ``move_share`` of these, and likewise of those that go back,
    which are few but tell where journeys turn; always each type's strongest way out and best way
    in, so that none is orphaned; of the self-moves those as strong as the weakest of these. Moves
    in ``kept`` stay with their types, whatever their strength.

    Returns
    -------
    networkx.DiGraph
        As :func:`journey_graph`, with what is left out in ``graph.graph["hidden"]``: ``n_types``,
        ``n_edges``, ``n_moves``. The totals in ``graph.graph`` stay those of the whole.

    Examples
    --------
    >>> import networkx as nx
    >>> graph = nx.DiGraph(n_moves=10, n_edges=3, n_types=3, stages=["Attract"], hidden={})
    >>> graph.add_nodes_from("abc", n_journeys=5, stage="Attract")
    >>> for pair, n in (("ab", 7), ("bc", 2), ("ac", 1)):
    ...     graph.add_edge(*pair, n_moves=n)
    >>> sorted(simplify(graph, move_share=0.5).edges)
    [('a', 'b'), ('b', 'c')]
    """
    always = {move for move in kept if graph.has_edge(*move)}
    types = _kept_types(graph, n_types) | {name for move in always for name in move}
    moves = _moves_between(graph, types)
    between = [move for move in moves if move[0] != move[1]]
    strongest, weakest = _strongest(between, move_share)
    back = [move for move in between if graph.edges[move[:2]].get("direction") == "back"]
    chosen = strongest | _strongest(back, move_share)[0] | _best_ways(between) | always
    chosen |= {(s, t) for s, t, n in moves if s == t and n >= weakest}
    simple: nx.DiGraph[str] = graph.__class__(**graph.graph)
    simple.add_nodes_from((name, graph.nodes[name]) for name in graph if name in types)
    simple.add_edges_from((s, t, graph.edges[s, t]) for s, t in graph.edges if (s, t) in chosen)
    hidden = {
        "n_types": graph.graph["n_types"] - len(types),
        "n_edges": graph.graph["n_edges"] - len(chosen),
        "n_moves": graph.graph["n_moves"] - sum(n for s, t, n in moves if (s, t) in chosen),
    }
    simple.graph.update(stages=_stages_of(graph, types), hidden=hidden)
    return simple


def _moves_between(graph: "nx.DiGraph[str]", types: set[str]) -> list[Move]:
    """The moves between some types, strongest first."""
    every = cast("list[Move]", list(graph.edges(data="n_moves")))
    return sorted((m for m in every if m[0] in types and m[1] in types), key=_strongest_first)


def _stages_of(graph: "nx.DiGraph[str]", types: Iterable[str]) -> list[str]:
    """All stages, but the one of types without any only where such a type is kept."""
    used = {graph.nodes[name]["stage"] for name in types}
    return [stage for stage in graph.graph["stages"] if stage in used or stage != UNASSIGNED]


def _kept_types(graph: "nx.DiGraph[str]", n_types: int) -> set[str]:
    """The biggest types, room being left for two of each stage and for the ways journeys end."""
    nodes = cast("list[Node]", list(graph.nodes(data=True)))
    ranked = sorted(nodes, key=_biggest_first)
    of_stage: dict[str, list[str]] = {}
    for name, attributes in ranked:
        of_stage.setdefault(attributes["stage"], []).append(name)
    firsts = [
        name
        for name, attributes in ranked
        if attributes["stage"] != UNASSIGNED
        and name in of_stage[attributes["stage"]][:TYPES_PER_STAGE]
    ]
    places = list(enumerate(ranked))
    ends = [
        max((attributes.get(f"n_{outcome}", 0), -at, name) for at, (name, attributes) in places)[2]
        for outcome, n_journeys in graph.graph.get("outcomes", {}).items()
        if n_journeys
    ]
    order = dict.fromkeys([*firsts, *ends, *(name for name, _ in ranked)])
    return set(list(order)[:n_types])


def _biggest_first(node: Node) -> tuple[int, str]:
    name, attributes = node
    return -int(attributes["n_journeys"]), name


def _strongest_first(move: Move) -> tuple[int, str, str]:
    source, target, n_moves = move
    return -n_moves, source, target


def _strongest(moves: Sequence[Move], share: float) -> tuple[set[Pair], int]:
    """The first moves until such a share of all is covered, and the size of the last of them."""
    wanted = share * sum(n_moves for *_, n_moves in moves)
    chosen: set[Pair] = set()
    covered, weakest = 0, 0
    for source, target, n_moves in moves:
        if covered >= wanted:
            break
        chosen.add((source, target))
        covered += n_moves
        weakest = n_moves
    return chosen, weakest


def _best_ways(moves: Iterable[Move]) -> set[Pair]:
    """Each type's strongest way out and in."""
    out: dict[str, str] = {}
    into: dict[str, str] = {}
    for source, target, _ in moves:
        out.setdefault(source, target)
        into.setdefault(target, source)
    return {*out.items(), *((source, target) for target, source in into.items())}
