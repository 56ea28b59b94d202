"""Plain-Python references of waits for an answer, written from the definitions."""

from collections import Counter, defaultdict
from math import nan

from tests.oracle import DAY, DECIDED

HOUR = DAY / 24


def handoff_waits(log, opens, answers, returns, *, by_deal=False, is_last=False):
    """Waits as (case, begin, end or None, how), from all touches of the journeys in view.

    The end is when it was answered, though a return may have taken that back.
    """
    for case in log.view:
        journey, seen, begin = log.journeys[case], set(), None
        for place, touch in enumerate(journey.touches):
            if begin is not None and lapsed(log, journey, place):
                yield case, begin, None, "over"
                begin = None
            is_open, is_answer = touch.touchpoint in opens, touch.touchpoint in answers
            is_answer |= by_deal and has_deal(touch, is_open, seen)
            seen.add(touch.opportunity_id)
            was_waiting = begin is not None
            if not was_waiting and is_open:
                begin = place
            if begin is None:
                continue
            if is_answer:
                is_back = (is_last or is_open) and taken_back(
                    log, journey, place, opens, answers, returns, is_last
                )
                yield ended(journey, case, begin, place, "sent_back" if is_back else "taken")
                begin = None
            elif was_waiting and touch.touchpoint in returns:
                yield ended(journey, case, begin, place, "sent_back")
                begin = None
            elif was_waiting and place in closings(log, journey):
                yield ended(journey, case, begin, place, "over")
                begin = None
        if begin is not None:
            yield unanswered(journey, case, begin)


def has_deal(touch, is_open, seen):
    """Whether a touch tells of an opportunity: a new one, or any where it opens."""
    return bool(touch.opportunity_id) and (is_open or touch.opportunity_id not in seen)


def closings(log, journey):
    """The places at which a journey that was not won yet was lost or closed."""
    names = {*log.definitions.lost, *log.definitions.no_decision}
    end = journey.decided if journey.outcome == "won" else len(journey.touches)
    return [at for at, touch in enumerate(journey.touches[:end]) if touch.touchpoint in names]


def lapsed(log, journey, place):
    """Whether a journey had gone dormant before a touch."""
    if not place or not journey.is_open[place - 1]:
        return False
    return journey.touches[place].at - journey.touches[place - 1].at > log.dormancy


def taken_back(log, journey, place, opens, answers, returns, is_last):
    """Whether a lead taken on was sent back before it came elsewhere or was decided."""
    settled = {journey.decided, *closings(log, journey)}
    if place in settled:
        return False
    for later, touch in enumerate(journey.touches[place + 1 :], start=place + 1):
        if touch.touchpoint in opens or lapsed(log, journey, later):
            return False
        if touch.touchpoint in returns:
            return True
        if later in settled or (not is_last and touch.touchpoint in answers):
            return False
    return False


def reaction_waits(log, stage, is_by_lead):
    """Waits of journeys in view, which others brought into a stage, for a touch of its lead."""
    for case in log.view:
        journey, begin, was = log.journeys[case], None, None
        for place, (touch, now) in enumerate(zip(journey.touches, journey.stages, strict=True)):
            if begin is not None and lapsed(log, journey, place):
                yield case, begin, None, "over"
                begin = None
            if begin is None and now == stage != was and not is_by_lead(touch):
                begin = place
            if begin is not None:
                if is_by_lead(touch) and stage in (now, was):
                    yield ended(journey, case, begin, place, "taken")
                    begin = None
                elif now != stage or (begin < place and place in closings(log, journey)):
                    yield ended(journey, case, begin, place, "over")
                    begin = None
            was = now
        if begin is not None:
            yield unanswered(journey, case, begin)


def ended(journey, case, begin, place, how):
    """The wait as it ended, or over at the decision where that came first."""
    is_first = journey.decided is not None and begin < journey.decided < place
    return (case, begin, journey.decided, "over") if is_first else (case, begin, place, how)


def unanswered(journey, case, begin):
    if journey.outcome not in DECIDED:
        return case, begin, None, "waiting"
    later = journey.decided is not None and journey.decided > begin
    return case, begin, journey.decided if later else None, "over"


def figures(log, waits, hours=None):
    """The counts of a frame of handoffs."""
    found, journeys = Counter(), set()
    for case, begin, end, how in waits:
        touches = log.journeys[case].touches
        until = max(log.ended_at(case), touches[begin].at) if end is None else touches[end].at
        waited = (until - touches[begin].at) / HOUR
        journeys.add(case)
        found["n_waits"] += 1
        found[f"n_{how}"] += 1
        if hours is not None and how != "over":
            names = ("n_due", "n_past_due") if how == "waiting" else ("n_in_time", "n_late")
            found[names[waited > hours]] += 1
    names = ("waits", "taken", "sent_back", "over", "waiting", "in_time", "late", "due", "past_due")
    counts = {f"n_{name}": found[f"n_{name}"] for name in names}
    missed = counts["n_late"] + counts["n_past_due"]
    judged = missed + counts["n_in_time"]
    return {"n_journeys": len(journeys), "late_rate": missed / judged if judged else nan, **counts}


def returns(log, types):
    """By reason: times sent back and the journeys that were."""
    times, journeys = Counter(), defaultdict(set)
    for case in log.view:
        for touch in log.journeys[case].touches:
            if touch.touchpoint in types:
                times[touch.reason] += 1
                journeys[touch.reason].add(case)
    return {reason: (n, len(journeys[reason])) for reason, n in times.items()}
