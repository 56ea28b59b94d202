"""Two groups on one picture: which two, and how they differ."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import pandas as pd
import streamlit as st

import journey
from journey import charts
from journey.analysis.profiles.criteria import Segment, keep_others
from journey.charts.svg import Picture
from journey.log import TouchpointLog
from journey.schema import LEAST_CERTAIN
from journey.ui.cache import cached
from journey.ui.explore import compare_funnel, flow_panel, map_panel
from journey.ui.explore.flow_panel import Anchor, Box, FlowView, box_name
from journey.ui.navigation import SEGMENT_BUILDER, page_link
from journey.ui.panel import Group, Part, show_parts
from journey.ui.picture import Selection, selection, show_picture
from journey.ui.reader import fragment
from journey.ui.saved_segments import segments_here
from journey.ui.tables import Listing, rates, show_table
from journey.ui.text import counted, markdown

OTHERS: Final = "All others"
GIVEN: Final = {
    "Won": Segment(outcomes=("won",)),
    "Lost or no decision": Segment(outcomes=("lost", "no_decision")),
}
N_TYPES: Final = 18
MOVE_SHARE: Final = 0.6
STEPS: Final = 7
MAP: Final = "compare-map"
FLOW: Final = "compare-flow"
LABELS: Final = {
    "box": "From",
    "next_box": "To",
    "box_kind": "From is a",
    "next_kind": "To is a",
    "box_stage": "Stage of from",
    "next_stage": "Stage of to",
    "n_a": "A",
    "n_b": "B",
    "n_all_a": "All of A",
    "n_all_b": "All of B",
    "a_share": "Share of A",
    "b_share": "Share of B",
    "n_advanced_a": "Went on: A",
    "n_advanced_b": "Went on: B",
    "a_conversion_rate": "Went on: share of A",
    "b_conversion_rate": "Went on: share of B",
    "conversion_difference": "Went on: difference",
    "conversion_low": "Went on: low",
    "conversion_high": "Went on: high",
    "low": "Low",
    "high": "High",
}
WENT_ON: Final = "Entered the next stage, of those that reached this one."
HELP: Final = {
    "difference": "The share of A minus that of B.",
    "low": "Lower end of the 95% interval of the difference.",
    "high": "Upper end of the 95% interval of the difference.",
    "n_advanced_a": WENT_ON,
    "n_advanced_b": WENT_ON,
    "a_conversion_rate": WENT_ON,
    "b_conversion_rate": WENT_ON,
    "conversion_difference": "The share of A that went on minus that of B.",
    "conversion_low": "Lower end of the 95% interval of that difference.",
    "conversion_high": "Upper end of the 95% interval of that difference.",
    "chance": "How often chance alone gives such a difference, adjusted for all rows.",
}
OF: Final = (
    rates("n_all_a", "a_share")
    | rates("n_all_b", "b_share")
    | rates(("n_all_a", "n_all_b"), "difference", "low", "high")
    | rates("n_a", "a_conversion_rate")
    | rates("n_b", "b_conversion_rate")
    | rates(("n_a", "n_b"), "conversion_difference", "conversion_low", "conversion_high")
)


@dataclass(frozen=True, eq=False)
class Pair:
    """Two groups and what they are called."""

    a: TouchpointLog
    b: TouchpointLog
    names: tuple[str, str]


def pick_segments(view: TouchpointLog) -> Pair:
    """Let the user choose two segments, or one and all others."""
    known = segments_here() | GIVEN
    left, right = st.columns(2)
    with left:
        begin = begins_with(view, known)
        first = st.selectbox("A", list(known), begin, key="group_a", bind="query-params")
    with right:
        others = [OTHERS, *(name for name in known if name != first)]
        second = st.selectbox("B", others, key="group_b", bind="query-params")
    page_link(SEGMENT_BUILDER, "Build a segment")
    one = journey.keep_segment(view, known[first])
    if second == OTHERS:
        return Pair(one, keep_others(view, known[first]), (first, OTHERS))
    return Pair(one, journey.keep_segment(view, known[second]), (first, second))


def begins_with(view: TouchpointLog, known: Mapping[str, Segment]) -> int:
    """Return the place of the first group that some journeys are in and others not, else 0."""
    sizes = (journey.keep_segment(view, segment).n_journeys for segment in known.values())
    parted = (place for place, n in enumerate(sizes) if 0 < n < view.n_journeys)
    return next(parted, 0)


def pick_periods(view: TouchpointLog) -> Pair | None:
    """Let the user choose two periods; journeys of each are read as of its end."""
    first, last = view.first_at, view.last_at
    if first is None or last is None:
        return None
    days = first.date(), last.date()
    if days[0] == days[1]:
        st.info("All touchpoints are of one day, so there are no two periods to compare.")
        return None
    middle = days[0] + (days[1] - days[0]) / 2
    left, right = st.columns(2)
    with left:
        a = _period("A", (days[0], middle), days)
    with right:
        b = _period("B", (middle + timedelta(days=1), days[1]), days)
    if a is None or b is None:
        st.caption("Choose the first and the last day of both periods.")
        return None
    st.caption(
        "Each period has its own touches alone, read as of its end. A journey with touches in both "
        "counts in both."
    )
    logs = [view.between(begin, end + timedelta(days=1)) for begin, end in (a, b)]
    return Pair(logs[0], logs[1], (f"{a[0]} to {a[1]}", f"{b[0]} to {b[1]}"))


def headline(pair: Pair) -> str:
    """Return at how many stages the groups differ by more than chance."""
    frame = cached(journey.compare_stages)(pair.a, pair.b)
    n_clear = int((frame["chance"] <= LEAST_CERTAIN).sum())
    names = " and ".join(map(markdown, pair.names))
    return f"{names} differ at {n_clear or 'none'} of {counted(len(frame), 'stage')}"


def show_map(pair: Pair) -> None:
    """Show the journey map of both, with differences in colour."""
    _show_map(pair)
    frame = cached(journey.compare_moves)(pair.a, pair.b)
    show_table(
        frame,
        key="compare-moves",
        file_name="compare-moves",
        labels=LABELS,
        column_help=HELP,
        of=OF,
    )


def show_steps(pair: Pair) -> None:
    """Show the step flow of both, with differences in colour."""
    frame = cached(journey.compare_steps)(pair.a, pair.b, steps=STEPS)
    _show_flow(pair, frame)
    show_table(
        Listing(len(frame), lambda n_rows: in_words(frame.head(n_rows))),
        key="compare-steps",
        file_name="compare-steps",
        labels=LABELS,
        column_help=HELP,
        of=OF,
    )


def in_words(frame: pd.DataFrame) -> pd.DataFrame:
    """Return ``compare_steps`` with boxes named as they are drawn, and figures before kinds."""
    named = frame.assign(
        box=[box_name(Box(*one)) for one in zip(frame["box_kind"], frame["box"], strict=True)],
        next_box=[
            None if one[1] is None else box_name(Box(*one))
            for one in zip(frame["next_kind"], frame["next_box"], strict=True)
        ],
    )
    first = ["step", "box", "next_box"]
    last = ["box_kind", "next_kind", "box_stage", "next_stage"]
    return named[[*first, *(name for name in named if name not in (*first, *last)), *last]]


def show_stages(pair: Pair) -> None:
    """Show how far both come."""
    frame = cached(journey.compare_stages)(pair.a, pair.b)
    _show_funnel(pair, frame)
    show_table(
        frame,
        key="compare-stages-table",
        file_name="stages",
        labels=LABELS,
        column_help=HELP,
        of=OF,
    )


def map_parts(pair: Pair, chosen: Selection | None) -> list[Part | None]:
    """Return what is selected on the map of both, as each group has it."""
    if chosen is None:
        return [None, None]
    return [
        map_panel.selected_part(log, cached(journey.journey_graph)(log), chosen)
        for log in (pair.a, pair.b)
    ]


def flow_parts(pair: Pair, frame: pd.DataFrame, chosen: Selection | None) -> list[Part | None]:
    """Return what is selected in the step flow of both, as each group has it.

    Parameters
    ----------
    frame
        As ``compare_steps`` gives it for the pair.
    """
    steps = int(frame["step"].max()) if len(frame) else 0
    drawn = [
        FlowView(log, Anchor(), steps, frame.assign(n_journeys=frame[count]))
        for log, count in ((pair.a, "n_a"), (pair.b, "n_b"))
    ]
    return [flow_panel.selected_part(one, chosen) for one in drawn]


def nobody_in(pair: Pair) -> str | None:
    """Say which group is empty, if one is."""
    for log, name in zip((pair.a, pair.b), pair.names, strict=True):
        if not log.n_journeys:
            return f"No journey in view is in {markdown(name)}."
    return None


@fragment
def _show_map(pair: Pair) -> None:
    """Show the map, and the journeys of both behind what is clicked; a click runs only this."""
    chosen = selection(MAP)
    node = chosen.id if chosen and chosen.kind == "node" else None
    picture = cached(_map)(pair.a, other=pair.b, names=pair.names, selected=node)
    show_picture(picture, key=MAP, file_name="compare-map")
    show_parts(_groups(pair, map_parts(pair, chosen)), picture=MAP, hint=map_panel.HINT)


@fragment
def _show_flow(pair: Pair, frame: pd.DataFrame) -> None:
    """Show the step flow, and the journeys of both behind what is clicked."""
    picture = charts.compare_flow(frame, stages=pair.a.definitions.stage_names, names=pair.names)
    chosen = show_picture(picture, key=FLOW, file_name="compare-flow")
    parts = flow_parts(pair, frame, chosen)
    show_parts(_groups(pair, parts), picture=FLOW, hint=flow_panel.HINT)


@fragment
def _show_funnel(pair: Pair, frame: pd.DataFrame) -> None:
    """Show how far both come, and the journeys of both behind the stage that is chosen."""
    stage = compare_funnel.show_funnel(frame, pair.names)
    parts = compare_funnel.stage_parts((pair.a, pair.b), frame, stage)
    show_parts(_groups(pair, parts), picture=compare_funnel.FUNNEL, hint=compare_funnel.HINT)


def _groups(pair: Pair, parts: list[Part | None]) -> list[Group]:
    return [
        Group(name, log.n_journeys, part)
        for name, log, part in zip(pair.names, (pair.a, pair.b), parts, strict=True)
    ]


def _map(
    log: TouchpointLog, *, other: TouchpointLog, names: tuple[str, str], selected: str | None
) -> Picture:
    whole = journey.compare_graph(log, other)
    simple = journey.simplify(whole, n_types=N_TYPES, move_share=MOVE_SHARE)
    return charts.compare_map(simple, names=names, selected=selected)


def _period(
    name: str, default: tuple[date, date], days: tuple[date, date]
) -> tuple[date, date] | None:
    chosen = st.date_input(
        f"{name}: first and last day",
        default,
        min_value=days[0],
        max_value=days[1],
        key=f"period_{name}",
        bind="query-params",
        format="YYYY-MM-DD",
    )
    return (chosen[0], chosen[1]) if isinstance(chosen, tuple) and len(chosen) == 2 else None  # noqa: PLR2004 - a first and a last day
