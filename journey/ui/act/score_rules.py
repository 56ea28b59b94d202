"""The rule editor: points, thresholds, what they would change, the versions agreed on."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final, cast

import pandas as pd
import streamlit as st

import journey
from journey.analysis.scores.evidence import IN_FORCE, PROPOSED, THRESHOLDS_IN_FORCE
from journey.analysis.scores.milestones import posts_over
from journey.errors import JourneyError
from journey.log import TouchpointLog
from journey.rules.scoring import Qualification, ScoringRules, Weights
from journey.ui.act.score_drafts import (
    ScoreDraft,
    current_draft,
    current_round,
    draft_of_session,
    note_key,
    save,
    saved_meanwhile,
    saved_rules,
    start_again,
    take,
)
from journey.ui.act.score_rule_form import show_rule_form
from journey.ui.act.score_versions import show_versions
from journey.ui.cache import cached
from journey.ui.editing import edit_table
from journey.ui.text import markdown, number, percent, signed

MOST_ROWS: Final = 20
BY: Final[dict[str, str | None]] = {
    "Touchpoints where the data has them": None,
    "Touchpoints alone": "touchpoints",
    "Thresholds": "thresholds",
}
WEIGHT_WORDS: Final = {
    "shown": "Shown or sent by us",
    "anonymous": "By a visitor not known",
    "known": "By a known person",
    "in_person": "In person",
}


def show_rules(view: TouchpointLog) -> None:
    """Show the rules to be changed, what they would change, and the way to save them."""
    draft = current_draft(view)
    if words := saved_meanwhile():
        st.warning(markdown(words), icon=":material/group:")
    _show_effect(view, draft)
    left, right = st.columns([7, 4], gap="medium")
    with left:
        st.markdown("## Rules")
        _show_points(draft)
        show_rule_form(view)
    with right:
        st.markdown("## Thresholds")
        _show_thresholds(draft)
    show_versions(view)


def _show_effect(view: TouchpointLog, draft: ScoreDraft) -> None:
    """Show MQLs and SQLs by the rules in force and as proposed, and save the latter."""
    wanted = draft.wanted
    frame = cached(journey.what_if)(view, rules=wanted)
    for place, (milestone, mine) in zip(st.columns(2), frame.groupby("milestone"), strict=False):
        with place, st.container(border=True):
            _show_milestone(str(milestone).upper(), mine)
            if words := by_touchpoints(view, str(milestone), wanted, mine):
                st.caption(words)
    with st.container(border=True):
        st.caption(
            "Points and thresholds proposed below against those in force. Won later, of all that "
            "qualified, open ones among them."
        )
        _show_saving(view, draft, wanted)


def _show_milestone(name: str, frame: pd.DataFrame) -> None:
    """Show what would become of one milestone."""
    sets = (THRESHOLDS_IN_FORCE, PROPOSED)
    now, then = (frame[frame["rules"] == which].iloc[0] for which in sets)
    change = int(then["n_qualified"] - now["n_qualified"])
    against = f"{signed(change)} against {number(now['n_qualified'])} in force"
    st.metric(
        f"{name}s by the points and thresholds proposed",
        number(then["n_qualified"]),
        delta=against if change else "as in force",
        delta_color="off",
        delta_arrow="auto" if change else "off",
    )
    for words, row in (("Proposed", then), ("In force", now)):
        interval = f"{percent(row['low'])} to {percent(row['high'])}"
        if not row["n_qualified"]:
            st.caption(f"{words}: nobody qualifies. Lower the thresholds or give more points.")
            continue
        st.caption(
            f"{words}: {number(row['n_won'])} won later, "
            f"{percent(row['win_rate'], row['n_qualified'])} ({interval}); "
            f"{number(row['n_won_without'])} won without"
        )


def by_touchpoints(
    view: TouchpointLog, milestone: str, wanted: ScoringRules, frame: pd.DataFrame
) -> str | None:
    """Say that touchpoints count where they do, in force or by the rules wanted.

    Parameters
    ----------
    frame
        The rows of the milestone, as ``what_if`` gives them.
    """
    proposed = replace(view.definitions, scoring=wanted)
    counts, is_wanted = (
        milestone not in posts_over(view.store, definitions).by_score
        for definitions in (view.definitions, proposed)
    )
    name = milestone.upper()
    if counts:
        later = "" if is_wanted else " Once saved, thresholds count instead."
        n = number(_n_in_force(frame, milestone))
        return (
            f"In force {name} goes by touchpoints, not thresholds: {n} in view, as on every page."
            f"{later}"
        )
    if not is_wanted:
        return None
    then = cached(journey.what_if)(view.with_definitions(proposed), rules=wanted)
    n = number(_n_in_force(then, milestone))
    return f"Once saved, {name} goes by touchpoints, not thresholds: {n} in view."


def _n_in_force(frame: pd.DataFrame, milestone: str) -> int:
    """Return how many qualify by the rules in force."""
    is_asked = (frame["rules"] == IN_FORCE) & (frame["milestone"] == milestone)
    return int(frame.loc[is_asked, "n_qualified"].iloc[0])


def _show_saving(view: TouchpointLog, draft: ScoreDraft, wanted: ScoringRules) -> None:
    saved = saved_rules(view)
    is_changed = wanted != saved
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        note = st.text_input(
            "What was agreed, for the next version",
            max_chars=200,
            placeholder="Sales asked for a shorter half-life",
            key=note_key(),
        )
        st.button(
            f"Save as version {view.definitions.scoring.version + 1}",
            type="primary",
            icon=":material/save:",
            disabled=not (is_changed and note.strip()),
            on_click=save,
            args=(view, wanted, note),
            help="Marketing and sales share one definition; each version keeps its date and note.",
        )
        st.button(
            "Discard changes",
            disabled=not (is_changed or draft.removed),
            on_click=start_again,
            args=(saved,),
        )


def _show_points(draft: ScoreDraft) -> None:
    """Show every rule with its points, to be changed in the table."""
    rules = draft.scoring.rules
    frame = pd.DataFrame(
        {
            "dimension": [rule.dimension.capitalize() for rule in rules],
            "rule": [markdown(rule.words).replace("\\", "") for rule in rules],
            "points": [rule.points for rule in rules],
            "most": [rule.most for rule in rules],
            "keep": [place not in draft.removed for place in range(len(rules))],
        }
    )
    config = st.column_config
    edit_table(
        frame,
        # What a rule looks at is changed beside the table, which is then to show it.
        key=f"scores:rules:{current_round()}:{hash(tuple(rule.words for rule in rules))}",
        editable=["points", "most", "keep"],
        columns={
            "dimension": config.TextColumn("Dimension", width=110),
            "rule": config.TextColumn("Rule"),
            "points": config.NumberColumn(
                "Points", min_value=-1000.0, max_value=1000.0, format="%g", required=True, width=80
            ),
            "most": config.NumberColumn(
                "At most",
                min_value=0.0,
                max_value=1000.0,
                format="%g",
                width=80,
                help="Empty: once for fit and relationship, without end for engagement.",
            ),
            "keep": config.CheckboxColumn("Keep", width=60),
        },
        on_edit=_keep_rule,
        rows=MOST_ROWS,
        alt="Scoring rules with their points",
    )


def _keep_rule(row: int, cells: Mapping[str, Any]) -> None:
    draft = draft_of_session()
    if "keep" in cells:
        draft = draft.removing(row, is_removed=not cells["keep"])
    values = {name: cells[name] for name in ("points", "most") if name in cells}
    take(draft.replacing(row, replace(draft.scoring.rules[row], **values)) if values else draft)


def _show_thresholds(draft: ScoreDraft) -> None:
    """Ask for what makes an MQL and an SQL, for grades, half-life and weights."""
    scoring, key = draft.scoring, f"scores:thresholds:{current_round()}"
    try:
        wanted = replace(
            scoring,
            mql=_qualification("MQL", scoring.mql, f"{key}:mql"),
            sql=_qualification("SQL", scoring.sql, f"{key}:sql"),
            half_life_days=_number(
                "Engagement halves after, days", scoring.half_life_days, f"{key}:half", least=0.5
            ),
            most=_number("Points of one score, at most", scoring.most, f"{key}:most", least=1.0),
            fit_grades=_cuts(("Fit A from", "B from", "C from"), scoring.fit_grades, f"{key}:fit"),
            engagement_grades=_cuts(
                ("Engaged 1 from", "2 from", "3 from"), scoring.engagement_grades, f"{key}:grades"
            ),
            weights=_weights(scoring.weights, f"{key}:weights"),
        )
    except JourneyError as problem:
        st.error(markdown(problem), icon=":material/error:")
        return
    if wanted != scoring:
        take(replace(draft, scoring=wanted))
        st.rerun()


def _qualification(name: str, held: Qualification, key: str) -> Qualification:
    words = {by: word for word, by in BY.items()}
    left, right = st.columns(2)
    with left:
        fit = _number(f"{name}: fit from", held.fit, f"{key}:fit")
    with right:
        engagement = _number(f"{name}: engagement from", held.engagement, f"{key}:engagement")
    by = st.selectbox(
        f"{name} goes by", list(BY), index=list(BY).index(words[held.by]), key=f"{key}:by"
    )
    return Qualification(fit, engagement, cast("Any", BY[by]))


def _cuts(words: tuple[str, ...], held: tuple[float, ...], key: str) -> tuple[float, float, float]:
    columns = st.columns(3)
    found: list[float] = []
    for place, (column, name, value) in enumerate(zip(columns, words, held, strict=True)):
        with column:
            found.append(_number(name, value, f"{key}:{place}"))
    return found[0], found[1], found[2]


def _weights(held: Weights, key: str) -> Weights:
    st.caption("How much a touch counts for engagement:")
    found: dict[str, float] = {}
    for place, (name, words) in enumerate(WEIGHT_WORDS.items()):
        if place % 2 == 0:
            columns = st.columns(2)
        with columns[place % 2]:
            found[name] = _number(words, getattr(held, name), f"{key}:{name}", least=0.0, step=0.1)
    return Weights(**found)


def _number(
    words: str, value: float, key: str, *, least: float = -1000.0, step: float = 1.0
) -> float:
    """Ask for a number; definitions may hold a smaller one than is asked for, and any greater."""
    least = min(least, value)
    return st.number_input(words, least, None, float(value), step, format="%g", key=key)
