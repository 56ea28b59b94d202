"""The parts of the page on which stages and outcomes are defined."""

from dataclasses import replace
from typing import Final

import streamlit as st

import journey
from journey.definitions import Definitions, dumps, loads
from journey.errors import JourneyError
from journey.log import TouchpointLog
from journey.ui.cache import cached
from journey.ui.data.draft_merging import rebased
from journey.ui.data.drafts import Draft, DraftStage, definitions_of, draft_of
from journey.ui.data.rebuilding import make_anew
from journey.ui.meanwhile import told
from journey.ui.saving import save_for_all_pages
from journey.ui.state import add_note, current_dataset
from journey.ui.text import OUTCOME_LABELS, counted, days, markdown, number, signed
from journey.workspace import dataset_path, workspace_root

_DRAFT: Final = "definitions:draft"
_SAVED: Final = "definitions:saved"
_ROUND: Final = "definitions:round"
_TABLE: Final = "definitions:table"
_TO_REBUILD: Final = "definitions:to-rebuild"
_MEANWHILE: Final = "definitions:meanwhile"
MOST_DAYS: Final = 36_500.0


def current_draft(log: TouchpointLog) -> Draft:
    """Return the draft of this session; what it changed stays when others save meanwhile."""
    name, saved = current_dataset(), log.definitions
    held: tuple[str | None, Definitions] | None = st.session_state.get(_SAVED)
    if held == (name, saved):
        return st.session_state[_DRAFT]
    st.session_state[_SAVED] = name, saved
    draft, both = draft_of(saved), []
    if held is not None and held[0] == name:
        mine: Draft = st.session_state[_DRAFT]
        if mine != draft_of(held[1]):
            draft, both = rebased(mine, held[1], saved)
    start_again(draft)
    if draft != draft_of(saved):
        st.session_state[_MEANWHILE] = told("definitions", both)
    return draft


def start_again(draft: Draft) -> None:
    """Take another draft; all widgets show it."""
    st.session_state[_DRAFT] = draft
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1
    st.session_state.pop(_MEANWHILE, None)


def change(draft: Draft) -> None:
    """Take a draft that was changed beside the table of types, which is to show it."""
    st.session_state[_DRAFT] = draft
    st.session_state[_TABLE] = st.session_state.get(_TABLE, 0) + 1


def keep(draft: Draft) -> None:
    """Take a draft that its widgets show already."""
    st.session_state[_DRAFT] = draft


def draft_of_session() -> Draft:
    """Return the draft as it stands, for callbacks."""
    return st.session_state[_DRAFT]


def table_key(name: str) -> str:
    """Return the key of a table of the draft: another one when it is to be shown anew."""
    return f"definitions:{name}:{st.session_state[_ROUND]}:{st.session_state.get(_TABLE, 0)}"


def show_effect(log: TouchpointLog, draft: Draft) -> None:
    """Show the outcomes as they would be, the way from those saved, and the button to save."""
    if words := st.session_state.get(_MEANWHILE):
        st.warning(markdown(words), icon=":material/group:")
    try:
        wanted = definitions_of(draft)
    except JourneyError as problem:
        st.error(markdown(problem), icon=":material/error:")
        wanted = log.definitions
    before = cached(journey.outcomes)(log)
    after = cached(journey.outcomes)(log.with_definitions(wanted))
    is_changed = draft_of(log.definitions) != draft
    columns = st.columns(len(before) + 1, vertical_alignment="center")
    for column, outcome, old, new in zip(
        columns, before["outcome"], before["n_journeys"], after["n_journeys"], strict=False
    ):
        column.metric(
            OUTCOME_LABELS[outcome],
            number(new),
            delta=signed(new - old) if new != old else "as saved",
            delta_color="off",
            delta_arrow="auto" if new != old else "off",
            help=f"Journeys; {number(old)} as saved.",
        )
    with columns[-1]:
        can_save = is_changed and definitions_or_none(draft) is not None
        st.button(
            "Save",
            type="primary",
            icon=":material/save:",
            disabled=not can_save,
            on_click=_save,
            args=(wanted, log),
            width="stretch",
        )
        st.button(
            "Discard changes",
            disabled=not is_changed,
            on_click=start_again,
            args=(draft_of(log.definitions),),
            width="stretch",
        )


def rebuild_if_saved(log: TouchpointLog) -> None:
    """Begin to make the data set anew where rules of channels or identity were saved."""
    saved: tuple[str, Definitions] | None = st.session_state.pop(_TO_REBUILD, None)
    if saved is None:
        return
    instead_of, wanted = saved
    if log.definitions.fingerprint != instead_of:
        st.warning(
            "Not saved: the definitions were changed meanwhile. Look at the effect, then save "
            "again.",
            icon=":material/warning:",
        )
        return
    if (dataset_path(workspace_root(), current_dataset() or "") / "sources").is_dir():
        make_anew(wanted)
    st.warning(
        "Not saved: the file has other rules for channels or for who is who, and this data set "
        "does not keep what its files held. Import them again with this file.",
        icon=":material/warning:",
    )


def rules_of_rows(definitions: Definitions) -> tuple[object, ...]:
    """Return the rules by which rows were read: others need the rows again."""
    return definitions.channels, definitions.identity


def definitions_or_none(draft: Draft) -> Definitions | None:
    """Return a draft as definitions, none if it can't be used yet."""
    try:
        return definitions_of(draft)
    except JourneyError:
        return None


