"""The tools' exports: one log told by five tools that know different things about it."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Final

import contents
import numpy as np
import pandas as pd
import words
from journeys import DAY, END, START, Touch, working_time
from profiles import SEED, Account, Person, pick
from steps import Step

N_STRANGERS: Final = 900
WEBINAR_GAP: Final = (
    int(datetime(2025, 9, 8, tzinfo=UTC).timestamp()),
    int(datetime(2025, 9, 29, tzinfo=UTC).timestamp()),
)
ALSO_IN_CRM: Final = {"Webinar registration": 0.6, "Demo request form": 0.7}
UTM: Final = {
    "Paid social": ("linkedin", "paid_social"),
    "Paid search": ("google", "cpc"),
    "Display": ("adnet", "display"),
    "E-mail": ("newsletter", "email"),
    "Referral": ("partner", "referral"),
}
CLICK_COST: Final = {"Paid social": 28.0, "Paid search": 16.0, "Display": 6.0}
VIEW_COST: Final = 0.4
SPOILED: Final = {"web": (2, 2), "ads": (2, 0), "email": (1, 2), "webinar": (1, 0), "crm": (2, 2)}
REPEATED: Final = {"web": 14, "ads": 6, "email": 12, "webinar": 3, "crm": 7}
VARIED: Final = {
    "web": ("event", ("Blog article", "Pricing page"), 40),
    "ads": ("channel", ("Paid social",), 120),
    "email": ("channel", ("E-mail",), 40),
    "crm": ("activity", ("Sales call", "Demo held"), 40),
}
TYPE_HEADER: Final = {
    "web": "event",
    "ads": "interaction",
    "email": "event_type",
    "webinar": "activity",
    "crm": "activity",
}
TIME_HEADER: Final = {
    "web": "timestamp",
    "ads": "interaction_time",
    "email": "event_time",
    "webinar": "activity_time",
    "crm": "activity_date",
}


def zulu(at: int) -> str:
    """Return the time as 2025-03-04T09:12:33Z."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def spaced(at: int) -> str:
    """Return the time as 2025-03-04 09:12:33, in UTC."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S")


def known_since(touches: Iterable[Touch]) -> dict[str, int]:
    """Return, by e-mail, when the website first knew the person.

    A person known only to other tools is named on the last visit, so that each visitor id of a
    contact can be joined.
    """
    named: dict[str, int] = {}
    last_visit: dict[str, int] = {}
    for touch in touches:
        email = person_of(touch).email
        kind = touch.step.kind
        if words.SOURCE_OF[kind] != "web":
            continue
        last_visit[email] = touch.at
        if kind in words.FORM_KINDS or touch.step.channel == "E-mail":
            named.setdefault(email, touch.at)
    return last_visit | named


def person_of(touch: Touch) -> Person:
    """Return who made the touch."""
    return touch.account.people[touch.step.person]


def web_row(rng: np.random.Generator, touch: Touch, since: dict[str, int]) -> dict[str, object]:
    """Return a page view as the website's analytics tool exports it."""
    step, person = touch.step, person_of(touch)
    source, medium = UTM.get(step.channel, ("", ""))
    pages = words.PAGES[step.kind]
    campaign = step.campaign
    if not campaign and step.channel in words.CAMPAIGNS:
        campaign = words.CAMPAIGNS[step.channel][0]
    return {
        "timestamp": zulu(touch.at),
        "anonymous_id": person.anonymous_id,
        "email": person.email if touch.at >= since[person.email] else "",
        "event": step.kind,
        "url": pages[int(rng.integers(len(pages)))],
        "utm_source": source,
        "utm_medium": medium,
        "utm_campaign": campaign,
        "channel": step.channel,
    }


def ads_row(rng: np.random.Generator, touch: Touch) -> dict[str, object]:
    """Return an advertisement seen or clicked as the ad platforms export it."""
    step = touch.step
    clicked = step.kind == "Ad click"
    price = CLICK_COST[step.channel] if clicked else VIEW_COST
    return {
        "interaction_time": spaced(touch.at),
        "anonymous_id": person_of(touch).anonymous_id,
        "interaction": step.kind,
        "direction": "did" if clicked else "was shown",
        "channel": step.channel,
        "campaign": step.campaign,
        "cost_eur": f"{price * float(rng.uniform(0.6, 1.4)):.2f}",
    }


