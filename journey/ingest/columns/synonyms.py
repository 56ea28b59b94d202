"""What vendors call the columns of a log."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from typing import Final

from journey.ingest.columns import header_languages

SYNONYMS: Final[dict[str, tuple[str, ...]]] = {
    "account_id": (
        *("account_id", "case_concept_name", "case_id", "caseid", "company_id", "dd_company_id"),
        *("group_id", "organization_id", "organisation_id", "associated_company_ids", "case"),
        *("account_key", "account_number", "account", "company", "company_name", "account_name"),
        "company_account",
        *("organization", "organisation", "company_domain", "account_domain", "domain"),
        *("case_name", "case_key", "journey_id", "trace_id", "case_no", "case_number"),
    ),
    "person_id": (
        *("person_id", "email", "email_address", "e_mail", "e_mail_address", "mail"),
        *("contact_email", "user_email", "contact_id", "user_id", "userid", "customer_id"),
        *("dd_contact_id", "lead_id", "person", "contact", "customer", "distinct_id"),
        *("member_id", "profile_id", "who_id", "recipient", "subscriber_id", "uid", "user"),
        *("prospect_id", "client_no", "customer_no", "customer_number", "cust_id", "lead_number"),
        *("household_key", "buyer_id", "shopper_id", "player_id", "patient_id"),
    ),
    "anonymous_id": (
        *("anonymous_id", "anonymousid", "visitor_id", "visitorid", "dd_visitor_id"),
        *("user_pseudo_id", "client_id", "clientid", "cookie_id", "device_id", "cookie"),
        *("visitor", "full_visitor_id", "anon_id", "mcvisid", "post_visid", "domain_userid"),
        *("network_userid", "visitor_external_id", "visitor_uuid", "browser_id"),
    ),
    "session_id": (
        *("session_id", "sessionid", "ga_session_id", "visit_id", "id_visit", "session"),
        *("user_session", "visit_number"),
    ),
    "opportunity_id": (*("opportunity_id", "deal_id", "opp_id", "opportunity", "deal"),),
    "touchpoint": (
        *("touchpoint", "concept_name", "touchpoint_type", "event_name", "activity_name"),
        *("event_type", "activity_type", "activity", "event", "action", "interaction_type"),
        *("interaction", "touchpoint_name", "touch", "event_action", "amplitude_event_type"),
        *("milestone", "operation", "behavior_type", "behaviour_type", "behavior", "behaviour"),
        *("task_name", "incident_activity_type", "activity_id", "event_text"),
    ),
    "occurred_at": (
        *("occurred_at", "time_timestamp", "event_timestamp", "event_time", "timestamp"),
        *("original_timestamp", "occurred", "happened_at", "activity_date", "activity_time"),
        *("event_date", "date_time", "datetime", "touch_date", "touchpoint_date"),
        *("time", "date", "date_entered", "created_at", "created_date", "create_date"),
        *("createdate", "created", "client_event_time", "sent_at", "received_at"),
        *("start_time", "start_timestamp", "start_date", "server_time", "event_date_dt"),
        *("complete_timestamp", "completion_time", "end_timestamp", "date_stamp", "time_stamp"),
        *("timeframe", "transaction_date", "transaction_time", "transaction_dt", "when", "ts"),
        *("derived_tstamp", "collector_tstamp", "event_tstamp", "tstamp", "hit_time_gmt", "day"),
    ),
    "channel": (
        *("channel", "marketing_channel", "default_channel_group", "default_channel_grouping"),
        *("channel_group", "channel_grouping", "channel_name", "utm_medium", "medium"),
        *("campaign_medium", "context_campaign_medium", "lead_source", "utm_source"),
        *("traffic_source", "marketing_source", "touchpoint_channel"),
    ),
    "campaign": (
        *("campaign", "campaign_name", "utm_campaign", "context_campaign_name"),
        *("campaign_id", "email_campaign_id"),
    ),
    "content": (
        *("content", "content_title", "content_name", "asset", "asset_name", "page_title"),
        *("utm_content", "page_url", "page_location", "page", "url", "landing_page"),
        *("page_path", "creative"),
    ),
    "source_system": (*("source_system", "data_source", "system", "platform", "source_platform"),),
    "stage": (
        *("stage", "lifecycle_stage", "lifecyclestage", "funnel_stage", "journey_stage"),
        *("stage_name", "deal_stage", "opportunity_stage", "pipeline_stage", "phase"),
        *("buying_stage", "account_stage", "journey_stage_name"),
    ),
    "direction": ("direction",),
    "reason": (
        *("reason", "loss_reason", "lost_reason", "closed_lost_reason", "close_reason"),
        *("stage_reason", "disqualification_reason"),
    ),
    "cost": ("cost", "costs", "spend", "total_spent", "amount_spent"),
    "value": (
        *("value", "deal_value", "amount", "revenue", "deal_amount", "opportunity_amount"),
        *("order_value", "purchase_value", "order_total", "conversion_value", "event_value"),
        *("close_value", "spend_amount", "sale_amount", "sales", "total_amount", "total_price"),
    ),
    "sentiment": ("sentiment", "sentiment_score"),
    "comment": (
        *("comment", "comments", "verbatim", "verbatims", "verbatim_comment", "survey_comment"),
        *("nps_comment", "csat_comment", "feedback", "feedback_text", "feedback_comment"),
        *("customer_feedback", "customer_comment", "review", "review_text", "free_text"),
        *("open_text", "open_ended_response"),
    ),
    "source_order": (
        "source_order",
        "sequence",
        "sequence_number",
        "seq",
        "event_index",
        "sorting",
    ),
}
"""Headers by role, the surest first; compared after :func:`plain`."""

WEAK: Final[dict[str, tuple[str, ...]]] = {
    "touchpoint": (
        *("type", "subject", "status", "stage", "stage_name", "deal_stage", "lifecycle_stage"),
        *("name", "title", "label", "category", "description", "task", "step", "task_name"),
        *("buying_stage", "account_stage", "type_name"),
    ),
    "channel": ("source", "origin", "referrer_type"),
    "comment": (
        *("call_notes", "meeting_notes", "notes", "note", "remarks", "remark", "message"),
        *("message_text", "response_text"),
    ),
}
"""Headers that mean a role only where no better one is there."""

PREFIXES: Final = (
    *("property_hs_", "property_", "properties_", "case_", "context_", "hs_", "6sense_"),
    *("hubspot_", "salesforce_", "sfdc_", "marketo_", "zoho_", "demandbase_", "crm_"),
)

DATE_WORDS: Final = re.compile(
    r"(?:^|_)(date|time|timestamp|at|on|when|day|ts|datetime|created|modified|datum|dat|zeit"
    r"|zeitstempel|zeitpunkt|uhrzeit|fecha|data|createdate|closedate|started|ended|dt|eventtime"
    r"|timeframe|tstamp|horodatage|tijdstip|czas|tidpunkt|tarih|zaman|tanggal|waktu)(?:_|$)"
    r"|date$|timestamp$|дата|время|日|时间|時間|時刻|시간|날짜|วันที่|เวลา"
)
TIME_WORDS: Final = re.compile(
    r"(?:^|_)(time|hour|uhrzeit|zeit|hora|heure|tijd|ora|godzina|czas|tid|saat|время|waktu|jam)"
    r"(?:_|$)|时间|時間|時刻|시간|เวลา"
)
ID_WORDS: Final = re.compile(r"(?:^|_)(id|ids|key|uuid|guid|no|number|nr|code|num)$|[a-z]id$")
TECHNICAL_DATES: Final = re.compile(
    r"^_|synced|modified|updated|refresh|last_viewed|last_referenced|last_activity|modstamp"
    r"|last_changed|birth|deadline|planned|due_date|processed|upload|^export|(?<!actual)_end$|valid_to"
    r"|estimated|expected|forecast|scheduled|target_date|limit_date|update_(?:time|date|at)"
    r"|last_(?:action|update|seen|login)|(?:^|_)(?:etl|load|ingest|sync|export)_"
)
"""Dates that say something of the row or the plan, not of anything a customer did."""

BORN: Final = re.compile(
    r"birth|(?:^|_)dob(?:_|$)|geburts?(?:tag|datum)|naissance|nacimiento|nascita|nascimento"
    r"|geboorte|生日|出生|誕生日|생년월일|วันเกิด"
)
"""Dates on which people were born: facts about them, whatever else a row tells."""

NO_EVENT: Final = re.compile(
    r"(?:first|last|middle|family|given|full|sur|contact|customer)_?names?|vorname|nachname"
    r"|user_agent|useragent|referr?er(?:_url)?|prénom|nom_de_famille|nombre|apellidos?|nome|cognome|sobrenome|voornaam|achternaam"
)
"""What people are called, use and come from: not what they did."""

# Vowels and tones above and below Thai letters are no word characters to re, yet part no words.
_GAPS: Final = re.compile("(?:[^\\w\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]|_)+")


@lru_cache(maxsize=4_096)
def plain(header: str) -> str:
    """A header as the synonyms are written: lower case, words parted by ``_``.

    Examples
    --------
    >>> plain("case:concept:name"), plain("EventName"), plain(" Close Date (UTC)")
    ('case_concept_name', 'event_name', 'close_date_utc')
    """
    text = unicodedata.normalize("NFKC", header)
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", text).lower()
    lead = "_" if words.startswith("_") else ""
    return lead + _GAPS.sub("_", words).strip("_")


def folded(header: str) -> str:
    """A header without regard to case, gaps and signs.

    Examples
    --------
    >>> folded("Phone Number"), folded("phone_number"), folded("#")
    ('phonenumber', 'phonenumber', '#')
    """
    return plain(header).replace("_", "") or header.strip().casefold()


def same_columns(headers: Iterable[str]) -> tuple[str, ...]:
    """What tables with the same columns have in common, in whatever case or order.

    Examples
    --------
    >>> same_columns(["Time", "E-Mail"])
    ('email', 'time')
    """
    return tuple(sorted(map(folded, headers)))


_KEYS: Final = ("account_id", "person_id", "anonymous_id", "session_id", "opportunity_id")
_TELLING: Final = (*_KEYS, "touchpoint", "occurred_at")
_CODED: Final = re.compile(
    r"^hashed_|_(?:key|uuid|guid|ref|reference|hash|hashed|sha256|md5)$",
)
"""Ids called otherwise; a number or a code may count, or be that of a telephone."""
_TYPES: Final = ("S", "N", "$oid", "$date", "$numberLong")
"""Keys with which stores of documents say of what type a value is."""
_SURE: Final = 0.7
_DEEP: Final = 0.1
_LANGUAGE: Final = re.compile(r"_(?:en|de|fr|es|it|pt|nl)$")
_CODES: Final = (
    "eur|usd|gbp|chf|jpy|cny|inr|brl|aud|cad|sek|nok|dkk|isk|pln|czk|huf|ron|bgn|try|rub|uah|mxn"
    "|ars|clp|cop|pen|nzd|zar|sgd|hkd|twd|krw|thb|idr|myr|php|vnd|ils|aed|sar|qar|egp|ngn|kes"
)
_SYMBOLS: Final = (
    *(("€", "EUR"), ("£", "GBP"), ("US$", "USD"), ("R$", "BRL"), ("₹", "INR"), ("₽", "RUB")),
    *(("₺", "TRY"), ("₩", "KRW"), ("฿", "THB"), ("zł", "PLN"), ("Kč", "CZK")),
)
"""Signs that stand for one currency; a bare $, ¥ or kr for several."""
CURRENCY: Final = re.compile(rf"(?:_in)?_(?P<code>{_CODES}|local_currency)$")


@lru_cache(maxsize=4_096)
def names_of(header: str) -> tuple[str, ...]:
    """The plain header, then without a vendor's prefix or the currency."""
    name = plain(header)
    prefixed = [name.removeprefix(prefix) for prefix in PREFIXES if name.startswith(prefix)]
    shorter = [*prefixed, *([CURRENCY.sub("", name)] if CURRENCY.search(name) else [])]
    return tuple(dict.fromkeys((name, *(rest for rest in shorter if rest))))


