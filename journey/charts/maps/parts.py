"""Drawing of what stands still on the journey map: stages, boxes, starts, outcomes."""

from typing import TYPE_CHECKING, Final

from journey.charts.maps import words
from journey.charts.maps.layout import MARGIN, START_WIDTH, TOP, Layout, Rect
from journey.charts.maps.order import stage_of
from journey.charts.maps.routes import START_MARK
from journey.charts.numbers import format_count, format_counted, format_share
from journey.charts.svg import (
    clip,
    element,
    hit,
    label,
    printable,
    text_width,
    tooltip,
    wrap,
)
from journey.charts.svg import coordinate as at
from journey.charts.theme import OUTCOME_NAMES, stage_token
from journey.schema import OUTCOMES

if TYPE_CHECKING:
    import networkx as nx

NAME_SIZE: Final = 13
SMALL: Final = 12
_INSET: Final = 8
REGULAR: Final = 0.92
"""Width of regular against semi-bold type."""
_NARROW_BOX: Final = 110
_MARK_WIDTH: Final = 50
_SMALLEST_MARK: Final = 42


def stages(graph: "nx.DiGraph[str]", placed: Layout) -> str:
    """Draw the ground and header of every stage, and the head of the marks before the first."""
    x = left_edge(placed)
    begin = label("Start", {"class": "stage-name left", "x": x, "y": TOP + 27}) + label(
        "of journeys", {"class": "stage-count left", "x": x, "y": TOP + 44}
    )
    return begin + "".join(
        element("g", hit("stage", stage, f"Stage {printable(stage)}: {count}"), ground)
        for stage, count, ground in stage_grounds(graph, placed)
    )


def stage_grounds(graph: "nx.DiGraph[str]", placed: Layout) -> list[tuple[str, str, str]]:
    """Draw the ground and header of every stage: its name, its count in words, the drawing."""
    return [
        (stage, count, _stage(stage, panel, count, stage_token(stage, list(placed.stages))))
        for stage, panel in zip(placed.stages, placed.panels, strict=True)
        for count in [words.stage_words(graph, stage)]
    ]


def left_edge(placed: Layout) -> float:
    """Return where the text left of the first stage begins."""
    return placed.panels[0].x - START_WIDTH


def _stage(stage: str, panel: Rect, count: str, token: str) -> str:
    """Draw one stage."""
    ground = {"x": panel.x, "y": panel.y, "width": panel.width, "height": panel.height, "rx": 10}
    room = panel.width - 12
    shown = count if text_width(count, SMALL) <= room else count.split(" ", maxsplit=1)[0]
    middle = panel.x + panel.width / 2
    return (
        tooltip(f"{printable(stage)}\n{count}")
        + element("rect", {"class": f"ground fill-{token}", **ground})
        + element(
            "rect",
            {
                "class": f"fill-{token}",
                "x": panel.x,
                "y": panel.y,
                "width": panel.width,
                "height": 5,
                "rx": 2.5,
            },
        )
        + label(clip(stage, room, 16), {"class": "stage-name", "x": middle, "y": panel.y + 27})
        + label(shown, {"class": "stage-count", "x": middle, "y": panel.y + 44})
    )


def box(graph: "nx.DiGraph[str]", placed: Layout, node: str) -> str:
    """Draw one touchpoint type that can be clicked: name, volume as number and bar, win rate."""
    attributes = hit("node", node, words.node_words(graph, node).replace("\n", ", "))
    attributes["class"] += f" {box_fill(graph, placed, node)}"
    return element("g", attributes, box_inside(graph, placed, node))


def box_fill(graph: "nx.DiGraph[str]", placed: Layout, node: str) -> str:
    """Name the class that gives a box the colour of its stage."""
    return f"fill-{stage_token(stage_of(graph, node), list(placed.stages))}"


def box_inside(graph: "nx.DiGraph[str]", placed: Layout, node: str) -> str:
    """Draw what a box shows."""
    rect = placed.boxes[node]
    largest = max(graph.nodes[other].get("n_touchpoints", 0) for other in graph)
    edge = {"x": rect.x, "y": rect.y, "width": rect.width, "height": rect.height, "rx": 8}
    return (
        tooltip(words.node_words(graph, node))
        + element("rect", {"class": "box", **edge})
        + _name(node, rect)
        + _figures(graph, node, rect)
        + _bar(rect, graph.nodes[node].get("n_touchpoints", 0) / max(1, largest))
    )


def _name(node: str, rect: Rect) -> str:
    """Write the name on one or two lines, in the middle of its part of the box."""
    narrow = rect.width < _NARROW_BOX
    lines = wrap(node, rect.width - 2 * _INSET, SMALL if narrow else NAME_SIZE)
    style = "name narrow" if narrow else "name"
    first = rect.y + (26 if len(lines) == 1 else 19)
    return "".join(
        label(line, {"class": style, "x": rect.x + rect.width / 2, "y": first + 15.5 * index})
        for index, line in enumerate(lines)
    )


