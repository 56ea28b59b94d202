"""What the people of one account do, in order, with the days between: the plan of a journey."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import words
from profiles import Account, pick

LONGEST_GAP: Final = 24.0
SHORTEST_PAUSE: Final = 32.0
LEAK_AFTER: Final = 3
SEQUENCE_STAYS: Final = 0.95
LEAK_STAYS: Final = 0.36


@dataclass(frozen=True)
class Step:
    """One touch to come: days after the one before, type, and the place of the person."""

    gap: float
    kind: str
    person: int = 0
    channel: str = ""
    campaign: str = ""
    content: str = ""
    value: float | None = None
    reason: str = ""
    sentiment: float | None = None


def gaps(rng: np.random.Generator, n: int, days: float) -> list[float]:
    """Return n gaps that share out the days unevenly, none as long as a pause."""
    if n <= 0:
        return []
    drawn = rng.gamma(0.7, size=n) + 0.02
    return [float(min(gap, LONGEST_GAP)) for gap in drawn / drawn.sum() * days]


def feeling(rng: np.random.Generator, mean: float) -> float:
    """Return a sentiment from -1 to 1 around the mean."""
    return round(float(np.clip(rng.normal(mean, 0.3), -1, 1)), 2)


def visit(rng: np.random.Generator, account: Account, gap: float, kind: str, person: int) -> Step:
    """Return a page visit by way of the account's first source or directly."""
    channel = account.source if rng.random() < 0.95 else "Direct"
    return Step(gap, kind, person, channel)


def advert(rng: np.random.Generator, account: Account, gap: float, kind: str) -> Step:
    """Return an advertisement shown to or clicked by the first person."""
    paid = account.source if account.source in words.CAMPAIGNS else "Display"
    campaigns = words.CAMPAIGNS[paid]
    return Step(gap, kind, 0, paid, campaigns[int(rng.integers(len(campaigns)))])


def attract(rng: np.random.Generator, account: Account, n: int, days: float) -> list[Step]:
    """Return the first visits, most of them before anyone has left a name."""
    sees_ads = account.source in words.CAMPAIGNS or "ads" in account.traits
    weights = {"Blog article": 0.42, "Product page": 0.22, "Home page": 0.14, "Careers page": 0.008}
    if sees_ads:
        weights |= {"Ad view": 0.55, "Ad click": 0.16}
    steps = []
    for place, gap in enumerate(gaps(rng, n, days)):
        kind = words.FIRST_KIND[account.source] if place == 0 else pick(rng, weights)
        if kind in words.AD_KINDS:
            steps.append(advert(rng, account, gap, kind))
            continue
        alone = place == 0 or rng.random() < 0.8
        person = 0 if alone else int(rng.integers(len(account.people)))
        step = visit(rng, account, gap, kind, person)
        steps.append(replace(step, channel=account.source) if place == 0 else step)
    return steps


def capture(rng: np.random.Generator, account: Account) -> list[Step]:
    """Return the form that names the first person and the lead that the CRM makes of it."""
    forms = {"Whitepaper download": 0.45, "Newsletter sign-up": 0.25, "Template download": 0.2}
    form = "Contact form" if "hand raiser" in account.traits else pick(rng, forms)
    made = Step(float(rng.uniform(0.01, 0.2)), "Lead created", 0, account.source)
    return [visit(rng, account, float(rng.uniform(0.2, 6)), form, 0), made]


def colleagues(rng: np.random.Generator, account: Account) -> list[Step]:
    """Return a first look by everyone but the first person."""
    kinds = {"Product page": 0.6, "Blog article": 0.4}
    return [
        visit(rng, account, float(rng.uniform(0.5, 6)), pick(rng, kinds), person)
        for person in range(1, len(account.people))
    ]


def sequence_length(rng: np.random.Generator) -> int:
    """Return how many e-mails of the sequence a person gets: many leave after the third."""
    length = 1
    while length < len(words.SEQUENCE):
        stays = LEAK_STAYS if length == LEAK_AFTER else SEQUENCE_STAYS
        if rng.random() > stays:
            return length
        length += 1
    return length


