"""Segments on the screen: by which attribute, what is shown of each, the journeys behind it."""

from functools import partial
from typing import Final

import pandas as pd
import streamlit as st

import journey
from journey import charts
from journey.analysis.stages.members import DROPPED, in_segment, stayed_in
from journey.charts.plots.segments import MAX_ROWS
from journey.log import TouchpointLog
from journey.schema import OUTCOMES, SMALL_SAMPLE
from journey.ui.cache import cached
from journey.ui.counts import Count, count_row
from journey.ui.navigation import SEGMENTS, page_name
from journey.ui.plots import current_theme, show_plot
from journey.ui.reader import fragment
from journey.ui.tables import rates, show_table
from journey.ui.text import OUTCOME_LABELS, label, markdown, percent

MOST_VALUES: Final = 200
NOT_KNOWN: Final = "(not known)"
HELP: Final = {
    "win_rate": "Won of all journeys of the segment.",
    "low": "Lower end of the 95% interval of the win rate.",
    "high": "Upper end of the 95% interval of the win rate.",
    "n_decided": "Won, lost or without a decision.",
    "decided_win_rate": "Won of the decided ones.",
    "median_days_to_win": "First touch to winning touch; half take less.",
    "reached_share": "Of the segment's journeys.",
    "n_dropped": "Lost or no decision, no stage further.",
    "drop_off_rate": "Of those that reached the stage.",
}
LABELS: Final = {
    "low": "Low",
    "high": "High",
    "n_won": "Won",
    "median_days_to_win": "Median days to win",
    "n_dropped": "Dropped off",
}
OF: Final = (
    rates("n_journeys", "win_rate", "low", "high", "reached_share")
    | rates("n_decided", "decided_win_rate")
    | rates("n_reached", "drop_off_rate")
)


def attributes(log: TouchpointLog) -> dict[str, str]:
    """Return the columns that make segments, with their words: whose attribute each is.

    Accounts come first, as in an ideal customer profile; then people, as in personas; then
    touchpoints.
    """
    store = log.store
    owners = {
        "Account": store.accounts.column_names,
        "Person": store.people.column_names,
        "Touchpoint": ["channel", "campaign", "content", "source_system", "direction", "reason"],
    }
    known = set(log.filter_columns)
    return {
        column: f"{owner}: {label(column)}"
        for owner, columns in owners.items()
        for column in columns
        if column in known
        and not column.endswith("_id")
        and 1 < len(log.filter_values(column)) <= MOST_VALUES
    }


def place_of_most(frame: pd.DataFrame, share: pd.Series, n: pd.Series) -> int:
    """Return the place of the known value with the highest share, as titles of charts name it.

    Where all are too few to tell, it is the first that is known; of nothing the first place.

    Parameters
    ----------
    frame
        Rows with a ``value``, none where it is not known.
    share, n
        Of each row a share, and of how many: at least 30 tell something.

    Examples
    --------
    >>> frame = pd.DataFrame({"value": ["Few", "Retail", "Energy", None]})
    >>> place_of_most(frame, pd.Series([0.9, 0.2, 0.4, 0.8]), pd.Series([9, 90, 80, 70]))
    2
    """
    if frame.empty:
        return 0
    is_known = frame["value"].notna()
    told = share.where(is_known & (n >= SMALL_SAMPLE))
    return int((told.fillna(-1) if told.notna().any() else is_known).to_numpy().argmax())


def drawn_journeys(frame: pd.DataFrame) -> pd.Series:
    """Return the journeys of each of the largest segments, which charts draw; of others none.

    Examples
    --------
    >>> frame = pd.DataFrame({"n_journeys": [30, *range(40, 60)]})
    >>> drawn_journeys(frame).tolist()[:3]
    [0, 40, 41]
    """
    n = frame["n_journeys"]
    largest = n.sort_values(ascending=False, kind="stable").head(MAX_ROWS)
    return largest.reindex(n.index, fill_value=0)


def is_of_account(log: TouchpointLog, column: str) -> bool:
    """Whether each journey is in exactly one segment of a column."""
    return column in log.store.accounts.column_names


def headline(view: TouchpointLog, by: str) -> str:
    """Return from where to where win rates of segments run, if more than chance could give."""
    frame = cached(journey.segment_breakdown)(view, by=by)
    known = frame[frame["value"].notna() & (frame["n_journeys"] >= SMALL_SAMPLE)]
    if known["win_rate"].nunique() < 2:  # noqa: PLR2004 -- else there is no from and to
        return page_name(SEGMENTS)
    rates = known["win_rate"]
    least, most = known.loc[rates.idxmin()], known.loc[rates.idxmax()]
    if least["high"] >= most["low"]:
        return page_name(SEGMENTS)
    low, high = (f"{percent(row['win_rate'])} in {markdown(row['value'])}" for row in (least, most))
    return f"Win rates by {markdown(label(by).lower())} run from {low} to {high}"


