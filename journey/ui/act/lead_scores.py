"""Lead scores on the screen: the grade matrix, the ranked list with reasons, who won't buy."""

from dataclasses import replace
from functools import partial
from typing import Any, Final

import pandas as pd
import streamlit as st

import journey
from journey import charts
from journey.analysis.accounts.not_buyers import count_not_buyers, only_not_buyers
from journey.analysis.scores.lead_scores import NO_FIT
from journey.analysis.scores.scored_leads import graded
from journey.log import TouchpointLog
from journey.schema import OUTCOMES
from journey.ui.accounts import account_names, name_columns
from journey.ui.act.not_buyer_forms import ask_not_buyers
from journey.ui.cache import cached
from journey.ui.counts import Count, count_row
from journey.ui.explore.headlines import outcome_counts
from journey.ui.filters import read_until
from journey.ui.journeys import count_button
from journey.ui.navigation import ACCOUNT, open_page
from journey.ui.plots import current_theme, show_plot
from journey.ui.reader import fragment
from journey.ui.state import ACCOUNT_PARAMETER, current_filters
from journey.ui.tables import Listing, choose_row, has_choice, show_table
from journey.ui.text import OUTCOME_LABELS, as_read, counted, markdown, number, signed

OPEN: Final = ("stalled", "in_progress")
GOOD_FIT: Final = ("A", "B", NO_FIT)
ENGAGED: Final = ("1", "2")
KIND_NAMES: Final = {
    "competitor": "Competitors",
    "student": "Students",
    "job_seeker": "Job seekers",
}
LABELS: Final = {
    "account_id": "Id",
    "mql_at": "MQL since",
    "sql_at": "SQL since",
    "fit_reasons": "Why this fit",
    "engagement_reasons": "Why this engagement",
    "relationship_reasons": "Why this relationship",
    "not_buyer": "Will not buy",
}
HELP: Final = {
    "grade": "A to D for fit, 1 to 4 for engagement; ? where no rule tells of fit.",
    "fit": "Who they are.",
    "engagement": "What they did, fading with time.",
    "relationship": "Where they stand with us.",
    "mql_at": "When the rule for a marketing-qualified lead first held.",
    "sql_at": "When the rule for a sales-qualified lead first held.",
}


def headline(view: TouchpointLog) -> str:
    """Return how many open leads are worth a call now."""
    frame = cached(journey.score_grades)(_open(view))
    is_best = frame["fit_grade"].isin(GOOD_FIT) & frame["engagement_grade"].isin(ENGAGED)
    n_best, total = int(frame.loc[is_best, "n_journeys"].sum()), int(frame["n_journeys"].sum())
    has_fit = NO_FIT not in set(frame["fit_grade"])
    if not total:
        return "No lead is open"
    is_one = n_best <= 1
    fits = f"{'fits' if is_one else 'fit'} well and " if has_fit else ""
    who = number(n_best) if n_best else "None"
    return f"{who} of {counted(total, 'open lead')} {fits}{'is' if is_one else 'are'} engaged now"


def show_leads(view: TouchpointLog) -> None:
    """Show the matrix of grades and the ranked list, of open leads or of all journeys."""
    chosen = st.segmented_control(
        "Which",
        ["Open leads", "All journeys"],
        default="Open leads",
        required=True,
        key="scores-which",
        bind="query-params",
    )
    leads = _open(view) if chosen == "Open leads" else view
    if not leads.n_journeys:
        st.info("No lead is open in view.", icon=":material/info:")
        return
    if not view.definitions.scoring.of("fit"):
        st.info(
            "No rule tells who fits, so fit is neutral and grades show ?. Give one under Rules.",
            icon=":material/rule:",
        )
    grades = cached(journey.score_grades)(leads)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        chart = charts.plot_score_grades(grades, theme=current_theme())
        show_plot(chart, key="grades", file_name="lead grades")
    with right:
        _open_grade(leads, grades)
    _show_list(leads, key=f"scores:{leads.fingerprint}")


