"""From a fate to a dated journey: stages in order, ways back, holidays and the end of the log."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

import numpy as np
import steps as plan
import words
from profiles import Account, generator, is_anti_profile, pick
from steps import Step

DAY: Final = 86_400
START: Final = int(datetime(2024, 7, 1, tzinfo=UTC).timestamp())
END: Final = int(datetime(2026, 6, 30, 18, tzinfo=UTC).timestamp())
LAST_START: Final = int(datetime(2026, 5, 20, tzinfo=UTC).timestamp())
HOLIDAYS: Final = tuple(
    (
        int(datetime(year, 12, 20, tzinfo=UTC).timestamp()),
        int(datetime(year + 1, 1, 6, tzinfo=UTC).timestamp()),
    )
    for year in (2024, 2025)
)
UNCLEAR_SILENCE: Final = (84, 150)
"""Open accounts are silent for fewer or for more days than these, so that no reading of the
dormancy limit near 90 days changes an outcome."""

STUCK_SILENCE: Final = (46, 80)
LAST_CALL_DAYS: Final = 5.0
SHORTEST: Final = 4


@dataclass(frozen=True)
class Touch:
    """One dated touchpoint of a person, as the log of the truth has it."""

    at: int
    account: Account
    step: Step
    opportunity_id: str = ""


def activity(rng: np.random.Generator, mean: float, boost: float) -> int:
    """Return a number of touches with a long tail."""
    return 1 + int(rng.poisson(mean * boost))


def closing(rng: np.random.Generator, account: Account, fate: str) -> list[Step]:
    """Return the touch that ends the deal."""
    gap = float(rng.uniform(1, 9))
    if fate == "won":
        return [Step(gap, "Closed won", value=plan.deal_value(rng, account))]
    if fate == "no decision":
        return [Step(gap, "Closed no decision")]
    return [Step(gap, pick(rng, words.LOSSES))] if fate == "lost" else []


def early(rng: np.random.Generator, account: Account, days: float, boost: float) -> list[Step]:
    """Return the road to the lead, with the people who look in early."""
    steps = plan.attract(rng, account, activity(rng, 5.6, boost), days * 0.26)
    return steps + plan.colleagues(rng, account) + plan.capture(rng, account)


def stretch(steps: list[Step], days: float) -> list[Step]:
    """Return the steps over so many days; handovers and pauses keep the time they take."""
    fixed = ("MQL", "SQL accepted")
    held = [step.kind in fixed or step.gap > plan.SHORTEST_PAUSE for step in steps]
    waits = sum(step.gap for step, is_held in zip(steps, held, strict=True) if is_held)
    loose = sum(step.gap for step in steps) - waits
    factor = max(days - waits, days * 0.3) / max(loose, 0.1)
    return [
        step if is_held else replace(step, gap=min(step.gap * factor, plan.LONGEST_GAP))
        for step, is_held in zip(steps, held, strict=True)
    ]


def buyer_steps(rng: np.random.Generator, account: Account) -> list[Step]:
    """Return the whole plan of a buying account, as long as its size has it."""
    days = float(words.CYCLE_DAYS[account.employees] * rng.lognormal(0, 0.3))
    share = 1.0
    if account.fate == "dropped":
        share = 0.42 if account.drop_stage == "Capture" else float(rng.uniform(0.55, 1.0))
    steps = stretch(road(rng, account, days), days * share)
    if account.fate == "dropped":
        return steps + second_look(rng, account)
    return steps + aftermath(rng, account)


def road(rng: np.random.Generator, account: Account, days: float) -> list[Step]:
    """Return the plan of a buying account up to its close or its silence."""
    boost = float(rng.lognormal(-0.12, 0.62))
    steps = early(rng, account, days, boost)
    dropped = account.fate == "dropped"
    if dropped and account.drop_stage == "Capture":
        return steps
    skips = "hand raiser" in account.traits and not account.has_pause and not dropped
    if skips:
        steps.append(Step(1.2, "SQL accepted"))
    else:
        share = float(rng.uniform(0.55, 1.1)) if dropped else 1.0
        n_nurture = activity(rng, 8.0 * share, boost)
        steps += plan.nurture(rng, account, n_nurture, days * 0.6 * share)
    if dropped and account.drop_stage == "Nurture":
        return steps
    if not skips:
        steps += plan.handoff(rng, account)
    mood = 0.35 if account.fate == "won" else -0.05
    if dropped or "sent back" in account.traits:
        steps += plan.sent_back(rng, account)
        if dropped:
            return steps
        steps += plan.handoff(rng, account)
    if account.fate in ("lost", "no decision") and rng.random() < 0.3:
        return [*steps, plan.sales_call(rng, account, 3.0, -0.3)]
    return steps + plan.convert(rng, account, activity(rng, 6, boost), days * 0.26, mood)


def aftermath(rng: np.random.Generator, account: Account) -> list[Step]:
    """Return the close and what follows: a customer's life, or for some a second try."""
    steps = closing(rng, account, account.fate)
    if account.fate == "won":
        return steps + plan.expand(rng, account, 24)
    tries_again = account.fate in ("lost", "no decision") and not is_anti_profile(account)
    if tries_again and rng.random() < 0.16:
        back = Step(float(rng.uniform(60, 130)), "Pricing page", 0, "Direct")
        steps += [back, Step(1.5, "SQL accepted"), *plan.convert(rng, account, 3, 30, 0.1)]
        again = pick(rng, {"won": 0.35, "lost": 0.65})
        steps += closing(rng, account, again)
        steps += plan.expand(rng, account, 24) if again == "won" else []
    return steps


