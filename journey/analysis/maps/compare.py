"""Two groups of journeys side by side: moves, steps, stages, and how sure a difference is.

Groups may be two segments or two periods of one log. A share is of all journeys of its group; a
difference is the share of A minus that of B. Groups that overlap are compared all the same; their
intervals are then only a guide.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from journey.analysis.figures.comparisons import adjusted_for_many, difference, exact_chance
from journey.analysis.figures.frames import records
from journey.analysis.maps.graph import counted_graph, move_ways
from journey.analysis.maps.paths import step_flows
from journey.analysis.stages.funnel import stage_funnel
from journey.log import TouchpointLog
from journey.schema import OTHER, OUTCOMES
from journey.store.cache import keep

if TYPE_CHECKING:
    import networkx as nx

Floats = npt.NDArray[np.float64]

Key = tuple[Any, ...]

_MOVE: Final = ["source", "target"]
_BOX: Final = ["box", "box_kind", "box_stage"]
_NEXT: Final = ["next_box", "next_kind", "next_stage"]
_STEP: Final = ["step", *_BOX, *_NEXT]
_MAY_LACK: Final = ("box_stage", "next_box", "next_kind", "next_stage")
_LAST: Final = "\U0010ffff"
_ADDED: Final = ("n_touchpoints", "n_journeys", "n_starts", *(f"n_{one}" for one in OUTCOMES))


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
    key = "compared moves", log_a.fingerprint, log_b.fingerprint
    return keep(key, partial(_compare_moves, log_a, log_b)).copy()


def _compare_moves(log_a: TouchpointLog, log_b: TouchpointLog) -> pd.DataFrame:
    parts = [_counted(move_ways(log), _MOVE) for log in (log_a, log_b)]
    frame = _compared(parts, _MOVE, log_a, log_b)
    sizes = np.nan_to_num(np.abs(frame["difference"].to_numpy()))
    order = np.lexsort((*(frame[name].to_numpy(object) for name in reversed(_MOVE)), -sizes))
    return frame.iloc[order].reset_index(drop=True)


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
    frame = _compared([_counted(one, ["stage"]) for one in funnels], ["stage"], log_a, log_b)
    advanced = [funnel["n_advanced"].to_numpy() for funnel in funnels]
    gap, low, high = difference(advanced[0], frame["n_a"], advanced[1], frame["n_b"])
    is_last = np.arange(len(frame)) == len(frame) - 1
    return frame.assign(
        n_advanced_a=advanced[0],
        n_advanced_b=advanced[1],
        a_conversion_rate=funnels[0]["conversion_rate"],
        b_conversion_rate=funnels[1]["conversion_rate"],
        conversion_difference=np.where(is_last, np.nan, gap),
        conversion_low=np.where(is_last, np.nan, low),
        conversion_high=np.where(is_last, np.nan, high),
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
    every = max(len(log_a.type_names), 1)
    flows = [step_flows(log, steps=steps, n_types=every) for log in (log_a, log_b)]
    kept = _most_met(flows, n_types)
    folded = [_folded(flow, kept) for flow in flows]
    frame = _compared([n_journeys for n_journeys, _ in folded], _STEP, log_a, log_b)
    backs = folded[0][1] + folded[1][1]
    keys = _keys(frame, _STEP)
    both = (frame["n_a"] + frame["n_b"]).tolist()
    order = sorted(
        range(len(keys)),
        key=lambda row: (keys[row][0], -both[row], keys[row][1], keys[row][4] or _LAST),
    )
    whole = frame.assign(n_back=[backs[key] for key in keys], n_journeys=both)
    return whole.iloc[order].reset_index(drop=True)


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

    graphs = [counted_graph(log) for log in (log_a, log_b)]
    first, second = (graph.graph for graph in graphs)
    stages = list(dict.fromkeys((*first["stages"], *second["stages"])))
    union: nx.DiGraph[str] = nx.DiGraph(
        stages=[*(one for one in stages if one != "Unassigned"), *_unassigned(stages)],
        stage_journeys=_added(first["stage_journeys"], second["stage_journeys"]),
        outcomes=_added(first["outcomes"], second["outcomes"]),
        outcomes_a=first["outcomes"],
        outcomes_b=second["outcomes"],
        n_all_a=first["n_journeys"],
        n_all_b=second["n_journeys"],
        as_of=max(first["as_of"], second["as_of"]),
        has_win_rule=first["has_win_rule"],
        hidden={"n_types": 0, "n_edges": 0, "n_moves": 0},
        **{name: first[name] + second[name] for name in ("n_journeys", "n_touchpoints", "n_moves")},
        n_back=first["n_back"] + second["n_back"],
    )
    _add_compared(union, graphs, log_a, log_b)
    union.graph |= {"n_types": len(union), "n_edges": union.number_of_edges()}
    return union


def _add_compared(
    union: "nx.DiGraph[str]",
    graphs: list["nx.DiGraph[str]"],
    log_a: TouchpointLog,
    log_b: TouchpointLog,
) -> None:
    """Add the types and moves of two maps to one, with the figures of both side by side."""
    nodes = [{(name,): int(g.nodes[name]["n_journeys"]) for name in g} for g in graphs]
    compared = records(_compared(nodes, ["touchpoint"], log_a, log_b))
    for row in sorted(compared, key=lambda row: str(row["touchpoint"])):
        name = row.pop("touchpoint")
        union.add_node(name, **_both([g.nodes[name] for g in graphs if name in g], _ADDED), **row)
    for row in records(compare_moves(log_a, log_b)):
        ends = row.pop("source"), row.pop("target")
        found = [g.edges[ends] for g in graphs if g.has_edge(*ends)]
        union.add_edge(*ends, **_both(found, ("n_moves", "n_journeys", "n_back")), **row)


def _compared(
    parts: Sequence[Mapping[Key, int]], names: list[str], log_a: TouchpointLog, log_b: TouchpointLog
) -> pd.DataFrame:
    """Journeys of both groups by some keys, with shares, their difference and its chance."""
    keys = list(dict.fromkeys([*parts[0], *parts[1]]))
    n_a, n_b = (np.array([part.get(key, 0) for key in keys], np.int64) for part in parts)
    all_a, all_b = log_a.n_journeys, log_b.n_journeys
    gap, low, high = difference(n_a, all_a, n_b, all_b)
    chance = np.full(len(keys), np.nan)
    if all_a and all_b and keys:
        chance = adjusted_for_many(exact_chance(n_a, all_a, n_a + n_b, all_a + all_b))
    columns = zip(*keys, strict=True) if keys else ([] for _ in names)
    return pd.DataFrame(
        {
            **{
                name: pd.Series(column, dtype=object if name in _MAY_LACK else None)
                for name, column in zip(names, columns, strict=True)
            },
            "n_a": n_a,
            "n_b": n_b,
            "n_all_a": all_a,
            "n_all_b": all_b,
            "a_share": n_a / max(all_a, 1),
            "b_share": n_b / max(all_b, 1),
            "difference": gap,
            "low": low,
            "high": high,
            "chance": chance,
        }
    )


def _keys(frame: pd.DataFrame, names: Sequence[str]) -> list[Key]:
    return list(zip(*(frame[name].tolist() for name in names), strict=True))


def _counted(frame: pd.DataFrame, names: Sequence[str]) -> dict[Key, int]:
    return dict(zip(_keys(frame, names), frame["n_journeys"].tolist(), strict=True))


def _most_met(flows: Sequence[pd.DataFrame], n_types: int) -> set[str]:
    """The types at which most journeys are, over all steps."""
    met = Counter[str]()
    for flow in flows:
        for name, kind, n_journeys in _keys(flow, ("box", "box_kind", "n_journeys")):
            if kind == "touchpoint":
                met[name] += n_journeys
    return set(sorted(met, key=lambda name: (-met[name], name))[:n_types])


def _folded(flows: pd.DataFrame, kept: set[str]) -> tuple[Counter[Key], Counter[Key]]:
    """Journeys and moves back of step flows, all types but those kept being ``Other``."""
    n_journeys, n_back = Counter[Key](), Counter[Key]()
    for step, *ends, count, backs in _keys(flows, (*_STEP, "n_journeys", "n_back")):
        key = step, *_in_other(ends[:3], kept), *_in_other(ends[3:], kept)
        n_journeys[key] += count
        n_back[key] += backs
    return n_journeys, n_back


def _in_other(box: Sequence[Any], kept: set[str]) -> Sequence[Any]:
    """A box, with its kind and stage, or ``Other``."""
    return (OTHER, "other", None) if box[1] == "touchpoint" and box[0] not in kept else box


def _both(found: list[dict[str, Any]], added: tuple[str, ...]) -> dict[str, Any]:
    """What two groups have of a type or move: counts added, words from the one that has more."""
    more = max(found, key=lambda facts: int(facts["n_journeys"]))
    words = {name: more[name] for name in ("stage", "direction") if name in more}
    return {**words, **{name: sum(int(facts[name]) for facts in found) for name in added}}


def _added(first: dict[str, int], second: dict[str, int]) -> dict[str, int]:
    return {name: first.get(name, 0) + second.get(name, 0) for name in {**first, **second}}


def _unassigned(stages: list[str]) -> list[str]:
    return [one for one in stages if one == "Unassigned"]
