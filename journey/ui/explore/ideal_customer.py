"""The ideal customer on the screen: the profile, the traits behind it, who is sold to."""

from functools import partial
from typing import Final

import pandas as pd
import streamlit as st

import journey
from journey import charts
from journey.analysis.profiles.criteria import Segment
from journey.analysis.profiles.ideal_customer import line_columns
from journey.analysis.profiles.profile_traits import (
    LOSES_MORE,
    NO_DIFFERENCE,
    TOO_FEW,
    WINS_LESS,
    WINS_MORE,
    attribute_traits,
)
from journey.analysis.profiles.traits import attribute_columns
from journey.analysis.stages.members import in_segment
from journey.log import TouchpointLog
from journey.ui.cache import cached
from journey.ui.counts import Count, count_row
from journey.ui.explore.headlines import compact
from journey.ui.plots import current_theme, show_plot
from journey.ui.saved_segments import save_form, segments_here
from journey.ui.tables import Sizes, rates, show_table
from journey.ui.text import counted, label, markdown, number, percent
from journey.wording import noun_for

ROLES: Final = {"ideal": "Ideal customer", "anti": "Customers to avoid"}
KINDS: Final = {"attribute": "Who they are", "behaviour": "What they did", "both": "Both together"}
LABELS: Final = {
    "n_journeys": "With it",
    "n_won": "Won",
    "low": "Low",
    "high": "High",
    "n_rest": "Without it",
    "rest_win_rate": "Win rate without",
    "rest_low": "Low without",
    "rest_high": "High without",
    "lift": "Times as often won",
    "lift_least": "At least",
    "lift_most": "At most",
    "chance": "Chance",
    "n_lost": "Lost",
    "rest_lost_rate": "Lost without",
    "lost_lift": "Times as often lost",
    "lost_lift_least": "Lost, at least",
    "lost_lift_most": "Lost, at most",
    "lost_chance": "Chance, lost",
    "n_traits": "Traits",
    "n_tested": "Tried",
    "n_new": "New journeys",
    "n_new_inside": "New inside",
}
HELP: Final = {
    "win_rate": "Won of all journeys with it, open ones among them.",
    "rest_win_rate": "Won of all others of which it is known.",
    "lift": "The one win rate divided by the other.",
    "chance": "How often chance alone gives such a difference, adjusted for all that was tried.",
    "pipeline": "Value of deals open at the end of the month.",
    "spend": "What touchpoints cost, and campaigns shared out over their touchpoints.",
}
OF: Final = rates("n_journeys", "win_rate", "low", "high", "lost_rate") | rates(
    "n_rest", "rest_win_rate", "rest_low", "rest_high", "rest_lost_rate"
)
OF_MONTHS: Final = rates("n_new", "new_share", "low", "high")


def has_attributes(view: TouchpointLog) -> bool:
    """Return whether something is known of accounts or people that could set them apart."""
    return bool(attribute_columns(view))


def headline(view: TouchpointLog, line: str | None) -> str:
    """Return how many of all are ideal customers, and how many of the wins they bring.

    Parameters
    ----------
    line
        The product line that the journeys are of, if they are of one.
    """
    message = _message(view)
    if line is None:
        return message
    return f"{markdown(line)}: {message[:1].lower()}{message[1:]}"


def _message(view: TouchpointLog) -> str:
    frame = cached(journey.ideal_customer_profile)(view)
    ideal = frame[frame["role"] == "ideal"]
    if ideal.empty:
        return "No kind of customer clearly wins more often than the rest"
    row = ideal.iloc[0]
    n_known = int(row["n_journeys"] + row["n_rest"])
    n_won = int(row["n_won"]) + round(row["rest_win_rate"] * row["n_rest"])
    share, of_wins = percent(row["n_journeys"] / n_known), percent(row["n_won"] / n_won, n_won)
    known = noun_for(n_known, view.case)
    return f"Ideal customers are {share} of known {known} and {of_wins} of their wins"


def pick_line(view: TouchpointLog) -> tuple[TouchpointLog, str | None]:
    """Let the user choose a product line, where the log has such a column; return its journeys."""
    columns = line_columns(view)
    if not columns:
        return view, None
    by = columns[0]
    known = [value for value in view.filter_values(by) if value is not None]
    chosen = st.selectbox(
        markdown(label(by)),
        known,
        index=None,
        placeholder="All together",
        key="line",
        bind="query-params",
    )
    return (view, None) if chosen is None else (in_segment(view, by, chosen), str(chosen))


