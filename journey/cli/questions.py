"""The questions that can be asked of a log, and why an answer may have no rows."""

from argparse import Namespace
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import pandas as pd

import journey
from journey.analysis.content.audit import judged_text
from journey.analysis.content.feelings import sources_text
from journey.analysis.spending.reach import reach_text, worth_text
from journey.cli.compared import compared
from journey.cli.inventories import inventory_of
from journey.cli.to_call import calls, left_out_text, nobody_to_call, stalled, visitor_text
from journey.log import TouchpointLog

Answer = pd.DataFrame | dict[str, object]


def _nothing_to_list(_log: TouchpointLog, _given: Namespace) -> str:
    return "the journeys in view have nothing of the kind."


def _no_note(_log: TouchpointLog, _view: TouchpointLog, _given: Namespace) -> str:
    return ""


def _no_anchor(log: TouchpointLog, given: Namespace) -> str:
    """Which of the types that flows are cut at the journeys lack."""
    named = {"--around": given.around, "--start": given.start, "--end": given.end}
    for option, touchpoint in named.items():
        if touchpoint is not None and not log.having(touchpoint).n_journeys:
            return f"{option} {touchpoint!r} is in no journey in view."
    return f"no journey in view has --end {given.end!r} after --start {given.start!r}."


def _no_posts(_log: TouchpointLog, _given: Namespace) -> str:
    return (
        "a lead is handed on between two posts, such as mql and accepted. Name the touchpoint "
        "types of each under [meanings] in a file, and give that by --definitions FILE."
    )


def _no_promise(_log: TouchpointLog, _given: Namespace) -> str:
    return (
        "nothing was promised. Say mql_hours = 48 under [ownership] in a file, or sla_hours of a "
        "stage that has a lead, and give that by --definitions FILE."
    )


@dataclass(frozen=True)
class Question:
    """One command that asks: its words, its function, the reason when no row comes back.

    ``tells_wins``: its figures mean little where nothing wins a journey. ``note``: what the reader
    should know of the answer, of the whole log and what of it is in view; empty: nothing.
    """

    words: str
    ask: Callable[[TouchpointLog, Namespace], Answer]
    why_empty: Callable[[TouchpointLog, Namespace], str] = _nothing_to_list
    tells_wins: bool = False
    note: Callable[[TouchpointLog, TouchpointLog, Namespace], str] = _no_note


SHOWN: Final[dict[str, dict[str, Callable[[TouchpointLog, Namespace], Answer]]]] = {
    "lifecycle": {
        "figures": lambda log, given: journey.lifecycle_metrics(log, days=given.days),
        "movement": lambda log, given: journey.stage_movement(log, days=given.days),
        "reach": lambda log, _: journey.reach_by_month(log),
        "post-sale": lambda log, _: journey.post_sale(log),
    },
    "nurture": {
        "months": lambda log, _: journey.nurture_metrics(log),
        "scores": lambda log, _: journey.score_profile(log),
        "programmes": lambda log, _: journey.nurture_programmes(log),
        "content": lambda log, _: journey.content_engagement(log),
        "triggers": lambda log, _: journey.triggers(log),
        "comparison": lambda log, _: journey.nurtured_comparison(log),
    },
}
"""What ``--show`` of a command can be, the first where it isn't given."""


