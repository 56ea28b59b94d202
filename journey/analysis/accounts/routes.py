"""The ways that won from where an account stands: its route, calculated anew.

The way of a won journey leads from its first time in the account's state (stage and last touch;
where fewer than 30 won journeys were in it, stage alone) to the winning touch, by every type at its
first time there, repeats left out. The moves of all these ways make a graph. Its routes are those
that most would take if at every step as many turned to each next one as did. They are counted over
the whole log, whatever is in view, and change when it does.

Examples
--------
All three that won after an ad were called; one of them had a demo then.

>>> import pandas as pd
>>> from journey import Definitions, Stage, from_frame, winning_routes
>>> ways = ["Ad Call Won", "Ad Call Won", "Ad Call Demo Won", "Ad"]
>>> rows = [(str(n), step) for n, way in enumerate(ways) for step in way.split()]
>>> days = pd.date_range("2026-01-01", periods=len(rows))
>>> log = from_frame(
...     pd.DataFrame(rows, columns=["account_id", "touchpoint"]).assign(occurred_at=days),
...     definitions=Definitions((Stage("Attract", ("Ad",)), Stage("Expand")), won=("Won",)))
>>> winning_routes(log, "3")[["sequence", "expected_share", "n_journeys", "n_won"]].round(2)
                sequence  expected_share  n_journeys  n_won
0        (Ad, Call, Won)            0.67           3      3
1  (Ad, Call, Demo, Won)            0.33           1      3
"""

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import islice, pairwise
from math import log as natural_log
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from journey.analysis.accounts.states import State, counted, state_of, state_words
from journey.analysis.figures.one_journey import ask_journey
from journey.facts import ShardFacts
from journey.kernels.facts import WON
from journey.kernels.states import first_in_state, has_in_order, moves_to_first_times
from journey.log import TouchpointLog
from journey.schema import SMALL_SAMPLE
from journey.store.layout import frozen
from journey.store.view import View

if TYPE_CHECKING:
    import networkx as nx

Ints = npt.NDArray[np.int64]
Part = tuple[View, ShardFacts]

ROUTE_COLUMNS = (
    "route",
    "sequence",
    "expected_share",
    "n_journeys",
    "share",
    "n_won",
    "state",
    "is_coarser",
)
WIN: Final = -1
"""The node at which every way ends, whichever touch won."""


def winning_routes(log: TouchpointLog, account_id: str, *, top: int = 3) -> pd.DataFrame:
    """The routes by which won journeys most often went on to the win from an account's state.

    Parameters
    ----------
    account_id
        An open account, or whatever ``by`` made a journey.
    top
        How many routes, the likeliest first.

    Returns
    -------
    DataFrame
        One row per route: ``route`` (from 1), ``sequence`` (from the account's last touch to the
        winning one), ``expected_share`` (of won journeys in the state, by the graph),
        ``n_journeys`` (of ``n_won`` won journeys in the state, those that took these steps in this
        order, others between allowed), ``share`` of the two, ``state`` in words, ``is_coarser``
        (than stage and last touch). Empty where no journey won from there, or a touch has decided
        the account.

    Raises
    ------
    ValueNotAllowedError
        If the log has no such account.

    References
    ----------
    Yen, J. Y. (1971). Finding the k shortest loopless paths in a network. *Management Science* 17;
    the shortest is the likeliest.
    """
    own = ask_journey(log, account_id, partial(state_of, as_of=log.as_of_tick))
    if own is None:
        return pd.DataFrame(columns=list(ROUTE_COLUMNS))
    used, moves, n_won = _moves_from(log, own)
    routes = list(islice(_likeliest(moves, int(own.last or 0)), top))
    return _frame(log, used, routes, n_won)


def _frame(
    log: TouchpointLog, used: State, routes: Sequence[tuple[list[int], float]], n_won: int
) -> pd.DataFrame:
    names = log.store.touchpoint_types
    steps = [tuple(route[1:]) for route, _ in routes]
    parts = log.ask_with_facts(partial(_count_taking, state=used, routes=steps))
    n_taking = sum(parts, np.zeros(len(routes), np.int64))
    frame = pd.DataFrame(
        {
            "route": np.arange(1, len(routes) + 1),
            "sequence": [tuple(names[code] for code in route) for route, _ in routes],
            "expected_share": [share for _, share in routes],
            "n_journeys": n_taking,
            "share": n_taking / max(n_won, 1),
            "n_won": n_won,
            "state": state_words(log, used),
            "is_coarser": used.last is None,
        }
    )
    return frame[list(ROUTE_COLUMNS)]


