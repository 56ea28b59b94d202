"""The stalled accounts as rows that a CRM can import."""

from functools import partial
from typing import Any, Final

import numpy as np
import pandas as pd

from journey.analysis.accounts.at_risk import cases_of, stalled_of
from journey.analysis.accounts.engaged import emails_of, last_named
from journey.analysis.accounts.names import names_of_accounts
from journey.analysis.accounts.not_buyers import not_buyer_reasons
from journey.analysis.accounts.stalled import stalled_accounts
from journey.analysis.accounts.unnamed import who_can_be_called
from journey.analysis.figures.frames import none_for_missing
from journey.definitions import Definitions
from journey.facts import ShardFacts
from journey.log import TouchpointLog
from journey.store.view import View

CALL_COLUMNS = (
    "account_id",
    "account_name",
    "opportunity_id",
    "owner",
    "stage",
    "value_at_risk",
    "deal_value",
    "days_silent",
    "last_touchpoint",
    "last_touch_on",
    "person_ids",
    "emails",
    "missing_roles",
    "next_action",
    "next_action_evidence",
    "reason",
    "not_buyer",
)
_DECIMALS: Final = {"value_at_risk": 2, "deal_value": 2, "days_silent": 1}
"""No more digits than an amount, or a silence, is told to."""


def call_list(log: TouchpointLog, *, limit: int | None = None) -> pd.DataFrame:
    """Stalled accounts that can be called, with ids, contacts and next action for a CRM.

    Parameters
    ----------
    limit
        Only so many, the first of the list; none: all.

    Returns
    -------
    DataFrame
        Rows of :func:`stalled_accounts` in its order, but for unnamed visitors, whom nobody can
        call: ``account_id``, ``account_name`` (by an attribute that names accounts),
        ``opportunity_id`` (the last that a touch of the journey names, or its own), ``owner``,
        ``stage``, ``value_at_risk`` and ``deal_value`` (its own; both to the cent),
        ``days_silent`` (to a tenth), ``last_touchpoint``, ``last_touch_on`` (the day in UTC,
        ``YYYY-MM-DD``), ``person_ids`` and ``emails`` of the people engaged (``;`` between),
        ``missing_roles``, ``next_action`` (a touchpoint type), ``next_action_evidence``,
        ``reason`` in words and ``not_buyer`` (why it will not buy, as :func:`not_buyers` tells it;
        none where it may).

    Examples
    --------
    >>> import pandas as pd
    >>> from journey import from_frame
    >>> days = pd.to_datetime(["2026-01-01", "2026-01-02", "2026-01-03", "2026-01-09"])
    >>> log = from_frame(pd.DataFrame({
    ...     "account_id": ["a", "a", "b", "b"], "occurred_at": days, "touchpoint": "Call",
    ...     "person_id": ["ann@x.example", "bo", None, None], "opportunity_id": "d1"}))
    >>> call_list(log)[["account_id", "opportunity_id", "person_ids", "emails"]]
      account_id opportunity_id         person_ids         emails
    0          a             d1  ann@x.example; bo  ann@x.example
    """
    log = who_can_be_called(log)
    stalled = stalled_accounts(log, limit=limit)
    told = partial(_told, cases=frozenset(stalled["account_id"]), definitions=log.definitions)
    parts = log.ask_with_facts(told)
    if stalled.empty or not parts:
        return pd.DataFrame(columns=list(CALL_COLUMNS))
    found = pd.concat(parts).set_index("case_id").loc[stalled["account_id"]].reset_index(drop=True)
    known = {str(name): found[name] for name in found}
    if log.case in ("account", "opportunity"):
        known[f"{log.case}_id"] = stalled["account_id"]
    return _frame(stalled, known)


def _frame(stalled: pd.DataFrame, known: dict[str, "pd.Series[Any]"]) -> pd.DataFrame:
    """The list as a CRM imports it, with what is known of each account beside."""
    evidence = [_evidence(row) for row in stalled.to_dict("records")]
    frame = stalled.assign(
        **known,
        deal_value=stalled["deal_value"].mask(stalled["is_median_value"]),
        last_touch_on=stalled["last_at"].dt.strftime("%Y-%m-%d"),
        person_ids=stalled["people"],
        next_action=stalled["next_touchpoint"],
        next_action_evidence=pd.Series(evidence, dtype=object),
    )
    called = frame[list(CALL_COLUMNS)].round(_DECIMALS)
    return none_for_missing(called, [*known, "next_action_evidence"])


def _told(
    part: tuple[View, ShardFacts],
    *,
    cases: frozenset[str],
    definitions: Definitions,
) -> pd.DataFrame:
    """Ids, name and e-mails of those stalled journeys of one shard that are asked for."""
    facts = part[1]
    whole, chosen = facts.view, stalled_of(part)
    is_asked = [name in cases for name in cases_of(whole, chosen)]
    chosen = chosen[np.array(is_asked, dtype=bool)]
    reasons = not_buyer_reasons(
        (whole, facts), chosen, rules=definitions.not_buyers, meanings=definitions.meanings
    )
    return pd.DataFrame(
        {
            "case_id": cases_of(whole, chosen),
            "account_id": last_named(whole, chosen, "account_id"),
            "account_name": names_of_accounts(whole, chosen),
            "opportunity_id": last_named(whole, chosen, "opportunity_id"),
            "emails": emails_of(whole, chosen),
            "not_buyer": reasons,
        }
    )


def _evidence(row: dict[Any, Any]) -> str | None:
    """What speaks for the next action, and what customers did by themselves, as associations."""
    said: list[str] = []
    if row["next_touchpoint"] is not None:
        chance = "" if row["next_is_clear"] else " It may be chance."
        said.append(
            f"{row['next_win_rate']:.0%} of {row['n_next']:,} decided won with it next, "
            f"{row['next_without_rate']:.0%} of {row['n_next_without']:,} with another touch "
            f"({row['next_state']}); an association, not a proof.{chance}"
        )
    if row["return_touchpoint"] is not None:
        said.append(
            f"Accounts like it that came back by themselves through {row['return_touchpoint']}: "
            f"{row['return_win_rate']:.0%} of {row['n_return']:,} won, "
            f"{row['return_without_rate']:.0%} of {row['n_return_without']:,} with another touch "
            f"({row['return_state']})."
        )
    return " ".join(said) or None
