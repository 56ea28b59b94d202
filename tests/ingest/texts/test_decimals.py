import pytest


def values(imported, texts):
    rows = "".join(f"Acme;2026-01-{n:02d};Offer;{text}\n" for n, text in enumerate(texts, start=1))
    log = imported({"a.csv": "account;when;event;value\n" + rows})
    shard = log.origin.shards[0]
    notes = [note for note in log.report.notes if "comma" in note]
    return list(shard.numbers["value"]), notes


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        # Only 12,50 says that the comma parts decimals.
        (["12,50", "1,250", "1.250", "€ 1,250", "1.234,5"], [12.5, 1.25, 1250, 1.25, 1234.5]),
        (["12,5", "7", "1.250.000"], [12.5, 7, 1_250_000]),
        (["1.250", "7", "1.250.000"], [1250, 7, 1_250_000]),
    ],
)
def test_one_value_tells_that_commas_part_decimals(imported, texts, expected):
    found, notes = values(imported, texts)
    assert found == expected
    assert notes == ["a.csv, column 'value': a comma parts the decimals."]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["12.50", "1,250", "1.250"], [12.5, 1250, 1.25]),
        (["1,250", "7"], [1250, 7]),
        (["1,234.5", "1,250"], [1234.5, 1250]),
        # Two say point, one says comma: each is read by itself.
        (["12.50", "13.75", "12,5"], [12.5, 13.75, 12.5]),
    ],
)
def test_else_commas_part_thousands(imported, texts, expected):
    assert values(imported, texts) == (expected, [])


def test_the_few_values_that_tell_may_stand_anywhere(imported):
    # Row 10,001 of 12,000; a sample of every second row passes it over.
    cells = ["12,50" if row == 10_001 else "1.250" for row in range(1, 12_001)]
    rows = "".join(f"A{n};2026-01-02;Offer;{cell}\n" for n, cell in enumerate(cells, start=1))
    log = imported({"a.csv": "account;when;event;value\n" + rows})
    found = [float(value) for shard in log.origin.shards for value in shard.numbers["value"]]
    assert sorted(found) == [12.5, *[1250.0] * 11_999]


@pytest.mark.parametrize(
    ("texts", "expected", "doubtful"),
    [
        (["7", "€ 1.250", "2.500"], [7, 1.25, 2.5], "€ 1.250"),
        # One says comma, one says point.
        (["1.250", "12,5", "12.5"], [1.25, 12.5, 12.5], "1.250"),
        (["0.250", "7"], [0.25, 7], None),
        (["1.250", "12.5"], [1.25, 12.5], None),
    ],
)
def test_a_point_that_could_part_thousands_is_told(imported, texts, expected, doubtful):
    rows = "".join(f"Acme;2026-01-{n:02d};Offer;{text}\n" for n, text in enumerate(texts, start=1))
    log = imported({"a.csv": "account;when;event;value\n" + rows})
    assert list(log.origin.shards[0].numbers["value"]) == expected
    expected_note = (
        "a.csv, column 'value': no value tells whether a point parts decimals or thousands; "
        f"{doubtful} is read with decimals. If it means a thousand and more, export the "
        "numbers with two decimals or without points between thousands."
    )
    notes = [note for note in log.report.notes if "read with decimals" in note]
    assert notes == ([expected_note] if doubtful else [])


def test_what_an_earlier_file_told_holds_for_the_next_of_its_source(imported, tmp_path):
    head = "account;when;event;value\n"
    imported({"jan.csv": f"{head}Acme;2026-01-02;Offer;12,50\n"})
    (data,) = tmp_path.glob("*/data")
    later = imported(
        {"feb.csv": f"{head}Acme;2026-02-02;Offer;1.250\n"}, earlier=str(data / "sources")
    )
    assert sorted(later.origin.shards[0].numbers["value"].tolist()) == [12.5, 1250.0]
    assert not [note for note in later.report.notes if "no value tells" in note]


@pytest.mark.parametrize("files", [("a.csv", "b.csv"), ("b.csv", "a.csv")])
def test_files_of_one_import_tell_each_other_in_any_order(imported, files):
    # 1.003,50 says of both that points part thousands.
    head = "account;when;event;value\n"
    rows = {"a.csv": "Acme;2026-01-01;Offer;1.003,50\n", "b.csv": "Acme;2026-02-01;Offer;1.203\n"}
    log = imported({name: head + rows[name] for name in files})
    assert list(log.origin.shards[0].numbers["value"]) == [1003.5, 1203]


def test_a_file_that_tells_is_not_outvoted_by_others(imported):
    head = "account;when;event;value\n"
    point = "".join(f"Acme;2026-01-0{n};Offer;12.50\n" for n in range(1, 4))
    log = imported({"a.csv": head + point, "b.csv": head + "Acme;2026-02-01;Offer;1,5\n"})
    assert list(log.origin.shards[0].numbers["value"]) == [12.5, 12.5, 12.5, 1.5]