def _moves_from(log: TouchpointLog, own: State) -> tuple[State, "nx.DiGraph[int]", int]:
    """The state with enough won journeys, their moves from it to the win, how many they are."""
    state = State(own.stage, own.last, 0)
    keys, n_each, n_won = _asked(log, state, own)
    if n_won < SMALL_SAMPLE:
        state = State(own.stage, None, 0)
        keys, n_each, n_won = _asked(log, state, own)
    return state, _graph(keys, n_each, log), n_won


def _asked(log: TouchpointLog, state: State, own: State) -> tuple[Ints, Ints, int]:
    question = partial(_count_moves, state=state, start=int(own.last or 0))
    parts = log.ask_with_facts(question)
    none = np.empty(0, np.int64)
    keys = np.unique(np.concatenate([none, *(keys for keys, _, _ in parts)]))
    n_each = np.zeros(len(keys), np.int64)
    for found, n_found, _ in parts:
        n_each[np.searchsorted(keys, found)] += n_found
    return keys, n_each, sum(n_won for *_, n_won in parts)


def _graph(keys: Ints, n_each: Ints, log: TouchpointLog) -> "nx.DiGraph[int]":
    """The moves as a graph; whatever won leads to one end."""
    import networkx as nx

    sources, targets = np.divmod(keys, len(log.store.touchpoint_types) or 1)
    graph: nx.DiGraph[int] = nx.DiGraph()
    graph.add_weighted_edges_from(
        zip(sources.tolist(), targets.tolist(), n_each.tolist(), strict=True), weight="n_journeys"
    )
    verdicts = log.rules.verdict_of_type
    for code in [code for code in graph if verdicts[code] == WON]:
        n_in = graph.in_degree(code, weight="n_journeys")
        n_out = graph.out_degree(code, weight="n_journeys")
        graph.add_edge(code, WIN, n_journeys=n_in - n_out)
    for source, n_leaving in list(graph.out_degree(weight="n_journeys")):
        for move in graph.out_edges(source):
            graph.edges[move]["share"] = graph.edges[move]["n_journeys"] / n_leaving
    return graph


def _likeliest(graph: "nx.DiGraph[int]", start: int) -> Iterator[tuple[list[int], float]]:
    """Routes to the win with the share that would take each, likeliest first."""
    import networkx as nx

    if start not in graph or WIN not in graph:
        return
    for source, target, share in graph.edges(data="share"):
        graph.edges[source, target]["unlikeliness"] = -natural_log(share)
    for route in nx.shortest_simple_paths(graph, start, WIN, weight="unlikeliness"):
        shares = [graph.edges[move]["share"] for move in pairwise(route)]
        yield route[:-1], float(np.prod(shares))


def _count_moves(part: Part, *, state: State, start: int) -> tuple[Ints, Ints, int]:
    """Keys and counts of the moves of one shard's won journeys, and how many these are."""
    view = part[1].view
    n_types = len(view.type_names)
    begins, ends = _ways(part, state)
    moves = moves_to_first_times(view.types, begins, ends, start, n_types)
    keys, n_each, _ = counted(moves, np.zeros(len(moves), dtype=bool), n_types**2)
    return keys, n_each, int(np.sum(begins >= 0))


def _count_taking(part: Part, *, state: State, routes: Sequence[tuple[int, ...]]) -> Ints:
    """Won journeys of one shard that took each route's steps in order."""
    view = part[1].view
    begins, ends = _ways(part, state)
    taking = [
        has_in_order(view.types, begins, ends, frozen(np.array(route, np.int64)))
        for route in routes
    ]
    return np.array([flags.sum() for flags in taking], dtype=np.int64)


def _ways(part: Part, state: State) -> tuple[Ints, Ints]:
    """Per journey the first row in a state (-1: not won, or never in it) and the winning row."""
    facts = part[1]
    view = facts.view
    ends = frozen(np.where(facts.outcomes == WON, facts.decided_rows, -1))
    n_stages = facts.entered.shape[1]
    stage = -1 if state.stage is None or state.stage >= n_stages else state.stage
    last = -1 if state.last is None else state.last
    begins = first_in_state(facts.current, view.types, view.offsets, ends, stage, last)
    return frozen(begins), ends