def show_profile(view: TouchpointLog) -> None:
    """Show the ideal profile and the one to avoid; each opens, and can be kept."""
    frame = cached(journey.ideal_customer_profile)(view)
    show_plot(
        charts.plot_ideal_customer(frame, theme=current_theme()),
        key="profile",
        file_name="ideal-customer",
    )
    cards = st.columns(2)
    for card, row in zip(cards, frame.to_dict("records"), strict=False):
        with card, st.container(border=True, height="stretch"):
            _card(view, row)
    if len(frame):
        told = frame.assign(role=frame["role"].map(ROLES))
        _table(told.drop(columns=["line", "segment"]), "profiles", OF)
        first = frame.iloc[0]
        n_unknown = view.n_journeys - int(first["n_journeys"] + first["n_rest"])
        if n_unknown:
            st.caption(
                f"{number(n_unknown)} of {counted(view.n_journeys, 'journey')} in view are on "
                "neither side: what the first profile looks at is not known of them."
            )
        st.caption(
            f"{counted(int(frame['n_tested'].iloc[0]), 'trait')} and pairs of at least 30 journeys "
            "were tried; only what chance would hardly give after so many tries makes a profile. "
            "It goes with winning; it need not be why."
        )


def show_traits(view: TouchpointLog) -> None:
    """Show every trait and pair with its lift."""
    kind = st.segmented_control(
        "Traits",
        list(KINDS),
        default="attribute",
        required=True,
        format_func=KINDS.__getitem__,
        key="profile-traits",
        bind="query-params",
    )
    # What they did is counted where it is shown; attributes are told from it alone.
    frame = cached(attribute_traits if kind == "attribute" else journey.profile_traits)(view)
    mine = frame[frame["kind"] == kind]
    clear = mine[mine["verdict"].isin([WINS_MORE, WINS_LESS, LOSES_MORE])]
    single = mine[(mine["n_traits"] == 1) & mine["verdict"].isin([NO_DIFFERENCE, TOO_FEW])]
    shown = pd.concat([clear, single])
    show_plot(
        charts.plot_profile_traits(shown, theme=current_theme()),
        key=f"traits:{kind}",
        file_name=f"traits-{kind}",
    )
    if kind != "attribute":
        st.caption("Counted before the decision. Longer journeys have more of everything.")
    _table(mine.drop(columns=["kind", "segment"]), "traits", OF)


def show_fit(view: TouchpointLog) -> None:
    """Show whether new journeys, pipeline and spend are inside a profile."""
    profiles = _profiles(view)
    if not profiles:
        st.markdown(
            "No profile stands out yet. Save a segment to see how much of selling is in it."
        )
        return
    name = st.selectbox("Profile", list(profiles), key="fit", bind="query-params")
    frame = cached(journey.profile_fit_by_month)(view, profiles[name])
    show_plot(
        charts.plot_profile_fit(frame, theme=current_theme()), key="fit-plot", file_name="fit"
    )
    st.caption(
        f"{markdown(profiles[name])}. Journeys of which this is not known, as of unnamed visitors, "
        "count as outside."
    )
    _table(frame, "fit-by-month", OF_MONTHS)


def _profiles(view: TouchpointLog) -> dict[str, Segment]:
    frame = cached(journey.ideal_customer_profile)(view)
    found = {ROLES[row["role"]]: row["segment"] for row in frame.to_dict("records")}
    return found | segments_here()


def _card(view: TouchpointLog, row: dict[str, object]) -> None:
    role, segment = str(row["role"]), row["segment"]
    st.markdown(f"## {ROLES[role]}")
    st.markdown(f"**{markdown(segment)}**")
    n = int(row["n_journeys"])
    if role == "ideal":
        is_told = 1 < round(float(row["lift"]), 1) < float("inf")
        times = f", {compact(row['lift'])} times as often" if is_told else ""
        st.markdown(
            f"{percent(row['win_rate'])} of {counted(n, 'journey')} won, against "
            f"{percent(row['rest_win_rate'])} of all others{times}."
        )
    else:
        st.markdown(
            f"{percent(row['lost_rate'])} of {counted(n, 'journey')} lost, against "
            f"{percent(row['rest_lost_rate'])} of all others; {number(row['n_won'])} won."
        )
    inside = partial(journey.keep_segment, view, segment)
    name = ROLES[role]
    counts = [
        Count("All", n, inside, name),
        Count("Won", int(row["n_won"]), partial(_standing, inside, "won"), f"{name}, won"),
        Count("Lost", int(row["n_lost"]), partial(_standing, inside, "lost"), f"{name}, lost"),
    ]
    count_row(counts, key=f"profile:{role}")
    save_form(segment, key=f"keep:{role}", name=name)


def _standing(inside: partial[TouchpointLog], outcome: str) -> TouchpointLog:
    return inside().where(outcome=outcome)


def _table(frame: pd.DataFrame, name: str, of: Sizes) -> None:
    show_table(frame, key=f"{name}-table", file_name=name, labels=LABELS, column_help=HELP, of=of)
