"""Plain-Python references of every figure, written from the definitions: slow and readable.

A log is a list of touches in the order of the source; every figure is a list of rows.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from math import floor, inf, isnan, nan, sqrt
from statistics import median
from typing import NamedTuple

from journey.proposals import is_outreach

DAY = 86_400_000_000
OUTCOMES = ("won", "lost", "no_decision", "stalled", "in_progress")
DECIDED = ("won", "lost", "no_decision")
OVER_UNWON = ("lost", "no_decision")
Z = 1.959963984540054


class Touch(NamedTuple):
    account_id: str
    at: int  # microseconds since 1970
    touchpoint: str
    person_id: str | None = None
    anonymous_id: str | None = None
    session_id: str | None = None
    opportunity_id: str | None = None
    channel: str | None = None
    stage: str | None = None
    direction: str | None = None
    reason: str | None = None
    value: float | None = None
    sentiment: float | None = None
    source_order: int | None = None
    label: str | None = None  # the name it was grouped under
    now: str | None = None  # the stage its journey is in after it
    place: int | None = None  # in its journey

    @property
    def name(self):
        return self.label or self.touchpoint


@dataclass(frozen=True)
class Journey:
    """What is true of a journey, read from all its touches up to as_of."""

    touches: tuple
    stages: tuple  # the stage after each touch
    outcome: str
    decided: int | None  # which touch decided it
    silent: int | None  # after which touch it went silent for good
    n_reopened: int
    is_open: tuple  # whether each touch left it open

    @property
    def before_end(self):
        """The touches before it was over."""
        if self.decided is not None:
            return self.touches[: self.decided]
        return self.touches if self.silent is None else self.touches[: self.silent + 1]


@dataclass(frozen=True)
class Log:
    """All journeys, and of these the touches that are in view."""

    definitions: object
    as_of: int
    journeys: dict
    view: dict
    dormancy: int
    normal: dict  # by stage, None: before any
    n_gaps: dict
    least_gaps: int
    accounts: dict
    people: dict
    has_people: bool

    @property
    def stages(self):
        return [stage.name for stage in self.definitions.stages]

    def ended_at(self, case):
        """When a journey was over; open ones are read as of now."""
        journey = self.journeys[case]
        if journey.decided is not None:
            return journey.touches[journey.decided].at
        if journey.silent is not None:
            return journey.touches[journey.silent].at + self.dormancy
        return self.as_of

    def entered_at(self, case):
        """First touch in each stage, and first one in the next stage after that."""
        journey = self.journeys[case]
        rows = list(enumerate(journey.stages))
        if journey.outcome == "won":  # the win enters its own stage, and then the last one
            won = journey.decided
            rows.insert(won, (won, entering(journey.touches[won], self.definitions)))
        now = [stage for _, stage in rows]
        entered, advanced = {}, {}
        for index, stage in enumerate(self.stages):
            if stage not in now:
                continue
            first = now.index(stage)
            entered[stage] = rows[first][0]
            following = self.stages[index + 1 : index + 2]
            if following and following[0] in now[first + 1 :]:
                advanced[stage] = rows[now.index(following[0], first + 1)][0]
        return entered, advanced


# ---- reading


def read(
    touches,
    definitions,
    *,
    accounts=None,
    people=None,
    case="account",
    gap=None,
    until=None,
    least_gaps=20,
    least_dormancy=90,
):
    """Every journey with its facts; all in view."""
    as_of = max((touch.at for touch in touches), default=0)
    has_people = any(touch.person_id for touch in touches)
    cases = cut_into_cases(touches, case, gap)
    if until is not None:
        as_of = min(as_of, until)
        cases = {name: [t for t in mine if t.at < until] for name, mine in cases.items()}
        cases = {name: mine for name, mine in cases.items() if mine}
    forever = {name: walk(mine, definitions, float("inf")) for name, mine in cases.items()}
    won = [name for name, (_, state, *_) in forever.items() if state == "won"]
    every_gap = [gap for mine in cases.values() for gap in gaps_of(mine)]
    if definitions.dormancy_days is not None:
        dormancy = definitions.dormancy_days * DAY
    else:
        chosen = [gap for name in won for gap in gaps_of(cases[name])] if won else every_gap
        dormancy = max(percentile(chosen, 99) if chosen else 0, least_dormancy * DAY)
    normal, n_gaps = normal_silences(cases, forever, definitions, every_gap, least_gaps)
    journeys = {}
    for name, mine in cases.items():
        stages, state, decided, silent, n_reopened, was_open = walk(mine, definitions, dormancy)
        silence = as_of - mine[-1].at
        if state == "open":
            if silence > dormancy:
                state, silent = "no_decision", len(mine) - 1
            else:
                state = "stalled" if silence > normal[stages[-1]] else "in_progress"
        told = tuple(
            touch._replace(now=now, place=place)
            for place, (touch, now) in enumerate(zip(mine, stages, strict=True))
        )
        journeys[name] = Journey(
            told, tuple(stages), state, decided, silent, n_reopened, tuple(was_open)
        )
    view = {name: journey.touches for name, journey in journeys.items()}
    return Log(
        definitions,
        as_of,
        journeys,
        view,
        dormancy,
        normal,
        n_gaps,
        least_gaps,
        accounts or {},
        people or {},
        has_people,
    )


def in_order(touches):
    """By time, then the source's own order, then row."""
    last = float("inf")
    return sorted(touches, key=lambda t: (t.at, last if t.source_order is None else t.source_order))