def nurture_mail(
    rng: np.random.Generator, gap: float, person: int, campaign: str, content: str
) -> list[Step]:
    """Return an e-mail with the open, click and visit that may follow it."""
    sent = Step(gap, "Nurture e-mail sent", person, "E-mail", campaign, content)
    steps = [sent]
    if rng.random() < 0.34:
        opened = replace(sent, gap=float(rng.uniform(0.05, 0.9)), kind="Nurture e-mail opened")
        steps.append(opened)
        if rng.random() < 0.38:
            steps.append(replace(opened, gap=0.01, kind="Nurture e-mail clicked"))
            page = pick(rng, {"Case study": 0.7, "Comparison page": 0.3})
            steps.append(Step(0.01, page, person, "E-mail", campaign))
    return steps


def sequence(rng: np.random.Generator, person: int, gap: float) -> list[list[Step]]:
    """Return the guide sequence of one person, an e-mail with its answers at a time."""
    length = sequence_length(rng)
    mails = [
        nurture_mail(rng, gap, person, "Guide sequence", content)
        for content in words.SEQUENCE[:length]
    ]
    if length == LEAK_AFTER and rng.random() < 0.7:
        mails[-1].append(Step(0.4, "E-mail unsubscribed", person, "E-mail", "Guide sequence"))
    return mails


def webinar(rng: np.random.Generator, person: int, gap: float) -> list[Step]:
    """Return a registration and, mostly, the attendance days later."""
    title = words.WEBINARS[int(rng.integers(len(words.WEBINARS)))]
    booked = Step(gap, "Webinar registration", person, "Webinar", "Webinar series", title)
    if rng.random() > 0.68:
        return [booked]
    wait = float(rng.uniform(2, 9))
    mood = feeling(rng, 0.25)
    return [booked, replace(booked, gap=wait, kind="Webinar attended", sentiment=mood)]


def nurture_blocks(
    rng: np.random.Generator, account: Account, n: int, days: float
) -> list[list[Step]]:
    """Return the touches of the nurture stage in blocks that belong together."""
    n_people = len(account.people)
    typical = days / max(n, 1)
    mails = sequence(rng, 0, max(min(typical, 9.0), 1.5))
    gone = any(step.kind == "E-mail unsubscribed" for step in mails[-1])
    weights = {"Case study": 0.3, "Comparison page": 0.16, "Blog article": 0.05}
    if not gone:
        weights["mail"] = 0.35
    if "webinar" in account.traits:
        weights["webinar"] = 0.35
    extra = []
    for gap in gaps(rng, n, days):
        kind = pick(rng, weights)
        person = int(rng.integers(n_people)) if rng.random() < 0.6 else 0
        if kind == "mail":
            extra.append(nurture_mail(rng, gap, 0, "Monthly digest", "Digest"))
        elif kind == "webinar":
            extra.append(webinar(rng, person, gap))
        else:
            extra.append([visit(rng, account, gap, kind, person)])
    blocks = list(mails)
    for block in extra:
        blocks.insert(int(rng.integers(1, len(blocks) + 1)), block)
    if gone:
        blocks = [*mails, *extra]
    if account.has_brochure:
        blocks.insert(1, [visit(rng, account, 1.5, "Product brochure", 0)])
    return blocks


def pause(rng: np.random.Generator, account: Account) -> list[Step]:
    """Return what ends a silence of more than a month: a workshop, or business as usual."""
    gap = float(rng.uniform(SHORTEST_PAUSE + 1, 60))
    if account.has_workshop:
        roles = [person.role for person in account.people]
        guest = roles.index(words.OPERATIONS) if words.OPERATIONS in roles else 0
        return [Step(gap, "ROI workshop", guest, "Event", "ROI workshop")]
    return [visit(rng, account, gap, pick(rng, {"Case study": 0.6, "Comparison page": 0.4}), 0)]


