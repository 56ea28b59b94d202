from collections import Counter
from itertools import pairwise

import make_log
import pandas as pd
import pytest
from tasks import type_names

import journey

N = 3_000


@pytest.fixture(scope="module")
def directory(tmp_path_factory):
    directory = tmp_path_factory.mktemp("log")
    make_log.make_log(N, directory)
    return directory


def test_the_store_holds_what_the_other_engines_read(directory):
    log = journey.open_log(directory / "store")
    frame = pd.read_parquet(directory / "log.parquet")
    assert len(frame) == log.n_touchpoints == N
    journeys = [group["touchpoint"].tolist() for _, group in frame.groupby("account_id")]
    expected = Counter(pair for types in journeys for pair in pairwise(types))
    moves = journey.move_counts(log)
    found = zip(moves["source"], moves["target"], moves["n_moves"], strict=True)
    assert {(source, target): n for source, target, n in found} == expected
    emails = log.where(channel="Email").n_touchpoints
    assert emails == (frame["channel"] == "Email").sum() > 0


def test_no_two_touchpoints_of_a_journey_share_a_time_so_that_no_engine_has_ties_to_break(
    directory,
):
    frame = pd.read_parquet(directory / "log.parquet")
    assert not frame.duplicated(["account_id", "occurred_at"]).any()
    assert frame.equals(frame.sort_values(["account_id", "occurred_at"]))


def test_how_journeys_end_lies_beside_the_log(directory):
    ends = pd.read_parquet(directory / "outcomes.parquet")
    counts = journey.outcomes(journey.open_log(directory / "store")).set_index("outcome")
    assert ends["outcome"].value_counts().to_dict() == {
        outcome: n for outcome, n in counts["n_journeys"].items() if n
    }
    assert counts.loc["won", "n_journeys"] > 0
    assert counts.loc["stalled", "n_journeys"] > 0


def test_the_same_log_every_time_with_and_without_parquet(directory, tmp_path):
    make_log.make_log(N, tmp_path, with_parquet=False)
    assert not (tmp_path / "log.parquet").exists()
    one, other = (journey.open_log(folder / "store") for folder in (directory, tmp_path))
    assert one.fingerprint == other.fingerprint


def test_thousands_of_types_in_the_order_of_their_names(tmp_path):
    make_log.make_log(N, tmp_path, n_types=1_200, with_parquet=False)
    log = journey.open_log(tmp_path / "store")
    assert list(log.type_names) == type_names(1_200) == sorted(log.type_names)
    assert len(log.touchpoint_types) > 200
