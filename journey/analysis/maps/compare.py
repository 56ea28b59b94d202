"""Two groups of journeys side by side: moves, steps, stages, and how sure a difference is.

Groups may be two segments or two periods of one log. A share is of all journeys of its group; a
difference is the share of A minus that of B. Groups that overlap are compared all the same; their
intervals are then only a guide.
"""

from collections import Counter
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from journey.analysis.figures.comparisons import adjusted_for_many, difference, exact_chance
from journey.analysis.figures.frames import records
from journey.analysis.maps.directions import directions
from journey.analysis.maps.graph import UNASSIGNED, graph_facts, touchpoint_types
from journey.analysis.maps.moves import timed_moves
from journey.analysis.maps.paths import Box, flow_columns, flows_among, types_met
from journey.analysis.stages.funnel import stage_funnel
from journey.log import TouchpointLog
from journey.schema import OUTCOMES
from journey.store.cache import keep

if TYPE_CHECKING:
    import networkx as nx

Ints = npt.NDArray[np.int64]
Columns = dict[str, Any]

_LAST: Final = "\U0010ffff"
_ADDED: Final = ("n_touchpoints", "n_journeys", "n_starts", *(f"n_{one}" for one in OUTCOMES))
_OF_BOTH: Final = ("direction", "n_moves", "n_journeys", "n_back")


def compare_moves(log_a: TouchpointLog, log_b: TouchpointLog) -> pd.DataFrame:
    """How many journeys of two groups make each move.

    Returns
    -------
    DataFrame
        One row per move that either makes: ``source``, ``target``; ``n_a``, ``n_b`` journeys that
        make it, of ``n_all_a``, ``n_all_b``; ``a_share``, ``b_share``; ``difference`` with its
        95 % interval ``low``, ``high`` (Newcombe); ``chance`` (Fisher's exact test, adjusted by
        Benjamini and Hochberg). By the size of the difference, largest first.

    Examples
    --------
    >>> from journey import from_frame
    >>> log = from_frame(pd.DataFrame({
    ...     "account_id": ["a", "a", "b"], "touchpoint": ["Ad", "Demo", "Ad"],
    ...     "occurred_at": pd.to_datetime(["2026-01-01", "2026-01-03", "2026-01-01"])}))
    >>> compare_moves(log.having("Demo"), log)[["source", "target", "a_share", "b_share"]]
      source target  a_share  b_share
    0     Ad   Demo      1.0      0.5
    """
    columns = _compared_moves(log_a, log_b)
    return pd.DataFrame({name: columns[name] for name in columns if name not in _OF_BOTH})


def _compared_moves(log_a: TouchpointLog, log_b: TouchpointLog) -> Columns:
    """The columns of moves compared, and what a map tells of both groups together."""
    key = "compared moves", log_a.fingerprint, log_b.fingerprint
    return keep(key, partial(_compare_moves, log_a, log_b))


def _compare_moves(log_a: TouchpointLog, log_b: TouchpointLog) -> Columns:
    names = list(dict.fromkeys((*log_a.type_names, *log_b.type_names)))
    found = [_moves_among(names, log) for log in (log_a, log_b)]
    keys = np.union1d(*(made for made, _ in found))
    groups = np.zeros((2, 4, len(keys)), np.int64)
    for counts, (made, told) in zip(groups, found, strict=True):
        counts[:, np.searchsorted(keys, made)] = told
    n_moves, (n_a, n_b), _, n_back = groups.swapaxes(0, 1)
    sources, targets = np.divmod(keys, len(names) or 1)
    compared = _compared(n_a, n_b, log_a, log_b)
    ranks, text_of = _ranks(names), pd.Index(names, dtype="str").array
    # The way a move goes is that in the group in which more journeys make it.
    more = np.where(n_b > n_a, groups[1], groups[0])
    columns: Columns = {
        "source": text_of.take(sources),
        "target": text_of.take(targets),
        "direction": directions(sources == targets, more[0], more[2], more[3]),
        "n_moves": n_moves.sum(axis=0),
        "n_journeys": n_a + n_b,
        "n_back": n_back.sum(axis=0),
        **compared,
    }
    sizes = np.nan_to_num(np.abs(compared["difference"]))
    order = np.lexsort((ranks[targets], ranks[sources], -sizes))
    return {name: column.take(order) for name, column in columns.items()}


def _moves_among(names: Sequence[str], log: TouchpointLog) -> tuple[Ints, Ints]:
    """Moves of a log by the places of these names: all, journeys, those forward and back."""
    place_of = {name: place for place, name in enumerate(names)}
    places = np.array([place_of[name] for name in log.type_names], np.int64)
    moves = log.shared(timed_moves)
    sources, targets = np.divmod(moves.keys, len(places) or 1)
    return places[sources] * len(names) + places[targets], moves.counts