def show_not_buyers(view: TouchpointLog) -> None:
    """Show who will not buy, each with the reason, and the rules by which they are known."""
    with st.expander("Change the rules", icon=":material/edit:"):
        rules = ask_not_buyers(view)
    wanted = replace(view.definitions, not_buyers=rules)
    proposed = view.with_definitions(wanted) if wanted != view.definitions else view
    before, counts = (_counts_of_kinds(one) for one in (view, proposed))
    n_found = int(counts.sum())
    st.markdown(
        f"**{counted(n_found, 'journey')} will not buy**, by the rules. "
        "Nothing is deleted: 'Leave out who will not buy' under Filter takes them off every page."
    )
    if not n_found and not before.sum():
        st.caption(
            "Competitors are known by a list of domains, students by domains of schools, job "
            "seekers by applications."
        )
        return
    _show_kinds(before, counts)
    count_button(
        only_not_buyers(proposed),
        title="Will not buy",
        key="scores:not-buyers",
        label="Open the list",
    )
    listing = Listing(n_found, lambda limit: cached(_not_buyers)(proposed, limit=limit))
    show_table(listing, key="not-buyers", file_name="not buyers")


def _counts_of_kinds(log: TouchpointLog) -> pd.Series:
    return cached(count_not_buyers)(log).set_index("kind")["n_journeys"]


def _show_kinds(before: pd.Series, counts: pd.Series) -> None:
    """Show how many of each kind there are by the rules proposed, and by those saved."""
    for place, (kind, name) in zip(st.columns(3), KIND_NAMES.items(), strict=True):
        change = int(counts[kind]) - int(before[kind])
        place.metric(
            name,
            number(int(counts[kind])),
            delta=f"{signed(change)} against the rules saved" if change else None,
            delta_color="off",
        )


def _open(view: TouchpointLog) -> TouchpointLog:
    return view.where(outcome=OPEN)


@fragment
def _open_grade(leads: TouchpointLog, grades: pd.DataFrame) -> None:
    """Let the user choose a grade and open its journeys; a choice runs only this."""
    filled = grades[grades["n_journeys"] > 0]
    names = (filled["fit_grade"] + filled["engagement_grade"]).tolist()
    with st.container(border=True):
        chosen = st.selectbox("Open leads of grade", names, key="scores:grade")
        row = filled.iloc[names.index(chosen)]
        letter, figure = str(row["fit_grade"]), str(row["engagement_grade"])
        inside = partial(graded, leads, letter, figure)
        stand = outcome_counts(inside())
        counts = [Count("All", int(row["n_journeys"]), inside, f"Grade {chosen}")]
        counts += [
            Count(
                OUTCOME_LABELS[outcome],
                stand[outcome],
                partial(_with_outcome, leads, letter, figure, outcome),
                f"Grade {chosen}, {OUTCOME_LABELS[outcome].lower()}",
            )
            for outcome in OUTCOMES
            if stand[outcome]
        ]
        count_row(counts, key=f"grade:{chosen}")
    last_day = current_filters().last_day
    until = read_until(leads, last_day)
    rules = leads.definitions.scoring
    fit, engagement = rules.fit_grades, rules.engagement_grades
    st.caption(
        f"Fit: A from {fit[0]:g} points, B from {fit[1]:g}, C from {fit[2]:g}. Engagement: 1 from "
        f"{engagement[0]:g}, 2 from {engagement[1]:g}, 3 from {engagement[2]:g}; it halves every "
        f"{rules.half_life_days:g} days. As of {until:%Y-%m-%d}."
    )
    if last_day is not None:
        st.caption(
            "Only touches until then count. Attributes, and which visitor is whom, are as known "
            "now: the data have no dates for them."
        )


def _with_outcome(leads: TouchpointLog, fit: str, engagement: str, outcome: str) -> TouchpointLog:
    return graded(leads, fit, engagement).where(outcome=outcome)


