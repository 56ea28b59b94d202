"""Tags, click ids and hosts of addresses, against plain Python."""

import re
from types import SimpleNamespace
from urllib.parse import quote, unquote_to_bytes

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journey.ingest.channels.tags import (
    CLICK_IDS,
    TAGS,
    click_sql,
    find_tag_columns,
    host_sql,
    is_tag,
    is_tagged_sql,
    page_sql,
    tags_sql,
)


def asked(sql, addresses):
    """The values of an expression over a column ``x``."""
    given_table = pa.table({"n": range(len(addresses)), "x": pa.array(addresses, pa.string())})
    with duckdb.connect() as connection:
        connection.register("given", given_table)
        return [
            row[0] for row in connection.execute(f"SELECT {sql} FROM given ORDER BY n").fetchall()
        ]


def tags_of(tag, addresses):
    """A tag of each address, as the query of all tags finds it."""
    given_table = pa.table({"n": range(len(addresses)), "page": pa.array(addresses, pa.string())})
    with duckdb.connect() as connection:
        connection.register("given", given_table)
        known = tags_sql("SELECT DISTINCT page FROM given")
        found = connection.sql(
            f"SELECT known.{tag} FROM given LEFT JOIN ({known}) known USING (page) ORDER BY n"
        )
        return [row[0] for row in found.fetchall()]


def tag_of(address, tag):
    """The first filled parameter, in plain Python."""
    for part in re.split("[?&#;]", address)[1:]:
        name, _, value = part.partition("=")
        if name.lower() == f"utm_{tag}" and value:
            spaced = value.replace("+", " ")
            try:
                text = unquote_to_bytes(spaced).decode("utf-8")
            except UnicodeDecodeError:
                text = spaced
            text = " ".join(
                "".join(" " if c.isspace() or not c.isprintable() else c for c in text).split()
            )
            if tag in ("source", "medium"):
                text = text.lower()
            if tag == "campaign" and text.lower() in (
                *("(not set)", "(direct)", "(none)", "(organic)", "(referral)"),
            ):
                return None
            return text or None
    return None


ADDRESSES = [
    "https://x.example/?utm_source=Google&utm_medium=CPC&utm_campaign=Spring",
    "https://x.example/a?b=1&UTM_SOURCE=News%20Letter&Utm_Medium=E+Mail",
    "https://x.example/#utm_source=fragment&utm_medium=email",
    "https://x.example/?utm_source=first&utm_source=second",
    "https://x.example/?utm_source=&utm_source=second",
    "https://x.example/?utm_source=a&amp;utm_medium=b",
    "https://x.example/?utm_source=%E4%B8%AD%E6%96%87&utm_campaign=%F0%9F%98%80",
    "https://x.example/?utm_source=%E4&utm_medium=%C3%28",
    "https://x.example/?utm_source=100%&utm_medium=%ZZ",
    "https://x.example/?utm_source=a=b&utm_campaign=(not set)",
    "https://x.example/?utm_campaign=(Direct)&utm_term=red+shoes&utm_content=top%0Abanner",
    "https://x.example/?utm_sources=no&xutm_source=no",
    "https://x.example/utm_source=no",
    "/pricing?utm_source=relative",
    "?utm_source=bare",
    "x.example/page?utm_source=plain",
    "https://x.example/?" + "a=1&" * 5_000 + "utm_source=far",
    "https://x.example/?utm_source=" + "y" * 10_000,
    "https://x.example/?utm_source=%00nul",
    "https://x.example/?utm_source=%20%20",
    "https://[::1]:8000/?utm_source=v6",
    "not an address",
    "",
]


@pytest.mark.parametrize("tag", TAGS)
def test_tags_of_addresses(tag):
    assert tags_of(tag, ADDRESSES) == [tag_of(address, tag) for address in ADDRESSES]


def test_tags_are_seen_where_there_are_any():
    has_any = [any(tag_of(address, tag) for tag in TAGS) for address in ADDRESSES]
    seen = asked(is_tagged_sql("x"), ADDRESSES)
    assert all(seen[place] for place, has in enumerate(has_any) if has)
    assert asked(is_tagged_sql("x"), ["https://x.example/?a=utm_source"]) == [False]


printable = st.text(
    st.characters(blacklist_categories=["Cs", "Cc", "Z", "Cn", "Co", "Cf"]), min_size=1
)