def roles_of(touches, case):
    """The columns that tell the case of a touch, the first known one counting."""
    if case in ("account", "opportunity"):
        return (f"{case}_id",)
    if case == "session" and any(touch.session_id for touch in touches):
        return ("session_id",)
    if case == "session" and not any(t.person_id or t.anonymous_id for t in touches):
        return ("account_id",)
    return "person_id", "anonymous_id"


def cut_into_cases(touches, case, gap):
    """Journeys by name, names in order."""
    roles = roles_of(touches, case)
    cases = defaultdict(list)
    for touch in in_order(touches):
        name = next((getattr(touch, role) for role in roles if getattr(touch, role)), None)
        if name is not None:  # somebody known only by a visitor's id is a person too
            told = touch._replace(person_id=name) if case == "person" else touch
            cases[name].append(told)
    if gap is None:
        return {name: cases[name] for name in sorted(cases)}
    sessions = {}
    for name, mine in cases.items():
        number = 0
        for index, touch in enumerate(mine):
            if index == 0 or touch.at - mine[index - 1].at > gap:
                number += 1
            sessions.setdefault(f"{name} · {number}", []).append(touch)
    return sessions


def entering(touch, definitions):
    """The stage that a touch enters by rule: by its type, else the stage column, else channel."""
    for rule, value in (
        ("touchpoints", touch.touchpoint),
        ("values", touch.stage),
        ("channels", touch.channel),
    ):
        for stage in definitions.stages:
            if value is not None and value in getattr(stage, rule):
                return stage.name
    return None


def walk(touches, definitions, dormancy):
    """The stage after each touch, how it stands after the last, what decided or silenced it.

    Then how often it came back, and whether each touch left it open.
    """
    stage, state, decided, silent, n_reopened = None, "open", None, None, 0
    verdicts = {
        **dict.fromkeys(definitions.won, "won"),
        **dict.fromkeys(definitions.lost, "lost"),
        **dict.fromkeys(definitions.no_decision, "no_decision"),
    }
    stages, was_open = [], []
    for index, touch in enumerate(touches):
        if state != "won":
            stage = entering(touch, definitions) or stage
            if state == "open" and index and touch.at - touches[index - 1].at > dormancy:
                state, silent = "no_decision", index - 1  # it went dormant before this touch
            verdict = verdicts.get(touch.touchpoint)
            by_customer = touch.direction != "was shown" and verdict in (None, "won")
            if state != "open" and by_customer:
                state, decided, silent, n_reopened = "open", None, None, n_reopened + 1
            if verdict is not None:
                state, decided, silent = verdict, index, None
            if state == "won":
                stage = definitions.stages[-1].name
        stages.append(stage)
        was_open.append(state == "open")
    return stages, state, decided, silent, n_reopened, was_open


def gaps_of(touches):
    return [later.at - earlier.at for earlier, later in pairwise(touches)]


def percentile(values, percent):
    """The value below which so many per cent lie, between neighbours in proportion."""
    ordered = sorted(values)
    place = Fraction(percent, 100) * (len(ordered) - 1)
    low = floor(place)
    high = min(low + 1, len(ordered) - 1)
    return round(ordered[low] + (place - low) * (ordered[high] - ordered[low]))


def normal_silences(cases, walked, definitions, every_gap, least_gaps):
    names = [stage.name for stage in definitions.stages]
    gaps = {name: [] for name in names}
    for case, touches in cases.items():
        now = walked[case][0]
        for index, gap in enumerate(gaps_of(touches)):
            beyond = names[names.index(now[index]) + 1 :] if now[index] else []
            if any(stage in beyond for stage in now[index + 1 :]):
                gaps[now[index]].append(gap)
    of_all = percentile(every_gap, 90) if every_gap else float("inf")
    normal = {
        name: percentile(mine, 90) if len(mine) >= least_gaps else of_all
        for name, mine in gaps.items()
    }
    return {**normal, None: of_all}, {**{name: len(mine) for name, mine in gaps.items()}, None: 0}


# ---- what is in view


def with_view(log, view):
    return replace(log, view={case: tuple(mine) for case, mine in view.items() if mine})


