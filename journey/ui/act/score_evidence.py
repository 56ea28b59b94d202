"""How far scores can be believed: what goes with winning, a fitted model, rules without support."""

from typing import Final

import streamlit as st

import journey
from journey import charts
from journey.analysis.scores.model import ScoreModel
from journey.log import TouchpointLog
from journey.ui.cache import cached
from journey.ui.definition_warnings import has_win_rule
from journey.ui.navigation import DEFINITIONS, page_link
from journey.ui.plots import current_theme, show_plot
from journey.ui.tables import rates, show_table
from journey.ui.text import as_read, counted, days, markdown, number, percent

AGES: Final = (14, 30, 60, 90, 180)
LABELS: Final = {
    "points_per_touch": "Points a touch",
    "n_with": "Decided, with it",
    "n_without": "Decided, without",
    "win_rate": "Won, with it",
    "low": "from",
    "high": "to",
    "without_rate": "Won, without",
    "difference_share": "Difference",
    "difference_low": "from ",
    "difference_high": "to ",
    "goes_with": "Goes with",
    "meaning": "In words",
    "odds_ratio": "Odds ratio",
}
SCORES: Final = {
    "model": "Fitted model",
    "fit": "Fit by rules",
    "engagement": "Engagement by rules",
    "relationship": "Relationship by rules",
}
OF: Final = (
    rates("n_with", "win_rate", "low", "high")
    | rates("n_without", "without_rate")
    | rates(("n_with", "n_without"), "difference_share", "difference_low", "difference_high")
)


def show_drivers(view: TouchpointLog) -> None:
    """Show which activities go with more wins, and which make no difference."""
    if _nothing_won(view):
        return
    frame = cached(journey.score_drivers)(view)
    chart = charts.plot_score_drivers(frame, theme=current_theme())
    show_plot(chart, key="drivers", file_name="score drivers")
    useless = frame[(frame["goes_with"] == "no difference seen") & (frame["points_per_touch"] > 0)]
    if len(useless):
        names = ", ".join(markdown(name) for name in useless["touchpoint"].head(8))
        st.markdown(f"**Give points, yet no difference is seen:** {names}")
    st.caption(
        "Of decided journeys that reached the activity's stage: those with it before the decision "
        "against those without. Who takes a step may differ in other ways too: an association, "
        "never a cause."
    )
    shown = frame.rename(columns={"difference": "difference_share"})
    shown["points_per_touch"] = shown["points_per_touch"].round(1)
    show_table(shown, key="drivers-table", file_name="score drivers", labels=LABELS, of=OF)


def show_model(view: TouchpointLog) -> None:
    """Show a fitted model beside the rules, and the rules that the data don't support."""
    if _nothing_won(view):
        return
    age = st.segmented_control(
        "Judge leads after so many days",
        AGES,
        default=60,
        required=True,
        key="scores-age",
        bind="query-params",
    )
    model = cached(journey.fit_score_model)(view, after_days=age)
    if model.problem:
        st.info(model.problem, icon=":material/info:")
    else:
        _show_fit(model)
    st.markdown("## Rules against the data")
    frame = cached(journey.rule_support)(view)
    doubtful = frame[frame["verdict"].isin(["not supported", "contradicted"])]
    if len(doubtful):
        st.markdown(f"**The data don't support {counted(len(doubtful), 'rule')}**")
    elif (frame["verdict"] == "supported").any():
        st.markdown("**The data speak against no rule**")
    else:
        st.markdown("**No rule can be judged yet**: too few journeys with it or without it.")
    for row in doubtful.itertuples():
        st.markdown(f"- {markdown(row.rule)} ({row.points:+g}): {markdown(as_read(row.meaning))}")
    first = ["rule", "points", "verdict", "meaning"]
    shown = frame[[*first, *(name for name in frame.columns if name not in first)]]
    shown = shown.rename(columns={"difference": "difference_share"})
    show_table(shown, key="support", file_name="rule support", labels=LABELS, of=OF)


def _show_fit(model: ScoreModel) -> None:
    """Show how well the model and each score by rule tell wins on journeys not fitted on."""
    table = model.auc.set_index("score")
    auc = table["auc"]
    best = str(auc.drop("model").idxmax())
    verdict = "no better than the best score by rule, as far as so few wins can tell"
    if table.loc["model", "low"] > auc[best]:
        verdict = "better than any score by rule"
    st.markdown(
        f"**The model tells wins {verdict}**: it ranks a won journey above another in "
        f"{percent(auc['model'])} of pairs, {SCORES[best].lower()} in {percent(auc[best])} "
        f"(chance: {percent(0.5)})."
    )
    st.caption(
        f"Fitted on {number(model.n_fitted)} decided journeys ({number(model.n_fitted_won)} won), "
        f"tested on {number(model.n_held_back)} others ({number(model.n_held_back_won)} won), "
        f"as known {days(model.after_days)} after the first touch. "
        f"Attributes have no dates and count as known then.{_left_out(model)}"
    )
    left, right = st.columns([3, 2], gap="medium")
    with left:
        chart = charts.plot_calibration(model.calibration, theme=current_theme())
        show_plot(chart, key="calibration", file_name="calibration")
    with right:
        shown = model.auc.assign(score=model.auc["score"].map(SCORES)).round(2)
        shown = shown.rename(columns={"low": "auc_from", "high": "auc_to"})
        words = {
            "auc": "Pairs ranked right (AUC)",
            "auc_from": "from",
            "auc_to": "to",
            "score": "Score",
        }
        show_table(shown, key="auc", file_name="auc", labels=words)
        show_table(model.weights.round(2), key="weights", file_name="weights", labels=LABELS)


def _left_out(model: ScoreModel) -> str:
    """Say who and what the model leaves out, and why."""
    words = ""
    if model.n_nameless:
        words += f" {counted(model.n_nameless, 'journey')} without a known account are left out."
    if model.left_out:
        names = ", ".join(markdown(name) for name in model.left_out)
        words += f" Left out, being known mostly of won deals: {names}."
    return words


def _nothing_won(view: TouchpointLog) -> bool:
    """Say what is missing where nothing can be said of winning."""
    if has_win_rule(view) and view.definitions.won:
        return False
    with st.container(border=True):
        st.markdown("**Nothing counts as a win yet**, so scores can't be held against wins.")
        page_link(DEFINITIONS, "Give a winning rule")
    return True
