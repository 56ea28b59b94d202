"""What a vendor's preset says of the files, and what is remembered of them."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final

import pandas as pd
import streamlit as st

from journey.ingest import Presets
from journey.ingest.columns.preset_choice import NO_PRESET
from journey.schema import LEFT_OUT, ROLES
from journey.ui.data.column_roles import ATTRIBUTE, Roles
from journey.ui.guards import plain_errors
from journey.ui.state import add_note
from journey.ui.text import markdown
from journey.workspace import presets_folder, workspace_root

_OFF: Final = "columns:presets off"
_MAX_TITLE: Final = 60


def allowed_presets() -> Presets:
    """Return the presets that may be used, without those that the user switched off."""
    off: frozenset[str] = st.session_state.get(_OFF, frozenset())
    return Presets(presets_folder(workspace_root()), dict.fromkeys(sorted(off), NO_PRESET))


def confirmed_presets(proposal: pd.DataFrame) -> Presets:
    """Return the presets that may be used, those shown for the files as what these are."""
    allowed = allowed_presets()
    return Presets(allowed.folder, {**proposal.attrs["presets"], **dict(allowed.named)})


def forget_switched_off() -> None:
    """Let every preset be used again: other files have come."""
    st.session_state.pop(_OFF, None)


def show_preset(file: str, columns: pd.DataFrame, *, place: int) -> None:
    """Say what a file looks like, and let the user switch that off or on again."""
    title = columns["preset"].iloc[0]
    off = file in st.session_state.get(_OFF, frozenset())
    if title is None and not off:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if title is not None:
            sure = columns["confidence"].max()
            st.markdown(
                f":material/verified: Looks like **{markdown(title)}** ({sure:.0%} sure)",
                width="content",
            )
        st.button(
            "Look for a known export again" if off else "It is something else",
            key=f"columns:preset:{place}",
            type="tertiary",
            on_click=_switch,
            args=(file,),
        )


def _switch(file: str) -> None:
    off: frozenset[str] = st.session_state.get(_OFF, frozenset())
    st.session_state[_OFF] = off ^ {file}


def offer_saving(file: str, proposal: pd.DataFrame, roles: Roles, *, place: int) -> None:
    """Offer to save what the columns of a file mean, to be recognised the next time."""
    if file not in proposal.attrs["headers"]:
        return
    with st.popover("Save this mapping", icon=":material/bookmark_add:"):
        title = st.text_input(
            "What to call such files",
            _shown_name(file, proposal),
            max_chars=_MAX_TITLE,
            key=f"columns:title:{place}",
        )
        st.caption("Files with the same headers are then recognised.")
        st.button(
            "Save",
            key=f"columns:save:{place}",
            type="primary",
            disabled=not title.strip(),
            on_click=partial(_save, file, title.strip(), proposal, dict(roles)),
        )


def _save(file: str, title: str, proposal: pd.DataFrame, roles: Roles) -> None:
    # The engine behind presets is heavy, and most visits save nothing.
    from journey.ingest.presets import save_preset

    held = {column: role for (name, column), role in roles.items() if name == file}
    with plain_errors():
        save_preset(
            presets_folder(workspace_root()),
            title,
            proposal.attrs["headers"][file],
            roles=headers_by_role(held, proposal[proposal["file"] == file]),
            left_out=[column for column, role in held.items() if role == LEFT_OUT],
            extends=_built_in(proposal.attrs["presets"].get(file)),
        )
        add_note(f"{title} is saved: such files are recognised from now on.")


def headers_by_role(held: Mapping[str, str], columns: pd.DataFrame) -> dict[str, list[str]]:
    """Return the columns of each role, the surest first; a role without any is switched off."""
    sure = dict(zip(columns["column"], columns["confidence"], strict=True))
    named = [column for column in held if held[column] not in (ATTRIBUTE, LEFT_OUT)]
    ordered = sorted(named, key=lambda column: -sure[column])
    return {role: [name for name in ordered if held[name] == role] for role in ROLES}


def remember_answers(proposal: pd.DataFrame, options: Mapping[str, Any]) -> None:
    """Keep what the user said of dates and zones for files with the same headers."""
    from journey.ingest.presets import save_preset

    for file, questions in _questions(proposal).items():
        told = {
            key: options[option]
            for key, option in (("order", "dates"), ("zone", "zone"), ("epoch", "epoch"))
            if option in options and option in questions
        }
        if told and file in proposal.attrs["headers"]:
            with plain_errors():
                save_preset(
                    presets_folder(workspace_root()),
                    _shown_name(file, proposal),
                    proposal.attrs["headers"][file],
                    dates=told,
                    extends=_built_in(proposal.attrs["presets"].get(file)),
                )


def _questions(proposal: pd.DataFrame) -> dict[str, set[str]]:
    """What is asked of the times of each file; day or month first leaves the zone open too."""
    asked: dict[str, set[str]] = {}
    for file, question in zip(proposal["file"], proposal["question"], strict=True):
        if question is not None:
            asked.setdefault(file, set()).update({question, "zone"})
    return asked


def remembered(proposal: pd.DataFrame, question: str) -> str | None:
    """Return what the user said before to a question, if all files agree on it."""
    told = {answers.get(question) for answers in proposal.attrs["answers"].values()} - {None}
    return told.pop() if len(told) == 1 else None


def _built_in(name: str | None) -> str | None:
    """Return the preset of Portolan's behind one of the user's; none if there is none."""
    from journey.ingest.presets import built_in, own_presets

    own = {preset.name: preset.extends for preset in own_presets(presets_folder(workspace_root()))}
    known: Sequence[str] = [preset.name for preset in built_in()]
    return own.get(name) if name in own else name if name in known else None


def _shown_name(file: str, proposal: pd.DataFrame) -> str:
    title = proposal.loc[proposal["file"] == file, "preset"].iloc[0]
    return str(title or file.partition(".")[0])[:_MAX_TITLE]