def email_row(touch: Touch) -> dict[str, object]:
    """Return an e-mail event as the e-mail tool exports it."""
    step = touch.step
    return {
        "event_time": zulu(touch.at),
        "email": person_of(touch).email,
        "event_type": step.kind,
        "direction": "was shown" if step.kind in words.SHOWN_KINDS else "did",
        "campaign": step.campaign,
        "content": step.content,
        "channel": step.channel,
    }


def webinar_row(touch: Touch) -> dict[str, object]:
    """Return a registration or attendance as the webinar tool exports it."""
    step = touch.step
    return {
        "activity_time": zulu(touch.at),
        "email": person_of(touch).email,
        "activity": step.kind,
        "webinar": step.content,
        "campaign": step.campaign,
        "channel": step.channel,
        "sentiment": "" if step.sentiment is None else f"{step.sentiment:.2f}",
    }


def crm_row(touch: Touch, delay: int = 0) -> dict[str, object]:
    """Return an activity as the CRM exports it."""
    step, account = touch.step, touch.account
    channel = step.channel
    if step.kind in words.SALES_KINDS:
        channel = "Sales"
    elif step.kind in words.SUCCESS_KINDS:
        channel = "Customer success"
    return {
        "activity_date": spaced(touch.at + delay),
        "contact_email": person_of(touch).email,
        "account_id": account.account_id,
        "opportunity_id": touch.opportunity_id,
        "activity": step.kind,
        "stage": words.STAGE_OF[step.kind],
        "channel": channel,
        "owner": account.owner,
        "value_eur": "" if step.value is None else f"{step.value:.0f}",
        "reason": step.reason,
        "sentiment": "" if step.sentiment is None else f"{step.sentiment:.2f}",
    }


def strangers(rng: np.random.Generator) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    """Return visits and ad contacts of people who never leave a name."""
    web: list[dict[str, object]] = []
    ads: list[dict[str, object]] = []
    nobody = Person("", "", "", "", "")
    for _ in range(N_STRANGERS):
        someone = f"{int(rng.integers(16**8)):08x}"
        moment = START + float(rng.random()) * (END - START - 9 * DAY)
        source = pick(rng, words.SOURCES)
        for _ in range(1 + int(rng.poisson(1.1))):
            moment += float(rng.exponential(1.5)) * DAY
            at = working_time(moment)
            kind = pick(rng, {"Blog article": 0.6, "Home page": 0.25, "Product page": 0.15})
            if source in words.CAMPAIGNS and rng.random() < 0.5:
                kind = pick(rng, {"Ad view": 0.6, "Ad click": 0.4})
            if at > END:
                break
            touch = stranger_touch(rng, at, kind, source, someone)
            if kind in words.AD_KINDS:
                ads.append(ads_row(rng, touch))
            else:
                web.append(web_row(rng, touch, {nobody.email: END + 1}))
    return web, ads


def stranger_touch(
    rng: np.random.Generator, at: int, kind: str, source: str, anonymous_id: str
) -> Touch:
    """Return a touch of a visitor with no name and no account."""
    someone = Person("", "", "", "", anonymous_id)
    nowhere = Account("", "", "", "", "", "", "", "", people=(someone,))
    campaigns = words.CAMPAIGNS.get(source, ("",))
    campaign = campaigns[int(rng.integers(len(campaigns)))]
    return Touch(at, nowhere, Step(0.0, kind, 0, source, campaign))


def exports(touches: Sequence[Touch]) -> dict[str, pd.DataFrame]:
    """Return the five event exports, with what two tools saw and what one tool missed."""
    rng = np.random.default_rng([SEED, 1])
    since = known_since(touches)
    rows: dict[str, list[dict[str, object]]] = {name: [] for name in TIME_HEADER}
    for touch in touches:
        kind = touch.step.kind
        source = words.SOURCE_OF[kind]
        if source == "web":
            rows["web"].append(web_row(rng, touch, since))
        elif source == "ads":
            rows["ads"].append(ads_row(rng, touch))
        elif source == "email":
            rows["email"].append(email_row(touch))
        elif source == "crm":
            rows["crm"].append(crm_row(touch))
        elif not WEBINAR_GAP[0] <= touch.at < WEBINAR_GAP[1]:
            rows["webinar"].append(webinar_row(touch))
        if rng.random() < ALSO_IN_CRM.get(kind, 0.0):
            rows["crm"].append(crm_row(touch, delay=int(rng.integers(4, 171))))
    web, ads = strangers(rng)
    rows["web"] += web
    rows["ads"] += ads
    return {name: muddle(rng, name, pd.DataFrame(found)) for name, found in rows.items()}


