"""Attribution in plain Python, from the definitions: paths in, credit by channel out.

A path is a list of (channel, day) before the win, and what the win was worth; none: not won.
"""

from collections import defaultdict
from itertools import pairwise, permutations
from math import factorial

import numpy as np

START, WIN, END = "(start)", "(win)", "(end)"


def first(path, _half_life):
    return {path[0][0]: 1.0}


def last(path, _half_life):
    return {path[-1][0]: 1.0}


def linear(path, _half_life):
    return added((channel, 1 / len(path)) for channel, _ in path)


def position(path, _half_life):
    n = len(path)
    parts = [1.0] if n == 1 else [0.5, 0.5] if n == 2 else [0.4, *[0.2 / (n - 2)] * (n - 2), 0.4]
    return added((channel, part) for (channel, _), part in zip(path, parts, strict=True))


def time_decay(path, half_life):
    weights = [0.5 ** ((path[-1][1] - day) / half_life) for _, day in path]
    return added(
        (channel, weight / sum(weights)) for (channel, _), weight in zip(path, weights, strict=True)
    )


def added(pairs):
    credit = defaultdict(float)
    for channel, part in pairs:
        credit[channel] += part
    return credit


RULES = {
    "first": first,
    "last": last,
    "linear": linear,
    "position": position,
    "time_decay": time_decay,
}


def credits_by(rule, won, half_life=7.0):
    """Credit in wins and in worth, by channel."""
    n, worth = defaultdict(float), defaultdict(float)
    for path, value in won:
        for channel, part in rule(path, half_life).items():
            n[channel] += part
            worth[channel] += part * value
    return n, worth


def shapley(won):
    """Mean over all orders in which channels join: what each adds to the wins within reach."""
    sets = [(frozenset(channel for channel, _ in path), value) for path, value in won]
    channels = sorted({channel for members, _ in sets for channel in members})
    n, worth = defaultdict(float), defaultdict(float)
    orders = factorial(len(channels))
    for order in permutations(channels):
        for place, channel in enumerate(order):
            before, after = set(order[:place]), set(order[: place + 1])
            new = [value for members, value in sets if members <= after and not members <= before]
            n[channel] += len(new) / orders
            worth[channel] += sum(new) / orders
    return n, worth


def chance_to_win(chains, removed=None):
    """Of a chain that ends where it would go to the removed channel; solved, not simulated."""
    moves = defaultdict(lambda: defaultdict(int))
    for states in chains:
        for before, after in pairwise(states):
            moves[before][after] += 1
    names = sorted(set(moves) - {removed})
    place = {name: index for index, name in enumerate(names)}
    system, right = np.eye(len(names)), np.zeros(len(names))
    for name in names:
        leaving = sum(moves[name].values())
        for after, n in moves[name].items():
            if after == WIN:
                right[place[name]] += n / leaving
            elif after in place:
                system[place[name], place[after]] -= n / leaving
    return float(np.linalg.solve(system, right)[place[START]]) if START in place else 0.0


def removal_effects(won, ended):
    """Channel to the share of the chance to win that goes with it."""
    chains = [
        [START, *(channel for channel, _ in path), goal]
        for goal, paths in ((WIN, [path for path, _ in won]), (END, ended))
        for path in paths
    ]
    whole = chance_to_win(chains)
    channels = sorted({channel for states in chains for channel in states[1:-1]})
    return {
        channel: 1 - chance_to_win(chains, channel) / whole if whole else 0.0
        for channel in channels
    }


def paths_of(log, name_of, *, excluded=()):
    """Of a reference log: won paths with their worth, ended paths, wins without any channel."""
    won, ended, without = [], [], []
    for case in log.view:
        journey = log.journeys[case]
        if journey.outcome not in ("won", "lost", "no_decision"):
            continue
        upto = len(journey.before_end)
        path = [
            (name_of(touch), touch.at / 86_400_000_000)
            for touch in journey.touches[:upto]
            if name_of(touch) is not None and touch.touchpoint not in excluded
        ]
        if journey.outcome != "won":
            ended += [path] if path else []
            continue
        by_win = [t.value for t in journey.touches[: upto + 1] if t.value and t.value > 0]
        after = [t.value for t in journey.touches[upto + 1 :] if t.value and t.value > 0]
        worth = (by_win or after or [0.0])[-1]
        if path:
            won.append((path, worth))
        else:
            without.append(worth)
    return won, ended, without