def keep_touches(log, test):
    return with_view(log, {case: [t for t in mine if test(t)] for case, mine in log.view.items()})


def keep_journeys(log, test):
    return with_view(log, {case: mine for case, mine in log.view.items() if test(case, mine)})


def where(log, column, values, *, case="account"):  # noqa: PLR0911 - a case a kind of column
    if column == "outcome":
        return keep_journeys(log, lambda name, _: log.journeys[name].outcome in values)
    if column == "current_stage":
        return keep_journeys(log, lambda name, _: log.journeys[name].stages[-1] in values)
    if column == "reached_stage":
        return keep_journeys(
            log,
            lambda name, _: (
                any(s in values for s in log.entered_at(name)[0])
                or (None in values and log.journeys[name].stages[-1] is None)
            ),
        )
    if column == f"{case}_id":
        return keep_journeys(log, lambda name, _: name in values)
    if column == "touchpoint":
        return keep_touches(log, lambda touch: touch.name in values)
    if column in Touch._fields:
        return keep_touches(log, lambda touch: getattr(touch, column) in values)
    if any(column in row for row in log.accounts.values()):
        return keep_journeys(log, lambda name, _: attribute_of(log, name, column) in values)
    return keep_touches(log, lambda t: log.people.get(t.person_id, {}).get(column) in values)


def attribute_of(log, case, column):
    account = log.journeys[case].touches[0].account_id
    return log.accounts.get(account, {}).get(column)


def exclude(log, types):
    return keep_touches(log, lambda touch: touch.name not in types)


def group(log, name, types):
    return with_view(
        log,
        {
            case: [t._replace(label=name) if t.name in types else t for t in mine]
            for case, mine in log.view.items()
        },
    )


def collapse(log):
    return with_view(
        log,
        {
            case: [t for k, t in enumerate(mine) if k == 0 or mine[k - 1].name != t.name]
            for case, mine in log.view.items()
        },
    )


def since(log, start):
    return keep_touches(log, lambda touch: touch.at >= start)


def names_of(touches):
    return [touch.name for touch in touches]


def starting_at(log, name):
    kept = keep_journeys(log, lambda _, mine: name in names_of(mine))
    return with_view(
        kept, {case: mine[names_of(mine).index(name) :] for case, mine in kept.view.items()}
    )


def ending_at(log, name):
    kept = keep_journeys(log, lambda _, mine: name in names_of(mine))
    return with_view(
        kept,
        {
            case: mine[: len(mine) - names_of(mine)[::-1].index(name)]
            for case, mine in kept.view.items()
        },
    )


def having(log, types):
    return keep_journeys(log, lambda _, mine: any(t.name in types for t in mine))


def having_move(log, source, target):
    return keep_journeys(log, lambda _, mine: (source, target) in pairs(names_of(mine)))


def having_at(log, position, types, around=None):
    def fits(_, mine):
        names = names_of(mine)
        if around is not None and around not in names:
            return False
        if around is not None:
            row = names.index(around) + position
        else:
            row = position if position >= 0 else len(names) + position
        if not 0 <= row < len(names):
            return not types
        return names[row] in types

    return keep_journeys(log, fits)


def having_variant(log, sequence):
    return keep_journeys(log, lambda _, mine: names_of(mine) == list(sequence))


def pairs(items):
    return list(pairwise(items))


# ---- map


def stage_of_names(log):
    """For each name the stage that its touches enter most often."""
    counts = defaultdict(Counter)
    for mine in log.view.values():
        for touch in mine:
            counts[touch.name][entering(touch, log.definitions)] += 1
    return {
        name: max((stage for stage in log.stages if of[stage]), key=lambda s: of[s], default=None)
        for name, of in counts.items()
    }


def moves(log):
    gaps, makers, leaving, ways = defaultdict(list), defaultdict(set), Counter(), Counter()
    for case, mine in log.view.items():
        for before, after in pairs(mine):
            key = before.name, after.name
            gaps[key].append((after.at - before.at) / DAY)
            makers[key].add(case)
            leaving[before.name] += 1
            ways[(*key, way(log, before, after))] += 1
    rows = [
        {
            "source": source,
            "target": target,
            "n_moves": len(found),
            "n_journeys": len(makers[source, target]),
            "share": len(found) / leaving[source],
            "median_days": median(found),
            "mean_days": sum(found) / len(found),
            "direction": direction(source, target, len(found), ways),
            "n_back": ways[source, target, "back"],
        }
        for (source, target), found in gaps.items()
    ]
    return sorted(rows, key=lambda row: (-row["n_moves"], row["source"], row["target"]))


def way(log, before, after):
    """Where a move takes its journey, by the stages it is in before and after."""
    if before.now is None or after.now is None or before.now == after.now:
        return "within"
    return "forward" if log.stages.index(before.now) < log.stages.index(after.now) else "back"


