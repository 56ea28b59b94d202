"""Words beside the number one are of one, wherever a sentence or a picture has it."""

import re

import pytest

import journey
from journey import charts
from tests.examples import MODEL, small_log

OF_MANY = re.compile(
    r"(?<![\d.,])1 (?:\w+ )?(?:journeys|accounts|touchpoints|people|stages|rows|types|days|leads"
    r"|MQLs|SQLs|messages|visitors|customers|moves)\b"
)


@pytest.fixture(scope="module")
def log():
    """One journey with one touchpoint of each kind that the lifecycle asks for."""
    names = ["Ad", "Form", "New lead", "E-mail sent", "E-mail opened", "E-mail clicked", "MQL"]
    names += ["SQL accepted", "Won", "Onboarding", "Contract cancelled"]
    return small_log([("a", day, name) for day, name in enumerate(names)], MODEL)


def test_the_lifecycle_speaks_of_one(log):
    told = journey.lifecycle_metrics(log, days=90)
    assert [words for words in told["sentence"] if OF_MANY.search(words)] == []
    words = "1 journey began: new audience; nothing to compare with in the 90 days before."
    assert words in set(told["sentence"])
    assert not told["sentence"].str.contains(r"[\[|]").any()


def test_pictures_speak_of_one(log):
    graph = journey.simplify(journey.journey_graph(log))
    flows = journey.step_flows(log, steps=3)
    breakdown = journey.segment_breakdown(log, by="touchpoint")
    drawn = [
        charts.journey_map(graph).svg,
        charts.step_sankey(flows).svg,
        charts.plot_segment_breakdown(breakdown).to_json(),
    ]
    assert [found.group() for one in drawn for found in OF_MANY.finditer(one)] == []
