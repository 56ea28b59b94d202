import pytest
from hypothesis import given
from hypothesis import strategies as st

from journey import account_timeline
from journey.analysis.accounts.timeline import TIMELINE_COLUMNS
from journey.errors import ValueNotAllowedError
from tests import oracle
from tests.compare import same
from tests.examples import journey_of, small_log
from tests.strategies import samples


@given(samples(), st.sampled_from((None, 1, 2)), st.sampled_from(("account", "person")))
def test_timelines_equal_the_reference(sample, rows_per_shard, case):
    log = sample.log(rows_per_shard)
    if case == "person" and not {"person_id", "anonymous_id"} & set(sample.columns):
        return
    reference = sample.oracle(case=case)
    for name in reference.journeys:
        found = account_timeline(log.by(case), name)
        assert list(found.columns) == list(TIMELINE_COLUMNS)
        same(found, oracle.timeline(reference, name))


def test_a_timeline_shows_all_touches_whatever_is_in_view():
    log = small_log(journey_of("Ad 0", "Mail 1", "Mail 3", "Ad 4", "Won 9"))
    found = account_timeline(log.exclude("Mail"), "a")
    assert found["touchpoint"].tolist() == ["Ad", "Mail", "Mail", "Ad", "Won"]
    assert found["stage"].tolist() == ["Attract", "Nurture", None, "Attract", "Expand"]
    assert found["current_stage"].tolist() == ["Attract", "Nurture", "Nurture", "Attract", "Expand"]
    assert found["gap_days"].tolist()[1:] == [1, 2, 1, 5]


def test_an_account_that_is_not_there_is_refused():
    with pytest.raises(ValueNotAllowedError, match="no journey of 'b'"):
        account_timeline(small_log([("a", 0, "Ad")]), "b")
    with pytest.raises(ValueNotAllowedError, match="no journey of 'b'"):
        account_timeline(small_log([]), "b")
