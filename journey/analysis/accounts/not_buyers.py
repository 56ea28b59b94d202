"""Who interacts but will not buy: competitors, students, job seekers, each with the reason."""

from functools import partial
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from journey.facts import ShardFacts
from journey.kernels.facts import WON
from journey.kernels.select import first_of
from journey.log import TouchpointLog
from journey.rules.meanings import Meanings
from journey.rules.not_buyers import NOT_BUYERS, NotBuyerRules
from journey.rules.words import plain_words, says
from journey.selection import Keep
from journey.store.cache import memory
from journey.store.layout import Store, frozen
from journey.store.view import View

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.int8]
Part = tuple[View, ShardFacts]
Columns = dict[str, npt.NDArray[Any]]

NOT_BUYER_COLUMNS = ("account_id", "kind", "reason")
BUYER: Final = -1
COMPETITOR, STUDENT, JOB_SEEKER = range(len(NOT_BUYERS))
_DOMAIN_WORDS: Final = r"domain|web ?site|url\b|home ?page"


def not_buyers(log: TouchpointLog, *, limit: int | None = None) -> pd.DataFrame:
    """Journeys in view of those who will not buy, by the rules of the definitions.

    Competitors and students by the domain of the account, or where none is known by the e-mail
    addresses of its people; job seekers by an application, or where they looked at careers pages
    alone. Who has won is a buyer, whatever else speaks against it.

    Parameters
    ----------
    limit
        Only so many, the first of the list; none: all of them.

    Returns
    -------
    DataFrame
        One row per journey: ``account_id``, ``kind`` (competitor, student, job_seeker; the first
        that holds), ``reason`` in words. By kind in that order, then account.

    Examples
    --------
    >>> import pandas as pd
    >>> from journey import from_frame
    >>> log = from_frame(pd.DataFrame({
    ...     "account_id": ["mit.edu", "acme.com"], "touchpoint": ["Ad", "Ad"],
    ...     "occurred_at": pd.to_datetime(["2026-01-01"] * 2)}))
    >>> not_buyers(log).values.tolist()
    [['mit.edu', 'student', 'Student: mit.edu is of a school']]
    """
    definitions = log.definitions
    question = partial(
        _rows, rules=definitions.not_buyers, meanings=definitions.meanings, limit=limit
    )
    parts = log.ask_with_facts(question)
    if not parts:
        return pd.DataFrame(columns=list(NOT_BUYER_COLUMNS))
    whole = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    ordered = _first(whole, limit)
    kinds = np.array(NOT_BUYERS, dtype=object)[ordered["code"]]
    columns = ordered["account_id"], kinds, ordered["reason"]
    return pd.DataFrame(dict(zip(NOT_BUYER_COLUMNS, columns, strict=True)), dtype=object)


def count_not_buyers(log: TouchpointLog) -> pd.DataFrame:
    """How many journeys of :func:`not_buyers` there are of each ``kind``: ``n_journeys``."""
    definitions = log.definitions
    question = partial(_count, rules=definitions.not_buyers, meanings=definitions.meanings)
    counts = sum(log.ask_with_facts(question), np.zeros(len(NOT_BUYERS), np.int64))
    return pd.DataFrame({"kind": NOT_BUYERS, "n_journeys": counts})


def without_not_buyers(log: TouchpointLog) -> TouchpointLog:
    """The same log without the journeys of :func:`not_buyers`."""
    definitions = log.definitions
    arguments = ("rules", definitions.not_buyers), ("meanings", definitions.meanings)
    return log.keep(Keep(_is_buyer, arguments, leaves_out=True))


def only_not_buyers(log: TouchpointLog) -> TouchpointLog:
    """The same log with only the journeys of :func:`not_buyers`."""
    definitions = log.definitions
    arguments = ("rules", definitions.not_buyers), ("meanings", definitions.meanings)
    return log.keep(Keep(_is_not_buyer, arguments))


def not_buyer_kinds(part: Part, *, rules: NotBuyerRules, meanings: Meanings) -> Codes:
    """Of the journeys of one shard in view the place of each among the kinds; -1 may buy."""
    view, facts = part
    key = "not buyers", rules, meanings
    return facts.kept(key, partial(_kinds, facts, rules, meanings))[view.journeys]


def _kinds(facts: ShardFacts, rules: NotBuyerRules, meanings: Meanings) -> Codes:
    evidence = facts.view
    by_domain = _kinds_by_domain(evidence, rules)
    applied = np.where(_job_seekers(evidence, rules, meanings), JOB_SEEKER, BUYER)
    kinds = np.where(by_domain != BUYER, by_domain, applied.astype(np.int8))
    is_win = frozen(facts.verdict_of_type == WON)
    kinds[first_of(evidence.types, evidence.offsets, is_win) >= 0] = BUYER
    return kinds


def not_buyer_reasons(
    part: Part, places: Ints, *, rules: NotBuyerRules, meanings: Meanings
) -> npt.NDArray[np.object_]:
    """Why journeys at some places of the view will not buy, None for buyers."""
    view, _ = part
    kinds = not_buyer_kinds(part, rules=rules, meanings=meanings)[places]
    found = np.full(len(kinds), None, dtype=object)
    chosen = np.flatnonzero(kinds != BUYER)
    accounts = view.store.journey_accounts(view.shard)[view.journeys[places[chosen]]]
    domains = _domains(view.store).take(pa.array(accounts, pa.int64())).to_pylist()
    for place, kind, domain in zip(chosen, kinds[chosen], domains, strict=True):
        found[place] = _reason(int(kind), domain)
    return found


