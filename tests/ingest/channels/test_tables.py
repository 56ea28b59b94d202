"""Where touches came from, through whole imports of small files."""

import csv
from pathlib import Path
from urllib.parse import quote

import duckdb
import pytest

from journey.definitions import Definitions, dumps
from journey.ingest import read_touchpoints, suggest_columns
from journey.ingest.channels.tables import SOURCES_FILE
from journey.rules.channels import ChannelRule, Condition

DATA = Path(__file__).parents[4] / "shared" / "data"
HEADER = "account,when,event,page_url,referrer"


def touches(log, *columns):
    """Values of every touchpoint, by its name; names are different in these tests."""
    store = log.origin
    names = ("touchpoint", *columns)
    values = {
        name: store.dictionaries[name].to_pylist() for name in names if name in store.text_columns
    }
    found = {}
    for shard in store.shards:
        rows = zip(
            *(
                [values[name][code] for code in shard.codes[name].tolist()]
                if name in values
                else [None] * shard.n_touchpoints
                for name in names
            ),
            strict=True,
        )
        for touchpoint, *rest in rows:
            found[touchpoint] = rest[0] if len(columns) == 1 else tuple(rest)
    return found


@pytest.fixture
def visits(imported):
    """Import visits of one account, a minute apart, named by their number."""

    def run(*rows, header=HEADER, **options):
        lines = [
            f"A,2026-01-01 10:{place:02},visit {place},{row}"
            for place, row in enumerate(rows, start=1)
        ]
        return imported({"web.csv": text(header, *lines)}, dedupe="none", **options)

    return run


def text(*lines):
    return "\n".join(lines) + "\n"


def by_rules(folder, rules):
    path = folder / "rules.toml"
    path.write_text(dumps(Definitions(channels=rules)))
    return str(path)


def test_the_cases_of_ga4_through_an_import(imported):
    path = DATA / "ga4_channel_cases.csv"
    if not path.exists():
        pytest.skip(f"{path.name} is not at hand: it is not part of the project")
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    lines = [
        f"A,2026-01-01 10:{place:02},visit {place},"
        f"{row['source']},{row['medium']},{row['campaign']}"
        for place, row in enumerate(rows)
    ]
    header = "account,when,event,source,medium,campaign"
    log = imported({"cases.csv": text(header, *lines)}, dedupe="none")
    expected = {f"visit {place}": row["expected_channel"] for place, row in enumerate(rows)}
    assert touches(log, "channel") == expected


def test_the_cases_of_ga4_as_addresses(visits):
    path = DATA / "ga4_channel_cases.csv"
    if not path.exists():
        pytest.skip(f"{path.name} is not at hand: it is not part of the project")
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    addresses = [
        "https://acme.example/?"
        + "&".join(f"utm_{tag}={quote(row[tag])}" for tag in ("source", "medium", "campaign"))
        for row in rows
    ]
    log = visits(*(f"{address}," for address in addresses))
    expected = {
        f"visit {place}": row["expected_channel"] for place, row in enumerate(rows, start=1)
    }
    assert touches(log, "channel") == expected


