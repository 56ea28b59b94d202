"""Ids that hang together, against networkx; people, against a rule told in plain Python."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journey.ingest.identity.components import components
from journey.ingest.identity.people import joined_people


@st.composite
def graphs(draw):
    n_nodes = draw(st.integers(1, 40))
    node = st.integers(0, n_nodes - 1)
    pairs = draw(st.lists(st.tuples(node, node), max_size=60))
    return n_nodes, pairs


def ends(pairs):
    left, right = zip(*pairs, strict=True) if pairs else ((), ())
    return np.array(left, np.int64), np.array(right, np.int64)


@given(graphs())
def test_components_are_those_of_networkx(graph):
    n_nodes, pairs = graph
    model = nx.Graph(pairs)
    model.add_nodes_from(range(n_nodes))
    expected = {node: min(part) for part in nx.connected_components(model) for node in part}
    found = components(n_nodes, *ends(pairs))
    assert dict(enumerate(found.tolist())) == expected


@given(graphs(), st.randoms(use_true_random=False))
def test_components_do_not_depend_on_the_order_of_pairs(graph, chance):
    n_nodes, pairs = graph
    mixed = [pair[::-1] if chance.random() < 0.5 else pair for pair in pairs]
    chance.shuffle(mixed)
    expected = components(n_nodes, *ends(pairs))
    assert components(n_nodes, *ends(mixed)).tolist() == expected.tolist()


@pytest.mark.parametrize("order", [1, -1])
def test_a_long_chain_is_one_component(order):
    chain = np.arange(10_000)[::order]
    assert not components(10_000, chain[:-1], chain[1:]).any()


def test_nothing_joined_is_everybody_alone():
    assert components(3, *ends([])).tolist() == [0, 1, 2]
    assert components(0, *ends([])).tolist() == []


def people(n_nodes, ids, visits, *, max_ids=10, max_people=1):
    """Join ids of people, and visitors with people; both as pairs of nodes."""
    first, second = ends([*ids, *visits])
    is_visit = np.arange(len(first)) >= len(ids)
    person, unsafe = joined_people(
        n_nodes, first, second, is_visit, max_ids=max_ids, max_people=max_people
    )
    return person.tolist(), unsafe.tolist()


def test_a_visitor_of_one_person_is_the_person():
    # 0 and 1 are ids of one person; visitor 3 stands with both, visitor 4 with 2 alone.
    assert people(5, [(0, 1)], [(3, 0), (3, 1), (4, 2)]) == ([0, 0, 2, 0, 2], [0, 0, 0, 0])


def test_a_device_of_two_people_is_nobodys():
    # Visitor 2 stands with the people 0 and 1, visitor 3 with 1.
    assert people(4, [], [(2, 0), (2, 1), (3, 1)]) == ([0, 1, 2, 1], [2, 2, 0])


def test_a_device_may_join_two_people_where_the_limit_allows():
    assert people(3, [], [(2, 0), (2, 1)], max_people=2) == ([0, 0, 0], [0, 0])


def test_too_many_ids_are_not_joined():
    # Four ids in a chain against a limit of three; the pair 4, 5 is none of their business.
    chain = [(0, 1), (1, 2), (2, 3)]
    found = people(6, [*chain, (4, 5)], [], max_ids=3)
    assert found == ([0, 1, 2, 3, 4, 4], [1, 1, 1, 0])
    assert people(6, [*chain, (4, 5)], [], max_ids=4)[0] == [0, 0, 0, 0, 4, 4]


def test_devices_do_not_chain_people_beyond_the_limit():
    # Each device has two people, which is allowed; together they would make four one.
    visits = [(4, 0), (4, 1), (5, 1), (5, 2), (6, 2), (6, 3)]
    person, unsafe = people(7, [], visits, max_ids=3, max_people=2)
    assert person == list(range(7))
    assert unsafe == [2] * 6


@given(graphs(), st.integers(1, 4))
def test_no_person_has_more_ids_than_allowed(graph, most):
    n_nodes, pairs = graph
    person, unsafe = people(n_nodes, pairs, [], max_ids=most)
    assert max(np.bincount(person)) <= most
    # What was not followed is exactly what lies in components that are too large.
    whole = components(n_nodes, *ends(pairs))
    sizes = np.bincount(whole, minlength=n_nodes)
    assert unsafe == [int(sizes[whole[left]] > most) for left, _ in pairs]