@fragment
def _show_list(leads: TouchpointLog, key: str) -> None:
    """Show the ranked list, and beside it the lead that is chosen."""
    listing = Listing(leads.n_journeys, lambda limit: cached(_scored)(leads, limit=limit))
    who = {"name": "Account"} if name_columns(leads) else {"account_id": "Account"}
    place, panel = st.columns([2, 1]) if has_choice(key) else (st.columns(1)[0], None)
    with place:
        row = choose_row(
            listing,
            key=key,
            file_name="lead scores",
            column_help=HELP,
            labels=LABELS | who,
            on_screen=_on_screen,
        )
    if row is None or panel is None:
        st.caption("Choose a row for the rules behind its scores.")
        return
    lead = listing.upto(row).iloc[row]
    account_id = str(lead["account_id"])
    with panel, st.container(border=True):
        _show_details(lead)
        if leads.case == "account" and st.button(
            "Open the account", type="primary", icon=":material/apartment:"
        ):
            open_page(ACCOUNT, **{ACCOUNT_PARAMETER: account_id})
    with place:
        history = cached(journey.score_history)(leads, account_id)
        chart = charts.plot_score_history(history, theme=current_theme())
        show_plot(chart, key="history", file_name=f"scores of {account_id}")


def _scored(leads: TouchpointLog, *, limit: int | None) -> pd.DataFrame:
    return _named(leads, journey.score_leads(leads, limit=limit))


def _not_buyers(view: TouchpointLog, *, limit: int | None) -> pd.DataFrame:
    frame = journey.not_buyers(view, limit=limit)
    kinds = {kind: name.removesuffix("s") for kind, name in KIND_NAMES.items()}
    return _named(view, frame.assign(kind=frame["kind"].map(kinds)))


def _named(log: TouchpointLog, frame: pd.DataFrame) -> pd.DataFrame:
    """Put the names of accounts beside their ids, where there are names."""
    if not name_columns(log):
        return frame
    names = account_names(log, frame["account_id"].tolist())
    return frame.assign(name=names)[["account_id", "name", *frame.columns[1:]]]


def _on_screen(frame: pd.DataFrame) -> pd.DataFrame:
    """Give the columns worth showing, points whole: one that is empty only takes room."""
    reasons = [f"{name}_reasons" for name in _points()]
    shown = frame.assign(
        **{name: frame[name].round() for name in _points()},
        **{name: frame[name].map(as_read, na_action="ignore") for name in reasons},
    )
    order = [
        *("account_id", "owner", "stage", "outcome", "grade", *_points()),
        *("engagement_reasons", "fit_reasons", "mql_at", "sql_at", "not_buyer"),
    ]
    if "name" in frame:
        shown["name"] = frame["name"].fillna(frame["account_id"])
        order = ["name", *order[1:], "account_id"]
    return shown[[name for name in order if shown[name].notna().any()]]


def _points() -> tuple[str, str, str]:
    return "fit", "engagement", "relationship"


def _show_details(row: pd.Series) -> None:
    """Show the three scores of a lead with the rules that made each."""
    known: Any = row.get("name")
    name = row["account_id"] if known is None or pd.isna(known) else known
    st.markdown(f"## {markdown(name)}")
    facts = [f"Grade {row['grade']}", row["stage"], row["owner"]]
    st.caption(" · ".join(markdown(fact) for fact in facts if pd.notna(fact)))
    for dimension in _points():
        st.markdown(f"**{dimension.capitalize()} {number(round(row[dimension], 1))}**")
        lines = str(row[f"{dimension}_reasons"]).split("; ")
        st.markdown("\n".join(f"- {markdown(as_read(line))}" for line in lines))
    for post in ("mql", "sql"):
        if pd.notna(row[f"{post}_at"]):
            st.markdown(f"{post.upper()} since {row[f'{post}_at']:%Y-%m-%d}")
    if pd.notna(row["not_buyer"]):
        st.warning(markdown(row["not_buyer"]), icon=":material/block:")