def test_every_way_to_a_source(visits):
    log = visits(
        "https://acme.example/?utm_source=News&utm_medium=Email&utm_campaign=Spring&utm_term=tea,",
        "https://acme.example/?gclid=1,https://www.google.com/",
        "https://acme.example/,https://www.google.de/",
        "https://acme.example/,https://l.facebook.com/",
        "https://acme.example/,https://chatgpt.com/",
        "https://acme.example/,https://partner.example/page",
        "https://acme.example/,",
        "https://acme.example/a,https://acme.example/",
        "https://acme.example/a,https://blog.acme.example/",
        "https://acme.example/?utm_medium=cpc&gclid=1,https://partner.example/",
        "https://acme.example/?utm_source=linkedin&li_fat_id=1,",
    )
    assert touches(log, "channel", "source", "medium", "campaign", "term") == {
        "visit 1": ("Email", "news", "email", "Spring", "tea"),
        "visit 2": ("Paid Search", "google", "cpc", None, None),
        "visit 3": ("Organic Search", "google", "organic", None, None),
        "visit 4": ("Organic Social", "facebook.com", "social", None, None),
        "visit 5": ("AI Assistants", "chatgpt.com", "ai-assistant", None, None),
        "visit 6": ("Referral", "partner.example", "referral", None, None),
        "visit 7": ("Direct", "(direct)", "(none)", None, None),
        # Reached from the own site, without a session: nothing is known of its source.
        "visit 8": (None, None, None, None, None),
        "visit 9": (None, None, None, None, None),
        "visit 10": ("Paid Search", "google", "cpc", None, None),
        "visit 11": ("Paid Social", "linkedin", "paid", None, None),
    }


def test_notes_say_what_rows_have_their_channel_from(visits):
    log = visits(
        "https://acme.example/?utm_source=a,,",
        "https://acme.example/,https://x.example/,",
        "https://acme.example/,,",
        "https://acme.example/,https://acme.example/,",
        "https://acme.example/,,Partners",
        header=f"{HEADER},channel",
    )
    assert [note for note in log.report.notes if "channel" in note] == [
        "1 row: the channel is the one that the file gives.",
        "1 row: the channel is known by the tags of the page's address.",
        "1 row: the channel is known by their referrer.",
        "1 row: the channel is known as a direct visit, there being no referrer.",
        (
            "1 page without a channel: reached from the own site, or in a file without a column "
            "for the referrer."
        ),
    ]


def test_what_the_data_give_stays(visits):
    log = visits(
        "https://acme.example/?utm_source=a&utm_medium=email&utm_campaign=x&utm_content=y,,Given,,",
        "https://acme.example/?utm_source=a&utm_medium=email&utm_campaign=x&utm_content=y,,,Mine,Own",
        "https://acme.example/?utm_source=a&utm_medium=email&utm_campaign=x&utm_content=y,,,,",
        header=f"{HEADER},channel,campaign,asset",
    )
    assert touches(log, "channel", "campaign", "content") == {
        "visit 1": ("Given", "x", "y"),
        "visit 2": ("Email", "Mine", "Own"),
        "visit 3": ("Email", "x", "y"),
    }


def test_pages_of_a_session_take_its_first_source(visits):
    log = visits(
        "https://acme.example/,,s1",
        "https://acme.example/?utm_source=a&utm_medium=email&utm_campaign=x,,s1",
        "https://acme.example/,https://acme.example/,s1",
        "https://acme.example/,https://www.bing.com/,s1",
        "https://acme.example/,https://acme.example/,s2",
        "https://acme.example/,,s2",
        ",,s1",
        header=f"{HEADER},session_id",
    )
    assert touches(log, "channel", "campaign") == {
        "visit 1": ("Email", "x"),
        "visit 2": ("Email", "x"),
        "visit 3": ("Email", "x"),
        "visit 4": ("Organic Search", None),
        "visit 5": ("Direct", None),
        "visit 6": ("Direct", None),
        "visit 7": ("Email", "x"),
    }


def test_sessions_of_two_visitors_with_one_id_stay_apart(imported):
    lines = [
        "A,v1,2026-01-01 10:00,visit 1,https://acme.example/?utm_source=a&utm_medium=email,,9",
        "A,v2,2026-01-01 10:01,visit 2,https://acme.example/,https://acme.example/,9",
        "A,v1,2026-01-01 10:02,visit 3,https://acme.example/,https://acme.example/,9",
    ]
    header = "account,visitor_id,when,event,page_url,referrer,session_id"
    log = imported({"web.csv": text(header, *lines)})
    assert touches(log, "channel") == {"visit 1": "Email", "visit 2": "Direct", "visit 3": "Email"}


