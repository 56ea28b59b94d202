"""The lifecycle on the screen: a card for each stage, its questions, where to look first."""

from collections.abc import Sequence
from functools import partial
from typing import Any, Final

import pandas as pd
import streamlit as st

import journey
from journey import charts
from journey.analysis.figures.frames import records
from journey.analysis.lifecycle.reach import people_by
from journey.analysis.lifecycle.scorecards import (
    counts_journeys,
    decimals_of,
    lifecycle_journeys,
    sentence_of,
    stages_without_role,
)
from journey.analysis.lifecycle.stage_movement import look_first, moved_between
from journey.charts.numbers import format_number, format_share
from journey.log import TouchpointLog
from journey.rules.stage_roles import ROLES, Role
from journey.ui.cache import cached
from journey.ui.counts import Count, count_row
from journey.ui.guards import plain_errors
from journey.ui.journeys import open_journeys
from journey.ui.navigation import DEFINITIONS, page_link
from journey.ui.plots import current_theme, show_plot
from journey.ui.tables import show_table
from journey.ui.text import NO_FIGURE, as_read, counted, label, markdown, number, percent, signed
from journey.wording import agreeing

PERIODS: Final = {30: "30 days", 90: "90 days", 180: "180 days", 365: "365 days"}
HEADLINES: Final[dict[Role, tuple[tuple[str, str], ...]]] = {
    "attract": (("new_audience", "New journeys"), ("people", "People met")),
    "capture": (("new_leads", "New leads"), ("known_rate", "Visitors known")),
    "nurture": (("mqls", "MQLs"), ("click_through_rate", "Messages clicked")),
    "convert": (("won", "Won"), ("win_rate", "Won of decided")),
    "expand": (("repeat_rate", "Bought again"), ("churn_rate", "Customers who left")),
}
"""What stands on the card of each stage."""

NEWS: Final[dict[tuple[Role, str], str]] = {
    ("capture", "new_leads"): "[new lead|new leads]",
    ("nurture", "mqls"): "[MQL|MQLs]",
    ("convert", "won"): "won",
}
"""What a period brought, in words after the number."""

REACH_HELP: Final = {
    "n_impressions": "Ads shown to people whom the log knows.",
    "n_platform_impressions": "As ad platforms count them, to anybody.",
    "n_new_journeys": "Journeys that began in the month: new audience.",
}
RISES_ARE_BAD: Final = frozenset(("churn_rate",))
NAMED: Final = {
    "people_by_channel": "People by channel",
    "touches_by_channel": "Touchpoints by channel",
    "leads_by_call_to_action": "Leads by call to action",
    "campaigns_in_wins": "Campaigns met before a win",
}


def figure(value: float, unit: str) -> str:
    """Write a figure as its sentence has it, in the way of the reader."""
    if pd.isna(value):
        return "none"
    decimals = decimals_of(value, unit)
    if unit == "share":
        return format_share(value, decimals=decimals)
    short = format_number(value, decimals)
    return agreeing(f"{short} [day|days]") if unit == "days" else short


def pick_period() -> int:
    """Let the user choose how long the period is, in days."""
    chosen = st.segmented_control(
        "Period up to the end of the log",
        list(PERIODS),
        default=90,
        required=True,
        format_func=PERIODS.__getitem__,
        key="lifecycle-days",
        bind="query-params",
    )
    return int(chosen)


def headline(view: TouchpointLog, days: int) -> str:
    """Say in one line what the period brought."""
    told = {(row["role"], row["metric"]): row["value"] for row in _totals(view, days)}
    parts = [
        f"{figure(told[which], 'journeys')} {words}"
        for which, words in NEWS.items()
        if not pd.isna(told[which])
    ]
    return f"{agreeing(', '.join(parts)) or 'No lead, MQL or win'} in {PERIODS[days]}"


