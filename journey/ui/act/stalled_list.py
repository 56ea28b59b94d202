"""The stalled accounts: their message, the ranked list, what stands behind every row."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd
import streamlit as st

import journey
from journey.analysis.accounts.stalled import normal_silence, silence_words
from journey.log import TouchpointLog
from journey.ui.accounts import (
    KNOWN_AS,
    name_columns,
    names_and_kinds,
    person_names,
    person_roles,
)
from journey.ui.act.not_buyer_marks import not_buyer_reasons
from journey.ui.cache import cached
from journey.ui.definition_warnings import has_win_rule
from journey.ui.explore.headlines import compact, figures
from journey.ui.filters import NO_VALUE
from journey.ui.navigation import ACCOUNT, open_page
from journey.ui.panel import rate_of
from journey.ui.state import ACCOUNT_PARAMETER, Value, apply_filters, current_filters, set_filters
from journey.ui.tables import choose_rows, rates, show_table
from journey.ui.text import NO_FIGURE, as_read, counted, days, label, markdown, number, percent

FILTERS: Final = {"owner": "owner", "stage": "current_stage", "known_as": KNOWN_AS}
"""Columns of the list and the shared filters that narrow it by them."""

LABELS: Final = {
    "days_silent": "Days silent",
    "normal_days": "Normal",
    "next_step": "Next best touch",
    "whom": "Whom",
    "not_buyer": "Will not buy",
    "last_touchpoint": "Last touch",
    "last_at": "Last touch at",
    "account_id": "Id",
    "usual_rate": "Won, of all",
    "silent_rate": "Won after such silence",
    "reason": "Why",
}
OF: Final = (
    rates("n_after_touch", "usual_rate")
    | rates("n_silent", "silent_rate")
    | rates(("n_after_touch", "n_silent"), "value_at_risk")
)
HELP: Final = {
    "days_silent": "From the last touch to the end of the log.",
    "normal_days": "9 of 10 waits in this stage, of those that moved on, lasted at most so long.",
    "value_at_risk": "Value times the chance to win that such a silence costs. See below.",
    "next_step": "Of what we can do, what went with most wins in the same state: won with it, "
    "against without. Choose a row for the stages it was seen in, and for what is known of others.",
    "reason": "How long it is silent there, and how long 9 of 10 waits were at most.",
    "usual_rate": "Won, of all decided that were ever in this stage.",
    "silent_rate": "Won, of those ever silent as long in this stage, else of the longest silent.",
    "whom": "The first known person with a touch, and how many more there are.",
    "missing_roles": "Roles the definitions expect that nobody met has.",
}


LISTED_MOST: Final = 1_000
"""Nobody calls more; of more stalled accounts those with most at risk are listed."""


def stalled_frame(log: TouchpointLog, *, n_marked: int = 0) -> pd.DataFrame:
    """Return the first of ``stalled_accounts``, each with its name where there are names.

    Parameters
    ----------
    n_marked
        So many more, as some of them may be snoozed or handled.
    """
    return cached(_with_names)(log, limit=LISTED_MOST + n_marked)


def _with_names(log: TouchpointLog, *, limit: int) -> pd.DataFrame:
    frame = journey.stalled_accounts(log, limit=limit)
    ids = frame["account_id"].tolist()
    names, kinds = names_and_kinds(log, ids)
    if name_columns(log):
        frame.insert(1, "name", names)
    frame["whom"] = _whom(log, frame["people"].tolist())
    frame["not_buyer"] = pd.Series(not_buyer_reasons(log, ids), frame.index, dtype=object)
    return frame if kinds is None else frame.assign(known_as=kinds)


def _whom(log: TouchpointLog, people: Sequence[str]) -> list[str | None]:
    """Name whom to call: the first of the people engaged, and how many there are beside."""
    engaged = [[one for one in told.split("; ") if one] for told in people]
    firsts = [group[0] for group in engaged if group]
    name_of = dict(zip(firsts, person_names(log, firsts), strict=True))
    return [
        f"{name_of[group[0]] or group[0]}{f' + {len(group) - 1}' if len(group) > 1 else ''}"
        if group
        else None
        for group in engaged
    ]


@dataclass(frozen=True)
class Rest:
    """The stalled accounts beyond those listed: how many, and the value they put at risk."""

    n: int = 0
    value_at_risk: float = 0.0


def rest_of(log: TouchpointLog, frame: pd.DataFrame) -> Rest:
    """Return what is stalled beyond the list, which is asked only where the list is full."""
    if len(frame) < LISTED_MOST:
        return Rest()
    known = figures(log)
    listed = float(frame["value_at_risk"].sum())
    return Rest(known.n_stalled - len(frame), max((known.value_at_risk or 0.0) - listed, 0.0))


def headline(frame: pd.DataFrame, noun: str, rest: Rest = Rest()) -> str:
    """Return how many have gone silent and what that puts at risk, the rest among them.

    Examples
    --------
    >>> headline(pd.DataFrame({"value_at_risk": [700_000.0, 512_000.0]}), "account")
    '2 accounts with 1.2M at risk have gone silent'
    >>> headline(pd.DataFrame({"value_at_risk": [700_000.0]}), "account", Rest(3, 300_000.0))
    '4 accounts with 1M at risk have gone silent'
    >>> headline(pd.DataFrame({"value_at_risk": [float("nan")]}), "account")
    '1 account has gone silent'
    """
    if frame.empty:
        return f"No {noun} has gone silent"
    n, risk = len(frame) + rest.n, frame["value_at_risk"].sum() + rest.value_at_risk
    stake = f" with {compact(risk)} at risk" if risk > 0 else ""
    return f"{counted(n, noun)}{stake} {'has' if n == 1 else 'have'} gone silent"


def show_rest(rest: Rest, noun: str) -> None:
    """Say that not all are listed, and how the others are found."""
    if rest.n:
        st.caption(
            f"{counted(rest.n, f'more {noun}')} would come after these. Choose an owner, a stage "
            "or another filter to list them."
        )


def unranked_because(log: TouchpointLog, frame: pd.DataFrame) -> str | None:
    """Return why value at risk is not known; none where it is."""
    if frame["value_at_risk"].gt(0).any():
        return None
    ranked = "Ranked by days of silence"
    if not has_win_rule(log):
        return f"{ranked}: no winning rule is known, so neither is what silence costs."
    if frame["deal_value"].notna().any():
        return f"{ranked}: so far no win was lost to such a silence, as far as the log can tell."
    return f"{ranked}: the log holds no deal values, so the value at risk is not known."


def show_pickers(log: TouchpointLog, listed: Callable[[TouchpointLog], TouchpointLog]) -> None:
    """Show the shared filters that a list of stalled accounts is worked through by.

    Each offers what the stalled accounts of the list have when none of these filters is set.

    Parameters
    ----------
    log
        The whole data set.
    listed
        Gives those of a log whom the list is of: who can be called, or unnamed visitors.
    """
    filters = current_filters()
    rest = filters
    for column in FILTERS.values():
        rest = rest.keeping(column, ())
    every = stalled_frame(listed(apply_filters(log, rest)))
    columns = [
        name
        for name, column in FILTERS.items()
        if filters.values(column) or (name in every and len(every[name].unique()) > 1)
    ]
    for place, name in zip(st.columns(max(len(columns), 1)), columns, strict=False):
        chosen = filters.values(FILTERS[name])
        known = pd.unique(every[name]) if name in every else ()
        with place:
            values = {None if pd.isna(value) else value for value in (*known, *chosen)}
            _picker(name, FILTERS[name], values, chosen)


def _picker(name: str, column: str, values: Collection[Value], chosen: Sequence[Value]) -> None:
    """Show one filter; the session's filters stay the one truth."""
    key = f"stalled:where:{column}"
    st.session_state[key] = list(chosen)
    st.multiselect(
        label(name),
        sorted(values, key=lambda value: (value is None, value or "")),
        format_func=lambda value: NO_VALUE if value is None else value,
        key=key,
        on_change=lambda: set_filters(current_filters().keeping(column, st.session_state[key])),
        placeholder="All",
    )


