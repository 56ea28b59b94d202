"""Random logs and definitions, small enough to be read when a test fails."""

from dataclasses import dataclass, replace
from random import Random

import pandas as pd
from hypothesis import strategies as st

from journey import Definitions, Stage, from_frame
from tests.oracle import DAY, Touch, read

ACCOUNTS = ("acme", "beta", "ångström", "zeta & <co>")
TYPES = ("Ad", "Call", "Demo", "Lost", "Mail", "Parked", "Won")
CHANNELS = ("Ads", "E-mail", "Field")
STAGES = ("Attract", "Nurture", "Convert", "Expand")
VALUES = ("lead", "mql", "sql")
DAYS = (0, 1, 2, 5, 11, 30, 45, 100, 130, 200, 300, 301)
OPTIONAL = (
    "person_id",
    "anonymous_id",
    "session_id",
    "opportunity_id",
    "channel",
    "stage",
    "direction",
    "reason",
    "value",
    "sentiment",
    "source_order",
)


@dataclass(frozen=True)
class Sample:
    """Touches in the order of a source, with all that is needed to read them."""

    touches: tuple
    columns: tuple  # the optional columns that the source has
    definitions: Definitions
    accounts: dict
    people: dict

    def log(self, rows_per_shard=None):
        return from_frame(
            self.frame(),
            definitions=self.definitions,
            accounts=attributes(self.accounts, "account_id"),
            people=attributes(self.people, "person_id") if "person_id" in self.columns else None,
            rows_per_shard=rows_per_shard,
        )

    def oracle(self, **options):
        return read(
            self.touches,
            self.definitions,
            accounts=self.accounts,
            people=self.people,
            **options,
        )

    def frame(self):
        columns = ("account_id", "touchpoint", *self.columns)
        frame = pd.DataFrame(
            {name: [getattr(touch, name) for touch in self.touches] for name in columns}
        )
        for name in ("value", "sentiment", "source_order"):
            if name in frame:
                frame[name] = frame[name].astype("Int64" if name == "source_order" else float)
        frame["occurred_at"] = pd.to_datetime([t.at for t in self.touches], unit="us", utc=True)
        return frame


def attributes(rows, key):
    if not rows:
        return None
    frame = pd.DataFrame.from_dict(rows, orient="index").rename_axis(key).reset_index()
    return frame.astype(object).where(frame.notna(), None)


def whole_or_finer(days, fine):
    """Multiples of 100 of the unit, so that no percentile falls between two of it."""
    return days * DAY + 100 * (fine if fine < 0 else fine * 1_000_000)


@st.composite
def definitions(draw):
    names = STAGES[: draw(st.integers(1, 4))]
    rules = {"touchpoints": TYPES, "values": VALUES, "channels": CHANNELS}
    members = {rule: {name: [] for name in names} for rule in rules}
    for rule, items in rules.items():
        for item in items if draw(st.booleans()) or rule == "touchpoints" else ():
            owner = draw(st.sampled_from((*names, None)))
            if owner is not None:
                members[rule][owner].append(item)
    return Definitions(
        stages=tuple(
            Stage(name, **{rule: tuple(members[rule][name]) for rule in rules}) for name in names
        ),
        won=("Won",) if draw(st.integers(0, 3)) else (),
        lost=("Lost",) if draw(st.integers(0, 3)) else (),
        no_decision=("Parked",) if draw(st.booleans()) else (),
        dormancy_days=draw(st.sampled_from((None, 1.5, 30.0, 100.0))),
        expected_roles=draw(st.sampled_from(((), ("Buyer", "User")))),
    )


def maybe(*values):
    return st.sampled_from((None, *values))