def show_cards(view: TouchpointLog, days: int) -> None:
    """Show a card for each stage: two figures, each against the period before."""
    told = {(row["role"], row["metric"]): row for row in _totals(view, days)}
    for column, role in zip(st.columns(len(ROLES)), ROLES, strict=True):
        shown = [(told[role, metric], words) for metric, words in HEADLINES[role]]
        stage = shown[0][0]["stage"]
        with column, st.container(border=True):
            st.markdown(f"**{markdown(stage or label(role))}**")
            if stage is None:
                st.caption("No stage of this model plays this part.")
            for row, words in shown:
                _metric(row, words, days)


def _metric(row: dict[str, Any], words: str, days: int) -> None:
    """Show one figure with its change."""
    value, before, unit = float(row["value"]), float(row["previous_value"]), str(row["unit"])
    shown = NO_FIGURE if pd.isna(value) else figure(value, unit)
    delta = None
    if not (pd.isna(value) or pd.isna(before)):
        change = value - before
        is_same = unit == "share" and round(change, 3) == 0
        points = "0" if is_same else f"{signed(change * 100, 1)} points"
        delta = points if unit == "share" else signed(change)
    st.metric(
        f":gray[{words}]" if row["is_small"] else words,
        shown,
        delta=delta,
        delta_color="inverse" if row["metric"] in RISES_ARE_BAD else "normal",
        help=markdown(sentence_of(row, days=days, write=figure)),
    )


def show_first(view: TouchpointLog, days: int) -> None:
    """Say where to look first: a move between stages that got worse, or that changed clearly."""
    found = look_first(cached(journey.stage_movement)(view, days=days))
    st.markdown("## Where to look first")
    if found.empty:
        st.markdown("No move between stages got worse among 30 journeys or more.")
        return
    row = found.iloc[0]
    source, target = str(row["source_stage"]), str(row["target_stage"])
    way = "go on" if row["direction"] == "forward" else "turn back"
    amount = "More" if row["change"] > 0 else "Fewer"
    doubt = "" if row["is_clear"] else " So small a change may be chance."
    if not row["is_worse"]:
        doubt = " That is better; no move got worse by more than chance."
    st.markdown(
        f"**{amount} {way} from {markdown(source)} to {markdown(target)}**: "
        f"{percent(row['share'])} of {number(row['n_in_source'])} journeys, "
        f"{percent(row['previous_share'])} of {number(row['previous_n_in_source'])} "
        f"in the period before.{doubt}"
    )
    moved = partial(moved_between, view, source, target, days=days)
    title = f"From {source} to {target}"
    count_row([Count("Moved this period", int(row["n_journeys"]), moved, title)], key="look-first")


def show_questions(view: TouchpointLog, days: int) -> None:
    """Show all questions of one stage, each with its number and its sentence."""
    rows = records(cached(journey.lifecycle_metrics)(view, days=days))
    stages = {row["role"]: row["stage"] for row in rows}
    role = st.segmented_control(
        "Questions of",
        list(ROLES),
        default=ROLES[0],
        required=True,
        format_func=lambda one: markdown(stages[one] or label(one)),
        key="lifecycle-role",
        bind="query-params",
    )
    own = [row for row in rows if row["role"] == role]
    with plain_errors():
        for row in own:
            if row["metric"] not in NAMED:
                _question(view, row, days)
    for metric, words in NAMED.items():
        part = [row for row in own if row["metric"] == metric and row["of"] is not None]
        if part:
            st.markdown(f"**{words}**")
            _named_row(view, part, days)


def _question(view: TouchpointLog, row: dict[str, Any], days: int) -> None:
    """One line: the number, which opens if it counts journeys, and what it is of."""
    left, right = st.columns([1, 5], vertical_alignment="center")
    value, unit = float(row["value"]), str(row["unit"])
    shown = NO_FIGURE if pd.isna(value) else figure(value, unit)
    can_open = counts_journeys(row["metric"], row["role"]) and row["numerator"] > 0
    words = f":gray[{shown}]" if row["is_small"] else f"**{shown}**"
    with left:
        if not can_open:
            st.markdown(words)
        elif st.button(
            words,
            key=f"lifecycle:{row['role']}:{row['metric']}",
            type="tertiary",
            icon=":material/list:",
            help=f"Open the {counted(int(row['numerator']), 'journey')}",
        ):
            log = lifecycle_journeys(view, row["role"], row["metric"], days=days)
            open_journeys(log, title=label(str(row["metric"])))
    right.markdown(markdown(sentence_of(row, days=days, write=figure).removeprefix(f"{shown} ")))