def currency_of(header: str) -> str | None:
    """The currency that a header names, as in ``Amount spent (USD)``.

    Examples
    --------
    >>> currency_of("Cost (EUR)"), currency_of("Kosten [€]"), currency_of("Cost")
    ('EUR', 'EUR', None)
    """
    code = CURRENCY.search(plain(header))
    if code:
        return None if code["code"] == "local_currency" else code["code"].upper()
    return next((code for sign, code in _SYMBOLS if sign in header), None)


def without_shared_start(headers: Sequence[str]) -> dict[str, str]:
    """Headers without the word with which nearly all of them begin: the name of the table.

    Examples
    --------
    >>> without_shared_start(["Deal - ID", "Deal - Stage", "Deal - Owner", "Deal - Deal created"])
    {'Deal - ID': 'id', 'Deal - Stage': 'stage', 'Deal - Owner': 'owner', \
'Deal - Deal created': 'deal_created'}
    """
    names = {header: plain(header) for header in headers}
    names = {header: name.lstrip("_") for header, name in names.items()}
    starts = Counter(name.split("_")[0] for name in names.values() if "_" in name)
    (start, n_shared), *_ = starts.most_common(1) or [("", 0)]
    few, most = 4, 0.8
    if not start or n_shared < max(few, most * len(headers)):
        return {header: header for header in headers}
    return {
        header: name.removeprefix(f"{start}_") if name.startswith(f"{start}_") else header
        for header, name in names.items()
    }


