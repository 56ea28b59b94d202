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