def test_what_is_no_web_visit_is_not_direct(imported):
    files = {
        "web.csv": [HEADER, "A,2026-01-01 10:00,Page,https://acme.example/,"],
        "crm.csv": ["account,when,event,owner", "A,2026-01-02 10:00,Call,Joe"],
        # Links in e-mails: no referrers, so an untagged one says nothing.
        "mail.csv": [
            "account,when,event,url",
            "A,2026-01-03 10:00,Click,https://acme.example/",
            "A,2026-01-03 10:01,Tagged click,https://acme.example/?utm_source=a&utm_medium=email",
        ],
    }
    assert touches(imported({name: text(*lines) for name, lines in files.items()}), "channel") == {
        "Page": "Direct",
        "Call": None,
        "Click": None,
        "Tagged click": "Email",
    }


def test_a_listed_site_that_is_linked_to_is_not_the_own(visits):
    log = visits(
        "https://acme.example/,https://www.linkedin.com/",
        "https://acme.example/b,https://www.linkedin.com/",
        "https://www.linkedin.com/company/acme,https://www.linkedin.com/",
    )
    assert set(touches(log, "channel").values()) == {"Organic Social"}


def test_source_and_medium_are_no_channels_but_tell_them(tmp_path):
    path = tmp_path / "web.csv"
    path.write_text(
        "account,when,event,utm_source,utm_medium\n"
        "A,2026-01-01,visit 1,Google,CPC\nA,2026-01-02,visit 2,,\nA,2026-01-03,visit 3,partner,\n"
    )
    roles = suggest_columns(path).set_index("column")["role"]
    assert roles["utm_source"] is None
    assert roles["utm_medium"] is None
    log = read_touchpoints(path, into=tmp_path / "data")
    assert touches(log, "channel") == {
        "visit 1": "Paid Search",
        "visit 2": None,
        "visit 3": "Unassigned",
    }
    assert {"source", "medium"}.isdisjoint(log.filter_columns)


def test_a_source_alone_stays_a_channel(tmp_path):
    path = tmp_path / "leads.csv"
    path.write_text(
        "account,when,event,source\nA,2026-01-01,visit 1,Trade show\nA,2026-01-02,visit 2,Web\n"
    )
    assert touches(read_touchpoints(path, into=tmp_path / "data"), "channel") == {
        "visit 1": "Trade show",
        "visit 2": "Web",
    }


def test_columns_of_the_data_are_filled_where_they_say_nothing(visits):
    log = visits(
        "https://acme.example/,https://www.google.com/,,",
        "https://acme.example/,https://www.google.com/,partner,referral",
        header=f"{HEADER},source,medium",
    )
    assert touches(log, "source", "medium") == {
        "visit 1": ("google", "organic"),
        "visit 2": ("partner", "referral"),
    }


def test_a_column_of_another_meaning_keeps_its_name(visits):
    log = visits(
        "https://acme.example/,https://www.google.com/,winter",
        "https://acme.example/,https://www.bing.com/,winter",
        "https://acme.example/,https://www.bing.com/,summer",
        header=f"{HEADER},Term",
    )
    assert set(touches(log, "Term").values()) == {"winter", "summer"}


def test_a_campaign_is_spelled_as_the_data_do(visits):
    log = visits(
        "https://acme.example/?utm_source=a&utm_campaign=spring_sale,,",
        "https://acme.example/?utm_source=a&utm_campaign=spring_sale,,",
        ",,Spring_Sale",
        "https://acme.example/?utm_source=a&utm_campaign=SPRING_sale,,Spring_Sale",
        header=f"{HEADER},campaign",
    )
    assert set(touches(log, "campaign").values()) == {"Spring_Sale"}


def test_click_ids_in_columns_of_their_own(visits):
    log = visits(
        "https://acme.example/,,abc,",
        "https://acme.example/,,,abc",
        header=f"{HEADER},gclid,msclkid",
    )
    assert touches(log, "channel", "source") == {
        "visit 1": ("Paid Search", "google"),
        "visit 2": ("Paid Search", "bing"),
    }


