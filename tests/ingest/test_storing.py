"""What the import hands to the store."""

from journey.ingest import read_touchpoints

HEADER = "account_id,occurred_at,touchpoint,person_id,sequence"


def steps_by_person(folder, rows, *, header=HEADER):
    """Types of each person's journey in order, read from a file of these rows."""
    path = folder / "events.csv"
    path.write_text("\n".join([header, *rows]), encoding="utf-8")
    log = read_touchpoints(path, columns={"source_order": "sequence"})
    people = log.by("person")
    (view,) = people.ask(lambda view: view)
    names = people.store.dictionaries["person_id"].to_pylist()
    types = [view.type_names[code] for code in view.types.tolist()]
    spans = zip(view.offsets[:-1].tolist(), view.offsets[1:].tolist(), strict=True)
    return log, {
        names[case]: types[begin:end]
        for case, (begin, end) in zip(view.shard.cases.tolist(), spans, strict=True)
    }


def test_ties_of_a_person_over_accounts_keep_source_order_then_row(tmp_path):
    # 9 comes before 10, which text would not know; without an order, last.
    rows = [
        "c,2026-01-01,Third,p,10",
        "a,2026-01-01,Fifth,p,",
        "b,2026-01-01,First,p,9",
        "b,2026-01-01,Other,q,1",
        "a,2026-01-01,Fourth,p,10",
        "c,2026-01-01,Second,p,9",
    ]
    log, found = steps_by_person(tmp_path, rows)
    assert found == {"p": ["First", "Second", "Third", "Fourth", "Fifth"], "q": ["Other"]}
    (shard,) = log.origin.shards
    assert shard.ties.itemsize == 1


def test_places_of_ties_are_kept_only_where_a_person_ties_over_accounts(tmp_path):
    rows = [
        "a,2026-01-01,Ad,p,1",
        "a,2026-01-01,Mail,p,2",
        "b,2026-01-01,Ad,q,3",
        "b,2026-01-02,Mail,r,4",
        "a,2026-01-03,Mail,r,5",
    ]
    log, found = steps_by_person(tmp_path, rows)
    assert [shard.ties for shard in log.origin.shards] == [None]
    assert found["r"] == ["Mail", "Mail"]


def test_accounts_over_two_centuries_of_microseconds_are_stored_by_account_and_time(tmp_path):
    # 2,000 accounts times 6e15 microseconds do not fit one number of 64 bits to sort by.
    path = tmp_path / "events.csv"
    accounts = [f"{(7 * place) % 2_000:04}" for place in range(2_000)]
    rows = [
        f"{account},{2195 - 100 * later}-01-01 00:00:00.000001,{'Demo' if later else 'Won'}"
        for later in (0, 1, 2)
        for account in accounts
    ]
    path.write_text("\n".join(["account_id,occurred_at,touchpoint", *rows]), encoding="utf-8")
    store = read_touchpoints(path).origin
    names = store.dictionaries["touchpoint"].to_pylist()
    (shard,) = store.shards
    found = [names[code] for code in shard.codes["touchpoint"].tolist()]
    assert found == ["Demo", "Demo", "Won"] * 2_000
    assert shard.cases.tolist() == list(range(2_000))
