"""The stage-lane journey map: where journeys begin, move on, turn back and end."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from journey.charts.maps import parts, words
from journey.charts.maps.feelings import (
    LANE_HEIGHT,
    StageFeeling,
    emotion_lane,
    emotion_words,
)
from journey.charts.maps.labels import move_labels
from journey.charts.maps.layout import MARGIN, WIDTH, Layout, layout
from journey.charts.maps.legend import LEGEND_HEIGHT, legend
from journey.charts.maps.moves import back_lane, end_ways, kind_of, moves
from journey.charts.maps.routes import Routes, routes
from journey.charts.maps.style import STYLE
from journey.charts.svg import Picture, clip, document, element, label, pressed
from journey.charts.theme import TOKENS, Theme
from journey.errors import ValueNotAllowedError

if TYPE_CHECKING:
    import networkx as nx

_MESSAGE_SIZE: Final = 22
_MESSAGE_PART: Final = 0.94
"""Of the width: bold letters of some systems are wider than text is taken to be."""
_EMPTY_HEIGHT: Final = 360


def journey_map(
    graph: "nx.DiGraph[str]",
    *,
    selected: str | None = None,
    theme: Theme = "light",
    whole: "nx.DiGraph[str] | None" = None,
    feelings: Mapping[str, StageFeeling] | None = None,
) -> Picture:
    """Draw a journey graph as one SVG: stages as columns, moves by volume, back moves below.

    Parameters
    ----------
    graph : networkx.DiGraph
        Nodes: touchpoint types with ``stage``, ``n_touchpoints``, ``n_journeys``, ``n_starts``,
        ``win_rate``, ``n_decided`` and ``n_<outcome>`` (journeys that end there). Edges: moves
        with ``n_moves``, ``n_journeys``, ``share``, ``median_days``, ``direction``. Graph:
        ``stages``, ``outcomes``, ``n_journeys``, ``n_touchpoints``, ``n_moves``, ``hidden``,
        ``as_of``, ``has_win_rule`` and, where known, ``stage_journeys`` (journeys by stage).
    selected : str, optional
        Touchpoint type to set off from the rest.
    theme : {"light", "dark"}
        Colours the picture opens with.
    whole : networkx.DiGraph, optional
        The graph before filtering: every type keeps the place it has there.
    feelings : mapping of str to StageFeeling, optional
        Mean sentiment by stage; where given, a lane under the map shows it.

    Returns
    -------
    Picture
        The SVG, 1,400 wide, with its message and alternative text.

    Raises
    ------
    ValueNotAllowedError
        If the theme is not one of the two.

    Examples
    --------
    >>> import networkx as nx
    >>> graph = nx.DiGraph(stages=["Attract"], n_journeys=2, outcomes={"won": 2})
    >>> graph.add_node("Ad", stage="Attract", n_touchpoints=2, n_starts=2, n_won=2)
    >>> journey_map(graph).title
    '100% of journeys begin with Ad, 100% end won'
    """
    if theme not in TOKENS:
        raise ValueNotAllowedError.among(theme, TOKENS, what="Theme")
    if not len(graph):
        return empty_map(graph, theme)
    return _drawn(graph, layout(graph, whole), selected, theme, feelings or {})


def _drawn(
    graph: "nx.DiGraph[str]",
    placed: Layout,
    selected: str | None,
    theme: Theme,
    feelings: Mapping[str, StageFeeling],
) -> Picture:
    """Draw the parts one over the other, labels last.

    Boxes come before moves, which never cross them: the tab key reaches the types first.
    """
    selected = selected if selected in graph else None
    marks = parts.start_marks(graph, placed)
    found = routes(graph, placed, frozenset(marks))
    bottom = found.bottom + (LANE_HEIGHT if feelings else 0)
    starts = words.strongest_starts(graph)
    title = words.message(graph, _MESSAGE_PART * (placed.width - 2 * MARGIN), _MESSAGE_SIZE)
    coverage = words.coverage(graph, sum(placed.ends.values()))
    body = [
        heading(title, words.subtitle(graph), coverage, placed.width),
        parts.stages(graph, placed),
        end_ways(graph, found, selected=selected),
        *(parts.box(graph, placed, node) for node in placed.boxes),
        moves(graph, found, selected=selected),
        parts.outcomes(graph, placed),
        *(parts.start_mark(starts[node], rect, node) for node, rect in marks.items()),
        element(
            "g",
            {"class": "labels"},
            back_lane(graph, placed, found, selected=selected),
            move_labels(graph, placed, found, list(marks.values()), selected=selected),
        ),
        emotion_lane(placed, found.bottom, feelings) if feelings else "",
        legend(placed, bottom, drawn_kinds=_kinds(graph, found)),
    ]
    picture = document(
        "".join(body),
        size=(placed.width, round(bottom + LEGEND_HEIGHT)),
        classes=f"journey-map {theme}",
        style=STYLE,
        title=title,
        alt=" ".join(filter(None, (words.alternative(graph), emotion_words(feelings)))),
    )
    return picture if selected is None else pressed(picture, "node", selected)


def _kinds(graph: "nx.DiGraph[str]", found: Routes) -> frozenset[str]:
    """Return the looks of the moves drawn."""
    return frozenset(kind_of(graph, ends, route) for ends, route in found.moves.items())


def heading(title: str, counts: str, coverage: str, width: int) -> str:
    """Write the message, what it is drawn from and what is left out."""
    return (
        label(title, {"class": "message", "x": MARGIN, "y": 38})
        + label(counts, {"class": "counts muted", "x": MARGIN, "y": 65})
        + label(coverage, {"class": "counts muted right", "x": width - MARGIN, "y": 65})
    )


def empty_map(graph: "nx.DiGraph[str]", theme: Theme) -> Picture:
    """Draw the stages empty, with what to do next."""
    stages = [str(stage) for stage in graph.graph.get("stages", ())]
    pitch = (WIDTH - 2 * MARGIN) / max(1, len(stages))
    ghosts = "".join(
        _ghost(stage, MARGIN + index * pitch + 6, pitch - 12) for index, stage in enumerate(stages)
    )
    middle, y = WIDTH / 2, _EMPTY_HEIGHT / 2 + 10
    card = {"class": "card", "x": middle - 290, "y": y - 44, "width": 580, "height": 96, "rx": 10}
    return document(
        ghosts
        + element("rect", card)
        + label(words.EMPTY_TITLE, {"class": "message middle", "x": middle, "y": y})
        + label(words.EMPTY_ADVICE, {"class": "counts muted middle", "x": middle, "y": y + 28}),
        size=(WIDTH, _EMPTY_HEIGHT),
        classes=f"journey-map {theme}",
        style=STYLE,
        title=words.EMPTY_TITLE,
        alt=words.EMPTY_ADVICE,
    )


def _ghost(stage: str, x: float, width: float) -> str:
    """Draw one empty stage."""
    ground = {"x": x, "y": MARGIN, "width": width, "height": _EMPTY_HEIGHT - 2 * MARGIN, "rx": 10}
    name = {"class": "stage-name muted", "x": x + width / 2, "y": MARGIN + 30}
    return element("rect", {"class": "ghost", **ground}) + label(clip(stage, width - 12, 16), name)
