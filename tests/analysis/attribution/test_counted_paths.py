from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journey.analysis.attribution.attribute import attribute_paths
from journey.errors import ColumnNotFoundError, ValueNotAllowedError
from tests import attribution_oracle as reference

ROWS = st.lists(
    st.tuples(
        st.lists(st.sampled_from("ABC"), max_size=4),
        st.integers(0, 3),
        st.integers(0, 3),
        st.sampled_from((0.0, 2.5, 40.0)),
    ),
    max_size=5,
)


def frame_of(rows):
    """Rows of path, conversions, value, nulls."""
    return pd.DataFrame(rows, columns=["path", "n_conversions", "value", "n_nulls"]).astype(
        {"n_conversions": int, "value": float, "n_nulls": int}
    )


def credit(frame, model, column="n_conversions"):
    own = frame[frame["model"] == model]
    return dict(zip(own["channel"], own[column], strict=True))


@given(ROWS, st.randoms())
def test_counted_paths_equal_journeys_one_by_one(rows, chance):
    rows = [(path, n, ended, value if n else 0.0) for path, n, ended, value in rows]
    counted = frame_of([(" > ".join(p), n, value, ended) for p, n, ended, value in rows])
    found = attribute_paths(counted)
    won = [([(c, 0) for c in p], value / n) for p, n, _, value in rows if p for _ in range(n)]
    ended = [[(c, 0) for c in p] for p, _, n, _ in rows if p for _ in range(n)]
    without = sum(n for p, n, _, _ in rows if not p)
    rest = {None: without} if without else {}
    for model in ("first", "last", "linear", "position"):
        wanted = reference.credits_by(reference.RULES[model], won)[0] | rest
        assert {k: v for k, v in credit(found, model).items() if v} == pytest.approx(wanted)
    effects = {k: v for k, v in reference.removal_effects(won, ended).items() if v}
    known = credit(found, "markov", "removal_effect").items()
    assert {k: v for k, v in known if k is not None and v} == pytest.approx(effects)
    shuffled = counted.sample(frac=1, random_state=chance.randrange(100))
    pd.testing.assert_frame_equal(found, attribute_paths(shuffled), rtol=1e-9)


def test_there_is_no_time_decay_without_times():
    found = attribute_paths(frame_of([("A > B", 1, 0.0, 0)]))
    assert "time_decay" not in set(found["model"])


def test_a_name_is_taken_without_the_spaces_around_it():
    found = attribute_paths(frame_of([("Paid search>E-mail", 2, 8.0, 0), ("E-mail", 0, 0.0, 1)]))
    assert credit(found, "last", "value") == {"E-mail": 8.0, "Paid search": 0.0}


def test_intervals_are_of_journeys_not_of_rows():
    # One row of 1,000 journeys and one of 3,000: a share of 0.25 -+ 1.96 * sqrt(0.1875 / 4000),
    # which is 0.0134, so 946 to 1,054 of 4,000.
    found = attribute_paths(frame_of([("A", 1000, 0.0, 0), ("B", 3000, 0.0, 0)]))
    row = found[(found["model"] == "first") & (found["channel"] == "A")].iloc[0]
    assert row["low"] == pytest.approx(946, abs=20)
    assert row["high"] == pytest.approx(1054, abs=20)


def test_nothing_gives_the_columns():
    found = attribute_paths(frame_of([]))
    assert found.empty
    assert found.columns[:4].tolist() == ["model", "channel", "n_conversions", "value"]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (("A", -1, 0.0, 0), "Row 1, column 'n_conversions': -1"),
        (("A", 1, 0.0, 0.5), "Row 1, column 'n_nulls': 0.5"),
        (("A", 0, 3.0, 1), "Row 1, column 'value': 3.0 with 0 conversions"),
        (("A", 1, np.nan, 1), "Row 1, column 'value': nan"),
    ],
)
def test_what_can_be_no_count_is_named(row, said):
    frame = pd.DataFrame([row], columns=["path", "n_conversions", "value", "n_nulls"])
    with pytest.raises(ValueNotAllowedError, match=said):
        attribute_paths(frame)


def test_a_missing_column_is_named():
    with pytest.raises(ColumnNotFoundError, match="'n_nulls' not found"):
        attribute_paths(frame_of([]).drop(columns="n_nulls"))


KNOWN = Path(__file__).parents[4] / "shared" / "data" / "attribution_paths.csv"


@pytest.mark.skipif(not KNOWN.is_file(), reason="the paths with known answers are not at hand")
def test_values_add_up_to_those_of_the_file():
    paths = pd.read_csv(KNOWN, sep=";")
    paths.columns = ["path", "n_conversions", "value", "n_nulls"]
    found = attribute_paths(paths)
    sums = found.groupby("model")[["n_conversions", "value"]].sum()
    assert sums["n_conversions"].tolist() == pytest.approx([19_785] * 6)
    assert sums["value"].tolist() == pytest.approx([paths["value"].sum()] * 6)
