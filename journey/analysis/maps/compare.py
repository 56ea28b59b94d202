"""Two groups of journeys side by side: moves, steps, stages, and how sure a difference is.

Groups may be two segments or two periods of one log. A share is of all journeys of its group; a
difference is the share of A minus that of B. Groups that overlap are compared all the same; their
intervals are then only a guide.
"""

from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np
import numpy.typing as npt
import pandas as pd

from journey.analysis.figures.comparisons import adjusted_for_many, difference, exact_chance
from journey.analysis.figures.frames import none_for_missing
from journey.analysis.maps.graph import directly_follows, journey_graph
from journey.analysis.maps.paths import step_flows
from journey.analysis.stages.funnel import stage_funnel
from journey.log import TouchpointLog
from journey.schema import OTHER, OUTCOMES

if TYPE_CHECKING:
    import networkx as nx

Floats = npt.NDArray[np.float64]

_MOVE: Final = ["source", "target"]
_BOX: Final = ["box", "box_kind", "box_stage"]
_NEXT: Final = ["next_box", "next_kind", "next_stage"]
_STEP: Final = ["step", *_BOX, *_NEXT]
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
    parts = [directly_follows(log)[[*_MOVE, "n_journeys"]] for log in (log_a, log_b)]
    return _largest_first(_compared(parts, _MOVE, log_a, log_b), _MOVE)


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
    parts = [funnel[["stage", "n_journeys"]] for funnel in funnels]
    frame = _compared(parts, ["stage"], log_a, log_b)
    place = {stage: number for number, stage in enumerate(log_a.definitions.stage_names)}
    frame = frame.sort_values("stage", key=lambda names: names.map(place), ignore_index=True)
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
    kept = _most_met(pd.concat(flows), n_types)
    texts = ["box_stage", "next_box", "next_kind", "next_stage"]
    # A column that is missing throughout would be of numbers, and would not meet one of texts.
    folded = [none_for_missing(_folded(flow, kept), texts) for flow in flows]
    frame = _compared(folded, _STEP, log_a, log_b)
    backs = pd.concat(folded).groupby(_STEP, dropna=False, as_index=False)[["n_back"]].sum()
    frame = frame.merge(none_for_missing(backs, texts), on=_STEP, how="left")
    frame["n_journeys"] = frame["n_a"] + frame["n_b"]
    ordered = frame.sort_values(
        ["step", "n_journeys", "box", "next_box"], ascending=[True, False, True, True]
    )
    return none_for_missing(ordered.reset_index(drop=True), texts)


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

    graphs = [journey_graph(log) for log in (log_a, log_b)]
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
    nodes = [
        pd.DataFrame({"touchpoint": list(g), "n_journeys": [g.nodes[n]["n_journeys"] for n in g]})
        for g in graphs
    ]
    for row in _rows(_compared(nodes, ["touchpoint"], log_a, log_b)):
        name = row.pop("touchpoint")
        union.add_node(name, **_both([g.nodes[name] for g in graphs if name in g], _ADDED), **row)
    for row in _rows(compare_moves(log_a, log_b)):
        ends = row.pop("source"), row.pop("target")
        found = [g.edges[ends] for g in graphs if g.has_edge(*ends)]
        union.add_edge(*ends, **_both(found, ("n_moves", "n_journeys", "n_back")), **row)


def _compared(
    parts: list[pd.DataFrame], keys: list[str], log_a: TouchpointLog, log_b: TouchpointLog
) -> pd.DataFrame:
    """Journeys of both groups by some keys, with shares, their difference and its chance."""
    counts = [
        part[[*keys, "n_journeys"]].rename(columns={"n_journeys": name})
        for part, name in zip(parts, ("n_a", "n_b"), strict=True)
    ]
    frame = counts[0].merge(counts[1], on=keys, how="outer")
    n_a, n_b = (frame[name].fillna(0).astype("int64") for name in ("n_a", "n_b"))
    all_a, all_b = log_a.n_journeys, log_b.n_journeys
    gap, low, high = difference(n_a, all_a, n_b, all_b)
    chance = np.full(len(frame), np.nan)
    if all_a and all_b and len(frame):
        chance = adjusted_for_many(exact_chance(n_a, all_a, n_a + n_b, all_a + all_b))
    return frame.assign(
        n_a=n_a,
        n_b=n_b,
        n_all_a=all_a,
        n_all_b=all_b,
        a_share=n_a / max(all_a, 1),
        b_share=n_b / max(all_b, 1),
        difference=gap,
        low=low,
        high=high,
        chance=chance,
    )


def _largest_first(frame: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    sized = frame.assign(size=frame["difference"].abs().fillna(0.0))
    ordered = sized.sort_values(["size", *keys], ascending=[False, *(True for _ in keys)])
    return ordered.drop(columns="size").reset_index(drop=True)


def _most_met(flows: pd.DataFrame, n_types: int) -> set[str]:
    """The types at which most journeys are, over all steps."""
    boxes = flows[flows["box_kind"] == "touchpoint"]
    met = boxes.groupby("box")["n_journeys"].sum().reset_index()
    ranked = met.sort_values(["n_journeys", "box"], ascending=[False, True])
    return set(ranked["box"].head(n_types))


def _folded(flows: pd.DataFrame, kept: set[str]) -> pd.DataFrame:
    """Step flows with all types but those kept in the box ``Other``."""
    folded = flows.copy()
    for name, kind, stage in (_BOX, _NEXT):
        other = (folded[kind] == "touchpoint") & ~folded[name].isin(kept)
        folded.loc[other, [name, kind]] = [OTHER, "other"]
        folded.loc[other, stage] = None
    return folded.groupby(_STEP, dropna=False, as_index=False)[["n_journeys", "n_back"]].sum()


def _both(found: list[dict[str, Any]], added: tuple[str, ...]) -> dict[str, Any]:
    """What two groups have of a type or move: counts added, words from the one that has more."""
    more = max(found, key=lambda facts: int(facts["n_journeys"]))
    words = {name: more[name] for name in ("stage", "direction") if name in more}
    return {**words, **{name: sum(int(facts[name]) for facts in found) for name in added}}


def _added(first: dict[str, int], second: dict[str, int]) -> dict[str, int]:
    return {name: first.get(name, 0) + second.get(name, 0) for name in {**first, **second}}


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return cast("list[dict[str, Any]]", frame.to_dict("records"))


def _unassigned(stages: list[str]) -> list[str]:
    return [one for one in stages if one == "Unassigned"]