def compare_stages(log_a: TouchpointLog, log_b: TouchpointLog) -> pd.DataFrame:
    """How many journeys of two groups reach each stage, and go on from it.

    Returns
    -------
    DataFrame
        One row per stage, in order: ``stage``, then as :func:`compare_moves` for journeys that
        reach it; ``n_advanced_a``, ``n_advanced_b`` that entered the next one after it,
        ``a_conversion_rate``, ``b_conversion_rate`` (of those that reached it; missing for the
        last stage), ``conversion_difference`` with its 95 % interval ``conversion_low``,
        ``conversion_high``.

    Examples
    --------
    >>> from journey import Definitions, Stage, from_frame
    >>> model = Definitions(stages=(Stage("Attract", ("Ad",)), Stage("Convert", ("Demo",))))
    >>> log = from_frame(pd.DataFrame({
    ...     "account_id": ["a", "a", "b"], "touchpoint": ["Ad", "Demo", "Ad"],
    ...     "occurred_at": pd.to_datetime(["2026-01-01", "2026-01-03", "2026-01-01"])}),
    ...     definitions=model)
    >>> compare_stages(log.having("Demo"), log)[["stage", "a_share", "b_share"]]
         stage  a_share  b_share
    0  Attract      1.0      1.0
    1  Convert      1.0      0.5
    """
    funnels = [stage_funnel(log) for log in (log_a, log_b)]
    (n_a, n_b), advanced = (
        [funnel[name].to_numpy() for funnel in funnels] for name in ("n_journeys", "n_advanced")
    )
    gap, low, high = difference(advanced[0], n_a, advanced[1], n_b)
    is_last = np.arange(len(n_a)) == len(n_a) - 1
    return pd.DataFrame(
        {
            "stage": funnels[0]["stage"],
            **_compared(n_a, n_b, log_a, log_b),
            "n_advanced_a": advanced[0],
            "n_advanced_b": advanced[1],
            "a_conversion_rate": funnels[0]["conversion_rate"],
            "b_conversion_rate": funnels[1]["conversion_rate"],
            "conversion_difference": np.where(is_last, np.nan, gap),
            "conversion_low": np.where(is_last, np.nan, low),
            "conversion_high": np.where(is_last, np.nan, high),
        }
    )


def compare_steps(
    log_a: TouchpointLog, log_b: TouchpointLog, *, steps: int = 8, n_types: int = 12
) -> pd.DataFrame:
    """Step flows of two groups: how many journeys go from each box to the next.

    Parameters
    ----------
    steps
        How many positions, from the first touch.
    n_types
        How many types have boxes of their own, those that most journeys of both are at; the same
        in both groups, the others are in ``Other``.

    Returns
    -------
    DataFrame
        The columns of :func:`step_flows`, ``n_journeys`` and ``n_back`` being those of both
        together, and those of :func:`compare_moves`. In every step ``n_a`` and ``n_b`` add up to
        the journeys of their groups. In the order of steps, largest first.

    Examples
    --------
    >>> from journey import from_frame
    >>> log = from_frame(pd.DataFrame({
    ...     "account_id": ["a", "a", "b"], "touchpoint": ["Ad", "Demo", "Ad"],
    ...     "occurred_at": pd.to_datetime(["2026-01-01", "2026-01-03", "2026-01-01"])}))
    >>> found = compare_steps(log.having("Demo"), log, steps=2)
    >>> found.loc[found["step"] == 1, ["box", "next_box", "a_share", "b_share"]].values.tolist()
    [['Ad', 'Demo', 1.0, 0.5], ['Ad', 'in_progress', 0.0, 0.5]]
    """
    kept = _most_met((log_a, log_b), steps, n_types)
    flows = [flows_among(log, kept, steps=steps) for log in (log_a, log_b)]
    boxes = list(dict.fromkeys((*flows[0][0], *flows[1][0])))
    groups = np.zeros((2, 2, steps, len(boxes), len(boxes)), np.int64)
    for counts, (own, told) in zip(groups, flows, strict=True):
        places = np.array([boxes.index(box) for box in own])
        counts[:, :, places[:, None], places] = told
    n_journeys, n_back = groups.sum(axis=0)
    at = _in_order(n_journeys, boxes)
    n_a, n_b = groups[:, 0][:, *at]
    return pd.DataFrame(
        {
            **flow_columns(boxes, *at),
            **_compared(n_a, n_b, log_a, log_b),
            "n_back": n_back[at],
            "n_journeys": n_journeys[at],
        }
    ).astype({"box": "str", "box_kind": "str"})


def _most_met(logs: Sequence[TouchpointLog], steps: int, n_types: int) -> list[str]:
    """The types at which most journeys are, over all steps."""
    met = Counter[str]()
    for log in logs:
        met.update(dict(zip(log.type_names, types_met(log, steps=steps).tolist(), strict=True)))
    ranked = sorted((name for name in met if met[name]), key=lambda name: (-met[name], name))
    return ranked[:n_types]


def _in_order(n_journeys: Ints, boxes: Sequence[Box]) -> tuple[Ints, Ints, Ints]:
    """Steps and both boxes of all ribbons: step by step, largest first, then by name."""
    step, box, following = found = np.nonzero(n_journeys)
    ranks = _ranks([_LAST if one.name is None else one.name for one in boxes])
    order = np.lexsort((ranks[following], ranks[box], -n_journeys[found], step))
    return step[order], box[order], following[order]