@given(st.lists(printable, min_size=1, max_size=20))
def test_any_campaign_comes_back(values):
    addresses = [f"https://x.example/?utm_campaign={quote(value)}" for value in values]
    expected = [tag_of(address, "campaign") for address in addresses]
    assert tags_of("campaign", addresses) == expected
    assert expected == values


@pytest.mark.parametrize("name", CLICK_IDS)
def test_click_ids(name):
    source, medium = CLICK_IDS[name]
    found = asked(click_sql("x"), [f"https://x.example/?a=1&{name.upper()}=abc#top"])
    assert found == [{"source": source, "medium": medium}]
    nothing = [f"https://x.example/?{name}=", f"https://x.example/?x{name}=1", "/"]
    assert asked(click_sql("x"), nothing) == [None, None, None]


def test_facebook_marks_unpaid_links_too():
    assert CLICK_IDS["fbclid"][1] == "social"


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://www.Google.com/search?q=x", "google.com"),
        ("http://user:pw@host.example:8080/path", "host.example"),
        ("//cdn.example/x", "cdn.example"),
        ("android-app://com.google.android.gm/", "com.google.android.gm"),
        ("https://127.0.0.1:5000/", "127.0.0.1"),
        ("https://[2001:DB8::1]:443/x", "[2001:db8::1]"),
        ("https://Bücher.example/", "bücher.example"),
        ("https://xn--bcher-kva.example./", "xn--bcher-kva.example"),
        ("localhost", None),
        ("https://localhost:3000/", "localhost"),
        ("www.google.com", "google.com"),
        ("news.example/path", "news.example"),
        ("news.example:80", "news.example"),
        ("(direct)", None),
        ("$direct", None),
        ("(none)", None),
        ("(not set)", None),
        ("about:blank", None),
        ("null", None),
        ("", None),
        ("https://", None),
        ("https:///path", None),
        ("/own/path", None),
        ("two words", None),
        ("https://" + "a" * 10_000 + ".example/", "a" * 10_000 + ".example"),
        (None, None),
    ],
)
def test_hosts(address, host):
    assert asked(host_sql("x"), [address]) == [host]


def test_pages_are_told_from_titles():
    pages = ["https://x.example/", "//x.example", "/pricing", "?a=1", "x.example/a", "X.EXAMPLE"]
    titles = ["Pricing", "How to: plan", "Guide 1: The true cost", "a/b test", "3.5 tips", ""]
    assert asked(page_sql("x"), pages) == pages
    assert asked(page_sql("x"), titles) == [None] * len(titles)


def table(*headers, shape="events", **roles):
    named = {role: (header,) for role, header in roles.items()}
    extras = tuple(header for header in headers if header not in roles.values())
    return SimpleNamespace(shape=shape, roles=named, extras=extras)


def columns_of(*tables):
    names = {header: header for one in tables for header in one.extras}
    found = find_tag_columns(tables, names)
    return {kind: dict(columns) for kind, columns in found.columns.items()}, found.referring


def test_columns_are_known_by_their_headers():
    web = table("Page URL", "context_page_referrer", "utm_source", "context_campaign_medium")
    crm = table("Owner", "Source")
    assert columns_of(web, crm) == (
        {
            "page": {"Page URL": (0,)},
            "referrer": {"context_page_referrer": (0,)},
            "source": {"utm_source": (0,)},
            "medium": {"context_campaign_medium": (0,)},
        },
        (0,),
    )


def test_source_and_medium_go_together():
    ga4, crm = table("source", "medium"), table("source", "owner")
    assert columns_of(ga4, crm)[0] == {"source": {"source": (0,)}, "medium": {"medium": (0,)}}
    assert is_tag("medium", ["source"])
    assert not is_tag("medium", ["owner"])
    assert is_tag("Context.Campaign.Source", [])
    assert not is_tag("lead_source", ["medium"])


def test_a_content_that_is_an_address_is_a_page():
    assert columns_of(table("url", content="url"))[0] == {"page": {"content": (0,)}}
    assert columns_of(table("title", content="title"))[0] == {}


def test_only_tables_of_events_have_visits():
    assert columns_of(table("url", "utm_source", shape="attributes")) == ({}, ())
    assert columns_of(table("url", "utm_source", shape="wide")) == ({}, ())


def test_the_surest_of_several_headers_goes_first():
    found = columns_of(table("url", "page_location", "landing_page"))[0]["page"]
    assert list(found) == ["page_location", "landing_page", "url"]