NASTY = [
    "https://acme.example/?utm_source=%E4&utm_medium=%C3%28,",
    "https://acme.example/?utm_source=%00&utm_medium=x,",
    "https://acme.example/?utm_source=(not set)&utm_medium=(not set),",
    "https://acme.example/?utm_source=(direct)&utm_medium=(none),",
    "https://acme.example/?" + "a" * 10_000 + "&utm_source=far,",
    "https://acme.example/,https://127.0.0.1:8080/x",
    "https://acme.example/,https://[2001:db8::1]/x",
    "https://acme.example/,https://Bücher.example/",
    "https://acme.example/,https://" + "h" * 5_000,
    "https://acme.example/,https://",
    "https://acme.example/,(direct)",
    "https://acme.example/,not an address",
    "HTTPS://ACME.EXAMPLE/?UTM_SOURCE=BING&UTM_MEDIUM=ORGANIC,",
    "https://acme.example/?utm_source=';DROP TABLE entries;--,",
]


def test_nasty_addresses(visits):
    found = touches(visits(*NASTY), "channel", "source")
    assert found == {
        "visit 1": ("Unassigned", "%e4"),
        "visit 2": ("Unassigned", None),
        "visit 3": ("Unassigned", "(not set)"),
        "visit 4": ("Direct", "(direct)"),
        "visit 5": ("Unassigned", "far"),
        "visit 6": ("Referral", "127.0.0.1"),
        "visit 7": ("Referral", "[2001:db8::1]"),
        "visit 8": ("Referral", "bücher.example"),
        "visit 9": ("Referral", "h" * 5_000),
        "visit 10": ("Direct", "(direct)"),
        "visit 11": ("Direct", "(direct)"),
        "visit 12": ("Direct", "(direct)"),
        "visit 13": ("Organic Search", "bing"),
        "visit 14": ("Unassigned", "'"),
    }


def test_rules_of_the_definitions_are_used(visits, tmp_path):
    rules = (ChannelRule("Partners", (Condition("source", "contains", ("partner",)),)),)
    log = visits(
        "https://acme.example/,https://partner.example/",
        "https://acme.example/,https://other.example/",
        definitions=by_rules(tmp_path, rules),
    )
    assert touches(log, "channel") == {"visit 1": "Partners", "visit 2": "Unassigned"}
    assert log.definitions.channels == rules


def test_without_rules_no_channel_is_derived(visits, tmp_path):
    log = visits("https://acme.example/,", definitions=by_rules(tmp_path, ()))
    assert touches(log, "channel", "source") == {"visit 1": (None, "(direct)")}


def test_sources_are_kept_with_their_counts(tmp_path):
    path = tmp_path / "web.csv"
    path.write_text(
        text(
            f"{HEADER},channel",
            "A,2026-01-01 10:00,visit,https://acme.example/,https://www.google.com/,",
            "A,2026-01-01 10:01,visit,https://acme.example/,https://www.google.com/,",
            "A,2026-01-01 10:02,visit,https://acme.example/,,",
            "A,2026-01-01 10:03,visit,https://acme.example/,https://acme.example/,",
            "A,2026-01-01 10:04,visit,https://acme.example/,https://www.google.com/,Given",
            # Set aside, so not counted.
            "A,,visit,https://acme.example/,https://www.google.com/,",
        )
    )
    read_touchpoints(path, into=tmp_path / "data")
    rows = duckdb.execute(
        "SELECT * FROM read_parquet(?) ORDER BY ALL", [str(tmp_path / "data" / SOURCES_FILE)]
    ).fetchall()
    assert rows == [
        ("Given", None, None, None, 1),
        (None, "(direct)", "(none)", None, 1),
        (None, "google", "organic", None, 2),
        (None, None, None, None, 1),
    ]