QUESTIONS: Final[dict[str, Question]] = {
    "summary": Question(
        "size, span and outcomes", lambda log, _: journey.summary(log), tells_wins=True
    ),
    "map": Question(
        "moves between touchpoint types",
        lambda log, _: journey.directly_follows(log),
        lambda _log, _given: "no journey in view has two touchpoints, so nothing moves.",
    ),
    "paths": Question("whole sequences", lambda log, given: journey.variants(log, top=given.top)),
    "flows": Question(
        "journeys step by step",
        lambda log, given: journey.step_flows(
            log,
            steps=given.steps,
            start=given.start,
            end=given.end,
            around=given.around,
            n_types=given.types,
        ),
        _no_anchor,
    ),
    "stages": Question(
        "stages reached and conversion", lambda log, _: journey.stage_funnel(log), tells_wins=True
    ),
    "dropoffs": Question(
        "where journeys end",
        lambda log, _: journey.drop_offs(log),
        lambda _log, _given: "there is only one stage, so none goes on to a next.",
    ),
    "times": Question(
        "days to the next stage",
        lambda log, _: journey.time_to_next_stage(log),
        lambda _log, _given: "there is only one stage, so none goes on to a next.",
    ),
    "outcomes": Question(
        "journeys by outcome", lambda log, _: journey.outcomes(log), tells_wins=True
    ),
    "segments": Question(
        "figures by an attribute",
        lambda log, given: journey.segment_breakdown(log, by=given.by),
        tells_wins=True,
    ),
    "compare": Question("two segments, or two periods, side by side", compared),
    "icp": Question(
        "the ideal customer and whom to avoid",
        lambda log, given: journey.ideal_customer_profile(log, by=given.by).drop(columns="segment"),
        lambda _log, _given: "no attribute sets won or lost journeys apart by more than chance.",
        tells_wins=True,
    ),
    "traits": Question(
        "wins with each trait against without",
        lambda log, _: journey.profile_traits(log).drop(columns="segment"),
        tells_wins=True,
    ),
    "personas": Question(
        "parts that roles play, and wins with them",
        lambda log, _: journey.personas(log),
        lambda _log, _given: "no person in view has a role or job title.",
        tells_wins=True,
    ),
    "groups": Question(
        "wins by the number of people", lambda log, _: journey.buying_groups(log), tells_wins=True
    ),
    "attribution": Question(
        "credit for wins by channel, seven models",
        lambda log, given: journey.attribute(
            log,
            by=given.by or "channel",
            half_life_days=7.0 if given.half_life is None else given.half_life,
        ).rename(columns={"channel": given.by or "channel"}),
        lambda _log, _given: "no journey that is over has a known value of the column.",
        tells_wins=True,
    ),
    "lifecycle": Question(
        "each stage's figures, this period and the last",
        lambda log, given: SHOWN["lifecycle"][given.show](log, given),
        tells_wins=True,
    ),
    "nurture": Question(
        "leads, MQLs, programmes, triggers",
        lambda log, given: SHOWN["nurture"][given.show](log, given),
    ),
    "costs": Question(
        "cost for each lead, MQL, SQL and customer",
        lambda log, given: journey.cost_per(log, by=given.by),
        lambda _log, _given: "no journey became a lead or customer, and no cost is known.",
        tells_wins=True,
        note=lambda _log, view, _given: f"{reach_text(view)} {worth_text(view)}".strip(),
    ),
    "handoffs": Question(
        "leads handed on, taken on in time or sent back",
        lambda log, given: (
            journey.handoffs_by(log, by=given.by) if given.by else journey.handoffs(log)
        ),
        _no_posts,
    ),
    "returned": Question(
        "leads sent back, by reason",
        lambda log, _: journey.returned_leads(log),
        lambda _log, _given: "no touchpoint of the log sends a lead back.",
    ),
    "ownership": Question(
        "who leads which stage, and what departments do there",
        lambda log, _: journey.ownership_matrix(log),
    ),
    "promises": Question(
        "answers promised between departments: in time, late, due, past due",
        lambda log, given: (
            journey.service_levels_by(log, by=given.by) if given.by else journey.service_levels(log)
        ),
        _no_promise,
    ),
    "content": Question(
        "content: used and what follows, orphaned, not used in view, dead",
        lambda log, given: journey.content_audit(log, inventory=inventory_of(given)),
        lambda _log, _given: "no touchpoint of the log names a content.",
        tells_wins=True,
        note=lambda _log, view, _given: judged_text(view),
    ),
    "feelings": Question(
        "mean sentiment by stage and touchpoint",
        lambda log, _: journey.feelings(log),
        lambda _log, _given: (
            "no touchpoint in view has a sentiment. Give the column by --column sentiment=HEADER, "
            "or free text in English by --column comment=HEADER."
        ),
        note=lambda _log, view, _given: sources_text(view),
    ),
    "stalled": Question(
        "open accounts gone silent",
        stalled,
        nobody_to_call,
        tells_wins=True,
        note=lambda _log, view, given: left_out_text(view, given),
    ),
    "forecast": Question(
        "wins and value expected week by week",
        lambda log, given: journey.forecast_wins(log, weeks=given.weeks),
        tells_wins=True,
    ),
    "backtest": Question(
        "past forecasts beside what happened",
        lambda log, given: journey.forecast_backtest(log, weeks=given.weeks),
        lambda _log, _given: "too few wins, or too short a log, to try past forecasts.",
        tells_wins=True,
    ),
    "scores": Question(
        "leads by fit, engagement and relationship, with reasons",
        lambda log, given: journey.score_leads(log, limit=given.top),
    ),
    "drivers": Question(
        "which activities go with wins",
        lambda log, given: journey.score_drivers(log).head(given.top),
        lambda _log, _given: "no journey in view is decided, so nothing can be compared.",
        tells_wins=True,
    ),
    "not-buyers": Question(
        "competitors, students and job seekers, with the reason",
        lambda log, _: journey.not_buyers(log),
        lambda _log, _given: "everybody in view may buy, as far as the rules tell.",
    ),
    "calls": Question(
        "stalled accounts as rows that a CRM can import",
        calls,
        nobody_to_call,
        tells_wins=True,
        note=lambda _log, view, given: left_out_text(view, given),
    ),
    "next": Question(
        "what journeys in the same state did next, and how many won",
        lambda log, given: journey.next_best_touches(log, given.account),
        lambda _log, _given: (
            "too few decided journeys: no touch has 30, or one decided the account."
        ),
        tells_wins=True,
        note=lambda _log, view, given: visitor_text(view, given),
    ),
    "routes": Question(
        "the routes that won from where an account stands",
        lambda log, given: journey.winning_routes(log, given.account),
        lambda _log, _given: "too few wins: none from the stage of the account, or it is decided.",
        tells_wins=True,
        note=lambda _log, view, given: visitor_text(view, given),
    ),
    "journeys": Question("one row per journey", lambda log, _: journey.journeys(log)),
    "timeline": Question(
        "all touches of one account",
        lambda log, given: journey.account_timeline(log, given.account),
    ),
}

WHOLE_LOG: Final = ("next", "routes")
"""Questions about one account beside all others, whatever is in view."""
