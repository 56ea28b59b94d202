"""A small log that has something to tell whatever is asked."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import numpy as np
import pandas as pd

import journey
from journey.costs import costs_frame
from journey.definitions import loads
from journey.log import TouchpointLog

WON, LOST = "Closed won", "Closed lost"
WAY: Final = (
    *("Ad view", "Ad click", "Whitepaper download", "Lead created", "Newsletter sent"),
    *("Newsletter opened", "Newsletter clicked", "Webinar attended", "MQL", "SQL accepted"),
    *("Sent back to marketing", "Sales call", "Webinar attended", "Demo held"),
    *("Opportunity created", WON, "Onboarding session", "Renewal", "Upsell", "Contract cancelled"),
)
"""What journeys go through, each leaving some of it out."""

DEFINITIONS: Final = f"""
stages = [
    {{name = "Attract", touchpoints = ["Ad view", "Ad click"]}},
    {{name = "Capture", touchpoints = ["Whitepaper download", "Lead created"]}},
    {{name = "Nurture", touchpoints = ["Newsletter clicked", "Webinar attended", "MQL"]}},
    {{name = "Convert", touchpoints = ["SQL accepted", "Demo held", "{LOST}"]}},
    {{name = "Expand", touchpoints = ["{WON}", "Renewal", "Upsell"]}},
]
outcomes = {{won = ["{WON}"], lost = ["{LOST}"]}}
roles = {{expected = ["Director"]}}
not_buyers = {{competitor_domains = ["rival.example"]}}

[scoring]
rules = [
    {{dimension = "fit", attribute = "industry", one_of = ["Software"], points = 40}},
    {{dimension = "fit", attribute = "role", one_of = ["Director"], points = 20}},
    {{dimension = "engagement", enters = ["Attract"], points = 1, most = 10}},
    {{dimension = "engagement", touchpoints = ["Demo held"], points = 15, most = 40}},
    {{dimension = "relationship", stages = ["Convert"], points = 30}},
    {{dimension = "relationship", least_wins = 1, points = 50}},
]

[ownership]
mql_hours = 48
departments = [{{name = "Marketing"}}, {{name = "Sales", channels = ["Sales"]}}]
stages = [
    {{stage = "Nurture", leads = ["Marketing"], sla_hours = 72}},
    {{stage = "Convert", leads = ["Sales"], contributors = ["Marketing"], sla_hours = 72}},
]
"""
N_ACCOUNTS: Final = 400
BEGIN: Final = datetime(2025, 1, 1, tzinfo=UTC)


def small_log() -> TouchpointLog:
    """A log with all columns, wins and losses, people and accounts, costs, rules of all kinds."""
    touches = pd.DataFrame.from_records(list(_touches()))
    accounts = pd.DataFrame({"account_id": touches["account_id"].unique()})
    accounts["industry"] = np.where(accounts.index % 2, "Software", "Retail")
    people = pd.DataFrame({"person_id": touches["person_id"].unique()})
    people["role"] = np.where(people.index % 3, "Director", "Analyst")
    log = journey.from_frame(
        touches,
        definitions=loads(DEFINITIONS),
        accounts=accounts,
        people=people,
        rows_per_shard=len(touches) // 2,
    )
    day = pd.Timestamp(BEGIN).tz_localize(None)
    spent = {"day": [day], "channel": ["Mail"], "campaign": ["C0"], "cost": [9.0]}
    return replace(log, costs=costs_frame(pd.DataFrame(spent)))


def _touches() -> Iterator[dict[str, Any]]:
    """Touches by account and time; every third journey is lost, every fifth goes on."""
    for number in range(N_ACCOUNTS):
        at = BEGIN + timedelta(days=number)
        for place, kind in enumerate(WAY):
            if (number * 7 + place * 3) % 8 == 0:
                continue
            at += timedelta(days=3 * ((number + place) % 5), minutes=5)
            is_lost = kind == WON and number % 3 == 0
            if kind == WON and number % 5 == 1:
                break
            yield {
                "account_id": f"A{number:03d}",
                "person_id": f"p{place % 3}-{number}@{'rival' if number == 1 else 'own'}.example",
                "anonymous_id": f"v{number}",
                "opportunity_id": f"o{number}" if place > len(WAY) // 2 else None,
                "occurred_at": at,
                "touchpoint": LOST if is_lost else kind,
                "channel": ("Mail", "Sales", "Web")[place % 3],
                "campaign": f"C{place % 4}",
                "content": f"T{place % 5}",
                "source_system": "small",
                "direction": "was shown" if place % 5 == 0 else "did",
                "reason": "Too early" if place % 4 == 0 else None,
                "value": 10.0 * number if kind == "Opportunity created" else np.nan,
                "cost": 1.0,
                "sentiment": 0.5 if place % 2 else np.nan,
            }
            if is_lost:
                break
