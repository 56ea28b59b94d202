"""Who is who, as the page about it tells it: the audit, joins by kind, warnings, their effect."""

from pathlib import Path
from typing import Final

import pandas as pd
import streamlit as st

from journey.analysis.quality.identity_audit import match_audit
from journey.charts.plots.imports import NO_SOURCE
from journey.ingest.identity import opened_identity
from journey.ingest.identity.explain import joins_by_kind, links_of
from journey.ingest.identity.preview import Effect, effect_of, effects_by_join
from journey.ingest.identity.unsafe import Warned, find_warnings
from journey.log import TouchpointLog
from journey.rules.identity import JOINS, IdentityRules, Join
from journey.schema import SMALL_SAMPLE
from journey.ui.cache import cached
from journey.ui.state import current_dataset
from journey.ui.tables import show_table
from journey.ui.text import counted, number, percent
from journey.workspace import dataset_path, workspace_root

JOIN_WORDS: Final[dict[str, tuple[str, str]]] = {
    "identify": ("Visits", "A visitor and a person on the same row: the visits are the person's."),
    "email": (
        "E-mail addresses",
        "An address and another id of a person on the same row: they are one person.",
    ),
    "crm": (
        "CRM ids",
        "Two ids of a person on the same row, as a lead and the contact it became.",
    ),
    "account": ("Accounts of people", "Rows that name a person and an account."),
    "opportunity": ("Accounts of deals", "Rows that name an opportunity and an account."),
    "domain": (
        "Business domains",
        "The company of an e-mail address. Free-mail addresses have none.",
    ),
}
KIND_WORDS: Final = {
    "visitor": "Visitor",
    "email": "Address",
    "person": "Person",
    "lead": "Lead",
    "opportunity": "Opportunity",
    "domain": "Domain",
    "account": "Account",
}
STATUS_WORDS: Final = {
    "followed": "Joined",
    "switched off": "Not joined: switched off",
    "cut": "Not joined: cut here",
    "shared address": "Not joined: shared address",
    "shared by many ids": "Not joined: shared by many ids",
    "too many ids": "Not joined: too many ids",
    "shared device": "Not joined: shared device",
    "several accounts": "Not joined: several accounts",
    "another account has more rows": "Not joined: another account has more rows",
    "several companies": "Not joined: several companies",
}


def current_folder() -> Path:
    """Return the folder of the data set of this session."""
    return dataset_path(workspace_root(), str(current_dataset()))


def has_identity(folder: Path) -> bool:
    """Return whether ids of a data set had to be joined."""
    with opened_identity(folder) as connection:
        return connection is not None


def effect(log: TouchpointLog, folder: Path, rules: IdentityRules) -> Effect:
    """Return what rules make known of a data set, without making it anew."""
    return cached(_effect)(log, str(folder), rules)


def _effect(log: TouchpointLog, folder: str, rules: IdentityRules) -> Effect:
    del log
    with opened_identity(Path(folder)) as connection:
        return Effect(0, 0, 0, 0, 0, 0) if connection is None else effect_of(connection, rules)


def _effects(
    log: TouchpointLog, folder: str, rules: IdentityRules
) -> dict[Join, tuple[Effect, Effect]]:
    del log
    with opened_identity(Path(folder)) as connection:
        return {} if connection is None else effects_by_join(connection, rules)


def _joins(log: TouchpointLog, folder: str) -> pd.DataFrame:
    del log
    with opened_identity(Path(folder)) as connection:
        return pd.DataFrame() if connection is None else joins_by_kind(connection)


def joins(log: TouchpointLog, folder: Path) -> pd.DataFrame:
    """Return how many links of each kind there are, and what became of them."""
    return cached(_joins)(log, str(folder))


def _warnings(log: TouchpointLog, folder: str) -> list[Warned]:
    del log
    with opened_identity(Path(folder)) as connection:
        return [] if connection is None else find_warnings(connection)


def warnings(log: TouchpointLog, folder: Path) -> list[Warned]:
    """Return the joins that would say too much."""
    return cached(_warnings)(log, str(folder))


def _links(log: TouchpointLog, folder: str, value: str) -> pd.DataFrame:
    del log
    with opened_identity(Path(folder)) as connection:
        return pd.DataFrame() if connection is None else links_of(connection, value)