def direction(source, target, n_moves, ways):
    if source == target:
        return "self"
    most = [name for name in ("forward", "back") if ways[source, target, name] > n_moves / 2]
    return most[0] if most else "within"


def nodes(log):
    stage = stage_of_names(log)
    rows = []
    for name in stage:
        mine = {case: touches for case, touches in log.view.items() if name in names_of(touches)}
        decided = [log.journeys[case].outcome for case in mine]
        decided = [outcome for outcome in decided if outcome in DECIDED]
        ends = [case for case, touches in mine.items() if touches[-1].name == name]
        rows.append(
            {
                "touchpoint": name,
                "stage": stage[name] or "Unassigned",
                "n_touchpoints": sum(names_of(t).count(name) for t in mine.values()),
                "n_journeys": len(mine),
                "n_decided": len(decided),
                "win_rate": decided.count("won") / len(decided) if decided else nan,
                "n_starts": sum(touches[0].name == name for touches in mine.values()),
                **by_outcome(log, ends),
            }
        )
    return sorted(rows, key=lambda row: (-row["n_touchpoints"], row["touchpoint"]))


def by_outcome(log, cases):
    counts = Counter(log.journeys[case].outcome for case in cases)
    return {f"n_{outcome}": counts[outcome] for outcome in OUTCOMES}


# ---- paths


def variants(log):
    """Without ids; equally frequent ones in the order of their sequence."""
    cases = defaultdict(list)
    for case, mine in log.view.items():
        cases[tuple(names_of(mine))].append(case)
    rows = []
    for sequence, having_it in cases.items():
        outcome = Counter(log.journeys[case].outcome for case in having_it)
        n_decided = sum(outcome[name] for name in DECIDED)
        spans = [(log.view[case][-1].at - log.view[case][0].at) / DAY for case in having_it]
        rows.append(
            {
                "sequence": sequence,
                "n_touchpoints": len(sequence),
                "n_journeys": len(having_it),
                "share": len(having_it) / len(log.view),
                "n_won": outcome["won"],
                "n_decided": n_decided,
                "win_rate": outcome["won"] / n_decided if n_decided else nan,
                "median_days": median(spans),
            }
        )
    return sorted(rows, key=lambda r: (-r["n_journeys"], r["n_touchpoints"], r["sequence"]))


def step_flows(log, *, steps, start=None, end=None, around=None, n_types=12):
    """Journeys, and those that go back, by (step, box, kind, stage, next box, kind, stage)."""
    log = log if around is None else having(log, [around])
    log = log if start is None else starting_at(log, start)
    log = log if end is None else ending_at(log, end)

    def first_position(mine):
        if around is not None:
            return names_of(mine).index(around) - steps // 2
        return len(mine) - steps if end is not None and start is None else 0

    sizes = Counter(
        name
        for mine in log.view.values()
        for position, name in enumerate(names_of(mine))
        if first_position(mine) <= position < first_position(mine) + steps
    )
    named = sorted(sizes, key=lambda name: (-sizes[name], name))[:n_types]
    stage = stage_of_names(log)

    def box(case, position):
        mine = log.view[case]
        if position < 0:
            return "Not started", "not started", None
        if position >= len(mine):
            return log.journeys[case].outcome, "outcome", None
        name = mine[position].name
        if name not in named:
            return "Other", "other", None
        return name, "touchpoint", stage[name] or "Unassigned"

    def goes_back(mine, position):
        return 0 <= position < len(mine) - 1 and (
            way(log, mine[position], mine[position + 1]) == "back"
        )

    counts = defaultdict(lambda: (0, 0))
    for case, mine in log.view.items():
        for step in range(1, steps + 1):
            position = first_position(mine) + step - 1
            following = (None, None, None) if step == steps else box(case, position + 1)
            key = step, *box(case, position), *following
            n_journeys, n_back = counts[key]
            is_back = step < steps and goes_back(mine, position)
            counts[key] = n_journeys + 1, n_back + is_back
    return dict(counts)


# ---- outcomes and stages


def outcomes(log):
    counts = by_outcome(log, log.view)
    return [
        {
            "outcome": outcome,
            "n_journeys": counts[f"n_{outcome}"],
            "share": ratio(counts[f"n_{outcome}"], len(log.view)),
        }
        for outcome in OUTCOMES
    ]


def journeys(log):
    rows = []
    for case, mine in log.view.items():
        journey = log.journeys[case]
        rows.append(
            {
                "account_id": case,
                "outcome": journey.outcome,
                "stage": journey.stages[-1],
                "first_at": journey.touches[0].at,
                "last_at": journey.touches[-1].at,
                "decided_at": None
                if journey.decided is None
                else journey.touches[journey.decided].at,
                "n_touchpoints": len(mine),
                "n_people": len({t.person_id for t in mine} - {None}),
                "n_reopened": journey.n_reopened,
                "days_silent": (log.as_of - journey.touches[-1].at) / DAY,
                "value": value_of(journey),
            }
        )
    return rows


