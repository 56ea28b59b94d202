"""Invented journey graphs, as the analysis gives them, for tests of the journey map."""

import random
from collections import Counter
from itertools import pairwise

import networkx as nx

from journey.schema import DEFAULT_STAGES, OUTCOMES

HOSTILE_NAMES = (
    "</text><script>alert(1)</script>",
    "\"quoted\" & 'single' onload=alert(1)",
    "x" * 300,
    "产品演示预约和价格页面访问以及后续跟进电话会议",
    "การสาธิตผลิตภัณฑ์และหน้าราคาสำหรับลูกค้า",
    "عرض المنتج وصفحة التسعير للعملاء الجدد",
    "",
    "ctrl\x00\x07\u202emark",
    "won",
    "a\tb\nc",
)

LINKEDIN, GOOGLE, BOOTH = "LinkedIn ad", "Google search ad", "Trade-show booth visit"
BLOG, MAIL, WEBINAR = "Blog article", "Nurture e-mail", "Webinar: reduce onboarding cost"
PRICE, TRIAL, DEMO = "Pricing page", "Free trial started", "Product demo booked"
STILL, OFFER, CALL = "Stalled > 30 days", "Proposal sent", "Sales call"
SIGNED, TICKET, RENEWAL = "Contract signed", "Support ticket", "Renewal"
BY_STAGE = (
    (LINKEDIN, GOOGLE, BOOTH),
    (BLOG, MAIL, WEBINAR),
    (PRICE, TRIAL, DEMO),
    (STILL, OFFER, CALL),
    (SIGNED, TICKET, RENEWAL),
)

LOOPS = {
    (LINKEDIN, BLOG): 2100,
    (LINKEDIN, PRICE): 700,
    (GOOGLE, BLOG): 2300,
    (GOOGLE, PRICE): 1400,
    (GOOGLE, MAIL): 450,
    (BOOTH, WEBINAR): 300,
    (BOOTH, CALL): 260,
    (BLOG, MAIL): 900,
    (BLOG, WEBINAR): 320,
    (MAIL, BLOG): 700,
    (WEBINAR, BLOG): 200,
    (BLOG, PRICE): 800,
    (MAIL, PRICE): 900,
    (MAIL, TRIAL): 450,
    (WEBINAR, DEMO): 280,
    (PRICE, TRIAL): 520,
    (PRICE, DEMO): 480,
    (TRIAL, DEMO): 250,
    (PRICE, STILL): 300,
    (DEMO, CALL): 640,
    (CALL, OFFER): 330,
    (STILL, CALL): 150,
    (OFFER, SIGNED): 290,
    (SIGNED, TICKET): 180,
    (TICKET, RENEWAL): 120,
    (PRICE, BLOG): 620,
    (DEMO, MAIL): 210,
    (CALL, PRICE): 160,
    (STILL, MAIL): 190,
    (MAIL, MAIL): 1100,
    (TICKET, TICKET): 90,
    (CALL, CALL): 140,
    (GOOGLE, LINKEDIN): 240,
}


def journey_graph(stage_of, moves, *, stages=DEFAULT_STAGES, n_journeys=100, **facts):
    """A graph with the attributes of the analysis.

    ``moves`` maps (source, target) to a count; ``facts`` may give ``starts`` (type → journeys),
    ``ends`` ((type, outcome) → journeys), ``outcomes`` and ``hidden``.
    """
    starts, ends = facts.get("starts", {}), facts.get("ends", {})
    leaving, arriving = Counter(), Counter()
    for (source, target), n_moves in moves.items():
        leaving[source] += n_moves
        arriving[target] += n_moves
    graph = nx.DiGraph()
    for node, stage in stage_of.items():
        graph.add_node(
            node,
            stage=stage,
            n_touchpoints=max(leaving[node], arriving[node], 1) + starts.get(node, 0),
            n_journeys=max(leaving[node], 1),
            win_rate=0.25,
            n_decided=40,
            n_starts=starts.get(node, 0),
            **{f"n_{outcome}": ends.get((node, outcome), 0) for outcome in OUTCOMES},
        )
    place = {node: stages.index(stage) for node, stage in stage_of.items()}
    for (source, target), n_moves in moves.items():
        step = place[target] - place[source]
        direction = "self" if source == target else _direction(step)
        share = n_moves / leaving[source]
        graph.add_edge(source, target, n_moves=n_moves, direction=direction, share=share)
        graph.edges[source, target].update(n_journeys=n_moves, median_days=4.0, mean_days=5.0)
    hidden = facts.get("hidden", {"n_types": 0, "n_edges": 0, "n_moves": 0})
    n_moves = sum(moves.values()) + hidden["n_moves"]
    graph.graph.update(
        n_journeys=n_journeys,
        n_touchpoints=n_moves + n_journeys,
        n_moves=n_moves,
        n_edges=len(moves) + hidden["n_edges"],
        stages=list(stages),
        outcomes=facts.get("outcomes", {**dict.fromkeys(OUTCOMES, 0), "in_progress": n_journeys}),
        as_of="2025-12-31T00:00:00+00:00",
        hidden=hidden,
        has_win_rule=True,
    )
    return graph