def choose_stalled(frame: pd.DataFrame, *, key: str) -> list[int]:
    """Show the ranked list and return the positions of the rows the user chose.

    Parameters
    ----------
    frame
        Rows of ``stalled_frame``.
    key
        Unique on the page.
    """
    names = {"name": "Account"} if "name" in frame else {"account_id": "Account"}
    return choose_rows(
        frame, on_screen=_on_screen, key=key, column_help=HELP, labels=LABELS | names, of=OF
    )


def _on_screen(frame: pd.DataFrame) -> pd.DataFrame:
    """Give the columns worth showing: one that is empty in every row only takes room."""
    why = (frame["days_silent"], frame["normal_days"], frame["stage"])
    shown = frame.assign(
        next_step=[_next_step(row) for row in frame.itertuples(index=False)],
        reason=[_reason(*row) for row in zip(*why, strict=True)],
        value_at_risk=frame["value_at_risk"].round(),
        usual_rate=frame["win_rate_after_touch"],
        silent_rate=frame["win_rate_silent"],
        missing_roles=[roles or None for roles in frame["missing_roles"]],
        not_buyer=[why and why.partition(":")[0] for why in frame["not_buyer"]],
    )
    order = [
        *("account_id", "value_at_risk", "days_silent", "whom", "not_buyer", "next_step"),
        *("reason", "owner", "stage"),
        *("normal_days", "last_touchpoint", "last_at", "missing_roles"),
    ]
    if not frame["value_at_risk"].gt(0).any():
        has_rates = frame["win_rate_after_touch"].gt(0).any()
        place = order.index("value_at_risk")
        order[place : place + 1] = ["usual_rate", "silent_rate"] if has_rates else []
    if "name" in frame:
        shown["name"] = frame["name"].fillna(frame["account_id"])
        order = ["name", *order[1:], "account_id"]
    return shown[[name for name in order if shown[name].notna().any()]]