def named(header: str, role: str) -> float:
    """How surely a header alone names a role, from 0 to 1.

    Examples
    --------
    >>> named("time:timestamp", "occurred_at") > named("Created", "occurred_at") > 0.8
    True
    >>> named("EVENTTIME", "occurred_at") > 0.8, named("Müşteri No", "person_id") > 0.8
    (True, True)
    >>> named("cust_uuid", "person_id") > 0.7, named("hashed_email", "person_id") > 0.7
    (True, True)
    >>> named("colour", "occurred_at")
    0.0
    """
    scores, best = _scores(role), 0.0
    for penalty, name in _spellings(header, role):
        if name in scores:
            best = max(best, scores[name] - penalty)
    within = [scores.get(name, 0.0) for name in _within(header)] if role in _TELLING else []
    return max(best, *(score - _DEEP for score in within if score > _SURE), 0.0)


def _within(header: str) -> list[str]:
    """What an object within an object is called, as ``data.object.customer`` is a customer."""
    parts = header.split(".")
    if len(parts) > 1 and parts[-1] in _TYPES:
        parts = [*parts[:-1], ""]
    return [_folded(plain(".".join(parts[n:]))) for n in range(1, len(parts))]


def _spellings(header: str, role: str) -> list[tuple[float, str]]:
    """The ways in which a header may name a role, with what each is less sure by."""
    names = [(0.0, plain(header)), *((0.04, name) for name in names_of(header)[1:2])]
    if plain(header).startswith("case_") and role in ("touchpoint", "occurred_at"):
        # What is said of a whole case is no event of it.
        del names[1:]
    if role in _KEYS and _CODED.search(plain(header)):
        bare = _CODED.sub("", plain(header))
        names += [(_DEEP, bare), (_DEEP, f"{bare}_id")]
    names += [(less + 0.06, name[1:]) for less, name in names if name.startswith("_")]
    names += [(less + 0.06, _LANGUAGE.sub("", name)) for less, name in names]
    return [(less, _folded(name)) for less, name in names]


@cache
def _scores(role: str) -> dict[str, float]:
    """How sure each name of a role is, by the name as it is compared."""
    scores: dict[str, float] = {}
    for names, top in (
        (SYNONYMS[role], 0.98),
        (tuple(header_languages.NAMES.get(role, "").split()), 0.9),
        (WEAK.get(role, ()), 0.55),
    ):
        for position, name in enumerate(names):
            scores.setdefault(_folded(name), top - 0.1 * position / len(names))
    return scores


@lru_cache(maxsize=16_384)
def _folded(name: str) -> str:
    """A plain name without accents and marks between words: ``eventtime`` is ``event_time``."""
    letters = unicodedata.normalize("NFD", name)
    bare = "".join(
        letter for letter in letters if not "\u0300" <= letter <= "\u036f" and letter != "_"
    )
    return unicodedata.normalize("NFC", bare).replace("\u0131", "i").replace("ł", "l")