@st.composite
def touches(draw, *, fine, who_by_account):
    owner = draw(st.integers(0, len(ACCOUNTS) - 1))
    who = f"{who_by_account[owner]}{draw(st.integers(1, 2))}"
    return Touch(
        account_id=ACCOUNTS[owner],
        at=whole_or_finer(draw(st.sampled_from(DAYS)), draw(st.sampled_from(fine))),
        touchpoint=draw(st.sampled_from(TYPES)),
        person_id=draw(maybe(f"person {who}")),
        anonymous_id=draw(maybe(f"visitor {who}")),
        session_id=draw(maybe(f"visit {who}")),
        opportunity_id=draw(maybe(f"deal {who}")),
        channel=draw(maybe(*CHANNELS)),
        stage=draw(maybe(*VALUES)),
        direction=draw(maybe("did", "was shown")),
        reason=draw(maybe("budget", "timing")),
        value=draw(maybe(0.0, 50.0, 125.5)),
        sentiment=draw(maybe(-0.5, 1.0)),
        source_order=draw(maybe(1, 2)),
    )


@st.composite
def samples(draw, *, least=1, most=24, who_by_account="pqrs"):
    """A log of a few accounts, with ties in time, nulls, and any of the optional columns.

    Accounts with the same letter share people, visitors, visits and deals.
    """
    fine = draw(st.sampled_from(((0,), (0, 1, 36), (0, 1, -3))))
    touch = touches(fine=fine, who_by_account=who_by_account)
    rows = draw(st.lists(touch, min_size=least, max_size=most))
    left_out = draw(st.sets(st.sampled_from(OPTIONAL)))
    columns = tuple(name for name in OPTIONAL if name not in left_out)
    rows = tuple(touch._replace(**dict.fromkeys(left_out)) for touch in rows)
    accounts = {
        name: {"industry": draw(maybe("Software", "Retail")), "owner": draw(maybe("Ann", "Bob"))}
        for name in draw(st.sets(st.sampled_from(ACCOUNTS)))
    }
    people = {
        person: {"role": draw(maybe("Buyer", "User", "Champion"))}
        for person in sorted({touch.person_id for touch in rows} - {None})
    }
    return Sample(rows, columns, draw(definitions()), accounts, people)


def seeded(seed, *, n_accounts=150):
    """A log big enough for the real thresholds: gaps of a stage, evidence for a next touch."""
    rng = Random(seed)  # noqa: S311 - repeatable examples, no secrets
    rows = []
    model = Definitions(
        stages=(
            Stage("Attract", ("Ad",)),
            Stage("Nurture", ("Mail", "Call")),
            Stage("Convert", ("Demo",)),
            Stage("Expand"),
        ),
        won=("Won",),
        lost=("Lost",),
        no_decision=("Parked",),
        expected_roles=("Buyer", "User"),
    )
    for number in range(n_accounts):
        account, day = f"account {number:03}", rng.randrange(300)
        for _ in range(rng.randint(1, 14)):
            if day > 300:
                break
            rows.append(
                Touch(
                    account,
                    day * DAY,
                    rng.choices(TYPES, weights=(4, 4, 3, 1, 4, 1, 1))[0],
                    person_id=rng.choice((None, f"{number} a", f"{number} b")),
                    channel=rng.choice(CHANNELS),
                    direction=rng.choice(("did", "did", "was shown")),
                    reason=rng.choice((None, "budget")),
                    value=rng.choice((None, None, 100.0 * number)),
                )
            )
            day += rng.choice((0, 0, 1, 1, 2, 2, 3, 3, 5, 8, 8, 13, 21, 30, 45, 95))
    rng.shuffle(rows)
    people = {touch.person_id: {"role": rng.choice(("Buyer", "User", None))} for touch in rows}
    people.pop(None, None)
    accounts = {t.account_id: {"industry": rng.choice(("Software", "Retail", None))} for t in rows}
    columns = ("person_id", "channel", "direction", "reason", "value")
    return Sample(tuple(rows), columns, model, accounts, people)


def without_ties(sample):
    """The same with one touch of an account at a time."""
    first = {}
    for touch in sample.touches:
        first.setdefault((touch.account_id, touch.at), touch)
    return replace(sample, touches=tuple(first.values()))
