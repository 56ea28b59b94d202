"""The words on the journey map: its message, what is drawn and left out, and full details."""

import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from journey.charts.maps.order import stage_of
from journey.charts.numbers import format_count, format_counted, format_days, format_share
from journey.charts.svg import ELLIPSIS, clip, isolated, printable, text_width
from journey.charts.theme import OUTCOME_NAMES
from journey.schema import OUTCOMES, SMALL_SAMPLE, Outcome
from journey.wording import agreeing

if TYPE_CHECKING:
    import networkx as nx

EMPTY_TITLE: Final = "No journeys to draw"
EMPTY_ADVICE: Final = "The filters leave no touchpoints. Widen the dates or clear a filter."

_MOST_STARTS: Final = 6
_LEAST_START: Final = 0.05
_ENDINGS: Final[dict[Outcome, str]] = {
    "won": "end won",
    "lost": "end lost",
    "no_decision": "end in no decision",
    "stalled": "are stalled",
    "in_progress": "are still in progress",
}


def strongest_starts(graph: "nx.DiGraph[str]") -> dict[str, float]:
    """Return the types where most journeys begin, with the share that does, largest first."""
    n_journeys = max(1, _n_journeys(graph))
    ranked = sorted(graph, key=lambda node: (-graph.nodes[node].get("n_starts", 0), node))
    shares = {node: graph.nodes[node].get("n_starts", 0) / n_journeys for node in ranked}
    return {
        node: shares[node]
        for rank, node in enumerate(ranked[:_MOST_STARTS])
        if shares[node] >= _LEAST_START or (rank == 0 and shares[node] > 0)
    }


def message(graph: "nx.DiGraph[str]", width: float, size: float) -> str:
    """Say in one line where most journeys begin, turn back and end."""
    if not len(graph):
        return EMPTY_TITLE
    bare = _message(graph, 0.0, size)
    if ELLIPSIS not in bare:
        return clip(bare, width, size)
    # Every name gets the same room, as much as still fits one line.
    most = int(width - text_width(bare, size))
    cuts = (_message(graph, room, size) for room in range(most, 0, -6))
    return next((said for said in cuts if text_width(said, size) <= width), bare)


def subtitle(graph: "nx.DiGraph[str]") -> str:
    """Say how much is on the map and when the log was read."""
    counts = (
        f"{format_counted(_n_journeys(graph), 'journey')} · "
        f"{format_counted(graph.graph.get('n_touchpoints', 0), 'touchpoint')} of "
        f"{format_counted(len(graph) + _hidden(graph, 'n_types'), 'type')}"
    )
    as_of = graph.graph.get("as_of")
    if not as_of:
        return counts
    day = datetime.fromisoformat(str(as_of))
    return f"{counts} · as of {day.day} {day:%B %Y}"


def coverage(graph: "nx.DiGraph[str]", n_ends: int) -> str:
    """Say what is drawn of what there is, so that nothing is hidden in silence."""
    drawn, hidden = graph.number_of_edges(), _hidden(graph, "n_edges")
    n_moves = graph.graph.get("n_moves", 0)
    if hidden and n_moves:
        share = format_share(1 - _hidden(graph, "n_moves") / n_moves)
        of = f"{format_count(drawn)} of {format_count(drawn + hidden)}"
        said = f"{of} moves drawn, {share} of all steps"
    else:
        few = {0: "No moves to draw", 1: "The only move is drawn"}
        said = few.get(drawn) or f"All {format_counted(drawn, 'move')} drawn"
    if _hidden(graph, "n_types"):
        types = len(graph) + _hidden(graph, "n_types")
        said += f" · {format_count(len(graph))} of {format_count(types)} types"
    n_journeys = _n_journeys(graph)
    if n_journeys and n_ends < n_journeys:
        said += f" · ways to outcomes drawn for {format_share(n_ends / n_journeys)} of journeys"
    return said


def alternative(graph: "nx.DiGraph[str]") -> str:
    """Describe the picture for those who don't see it."""
    if not len(graph):
        return EMPTY_ADVICE
    stages = ", ".join(printable(str(stage)) for stage in graph.graph.get("stages", ()))
    outcomes = graph.graph.get("outcomes", {})
    ends = ", ".join(
        f"{OUTCOME_NAMES[outcome].lower()} {format_count(outcomes.get(outcome, 0))}"
        for outcome in OUTCOMES
    )
    return (
        f"Map of {format_counted(_n_journeys(graph), 'journey')} through the stages {stages}. "
        f"{coverage(graph, _n_journeys(graph))}. Outcomes: {ends}."
    )


def node_words(graph: "nx.DiGraph[str]", node: str) -> str:
    """Give every figure of a touchpoint type."""
    facts = graph.nodes[node]
    if "note" in facts:
        return f"{printable(node)}\n{facts['note']}"
    lines = [
        printable(node),
        f"Stage: {printable(stage_of(graph, node))}",
        _in_journeys(format_counted(facts.get("n_touchpoints", 0), "touchpoint"), facts),
    ]
    if graph.graph.get("has_win_rule", True) and facts.get("n_decided", 0):
        lines.append(
            f"Win rate {format_share(facts['win_rate'])} of "
            f"{format_counted(facts['n_decided'], 'decided journey')} with it"
        )
    if facts.get("n_starts", 0):
        share = format_share(facts["n_starts"] / max(1, _n_journeys(graph)))
        begin = f"{format_count(facts['n_starts'])} [journey begins|journeys begin]"
        lines.append(f"{agreeing(begin)} here ({share} of all)")
    ends = [
        f"{OUTCOME_NAMES[outcome].lower()} {format_count(facts[f'n_{outcome}'])}"
        for outcome in OUTCOMES
        if facts.get(f"n_{outcome}", 0)
    ]
    if ends:
        lines.append(f"Last touchpoint of journeys: {', '.join(ends)}")
    return "\n".join(lines)