def _direction(step):
    """Where a move goes that is so many stages on."""
    return "forward" if step > 0 else "back" if step < 0 else "within"


def loops():
    """Fifteen types with loops, back moves and long moves."""
    return journey_graph(
        {
            node: stage
            for stage, nodes in zip(DEFAULT_STAGES, BY_STAGE, strict=True)
            for node in nodes
        },
        LOOPS,
        n_journeys=6300,
        starts={GOOGLE: 2650, LINKEDIN: 2100, BOOTH: 500, BLOG: 800, PRICE: 250},
        outcomes={
            "won": 310,
            "lost": 890,
            "no_decision": 2100,
            "stalled": 1350,
            "in_progress": 1650,
        },
        ends={
            (BLOG, "no_decision"): 900,
            (GOOGLE, "no_decision"): 600,
            (MAIL, "stalled"): 700,
            (PRICE, "lost"): 420,
            (DEMO, "in_progress"): 500,
            (RENEWAL, "won"): 300,
        },
    )


def dense(n_types, n_edges, stages=DEFAULT_STAGES, seed=3):
    """Many types and moves in all directions; the same for the same seed."""
    chance = random.Random(seed)  # noqa: S311 - examples need no secrecy
    names = [f"Touchpoint number {index}" for index in range(n_types)]
    stage_of = {name: stages[index * len(stages) // n_types] for index, name in enumerate(names)}
    moves = {}
    while len(moves) < n_edges:
        moves[chance.choice(names), chance.choice(names)] = chance.randint(1, 900)
    ends = {(name, chance.choice(OUTCOMES)): chance.randint(1, 90) for name in names}
    starts = {name: chance.randint(1, 200) for name in names[: n_types // 3]}
    return journey_graph(stage_of, moves, stages=stages, n_journeys=9000, starts=starts, ends=ends)


def five():
    """One type a stage."""
    names = ("Ad click", "Form filled", "Nurture e-mail", "Demo", "Renewal")
    moves = dict.fromkeys(pairwise(names), 50) | {("Demo", "Form filled"): 7}
    return journey_graph(
        dict(zip(names, DEFAULT_STAGES, strict=True)), moves, starts={"Ad click": 90}
    )


def hostile():
    """Names that try to break out of text, attributes and boxes."""
    n_names = len(HOSTILE_NAMES)
    stage_of = {name: DEFAULT_STAGES[i % 5] for i, name in enumerate(HOSTILE_NAMES)}
    moves = {
        (HOSTILE_NAMES[i], HOSTILE_NAMES[(i * step + 1) % n_names]): 20 + 9 * i + step
        for i in range(n_names)
        for step in (1, 3)
    }
    ends = {(name, "won"): 6 for name in HOSTILE_NAMES}
    starts = dict.fromkeys(HOSTILE_NAMES, 10)
    return journey_graph(stage_of, moves, starts=starts, ends=ends)


def one():
    """A single type that repeats."""
    return journey_graph({"Ad click": "Attract"}, {("Ad click", "Ad click"): 3}, n_journeys=2)


EXAMPLES = {
    "five": five(),
    "loops": loops(),
    "27 types": dense(27, 99),
    "60 types": dense(60, 240, seed=5),
    "two stages": dense(9, 24, stages=("Before", "After")),
    "eight stages": dense(30, 90, stages=tuple(f"Stage {index}" for index in range(8))),
    "fourteen stages": dense(28, 60, stages=tuple(f"Stage {index}" for index in range(14))),
    "hostile": hostile(),
    "one": one(),
}
