"""The form in which it is said who will not buy: competitors, students, job seekers."""

from dataclasses import replace

import streamlit as st

from journey.errors import JourneyError
from journey.log import TouchpointLog
from journey.rules.not_buyers import NotBuyerRules
from journey.ui.state import add_note, current_dataset
from journey.ui.text import markdown
from journey.workspace import save_definitions, workspace_root


def ask_not_buyers(log: TouchpointLog) -> NotBuyerRules:
    """Let the user change the rules; give them as proposed, those in force while they are wrong."""
    held = log.definitions.not_buyers
    key = f"not-buyers:{hash(held)}"
    left, middle, right = st.columns(3)
    competitors = left.text_area(
        "Competitors' domains, one a line",
        "\n".join(held.competitor_domains),
        placeholder="rival.com",
        help="Hosts below them count too.",
        key=f"{key}:competitors",
    )
    schools = middle.text_area(
        "Domains of schools, one a line",
        "\n".join(held.academic_domains),
        help=".edu is any that ends so, \\* any one part.",
        key=f"{key}:schools",
    )
    known = dict.fromkeys((*(held.applications or ()), *log.store.touchpoint_types))
    applications = right.multiselect(
        "Touchpoints that only job seekers have",
        list(known),
        default=list(held.applications or ()),
        placeholder="Those whose name says so",
        help="Who only ever looked at careers pages is one too.",
        key=f"{key}:applications",
    )
    none_chosen = () if held.applications == () else None
    try:
        wanted = NotBuyerRules(
            tuple(competitors.split()), tuple(schools.split()), tuple(applications) or none_chosen
        )
    except JourneyError as problem:
        st.error(markdown(problem), icon=":material/error:")
        return held
    with right.container(horizontal=True, horizontal_alignment="right"):
        st.button(
            "Save rules",
            type="primary",
            icon=":material/save:",
            disabled=wanted == held,
            on_click=_save,
            args=(log, wanted),
        )
    return wanted


def _save(log: TouchpointLog, rules: NotBuyerRules) -> None:
    """Save the rules for all pages, and say so."""
    name = current_dataset()
    if name is None:
        return
    held = log.definitions
    wanted = replace(held, not_buyers=rules)
    try:
        save_definitions(workspace_root(), name, wanted, instead_of=held.fingerprint)
    except (JourneyError, OSError) as problem:
        add_note(f"Not saved. {problem}")
    else:
        add_note("Saved. All pages use it now.")
