"""Rules in SQL against the same rules in plain Python."""

import csv
import re
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journey.ingest.channels.rules import decide_channels
from journey.rules.channels import ChannelRule, Condition, default_rules, source_categories

CASES = Path(__file__).parents[4] / "shared" / "data" / "ga4_channel_cases.csv"


def channels_of(combinations, rules):
    """The channel of each source, medium and campaign, asked in SQL."""
    columns = zip(("source", "medium", "campaign"), range(3), strict=True)
    texts = {n: pa.array([row[p] for row in combinations], pa.string()) for n, p in columns}
    given_table = pa.table({"place": range(len(combinations)), **texts})
    with duckdb.connect() as connection:
        connection.register("given", given_table)
        connection.execute("CREATE TABLE asked AS SELECT * FROM given")
        decide_channels(connection, "asked", rules)
        found = connection.execute("SELECT channel FROM asked ORDER BY place").fetchall()
    return [channel for (channel,) in found]


def category_of(source):
    """The category by the longest line of the lists that fits, in plain Python."""
    listed, name = source_categories(), source.strip().lower()
    labels = name.split(".")
    fits = [name] if name in listed else []
    if len(labels) == 1 and f"{name}.*" in listed:
        fits.append(f"{name}.*")
    fits += [
        host for n in range(2, min(len(labels), 8) + 1) if (host := ".".join(labels[-n:])) in listed
    ]
    rest = labels[1:] if labels[0] in ("www", "m") else labels
    for tail in (rest, labels):
        if len(tail) < 2 or not tail[0]:
            continue
        ending = ".".join(tail[1:])
        plain = len(tail) == 2 and (
            ending in ("com", "net", "org") or re.fullmatch("[a-z]{2}", ending)
        )
        double = len(tail) == 3 and re.fullmatch(
            "(?:co|com|ne|net|or|org|edu|gov|ac)[.][a-z]{2}", ending
        )
        if (plain or double) and f"{tail[0]}.*" in listed:
            fits.append(f"{tail[0]}.*")
    return listed[max(fits, key=len)] if fits else None


def holds(condition, row):
    value = (row[condition.field] or "").strip().lower()
    if condition.match == "is":
        return value in [wanted.lower() for wanted in condition.values]
    if condition.match == "contains":
        return any(part.lower() in value for part in condition.values)
    return any(re.search(pattern, value, re.IGNORECASE) for pattern in condition.values)


def channel_of(source, medium, campaign, rules):
    row = {"source": source, "medium": medium, "campaign": campaign}
    row["category"] = category_of(source or "")
    for rule in rules:
        if all(holds(condition, row) for condition in rule.conditions):
            return rule.channel
    return "Unassigned"


def test_the_cases_of_ga4():
    if not CASES.exists():
        pytest.skip(f"{CASES.name} is not at hand: it is not part of the project")
    with CASES.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    found = channels_of(
        [(row["source"], row["medium"], row["campaign"]) for row in rows], default_rules()
    )
    assert len(rows) == 30
    assert found == [row["expected_channel"] for row in rows]


HOSTS = [
    *(
        "google",
        "Google",
        " google ",
        "google.com",
        "www.google.co.uk",
        "m.google.de",
        "google.dev",
    ),
    *("docs.google.com", "gemini.google.com", "groups.google.com", "de.search.yahoo.com"),
    *(
        "facebook.com",
        "l.facebook.com",
        "notfacebook.com",
        "facebook",
        "t.co",
        "bit.co",
        "x",
        "y.x",
    ),
    *("chatgpt.com", "www.perplexity.ai", "claude.ai", "copilot.microsoft.com", "microsoft.com"),
    *("youtube.com", "youtu.be", "amazon.com.au", "amazon.dev", "smile.amazon.de", "ebay"),
    *("127.0.0.1", "[::1]", "bücher.example", "例え.jp", "..", "com", "www.com", ".*", "google.*"),
    *("a.b.c.d.e.f.g.h.i.j.facebook.com", "com.google.android.googlequicksearchbox"),
    *(
        "(direct)",
        "(not set)",
        "email",
        "sms",
        "firebase",
        "alibaba",
        "Google Shopping",
        "İ",
        None,
        "",
    ),
]
MEDIUMS = [
    *(
        None,
        "",
        "cpc",
        "CPC",
        "ppc",
        "paid-social",
        "cpm",
        "display",
        "organic",
        "social",
        "referral",
    ),
    *(
        "email",
        "e mail",
        "ai-assistant",
        "video",
        "audio",
        "web-push",
        "mobile",
        "(none)",
        "(not set)",
    ),
]
CAMPAIGNS = [
    None,
    "",
    "Summer SHOP",
    "workshop",
    "shopping",
    "my-cross-network",
    "été",
    "x" * 10_000,
]


@given(
    st.lists(
        st.tuples(
            st.one_of(st.sampled_from(HOSTS), st.sampled_from(list(source_categories()))),
            st.sampled_from(MEDIUMS),
            st.sampled_from(CAMPAIGNS),
        ),
        max_size=60,
    )
)
def test_the_default_rules_are_what_they_say(combinations):
    expected = [channel_of(*row, default_rules()) for row in combinations]
    assert channels_of(combinations, default_rules()) == expected


def test_every_host_and_medium_together():
    combinations = [(host, medium, None) for host in HOSTS for medium in MEDIUMS]
    expected = [channel_of(*row, default_rules()) for row in combinations]
    assert channels_of(combinations, default_rules()) == expected


def test_the_first_rule_that_fits_decides():
    first = ChannelRule("Partners", (Condition("source", "contains", ("PARTNER", "ally")),))
    second = ChannelRule("Blogs", (Condition("source", "regex", ("^blog[.]",)),))
    rows = [("blog.partner.example", "", ""), ("Blog.Other.example", "", ""), ("other", "", "")]
    assert channels_of(rows, (first, second)) == ["Partners", "Blogs", "Unassigned"]
    assert channels_of(rows, (second, first)) == ["Blogs", "Blogs", "Unassigned"]


def test_all_conditions_of_a_rule_have_to_hold():
    rule = ChannelRule(
        "Own mail", (Condition("source", "is", ("crm",)), Condition("medium", "is", ("", "mail")))
    )
    rows = [("crm", "mail", None), ("crm", None, None), ("crm", "post", None), ("x", "mail", None)]
    assert channels_of(rows, [rule]) == ["Own mail", "Own mail", "Unassigned", "Unassigned"]


def test_without_rules_there_are_no_channels():
    assert channels_of([("google", "organic", None)], ()) == [None]
    assert channels_of([], default_rules()) == []


def test_hostile_names_stay_values():
    name = "'; DROP TABLE asked; --"
    rule = ChannelRule(name, (Condition("source", "is", (name,)),))
    assert channels_of([(name, None, None), ('"', None, None)], [rule]) == [name, "Unassigned"]
