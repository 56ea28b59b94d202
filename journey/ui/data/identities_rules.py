"""The rules of identity in the making: switches, limits, cuts, their effect, and applying them."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import streamlit as st

from journey.ingest.identity.preview import Effect, switched
from journey.log import TouchpointLog
from journey.rules.identity import JOINS, Cut, IdentityRules
from journey.ui.data.identities import JOIN_WORDS, KIND_WORDS, effect, joins
from journey.ui.data.rebuilding import make_anew
from journey.ui.state import current_dataset
from journey.ui.text import counted, markdown, number, signed

_DRAFT: Final = "identities:draft"
_SAVED: Final = "identities:saved"
_ROUND: Final = "identities:round"

_FIGURES: Final = (
    ("n_journeys", "Journeys"),
    ("n_accounts", "Companies"),
    ("n_people", "People"),
    ("n_with_person", "With a person"),
    ("n_with_account", "With a company"),
)
_HELP: Final = {
    "n_with_person": "Touchpoints, before duplicates are merged, whose person is known. ",
    "n_with_account": "Touchpoints, before duplicates are merged, whose company is known. ",
}
_LIMITS: Final = (
    ("max_people_per_device", "People who may share a device"),
    ("max_ids_per_address", "Ids that may stand with one address"),
    ("max_ids_per_person", "Ids that may be one person"),
)
_LISTS: Final = (
    ("shared_addresses", "More shared addresses", "An address, or what stands before its @."),
    ("trusted_addresses", "Addresses of one person", "Though they look shared, such as info@."),
    ("free_mail_domains", "More free-mail domains", "Their addresses say nothing of a company."),
)


def current_rules(log: TouchpointLog) -> IdentityRules:
    """Return the rules in the making, begun anew when those of the data set are others."""
    saved = (current_dataset(), log.definitions.identity)
    if st.session_state.get(_SAVED) != saved:
        st.session_state[_SAVED] = saved
        start_again(log.definitions.identity)
    return st.session_state[_DRAFT]


def start_again(rules: IdentityRules) -> None:
    """Take other rules; all widgets show them."""
    st.session_state[_DRAFT] = rules
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1


def show_effect(log: TouchpointLog, folder: Path, rules: IdentityRules) -> None:
    """Show what the rules make known, the way from those applied, and the button to apply."""
    before = effect(log, folder, log.definitions.identity)
    after = effect(log, folder, rules)
    is_changed = rules != log.definitions.identity
    columns = st.columns(len(_FIGURES) + 1, vertical_alignment="center")
    for column, (name, words) in zip(columns, _FIGURES, strict=False):
        _show_figure(column, words, before, after, name)
    with columns[-1]:
        can_rebuild = (folder / "sources").is_dir()
        if st.button(
            "Apply",
            type="primary",
            icon=":material/published_with_changes:",
            disabled=not (is_changed and can_rebuild),
            width="stretch",
            help="Makes the data set anew by these rules. Your files are not needed.",
        ):
            make_anew(replace(log.definitions, identity=rules))
        st.button(
            "Discard changes",
            disabled=not is_changed,
            on_click=start_again,
            args=(log.definitions.identity,),
            width="stretch",
        )
    if not can_rebuild:
        st.caption("This data set does not keep what its files held: import them again to join.")


def _show_figure(column: Any, words: str, before: Effect, after: Effect, name: str) -> None:
    old, new = getattr(before, name), getattr(after, name)
    column.metric(
        words,
        number(new),
        delta=signed(new - old) if new != old else "as applied",
        delta_color="off",
        delta_arrow="auto" if new != old else "off",
        help=f"{_HELP.get(name, '')}{number(old)} as applied.",
    )


def show_switches(log: TouchpointLog, folder: Path, rules: IdentityRules) -> None:
    """Show each kind of join with how often the data state it, to be switched on or off."""
    frame = joins(log, folder)
    n_links = frame.groupby("how")["n_links"].sum()
    if frame.empty:
        st.caption("Nothing had to be related: no rows name two ids that could be joined.")
    for join in JOINS:
        words, explained = JOIN_WORDS[join]
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            key = _key(f"switch:{join}")
            st.toggle(
                words,
                join not in rules.off,
                key=key,
                help=explained,
                width="content",
                on_change=lambda join=join, key=key: _change(
                    lambda held: switched(held, join, on=st.session_state[key])
                ),
            )
            st.caption(counted(int(n_links.get(join, 0)), "link"), width="content")


def show_limits(rules: IdentityRules) -> None:
    """Ask from what on a join is unsafe, and for addresses and domains of the company's own."""
    left, right = st.columns(2, gap="medium")
    with left:
        for name, words in _LIMITS:
            _ask_number(rules, name, words)
        share = _key("least_account_share")
        st.number_input(
            "Share of rows that decides between accounts (%)",
            min_value=1,
            max_value=100,
            value=round(rules.least_account_share * 100),
            key=share,
            help="Of a person's rows that name an account. With less the person is in none.",
            on_change=lambda: _change(
                lambda held: replace(held, least_account_share=st.session_state[share] / 100)
            ),
        )
    with right:
        for name, words, explained in _LISTS:
            _ask_list(rules, name, words, explained)


def _ask_number(rules: IdentityRules, name: str, words: str) -> None:
    key = _key(name)
    st.number_input(
        words,
        min_value=1,
        max_value=1_000,
        value=getattr(rules, name),
        key=key,
        help="What has more joins nobody.",
        on_change=lambda: _change(lambda held: replace(held, **{name: st.session_state[key]})),
    )


def _ask_list(rules: IdentityRules, name: str, words: str, explained: str) -> None:
    key = _key(name)
    held: tuple[str, ...] = getattr(rules, name)
    st.multiselect(
        words,
        list(held),
        default=list(held),
        accept_new_options=True,
        key=key,
        placeholder="None",
        help=explained,
        on_change=lambda: _change(
            lambda held: replace(held, **{name: tuple(st.session_state[key])})
        ),
    )


def show_cuts(rules: IdentityRules) -> None:
    """List the joins cut by hand; each can be taken back."""
    for place, cut in enumerate(rules.cuts):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f":material/content_cut: {markdown(cut_text(cut))}", width="content")
            st.button(
                "Join again",
                key=_key(f"cut:{place}"),
                type="tertiary",
                help=f"Join again: {markdown(cut_text(cut))}",
                on_click=take_back,
                args=(cut,),
            )


def cut_text(cut: Cut) -> str:
    """Return what is cut, in words.

    Examples
    --------
    >>> cut_text(Cut("visitor", "x")), cut_text(Cut("email", "a@b.co", "person", "7"))
    ('Visitor x and all others', 'Address a@b.co and Person 7')
    """
    left = f"{KIND_WORDS[cut.left_kind]} {cut.left_id}"
    if cut.right_kind is None:
        return f"{left} and all others"
    return f"{left} and {KIND_WORDS[cut.right_kind]} {cut.right_id}"


def make_cut(cut: Cut) -> None:
    """Follow a join no longer, once the rules are applied."""
    _change(lambda held: replace(held, cuts=(*held.cuts, cut)))


def take_back(cut: Cut) -> None:
    """Follow a join again, once the rules are applied."""
    _change(lambda held: replace(held, cuts=tuple(c for c in held.cuts if c != cut)))


def _change(make: Callable[[IdentityRules], IdentityRules]) -> None:
    st.session_state[_DRAFT] = make(st.session_state[_DRAFT])


def _key(name: str) -> str:
    return f"identities:{st.session_state[_ROUND]}:{name}"
