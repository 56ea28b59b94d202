"""Objects in cells become columns."""

import json

EVENTS = [
    {
        "event": {"name": name, "type": "track"},
        "user": {"id": "u1", "traits": {"plan": plan, "sub.scribed": {"deep": 1}}},
        "at": f"2024-01-0{day}T10:00:00Z",
        "tags": ["a", "b"],
    }
    for day, (name, plan) in enumerate([("Form", "free"), ("Demo", "pro")], start=1)
]


def test_two_levels_of_keys_are_columns_named_by_their_path(imported):
    log = imported({"hook.jsonl": "\n".join(json.dumps(event) for event in EVENTS)})
    assert log.touchpoint_types == ["Demo", "Form"]
    assert {"user.traits.plan", "tags"} <= {*log.filter_columns}
    assert log.where({"user.traits.plan": "pro"}).n_touchpoints == 1


def test_objects_in_the_cells_of_a_text_file_too(imported):
    quoted = '{{""name"": ""{}"", ""n"": 1}}'
    rows = "".join(
        f'u1,2024-01-0{day},"{quoted.format(name)}"\n'
        for day, name in enumerate(["Form", "Demo"], start=1)
    )
    assert imported({"a.csv": "user_id,date,event\n" + rows}).touchpoint_types == ["Demo", "Form"]


def test_a_column_the_user_names_stays_whole(imported):
    text = (
        'user_id,date,event,about\nu1,2024-01-01,Ad,"{""a"": 1}"\nu1,2024-01-02,Ad,"{""a"": 2}"\n'
    )
    log = imported({"a.csv": text}, columns={"content": ["about"]})
    assert log.origin.dictionaries["content"].to_pylist()[:2] == ['{"a": 1}', '{"a": 2}']


def test_what_is_looked_into_by_nobody_is_named(imported):
    rows = [
        {**event, "items": [{"sku": "a"}, {"sku": "b"}], "more": {f"k{n}": n for n in range(70)}}
        for event in EVENTS
    ]
    notes = imported({"hook.jsonl": "\n".join(map(json.dumps, rows))}).report.notes
    assert (
        "hook.jsonl: lists and objects not looked into: 'user.traits.sub.scribed', 'items'" in notes
    )
    assert "hook.jsonl: 10 rare keys of the objects in 'more' are not read" in notes


def test_documents_of_stores_say_what_their_parts_are(imported):
    wrapped = [
        {"Item": {"user_id": {"S": who}, "ts": {"N": str(1700000000 + n)}, "event": {"S": what}}}
        for n, (who, what) in enumerate([("u1", "Form"), ("u1", "Demo"), ("u2", "Form")])
    ]
    found = [
        {
            "_index": "log",
            "_id": str(n),
            "_source": {
                "@timestamp": f"2024-01-0{n + 1}T10:00:00Z",
                "user": {"id": one["Item"]["user_id"]["S"]},
                "event": {"action": one["Item"]["event"]["S"]},
            },
        }
        for n, one in enumerate(wrapped)
    ]
    for rows in (wrapped, found):
        log = imported({"export.jsonl": "\n".join(map(json.dumps, rows))})
        assert log.touchpoint_types == ["Demo", "Form"]
        assert (log.n_touchpoints, log.n_journeys) == (3, 2)


def test_properties_beside_an_own_id_are_not_those_of_a_vendor(imported):
    text = (
        'user_id,event,time,properties\nu1,view,2024-01-02,"{""plan"": ""pro""}"\n'
        'u2,view,2024-01-02,"{""plan"": ""free""}"\n'
    )
    log = imported({"events.csv": text})
    assert (log.n_touchpoints, log.n_journeys) == (2, 2)
    assert "recognised" not in " ".join(log.report.notes)