def show_stages(log: TouchpointLog, draft: Draft) -> None:
    """Show the stages in order, to be renamed, moved, removed and added."""
    for place, stage in enumerate(draft.stages):
        _show_stage(log, draft, stage, place)
    st.button("Add a stage", icon=":material/add:", on_click=lambda: change(draft.adding_stage()))


def show_rules(log: TouchpointLog, draft: Draft) -> None:
    """Ask after how long a silence a journey is given up, and whom a buying group needs."""
    number = st.session_state[_ROUND]
    used = log.with_definitions(definitions_or_none(draft) or log.definitions)
    limit = used.silence.dormancy_ticks / used.ticks_per_day
    value = st.number_input(
        "Days of silence that count as no decision",
        min_value=0.1,
        max_value=MOST_DAYS,
        value=draft.dormancy_days,
        step=1.0,
        format="%g",
        placeholder=f"From the data: {days(limit)}",
        key=f"definitions:dormancy:{number}",
        help="Empty: the silence that 99 % of all gaps in won journeys stay below, at least 90.",
    )
    known = _known_roles(log)
    roles = st.multiselect(
        "Roles that a deal needs",
        list(dict.fromkeys((*draft.expected_roles, *known))),
        default=list(draft.expected_roles),
        accept_new_options=True,
        key=f"definitions:roles:{number}",
        placeholder="None",
        help="The list of stalled accounts names those who were never met.",
    )
    wanted = replace(draft, dormancy_days=value, expected_roles=tuple(roles))
    if wanted != draft:
        st.session_state[_DRAFT] = wanted
        st.rerun()


def show_file(log: TouchpointLog) -> None:
    """Offer the definitions as a file, and to take them from one."""
    st.download_button(
        "Download as TOML",
        dumps(log.definitions),
        file_name="definitions.toml",
        mime="application/toml",
        icon=":material/download:",
        on_click="ignore",
        help="The definitions as saved.",
    )
    key = f"definitions:file:{st.session_state[_ROUND]}"
    given = st.file_uploader("Take them from a TOML file", "toml", key=key)
    if given is None:
        return
    try:
        wanted = loads(given.getvalue().decode("utf-8", errors="replace"), where=given.name)
    except JourneyError as problem:
        st.error(markdown(problem), icon=":material/error:")
        return
    start_again(draft_of(wanted))
    add_note("Taken from the file; look at the effect, then save.")
    st.rerun()


def _show_stage(log: TouchpointLog, draft: Draft, stage: DraftStage, place: int) -> None:
    key = f"definitions:stage:{st.session_state[_ROUND]}:{stage.number}"
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        name = f"{key}:name"
        st.text_input(
            f"Stage {place + 1}",
            stage.name,
            key=name,
            max_chars=60,
            label_visibility="collapsed",
            help=f"Entered by {counted(draft.n_types(stage.number), 'touchpoint type')}",
            on_change=lambda: change(draft.with_stage(replace(stage, name=st.session_state[name]))),
        )
        for places, sign, words in ((-1, "↑", "earlier"), (1, "↓", "later")):
            st.button(
                sign,
                key=f"{key}:{words}",
                help=f"Move {markdown(stage.name)} {words}",
                disabled=not 0 <= place + places < len(draft.stages),
                on_click=lambda places=places: change(draft.moving_stage(stage.number, places)),
            )
        with st.popover("More", key=f"{key}:more", help=f"Rules of {markdown(stage.name)}"):
            _more_rules(log, draft, stage, key)
            st.button(
                f"Remove {markdown(stage.name)}",
                key=f"{key}:remove",
                icon=":material/delete:",
                disabled=len(draft.stages) == 1,
                on_click=lambda: change(draft.removing_stage(stage.number)),
            )


def _more_rules(log: TouchpointLog, draft: Draft, stage: DraftStage, key: str) -> None:
    """Offer entry by the log's own stage column and by channel, where it has them."""
    columns = [
        (field, column, words)
        for field, column, words in (
            ("values", "stage", "Stages named in the data"),
            ("channels", "channel", "Channels"),
        )
        if column in log.filter_columns or getattr(stage, field)
    ]
    if not columns:
        return
    st.caption("Touchpoints whose type has no stage enter this one by:")
    for field, column, words in columns:
        held: tuple[str, ...] = getattr(stage, field)
        known = log.filter_values(column) if column in log.filter_columns else []
        name = f"{key}:{field}"
        st.multiselect(
            words,
            list(dict.fromkeys((*held, *(value for value in known if value is not None)))),
            default=list(held),
            key=name,
            placeholder="None",
            on_change=lambda field=field, name=name: change(
                draft.with_stage(replace(stage, **{field: tuple(st.session_state[name])}))
            ),
        )


def _known_roles(log: TouchpointLog) -> list[str]:
    """Roles of the people in the log."""
    if "role" not in log.filter_columns:
        return []
    return [role for role in log.filter_values("role") if role is not None]


def _save(definitions: Definitions, log: TouchpointLog) -> None:
    """Save for all pages; channels and who is who are read from the rows again if need be."""
    if rules_of_rows(definitions) != rules_of_rows(log.definitions):
        st.session_state[_TO_REBUILD] = log.definitions.fingerprint, definitions
        return
    if save_for_all_pages(definitions, instead_of=log.definitions):
        st.session_state.pop(_SAVED, None)  # the draft is what is saved: none to keep