def muddle(rng: np.random.Generator, name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Return an export in order of time with the faults that real exports have."""
    time, kind = TIME_HEADER[name], TYPE_HEADER[name]
    frame = frame.astype(object).sort_values(time, kind="stable").reset_index(drop=True)
    if name in VARIED:
        header, values, n_rows = VARIED[name]
        rows = np.flatnonzero(frame[header].isin(values))
        for place, row in enumerate(rng.choice(rows, n_rows, replace=False)):
            value = str(frame.loc[row, header])
            variants = (value.lower(), f"{value} ", f" {value}", value.upper(), f"{value.title()} ")
            frame.loc[row, header] = variants[place % len(variants)]
    no_time, no_kind = SPOILED[name]
    middle = np.arange(len(frame) // 4, len(frame) * 3 // 4)
    picked = rng.choice(middle, REPEATED[name] + no_time + no_kind, replace=False)
    repeats = frame.loc[picked[: REPEATED[name]]]
    untimed = frame.loc[picked[REPEATED[name] :][:no_time]].assign(**{time: ""})
    untyped = frame.loc[picked[REPEATED[name] + no_time :]].assign(**{kind: ""})
    whole = pd.concat([frame, repeats, untyped]).sort_values(time, kind="stable")
    return pd.concat([whole.iloc[:100], untimed, whole.iloc[100:]]).reset_index(drop=True)


def accounts_frame(accounts: Sequence[Account]) -> pd.DataFrame:
    """Return the accounts' attributes, a few of them spelt in another way or unknown."""
    frame = pd.DataFrame(
        {
            "account_id": account.account_id,
            "company": account.company,
            "domain": account.domain,
            "industry": account.industry,
            "employees": account.employees,
            "country": account.country,
            "annual_budget": account.budget or "n/a",
            "owner": account.owner,
        }
        for account in accounts
    )
    spelt = frame["industry"].eq("Manufacturing")
    frame.loc[frame.index[spelt][10:14], "industry"] = "manufacturing "
    frame.loc[frame.index[frame["industry"].eq("Retail")][5:8], "industry"] = " RETAIL"
    return frame


def contacts_frame(accounts: Sequence[Account]) -> pd.DataFrame:
    """Return the people with their accounts and roles."""
    return pd.DataFrame(
        {
            "email": person.email,
            "account_id": account.account_id,
            "name": person.name,
            "role": person.role,
            "seniority": person.seniority,
        }
        for account in accounts
        for person in account.people
    )


def contents_frame() -> pd.DataFrame:
    """Return what marketing lists as its content, used or not."""
    columns = ["content", "stage", "persona", "question", "kind", "published_at"]
    return pd.DataFrame(contents.CONTENT, columns=columns)


def costs_frame() -> pd.DataFrame:
    """Return what was spent by month beside the cost of each ad contact."""
    rng = np.random.default_rng([SEED, 2])
    lines = (
        ("campaign", "Organic search", "Blog and guides", 6200),
        ("campaign", "Webinar", "Webinar series", 2400),
        ("campaign", "E-mail", "Guide sequence", 700),
        ("campaign", "Referral", "Partner programme", 1500),
        ("campaign", "Event", "ROI workshop", 1800),
        ("technology", "", "E-mail tool", 950),
        ("technology", "", "Webinar tool", 400),
        ("technology", "", "CRM licences", 2100),
        ("labour", "", "Marketing team", 21500),
        ("labour", "", "Sales development", 14800),
    )
    months = pd.period_range("2024-07", "2026-06", freq="M").astype(str)
    return pd.DataFrame(
        {
            "month": month,
            "kind": kind,
            "channel": channel,
            "campaign": name,
            "cost_eur": f"{amount * float(rng.uniform(0.9, 1.1)):.2f}",
        }
        for month in months
        for kind, channel, name, amount in lines
    )
