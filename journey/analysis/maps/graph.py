"""The journey as a graph: touchpoint types, the moves between them, how often and how fast."""

from collections import Counter
from collections.abc import Mapping
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from journey.analysis.figures.frames import records
from journey.analysis.maps.directions import directions
from journey.analysis.maps.move_reasons import back_reasons
from journey.analysis.maps.moves import (
    made_moves,
    median_gaps,
    merge_counts,
    partial_counts,
    timed_moves,
)
from journey.analysis.stages.funnel import stage_funnel
from journey.facts import Rules, ShardFacts, entered_stages
from journey.kernels import moves as kernels
from journey.log import TouchpointLog
from journey.schema import OUTCOMES
from journey.store.view import View

if TYPE_CHECKING:
    import networkx as nx

Ints = npt.NDArray[np.int64]

UNASSIGNED = "Unassigned"


def directly_follows(log: TouchpointLog) -> pd.DataFrame:
    """Moves: pairs of touchpoint types of which the second follows the first directly.

    Parameters
    ----------
    log
        Any log; stages are needed for ``direction`` and ``n_back`` only.

    Returns
    -------
    DataFrame
        One row per pair: ``source``, ``target``, ``n_moves``, ``n_journeys`` (journeys that make
        the move), ``share`` (of all moves that leave the source), ``median_days`` and
        ``mean_days`` between the two touches, ``direction`` (``self``, or what more than half of
        the moves do: ``forward`` or ``back`` to another stage of the journey; else ``within``),
        ``n_back`` (moves after which the journey is in an earlier stage than before; with nothing
        hidden they add up to those of :func:`back_moves`). By ``n_moves``, largest first.
        ``n_moves`` add up to touchpoints minus journeys.

    References
    ----------
    van der Aalst, W. (2016). *Process Mining: Data Science in Action*, ch. 5.

    Examples
    --------
    >>> import pandas as pd
    >>> from journey import from_frame
    >>> days = pd.to_datetime(["2026-01-01", "2026-01-03", "2026-01-04"])
    >>> log = from_frame(pd.DataFrame({
    ...     "account_id": "a", "occurred_at": days, "touchpoint": ["Ad", "Demo", "Demo"]}))
    >>> directly_follows(log)[["source", "target", "n_moves", "median_days"]]
      source target  n_moves  median_days
    0     Ad   Demo        1          2.0
    1   Demo   Demo        1          1.0
    """
    return log.shared(_directly_follows).copy(deep=False)


def _directly_follows(log: TouchpointLog) -> pd.DataFrame:
    moves = log.shared(timed_moves)
    medians = median_gaps(log, moves)
    n_moves, n_journeys, n_forward, n_back = moves.counts
    sources, targets = np.divmod(moves.keys, len(log.type_names) or 1)
    leaving = np.bincount(sources, weights=n_moves)
    columns = {
        "n_journeys": n_journeys,
        "share": n_moves / leaving[sources],
        "median_days": medians / log.ticks_per_day,
        "mean_days": moves.gap_sums / n_moves / log.ticks_per_day,
        "direction": directions(sources == targets, n_moves, n_forward, n_back),
        "n_back": n_back,
    }
    return _move_frame(log, moves.keys, n_moves, columns)


def move_counts(log: TouchpointLog) -> pd.DataFrame:
    """Moves by how often they are made, without their times: the quickest look at a log.

    Returns
    -------
    DataFrame
        One row per pair: ``source``, ``target``, ``n_moves``. By ``n_moves``, largest first.
        ``n_moves`` add up to touchpoints minus journeys.

    Examples
    --------
    >>> import pandas as pd
    >>> from journey import from_frame
    >>> days = pd.to_datetime(["2026-01-01", "2026-01-03"])
    >>> log = from_frame(pd.DataFrame({
    ...     "account_id": "a", "occurred_at": days, "touchpoint": ["Ad", "Demo"]}))
    >>> move_counts(log)
      source target  n_moves
    0     Ad   Demo        1
    """
    n_types = len(log.type_names)
    parts = log.ask(partial(partial_counts, n_types=n_types))
    return _move_frame(log, *merge_counts(parts, n_types=n_types), {})


