"""Owners of stages that are no more: told, moved to another stage, or removed."""

import streamlit as st

from journey.log import TouchpointLog
from journey.rules.ownership import StageOwners
from journey.ui.act.ownership_forms import save_ownership
from journey.ui.text import markdown


def show_strays(log: TouchpointLog) -> None:
    """Name owners whose stage was removed or renamed, each with what can be done."""
    definitions = log.definitions
    ownership = definitions.ownership
    strays = ownership.strays(definitions.stage_names)
    free = [name for name in definitions.stage_names if ownership.is_free(name)]
    for owners in strays:
        key = f"strays:{definitions.fingerprint}:{owners.stage}"
        with st.container(border=True):
            words, place, move, remove = st.columns([5, 3, 1, 1], vertical_alignment="bottom")
            words.markdown(
                f":material/rule: **{markdown(owners.stage)}** is no stage any more. Kept for it: "
                f"{markdown(said_of(owners))}.",
            )
            target = place.selectbox(
                "Stage that takes them over",
                free,
                index=None,
                placeholder="Choose a stage" if free else "All stages have owners",
                disabled=not free,
                key=f"{key}:target",
            )
            if move.button("Move", key=f"{key}:move", disabled=target is None) and target:
                save_ownership(definitions, ownership.renamed({owners.stage: target}))
                st.rerun()
            remove.button(
                "Remove",
                key=f"{key}:remove",
                on_click=save_ownership,
                args=(definitions, ownership.without(owners.stage)),
            )


def said_of(owners: StageOwners) -> str:
    """Say who leads, who helps and what is promised.

    Examples
    --------
    >>> said_of(StageOwners("Buy", leads=("Sales",), sla_hours=24))
    'led by Sales, acts within 24 hours'
    """
    parts = [
        f"led by {' and '.join(owners.leads)}" if owners.leads else "",
        f"helped by {' and '.join(owners.contributors)}" if owners.contributors else "",
        "" if owners.sla_hours is None else f"acts within {owners.sla_hours:g} hours",
    ]
    return ", ".join(part for part in parts if part) or "nothing"
