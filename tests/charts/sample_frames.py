"""Invented journeys and the frames that the analyses make of them, for tests of pictures."""

import random
from collections import Counter

import pandas as pd

from journey.schema import NOT_STARTED, OTHER, OUTCOMES

STAGE_OF = {
    "Google search ad": "Attract",
    "LinkedIn ad": "Attract",
    "Trade-show booth visit": "Attract",
    "Blog article": "Attract",
    "Newsletter sign-up": "Capture",
    "E-book download": "Capture",
    "Free trial started": "Capture",
    "Nurture e-mail": "Nurture",
    "Webinar: reduce onboarding time": "Nurture",
    "Case study": "Nurture",
    "Pricing page": "Convert",
    "Product demo": "Convert",
    "Sales call": "Convert",
    "Deal closed": "Expand",
    "Onboarding call": "Expand",
}
STAGES = ["Attract", "Capture", "Nurture", "Convert", "Expand"]


def sequences(n_journeys=8000, seed=7):
    """Random journeys that climb the stages with loops and back moves: (types, outcome)."""
    draw = random.Random(seed)  # noqa: S311 -- invented journeys, not secrets
    by_stage = {stage: [t for t, s in STAGE_OF.items() if s == stage] for stage in STAGES}
    journeys = []
    for _ in range(n_journeys):
        level = draw.choices([0, 1, 2], [85, 10, 5])[0]
        types = []
        while True:
            names = by_stage[STAGES[level]]
            weights = [2.0 ** -(i * 0.9) for i in range(len(names))]
            types.append(draw.choices(names, weights)[0])
            if level == 4 and draw.random() < 0.6:
                outcome = "won"
                break
            if draw.random() < 0.11:
                outcome = draw.choices(OUTCOMES, [2, 22, 28, 20, 28])[0]
                break
            shift = draw.choices([-2, -1, 0, 1, 2], [2, 10, 42, 40, 6])[0]
            level = min(max(level + shift, 0), 4 if draw.random() < 0.35 else 3)
        journeys.append((types, outcome))
    return journeys


def step_flows(journeys, *, steps=8, n_types=12, lead=0):
    """Count the frame of the step flows in plain Python; journeys start up to ``lead`` later."""
    totals = Counter(t for types, _ in journeys for t in types)
    named = {t for t, _ in sorted(totals.items(), key=lambda item: (-item[1], item[0]))[:n_types]}

    def box(number, types, outcome, step):
        at = step - 1 - (number % (lead + 1))
        if at < 0:
            return (NOT_STARTED, "not started", None)
        if at >= len(types):
            return (outcome, "outcome", None)
        name = types[at]
        return (name, "touchpoint", STAGE_OF.get(name)) if name in named else (OTHER, "other", None)

    def goes_back(here, there):
        """Whether it goes from a stage to an earlier one: here a type tells its stage."""
        stages = [stage for _, kind, stage in (here, there) if kind == "touchpoint" and stage]
        return len(stages) == 2 and STAGES.index(stages[1]) < STAGES.index(stages[0])

    counts = Counter()
    for number, (types, outcome) in enumerate(journeys):
        for step in range(1, steps + 1):
            after = (None, None, None)
            if step < steps:
                after = box(number, types, outcome, step + 1)
            counts[step, *box(number, types, outcome, step), *after] += 1
    columns = ["step", "box", "box_kind", "box_stage", "next_box", "next_kind", "next_stage"]
    rows = [(*key, n, n * goes_back(key[1:4], key[4:])) for key, n in counts.items()]
    return pd.DataFrame(rows, columns=[*columns, "n_journeys", "n_back"])
