"""The forms in which departments, stage owners and promises are edited."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

import pandas as pd
import streamlit as st

from journey.definitions import Definitions
from journey.errors import JourneyError
from journey.log import TouchpointLog
from journey.rules.ownership import COLUMNS, HANDED_ON, Department, Ownership, StageOwners
from journey.ui.act.ownership_merging import (
    DEPARTMENT,
    HANDOFF_WORDS,
    HOURS,
    NAMES,
    STAGE,
    Part,
    of_parts,
    parts_of,
    words_of,
)
from journey.ui.meanwhile import both_changed, together, told
from journey.ui.saving import save_for_all_pages
from journey.ui.state import current_dataset
from journey.ui.text import label, markdown

ROLES: Final[dict[str, str | None]] = {"—": None, "Lead": "leads", "Contributor": "contributors"}
WORDS: Final = {"lead": "Lead", "contributor": "Contributor", None: "—"}
STAGES: Final = "ownership:stages"
DEPARTMENTS: Final = "ownership:departments"
KINDS: Final = {STAGES: (STAGE, NAMES, HOURS), DEPARTMENTS: (DEPARTMENT, NAMES)}
"""The parts that each form asks for."""

_ROUND: Final = "ownership:round"
OTHERS_SAVED: Final = (
    "Somebody else saved other owners meanwhile. What you change here goes on top of theirs."
)
_STAGE, _SLA = "stage", "sla_hours"
"""Columns of the grid of stages, beside one for each department."""

BY_WORDS: Final = "Types that sound like its work"


@dataclass(frozen=True)
class _Begun:
    """What a form was filled with when it was first shown.

    Parameters
    ----------
    form, number
        Which form, and how many were begun before: its fields have a key of these.
    warned_of
        What others saved meanwhile, as the reader was told where both changed the same.
    """

    dataset: str | None
    definitions: Definitions
    form: str
    number: int
    warned_of: Ownership | None = None

    @property
    def key(self) -> str:
        return f"{self.form}:{self.number}"


def save_ownership(definitions: Definitions, ownership: Ownership) -> bool:
    """Save who owns what for all pages, and say so; return whether it was saved."""
    return save_for_all_pages(replace(definitions, ownership=ownership), instead_of=definitions)


def show_stage_form(log: TouchpointLog) -> None:
    """Let the user say who leads and helps in each stage, and what is promised."""
    begun = _begun(log, STAGES, shown=HANDED_ON[0])
    ownership, key = begun.definitions.ownership, begun.key
    with st.form(f"{key}:form"):
        st.markdown("**Who leads, who helps, and how soon the lead acts**")
        edited = st.data_editor(
            _stage_frame(begun.definitions),
            key=f"{key}:editor",
            hide_index=True,
            disabled=[_STAGE],
            placeholder="",
            column_config={
                _STAGE: st.column_config.TextColumn("Stage"),
                **{
                    column: st.column_config.SelectboxColumn(
                        name, options=list(ROLES), required=True
                    )
                    for column, name in _columns(ownership).items()
                },
                _SLA: st.column_config.NumberColumn(
                    "Hours to act",
                    min_value=0.1,
                    help="Its lead acts within so many hours after others brought a journey in.",
                ),
            },
            alt="Stages with their leads, contributors and promised hours",
        )
        columns = st.columns(len(HANDED_ON))
        hours = {
            f"{post}_hours": column.number_input(
                HANDOFF_WORDS[post],
                min_value=0.1,
                value=ownership.hours_of(post),
                placeholder="Nothing promised",
                format="%g",
                key=f"{key}:{post}",
            )
            for column, post in zip(columns, HANDED_ON, strict=True)
        }
        if st.form_submit_button("Save", type="primary", icon=":material/save:"):
            # Owners of a stage that is gone are no row of the table; they stay until removed.
            strays = ownership.strays(begun.definitions.stage_names)
            stages = (*_stages_of(edited, ownership), *strays)
            _save(log, begun, lambda: replace(ownership, stages=stages, **hours))


def show_department_form(log: TouchpointLog) -> None:
    """Let the user say which departments there are and what of the log is theirs."""
    begun = _begun(log, DEPARTMENTS, shown="names")
    ownership, key = begun.definitions.ownership, begun.key
    with st.form(f"{key}:form"):
        st.markdown("**Departments, and what is theirs**")
        names = st.multiselect(
            "Departments, in order",
            list(ownership.names),
            default=list(ownership.names),
            accept_new_options=True,
            key=f"{key}:names",
        )
        rules = {one.name: _show_rules(log, one, key) for one in ownership.departments}
        st.caption(
            "What is named comes first: a type, then an owner, a channel, a source. Where nothing "
            "is named, the words of type, channel and source tell Marketing, Sales and Service."
        )
        if st.form_submit_button("Save departments", icon=":material/save:"):
            _save(log, begun, lambda: _with_departments(ownership, names, rules))


def _show_rules(log: TouchpointLog, department: Department, key: str) -> dict[str, Any]:
    """Ask what is a department's own; give its rules as chosen."""
    columns = {"touchpoints": "touchpoint", **COLUMNS}
    with st.expander(markdown(department.name)):
        chosen: dict[str, Any] = {}
        for rule, column in columns.items():
            held = getattr(department, rule)
            in_log = log.filter_values(column) if column in log.store.text_columns else []
            known = dict.fromkeys((*(held or ()), *(one for one in in_log if one is not None)))
            if not known:
                chosen[rule] = held
                continue
            found = st.multiselect(
                "Touchpoint types" if rule == "touchpoints" else label(rule),
                list(known),
                default=list(held or ()),
                key=f"{key}:{department.name}:{rule}",
                placeholder=BY_WORDS if rule == "touchpoints" else "None",
            )
            chosen[rule] = tuple(found) or held if held is None else tuple(found)
    return chosen