def second_look(rng: np.random.Generator, account: Account) -> list[Step]:
    """Return the few visits of an account that comes back after months, and goes again."""
    if "comes back" not in account.traits:
        return []
    waits = [float(rng.uniform(105, 260)), *plan.gaps(rng, int(rng.integers(1, 5)), 12.0)]
    kinds = {"Case study": 0.6, "Comparison page": 0.4}
    if account.drop_stage == "Capture":
        kinds = {"Blog article": 0.7, "Product page": 0.3}
    return [plan.visit(rng, account, wait, pick(rng, kinds), 0) for wait in waits]


def visitor_steps(rng: np.random.Generator, account: Account) -> list[Step]:
    """Return the plan of an account that will never buy."""
    weights = {
        "competitor": {
            "Pricing page": 0.35,
            "Comparison page": 0.35,
            "Product page": 0.3,
            "Product brochure": 0.04,
        },
        "student": {"Blog article": 0.8, "Case study": 0.2, "Product brochure": 0.08},
        "job seeker": {"Careers page": 0.86, "Home page": 0.14},
    }[account.kind]
    form = "Job application" if account.kind == "job seeker" else "Whitepaper download"
    n, days = {"competitor": (13, 260.0), "student": (6, 40.0), "job seeker": (5, 15.0)}[
        account.kind
    ]
    visits = [
        plan.visit(rng, account, gap, pick(rng, weights), 0)
        for gap in plan.gaps(rng, activity(rng, n, 1.0), days)
    ]
    middle = len(visits) // 2 + 1
    lead = [] if account.kind == "job seeker" else [Step(0.1, "Lead created", 0, account.source)]
    named = [plan.visit(rng, account, 0.3, form, 0), *lead]
    return visits[:middle] + named + visits[middle:]


def working_time(moment: float) -> int:
    """Map any moment into the working hours of its week, keeping the order of moments."""
    week, within = divmod(moment - 4 * DAY, 7 * DAY)
    day, rest = divmod(within * 5 / 7, DAY)
    return int(week * 7 * DAY + 4 * DAY + day * DAY + 7 * 3600 + rest / 2)


def after_holidays(rng: np.random.Generator, moment: float, kind: str) -> float | None:
    """Return the moment, a later one if it is put off, or None if the touch is left out."""
    for first, last in HOLIDAYS:
        if first <= working_time(moment) < last and rng.random() < 0.72:
            return None if kind in words.THINNED_KINDS else last + float(rng.uniform(0, 5)) * DAY
    return moment


