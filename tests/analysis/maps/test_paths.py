import pytest
from hypothesis import given
from hypothesis import strategies as st

from journey import step_flows
from journey.analysis.maps.paths import FLOW_COLUMNS, named_types
from journey.errors import ValueNotAllowedError
from tests import oracle
from tests.compare import records
from tests.examples import small_log
from tests.strategies import TYPES, samples, seeded

ANCHORS = st.fixed_dictionaries(
    {}, optional={"start": st.sampled_from(TYPES), "end": st.sampled_from(TYPES)}
) | st.fixed_dictionaries({"around": st.sampled_from(TYPES)})


def as_counts(flows):
    counts = {}
    for row in records(flows):
        key = tuple(row[name] for name in FLOW_COLUMNS[:-2])
        assert key not in counts
        counts[key] = row["n_journeys"], row["n_back"]
    return counts


def known(log, anchors):
    return {role: name for role, name in anchors.items() if name in log.type_names}


@given(samples(), st.integers(1, 6), st.integers(0, 4), ANCHORS, st.sampled_from((None, 1, 2)))
def test_flows_equal_the_reference(sample, steps, n_types, anchors, rows_per_shard):
    log = sample.log(rows_per_shard)
    options = {"steps": steps, "n_types": n_types, **known(log, anchors)}
    assert as_counts(step_flows(log, **options)) == oracle.step_flows(sample.oracle(), **options)


@pytest.mark.parametrize("anchors", [{}, {"start": "Call"}, {"end": "Demo"}, {"around": "Mail"}])
def test_flows_of_a_bigger_log_equal_the_reference(anchors):
    sample = seeded(5)
    found = step_flows(sample.log(100), n_types=5, **anchors)
    assert as_counts(found) == oracle.step_flows(sample.oracle(), steps=8, n_types=5, **anchors)


@given(samples(), st.integers(1, 6), ANCHORS)
def test_each_step_adds_up_to_the_journeys_that_have_the_anchor(sample, steps, anchors):
    log = sample.log()
    anchors = known(log, anchors)
    flows = step_flows(log, steps=steps, n_types=2, **anchors)
    anchored = log.having(anchors["around"]) if "around" in anchors else log
    anchored = anchored.starting_at(anchors["start"]) if "start" in anchors else anchored
    anchored = anchored.ending_at(anchors["end"]) if "end" in anchors else anchored
    sums = flows.groupby("step")["n_journeys"].sum().to_dict()
    wanted = range(1, steps + 1) if anchored.n_journeys else ()
    assert sums == dict.fromkeys(wanted, anchored.n_journeys)


@given(samples(), st.integers(1, 5))
def test_what_leaves_a_step_arrives_at_the_next(sample, steps):
    flows = step_flows(sample.log(), steps=steps, n_types=3)
    for step in range(1, steps):
        leaving = flows[flows["step"] == step]
        arriving = flows[flows["step"] == step + 1]
        left = leaving.groupby(["next_box", "next_kind"])["n_journeys"].sum().to_dict()
        assert left == arriving.groupby(["box", "box_kind"])["n_journeys"].sum().to_dict()


@given(samples(), ANCHORS)
def test_every_box_opens_into_its_journeys(sample, anchors):
    steps, log = 4, sample.log()
    anchors = known(log, anchors)
    flows = step_flows(log, steps=steps, n_types=2, **anchors)
    others = set(log.type_names) - set(named_types(flows))
    around = anchors.get("around")
    log = log.starting_at(anchors["start"]) if "start" in anchors else log
    log = log.ending_at(anchors["end"]) if "end" in anchors else log
    first = -(steps // 2) if around else 0
    first = -steps if "end" in anchors and "start" not in anchors else first
    boxes = flows.groupby(["step", "box", "box_kind"])["n_journeys"].sum()
    for (step, box, kind), n_journeys in boxes.items():
        types = {"touchpoint": [box], "other": others}.get(kind, [])
        opened = log.having_at(first + step - 1, sorted(types), around=around)
        opened = opened.where(outcome=box) if kind == "outcome" else opened
        assert opened.n_journeys == n_journeys, (step, box, kind)


def test_journeys_that_are_over_stay_in_their_outcome():
    # a: Ad, Won, over as won from step 3 on; b: Ad, open (the log ends on its day).
    log = small_log([("a", 0, "Ad"), ("a", 1, "Won"), ("b", 1, "Ad")])
    assert as_counts(step_flows(log, steps=3)) == {
        (1, "Ad", "touchpoint", "Attract", "Won", "touchpoint", "Unassigned"): (1, 0),
        (1, "Ad", "touchpoint", "Attract", "in_progress", "outcome", None): (1, 0),
        (2, "Won", "touchpoint", "Unassigned", "won", "outcome", None): (1, 0),
        (2, "in_progress", "outcome", None, "in_progress", "outcome", None): (1, 0),
        (3, "won", "outcome", None, None, None, None): (1, 0),
        (3, "in_progress", "outcome", None, None, None, None): (1, 0),
    }


def test_around_puts_the_anchor_in_the_middle():
    # Four steps around Demo: Demo at step 3; a began with it, b one touch before.
    log = small_log([("a", 0, "Demo"), ("b", 0, "Ad"), ("b", 1, "Demo"), ("c", 1, "Ad")])
    boxes = step_flows(log, steps=4, around="Demo").groupby(["step", "box"])["n_journeys"].sum()
    assert boxes.to_dict() == {
        (1, "Not started"): 2,
        (2, "Not started"): 1,
        (2, "Ad"): 1,
        (3, "Demo"): 2,
        (4, "in_progress"): 2,
    }


def test_a_type_named_as_an_outcome_has_a_box_of_its_own():
    log = small_log([("a", 0, "won"), ("a", 1, "Won")])
    flows = step_flows(log, steps=3)
    kinds = flows[flows["box"] == "won"].set_index("step")["box_kind"].to_dict()
    assert kinds == {1: "touchpoint", 3: "outcome"}


def test_anchors_that_can_not_be_met_are_refused():
    log = small_log([("a", 0, "Ad")])
    with pytest.raises(ValueNotAllowedError, match=r"touchpoint type is 'Add'.*Did you mean 'Ad'"):
        step_flows(log, start="Add")
    with pytest.raises(ValueNotAllowedError, match="exclude each other"):
        step_flows(log, start="Ad", around="Ad")
    with pytest.raises(ValueNotAllowedError, match="at least 1"):
        step_flows(log, steps=0)


def test_an_empty_log_has_no_flows():
    flows = step_flows(small_log([]))
    assert list(flows.columns) == list(FLOW_COLUMNS)
    assert len(flows) == 0


def test_a_visit_after_a_win_is_no_step_back():
    # a is lost sight of and comes back to an ad (Convert → Attract); b has won before (Expand).
    rows = [("a", 0, "Demo"), ("a", 1, "Ad"), ("b", 0, "Won"), ("b", 1, "Ad")]
    flows = step_flows(small_log(rows), steps=2)
    first = flows[flows["step"] == 1].set_index(["box", "next_box"])
    assert first["n_back"].to_dict() == {("Demo", "Ad"): 1, ("Won", "Ad"): 0}