def show_win_rates(view: TouchpointLog, by: str) -> None:
    """Show the win rate of each segment with its interval."""
    frame = cached(journey.segment_breakdown)(view, by=by)
    chart = charts.plot_segment_breakdown(frame, theme=current_theme())
    show_plot(chart, key="wins", file_name=f"win-rate-by-{by}")
    columns = ["value", "n_journeys", "n_won", "win_rate", "low", "high", "n_decided"]
    columns += ["decided_win_rate", "median_days_to_win"]
    _open_segment(view, by, place_of_most(frame, frame["win_rate"], drawn_journeys(frame)))
    _table(frame[columns], by, "win-rates")


def show_outcomes(view: TouchpointLog, by: str) -> None:
    """Show how the journeys of each segment stand."""
    frame = cached(journey.segment_breakdown)(view, by=by)
    chart = charts.plot_segment_outcomes(frame, theme=current_theme())
    show_plot(chart, key="outcomes", file_name=f"outcomes-by-{by}")
    open_share = (frame["n_stalled"] + frame["n_in_progress"]) / frame["n_journeys"]
    _open_segment(view, by, place_of_most(frame, open_share, drawn_journeys(frame)))
    _table(frame[["value", "n_journeys", *(f"n_{one}" for one in OUTCOMES)]], by, "outcomes")


def show_stages(view: TouchpointLog, by: str) -> None:
    """Show where each segment drops off, and which stages it reaches."""
    frame = cached(journey.segment_stages)(view, by=by)
    chart = charts.plot_segment_stages(frame, theme=current_theme())
    show_plot(chart, key="stages", file_name=f"drop-off-by-{by}")
    most = place_of_most(frame, frame["drop_off_rate"], frame["n_reached"])
    values = cached(journey.segment_breakdown)(view, by=by)["value"]
    named = values.eq(frame["value"].iloc[most]) if len(frame) else values.notna()
    _open_segment(view, by, int(named.to_numpy().argmax()))
    _table(frame, by, "stages")


def _table(frame: pd.DataFrame, by: str, name: str) -> None:
    words = {**LABELS, "value": label(by)}
    frame = frame.assign(value=[NOT_KNOWN if pd.isna(value) else value for value in frame["value"]])
    file_name = f"{name}-by-{by}"
    show_table(
        frame, key=f"{name}-table", file_name=file_name, column_help=HELP, labels=words, of=OF
    )


@fragment
def _open_segment(view: TouchpointLog, by: str, begin: int) -> None:
    """Let the user choose a segment, at first that in a place, and open any of its counts."""
    frame = cached(journey.segment_breakdown)(view, by=by)
    values = [None if pd.isna(value) else value for value in frame["value"]]
    names = [NOT_KNOWN if value is None else value for value in values]
    with st.container(border=True):
        chosen = st.selectbox(
            "Open journeys of", names, index=begin, key=f"segment-of:{by}:{names[begin]}"
        )
        place = names.index(chosen)
        row = frame.iloc[place]
        inside = partial(in_segment, view, by, values[place])
        name = f"{label(by)}: {chosen}"
        counts = [Count("All", int(row["n_journeys"]), inside, name)]
        counts += [
            Count(
                OUTCOME_LABELS[outcome],
                int(row[f"n_{outcome}"]),
                partial(_with_outcome, view, by, values[place], outcome),
                f"{name}, {OUTCOME_LABELS[outcome].lower()}",
            )
            for outcome in OUTCOMES
        ]
        count_row(counts, key=f"segment:{by}:{place}")
        count_row(_stage_counts(view, by, values[place], name), key=f"stages:{by}:{place}")


def _with_outcome(view: TouchpointLog, by: str, value: str | None, outcome: str) -> TouchpointLog:
    return in_segment(view, by, value).where(outcome=outcome)


def _stage_counts(view: TouchpointLog, by: str, value: str | None, name: str) -> list[Count]:
    """Count the journeys of a segment that drop off in each stage."""
    frame = cached(journey.segment_stages)(view, by=by)
    mine = frame["value"].isna() if value is None else frame["value"] == value
    return [
        Count(
            f"Dropped off in {row.stage}",
            row.n_dropped,
            partial(_dropped_in, view, by, value, row.stage),
            f"{name}, dropped off in {row.stage}",
        )
        for row in frame[mine & (frame["n_dropped"] > 0)].itertuples()
        if row.stage != view.definitions.stage_names[-1]
    ]


def _dropped_in(view: TouchpointLog, by: str, value: str | None, stage: str) -> TouchpointLog:
    return stayed_in(in_segment(view, by, value), stage, outcomes=DROPPED)