def _next_step(row: Any) -> str | None:
    """Write the next best touch with its evidence, shortly."""
    if row.next_touchpoint is None:
        return None
    if not row.next_is_of_own_stage:
        return f"{row.next_touchpoint} · in other stages"
    with_it = percent(row.next_win_rate, row.n_next)
    without = percent(row.next_without_rate, row.n_next_without)
    doubt = "" if row.next_is_clear else ", may be chance"
    return f"{row.next_touchpoint} · {with_it} against {without}{doubt}"


def _reason(silent: float, normal: float, stage: str | None) -> str:
    """Write why a row is listed, shortly; the panel says it in full.

    Examples
    --------
    >>> _reason(60.1, 10.2, "Nurture"), _reason(10.001, 10.0, "Nurture")
    ('60 days in Nurture, normal 10 days', 'barely longer than normal in Nurture')
    """
    place = f" in {stage}" if stage else ""
    words = silence_words(silent, normal)
    return f"{words[0]}{place}, normal {words[1]}" if words else f"barely longer than normal{place}"


def show_stake(row: pd.Series) -> None:
    """Say what the silence of an account means and what it puts at risk."""
    st.markdown(markdown(as_read(row["reason"])))
    if not row["win_rate_after_touch"] > 0:
        return
    place = f"In {markdown(row['stage'])}" if pd.notna(row["stage"]) else "There"
    as_long = f"of those ever silent as long {_rate(row, 'win_rate_silent', 'n_silent')}"
    if row["precedent_days"] < row["days_silent"]:
        as_long = (
            "none was ever silent as long; of those silent longest "
            f"({days(row['precedent_days'])}) {_rate(row, 'win_rate_silent', 'n_silent')}"
        )
    rates = f"{place} {_rate(row, 'win_rate_after_touch', 'n_after_touch')} won, {as_long}."
    if pd.isna(row["value_at_risk"]):
        st.markdown(f"{rates} No value is known.")
        return
    if not row["value_at_risk"] > 0:
        st.markdown(f"No win was lost to such a silence so far. {rates}")
        return
    kind = "the median won deal, its own being unknown" if row["is_median_value"] else "its value"
    st.markdown(
        f"**{compact(row['value_at_risk'])} at risk**: {number(row['deal_value'])} ({kind}) "
        f"times the chance lost. {rates}"
    )


def show_next_touch(row: pd.Series) -> None:
    """Say which touch of ours went with most wins after such a silence, and what others did."""
    if pd.notna(row["next_touchpoint"]):
        interval = f"95% interval {percent(row['next_low'])} to {percent(row['next_high'])}"
        doubt = "" if row["next_is_clear"] else " It may be chance."
        if not row["next_is_of_own_stage"]:
            doubt += " Of its own stage too little is known."
        st.markdown(
            f"Next best touch: **{markdown(row['next_touchpoint'])}**. "
            f"{_rate(row, 'next_win_rate', 'n_next')} won where it came next ({interval}), "
            f"{_rate(row, 'next_without_rate', 'n_next_without')} where another touch did: "
            f"journeys {markdown(row['next_state'])}. An association, not a proof.{doubt}"
        )
    elif row["win_rate_after_touch"] > 0:
        st.markdown(
            ":gray[Nothing that we can do went with more wins often enough (30 journeys) to "
            "advise it.]"
        )
    if pd.notna(row["return_touchpoint"]):
        st.markdown(
            f"Accounts like it came back by themselves through "
            f"**{markdown(row['return_touchpoint'])}**: "
            f"{_rate(row, 'return_win_rate', 'n_return')} of those won, "
            f"{_rate(row, 'return_without_rate', 'n_return_without')} of others "
            f"{markdown(row['return_state'])}."
        )


