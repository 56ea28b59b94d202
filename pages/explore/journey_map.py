"""The journey as it really was: stages as lanes, moves by volume, back moves below."""

import streamlit as st

import journey
from journey.ui.cache import cached
from journey.ui.explore.map_panel import HINT, drawing, selected_part, stage_feelings
from journey.ui.findings import show_finding
from journey.ui.guards import require_log, require_view
from journey.ui.journeys import open_journeys
from journey.ui.navigation import JOURNEY_MAP
from journey.ui.panel import show_part
from journey.ui.picture import selection, show_picture
from journey.ui.reader import fragment
from journey.ui.state import Filters, apply_filters, current_filters
from journey.ui.tables import choose_row, rates
from journey.ui.text import counted

KEY = "map"
VIEWS = ("Picture", "Table")
LEAST_TYPES, DEFAULT_TYPES, MOST_TYPES = 5, 20, 60
DEFAULT_SHARE = 70
MOVE_HELP = {
    "share": "Of all moves that leave the first step.",
    "median_days": "Days between the two touches: half take less.",
    "direction": "By the stages of the two steps.",
}


@fragment
def show_map(
    view: journey.TouchpointLog, base: journey.TouchpointLog, options: dict[str, float]
) -> None:
    """Show the map with the panel of what is selected; a click runs only this."""
    chosen = selection(KEY)
    graph = cached(journey.journey_graph)(view)
    node = chosen.id if chosen and chosen.kind == "node" else None
    picture = cached(drawing)(view, base=base, selected=node, **options)
    show_picture(picture, key=KEY, file_name="journey-map")
    show_part(selected_part(view, graph, chosen), view, picture=KEY, hint=HINT)


@fragment
def show_moves(view: journey.TouchpointLog) -> None:
    """Show every move as a list; a chosen one opens into its journeys."""
    moves = cached(journey.directly_follows)(view)
    row = choose_row(
        moves,
        key="moves",
        file_name="moves",
        column_help=MOVE_HELP,
        of=rates("n_moves / share", "share"),
    )
    if row is None:
        st.caption("Choose a row to open its journeys.")
        return
    source, target, n_journeys = moves.loc[row, ["source", "target", "n_journeys"]]
    if st.button(f"Open {counted(int(n_journeys), 'journey')}", type="primary"):
        open_journeys(view.having_move(source, target), title=f"{source} → {target}")


def controls(n_types: int, *, has_feelings: bool) -> tuple[dict[str, float], str]:
    """Ask how much to draw: types, share of moves and feelings, kept in the address."""
    left, middle, feelings, right = st.columns([3, 3, 2, 2], vertical_alignment="bottom")
    most = min(n_types, MOST_TYPES)
    with left:
        types = most
        if most > LEAST_TYPES:
            types = st.slider(
                "Touchpoint types",
                LEAST_TYPES,
                most,
                min(DEFAULT_TYPES, most),
                key="map-types",
                bind="query-params",
                help="The types with most journeys; each stage keeps two.",
            )
    with middle:
        share = st.slider(
            "Share of moves",
            10,
            100,
            DEFAULT_SHARE,
            step=5,
            format="%d%%",
            key="map-moves",
            bind="query-params",
            help="The strongest moves, until they make up this share of those between these types.",
        )
    with feelings:
        lane = has_feelings and st.toggle(
            "How people feel", key="map-feelings", bind="query-params"
        )
    with right:
        shown = st.segmented_control(
            "Show as", VIEWS, default=VIEWS[0], required=True, key="map-shown", bind="query-params"
        )
    return {"n_types": types, "move_share": share / 100, "with_feelings": lane}, shown


view = require_view()
show_finding(view, JOURNEY_MAP)
kept = current_filters()
base = apply_filters(require_log(), Filters(case=kept.case, groups=kept.groups))
options, shown = controls(
    len(view.touchpoint_types), has_feelings=bool(cached(stage_feelings)(base))
)
if shown == "Table":
    show_moves(view)
else:
    show_map(view, base, options)
