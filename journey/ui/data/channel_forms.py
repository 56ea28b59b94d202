"""The rules for channels in the making: their order, their conditions, what they would change."""

from dataclasses import replace
from pathlib import Path
from typing import Final

import pandas as pd
import streamlit as st

from journey.errors import DefinitionsError
from journey.ingest.channels.preview import channel_counts, channel_effect
from journey.log import TouchpointLog
from journey.rules.channels import (
    CATEGORIES,
    CONDITIONS,
    ChannelRule,
    Condition,
    check_rules,
    default_rules,
)
from journey.ui.cache import cached
from journey.ui.data.rebuilding import make_anew
from journey.ui.state import current_dataset
from journey.ui.tables import download_row, show_table
from journey.ui.text import counted, markdown
from journey.workspace import dataset_path, workspace_root

Rules = tuple[ChannelRule, ...]

_DRAFT: Final = "channels:draft"
_SAVED: Final = "channels:saved"
_ROUND: Final = "channels:round"
_CHOSEN: Final = "channels:chosen"
_PROBLEM: Final = "channels:problem"

NEW: Final = -1
NOTHING: Final = "(empty)"
NO_CHANNEL: Final = "(no channel)"
_NONE: Final = "—"
_LEAST_ROWS: Final = 3
_FIELD_WORDS: Final = {
    "source": "Source",
    "medium": "Medium",
    "campaign": "Campaign",
    "category": "List of sources",
}
_MATCH_WORDS: Final = {"is": "is", "contains": "contains", "regex": "matches"}


def current_folder() -> Path:
    """Return where the data set of this session is stored."""
    return dataset_path(workspace_root(), str(current_dataset()))


def current_rules(log: TouchpointLog) -> Rules:
    """Return the rules in the making, begun anew when those of the data set are others."""
    saved = (current_dataset(), log.definitions.channels)
    if st.session_state.get(_SAVED) != saved:
        st.session_state[_SAVED] = saved
        take(log.definitions.channels)
    return st.session_state[_DRAFT]


def take(rules: Rules, chosen: int = 0) -> None:
    """Take other rules and show one of them in the form."""
    st.session_state[_DRAFT] = rules
    st.session_state[_CHOSEN] = min(chosen, len(rules) - 1)
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1
    st.session_state.pop(_PROBLEM, None)


def show_effect(log: TouchpointLog, folder: Path, rules: Rules) -> None:
    """Show touchpoints by channel as they are and as they would be."""
    frame = cached(_effect)(log, folder, rules)
    given = int(cached(_counts)(log, folder)["n_given"].sum())
    frame["channel"] = frame["channel"].fillna(NO_CHANNEL)
    show_table(
        frame,
        key="channels:effect",
        file_name="channels",
        labels={"n_before": "Now", "n_after": "By these rules", "n_change": "Change"},
        column_help={"n_before": "Touchpoints.", "n_after": "Touchpoints."},
    )
    if given:
        words = counted(given, "touchpoint")
        st.caption(f"{words} got the channel from the data; rules leave it as it is.")


def show_apply(log: TouchpointLog, folder: Path, rules: Rules) -> None:
    """Show the buttons that apply the rules, discard the changes or go back to the default."""
    applied = log.definitions.channels
    can_rebuild = (folder / "sources").is_dir()
    is_other = rules != applied or bool(cached(_effect)(log, folder, rules)["n_change"].any())
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if st.button(
            "Apply",
            type="primary",
            icon=":material/published_with_changes:",
            disabled=not (is_other and can_rebuild),
            help="Makes the data set anew by these rules. Your files are not needed.",
        ):
            make_anew(replace(log.definitions, channels=rules))
        st.button("Discard changes", disabled=rules == applied, on_click=take, args=(applied,))
        st.button(
            "Reset to the default",
            disabled=rules == default_rules(),
            on_click=take,
            args=(default_rules(),),
            help="Google Analytics 4's default channels, and AI assistants.",
        )
    if not can_rebuild:
        st.caption("This data set does not keep what its files held: import them again first.")


def show_rules(rules: Rules) -> None:
    """Show all rules in order."""
    frame = pd.DataFrame(
        {
            "place": range(1, len(rules) + 1),
            "channel": [rule.channel for rule in rules],
            "conditions": [rule_text(rule) for rule in rules],
        }
    )
    written = {"Channel": frame["channel"].map(markdown), "If": frame["conditions"].map(markdown)}
    # Patterns are long; this kind of table breaks its lines.
    st.table(pd.DataFrame(written).set_axis(frame["place"].rename("No.")))
    download_row(frame, key="channels:rules", file_name="channel-rules")