def value_at_win(journey):
    """The last value above 0 known as it was won, or else the last known after."""
    known = [(k, t.value) for k, t in enumerate(journey.touches) if t.value and t.value > 0]
    by_win = [value for k, value in known if k <= journey.decided]
    return (by_win or [value for _, value in known] or [nan])[-1]


def value_of(journey):
    """The last known value above 0."""
    known = [touch.value for touch in journey.touches if touch.value and touch.value > 0]
    return known[-1] if known else nan


def wilson(hits, total):
    if not total:
        return nan, nan
    rate = hits / total
    middle = rate + Z * Z / (2 * total)
    half = Z * sqrt(rate * (1 - rate) / total + Z * Z / (4 * total * total))
    size = 1 + Z * Z / total
    return (middle - half) / size, (middle + half) / size


def ratio(hits, total):
    return hits / total if total else nan


def stage_funnel(log):
    rows = []
    before = None
    for index, stage in enumerate(log.stages):
        entries = [log.entered_at(case) for case in log.view]
        reached = [pair for pair in entries if stage in pair[0]]
        n_advanced = sum(stage in advanced for _, advanced in reached)
        low, high = wilson(n_advanced, len(reached))
        is_last = index == len(log.stages) - 1
        rows.append(
            {
                "stage": stage,
                "n_journeys": len(reached),
                "reached_share": ratio(len(reached), len(log.view)),
                "n_in_order": len(reached)
                if before is None
                else sum(before in advanced for _, advanced in entries),
                "n_advanced": n_advanced,
                "conversion_rate": nan if is_last else ratio(n_advanced, len(reached)),
                "conversion_low": nan if is_last else low,
                "conversion_high": nan if is_last else high,
                "n_now": sum(
                    log.journeys[case].stages[-1] == stage
                    and log.journeys[case].outcome not in DECIDED
                    for case in log.view
                ),
            }
        )
        before = stage
    return rows


def fates(log, stage):
    """Journeys that entered a stage: those that went on to the next, and those that never did."""
    reached = [case for case in log.view if stage in log.entered_at(case)[0]]
    went_on = [case for case in reached if stage in log.entered_at(case)[1]]
    return went_on, [case for case in reached if case not in went_on]


def drop_offs(log):
    rows = []
    for stage in log.stages[:-1]:
        went_on, stayed = fates(log, stage)
        n_entered = len(went_on) + len(stayed)
        ended = by_outcome(log, stayed)
        n_dropped = ended["n_lost"] + ended["n_no_decision"]
        low, high = wilson(n_dropped, n_entered)
        rows.append(
            {
                "stage": stage,
                "n_entered": n_entered,
                "n_advanced": len(went_on),
                **ended,
                "drop_off_rate": ratio(n_dropped, n_entered),
                "drop_off_low": low,
                "drop_off_high": high,
            }
        )
    return rows


def kaplan_meier(stays, share):
    """The time by which a share has gone on; stays are (time, went on)."""
    surviving = Fraction(1)
    for time in sorted({time for time, _ in stays}):
        at_risk = sum(other >= time for other, _ in stays)
        went_on = sum(other == time and happened for other, happened in stays)
        surviving *= 1 - Fraction(went_on, at_risk)
        if surviving <= 1 - share:
            return time
    return nan


def time_to_next_stage(log):
    rows = []
    for stage in log.stages[:-1]:
        stays = []
        for case in log.view:
            journey = log.journeys[case]
            entered, advanced = log.entered_at(case)
            if stage not in entered:
                continue
            end = log.ended_at(case)
            if stage in advanced:
                end = journey.touches[advanced[stage]].at
            stays.append((max(end - journey.touches[entered[stage]].at, 0), stage in advanced))
        n_advanced = sum(happened for _, happened in stays)
        rows.append(
            {
                "stage": stage,
                "n_journeys": len(stays),
                "n_advanced": n_advanced,
                "n_censored": len(stays) - n_advanced,
                "median_days": kaplan_meier(stays, Fraction(1, 2)) / DAY,
                "p90_days": kaplan_meier(stays, Fraction(9, 10)) / DAY,
            }
        )
    return rows


def deciding(definitions):
    return {*definitions.won, *definitions.lost, *definitions.no_decision}