def move_words(graph: "nx.DiGraph[str]", source: str, target: str) -> str:
    """Give every figure of a move."""
    facts = graph.edges[source, target]
    if "note" in facts:
        return f"{printable(source)} → {printable(target)}\n{facts['note']}"
    kind = {"back": " (back)", "self": " (repeat)"}.get(facts.get("direction", ""), "")
    lines = [
        f"{printable(source)} → {printable(target)}{kind}",
        _in_journeys(format_counted(facts.get("n_moves", 0), "move"), facts),
    ]
    if 0 < _n_back(facts) < facts.get("n_moves", 0):
        lines.append(f"{format_count(_n_back(facts))} of them back to an earlier stage")
    share = format_share(facts.get("share", math.nan))
    if share:
        lines.append(f"{share} of moves from {printable(source)}")
    days = format_days(facts.get("median_days", math.nan))
    if days:
        lines.append(f"Median time {days}")
    if facts.get("reason"):
        of = f"{format_count(facts['n_reason'])} of {format_count(facts['n_with_reason'])}"
        lines.append(f"Reason given most: {printable(facts['reason'])} ({of})")
    return "\n".join(lines)


def move_label(graph: "nx.DiGraph[str]", source: str, target: str) -> list[str]:
    """Return the label of a ribbon, longest wording first: share and time, then share alone."""
    facts = graph.edges[source, target]
    if "label" in facts:
        return [facts["label"]]
    share = format_share(facts.get("share", math.nan))
    days = format_days(facts.get("median_days", math.nan))
    return [label for label in (f"{share} · {days}" if share and days else "", share) if label]


def win_label(graph: "nx.DiGraph[str]", node: str) -> tuple[str, bool]:
    """Return the win rate as it stands in a box, and whether enough journeys bear it."""
    facts = graph.nodes[node]
    n_decided, rate = facts.get("n_decided", 0), facts.get("win_rate", math.nan)
    if not n_decided or math.isnan(rate) or not graph.graph.get("has_win_rule", True):
        return "", True
    if n_decided < SMALL_SAMPLE:
        return f"{format_share(rate)}, n={n_decided}", False
    return f"{format_share(rate)} won", True


def stage_words(graph: "nx.DiGraph[str]", stage: str) -> str:
    """Say how many journeys came to a stage, or its touchpoints where that is not known."""
    journeys = graph.graph.get("stage_journeys", {})
    if stage in journeys:
        return format_counted(journeys[stage], "journey")
    n_touchpoints = sum(
        facts.get("n_touchpoints", 0)
        for node, facts in graph.nodes(data=True)
        if stage_of(graph, node) == stage
    )
    return format_counted(n_touchpoints, "touchpoint")


def _message(graph: "nx.DiGraph[str]", room: float, size: float) -> str:
    """Put the message together with every name cut to the room."""
    parts: list[str] = []
    starts = strongest_starts(graph)
    if starts:
        first, share = next(iter(starts.items()))
        parts.append(
            f"{format_share(share)} of journeys begin with {isolated(clip(first, room, size))}"
        )
    returns = _returns(graph)
    if returns:
        target, moves = min(returns.items(), key=lambda item: (-item[1], item[0]))
        turn = "turns" if moves == 1 else "turn"
        parts.append(
            f"{format_counted(moves, 'move')} {turn} back to {isolated(clip(target, room, size))}"
        )
    outcomes = graph.graph.get("outcomes", {})
    total = sum(outcomes.values())
    if total:
        most = max(OUTCOMES, key=lambda outcome: outcomes.get(outcome, 0))
        parts.append(f"{format_share(outcomes[most] / total)} {_ENDINGS[most]}")
    return ", ".join(parts) or format_counted(_n_journeys(graph), "journey")


def back_words(graph: "nx.DiGraph[str]", backs: Sequence[tuple[str, str]]) -> tuple[str, str]:
    """Say in two lines how many moves go back to an earlier stage, and how many are drawn."""
    if not backs:
        return "To a step of an earlier stage,", "without going back"
    drawn = sum(_n_back(graph.edges[ends]) for ends in backs)
    total = max(drawn, int(graph.graph.get("n_back", 0)))
    rest = f", {format_count(drawn)} drawn" if total > drawn else ""
    return "Back to an earlier stage:", f"{format_counted(total, 'move')}{rest}"


def _n_back(facts: Mapping[str, Any]) -> int:
    """Return how many of the moves of an edge go back."""
    every = facts.get("n_moves", 0) if facts.get("direction") == "back" else 0
    return int(facts.get("n_back", every))


def _returns(graph: "nx.DiGraph[str]") -> dict[str, int]:
    """Count the moves back to every type drawn: of the whole view, where the graph tells them."""
    if "back_to" in graph.graph:
        return {name: moves for name, moves in graph.graph["back_to"].items() if name in graph}
    returns: dict[str, int] = {}
    for _, target, facts in graph.edges(data=True):
        if facts.get("direction") == "back":
            returns[target] = returns.get(target, 0) + _n_back(facts)
    return returns


def _n_journeys(graph: "nx.DiGraph[str]") -> int:
    """Return the number of journeys on the map."""
    return int(graph.graph.get("n_journeys", 0))


def _hidden(graph: "nx.DiGraph[str]", what: str) -> int:
    """Return how much a threshold left out."""
    return int(graph.graph.get("hidden", {}).get(what, 0))


def _in_journeys(count: str, facts: Mapping[str, float]) -> str:
    """Add to a count the journeys that it is found in."""
    return f"{count} in {format_counted(facts.get('n_journeys', 0), 'journey')}"