def show_form(rules: Rules) -> None:
    """Choose a rule to change, move or remove; or write a new one."""
    chosen = _choose(rules)
    rule = rules[chosen] if chosen != NEW else None
    key = f"channels:{st.session_state[_ROUND]}:{chosen}"
    held = rule.conditions if rule else ()
    with st.form(f"{key}:form", border=False):
        channel = st.text_input("Channel", rule.channel if rule else "", key=f"{key}:channel")
        told = [
            _ask_condition(held[row] if row < len(held) else None, f"{key}:{row}", row)
            for row in range(max(_LEAST_ROWS, len(held) + 1))
        ]
        label = "Add the rule" if rule is None else "Change the rule"
        if st.form_submit_button(label, icon=":material/check:"):
            _keep(rules, chosen, channel, told)
    if problem := st.session_state.get(_PROBLEM):
        st.error(markdown(problem), icon=":material/error:")
    if rule is not None:
        _show_moves(rules, chosen)


def rule_text(rule: ChannelRule) -> str:
    """Return the conditions of a rule in words.

    Examples
    --------
    >>> rule_text(ChannelRule("A", (Condition("source", "is", ("x", "")),)))
    'Source is x or (empty)'
    """
    return " and ".join(
        f"{condition_words(condition.key)} {' or '.join(_shown(condition))}"
        for condition in rule.conditions
    )


def condition_words(key: str) -> str:
    """Return what a kind of condition asks.

    Examples
    --------
    >>> condition_words("medium_regex")
    'Medium matches'
    """
    field, match = CONDITIONS[key]
    return f"{_FIELD_WORDS[field]} {_MATCH_WORDS[match]}"


def _shown(condition: Condition) -> list[str]:
    return [value or NOTHING for value in condition.values]  # noqa: PD011 - no frame


def _choose(rules: Rules) -> int:
    key = f"channels:{st.session_state[_ROUND]}:choice"
    options = [NEW, *range(len(rules))]
    names = {NEW: "A new rule, first of all"} | {
        place: f"{place + 1} {rule.channel}: {rule_text(rule)}" for place, rule in enumerate(rules)
    }
    return st.selectbox(
        "Rule",
        options,
        index=options.index(st.session_state[_CHOSEN]),
        format_func=names.__getitem__,
        key=key,
    )


def _ask_condition(condition: Condition | None, key: str, row: int) -> tuple[str | None, list[str]]:
    """Ask for one condition: its kind and its values."""
    left, right = st.columns([2, 3], gap="small")
    kinds = [_NONE, *CONDITIONS]
    kind = left.selectbox(
        f"Condition {row + 1}",
        kinds,
        index=kinds.index(condition.key) if condition else 0,
        format_func=lambda name: name if name == _NONE else condition_words(name),
        key=f"{key}:kind",
    )
    held = _shown(condition) if condition else []
    values = right.multiselect(
        f"Values {row + 1}",
        list(dict.fromkeys((*held, NOTHING, *CATEGORIES))),
        default=held,
        accept_new_options=True,
        key=f"{key}:values",
        placeholder="One or several",
        help="Write a value and press Enter. In capitals or not is the same.",
    )
    return (None if kind == _NONE else kind), values


def _keep(
    rules: Rules, chosen: int, channel: str, told: list[tuple[str | None, list[str]]]
) -> None:
    """Take the rule as it stands in the form, or say what is wrong with it."""
    try:
        conditions = tuple(
            Condition(*CONDITIONS[kind], values=tuple("" if v == NOTHING else v for v in values))
            for kind, values in told
            if kind is not None
        )
        rule = ChannelRule(channel, conditions)
        place = max(chosen, 0)
        rest = rules[place:] if chosen == NEW else rules[place + 1 :]
        wanted = check_rules((*rules[:place], rule, *rest))
    except DefinitionsError as problem:
        st.session_state[_PROBLEM] = str(problem)
        return
    take(wanted, place)
    st.rerun()


def _show_moves(rules: Rules, chosen: int) -> None:
    """Show the buttons that move the chosen rule or remove it."""
    name = markdown(rules[chosen].channel)
    rest = (*rules[:chosen], *rules[chosen + 1 :])
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        for places, words, sign in ((-1, "up", "↑"), (1, "down", "↓")):
            target = chosen + places
            st.button(
                f"{sign} Move {words}",
                key=f"channels:{words}",
                help=f"Move {name} {words}: the first rule that fits decides",
                disabled=not 0 <= target < len(rules),
                on_click=take,
                args=(
                    (*rest[:target], rules[chosen], *rest[target:]) if target >= 0 else rules,
                    target,
                ),
            )
        st.button(
            "Remove",
            key="channels:remove",
            icon=":material/delete:",
            help=f"Remove {name}",
            on_click=take,
            args=(rest, chosen),
        )


def _effect(log: TouchpointLog, folder: Path, rules: Rules) -> pd.DataFrame:
    return channel_effect(log, folder, rules)


def _counts(log: TouchpointLog, folder: Path) -> pd.DataFrame:
    return channel_counts(folder, log.definitions.channels)
