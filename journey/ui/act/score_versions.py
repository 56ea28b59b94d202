"""The versions of the scoring rules on the screen: what each changed, its effect, the way back."""

import pandas as pd
import streamlit as st

import journey
from journey.analysis.scores.evidence import PROPOSED, THRESHOLDS_IN_FORCE
from journey.log import TouchpointLog
from journey.rules.scoring import ScoringRules, rules_in_force
from journey.rules.scoring_changes import differences
from journey.ui.act.score_drafts import saved_rules, start_again
from journey.ui.cache import cached
from journey.ui.reader import fragment
from journey.ui.tables import choose_row
from journey.ui.text import markdown, number, percent, signed

MOST_LINES = 12


@fragment
def show_versions(view: TouchpointLog) -> None:
    """List the versions agreed on; one that is chosen is set beside the rules in force."""
    frame = journey.score_versions(view)
    if frame.empty:
        return
    st.markdown("## Versions")
    latest = frame.iloc[0]
    if pd.notna(latest["n_rules"]) and not latest["is_in_force"]:
        st.caption("The rules in force differ from the last version: the file was changed since.")
    shown = frame.assign(agreed_on=frame["agreed_on"].dt.strftime("%Y-%m-%d"))
    row = choose_row(
        shown,
        key=f"scores:versions:{len(frame)}",
        file_name="scoring versions",
        labels={"changes": "What changed", "n_rules": "Rules", "is_in_force": "In force"},
        # Of versions of an earlier time neither changes nor rules are known.
        on_screen=lambda rows: rows.dropna(axis="columns", how="all"),
    )
    if row is None:
        st.caption("Choose a version to see its effect, or to go back to it.")
        return
    version = int(frame["version"].iloc[row])
    with st.container(border=True):
        st.markdown(f"**Version {version}**: {markdown(frame['note'].iloc[row])}")
        if frame["n_rules"].isna().iloc[row]:
            st.caption("Its rules were not kept, only date and note: it is of an earlier time.")
            return
        _show_version(view, version)


def _show_version(view: TouchpointLog, version: int) -> None:
    """Show what sets a version apart from the rules in force, its effect, and the way back."""
    definitions = view.definitions
    kept = rules_in_force(definitions.scoring.as_of_version(version), definitions.stage_names)
    lines = differences(saved_rules(view), kept)
    if not lines:
        st.markdown("These are the rules in force.")
        return
    told = [f"- {markdown(line)}" for line in lines[:MOST_LINES]]
    if len(lines) > MOST_LINES:
        told.append(f"- and {len(lines) - MOST_LINES} more")
    st.markdown("\n".join(["Against the rules in force:", "", *told]))
    _show_effect(view, kept)
    if st.button(f"Take version {version}", icon=":material/history:", type="primary"):
        start_again(kept, note=f"Back to version {version}")
        st.rerun()
    st.caption("Nothing is saved yet: it fills the rules above, to be saved as the next version.")


def _show_effect(view: TouchpointLog, rules: ScoringRules) -> None:
    """Say how many MQLs and SQLs there would be by the thresholds of the rules."""
    frame = cached(journey.what_if)(view, rules=rules)
    for milestone, mine in frame.groupby("milestone"):
        now, then = (
            mine[mine["rules"] == which].iloc[0] for which in (THRESHOLDS_IN_FORCE, PROPOSED)
        )
        change = int(then["n_qualified"] - now["n_qualified"])
        against = f"{signed(change)} against {number(now['n_qualified'])} in force"
        won = f"{percent(then['win_rate'], then['n_qualified'])} won later"
        st.markdown(
            f"**{number(then['n_qualified'])} {str(milestone).upper()}s** by its thresholds, "
            f"{against if change else 'as in force'}"
            + (f"; {won}." if then["n_qualified"] else ".")
        )