def nurture(rng: np.random.Generator, account: Account, n: int, days: float) -> list[Step]:
    """Return the nurture stage; a pause, if there is one, comes in its second half."""
    blocks = nurture_blocks(rng, account, n, days)
    if account.has_pause:
        blocks.insert(max(len(blocks) // 2 + 1, len(blocks) - 2), pause(rng, account))
    return [step for block in blocks for step in block]


def handoff(rng: np.random.Generator, account: Account) -> list[Step]:
    """Return the MQL and its acceptance by sales, late where the owner is slow."""
    slow = account.owner == words.SLOW_OWNER
    wait = float(rng.lognormal(np.log(3.9 if slow else 0.62), 0.35))
    return [
        Step(float(rng.uniform(0.2, 2)), "MQL"),
        Step(wait, "SQL accepted"),
    ]


def sales_call(rng: np.random.Generator, account: Account, gap: float, mood: float) -> Step:
    """Return a call with any one of the people."""
    person = int(rng.integers(len(account.people)))
    return Step(gap, "Sales call", person, sentiment=feeling(rng, mood))


def sent_back(rng: np.random.Generator, account: Account) -> list[Step]:
    """Return a call, the lead's return to nurture with a reason, and some weeks there."""
    back = Step(float(rng.uniform(1, 6)), "Sent back to marketing", reason=pick(rng, words.REASONS))
    steps = [sales_call(rng, account, float(rng.uniform(0.5, 4)), 0.0), back]
    for gap in gaps(rng, int(rng.integers(2, 6)), float(rng.uniform(15, 45))):
        kind = pick(rng, {"Case study": 0.6, "Comparison page": 0.4})
        steps.append(visit(rng, account, gap, kind, int(rng.integers(len(account.people)))))
    return steps


def convert(
    rng: np.random.Generator, account: Account, n: int, days: float, mood: float
) -> list[Step]:
    """Return the selling: the first demo, calls, prices, and a proposal."""
    first = sales_call(rng, account, float(rng.uniform(0.5, 4)), mood)
    person = int(rng.integers(len(account.people)))
    steps = [first]
    if rng.random() < 0.6:
        steps.append(visit(rng, account, float(rng.uniform(0.5, 5)), "Demo request form", person))
    demo = Step(float(rng.uniform(2, 9)), "Demo held", person, sentiment=feeling(rng, mood + 0.2))
    steps.append(demo)
    weights = {"Sales call": 0.5, "Pricing page": 0.3, "Demo held": 0.08}
    if account.employees in ("1000-4999", "5000+"):
        weights["Security review"] = 0.15
    for gap in gaps(rng, n, days):
        kind = pick(rng, weights)
        if kind == "Sales call":
            steps.append(sales_call(rng, account, min(gap, 17.0), mood))
            continue
        someone = int(rng.integers(len(account.people)))
        step = visit(rng, account, min(gap, 17.0), kind, someone)
        steps.append(step if kind == "Pricing page" else replace(step, channel=""))
    steps.append(Step(float(rng.uniform(1, 7)), "Proposal sent", value=deal_value(rng, account)))
    steps.append(sales_call(rng, account, float(rng.uniform(2, 9)), mood))
    return steps


def deal_value(rng: np.random.Generator, account: Account) -> float:
    """Return a deal value that goes with the size of the company."""
    return float(round(words.DEAL_VALUE[account.employees] * rng.lognormal(0, 0.35), -2))


def expand(rng: np.random.Generator, account: Account, n_months: int) -> list[Step]:
    """Return the life of a customer, month by month."""
    guest = len(account.people) - 1
    steps = [Step(float(rng.uniform(3, 9)), "Onboarding session", guest) for _ in range(2)]
    leaves = rng.random() < 0.13
    for month in range(1, n_months + 1):
        letter = Step(float(rng.uniform(17, 24)), "Customer newsletter sent", 0, "E-mail")
        steps.append(replace(letter, campaign="Customer newsletter", content="Release notes"))
        if rng.random() < 0.4:
            mood = feeling(rng, -0.35)
            steps.append(Step(float(rng.uniform(1, 4)), "Support ticket", guest, sentiment=mood))
        if rng.random() < 0.35:
            steps.append(Step(float(rng.uniform(0.5, 3)), "Help article", guest, "Direct"))
        if month == 8 and leaves:
            return [*steps, Step(3.0, "Contract cancelled")]
        if month % 12 == 0:
            steps.append(Step(3.0, "Renewal", value=deal_value(rng, account)))
        if month > 3 and rng.random() < 0.035:
            steps.append(Step(2.0, "Upsell", value=round(deal_value(rng, account) * 0.3, -2)))
        if month > 2 and rng.random() < 0.02:
            steps.append(Step(2.0, "Referral given", guest))
    return steps
