import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journey.ingest.deduplicate import find_duplicates, pair_touches

MINUTE = 60_000_000


def by_hand(touches):
    """Each touch, in order of time, against all kept before it."""
    kept, pairs = [], []
    for group, at, touch, source in sorted(touches, key=lambda t: (t[0], t[1], t[2])):
        for entry in kept:
            near = entry["group"] == group and at - entry["at"] <= 5 * MINUTE
            if near and source not in entry["sources"]:
                entry["sources"].add(source)
                pairs.append((touch, entry["touch"]))
                break
        else:
            kept.append({"group": group, "at": at, "touch": touch, "sources": {source}})
    return pairs


touches = st.lists(
    st.tuples(st.integers(1, 2), st.integers(0, 12), st.sampled_from(["web", "crm", "ads"])),
    max_size=14,
).map(lambda rows: sorted((g, m * MINUTE, n, s) for n, (g, m, s) in enumerate(rows)))


@given(touches)
def test_touches_pair_as_by_hand(rows):
    assert list(pair_touches(rows)) == by_hand(rows)


@given(touches)
def test_no_touch_is_both_merged_and_kept_and_sources_of_one_never_repeat(rows):
    pairs = list(pair_touches(rows))
    source = {touch: name for _, _, touch, name in rows}
    assert not {merged for merged, _ in pairs} & {kept for _, kept in pairs}
    for kept in {kept for _, kept in pairs}:
        names = [source[kept], *(source[m] for m, k in pairs if k == kept)]
        assert len(names) == len(set(names))


@settings(max_examples=40, deadline=None)
@given(touches)
def test_only_touches_near_another_source_are_looked_at_and_none_is_missed(rows):
    listed = ", ".join(
        f"({touch}, {at}, 'p{group}', 'Form', '{source}', true)"
        for group, at, touch, source in rows
    )
    with duckdb.connect() as connection:
        connection.execute(
            "CREATE TABLE entries (id BIGINT, occurred_at BIGINT, account_id VARCHAR, "
            "touchpoint VARCHAR, source_system VARCHAR, is_usable BOOLEAN)"
        )
        connection.execute("ALTER TABLE entries ADD COLUMN person_id VARCHAR")
        if rows:
            connection.execute(f"INSERT INTO entries SELECT *, NULL FROM (VALUES {listed})")
        find_duplicates(
            connection,
            "entries",
            dedupe="cross-source",
            columns=["id", "account_id", "occurred_at", "touchpoint", "source_system"],
            source="source_system",
        )
        found = connection.execute("SELECT id, kept_id FROM merged ORDER BY ALL").fetchall()
    assert found == sorted(by_hand(rows))


WEB = "account,time,event,person_id,channel\nA,2024-01-02 10:00,Form,p,Web\n"
CRM = "account,time,event,person_id,owner\nA,2024-01-02 10:04,Form,p,Ann\n"


def test_the_earliest_stays_and_takes_what_it_lacks(imported):
    log = imported({"crm.csv": CRM, "web.csv": WEB})
    assert (log.report.n_kept, log.report.n_merged) == (1, 1)
    assert log.first_at.isoformat() == "2024-01-02T10:00:00+00:00"
    assert log.origin.accounts["owner"].to_pylist() == ["Ann"]


@pytest.mark.parametrize(
    ("crm", "n_kept"),
    [
        (CRM, 1),
        (CRM.replace("10:04", "10:06"), 2),
        (CRM.replace(",p,", ",q,"), 2),
        (CRM.replace("Form", "Call"), 2),
    ],
)
def test_only_the_same_touch_of_the_same_person_within_five_minutes(imported, crm, n_kept):
    assert imported({"web.csv": WEB, "crm.csv": crm}).n_touchpoints == n_kept


def test_touches_repeated_within_one_source_stay(imported):
    rows = "account,time,event,id\nA,2024-01-02 10:00,Form,1\nA,2024-01-02 10:01,Form,2\n"
    assert imported({"web.csv": rows}).n_touchpoints == 2


def test_a_source_column_tells_sources_within_one_file(imported):
    rows = (
        "account,time,event,source_system\n"
        "A,2024-01-02 10:00,Form,web\nA,2024-01-02 10:01,Form,crm\n"
    )
    assert imported({"all.csv": rows}).n_touchpoints == 1


@pytest.mark.parametrize(("dedupe", "n_kept"), [("none", 4), ("exact", 2), ("cross-source", 2)])
def test_exact_repeats_go_within_and_across_files(imported, dedupe, n_kept):
    rows = "account,time,event\nA,2024-01-02 10:00,Form\nA,2024-01-02 10:00,Form\n"
    more = "event,account,time\nForm,A,2024-01-02T10:00:00Z\nCall,A,2024-01-02 10:00\n"
    log = imported({"a.csv": rows, "b.csv": more}, dedupe=dedupe)
    assert log.n_touchpoints == n_kept
    assert log.report.n_read == 4


@pytest.mark.parametrize(
    ("first", "second", "n_kept"),
    [
        # One tool, cut by month: two touches three minutes apart happened, the overlap did once.
        ("web_2024-01.csv", "web_2024-02.csv", 3),
        ("Web January.csv", "Web February (2).csv", 3),
        # Two tools that write the same columns told the same touch.
        ("web.csv", "crm.csv", 2),
    ],
)
def test_cut_exports_of_one_tool_are_one_source(imported, first, second, n_kept):
    head = "account,time,event\n"
    overlap = "Acme,2024-01-31 12:00,Ad\n"
    log = imported(
        {
            first: f"{head}{overlap}Acme,2024-01-31 23:58,Form\n",
            second: f"{head}{overlap}Acme,2024-02-01 00:01,Form\n",
        }
    )
    assert (log.report.n_kept, log.report.n_merged) == (n_kept, 4 - n_kept)
