"""The forms in which departments, stage owners and promises are edited."""

from dataclasses import replace
from typing import Any, Final

import pandas as pd
import streamlit as st

from journey.definitions import Definitions
from journey.errors import JourneyError
from journey.log import TouchpointLog
from journey.rules.ownership import COLUMNS, HANDED_ON, Department, Ownership, StageOwners
from journey.ui.state import add_note, current_dataset
from journey.ui.text import label, markdown
from journey.workspace import save_definitions, workspace_root

ROLES: Final[dict[str, str | None]] = {"—": None, "Lead": "leads", "Contributor": "contributors"}
WORDS: Final = {"lead": "Lead", "contributor": "Contributor", None: "—"}
_STAGE, _SLA = "stage", "sla_hours"
"""Columns of the grid of stages, beside one for each department."""

HANDOFF_WORDS: Final = {
    "mql": "Hours to answer an MQL",
    "accepted": "Hours from accepted to SQL",
    "sql": "Hours from SQL to opportunity",
}
BY_WORDS: Final = "Types that sound like its work"


def save_ownership(definitions: Definitions, ownership: Ownership) -> None:
    """Save who owns what for all pages, and say so."""
    name = current_dataset()
    if name is None:
        return
    wanted = replace(definitions, ownership=ownership)
    try:
        save_definitions(workspace_root(), name, wanted, instead_of=definitions.fingerprint)
    except (JourneyError, OSError) as problem:
        add_note(f"Not saved. {problem}")
    else:
        add_note("Saved. All pages use it now.")


def show_stage_form(log: TouchpointLog) -> None:
    """Let the user say who leads and helps in each stage, and what is promised."""
    ownership = log.definitions.ownership
    key = f"ownership:{log.definitions.fingerprint}"
    with st.form(f"{key}:stages"):
        st.markdown("**Who leads, who helps, and how soon the lead acts**")
        edited = st.data_editor(
            _stage_frame(log.definitions),
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
            strays = ownership.strays(log.definitions.stage_names)
            stages = (*_stages_of(edited, ownership), *strays)
            _save(log, lambda: replace(ownership, stages=stages, **hours))


def show_department_form(log: TouchpointLog) -> None:
    """Let the user say which departments there are and what of the log is theirs."""
    ownership = log.definitions.ownership
    key = f"departments:{log.definitions.fingerprint}"
    with st.form(key):
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
            _save(log, lambda: _with_departments(ownership, names, rules))


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


def _save(log: TouchpointLog, make: Any) -> None:
    """Save what a form says, or show why it can't be used."""
    try:
        wanted = make()
    except JourneyError as problem:
        st.error(markdown(problem), icon=":material/error:")
        return
    save_ownership(log.definitions, wanted)
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
