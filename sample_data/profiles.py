"""Who is in the sample: accounts, their people, and what will become of them.

A fate is drawn from the profile before any touch is written, so every planted fact has a cause.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final, TypeVar

import names
import numpy as np
import words

SEED: Final = 20260630
N_BUYERS: Final = 1116
N_COMPETITORS: Final = len(names.COMPETITOR_DOMAINS)
N_STUDENTS: Final = 32
N_JOB_SEEKERS: Final = 38
N_STUCK: Final = 24
FREE_MAIL_SHARE: Final = 0.01

Key = TypeVar("Key")


@dataclass(frozen=True)
class Person:
    """A contact of an account, with the id of the browser used before the name was known."""

    email: str
    name: str
    role: str
    seniority: str
    anonymous_id: str


@dataclass(frozen=True)
class Account:
    """A company with its people and the fate that its journey is written to."""

    account_id: str
    company: str
    domain: str
    industry: str
    employees: str
    country: str
    budget: str
    owner: str
    people: tuple[Person, ...] = ()
    kind: str = "buyer"
    source: str = "Organic search"
    fate: str = "dropped"
    drop_stage: str = "Nurture"
    has_pause: bool = False
    has_workshop: bool = False
    has_brochure: bool = False
    traits: frozenset[str] = field(default_factory=frozenset)


def pick(rng: np.random.Generator, weights: Mapping[Key, float]) -> Key:
    """Return one key, drawn by its weight."""
    mark = rng.random() * sum(weights.values())
    for key, weight in weights.items():
        mark -= weight
        if mark < 0:
            return key
    return list(weights)[-1]


def generator(index: int) -> np.random.Generator:
    """Return the stream of numbers of one account, untouched by changes to the others."""
    return np.random.default_rng([SEED, index])


def build_people(
    rng: np.random.Generator, account: Account, n_people: int, taken: set[str]
) -> tuple[Person, ...]:
    """Return the contacts of a buying account; about one in three has an Operations Director."""
    role_weights = {role: weight for role, (_, weight) in words.ROLES.items()}
    director_at = int(rng.integers(n_people)) if rng.random() < 0.34 else -1
    people = []
    for position in range(n_people):
        role = pick(rng, role_weights)
        seniority = words.ROLES[role][0]
        if position == director_at:
            role, seniority = words.OPERATIONS, "Director"
        name = names.person(rng, account.country)
        domain = account.domain
        if position and rng.random() < FREE_MAIL_SHARE:
            domain = "gmail.com"
        local = f"{name} sample" if domain == "gmail.com" else name
        email = names.address(local, domain, taken)
        anonymous_id = f"{int(rng.integers(16**8)):08x}"
        people.append(Person(email, name, role, seniority, anonymous_id))
    return tuple(people)


def is_anti_profile(account: Account) -> bool:
    """Tell whether the account is of the kind that is hardly ever won."""
    return account.industry == "Hospitality" and account.employees in ("1-49", "50-199")


def win_odds(account: Account) -> float:
    """Return the log odds that the account buys: the planted causes, all in one place."""
    odds = -3.35
    in_trade = account.industry in ("Manufacturing", "Logistics")
    odds += 2.7 if in_trade and account.employees == "200-999" else 0.0
    odds -= 4.0 if is_anti_profile(account) else 0.0
    odds += 0.6 if account.employees in ("1000-4999", "5000+") else 0.0
    odds += 1.45 if any(p.role == words.OPERATIONS for p in account.people) else 0.0
    odds += {1: -1.9, 2: -0.7, 4: 1.0, 5: 1.0}.get(len(account.people), 0.0)
    odds += {"Paid social": -2.5, "Organic search": 0.6, "Referral": 0.7}.get(account.source, 0.0)
    odds += 2.9 if account.has_workshop else 0.0
    return odds


def decide_fate(rng: np.random.Generator, account: Account) -> Account:
    """Return the account with the end that its journey is headed for."""
    has_pause = rng.random() < 0.30
    account = replace(account, has_pause=has_pause, has_workshop=has_pause and rng.random() < 0.42)
    if rng.random() < 1 / (1 + np.exp(-win_odds(account))):
        return replace(account, fate="won")
    social = account.source == "Paid social"
    fate = pick(rng, {"dropped": 0.86 if social else 0.6, "lost": 0.2, "no decision": 0.11})
    stages = {"Capture": 0.5 if social else 0.24, "Nurture": 0.5, "Convert": 0.09}
    drop_stage = "Nurture" if has_pause else pick(rng, stages)
    if is_anti_profile(account) and fate == "dropped":
        fate = pick(rng, {"dropped": 0.6, "lost": 0.4})
    return replace(account, fate=fate, drop_stage=drop_stage)


def build_buyer(index: int, taken: set[str]) -> Account:
    """Return the index-th real company with people, source, and fate."""
    rng = generator(index)
    industry = pick(rng, words.INDUSTRIES)
    country = list(names.COUNTRIES)[int(rng.choice(8, p=names.COUNTRY_SHARES))]
    name, domain = names.company(rng, index, industry, country)
    account = Account(
        account_id=f"A{index + 1:04d}",
        company=name,
        domain=domain,
        industry=industry,
        employees=pick(rng, words.EMPLOYEES),
        country=country,
        budget=pick(rng, words.BUDGETS),
        owner=words.OWNERS[int(rng.integers(len(words.OWNERS)))],
        source=pick(rng, words.SOURCES),
    )
    people = build_people(rng, account, pick(rng, words.GROUP_SIZES), taken)
    traits = {
        "webinar": 0.41,
        "ads": 0.12,
        "hand raiser": 0.07,
        "comes back": 0.34,
        "sent back": 0.34,
    }
    held = frozenset(name for name, share in traits.items() if rng.random() < share)
    return decide_fate(rng, replace(account, people=people, traits=held))


def build_visitor(index: int, kind: str, taken: set[str]) -> Account:
    """Return an account that will never buy: a competitor, a student or a job seeker."""
    rng = generator(index)
    industry = {"competitor": "Software", "student": "Education"}.get(
        kind, pick(rng, words.INDUSTRIES)
    )
    country = list(names.COUNTRIES)[int(rng.choice(8, p=names.COUNTRY_SHARES))]
    name, domain = names.company(rng, index, industry, country)
    order = index - N_BUYERS
    if kind == "competitor":
        domain = names.COMPETITOR_DOMAINS[order]
        name = domain.partition(".")[0].capitalize()
    elif kind == "student":
        name, domain = names.university(order)
    role, seniority = {"competitor": ("Product Manager", "Manager"), "student": ("", "")}.get(
        kind, (pick(rng, {"Team Lead": 0.5, "Developer": 0.5}), "Staff")
    )
    person_name = names.person(rng, country)
    email = names.address(person_name, domain, taken)
    someone = Person(email, person_name, role, seniority, f"{int(rng.integers(16**8)):08x}")
    return Account(
        account_id=f"A{index + 1:04d}",
        company=name,
        domain=domain,
        industry=industry,
        employees=pick(rng, words.EMPLOYEES),
        country=country,
        budget="",
        owner=words.OWNERS[int(rng.integers(len(words.OWNERS)))],
        people=(someone,),
        kind=kind,
        source=pick(rng, {"Organic search": 0.7, "Direct": 0.3}),
    )


def hand_out(accounts: list[Account]) -> list[Account]:
    """Return the accounts with brochures handed out evenly and the stuck deals chosen.

    Two in five of those that will win and of those that won't get a brochure, so it changes
    nothing; the stuck deals are spread over accounts that would have been lost.
    """
    given = {True: 0, False: 0}
    n_stuck = 0
    dealt = []
    for account in accounts:
        has_brochure = False
        if account.fate != "dropped" or account.drop_stage != "Capture":
            wins = account.fate == "won"
            given[wins] += 1
            has_brochure = given[wins] % 5 < 2
        fate = account.fate
        if fate == "lost" and n_stuck < N_STUCK and account.employees != "5000+":
            n_stuck += 1
            fate = "stuck"
        dealt.append(replace(account, has_brochure=has_brochure, fate=fate))
    return dealt


def build_accounts() -> list[Account]:
    """Return all accounts of the sample, buyers and others, in a mixed order of ids."""
    taken: set[str] = set()
    buyers = hand_out([build_buyer(index, taken) for index in range(N_BUYERS)])
    kinds = (
        ["competitor"] * N_COMPETITORS + ["student"] * N_STUDENTS + ["job seeker"] * N_JOB_SEEKERS
    )
    others = [build_visitor(N_BUYERS + i, kind, taken) for i, kind in enumerate(kinds)]
    everyone = buyers + others
    order = np.random.default_rng(SEED).permutation(len(everyone))
    return [
        replace(everyone[int(place)], account_id=f"A{number:04d}")
        for number, place in enumerate(order, start=1)
    ]
