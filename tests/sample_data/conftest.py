"""The sample data read with plain pandas, as a check that needs nothing of the library."""

import re
import tomllib
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

FOLDER = Path(__file__).parents[2] / "sample_data"
HEADERS = {
    "web": {"timestamp": "occurred_at", "event": "touchpoint", "utm_campaign": "campaign"},
    "ads": {"interaction_time": "occurred_at", "interaction": "touchpoint", "cost_eur": "cost"},
    "email": {"event_time": "occurred_at", "event_type": "touchpoint"},
    "webinar": {"activity_time": "occurred_at", "activity": "touchpoint", "webinar": "content"},
    "crm": {
        "activity_date": "occurred_at",
        "contact_email": "email",
        "activity": "touchpoint",
        "value_eur": "value",
    },
}


def read(name, folder=FOLDER):
    return pd.read_csv(folder / f"{name}.csv", dtype=str, keep_default_na=False)


def one_spelling(values):
    """Trim and give values that differ in case alone their commonest spelling."""
    trimmed = values.str.strip()
    common = trimmed.groupby(trimmed.str.casefold()).agg(lambda group: group.mode().iloc[0])
    return trimmed.str.casefold().map(common)


def mark_duplicates(log, seconds=180):
    """Mark the later of two equal touches of a person that two tools saw."""
    order = log.sort_values(["email", "touchpoint", "occurred_at"], kind="stable")
    before = order.shift()
    gap = (order["occurred_at"] - before["occurred_at"]).dt.total_seconds()
    twin = (
        order["email"].eq(before["email"])
        & order["touchpoint"].eq(before["touchpoint"])
        & order["source_system"].ne(before["source_system"])
        & gap.le(seconds)
        & order["email"].ne("")
    )
    return twin.reindex(log.index)


def stage_of():
    definitions = tomllib.loads((FOLDER / "definitions.toml").read_text("utf-8"))
    return {
        touchpoint: stage["name"]
        for stage in definitions["stages"]
        for touchpoint in stage["touchpoints"]
    }


@pytest.fixture(scope="session")
def raw():
    return {name: read(name) for name in HEADERS}


@pytest.fixture(scope="session")
def contacts():
    return read("contacts")


@pytest.fixture(scope="session")
def accounts():
    frame = read("accounts")
    return frame.assign(industry=one_spelling(frame["industry"])).set_index("account_id")


@pytest.fixture(scope="session")
def known():
    """The answers of the README: every table row that begins with a name in code quotes."""
    rows = re.findall(
        r"^\| `(\w+)` \| ([^|]+?) \|", (FOLDER / "README.md").read_text("utf-8"), re.MULTILINE
    )
    answers = {}
    for name, text in rows:
        assert name not in answers, f"two answers for {name}"
        bare = text.replace(",", "")
        answers[name] = float(bare) if re.fullmatch(r"-?\d+(\.\d+)?", bare) else text
    return answers


@pytest.fixture(scope="session")
def expect(known):
    """Hold a computed figure, rounded to two places, against the README's answer."""

    def check(name, value):
        found = value if isinstance(value, str) else round(float(value), 2)
        assert found == known[name], name

    return check


@pytest.fixture(scope="session")
def cleaned(raw, contacts):
    """All touchpoints with a time and a type, repeats gone, people and accounts joined."""
    parts, n_spoiled, n_repeats = [], 0, 0
    for name, frame in raw.items():
        part = frame.rename(columns=HEADERS[name])
        whole = part[part["occurred_at"].ne("") & part["touchpoint"].ne("")]
        distinct = whole.drop_duplicates()
        n_spoiled += len(part) - len(whole)
        n_repeats += len(whole) - len(distinct)
        parts.append(distinct.assign(source_system=name))
    log = pd.concat(parts, ignore_index=True).fillna("")
    log["occurred_at"] = pd.to_datetime(log["occurred_at"], utc=True, format="ISO8601")
    for column in ("touchpoint", "channel"):
        log[column] = one_spelling(log[column])
    for column in ("value", "cost", "sentiment"):
        log[column] = pd.to_numeric(log[column])
    named = log[log["anonymous_id"].ne("") & log["email"].ne("")]
    email_of = named.drop_duplicates("anonymous_id").set_index("anonymous_id")["email"]
    was_unnamed = log["email"].eq("")
    log.loc[was_unnamed, "email"] = log.loc[was_unnamed, "anonymous_id"].map(email_of).fillna("")
    account_of = contacts.set_index("email")["account_id"]
    log["account_id"] = log["email"].map(account_of).fillna("")
    log["was_unnamed"] = was_unnamed
    log["stage"] = log["touchpoint"].map(stage_of())
    twins = mark_duplicates(log)
    return SimpleNamespace(
        log=log[~twins].sort_values("occurred_at", kind="stable").reset_index(drop=True),
        twins=log[twins],
        n_spoiled=n_spoiled,
        n_repeats=n_repeats,
    )


@pytest.fixture(scope="session")
def log(cleaned):
    """The touchpoints of all accounts, in order."""
    return cleaned.log[cleaned.log["account_id"].ne("")]


@pytest.fixture(scope="session")
def journeys(log, accounts):
    """One row per account: its attributes, measures, and outcome at the end of the log."""
    grouped = log.groupby("account_id")
    table = accounts.copy()
    table["n_touchpoints"] = grouped.size()
    table["n_people"] = grouped["email"].nunique()
    table["n_channels"] = log[log["channel"].ne("")].groupby("account_id")["channel"].nunique()
    table["first_at"] = grouped["occurred_at"].min()
    table["last_at"] = grouped["occurred_at"].max()
    table["last_touchpoint"] = grouped["touchpoint"].last()
    table["last_stage"] = grouped["stage"].last()
    table["days"] = (table["last_at"] - table["first_at"]).dt.total_seconds() / 86_400
    silent = log["occurred_at"].max() - table["last_at"]
    table["days_silent"] = silent.dt.total_seconds() / 86_400
    wins = log[log["touchpoint"].eq("Closed won")].groupby("account_id")["occurred_at"].min()
    table["won_at"] = wins
    closes = {
        "Closed lost": "lost",
        "Lost to competitor": "lost",
        "Closed no decision": "no_decision",
    }
    table["closed"] = table["last_touchpoint"].map(closes).fillna("open")
    table.loc[table["won_at"].notna(), "closed"] = "won"
    dormant = table["closed"].eq("open") & table["days_silent"].gt(90)
    table["outcome"] = table["closed"].mask(dormant, "no_decision")
    table["won"] = table["outcome"].eq("won")
    return table