def last_touchpoints(log):
    rows = []
    for stage in log.stages[:-1]:
        went_on, stayed = fates(log, stage)
        dropped = [case for case in stayed if log.journeys[case].outcome in OVER_UNWON]
        lasts = Counter()
        for case in dropped:
            before = [
                t.name
                for t in log.view[case]
                if t.touchpoint not in deciding(log.definitions)
                and t.place < len(log.journeys[case].before_end)
            ]
            if before:
                lasts[before[-1]] += 1
        found = []
        for name, n_last in lasts.items():
            n_went_on = sum(name in names_of(log.view[case]) for case in went_on)
            found.append(
                {
                    "stage": stage,
                    "touchpoint": name,
                    "n_last": n_last,
                    "last_share": ratio(n_last, len(dropped)),
                    "n_went_on": n_went_on,
                    "went_on_share": ratio(n_went_on, len(went_on)),
                }
            )
        rows += sorted(found, key=lambda row: (-row["n_last"], row["touchpoint"]))
    return rows


def back_moves(log):
    found = defaultdict(list)
    for case in log.view:
        journey = log.journeys[case]
        for index, (before, after) in enumerate(pairs(journey.stages), start=1):
            if before is not None and log.stages.index(after) < log.stages.index(before):
                found[before, after].append((case, journey.touches[index].reason))
    rows = []
    for (before, after), mine in found.items():
        reasons = Counter(reason for _, reason in mine if reason is not None)
        rows.append(
            {
                "source_stage": before,
                "target_stage": after,
                "n_moves": len(mine),
                "n_journeys": len({case for case, _ in mine}),
                "reason": min(reasons, key=lambda r: (-reasons[r], r), default=None),
            }
        )
    return sorted(
        rows,
        key=lambda row: (
            -row["n_moves"],
            log.stages.index(row["source_stage"]),
            log.stages.index(row["target_stage"]),
        ),
    )


# ---- stalled


def silences(log, case, stage):
    """How long a journey was silent after each touch that left it open in a stage."""
    journey = log.journeys[case]
    times = [*(touch.at for touch in journey.touches), log.as_of]
    return [
        min(later - touch.at, log.dormancy)
        for touch, later, is_open in zip(journey.touches, times[1:], journey.is_open, strict=True)
        if is_open and touch.now == stage
    ]


def stalled_accounts(log):
    won_values = [value_at_win(j) for j in log.journeys.values() if j.outcome == "won"]
    won_values = [value for value in won_values if value == value]  # noqa: PLR0124 - not nan
    rows = []
    for case in log.view:
        journey = log.journeys[case]
        if journey.outcome != "stalled":
            continue
        stage, last = journey.stages[-1], journey.touches[-1]
        silence = log.as_of - last.at
        longest = {
            other: max(silences(log, other, stage))
            for other in log.journeys
            if log.journeys[other].outcome in DECIDED
            and stage is not None
            and silences(log, other, stage)
        }
        known = min(silence, max(longest.values(), default=0))
        silent = [other for other, time in longest.items() if time >= known]
        rate, rate_silent = (
            ratio(sum(log.journeys[other].outcome == "won" for other in some), len(some))
            if log.definitions.won
            else nan
            for some in (longest, silent)
        )
        worth = value_of(journey)
        is_unknown = worth != worth  # noqa: PLR0124 - not a number
        if is_unknown:
            worth = median(won_values) if won_values else nan
        people = list(dict.fromkeys(t.person_id for t in journey.touches if t.person_id))
        roles = {log.people.get(person, {}).get("role") for person in people}
        rows.append(
            {
                "account_id": case,
                "owner": attribute_of(log, case, "owner"),
                "stage": stage,
                "days_silent": silence / DAY,
                "normal_days": log.normal[stage] / DAY,
                **norm_of(log, stage),
                "last_touchpoint": last.touchpoint,
                "last_at": last.at,
                "value_at_risk": nan if isnan(rate) else worth * max(rate - rate_silent, 0),
                "deal_value": worth,
                "is_median_value": is_unknown and bool(won_values),
                "win_rate_after_touch": rate,
                "n_after_touch": len(longest),
                "win_rate_silent": rate_silent,
                "n_silent": len(silent),
                "precedent_days": known / DAY if silent else nan,
                "n_people": len(people),
                "people": "; ".join(people),
                "missing_roles": "; ".join(
                    role for role in log.definitions.expected_roles if role not in roles
                ),
                **advice(log, journey),
            }
        )
    return sorted(
        rows,
        key=lambda row: (
            -row["value_at_risk"] if row["value_at_risk"] >= 0 else 1,
            -row["days_silent"],
            row["account_id"],
        ),
    )


def norm_of(log, stage):
    """How many gaps the normal silence of a stage is read from, and whose."""
    if stage is not None and log.n_gaps[stage] >= log.least_gaps:
        return {"n_gaps": log.n_gaps[stage], "normal_of": "stage"}
    return {
        "n_gaps": sum(len(journey.touches) - 1 for journey in log.journeys.values()),
        "normal_of": "log",
    }


ANY_STAGE = "whichever stage"


