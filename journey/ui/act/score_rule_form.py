"""The form for one scoring rule: a new one, or another look of one that is there."""

from collections.abc import Iterable
from typing import Any, Final

import streamlit as st

from journey.errors import JourneyError
from journey.log import TouchpointLog
from journey.rules.meanings import MEANINGS
from journey.rules.score_rule import BANT, DIMENSIONS, Rule
from journey.ui.act.score_drafts import current_round, draft_of_session, take
from journey.ui.reader import fragment
from journey.ui.state import add_note
from journey.ui.text import label, markdown

LOOKS_AT: Final = {
    "An attribute": "attribute",
    "Touchpoints": "touches",
    "Where the journey stands": "standing",
}
MOST_VALUES: Final = 2_000
NEW: Final = "A new rule"
TYPED: Final = ("one_of", "contains")
"""Values of these may be others than those in the data."""


@fragment
def show_rule_form(log: TouchpointLog) -> None:
    """Ask for a rule, and add it to the draft or put it in the place of another."""
    rules = draft_of_session().scoring.rules
    with st.expander("Add a rule, or change what one looks at", icon=":material/edit:"):
        place = st.selectbox(
            "Rule",
            [None, *range(len(rules))],
            format_func=lambda one: NEW if one is None else f"{one + 1}. {rules[one].words}",
            key=f"scores:form:{current_round()}:{len(rules)}",
        )
        held = None if place is None else rules[place]
        key = f"scores:form:{current_round()}:{place}:{hash(held) if held else len(rules)}"
        values = _ask(log, held, key)
        words, icon = ("Add", ":material/add:") if place is None else ("Change", ":material/check:")
        if st.button(words, key=f"{key}:take", icon=icon):
            _take(place, values)


def _take(place: int | None, values: dict[str, Any]) -> None:
    try:
        rule = Rule(**values)
    except JourneyError as problem:
        st.error(markdown(problem), icon=":material/error:")
        return
    draft = draft_of_session()
    take(draft.adding(rule) if place is None else draft.replacing(place, rule))
    add_note("Taken into the rules; save them as a version once all are right.")
    st.rerun()


def _ask(log: TouchpointLog, held: Rule | None, key: str) -> dict[str, Any]:
    """Ask for all that a rule says, beginning with what one that is held does."""
    left, middle, right = st.columns(3)
    dimension = left.selectbox(
        "Dimension",
        DIMENSIONS,
        index=DIMENSIONS.index(held.dimension) if held else 0,
        format_func=str.capitalize,
        key=f"{key}:dimension",
    )
    kinds = [
        words
        for words, kind in LOOKS_AT.items()
        if kind != "standing" or dimension == "relationship"
    ]
    known = [LOOKS_AT[words] for words in kinds]
    kind = middle.selectbox(
        "Looks at",
        kinds,
        index=known.index(held.goes_by) if held and held.goes_by in known else 0,
        key=f"{key}:kind:{len(kinds)}",
    )
    bant = right.selectbox(
        "Tells of",
        BANT,
        index=BANT.index(held.bant) if held and held.bant else None,
        placeholder="—",
        format_func=str.capitalize,
        key=f"{key}:bant",
    )
    ask = {"attribute": _ask_attribute, "touches": _ask_touches, "standing": _ask_standing}
    looked = ask[LOOKS_AT[kind]](log, held, key)
    left, middle, right = st.columns(3)
    points = left.number_input(
        "Points", -1000.0, 1000.0, held.points if held else 10.0, format="%g", key=f"{key}:points"
    )
    most = _number(middle, "At most", held, "most", key, least=0.0)
    name = right.text_input(
        "Name",
        held.name or "" if held else "",
        placeholder="Made of the rule",
        key=f"{key}:name",
    )
    said = {"dimension": dimension, "points": points, "most": most, "bant": bant}
    return said | looked | {"name": name.strip() or None}


def _ask_touches(log: TouchpointLog, held: Rule | None, key: str) -> dict[str, Any]:
    """Ask which touches count; what the log has no values of is not asked for."""
    known = {
        "touchpoints": ("Touchpoint types", log.store.touchpoint_types),
        "meanings": ("What they mean", list(MEANINGS)),
        "channels": ("Channels", _values(log, "channel")),
        "contents": ("Contents", _values(log, "content")),
        "enters": ("The stage they enter", list(log.definitions.stage_names)),
    }
    found: dict[str, Any] = {}
    columns = st.columns(2)
    for name, (words, values) in known.items():
        if values or (held and getattr(held, name)):
            with columns[len(found) % 2]:
                found[name] = _any_of(words, values, held, name, key)
    st.caption("A touch counts if it is any of each that is given.")
    return found


def _ask_standing(log: TouchpointLog, held: Rule | None, key: str) -> dict[str, Any]:
    left, middle, right = st.columns(3)
    with left:
        stages = _any_of("The stage it is in", log.definitions.stage_names, held, "stages", key)
    return {
        "stages": stages,
        "least_days_known": _number(
            middle, "Known for days, at least", held, "least_days_known", key, least=0.0
        ),
        "least_wins": _number(right, "Wins so far, at least", held, "least_wins", key, least=0.0),
    }


def _ask_attribute(log: TouchpointLog, held: Rule | None, key: str) -> dict[str, Any]:
    store = log.store
    own = [held.attribute] if held and held.attribute else []
    columns = list(dict.fromkeys((*own, *store.accounts.column_names, *store.people.column_names)))
    if not columns:
        st.caption("This data set has no attributes of accounts or people.")
        return {}
    left, right = st.columns(2)
    attribute = left.selectbox("Attribute", columns, format_func=label, key=f"{key}:column")
    key = f"{key}:{attribute}"
    with right:
        known = _values(log, attribute)
        one_of = _any_of("Is one of", known, held, "one_of", key)
    left, middle, right = st.columns(3)
    with left:
        contains = _any_of("Contains a word of", (), held, "contains", key)
    st.caption("It holds where all that is given does.")
    return {
        "attribute": attribute,
        "one_of": one_of,
        "contains": contains,
        "at_least": _number(middle, "Is at least", held, "at_least", key),
        "at_most": _number(right, "Is at most", held, "at_most", key),
    }


def _any_of(
    words: str, known: Iterable[str], held: Rule | None, name: str, key: str
) -> tuple[str, ...]:
    """Ask for values of a field of a rule; others than those known where they can be typed."""
    mine: tuple[str, ...] = getattr(held, name) if held else ()
    return tuple(
        st.multiselect(
            words,
            list(dict.fromkeys((*mine, *known))),
            default=list(mine),
            format_func=label if name == "meanings" else str,
            accept_new_options=name in TYPED,
            placeholder="Type or choose" if name in TYPED else "Any",
            key=f"{key}:{name}",
        )
    )


def _number(
    place: Any, words: str, held: Rule | None, name: str, key: str, *, least: float = -1e15
) -> float | None:
    return place.number_input(
        words,
        min_value=least,
        value=getattr(held, name) if held else None,
        placeholder="—",
        format="%g",
        key=f"{key}:{name}",
    )


def _values(log: TouchpointLog, column: str) -> list[str]:
    """Give the values to choose from; of very many the user types one."""
    if column not in log.filter_columns:
        return []
    values = [value for value in log.filter_values(column) if value is not None]
    return values if len(values) <= MOST_VALUES else []
