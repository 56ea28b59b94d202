import pytest
from hypothesis import given

from journey import attribute, journeys
from journey.analysis.attribution.journeys import won_after, won_first, won_last
from journey.errors import ValueNotAllowedError
from tests.examples import small_log
from tests.strategies import samples


@given(samples())
def test_every_count_opens_into_its_journeys(sample):
    log = sample.log(2)
    if "channel" not in log.store.text_columns:
        return
    frame = attribute(log)
    for row in frame.to_dict("records"):
        name = row["channel"]
        assert won_after(log, "channel", name).n_journeys == row["n_journeys"]
        if row["model"] == "first" and name is not None:
            assert won_first(log, "channel", name).n_journeys == round(row["n_conversions"])
        if row["model"] == "last" and name is not None:
            assert won_last(log, "channel", name).n_journeys == round(row["n_conversions"])


def test_journeys_are_opened_whole_by_their_case():
    rows = [("a", 0, "Ad"), ("a", 1, "Won"), ("a", 2, "Mail"), ("b", 0, "Ad"), ("b", 3, "Lost")]
    log = small_log(rows, channel=["Ads", None, "E-mail", "Ads", None])
    opened = won_after(log, "channel", "Ads")
    assert journeys(opened)[["account_id", "n_touchpoints"]].to_numpy().tolist() == [["a", 3]]
    assert won_after(log, "channel", "E-mail").n_journeys == 0


def test_a_value_that_is_not_there_is_named():
    log = small_log([("a", 0, "Ad")], channel=["Ads"])
    with pytest.raises(ValueNotAllowedError, match=r"'Adds'.*Did you mean 'Ads'"):
        won_after(log, "channel", "Adds")
