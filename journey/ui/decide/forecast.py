"""The forecast on the screen: what is to come, where it comes from, how good it was before."""

from functools import partial
from typing import Final

import pandas as pd
import streamlit as st

import journey
from journey import charts
from journey.analysis.forecast.wins import n_wins_learnt
from journey.charts.plots.forecast import Measure
from journey.log import TouchpointLog
from journey.schema import SMALL_SAMPLE
from journey.ui.cache import cached
from journey.ui.counts import Count, count_row
from journey.ui.explore.headlines import compact
from journey.ui.plots import current_theme, show_plot
from journey.ui.reader import fragment
from journey.ui.tables import rates, show_table
from journey.ui.text import NO_FIGURE, counted, markdown, number, percent

WEEKS: Final = (4, 13, 26, 52)
MEASURES: Final[dict[str, Measure]] = {"Wins": "wins", "Value": "value"}
OPEN: Final = ("stalled", "in_progress")
LEAST_TO_LEAN: Final = 3
"""With fewer past forecasts nothing is said of all of them."""

BEFORE_ANY: Final = "(before any stage)"
DECIMALS: Final = {
    **dict.fromkeys(("expected_wins", "from_open", "from_over", "from_new", "total_wins"), 1),
    **dict.fromkeys(("expected_value", "value_low", "value_high", "value_won"), 0),
    **dict.fromkeys(("total_value", "total_value_low", "total_value_high"), 0),
}
LABELS: Final = {
    "begins_at": "From",
    "ends_at": "Until",
    "made_at": "Forecast made",
    "until_at": "Until",
    "wins_from": "from",
    "wins_to": "to",
    "value_from": "value from",
    "value_to": "value to",
    "from_open": "Of open journeys",
    "from_over": "Of journeys that come back",
    "from_new": "Of journeys to begin",
    "total_from": "total from",
    "total_to": "total to",
    "total_value_from": "total value from",
    "total_value_to": "total value to",
    "n_won": "Really won",
    "value_won": "Value really won",
    "is_inside": "Wins inside",
    "is_value_inside": "Value inside",
}


def has_value(frame: pd.DataFrame) -> bool:
    """Return whether a win of the log has a known value, so that value can be foretold."""
    return bool(frame["total_value"].notna().all())


def headline(frame: pd.DataFrame) -> str:
    """Say what is to come in one sentence.

    Examples
    --------
    >>> headline(pd.DataFrame({"week": [1], "expected_wins": [2.2], "total_wins": [2.2],
    ...     "total_value": [81000.0], "total_low": [0.0], "total_high": [4.0]}))
    'About 2 wins in the next week, worth 81K'
    """
    if frame.empty or frame["expected_wins"].isna().any():
        return "Forecast"
    last = frame.iloc[-1]
    n = round(float(last["total_wins"]))
    weeks = "week" if len(frame) == 1 else f"{len(frame)} weeks"
    worth = f", worth {compact(last['total_value'])}" if has_value(frame) else ""
    if not n:
        return f"Less than one win is expected in the next {weeks}"
    return f"About {counted(n, 'win')} in the next {weeks}{worth}"


def wins_between(low: float, high: float) -> str:
    """Write an interval of wins.

    Examples
    --------
    >>> wins_between(3.0, 11.0), wins_between(0.0, 1.0), wins_between(0.0, 0.4), wins_between(1, 1)
    ('3 to 11 wins', 'None or 1 win', 'No win', '1 win')
    """
    least, most = round(float(low)), round(float(high))
    if least == most:
        return counted(most, "win") if most else "No win"
    return "None or 1 win" if most == 1 else f"{least} to {counted(most, 'win')}"


def show_figures(view: TouchpointLog, frame: pd.DataFrame, weeks: int) -> None:
    """Show what is expected, in numbers, with the interval and what it rests on."""
    last = frame.iloc[-1]
    n_won = n_wins_learnt(view, weeks=weeks)
    cells = st.columns([2, 3, 2, 4])
    cells[0].metric("Wins expected", number(round(float(last["total_wins"]), 1)), border=True)
    cells[1].metric(
        "Four times in five",
        wins_between(last["total_low"], last["total_high"]),
        help=f"The {percent(0.8)} interval: one time in five it will be more or less.",
        border=True,
    )
    is_known = has_value(frame)
    cells[2].metric(
        "Value expected", compact(last["total_value"]) if is_known else NO_FIGURE, border=True
    )
    cells[3].metric(
        "Four times in five",
        f"{compact(last['total_value_low'])} to {compact(last['total_value_high'])}"
        if is_known
        else NO_FIGURE,
        help=f"The {percent(0.8)} interval of the value.",
        border=True,
    )
    if n_won < SMALL_SAMPLE:
        st.caption(f"Learnt from only {counted(n_won, 'win')}: take it as a rough guide.")


def show_weeks(frame: pd.DataFrame, measure: Measure) -> None:
    """Show the weeks to come as a chart, and as a table on demand."""
    chart = charts.plot_forecast(frame, measure=measure, theme=current_theme())
    show_plot(chart, key="forecast", file_name=f"forecast-{measure}")
    if st.toggle("Weeks as table"):
        show_table(_amounts(frame), key="forecast-table", file_name="forecast", labels=LABELS)


