"""The journey map of two groups: one layout, differences in colour."""

from typing import TYPE_CHECKING, Final

from journey.charts.compared import (
    Names,
    both_shares,
    difference_words,
    largest,
    lean_of,
    note_of,
    samples_words,
)
from journey.charts.maps import parts
from journey.charts.maps.journey_map import empty_map, heading
from journey.charts.maps.labels import move_labels
from journey.charts.maps.layout import Layout, layout
from journey.charts.maps.legend import LEGEND_HEIGHT, lean_legend
from journey.charts.maps.moves import back_lane, moves
from journey.charts.maps.routes import routes
from journey.charts.maps.style import STYLE
from journey.charts.maps.words import coverage
from journey.charts.numbers import format_share
from journey.charts.svg import Picture, document, element, pressed
from journey.charts.theme import TOKENS, Theme
from journey.errors import ValueNotAllowedError
from journey.schema import OUTCOMES

if TYPE_CHECKING:
    import networkx as nx

_ALIKE: Final = "The two groups take the same ways, as far as their numbers tell"


def compare_map(
    graph: "nx.DiGraph[str]",
    *,
    names: tuple[str, str] = ("A", "B"),
    selected: str | None = None,
    theme: Theme = "light",
) -> Picture:
    """Draw the map of two groups as one: colour says in which a type or move is more often.

    Parameters
    ----------
    graph : networkx.DiGraph
        As ``compare_graph`` gives it, or its backbone. Widths are those of both together.
    names
        What the groups are called.
    selected : str, optional
        Touchpoint type to set off from the rest.
    theme : {"light", "dark"}
        Colours the picture opens with.

    Returns
    -------
    Picture
        The SVG, 1,400 wide. In each box and on each move the shares of journeys of A and B.

    Raises
    ------
    ValueNotAllowedError
        If the theme is not one of the two.

    Examples
    --------
    >>> import networkx as nx
    >>> graph = nx.DiGraph(stages=["Attract"], n_journeys=80, outcomes={"won": 80}, n_all_a=40,
    ...     n_all_b=40, outcomes_a={"won": 40}, outcomes_b={"won": 40})
    >>> graph.add_node("Ad", stage="Attract", n_touchpoints=50, n_a=40, n_b=10, a_share=1.0,
    ...     b_share=0.25, n_all_a=40, n_all_b=40, difference=0.75, chance=0.001)
    >>> compare_map(graph).title
    'Ad: 100% in A, 25% in B'
    """
    if theme not in TOKENS:
        raise ValueNotAllowedError.among(theme, TOKENS, what="Theme")
    if not len(graph):
        return empty_map(graph, theme)
    told = _told(graph, Names(*names))
    chosen = selected if selected in graph else None
    return _drawn(told, layout(told), Names(*names), chosen, theme)


def _told(graph: "nx.DiGraph[str]", names: Names) -> "nx.DiGraph[str]":
    """The same graph, each part with its colour, its label and what it says in full."""
    told = graph.copy()
    for facts in (
        *(told.nodes[node] for node in told),
        *(told.edges[ends] for ends in told.edges),
    ):
        facts |= {
            "lean": lean_of(facts),
            "label": both_shares(facts),
            "note": note_of(facts, names),
        }
    n_a, n_b = graph.graph["n_all_a"], graph.graph["n_all_b"]
    told.graph["outcome_labels"] = {
        outcome: " · ".join(
            format_share(graph.graph[f"outcomes_{key}"].get(outcome, 0) / max(n, 1))
            for key, n in (("a", n_a), ("b", n_b))
        )
        for outcome in OUTCOMES
    }
    return told


def _drawn(
    graph: "nx.DiGraph[str]", placed: Layout, names: Names, selected: str | None, theme: Theme
) -> Picture:
    found = routes(graph, placed, frozenset())
    title = _title(graph, names)
    samples = samples_words(graph.graph["n_all_a"], graph.graph["n_all_b"], names)
    body = [
        heading(title, samples, coverage(graph, graph.graph["n_journeys"]), placed.width),
        parts.stages(graph, placed),
        *(parts.box(graph, placed, node) for node in placed.boxes),
        moves(graph, found, selected=selected),
        parts.outcomes(graph, placed),
        element(
            "g",
            {"class": "labels"},
            back_lane(graph, placed, found, selected=selected),
            move_labels(graph, placed, found, [], selected=selected),
        ),
        lean_legend(names, found.bottom),
    ]
    picture = document(
        "".join(body),
        size=(placed.width, round(found.bottom + LEGEND_HEIGHT)),
        classes=f"journey-map {theme}",
        style=STYLE,
        title=title,
        alt=f"Map of two groups. {samples}. {title}.",
    )
    return picture if selected is None else pressed(picture, "node", selected)


def _title(graph: "nx.DiGraph[str]", names: Names) -> str:
    """Name the type in which the groups differ most, else the move."""
    nodes = [{"what": node, **facts} for node, facts in graph.nodes(data=True)]
    edges = [{"what": f"{one} → {other}", **facts} for one, other, facts in graph.edges(data=True)]
    for rows in (nodes, edges):
        found = largest(rows)
        if found is not None:
            return difference_words(str(found["what"]), found, names)
    return _ALIKE