def _figures(graph: "nx.DiGraph[str]", node: str, rect: Rect) -> str:
    """Write the volume, and the win rate where it fits beside it."""
    count = graph.nodes[node].get("label") or format_count(
        graph.nodes[node].get("n_touchpoints", 0)
    )
    win, sure = words.win_label(graph, node)
    y = rect.bottom - 15
    drawn = label(count, {"class": "count", "x": rect.x + _INSET, "y": y})
    room = rect.width - 2 * _INSET - text_width(count, 13) - 4
    if win and text_width(win, SMALL) > room:
        win = win.removesuffix(" won")
    if win and text_width(win, SMALL) <= room:
        style = "win" if sure else "win unsure"
        drawn += label(win, {"class": style, "x": rect.right - _INSET, "y": y})
    return drawn


def _bar(rect: Rect, share: float) -> str:
    """Draw the volume as a thin bar against the largest type."""
    room = rect.width - 2 * _INSET
    place = {"x": rect.x + _INSET, "y": rect.bottom - 10, "height": 4, "rx": 2}
    return element("rect", {"class": "bar-ground", **place, "width": room}) + element(
        "rect", {"class": "bar", **place, "width": max(2.0, room * share)}
    )


def start_marks(graph: "nx.DiGraph[str]", placed: Layout) -> dict[str, Rect]:
    """Place a mark left of the boxes where most journeys begin, where there is room for one."""
    marks: dict[str, Rect] = {}
    for node in words.strongest_starts(graph):
        rect = placed.boxes[node]
        before = placed.panels[placed.column[node] - 1].right if placed.column[node] else MARGIN - 4
        width = min(_MARK_WIDTH, rect.x - before - 4)
        if width >= _SMALLEST_MARK:
            marks[node] = Rect(rect.x - width - 1, rect.y, width, START_MARK)
    return marks


def start_mark(share: float, rect: Rect, node: str) -> str:
    """Draw a mark that points at the box where a share of journeys begins."""
    tip, neck = rect.right, rect.right - 9
    path = (
        f"M{at(rect.x + 4)},{at(rect.y)}H{at(neck)}L{at(tip)},{at(rect.middle)}"
        f"L{at(neck)},{at(rect.bottom)}"
        f"H{at(rect.x + 4)}Q{at(rect.x)},{at(rect.bottom)} {at(rect.x)},{at(rect.bottom - 4)}"
        f"V{at(rect.y + 4)}Q{at(rect.x)},{at(rect.y)} {at(rect.x + 4)},{at(rect.y)}Z"
    )
    return element(
        "g",
        {"class": "start"},
        tooltip(f"{format_share(share)} of journeys begin with {printable(node)}"),
        element("path", {"d": path}),
        label(format_share(share), {"x": rect.x + (rect.width - 6) / 2, "y": rect.middle + 4.5}),
    )


def outcomes(graph: "nx.DiGraph[str]", placed: Layout) -> str:
    """Draw the outcome column at the right edge."""
    counts = {outcome: graph.graph.get("outcomes", {}).get(outcome, 0) for outcome in OUTCOMES}
    total = sum(counts.values())
    first = placed.outcomes["won"]
    drawn = label("Where they end", {"class": "stage-name left", "x": first.x, "y": TOP + 27})
    note = format_counted(total, "journey")
    if not graph.graph.get("has_win_rule", True):
        note = "No winning rule set"
    drawn += label(note, {"class": "stage-count left", "x": first.x, "y": TOP + 44})
    for outcome, rect in placed.outcomes.items():
        name = OUTCOME_NAMES[outcome]  # pyright: ignore[reportArgumentType] - keys are outcomes
        said = graph.graph.get("outcome_labels", {}).get(outcome)
        drawn += _outcome(outcome, name, counts[outcome], total, rect, said)
    return drawn


def _outcome(
    outcome: str, name: str, count: int, total: int, rect: Rect, said_instead: str | None
) -> str:
    """Draw one outcome: name, count, share and bar; or other words in place of both numbers."""
    share = format_share(count / total) if total and said_instead is None else ""
    said = f"{name}: {format_counted(count, 'journey')}" + (f", {share}" if share else "")
    said = said if said_instead is None else f"{name}: {said_instead}"
    right = rect.right - 10
    place = {"x": rect.x + 14, "y": rect.bottom - 10, "height": 4, "rx": 2}
    return element(
        "g",
        hit("outcome", outcome, said),
        tooltip(said),
        element(
            "rect",
            {
                "class": "card",
                "x": rect.x,
                "y": rect.y,
                "width": rect.width,
                "height": rect.height,
                "rx": 8,
            },
        ),
        element(
            "rect",
            {
                "class": f"fill-outcome-{outcome}",
                "x": rect.x,
                "y": rect.y,
                "width": 6,
                "height": rect.height,
                "rx": 3,
            },
        ),
        label(name, {"class": "outcome-name", "x": rect.x + 14, "y": rect.y + 18}),
        label(
            said_instead or format_count(count),
            {"class": "outcome-count", "x": rect.x + 14, "y": rect.y + 42},
        ),
        label(share, {"class": "outcome-share", "x": right, "y": rect.y + 42}),
        element(
            "rect",
            {
                "class": f"fill-outcome-{outcome}",
                **place,
                "width": (rect.width - 24) * (count / total if total else 0),
            },
        ),
    )