def move_means(log: TouchpointLog) -> pd.DataFrame:
    """Moves with the journeys that make them, how many of these are won, and the mean time.

    Returns
    -------
    DataFrame
        One row per pair: ``source``, ``target``, ``n_moves``, ``n_journeys`` (journeys that make
        the move), ``n_won`` (of these), ``mean_days`` between the two touches. By ``n_moves``,
        largest first.

    Examples
    --------
    >>> import pandas as pd
    >>> from journey import from_frame
    >>> days = pd.to_datetime(["2026-01-01", "2026-01-03"])
    >>> log = from_frame(pd.DataFrame({
    ...     "account_id": "a", "occurred_at": days, "touchpoint": ["Ad", "Demo"]}))
    >>> move_means(log)[["source", "target", "n_journeys", "n_won", "mean_days"]]
      source target  n_journeys  n_won  mean_days
    0     Ad   Demo           1      0        2.0
    """
    moves = made_moves(log)
    n_moves, n_journeys, n_won = moves.counts
    columns = {
        "n_journeys": n_journeys,
        "n_won": n_won,
        "mean_days": moves.gap_sums / n_moves / log.ticks_per_day,
    }
    return _move_frame(log, moves.keys, n_moves, columns)


def journey_graph(log: TouchpointLog) -> "nx.DiGraph[str]":
    """The journey as a directed graph of touchpoint types and moves.

    Returns
    -------
    networkx.DiGraph
        Node attributes: ``n_touchpoints``, ``n_journeys``, ``stage``, ``n_decided`` (won, lost
        or no decision, having the type), ``win_rate`` (won of these), ``n_starts``, and the
        journeys that end there by outcome (``n_won`` …). Edge attributes: the columns of
        :func:`directly_follows`; of a move back ``reason`` (the main one), ``n_reason`` of
        ``n_with_reason``. Graph attributes: ``n_journeys``, ``n_touchpoints``, ``n_moves``,
        ``n_edges``, ``n_back``, ``back_to`` (of these to each type that has any), ``stages``,
        ``stage_journeys`` (that reach each), ``outcomes``, ``as_of``, ``has_win_rule``,
        ``hidden``.

    Examples
    --------
    >>> import pandas as pd
    >>> from journey import from_frame
    >>> days = pd.to_datetime(["2026-01-01", "2026-01-03"])
    >>> log = from_frame(pd.DataFrame({
    ...     "account_id": "a", "occurred_at": days, "touchpoint": ["Ad", "Demo"]}))
    >>> journey_graph(log).edges["Ad", "Demo"]["n_moves"]
    1
    """
    import networkx as nx

    nodes, edges = touchpoint_types(log), directly_follows(log)
    graph: nx.DiGraph[str] = nx.DiGraph(
        **graph_facts(log, nodes),
        n_moves=int(edges["n_moves"].sum()),
        n_edges=len(edges),
        n_back=int(edges["n_back"].sum()),
        back_to=_back_to(edges),
        n_types=len(nodes),
        hidden={"n_types": 0, "n_edges": 0, "n_moves": 0},
    )
    graph.add_nodes_from((node.pop("touchpoint"), node) for node in records(nodes))
    graph.add_edges_from((edge.pop("source"), edge.pop("target"), edge) for edge in records(edges))
    for move, given in back_reasons(log).items():
        graph.edges[move].update(given.facts)
    return graph


def _back_to(edges: pd.DataFrame) -> dict[str, int]:
    """Count the moves that go back to each type to which any do."""
    backs: Counter[str] = Counter()
    for target, n_back in zip(edges["target"].tolist(), edges["n_back"].tolist(), strict=True):
        if n_back:
            backs[target] += n_back
    return dict(backs)


def graph_facts(log: TouchpointLog, types: pd.DataFrame) -> dict[str, Any]:
    """What the graph of a log tells of all its journeys.

    Parameters
    ----------
    types
        As :func:`touchpoint_types` gives them.

    Returns
    -------
    dict
        Of the graph attributes of :func:`journey_graph` ``n_journeys``, ``n_touchpoints``,
        ``stages``, ``stage_journeys``, ``outcomes``, ``as_of`` and ``has_win_rule``.
    """
    reached = stage_funnel(log)
    return {
        "n_journeys": log.n_journeys,
        "n_touchpoints": int(types["n_touchpoints"].sum()),
        "stages": stages_of(log, types),
        "stage_journeys": dict(zip(reached["stage"], reached["n_journeys"].tolist(), strict=True)),
        "outcomes": {outcome: int(types[f"n_{outcome}"].sum()) for outcome in OUTCOMES},
        "as_of": log.as_of.isoformat(),
        "has_win_rule": bool(log.definitions.won),
    }


def stages_of(log: TouchpointLog, types: pd.DataFrame) -> list[str]:
    """The stages in order, and last the one of types that enter none, where there are any.

    Parameters
    ----------
    types
        As :func:`touchpoint_types` gives them.
    """
    has_unassigned = UNASSIGNED in set(types["stage"])
    return [*log.definitions.stage_names, *([UNASSIGNED] if has_unassigned else [])]


