from journey import Definitions, Stage
from journey.analysis.ownership.proposed import proposed_ownership
from tests.examples import small_log


def test_leads_are_proposed_by_touches_where_none_is_named():
    # All of Attract: two touches of marketing and one of sales.
    stages = (Stage("Attract", ("Ad", "Sales call")), Stage("Convert", ("Demo",)))
    rows = [("a", 0, "Ad"), ("a", 1, "Sales call"), ("a", 2, "Ad"), ("a", 3, "Demo")]
    found = proposed_ownership(small_log(rows, Definitions(stages))).of_stage("Attract")
    assert (found.leads, found.contributors) == (("Marketing",), ("Sales",))
