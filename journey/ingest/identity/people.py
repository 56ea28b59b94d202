"""One person for all ids that hang together, unless too many do."""

from typing import Any, Final, cast

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from journey.ingest.identity.components import Codes, components
from journey.ingest.identity.links import FOLLOWED, LINKS, MANY_IDS, SHARED_DEVICE
from journey.rules.identity import IdentityRules

NODES: Final = "identity_nodes"
"""The table of ids of people and visitors that have links: ``node``, ``kind``, ``id`` and
``person``, the node that stands for the person (for a visitor of nobody: itself)."""

_RANKS: Final = "CASE kind WHEN 'email' THEN 0 WHEN 'person' THEN 1 WHEN 'lead' THEN 2 ELSE 3 END"

Flags = npt.NDArray[np.bool_]


def make_people(connection: duckdb.DuckDBPyConnection, rules: IdentityRules) -> None:
    """Make the table :data:`NODES`; mark the links that would join too many in :data:`LINKS`.

    Nodes are numbered in the order in which ids stand for a person: e-mail address before CRM id
    before visitor, then the smallest. So the smallest node of a component names it.
    """
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE numbered AS
        SELECT row_number() OVER (ORDER BY {_RANKS}, id, kind) - 1 AS node, kind, id FROM (
            SELECT left_kind AS kind, left_id AS id FROM {LINKS}
            WHERE how IN ('identify', 'email', 'crm')
            UNION SELECT right_kind, right_id FROM {LINKS}
            WHERE how IN ('identify', 'email', 'crm'))
        """
    )
    found = connection.execute(
        f"""
        SELECT link, a.node AS first, b.node AS second, how = 'identify' AS is_visit FROM {LINKS}
        JOIN numbered a ON left_kind = a.kind AND left_id = a.id
        JOIN numbered b ON right_kind = b.kind AND right_id = b.id
        WHERE how IN ('identify', 'email', 'crm') AND status = '{FOLLOWED}'
        """
    ).fetchnumpy()
    count = connection.execute("SELECT count(*) FROM numbered").fetchall()
    n_nodes = cast("int", count[0][0])
    person, unsafe = joined_people(
        n_nodes,
        *(np.asarray(found[name]) for name in ("first", "second", "is_visit")),
        max_ids=rules.max_ids_per_person,
        max_people=rules.max_people_per_device,
    )
    _keep(connection, person, np.asarray(found["link"]), unsafe)


def joined_people(
    n_nodes: int,
    first: npt.NDArray[Any],
    second: npt.NDArray[Any],
    is_visit: Flags,
    *,
    max_ids: int,
    max_people: int,
) -> tuple[Codes, npt.NDArray[np.int8]]:
    """Who is who among ids, by the links between them.

    Parameters
    ----------
    first, second
        The ends of each link; of a visit ``first`` is the visitor.
    is_visit
        The link is of a visitor and a person, else of two ids of a person.
    max_ids, max_people
        As ``max_ids_per_person`` and ``max_people_per_device`` of the rules.

    Returns
    -------
    person
        Of each node the smallest node of its person.
    unsafe
        Of each link 0, or why it is not followed: 1 too many ids, 2 a shared device.
    """
    unsafe = np.zeros(len(first), np.int8)
    person = components(n_nodes, first[~is_visit], second[~is_visit])
    n_ids = np.bincount(person, minlength=n_nodes)
    is_crowded = n_ids[person] > max_ids
    unsafe[~is_visit & is_crowded[first]] = 1
    kept = ~is_visit & (unsafe == 0)
    person = components(n_nodes, first[kept], second[kept])

    n_people = _people_per_visitor(n_nodes, first[is_visit], person[second[is_visit]])
    unsafe[is_visit & (n_people[first] > max_people)] = 2
    joins_several = is_visit & (unsafe == 0) & (n_people[first] > 1)
    if joins_several.any():
        kept = (unsafe == 0) & (~is_visit | joins_several)
        person_of_all = components(n_nodes, first[kept], second[kept])
        is_person = np.ones(n_nodes, np.bool_)
        is_person[first[is_visit]] = False
        n_ids = np.bincount(person_of_all, is_person, minlength=n_nodes)
        unsafe[joins_several & (n_ids[person_of_all[first]] > max_ids)] = 2
    kept = unsafe == 0
    return components(n_nodes, first[kept], second[kept]), unsafe


def _people_per_visitor(n_nodes: int, visitors: Codes, people: Codes) -> Codes:
    pairs = np.unique(visitors.astype(np.int64) * n_nodes + people)
    return np.bincount(pairs // max(n_nodes, 1), minlength=n_nodes)


def _keep(
    connection: duckdb.DuckDBPyConnection, person: Codes, links: Codes, unsafe: npt.NDArray[np.int8]
) -> None:
    numbered = {"node": pa.array(np.arange(len(person))), "person": pa.array(person)}
    connection.register("found_people", pa.table(numbered))
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {NODES} AS "
        "SELECT node, kind, id, person FROM numbered JOIN found_people USING (node)"
    )
    connection.unregister("found_people")
    is_unsafe = unsafe > 0
    if is_unsafe.any():
        marked = pa.table(
            {"link": pa.array(links[is_unsafe]), "reason": pa.array(unsafe[is_unsafe])}
        )
        connection.register("found_unsafe", marked)
        connection.execute(
            f"UPDATE {LINKS} SET status = CASE u.reason WHEN 1 THEN '{MANY_IDS}' "
            f"ELSE '{SHARED_DEVICE}' END FROM found_unsafe u WHERE {LINKS}.link = u.link"
        )
        connection.unregister("found_unsafe")
    connection.execute("DROP TABLE numbered")