def show_stages(view: TouchpointLog, frame: pd.DataFrame, weeks: int) -> None:
    """Show the open journeys behind the forecast by stage; each number opens into its journeys."""
    stages = cached(journey.win_chances)(view, weeks=weeks)
    st.markdown(source_text(frame, stages))
    counts = [
        Count(
            BEFORE_ANY if name is None else str(name),
            int(n),
            partial(view.where, outcome=OPEN, current_stage=name),
            f"Open in {BEFORE_ANY if name is None else name}",
        )
        for name, n in zip(stages["stage"], stages["n_open"], strict=True)
    ]
    count_row(counts, key=f"forecast:{weeks}")
    shown = stages.assign(stage=stages["stage"].fillna(BEFORE_ANY)).round(DECIMALS)
    show_table(
        shown,
        key="chances",
        file_name="chances-by-stage",
        labels={
            "n_open": "Open now",
            "win_rate": f"Chance to win in {counted(weeks, 'week')}",
            "n_won": "Ever won from here",
            "n_left": "Of all that left",
        },
        column_help={"n_won": "Of the whole log: what the chances rest on."},
        of=rates("n_left", "win_rate"),
    )


def _amounts(frame: pd.DataFrame) -> pd.DataFrame:
    """Round, and name the ends of intervals so that they are not taken for shares."""
    names = {"low": "wins_from", "high": "wins_to"} | {
        f"{what}_{end}": f"{what}_{name}"
        for what in ("value", "total", "total_value")
        for end, name in (("low", "from"), ("high", "to"))
    }
    return frame.round(DECIMALS).rename(columns=names)


def source_text(frame: pd.DataFrame, stages: pd.DataFrame) -> str:
    """Say which stage most expected wins come from, and how many from journeys not open yet.

    Examples
    --------
    >>> source_text(
    ...     pd.DataFrame({"total_wins": [10.0], "from_over": [0.5], "from_new": [1.5]}),
    ...     pd.DataFrame({"stage": ["Demo"], "expected_wins": [8.0], "n_open": [40]}))
    '**8 of 10** expected wins come from the 40 open journeys in **Demo**, 1.5 from journeys \
that will only begin and 0.5 from lost or dormant ones that come back.'
    """
    total = float(frame["total_wins"].iloc[-1])
    new, back = (number(round(float(frame[name].sum()), 1)) for name in ("from_new", "from_over"))
    beginning = (
        f"{new} from journeys that will only begin and {back} from lost or dormant ones that "
        "come back."
    )
    if stages.empty or total <= 0:
        return f"No journey is open: {beginning}" if stages.empty else f"Nearly none; {beginning}"
    top = stages.loc[stages["expected_wins"].idxmax()]
    name = BEFORE_ANY if pd.isna(top["stage"]) else top["stage"]
    return (
        f"**{number(round(float(top['expected_wins']), 1))} of {number(round(total, 1))}** "
        f"expected wins come from the {counted(int(top['n_open']), 'open journey')} in "
        f"**{markdown(name)}**, {beginning}"
    )


@fragment
def show_backtest(view: TouchpointLog, measure: Measure, weeks: int) -> None:
    """Show what past forecasts said beside what happened."""
    frame = cached(journey.forecast_backtest)(view, weeks=weeks)
    chart = charts.plot_forecast_backtest(frame, measure=measure, theme=current_theme())
    show_plot(chart, key="backtest", file_name=f"forecast-backtest-{measure}")
    if frame.empty:
        return
    inside = "is_inside" if measure == "wins" else "is_value_inside"
    st.caption(
        f"Each was made only from what was known then. "
        f"{percent(frame[inside].mean(), len(frame))} held; {percent(0.8)} are meant to."
    )
    if words := leaning(frame):
        st.info(words, icon=":material/balance:")
    if st.toggle("Past forecasts as table"):
        show_table(_amounts(frame), key="backtest-table", file_name="backtest", labels=LABELS)


def leaning(frame: pd.DataFrame) -> str | None:
    """Say so if past forecasts were all too low, or all too high.

    Examples
    --------
    >>> leaning(pd.DataFrame({"expected_wins": [5.0, 9.0, 7.0], "n_won": [6, 8, 7],
    ...     "expected_value": [10.0, 20.0, 30.0], "value_won": [15.0, 25.0, 40.0]}))
    'In all 3 past forecasts the value won was higher than expected: take it as a floor.'
    """
    if len(frame) < LEAST_TO_LEAN:
        return None
    for what, expected, real in (
        ("number of wins", "expected_wins", "n_won"),
        ("value won", "expected_value", "value_won"),
    ):
        for word, use, is_so in (
            ("higher", "a floor", frame[real] > frame[expected]),
            ("lower", "a ceiling", frame[real] < frame[expected]),
        ):
            if is_so.all():
                return (
                    f"In all {len(frame)} past forecasts the {what} was {word} than expected: "
                    f"take it as {use}."
                )
    return None


def explain() -> None:
    """Say how the figures are made and what they can't know."""
    st.markdown(
        "- From all journeys of the log it is counted how often, on a day, one in a stage is "
        "won, ends, or moves to another stage, by how long it has been there and whether it was "
        "ever further; and how often one that was lost or dormant comes back. Where few days "
        "are known, chances shortly before fill in.\n"
        "- These chances are applied to the journeys in view, open or over, and to as many new "
        "ones as began a week in the last 13 weeks.\n"
        "- A win counts with its deal value, else with that of wins of journeys as old.\n"
        "- The interval holds chance, the fact that only so many journeys were seen, and how "
        "far such forecasts were off before, beyond chance. It does not know of plans, prices, "
        "seasons or a changing market that were never seen to matter so far."
    )