def touchpoint_types(log: TouchpointLog) -> pd.DataFrame:
    """Touchpoint types in view, with what becomes of the journeys that have them.

    Returns
    -------
    DataFrame
        One row per type: ``touchpoint``, ``stage``, ``n_touchpoints``, ``n_journeys``,
        ``n_decided``, ``win_rate`` (won journeys that have it / decided journeys that have it),
        ``n_starts``, ``n_won`` … ``n_in_progress`` (journeys that end there, by outcome).
        By ``n_touchpoints``, largest first.
    """
    names = log.type_names
    answers = log.ask_with_facts(partial(_count_types, n_types=len(names)))
    empty = (np.zeros(len(names), np.int64), np.zeros((len(names), len(OUTCOMES)), np.int64))
    n_touchpoints = sum((answer[0] for answer in answers), empty[0])
    having = sum((answer[1] for answer in answers), empty[1])
    n_starts = sum((answer[2] for answer in answers), empty[0])
    ends = sum((answer[3] for answer in answers), empty[1])
    positions = stage_positions(log)
    seen = np.flatnonzero(n_touchpoints)
    codes = seen[np.lexsort((_ranks_of(names)[seen], -n_touchpoints[seen]))]
    n_won, n_decided = having[codes, 0], having[codes, :3].sum(axis=1)
    return pd.DataFrame(
        {
            "touchpoint": _text_of(names).take(codes),
            "stage": _text_of((*log.definitions.stage_names, UNASSIGNED)).take(positions[codes]),
            "n_touchpoints": n_touchpoints[codes],
            "n_journeys": having[codes].sum(axis=1),
            "n_decided": n_decided,
            "win_rate": np.where(n_decided > 0, n_won / np.maximum(n_decided, 1), np.nan),
            "n_starts": n_starts[codes],
            **{f"n_{outcome}": ends[codes, place] for place, outcome in enumerate(OUTCOMES)},
        }
    )


def _move_frame(
    log: TouchpointLog, keys: Ints, n_moves: Ints, columns: Mapping[str, Any]
) -> pd.DataFrame:
    """Moves by name, with further columns; largest first, then by name of source and target."""
    names = log.type_names
    sources, targets = np.divmod(keys, len(names) or 1)
    ranks, name_of = _ranks_of(names), _text_of(names)
    order = np.lexsort((ranks[sources] * len(names) + ranks[targets], -n_moves))
    return pd.DataFrame(
        {
            "source": name_of.take(sources[order]),
            "target": name_of.take(targets[order]),
            "n_moves": n_moves[order],
            **{name: column.take(order) for name, column in columns.items()},
        },
        copy=False,
    )


@lru_cache(maxsize=8)
def _text_of(names: tuple[str, ...]) -> Any:
    """Names to take from: text takes pandas longer to understand than moves take to count."""
    return pd.Index(names, dtype="str").array


@lru_cache(maxsize=8)
def _ranks_of(names: tuple[str, ...]) -> Ints:
    """The place of each name in their order."""
    ranks = np.empty(len(names), np.int64)
    ranks[sorted(range(len(names)), key=names.__getitem__)] = np.arange(len(names))
    return ranks


def _count_types(part: tuple[View, ShardFacts], *, n_types: int) -> tuple[Ints, Ints, Ints, Ints]:
    view, facts = part
    return kernels.count_types(
        view.types, view.offsets, n_types, facts.outcomes[view.journeys], len(OUTCOMES)
    )


def stage_positions(log: TouchpointLog) -> Ints:
    """Position of each type's stage: the one its touchpoints enter most often; last: none."""
    rules, n_types = log.rules, len(log.type_names)
    if rules.go_by_type and n_types == len(rules.stage_of_type):
        return np.where(rules.stage_of_type >= 0, rules.stage_of_type, rules.n_stages)
    count = partial(_count_stages, rules=rules, n_types=n_types)
    counts = sum(log.ask(count), np.zeros((n_types, rules.n_stages), np.int64))
    return np.where(counts.any(axis=1), counts.argmax(axis=1), rules.n_stages)


def _count_stages(view: View, *, rules: Rules, n_types: int) -> Ints:
    entered = entered_stages(view, rules)
    known = entered >= 0
    keys = view.types[known].astype(np.int64) * rules.n_stages + entered[known]
    counts = np.bincount(keys, minlength=n_types * rules.n_stages)
    return counts.reshape(n_types, rules.n_stages)
