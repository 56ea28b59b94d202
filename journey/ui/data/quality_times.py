"""The parts of the quality page about time: silent sources, strays, times shared by many."""

from typing import Final

import pandas as pd
import streamlit as st

from journey.analysis.quality.coverage import (
    LEAST_PAUSES,
    LEAST_TOGETHER,
    shared_instants,
    source_silences,
    stray_times,
)
from journey.log import TouchpointLog
from journey.ui.cache import cached
from journey.ui.tables import show_table
from journey.ui.text import counted, days, markdown, percent

NO_SOURCE: Final = "(no source)"
DATES_ONLY: Final = 0.5
"""With more of a source's touchpoints at one time of day, its times are dates."""

SILENCE_HELP: Final = (
    "A pause is the time from one day with touchpoints of a source to the next. 19 of 20 of its "
    "pauses are no longer than its longest normal one. It was silent if a pause is longer than "
    "three times that and than a week, and the other sources kept at least half their pace. "
    f"Nothing is said of sources with fewer than {LEAST_PAUSES} other pauses."
)
STRAY_HELP: Final = (
    "At each end, at most one touchpoint in a thousand, with more than 90 days between them and "
    "all others."
)
INSTANT_HELP: Final = (
    f"{LEAST_TOGETHER} or more touchpoints of one source at exactly the same instant."
)


def show_silences(log: TouchpointLog) -> None:
    """Show when a source was silent while the others went on."""
    found = cached(source_silences)(log)
    st.header(markdown(silence_message(found)), help=SILENCE_HELP)
    if found.empty:
        return
    show_table(
        _with_days(found, "silent_from", "silent_until"),
        key="quality:silences",
        file_name="silent sources",
        labels={
            "silent_from": "Last day before",
            "silent_until": "Next day",
            "normal_days": "Longest normal pause, days",
            "n_pauses": "Pauses compared with",
            "n_others": "Touchpoints of others meanwhile",
            "others_pace": "Pace of others",
        },
        column_help={
            "silent_until": "Empty: silent up to the end of the log.",
            "others_pace": "Their touchpoints a day in that time, over those a day in all.",
        },
    )


def silence_message(found: pd.DataFrame) -> str:
    """Return what the silences say, in one sentence.

    Examples
    --------
    >>> silence_message(pd.DataFrame(
    ...     {"source": ["crm"], "silent_days": [24.0], "normal_days": [3.0]}))
    'crm was silent for 24 days while others went on; its longest normal pause is 3 days'
    """
    if found.empty:
        return "No source fell silent while others went on"
    longest = found.iloc[0]
    name = source_name(longest["source"])
    if len(found) == 1:
        return (
            f"{name} was silent for {days(longest['silent_days'])} while others went on; its "
            f"longest normal pause is {days(longest['normal_days'])}"
        )
    return (
        f"{len(found)} times a source fell silent while others went on; longest "
        f"{name}, for {days(longest['silent_days'])}"
    )


def show_strays(log: TouchpointLog) -> None:
    """Show touchpoints long before or after all others."""
    found = cached(stray_times)(log)
    st.header(markdown(stray_message(found)), help=STRAY_HELP)
    if found.empty:
        return
    show_table(
        _with_days(found, "first_day", "last_day"),
        key="quality:strays",
        file_name="stray times",
        labels={"side": "Before or after", "apart_days": "Days apart from the others"},
        column_help={"stray_share": "Of all touchpoints of the source."},
    )
    st.caption("To leave them out of view, filter by 'From day' and 'To day' on the other pages.")


def stray_message(found: pd.DataFrame) -> str:
    """Return what the strays say, in one sentence.

    Examples
    --------
    >>> stray_message(pd.DataFrame({"side": ["after"], "n_touchpoints": [2]}))
    '2 touchpoints lie long after all others'
    """
    if found.empty:
        return "No touchpoint lies long before or after all others"
    sides = found.groupby("side", sort=False)["n_touchpoints"].sum()
    parts = [
        f"{counted(int(n), 'touchpoint')} {'lies' if n == 1 else 'lie'} long {side} all others"
        for side, n in sides.items()
    ]
    return "; ".join(parts)


def show_instants(log: TouchpointLog) -> None:
    """Show sources whose times say when rows were written, not when something happened."""
    found = cached(shared_instants)(log)
    st.header(markdown(instant_message(found)), help=INSTANT_HELP)
    if found.empty:
        return
    found["meaning"] = [
        "Dates without a time of day" if share > DATES_ONLY else "Loaded in batches"
        for share in found["same_clock_share"]
    ]
    show_table(
        found,
        key="quality:instants",
        file_name="shared instants",
        labels={
            "n_together": "At shared instants",
            "n_instants": "Shared instants",
            "busiest_at": "Busiest",
            "n_at_busiest": "Touchpoints then",
            "same_clock_share": "At one time of day",
            "meaning": "Probably",
        },
        column_help={
            "together_share": "Of the touchpoints of the source.",
            "same_clock_share": "Of its touchpoints, those at its most frequent time of day.",
        },
    )
    st.caption("The order of touchpoints within such a day or batch is not known from their times.")


def instant_message(found: pd.DataFrame) -> str:
    """Return what the shared instants say, in one sentence.

    Examples
    --------
    >>> instant_message(pd.DataFrame(
    ...     {"source": ["crm"], "together_share": [0.4], "n_touchpoints": [200]}))
    '40% of the touchpoints from crm share their instant with many others'
    """
    if found.empty:
        return "No source has many touchpoints at the same instant"
    most = found.iloc[0]
    share = percent(most["together_share"], int(most["n_touchpoints"]))
    more = f"; so do touchpoints of {len(found) - 1} more" if len(found) > 1 else ""
    name = source_name(most["source"])
    return f"{share} of the touchpoints from {name} share their instant with many others{more}"


def source_name(value: object) -> str:
    """Return the name of a source, or words for none."""
    return NO_SOURCE if pd.isna(value) else str(value)


def _with_days(frame: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """Give whole days without a time."""
    return frame.assign(**{name: frame[name].dt.strftime("%Y-%m-%d") for name in columns})