def advice(log, journey):
    """The best touch of ours to come next, and what customers did by themselves."""
    stage, last = journey.stages[-1], journey.touches[-1]
    silence = log.as_of - last.at
    band = sum(silence > times * log.normal[stage] for times in (1, 2))
    state = (stage, last.touchpoint, band)
    ours, theirs = ours_of(log, state), theirs_of(log, state)
    best, back = ours and ours[1], theirs and theirs[1]
    return {
        "next_touchpoint": best and best["touchpoint"],
        "next_is_clear": bool(best and best["difference_low"] > 0),
        "next_win_rate": best["win_rate"] if best else nan,
        "next_low": best["low"] if best else nan,
        "next_high": best["high"] if best else nan,
        "n_next": best["n_with"] if best else 0,
        "next_without_rate": best["without_rate"] if best else nan,
        "n_next_without": best["n_without"] if best else 0,
        "return_touchpoint": back and back["touchpoint"],
        "return_win_rate": back["win_rate"] if back else nan,
        "n_return": back["n_with"] if back else 0,
        "return_without_rate": back["without_rate"] if back else nan,
        "n_return_without": back["n_without"] if back else 0,
    }


def answers(log, state):
    """Whether decided journeys won, by what came next when they first were in a state."""
    kept = log.__dict__.setdefault("answers", {})
    if state not in kept:
        kept[state] = counted_answers(log, state)
    return kept[state]


def counted_answers(log, state):
    stage, wanted, band = state
    won = defaultdict(list)
    for journey in log.journeys.values():
        if journey.outcome not in DECIDED:
            continue
        for index, (touch, after) in enumerate(pairwise(journey.touches)):
            silence = after.at - touch.at
            if (
                journey.stages[index] == stage
                and wanted in (None, touch.touchpoint)
                and journey.is_open[index]
                and silence <= log.dormancy
                and (band == 0 or silence > band * log.normal[stage])
            ):
                if after.touchpoint not in deciding(log.definitions):
                    won[after.touchpoint].append(journey.outcome == "won")
                break
    return won


def rungs_of(state):
    """A state and coarser ones of its stage."""
    stage, _, band = state
    return [state, *((stage, None, lower) for lower in range(band, -1, -1))]


def first_of(log, rungs, test):
    """The first of the rungs with a touch that 30 had and 30 had not and that passes a test."""
    for rung in rungs:
        for row in next_rows(log, rung, 30):
            if row["n_without"] >= 30 and test(row):
                return rung, row
    return None


def alike(rungs, state):
    return [rung for rung in rungs if bool(rung[2]) == bool(state[2])]


def ours_of(log, state):
    own = rungs_of(state)
    wider = [(ANY_STAGE, None, lower) for lower in range(state[2], -1, -1)]
    tried = [
        (rungs, least)
        for rungs in (alike(own, state), alike(wider, state))
        for least in ("difference_low", "difference")
    ]
    for rungs, least in [*tried, ([*own, *wider], "difference")]:
        found = first_of(log, rungs, lambda row, least=least: row["is_ours"] and row[least] > 0)
        if found:
            return found
    return None


def theirs_of(log, state):
    rungs = alike(rungs_of(state), state)
    return first_of(log, rungs, lambda row: not row["is_ours"] and row["difference_low"] > 0)


def compared(log, state):
    """Where a touch of ours helped; else where one of theirs did; else where 30 had one."""
    rungs = rungs_of(state)
    found = ours_of(log, state) or theirs_of(log, state) or first_of(log, rungs, lambda _: True)
    return found[0] if found else rungs[-1]


