"""Labels of ribbons, each on a free spot of its own way or not at all."""

from typing import TYPE_CHECKING, Final

from journey.charts.maps.layout import Layout, Rect
from journey.charts.maps.moves import dimmed
from journey.charts.maps.parts import SMALL
from journey.charts.maps.routes import Point, Routes
from journey.charts.maps.words import move_label
from journey.charts.numbers import format_count
from journey.charts.svg import label, text_width

if TYPE_CHECKING:
    import networkx as nx

_HEIGHT: Final = 15.0
_APART: Final = 3.0


def move_labels(
    graph: "nx.DiGraph[str]",
    placed: Layout,
    found: Routes,
    taken: list[Rect],
    *,
    selected: str | None,
) -> str:
    """Write share and median time on the ribbons that earn it, where no other text stands."""
    occupied = [*placed.boxes.values(), *placed.outcomes.values(), *taken]
    drawn = _repeats(graph, placed, found, occupied, selected=selected)
    by_volume = sorted(
        placed.labelled, key=lambda ends: (-graph.edges[ends].get("n_moves", 0), ends)
    )
    for ends in by_volume:
        route = found.moves[ends]
        if route.shape == "back":
            style = "move-label back-count halo"
            wordings, spots = [format_count(graph.edges[ends]["n_moves"])], route.spots[2:]
        else:
            style = "move-label halo"
            wordings, spots = move_label(graph, *ends), route.spots
        spot = _free_spot(_parted(wordings, route.shape), spots, occupied)
        if spot is not None:
            lines, rect = spot
            occupied.append(rect)
            for row, text in enumerate(lines, start=1):
                place = {"x": rect.x + rect.width / 2, "y": rect.y + row * _HEIGHT - 3.5}
                drawn += label(text, {"class": style + dimmed(ends, selected), **place})
    return drawn


def _parted(wordings: list[str], shape: str) -> list[list[str]]:
    """Wordings by line; beside the boxes of a stage there is room for short lines only."""
    parted = [lines for text in wordings for lines in ([text], text.split(" · "))]
    return [lines for lines in parted if shape != "arc" or " · " not in lines[0]]


def _repeats(
    graph: "nx.DiGraph[str]",
    placed: Layout,
    found: Routes,
    occupied: list[Rect],
    *,
    selected: str | None,
) -> str:
    """Write the count beside every loop where the box is wide enough, and mark its spot taken."""
    drawn = ""
    for ends, route in found.moves.items():
        if route.shape != "loop":
            continue
        count = format_count(graph.edges[ends].get("n_moves", 0))
        (right, y), width = route.spots[0], text_width(count, SMALL)
        if right - width >= placed.boxes[ends[0]].x:
            occupied.append(Rect(right - width, y - SMALL, width, _HEIGHT))
            style = "loop-count halo" + dimmed(ends, selected)
            drawn += label(count, {"class": style, "x": right, "y": y})
    return drawn


def _free_spot(
    wordings: list[list[str]], spots: tuple[Point, ...], occupied: list[Rect]
) -> tuple[list[str], Rect] | None:
    """Return the longest wording that fits on a spot, line by line, with its rectangle."""
    for lines in wordings:
        width = max(text_width(text, SMALL) for text in lines)
        height = _HEIGHT * len(lines)
        for x, y in spots:
            rect = Rect(x - width / 2, y - height / 2, width, height)
            if not any(rect.overlaps(other, _APART) for other in occupied):
                return lines, rect
    return None