def compare_graph(log_a: TouchpointLog, log_b: TouchpointLog) -> "nx.DiGraph[str]":
    """The map of two groups as one graph, for a picture with differences in colour.

    Returns
    -------
    networkx.DiGraph
        As :func:`journey_graph` with the counts of both together, and for every type and move the
        columns ``n_a`` to ``chance`` of :func:`compare_moves` (journeys that have or make it).
        Graph attributes ``n_all_a`` and ``n_all_b``; ``outcomes_a`` and ``outcomes_b``. What can't
        be told of both together (``median_days``, ``win_rate``, ``share``) is missing.

    Examples
    --------
    Of the one journey with a demo all, of both journeys one had it.

    >>> from journey import from_frame
    >>> log = from_frame(pd.DataFrame({
    ...     "account_id": ["a", "a", "b"], "touchpoint": ["Ad", "Demo", "Ad"],
    ...     "occurred_at": pd.to_datetime(["2026-01-01", "2026-01-03", "2026-01-01"])}))
    >>> graph = compare_graph(log.having("Demo"), log)
    >>> [(name, node["a_share"], node["b_share"]) for name, node in graph.nodes(data=True)]
    [('Ad', 1.0, 1.0), ('Demo', 1.0, 0.5)]
    """
    import networkx as nx

    logs = log_a, log_b
    moves, types = _compared_moves(*logs), [touchpoint_types(log) for log in logs]
    first, second = (graph_facts(log, own) for log, own in zip(logs, types, strict=True))
    stages = list(dict.fromkeys((*first["stages"], *second["stages"])))
    union: nx.DiGraph[str] = nx.DiGraph(
        stages=sorted(stages, key=UNASSIGNED.__eq__),
        stage_journeys=_added(first["stage_journeys"], second["stage_journeys"]),
        outcomes=_added(first["outcomes"], second["outcomes"]),
        outcomes_a=first["outcomes"],
        outcomes_b=second["outcomes"],
        n_all_a=first["n_journeys"],
        n_all_b=second["n_journeys"],
        as_of=max(first["as_of"], second["as_of"]),
        has_win_rule=first["has_win_rule"],
        hidden={"n_types": 0, "n_edges": 0, "n_moves": 0},
        **{name: first[name] + second[name] for name in ("n_journeys", "n_touchpoints")},
        n_moves=int(moves["n_moves"].sum()),
        n_back=int(moves["n_back"].sum()),
    )
    union.add_nodes_from((one.pop("touchpoint"), one) for one in _types_of_both(types, *logs))
    rows = records(pd.DataFrame(moves))
    union.add_edges_from((row.pop("source"), row.pop("target"), row) for row in rows)
    union.graph |= {"n_types": len(union), "n_edges": union.number_of_edges()}
    return union


def _types_of_both(
    types: Sequence[pd.DataFrame], log_a: TouchpointLog, log_b: TouchpointLog
) -> list[dict[str, Any]]:
    """Every type of two maps by name, with the figures of both side by side."""
    known = [{row["touchpoint"]: row for row in records(own)} for own in types]
    names = sorted({**known[0], **known[1]})
    n_a, n_b = (
        np.array([own[name]["n_journeys"] if name in own else 0 for name in names], np.int64)
        for own in known
    )
    compared = records(pd.DataFrame(_compared(n_a, n_b, log_a, log_b)))
    return [
        {"touchpoint": name, **_both([own[name] for own in known if name in own]), **facts}
        for name, facts in zip(names, compared, strict=True)
    ]


def _compared(n_a: Ints, n_b: Ints, log_a: TouchpointLog, log_b: TouchpointLog) -> Columns:
    """Journeys of both groups that have something, with shares, their difference, its chance."""
    all_a, all_b = log_a.n_journeys, log_b.n_journeys
    gap, low, high = difference(n_a, all_a, n_b, all_b)
    chance = np.full(len(n_a), np.nan)
    if all_a and all_b and len(n_a):
        chance = adjusted_for_many(exact_chance(n_a, all_a, n_a + n_b, all_a + all_b))
    return {
        "n_a": n_a,
        "n_b": n_b,
        "n_all_a": np.full(len(n_a), all_a),
        "n_all_b": np.full(len(n_a), all_b),
        "a_share": n_a / max(all_a, 1),
        "b_share": n_b / max(all_b, 1),
        "difference": gap,
        "low": low,
        "high": high,
        "chance": chance,
    }


def _ranks(names: Sequence[str]) -> Ints:
    """The place of each name in their order; equal ones have the same."""
    return np.unique(np.array(names, dtype=object), return_inverse=True)[1]


def _both(found: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """What two groups have of a type: counts added, the stage from the one that has more."""
    more = max(found, key=lambda facts: facts["n_journeys"])
    return {"stage": more["stage"], **{name: sum(one[name] for one in found) for name in _ADDED}}


def _added(first: dict[str, int], second: dict[str, int]) -> dict[str, int]:
    return {name: first.get(name, 0) + second.get(name, 0) for name in {**first, **second}}
