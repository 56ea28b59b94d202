"""Building a segment without code: who they are, what they did, how it stands, when."""

from typing import Final

import streamlit as st

import journey
from journey.analysis.profiles.criteria import BEHAVIOURS, Segment
from journey.kept import remove_segment
from journey.log import TouchpointLog
from journey.schema import OUTCOMES
from journey.ui.counts import Count, count_row
from journey.ui.explore.headlines import outcome_counts
from journey.ui.explore.segment_views import attributes
from journey.ui.saved_segments import save_form, segments_here
from journey.ui.state import current_dataset
from journey.ui.text import OUTCOME_LABELS, counted, label, markdown, percent
from journey.workspace import workspace_root

NO_VALUE: Final = "(not known)"
UNTIL: Final = {"as_of": "All touchpoints", "decision": "Only before the decision"}
Wanted = tuple[tuple[str, tuple[str | None, ...]], ...]


def build(view: TouchpointLog) -> Segment:
    """Show the parts of a segment to choose from; return what is chosen."""
    with st.container(border=True):
        st.markdown("## Who they are")
        profile = _profile(view)
    with st.container(border=True):
        st.markdown("## What they did")
        has, never = _behaviour(view)
        st.session_state.setdefault("build:until", "as_of")
        until = st.segmented_control(
            "Counted over",
            list(UNTIL),
            required=True,
            format_func=UNTIL.__getitem__,
            key="build:until",
        )
        touches = _bounds("touchpoints")
        people = _bounds("people") if "person_id" in view.store.text_columns else (None, None)
    with st.container(border=True):
        st.markdown("## How it stands, and when")
        reached = st.multiselect("Reached a stage", view.definitions.stage_names, key="build:stage")
        outcomes = st.pills(
            "Outcome",
            OUTCOMES,
            selection_mode="multi",
            format_func=OUTCOME_LABELS.__getitem__,
            key="build:outcome",
        )
        left, right = st.columns(2)
        first = left.date_input("Touchpoints from day", None, key="build:first")
        last = right.date_input("Touchpoints to day", None, key="build:last")
    return Segment(
        profile=profile,
        has=has,
        never=never,
        reached=tuple(reached),
        outcomes=tuple(outcomes),
        least_touchpoints=touches[0],
        most_touchpoints=touches[1],
        least_people=people[0],
        most_people=people[1],
        first_day=first,
        last_day=last,
        until=until,
    )


def show_result(view: TouchpointLog, segment: Segment) -> None:
    """Say which journeys are in a segment, and offer to keep it."""
    st.markdown(f"**{markdown(segment)}**")
    inside = journey.keep_segment(view, segment)
    counts = outcome_counts(inside)
    n = sum(counts.values())
    share = percent(n / max(view.n_journeys, 1))
    st.caption(f"{counted(n, 'journey')}, {share} of those in view")
    count_row(
        [
            Count("All", n, lambda: inside, "The segment"),
            *(
                Count(
                    OUTCOME_LABELS[outcome],
                    counts[outcome],
                    lambda outcome=outcome: inside.where(outcome=outcome),
                    f"The segment, {OUTCOME_LABELS[outcome].lower()}",
                )
                for outcome in OUTCOMES
            ),
        ],
        key="build:counts",
    )
    save_form(segment, key="build", name="My segment")


def show_saved(view: TouchpointLog) -> None:
    """List the saved segments, each to be changed or removed."""
    for name, segment in segments_here().items():
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{markdown(name)}**  \n{markdown(segment)}")
            if _can_show(view, segment):
                st.button(
                    "Change",
                    key=f"change:{name}",
                    help=f"Fill the choices with {markdown(name)}, to be saved again",
                    on_click=_fill,
                    args=(name, segment),
                )
            if st.button("Remove", key=f"remove:{name}", help=f"Remove {markdown(name)}"):
                remove_segment(workspace_root(), current_dataset() or "", name)
                st.rerun()


def _can_show(view: TouchpointLog, segment: Segment) -> bool:
    """Whether the choices can show a segment: it may be made elsewhere, or for other data."""
    touches = [column for column in BEHAVIOURS if column in view.store.text_columns]
    asked = [(one, _owned(view)) for one in segment.profile]
    asked += [(one, touches) for one in (*segment.has, *segment.never)]
    is_one_each = all(len(values) == 1 for _, values in segment.has)
    is_plain = is_one_each and len(dict(segment.profile)) == len(segment.profile)
    knows = set(segment.reached) <= set(view.definitions.stage_names) and all(
        column in columns and set(values) <= set(view.filter_values(column))
        for (column, values), columns in asked
    )
    return is_plain and knows


def _fill(name: str, segment: Segment) -> None:
    """Let the choices show a saved segment, under its name."""
    shown: dict[str, object] = {
        "build:name": name,
        "build:attributes": [column for column, _ in segment.profile],
        "build:until": segment.until,
        "build:stage": list(segment.reached),
        "build:outcome": list(segment.outcomes),
        "build:first": segment.first_day,
        "build:last": segment.last_day,
    }
    shown |= {f"build:value:{column}": list(values) for column, values in segment.profile}
    for bound in ("least", "most"):
        for noun in ("touchpoints", "people"):
            shown[f"build:{bound}:{noun}"] = getattr(segment, f"{bound}_{noun}")
    for kind in ("has", "never"):
        for column in BEHAVIOURS:
            chosen = [values for one, values in getattr(segment, kind) if one == column]
            shown[f"build:{kind}:{column}"] = [one for values in chosen for one in values]
    st.session_state.update(shown)


def _owned(view: TouchpointLog) -> dict[str, str]:
    """Attributes of accounts and people, with their words."""
    store = view.store
    owned = {*store.accounts.column_names, *store.people.column_names}
    return {column: words for column, words in attributes(view).items() if column in owned}


def _profile(view: TouchpointLog) -> Wanted:
    """Attributes of accounts and people, and the values wanted of each."""
    found = _owned(view)
    if not found:
        st.caption("This data set has no attributes of accounts or people.")
        return ()
    columns = st.multiselect(
        "Attributes", list(found), format_func=found.__getitem__, key="build:attributes"
    )
    wanted: dict[str, tuple[str | None, ...]] = {}
    for column in columns:
        wanted[column] = tuple(
            st.multiselect(
                markdown(label(column)),
                view.filter_values(column),
                format_func=lambda value: NO_VALUE if value is None else value,
                key=f"build:value:{column}",
                placeholder="Any of",
            )
        )
    return tuple((column, values) for column, values in wanted.items() if values)


def _behaviour(view: TouchpointLog) -> tuple[Wanted, Wanted]:
    """What was had, each of them, and what never was."""
    has: list[tuple[str, tuple[str | None, ...]]] = []
    never: list[tuple[str, tuple[str | None, ...]]] = []
    left, right = st.columns(2)
    for column in BEHAVIOURS:
        if column not in view.store.text_columns:
            continue
        values = [value for value in view.filter_values(column) if value is not None]
        words = label(column).lower()
        had = left.multiselect(f"Had each {words}", values, key=f"build:has:{column}")
        has += [(column, (value,)) for value in had]
        missed = right.multiselect(f"Never had any {words}", values, key=f"build:never:{column}")
        never += [(column, tuple(missed))] if missed else []
    return tuple(has), tuple(never)


def _bounds(noun: str) -> tuple[int | None, int | None]:
    left, right = st.columns(2)
    least = left.number_input(f"At least {noun}", 0, value=None, step=1, key=f"build:least:{noun}")
    most = right.number_input(f"At most {noun}", 0, value=None, step=1, key=f"build:most:{noun}")
    return least, most
