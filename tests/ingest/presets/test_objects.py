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