def links(log: TouchpointLog, folder: Path, value: str) -> pd.DataFrame:
    """Return the links by which an id became part of its person and account."""
    return cached(_links)(log, str(folder), value)


def audit_message(audit: pd.DataFrame) -> str:
    """Return of how many touchpoints person and account are known, in one sentence.

    Examples
    --------
    >>> audit_message(pd.DataFrame(
    ...     {"n_touchpoints": [40], "n_with_person": [30], "n_with_account": [38]}))
    'The account is known for 95% of 40 touchpoints, the person for 75%'
    """
    total = int(audit["n_touchpoints"].sum())
    if not total:
        return "There are no touchpoints"
    account, person = (
        # The sentence says of how many.
        percent(audit[f"n_with_{what}"].sum() / total, max(total, SMALL_SAMPLE))
        for what in ("account", "person")
    )
    return (
        f"The account is known for {account} of {counted(total, 'touchpoint')}, the person "
        f"for {person}"
    )


def show_audit(log: TouchpointLog, *, key: str) -> None:
    """Show of how many touchpoints person and account are known, by source."""
    audit = cached(match_audit)(log)
    st.header(audit_message(audit))
    show_table(
        audit.assign(value=audit["value"].fillna(NO_SOURCE)),
        key=key,
        file_name="match audit",
        labels={
            "value": "Source",
            "n_with_person": "With a person",
            "person_share": "Person known",
            "n_with_account": "With an account",
            "account_share": "Account known",
        },
        column_help={
            "person_share": "Of the touchpoints of this source.",
            "account_share": "Touchpoints in a company's journey, of those of this source.",
        },
    )


def show_more(log: TouchpointLog, folder: Path, rules: IdentityRules) -> str | None:
    """Let the user choose what more to see, and show it; return what was chosen."""
    view: str | None = st.segmented_control(
        "More", ("Joins by kind", "What each join adds", "Limits"), label_visibility="collapsed"
    )
    if view == "Joins by kind":
        show_joins(log, folder)
    elif view == "What each join adds":
        show_each_join(log, folder, rules)
    return view


def show_each_join(log: TouchpointLog, folder: Path, rules: IdentityRules) -> None:
    """Show what each kind of join makes known, all else as chosen."""
    effects = cached(_effects)(log, str(folder), rules)
    rows = [
        {
            "join": JOIN_WORDS[join][0],
            "journeys": change(without.n_journeys, with_it.n_journeys),
            "people": change(without.n_people, with_it.n_people),
            "accounts": change(without.n_accounts, with_it.n_accounts),
            "person": change(without.n_with_person, with_it.n_with_person),
            "account": change(without.n_with_account, with_it.n_with_account),
        }
        for join, (without, with_it) in effects.items()
    ]
    show_table(
        pd.DataFrame(rows, columns=["join", "journeys", "people", "accounts", "person", "account"]),
        key="identities:each",
        file_name="joins",
        labels={
            "person": "Touchpoints with a person",
            "account": "Touchpoints with an account",
            "join": "Join",
        },
        column_help=dict.fromkeys(("journeys", "people"), "Without this join → with it."),
    )


def change(before: int, after: int) -> str:
    """Write a figure without and with something.

    Examples
    --------
    >>> change(1200, 1300), change(7, 7)
    ('1,200 → 1,300', '7')
    """
    return number(after) if before == after else f"{number(before)} → {number(after)}"


def show_joins(log: TouchpointLog, folder: Path) -> None:
    """Show how many links of each kind there are, what became of them, and some."""
    frame = joins(log, folder)
    order = frame["how"].map({name: place for place, name in enumerate(JOINS)})
    shown = frame.assign(order=order).sort_values(["order", "n_links"], ascending=[True, False])
    show_table(
        shown.assign(
            how=shown["how"].map({name: words for name, (words, _) in JOIN_WORDS.items()}),
            status=shown["status"].map(STATUS_WORDS),
        )[["how", "status", "n_links", "n_rows", "examples"]],
        key="identities:joins",
        file_name="joins by kind",
        labels={"how": "Join", "status": "What became of it", "n_rows": "Rows that state it"},
        column_help={"examples": "Those that most rows state."},
    )