def next_rows(log, state, least):
    """One row a next touch: ours first, then by how much more often it went with a win."""
    stage, last, band = state
    is_any = stage == ANY_STAGE
    strata = [
        answers(log, (one, last, band)) for one in ([*log.stages, None] if is_any else [stage])
    ]
    rows = []
    for name in {name for won in strata for name in won}:
        pairs = []
        for won in strata:
            others = [one for other, theirs in won.items() if other != name for one in theirs]
            if won.get(name) and (others or not is_any):
                pairs.append((won[name], others))
        mine = [one for own, _ in pairs for one in own]
        if len(mine) < least or not mine:
            continue
        others = [one for _, theirs in pairs for one in theirs]
        weights = [Fraction(len(own), len(mine)) for own, _ in pairs]
        low, high = wilson(sum(mine), len(mine))
        rate, base, gain, others_low, others_high = ratio(sum(mine), len(mine)), *[nan] * 4
        if others:
            # Each stage counts as many of the journeys without as have the touch there.
            both = list(zip(weights, (theirs for _, theirs in pairs), strict=True))
            exact = sum(weight * Fraction(sum(some), len(some)) for weight, some in both)
            sure = 1 / sum(weight**2 / Fraction(len(some)) for weight, some in both)
            base, gain = float(exact), float(Fraction(sum(mine), len(mine)) - exact)
            others_low, others_high = wilson(float(exact * sure), float(sure))
        rows.append(
            {
                "stage": None if is_any else stage,
                "last_touchpoint": last,
                "min_days_silent": 0.0
                if not band
                else nan
                if is_any
                else band * log.normal[stage] / DAY,
                "touchpoint": name,
                "is_ours": is_ours(log, name),
                "win_rate": rate,
                "low": low,
                "high": high,
                "n_with": len(mine),
                "without_rate": base,
                "without_low": others_low,
                "without_high": others_high,
                "n_without": len(others),
                "difference": gain,
                "difference_low": gain - sqrt((rate - low) ** 2 + (others_high - base) ** 2),
                "difference_high": gain + sqrt((high - rate) ** 2 + (base - others_low) ** 2),
            }
        )
    if not log.definitions.won:
        unknown = {name for name in rows[0] if isinstance(rows[0][name], float)} if rows else set()
        rows = [row | dict.fromkeys(unknown - {"min_days_silent"}, nan) for row in rows]
    return sorted(
        rows,
        key=lambda row: (
            not row["is_ours"],
            -row["difference"] if row["difference"] == row["difference"] else inf,
            -row["n_with"],
            row["touchpoint"],
        ),
    )


def is_ours(log, name):
    """Whether the seller brings it about: mostly shown, or by its name where nothing is told."""
    if name in log.definitions.meanings.types("ad_shown", [name]):
        return False
    told = [
        touch.direction
        for journey in log.journeys.values()
        for touch in journey.touches
        if touch.touchpoint == name and touch.direction is not None
    ]
    return 2 * told.count("was shown") > len(told) if told else is_outreach(name)


# ---- one account, segments


def timeline(log, case):
    journey = log.journeys[case]
    rows = []
    for index, touch in enumerate(journey.touches):
        before = journey.stages[index - 1] if index else None
        now = journey.stages[index]
        rows.append(
            {
                "occurred_at": touch.at,
                "touchpoint": touch.touchpoint,
                "person_id": touch.person_id,
                "person_role": log.people.get(touch.person_id, {}).get("role"),
                "channel": touch.channel,
                "stage": None if now == before else now,
                "current_stage": now,
                "gap_days": (touch.at - journey.touches[index - 1].at) / DAY if index else nan,
                "sentiment": nan if touch.sentiment is None else touch.sentiment,
                "value": nan if touch.value is None else touch.value,
                "reason": touch.reason,
            }
        )
    return rows


def segments_of(log, by):
    """The journeys in view of each value; None only for those that have no other value."""
    found = defaultdict(set)
    for case, mine in log.view.items():
        if by in Touch._fields:
            values = {getattr(touch, by) for touch in mine}
        elif any(by in row for row in log.accounts.values()):
            values = {attribute_of(log, case, by)}
        else:
            values = {log.people.get(touch.person_id, {}).get(by) for touch in mine}
        for value in values - {None} or {None}:
            found[value].add(case)
    return sorted(found.items(), key=lambda item: (-len(item[1]), item[0] or ""))


def segment_breakdown(log, by):
    rows = []
    for value, cases in segments_of(log, by):
        ended = by_outcome(log, cases)
        n_won = ended.pop("n_won")
        n_decided = n_won + ended["n_lost"] + ended["n_no_decision"]
        low, high = wilson(n_won, len(cases))
        waits = []
        for case in cases:
            journey = log.journeys[case]
            if journey.outcome == "won":
                waits.append((journey.touches[journey.decided].at - journey.touches[0].at) / DAY)
        rows.append(
            {
                "value": value,
                "n_journeys": len(cases),
                "n_won": n_won,
                "win_rate": n_won / len(cases),
                "low": low,
                "high": high,
                "n_decided": n_decided,
                "decided_win_rate": ratio(n_won, n_decided),
                "median_days_to_win": median(waits) if waits else nan,
                **ended,
            }
        )
    return rows


def segment_stages(log, by):
    rows = []
    for value, cases in segments_of(log, by):
        part = with_view(log, {case: log.view[case] for case in cases})
        for stage in log.stages:
            went_on, stayed = fates(part, stage)
            n_reached = len(went_on) + len(stayed)
            n_dropped = sum(log.journeys[case].outcome in OVER_UNWON for case in stayed)
            rows.append(
                {
                    "value": value,
                    "stage": stage,
                    "n_journeys": len(cases),
                    "n_reached": n_reached,
                    "reached_share": n_reached / len(cases),
                    "n_dropped": n_dropped,
                    "drop_off_rate": nan
                    if stage == log.stages[-1]
                    else ratio(n_dropped, n_reached),
                }
            )
    return rows