def _begun(log: TouchpointLog, form: str, *, shown: str) -> _Begun:
    """Return what a form is of; while it is shown it stays, whatever others save.

    Parameters
    ----------
    shown
        The end of the key of a field that is there if the form was shown before.
    """
    begun: _Begun | None = st.session_state.get(form)
    is_shown = begun is not None and f"{begun.key}:{shown}" in st.session_state
    if begun is None or not is_shown or begun.dataset != current_dataset():
        begun = _begin(log.definitions, form)
    elif _asked(begun.definitions, form) != _asked(log.definitions, form):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.warning(OTHERS_SAVED, icon=":material/group:")
            if st.button("Show theirs", key=f"{begun.key}:theirs"):
                _begin(log.definitions, form)
                st.rerun()
    return begun


def _asked(definitions: Definitions, form: str) -> dict[Part, Any]:
    """Return what a form asks for."""
    kinds, parts = KINDS[form], parts_of(definitions.ownership)
    asked = {part: held for part, held in parts.items() if part[0] in kinds}
    return asked | ({("stages", ""): definitions.stage_names} if STAGE in kinds else {})


def _begin(definitions: Definitions, form: str) -> _Begun:
    """Begin a form anew with what is saved."""
    number = st.session_state.get(_ROUND, 0) + 1
    st.session_state[_ROUND] = number
    begun = _Begun(current_dataset(), definitions, form, number)
    st.session_state[form] = begun
    return begun


def _save(log: TouchpointLog, begun: _Begun, make: Callable[[], Ownership]) -> None:
    """Save what a form says on top of what others saved since, or show why it can't be."""
    theirs = log.definitions.ownership
    before, saved = parts_of(begun.definitions.ownership), parts_of(theirs)
    try:
        mine = parts_of(make())
        wanted = of_parts(together(before, mine, saved))
    except JourneyError as problem:
        st.error(markdown(problem), icon=":material/error:")
        return
    both = both_changed(before, mine, saved)
    if both and begun.warned_of != theirs:
        st.warning(markdown(told("owners", map(words_of, both))), icon=":material/group:")
        st.session_state[begun.form] = replace(begun, warned_of=theirs)
        return
    if save_ownership(log.definitions, wanted):
        # Departments are columns of the grid of stages, which is then another one.
        for form in KINDS if wanted.names != theirs.names else (begun.form,):
            st.session_state.pop(form, None)
    st.rerun()


def _columns(ownership: Ownership) -> dict[str, str]:
    """The departments by their columns of the grid, so that none may have the name of another."""
    return {f"department {place}": name for place, name in enumerate(ownership.names)}


def _stage_frame(definitions: Definitions) -> pd.DataFrame:
    ownership = definitions.ownership
    owners = [ownership.of_stage(stage) for stage in definitions.stage_names]
    return pd.DataFrame(
        {
            _STAGE: list(definitions.stage_names),
            **{
                column: [WORDS[one.role_of(name)] for one in owners]
                for column, name in _columns(ownership).items()
            },
            _SLA: pd.Series([one.sla_hours for one in owners], dtype=float),
        }
    )


def _stages_of(edited: pd.DataFrame, ownership: Ownership) -> tuple[StageOwners, ...]:
    """The owners that the table of stages says, those that say nothing left out."""
    found: list[StageOwners] = []
    for row in edited.to_dict("records"):
        roles: dict[str, list[str]] = {"leads": [], "contributors": []}
        for column, name in _columns(ownership).items():
            role = ROLES[row[column]]
            if role is not None:
                roles[role].append(name)
        hours = None if pd.isna(row[_SLA]) else float(row[_SLA])
        stage = str(row[_STAGE])
        one = StageOwners(stage, tuple(roles["leads"]), tuple(roles["contributors"]), hours)
        if one != StageOwners(stage):
            found.append(one)
    return tuple(found)


def _with_departments(
    ownership: Ownership, names: list[str], rules: dict[str, dict[str, Any]]
) -> Ownership:
    """The same with other departments; one that is gone leaves its stages."""
    kept = tuple(
        replace(
            one,
            leads=tuple(name for name in one.leads if name in names),
            contributors=tuple(name for name in one.contributors if name in names),
        )
        for one in ownership.stages
    )
    departments = tuple(Department(name, **rules.get(name, {})) for name in names)
    return replace(ownership, departments=departments, stages=kept)