def date_steps(
    rng: np.random.Generator, account: Account, steps: list[Step], start: float
) -> list[Touch]:
    """Return the steps as touches up to the end of the log, at least ten minutes apart."""
    touches: list[Touch] = []
    moment, last, n_opportunities, opportunity = start, 0, 0, ""
    for place, step in enumerate(steps):
        moment += step.gap * DAY
        if step.kind == "MQL":
            # a lead handed over from Thursday on would wait through the weekend
            weekday, rest = divmod((moment / DAY - 4) % 7, 1)
            moment += (7 - weekday - rest) * DAY if weekday >= 3 else 0
        kept = after_holidays(rng, moment, step.kind) if place else moment
        if kept is None:
            continue
        moment = kept
        at = max(working_time(moment), last + 600 + int(rng.integers(900)))
        if at > END:
            break
        if step.kind == "SQL accepted":
            n_opportunities += 1
            opportunity = f"O{account.account_id[1:]}-{n_opportunities}"
        touches.append(Touch(at, account, step, opportunity))
        if step.kind == "Sent back to marketing":
            opportunity = ""
        last = at
    return touches


def is_open(touches: list[Touch]) -> bool:
    """Tell whether no deal has been closed, or one was taken up again after a loss."""
    if any(touch.step.kind == "Closed won" for touch in touches):
        return False
    return touches[-1].step.kind not in {*words.LOSSES, "Closed no decision"}


def fits(account: Account, touches: list[Touch]) -> bool:
    """Tell whether an open account's silence leaves no doubt about its outcome."""
    if account.fate == "stuck" or not is_open(touches):
        return True
    silent = (END - touches[-1].at) / DAY
    return not UNCLEAR_SILENCE[0] <= silent <= UNCLEAR_SILENCE[1]


def names_everyone(touches: list[Touch]) -> bool:
    """Tell whether all who met an advertisement came to the website too, where they get a name."""
    sources: dict[int, set[str]] = {}
    for touch in touches:
        sources.setdefault(touch.step.person, set()).add(words.SOURCE_OF[touch.step.kind])
    return all("web" in found for found in sources.values() if "ads" in found)


def first_moment(rng: np.random.Generator, account: Account, steps: list[Step]) -> float:
    """Return a start: any day of the two years, or what lets a stuck deal end in time."""
    if account.fate != "stuck":
        return START + float(rng.random()) ** 1.3 * (LAST_START - START)
    silent = float(rng.uniform(*STUCK_SILENCE)) * DAY
    return END - silent - sum(step.gap for step in steps) * DAY


def keep_warm(rng: np.random.Generator, touches: list[Touch]) -> list[Touch]:
    """Return the touches of an open deal with a call in the last days: only planted deals stick."""
    last = touches[-1]
    in_deal = words.STAGE_OF[last.step.kind] == "Convert" and last.account.kind == "buyer"
    silent = (END - last.at) / DAY
    if not in_deal or not is_open(touches) or silent < LAST_CALL_DAYS:
        return touches
    at = working_time(END - float(rng.uniform(0.2, LAST_CALL_DAYS - 1.2)) * DAY)
    call = plan.sales_call(rng, last.account, 0.0, 0.1)
    return [*touches, replace(last, at=min(at, END), step=call)]


def journey(index: int, account: Account) -> list[Touch]:
    """Return the dated touches of one account."""
    rng = generator(100_000 + index)
    build = buyer_steps if account.kind == "buyer" else visitor_steps
    touches: list[Touch] = []
    for _ in range(40):
        steps = build(rng, account)
        start = first_moment(rng, account, steps)
        if start < START:
            continue
        touches = date_steps(rng, account, steps, start)
        if account.fate != "stuck":
            touches = keep_warm(rng, touches)
        stuck_silence = (END - touches[-1].at) / DAY
        if account.fate == "stuck" and not 45 < stuck_silence < UNCLEAR_SILENCE[0]:
            continue
        if len(touches) >= SHORTEST and fits(account, touches) and names_everyone(touches):
            return touches
    raise RuntimeError(f"no start suits account {account.account_id}; last tried: {touches[-1:]}")