def _rate(row: pd.Series, rate: str, n: str) -> str:
    return rate_of(row[rate], row[n], "decided")


def show_people(log: TouchpointLog, row: pd.Series) -> None:
    """Name the people engaged, with role and address, and the roles that are missing."""
    ids = [person for person in str(row["people"]).split("; ") if person]
    known = zip(ids, person_names(log, ids), person_roles(log, ids), strict=True)
    if people := [_person(*one) for one in known]:
        st.markdown("\n".join(["People engaged:", "", *people]))
    if row["missing_roles"]:
        st.markdown(f"Missing roles: {markdown(row['missing_roles'].replace('; ', ', '))}")


def _person(person_id: str, name: str | None, role: str | None) -> str:
    """Write one person as an entry of a list."""
    named = f"**{markdown(name)}**" if name else None
    facts = [named, markdown(role) if role else None, markdown(person_id)]
    return f"- {', '.join(fact for fact in facts if fact)}"


def show_details(log: TouchpointLog, row: pd.Series) -> None:
    """Show all that is known of a stalled account in one column, what to do first."""
    known = row.get("name")
    name = row["account_id"] if known is None or pd.isna(known) else known
    st.markdown(f"## {markdown(name)}")
    facts = [row["account_id"] if name != row["account_id"] else None, row["stage"], row["owner"]]
    st.caption(" · ".join(markdown(fact) for fact in facts if pd.notna(fact)))
    if st.button("Open the account", type="primary", icon=":material/apartment:"):
        open_page(ACCOUNT, **{ACCOUNT_PARAMETER: str(row["account_id"])})
    if pd.notna(row["not_buyer"]):
        st.warning(markdown(row["not_buyer"]), icon=":material/block:")
    left, right = st.columns(2)
    left.metric("Silent", days(row["days_silent"]))
    right.metric("Normal there", days(row["normal_days"]))
    show_next_touch(row)
    show_people(log, row)
    last = f"{row['last_at']:%Y-%m-%d}" if pd.notna(row["last_at"]) else NO_FIGURE
    st.markdown(f"Last touch: {markdown(row['last_touchpoint'])}, {last}")
    show_stake(row)


def explain(log: TouchpointLog) -> None:
    """Say in plain words how the figures of the list are made, with the normal silences."""
    st.markdown(
        """
- **Normal silence** of a stage: 9 of 10 waits between two touches were at most so long, among
  accounts that later moved on from it. With fewer than 20 such waits those of the whole log
  serve, and the reason says so.
- **Gone silent**: open, and without a touch for longer than that, up to the last touch of the log.
  After a much longer silence an account counts as ended without a decision and leaves this list.
- **Value at risk**: the deal's last known value (or else the median value of won deals), times the
  share that won of all decided accounts ever in the stage, less the share that won of those ever
  silent as long there; where none was, of those silent longest. Without a winning rule it is not
  known.
- **Next best touch**: of decided accounts that were in the same state (stage, last touch and how
  long it was silent, or less of that where too little is known, or any stage), what of ours came
  next and went with most wins, in at least 30. Where a stage tells nothing any does, each account
  compared with others of its own: a chosen row names the stages, and where its own is not among
  them the list says *in other stages*. What is ours: as *Definitions* says what a touchpoint
  means (a message sent, a conversation), else what the log says was shown, else by its name.
  Accounts that a win or a loss followed at once are not compared. Those accounts may differ in
  other ways too: it is not a proof.
- Rates are counted over the whole log, whatever the filters. Grey: fewer than 30 behind it.
"""
    )
    show_table(
        normal_silence(log),
        key="normal",
        file_name="normal silence",
        labels={"normal_days": "Normal silence (days)", "n_gaps": "Waits", "is_own": "Own waits"},
    )