def _reason(kind: int, domain: str | None) -> str:
    if kind == JOB_SEEKER:
        return "Job seeker: applied for a job, or looked at careers pages alone"
    who = domain or "the e-mail domain of a person"
    if kind == COMPETITOR:
        return f"Competitor: {who} is on the list"
    return f"Student: {who} is of a school"


def _count(part: Part, *, rules: NotBuyerRules, meanings: Meanings) -> npt.NDArray[np.int64]:
    kinds = not_buyer_kinds(part, rules=rules, meanings=meanings)
    return np.bincount(kinds[kinds != BUYER], minlength=len(NOT_BUYERS))


def _rows(part: Part, *, rules: NotBuyerRules, meanings: Meanings, limit: int | None) -> Columns:
    view, _ = part
    kinds = not_buyer_kinds(part, rules=rules, meanings=meanings)
    chosen = np.flatnonzero(kinds != BUYER)
    cases = pa.array(view.shard.cases[view.journeys[chosen]], pa.int64())
    names = view.store.dictionaries[view.store.case_role].take(cases)
    rows = {
        "account_id": np.array(names.to_pylist(), dtype=object),
        "code": kinds[chosen],
        "place": chosen,
    }
    shown = _first(rows, limit)
    places = shown.pop("place")
    return shown | {"reason": not_buyer_reasons(part, places, rules=rules, meanings=meanings)}


def _first(rows: Columns, limit: int | None) -> Columns:
    """The rows in the order of the list, or the first so many."""
    order = np.lexsort((rows["account_id"], rows["code"]))[:limit]
    return {name: column[order] for name, column in rows.items()}


def _is_buyer(part: Part, *, rules: NotBuyerRules, meanings: Meanings) -> Flags:
    return not_buyer_kinds(part, rules=rules, meanings=meanings) == BUYER


def _is_not_buyer(part: Part, *, rules: NotBuyerRules, meanings: Meanings) -> Flags:
    return not_buyer_kinds(part, rules=rules, meanings=meanings) != BUYER


def _job_seekers(evidence: View, rules: NotBuyerRules, meanings: Meanings) -> Flags:
    """Who applied, or did nothing but look at careers pages."""
    names = evidence.store.touchpoint_types
    careers = set(meanings.types("careers", names))
    applied = frozen(np.array([rules.is_application(name) for name in names], dtype=bool))
    others = frozen(np.array([name not in careers for name in names], dtype=bool))
    only_careers = first_of(evidence.types, evidence.offsets, others) < 0
    has_applied = first_of(evidence.types, evidence.offsets, applied) >= 0
    return has_applied | (only_careers & (evidence.lengths > 0))


def _kinds_by_domain(evidence: View, rules: NotBuyerRules) -> Codes:
    """Competitors and students by the account's domain, else by any person's e-mail address."""
    store = evidence.store
    accounts = store.journey_accounts(evidence.shard)
    of_accounts = _kinds_of(store, "account", rules)
    kinds = of_accounts[accounts]
    if "person_id" not in store.text_columns:
        return kinds
    of_people, codes = _kinds_of(store, "person", rules), evidence.codes("person_id")
    has_no_domain = np.asarray(_domains(store).is_null().to_numpy(zero_copy_only=False))[accounts]
    for kind in (STUDENT, COMPETITOR):
        flags = of_people == kind
        if np.any(flags):
            takes_part = first_of(codes, evidence.offsets, frozen(flags)) >= 0
            kinds = np.where(takes_part & has_no_domain, np.int8(kind), kinds)
    return kinds


def _kinds_of(store: Store, who: str, rules: NotBuyerRules) -> Codes:
    """What the domain of each account, or each person's e-mail address, says."""

    def make() -> Codes:
        domains = _domains(store) if who == "account" else _e_mails(store)
        kinds = np.full(len(domains), BUYER, np.int8)
        for kind in (STUDENT, COMPETITOR):
            if pattern := rules.pattern("student" if kind == STUDENT else "competitor"):
                fits = pc.match_substring_regex(domains, pattern).fill_null(False)
                kinds[np.asarray(fits.to_numpy(zero_copy_only=False), dtype=bool)] = kind
        return kinds

    key = ("not buyers", store.fingerprint, who, rules)
    return memory.get(key, make, n_bytes=lambda kinds: kinds.nbytes)


def _domains(store: Store) -> Any:
    """The domain of each account: of an attribute named so, else of an id that looks like one."""
    key = ("domains of accounts", store.fingerprint)
    return memory.get(key, partial(_read_domains, store), n_bytes=lambda found: found.nbytes)


def _read_domains(store: Store) -> Any:
    ids = store.dictionaries["account_id"]
    looks_so = pc.match_substring_regex(ids, r"^[^\s@]*@?[^\s@]+\.[A-Za-z]{2,}$")
    found = pc.if_else(looks_so, ids, pa.scalar(None, pa.string()))
    names = store.accounts.column_names
    named = [name for name in names if says(_DOMAIN_WORDS, plain_words(name))]
    for name in reversed(named):
        found = pc.coalesce(store.accounts[name].combine_chunks().cast(pa.string()), found)
    host = pc.replace_substring_regex(pc.utf8_lower(found), r"^https?://|[/?#:].*$", "")
    return pc.utf8_trim_whitespace(host)


def _e_mails(store: Store) -> Any:
    """The ids of people that are e-mail addresses, null for others."""
    people = pc.utf8_lower(store.dictionaries["person_id"])
    is_address = pc.match_substring(people, "@")
    return pc.if_else(is_address, people, pa.scalar(None, pa.string()))
