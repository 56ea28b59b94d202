"""The form for one more scoring rule."""

from typing import Any, Final

import streamlit as st

from journey.errors import JourneyError
from journey.log import TouchpointLog
from journey.rules.meanings import MEANINGS
from journey.rules.score_rule import BANT, DIMENSIONS, Rule
from journey.ui.reader import fragment
from journey.ui.score_drafts import current_round, draft_of_session, take
from journey.ui.text import label, markdown

LOOKS_AT: Final = {
    "An attribute": "attribute",
    "Touchpoints": "touchpoints",
    "What touchpoints mean": "meanings",
    "Channels": "channels",
    "Contents": "contents",
    "The stage a touch enters": "enters",
    "The stage they are in": "stages",
    "Days known": "least_days_known",
    "Wins so far": "least_wins",
}
OF_STANDING: Final = ("stages", "least_days_known", "least_wins")
COMPARED: Final = {
    "is one of": "one_of",
    "contains": "contains",
    "is at least": "at_least",
    "is at most": "at_most",
}
MOST_VALUES: Final = 2_000


@fragment
def show_new_rule(log: TouchpointLog) -> None:
    """Ask for a rule and add it to the draft."""
    with st.expander("Add a rule", icon=":material/add:"):
        key = f"scores:new:{current_round()}:{len(draft_of_session().scoring.rules)}"
        left, middle, right = st.columns(3)
        dimension = left.selectbox(
            "Dimension", DIMENSIONS, format_func=str.capitalize, key=f"{key}:dimension"
        )
        kinds = [
            words
            for words, name in LOOKS_AT.items()
            if dimension == "relationship" or name not in OF_STANDING
        ]
        kind = middle.selectbox("Looks at", kinds, key=f"{key}:kind")
        bant = right.selectbox(
            "Tells of",
            BANT,
            index=None,
            placeholder="—",
            format_func=str.capitalize,
            key=f"{key}:bant",
        )
        values = _ask(log, LOOKS_AT[kind], f"{key}:{kind}")
        left, middle, right = st.columns(3, vertical_alignment="bottom")
        points = left.number_input(
            "Points", -1000.0, 1000.0, 10.0, format="%g", key=f"{key}:points"
        )
        name = middle.text_input("Name", placeholder="Made of the rule", key=f"{key}:name")
        if right.button("Add", key=f"{key}:add", icon=":material/add:", width="stretch"):
            _add({"dimension": dimension, "points": points, "bant": bant, **values}, name)


def _add(values: dict[str, Any], name: str) -> None:
    try:
        rule = Rule(**values, name=name.strip() or None)
    except JourneyError as problem:
        st.error(markdown(problem), icon=":material/error:")
        return
    take(draft_of_session().adding(rule))
    st.rerun()


def _ask(log: TouchpointLog, kind: str, key: str) -> dict[str, Any]:
    """Ask for what a rule looks at."""
    if kind == "attribute":
        return _ask_attribute(log, key)
    if kind in ("least_days_known", "least_wins"):
        return {kind: st.number_input("At least", 0.0, 36_500.0, 1.0, format="%g", key=key)}
    known: dict[str, list[str]] = {
        "touchpoints": log.store.touchpoint_types,
        "meanings": list(MEANINGS),
        "channels": _values(log, "channel"),
        "contents": _values(log, "content"),
        "enters": list(log.definitions.stage_names),
        "stages": list(log.definitions.stage_names),
    }
    shown = (lambda name: name.replace("_", " ")) if kind == "meanings" else str
    return {kind: tuple(st.multiselect("Any of", known[kind], format_func=shown, key=key))}


def _ask_attribute(log: TouchpointLog, key: str) -> dict[str, Any]:
    store = log.store
    columns = list(dict.fromkeys((*store.accounts.column_names, *store.people.column_names)))
    if not columns:
        st.caption("This data set has no attributes of accounts or people.")
        return {}
    left, middle, right = st.columns(3)
    attribute = left.selectbox("Attribute", columns, format_func=label, key=f"{key}:column")
    how = COMPARED[middle.selectbox("Compared", list(COMPARED), key=f"{key}:how")]
    with right:
        if how == "one_of":
            known = _values(log, attribute)
            given: Any = tuple(
                st.multiselect("Values", known, key=f"{key}:{attribute}", accept_new_options=True)
            )
        elif how == "contains":
            text = st.text_input("Text", key=f"{key}:text").strip()
            given = (text,) if text else ()
        else:
            given = st.number_input("Number", value=0.0, format="%g", key=f"{key}:number")
    return {"attribute": attribute, how: given}


def _values(log: TouchpointLog, column: str) -> list[str]:
    """Give the values to choose from; of very many the user types one."""
    if column not in log.filter_columns:
        return []
    values = [value for value in log.filter_values(column) if value is not None]
    return values if len(values) <= MOST_VALUES else []
