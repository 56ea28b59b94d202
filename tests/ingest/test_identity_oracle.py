"""Whole resolutions of random rows, against a graph of the same rows in networkx."""

import duckdb
import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journey.rules.identity import IdentityRules
from tests.ingest.identity_rows import resolve

# Numbers alone, so that ids of different kinds are often spelled alike.
NUMBERS = st.none() | st.integers(0, 5).map(str)
ADDRESSES = st.none() | st.integers(0, 5).map("p{}@gmail.com".format)
ROWS = st.lists(st.tuples(NUMBERS, ADDRESSES, NUMBERS, NUMBERS), min_size=1, max_size=12)
FREE = IdentityRules(max_people_per_device=99, max_ids_per_address=99, max_ids_per_person=99)


@pytest.fixture(scope="module")
def connection():
    with duckdb.connect() as opened:
        yield opened


def resolved(connection, rows, rules):
    """Person, account and how of each row of visitor, address, contact and account."""
    resolve(connection, rows, rules)
    return connection.execute(
        "SELECT person_id, account_id, account_by FROM known ORDER BY id"
    ).fetchall()


def named(row):
    """The person that a row names: its address, else its contact."""
    _, address, contact, _ = row
    return ("email", address) if address else ("person", contact) if contact else None


def graph(rows, *, has_visits):
    model = nx.Graph()
    for row in rows:
        visitor, address, contact, _ = row
        if named(row):
            model.add_node(named(row))
        if address and contact:
            model.add_edge(("email", address), ("person", contact))
        if visitor and named(row) and has_visits:
            model.add_edge(("visitor", visitor), named(row))
    return model


def name_of(part):
    """An address before another id, then the smallest."""
    return min((kind, value) for kind, value in part if kind != "visitor")[1]


@given(ROWS)
def test_without_limits_people_are_the_components_of_the_graph(connection, rows):
    model = graph(rows, has_visits=True)
    people = {node: name_of(part) for part in nx.connected_components(model) for node in part}
    expected = [people.get(named(row) or ("visitor", row[0])) for row in rows]
    assert [person for person, _, _ in resolved(connection, rows, FREE)] == expected


@given(ROWS)
def test_by_default_a_device_of_several_people_is_nobodys(connection, rows):
    model = graph(rows, has_visits=False)
    people = {node: name_of(part) for part in nx.connected_components(model) for node in part}
    users = {}
    for row in rows:
        if row[0] and named(row):
            users.setdefault(row[0], set()).add(people[named(row)])
    expected = [
        people[named(row)]
        if named(row)
        else next(iter(users[row[0]]))
        if len(users.get(row[0], ())) == 1
        else None
        for row in rows
    ]
    assert [person for person, _, _ in resolved(connection, rows, IdentityRules())] == expected


@given(ROWS, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(connection, rows, chance):
    places = list(range(len(rows)))
    chance.shuffle(places)
    mixed = resolved(connection, [rows[place] for place in places], IdentityRules())
    plain = resolved(connection, rows, IdentityRules())
    assert mixed == [plain[place] for place in places]


@given(ROWS)
def test_a_journey_is_of_one_kind_and_every_named_row_has_one(connection, rows):
    found = resolved(connection, rows, IdentityRules())
    kinds = {}
    for row, (_, account, how) in zip(rows, found, strict=True):
        assert (account is None) == (not any(row))
        if row[3]:
            assert (account, how) == (row[3], "file")
        if account:
            kind = "account" if how in ("file", "person", "domain", "opportunity") else how
            kinds.setdefault(account, set()).add(kind)
    assert all(len(kind) == 1 for kind in kinds.values())
