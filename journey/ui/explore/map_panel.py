"""The parts of the journey map that a click can tell about."""

import json
from typing import Final

import networkx as nx

import journey
from journey import charts
from journey.log import TouchpointLog
from journey.schema import SMALL_SAMPLE
from journey.ui.cache import cached
from journey.ui.definition_warnings import has_win_rule
from journey.ui.panel import Part, rate_of
from journey.ui.picture import Selection
from journey.ui.text import OUTCOME_LABELS, counted, days, label, markdown, number, percent

Graph = nx.DiGraph
HINT: Final = (
    "Click a step, a move, a stage or an outcome to see its figures and open its journeys. "
    "Tab and Enter do the same."
)


def backbone(log: TouchpointLog, *, n_types: int, move_share: float) -> Graph:
    """Give the part of a log's graph worth drawing."""
    graph = cached(journey.journey_graph)(log)
    return journey.simplify(graph, n_types=n_types, move_share=move_share)


def stage_feelings(log: TouchpointLog) -> dict[str, charts.StageFeeling]:
    """Give the mean sentiment of each stage that has scores, and what feels worst there."""
    ask = cached(journey.feelings)
    by_type = ask(log, by=("stage", "touchpoint")).dropna(subset="stage")
    enough = by_type[by_type["n_scores"] >= SMALL_SAMPLE].sort_values("mean_sentiment")
    worst = enough.drop_duplicates("stage").set_index("stage")
    found: dict[str, charts.StageFeeling] = {}
    for row in ask(log, by=("stage",)).dropna(subset="stage").itertuples():
        figures = row.mean_sentiment, row.low, row.high, row.n_scores
        low = worst.loc[row.stage] if row.stage in worst.index else None
        more = () if low is None else (low["touchpoint"], low["mean_sentiment"])
        found[row.stage] = charts.StageFeeling(*figures, *more)
    return found


def drawing(
    log: TouchpointLog,
    *,
    base: TouchpointLog,
    n_types: int,
    move_share: float,
    selected: str | None,
    with_feelings: bool,
) -> charts.Picture:
    """Draw the map of a log, every type at the place it has in the base."""
    simple = backbone(log, n_types=n_types, move_share=move_share)
    whole = backbone(base, n_types=n_types, move_share=move_share)
    lane = stage_feelings(log) if with_feelings else None
    return charts.journey_map(simple, selected=selected, whole=whole, feelings=lane)


def selected_part(view: TouchpointLog, graph: Graph, chosen: Selection | None) -> Part | None:
    """Return the part of the map that is selected; none if a filter took it away.

    Parameters
    ----------
    view
        The log in view.
    graph
        Its whole graph, as ``journey_graph`` gives it.
    chosen
        What was clicked last.
    """
    if chosen is None:
        return None
    if chosen.kind == "node" and chosen.id in graph:
        return _node(view, graph, chosen.id)
    if chosen.kind == "edge":
        source, target = json.loads(chosen.id)
        return _move(view, graph, source, target) if graph.has_edge(source, target) else None
    if chosen.kind == "outcome" and graph.graph["outcomes"].get(chosen.id):
        return _outcome(view, graph, chosen.id)
    if chosen.kind == "stage" and chosen.id in graph.graph["stages"]:
        return _stage(view, graph, chosen.id)
    return None


def _node(view: TouchpointLog, graph: Graph, name: str) -> Part:
    facts = graph.nodes[name]
    share = facts["n_journeys"] / graph.graph["n_journeys"]
    figures = [
        ("Stage", markdown(facts["stage"])),
        ("Touchpoints", number(facts["n_touchpoints"])),
        ("In", f"{percent(share)} of journeys"),
    ]
    if has_win_rule(view):
        figures.append(("Win rate", rate_of(facts["win_rate"], facts["n_decided"], "decided")))
    figures.append(("Begin here", number(facts["n_starts"])))
    n_journeys = facts["n_journeys"]
    return Part(name, tuple(figures), n_journeys, lambda: view.having(name), steps=(name,))


def _move(view: TouchpointLog, graph: Graph, source: str, target: str) -> Part:
    facts = graph.edges[source, target]
    figures = [
        ("Moves", number(facts["n_moves"])),
        ("Share", f"{percent(facts['share'])} of moves from {markdown(source)}"),
        ("Median time", days(facts["median_days"])),
        ("Direction", label(facts["direction"])),
    ]
    if facts.get("reason"):
        share = f"{number(facts['n_reason'])} of {number(facts['n_with_reason'])}"
        figures.append(("Reason given most", f"{markdown(facts['reason'])}, {share}"))
    return Part(
        f"{source} → {target}",
        tuple(figures),
        facts["n_journeys"],
        lambda: view.having_move(source, target),
        steps=tuple(dict.fromkeys((source, target))),
    )


def _outcome(view: TouchpointLog, graph: Graph, outcome: str) -> Part:
    n_journeys = graph.graph["outcomes"][outcome]
    share = n_journeys / graph.graph["n_journeys"]
    return Part(
        OUTCOME_LABELS[outcome],
        (("Share", f"{percent(share)} of journeys"),),
        n_journeys,
        lambda: view.where(outcome=outcome),
        outcome=outcome,
    )


def _stage(view: TouchpointLog, graph: Graph, stage: str) -> Part:
    inside = [name for name, facts in graph.nodes(data=True) if facts["stage"] == stage]
    n_touchpoints = sum(graph.nodes[name]["n_touchpoints"] for name in inside)
    is_defined = stage in view.definitions.stage_names
    reached = view.where(reached_stage=stage) if is_defined else view.having(*inside)
    share = reached.n_journeys / graph.graph["n_journeys"]
    figures = (
        ("Reached by", f"{percent(share)} of journeys"),
        ("Touchpoints", f"{number(n_touchpoints)} of {counted(len(inside), 'type')}"),
    )
    return Part(stage, figures, reached.n_journeys, lambda: reached)