def _named_row(view: TouchpointLog, part: Sequence[dict[str, Any]], days: int) -> None:
    """Figures by name side by side; those that count journeys open."""
    metric, role = str(part[0]["metric"]), str(part[0]["role"])
    if counts_journeys(metric, role):
        counts = [
            Count(
                f"{row['of']} ({percent(row['value'], int(row['denominator']))})",
                int(row["numerator"]),
                partial(lifecycle_journeys, view, role, metric, of=row["of"], days=days),
                f"{NAMED[metric]}: {row['of']}",
            )
            for row in part
        ]
        count_row(counts, key=f"lifecycle:{metric}")
        return
    shown = (
        f"{markdown(row['of'])} **{figure(float(row['value']), str(row['unit']))}**" for row in part
    )
    st.markdown(" · ".join(shown))


def show_movement(view: TouchpointLog, days: int) -> None:
    """Show moves between stages this period against the one before, and open one of them."""
    frame = cached(journey.stage_movement)(view, days=days)
    chart = charts.plot_stage_movement(frame, theme=current_theme())
    show_plot(chart, key="movement", file_name="stage-movement")
    counts = [
        Count(
            f"{row['source_stage']} → {row['target_stage']}",
            int(row["n_journeys"]),
            partial(
                moved_between, view, str(row["source_stage"]), str(row["target_stage"]), days=days
            ),
            f"From {row['source_stage']} to {row['target_stage']}",
        )
        for row in frame.to_dict("records")
    ]
    count_row(counts, key="movement:moves")


def show_all_figures(view: TouchpointLog, days: int) -> None:
    """Show all figures as one table, with downloads."""
    frame = cached(journey.lifecycle_metrics)(view, days=days)
    words = {name: frame[name].map(label) for name in ("role", "metric")}
    frame = frame.assign(**words, sentence=frame["sentence"].map(as_read))
    show_table(frame, key="lifecycle:all", file_name=f"lifecycle-{days}-days")


def warn_of_stages(view: TouchpointLog) -> None:
    """Name stages of which nobody knows which part of the lifecycle they play."""
    unknown = stages_without_role(view)
    if not unknown:
        return
    names = ", ".join(markdown(name) for name in unknown)
    st.caption(
        f"Not known which part these stages play: {names}. Choose it under 'Parts of the "
        "lifecycle' on Definitions."
    )
    page_link(DEFINITIONS, "Choose their parts")


def _totals(view: TouchpointLog, days: int) -> list[dict[str, Any]]:
    """The figures of all, those told by name left out."""
    rows = records(cached(journey.lifecycle_metrics)(view, days=days))
    return [row for row in rows if row["of"] is None]


def show_reach(view: TouchpointLog, days: int) -> None:
    """Show whom touches reached by month, and who took in which content, whatever the period."""
    del days
    frame = cached(journey.reach_by_month)(view)
    st.caption("All months in view. A column is empty where the log doesn't tell.")
    show_table(frame, key="lifecycle:reach", file_name="reach", column_help=REACH_HELP)
    if "content" not in view.store.text_columns:
        return
    st.markdown("**Consumers per content**")
    content = cached(people_by)(view, by="content").dropna(subset="value")
    labels = {"value": "Content", "n_people": "Consumers"}
    show_table(content, key="lifecycle:consumers", file_name="consumers", labels=labels)


def show_post_sale(view: TouchpointLog, days: int) -> None:
    """Show what customers did after the sale by month, whatever the period."""
    del days
    st.caption(
        "Touchpoints of all months in view. A column is empty where no touchpoint type has that "
        "meaning."
    )
    show_table(cached(journey.post_sale)(view), key="lifecycle:after", file_name="post-sale")
