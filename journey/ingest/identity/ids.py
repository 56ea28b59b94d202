"""Which columns hold ids, and which ids stand together on rows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import duckdb

from journey.ingest.columns.synonyms import names_of
from journey.ingest.identity.domains import shared_names
from journey.ingest.sql import identifier, literal
from journey.rules.identity import IdentityRules

ID_ROLES: Final = ("account_id", "person_id", "anonymous_id", "opportunity_id", "session_id")

ROWS: Final = "identity_rows"
"""The table of ids that stand together on rows, each combination once."""

KEPT_ROWS: Final = "identity_kept_rows"
"""The same table as it is kept with a data set."""

ID_COLUMNS: Final = (
    *("account_id", "person_id", "person_kind", "email", "contact_id", "user_id"),
    *("lead_id", "lead_kind", "anonymous_id", "opportunity_id", "session_id", "domain"),
)
_HEADERS: Final[dict[str, tuple[str, ...]]] = {
    "email": (
        *("email", "email_address", "e_mail", "e_mail_address", "mail", "contact_email"),
        *("user_email", "lead_email", "traits_email", "person_email", "converted_email"),
    ),
    "lead": (
        *("lead_id", "converted_lead_id", "merged_lead_id", "marketo_lead_id", "sfdc_lead_id"),
    ),
    "contact": (
        *("contact_id", "converted_contact_id", "contact_vid", "dd_contact_id"),
        *("sfdc_contact_id", "crm_id", "crm_contact_id"),
    ),
    "user": (
        "user_id",
        "userid",
        "external_user_id",
        "member_id",
        "subscriber_id",
        "posthog_person_id",
        "customer_unique_id",
        "master_customer_id",
    ),
    "domain": (
        *("domain", "company_domain", "account_domain", "company_domain_name", "website"),
        *("company_website", "account_website", "web_site", "homepage"),
    ),
}
"""Headers of columns that hold ids beside those with a role; compared after ``names_of``."""


@dataclass(frozen=True)
class IdColumns:
    """Columns that hold ids beside those with a role.

    Parameters
    ----------
    email, lead, contact, user
        Columns with ids of people.
    domain
        Columns with the domain of the account on the same row.
    lead_files
        Numbers of the tables whose ``person_id`` is the number of a lead.
    mixed_files
        Those whose ``person_id`` is the number of a lead or of a contact; each has a column too.
    are_leads_apart
        There are numbers of leads and of contacts: equal ones are two ids.
    """

    email: tuple[str, ...] = ()
    lead: tuple[str, ...] = ()
    contact: tuple[str, ...] = ()
    user: tuple[str, ...] = ()
    domain: tuple[str, ...] = ()
    lead_files: tuple[int, ...] = ()
    mixed_files: tuple[int, ...] = ()
    are_leads_apart: bool = False

    @property
    def of_people(self) -> tuple[str, ...]:
        """All columns with ids of people."""
        return (*self.email, *self.lead, *self.contact, *self.user)


def find_id_columns(
    names: Mapping[str, str], person_headers: Sequence[Iterable[str]] = ()
) -> IdColumns:
    """Find the columns that hold ids, by their headers.

    Parameters
    ----------
    names
        Header to column, for the columns without a role.
    person_headers
        The headers of ``person_id`` in each table.

    Examples
    --------
    >>> find_id_columns({"E-mail": "E-mail", "Lead ID": "Lead ID"}, [("Contact ID",)]).lead
    ('Lead ID',)
    """
    found: dict[str, tuple[str, ...]] = {}
    for kind, known in _HEADERS.items():
        columns = [column for header, column in names.items() if {*names_of(header)} & {*known}]
        found[kind] = tuple(dict.fromkeys(columns))
    is_lead = [_any_named(headers, "lead") for headers in person_headers]
    is_contact = [_any_named(headers, "contact") for headers in person_headers]
    apart = (bool(found["contact"]) or any(is_contact)) and (bool(found["lead"]) or any(is_lead))
    kinds = list(enumerate(zip(is_lead, is_contact, strict=True))) if apart else []
    return IdColumns(
        **found,
        lead_files=tuple(index for index, kind in kinds if kind == (True, False)),
        mixed_files=tuple(index for index, kind in kinds if kind == (True, True)),
        are_leads_apart=apart,
    )


def _any_named(headers: Iterable[str], kind: str) -> bool:
    return any({*names_of(header)} & {*_HEADERS[kind]} for header in headers)


def filled_sql(columns: Sequence[str]) -> str:
    """SQL of the first filled one of several columns."""
    if not columns:
        return "NULL::VARCHAR"
    return f"COALESCE({', '.join(identifier(column) for column in columns)})"


def is_shared_sql(value: str, rules: IdentityRules) -> str:
    """SQL that tells whether an id is an address that several people read."""
    trusted = ", ".join(map(literal, rules.trusted_addresses)) or "''"
    return (
        f"(contains({value}, '@') AND {value} NOT IN ({trusted}) "
        f"AND regexp_full_match({value}, {literal(_shared_pattern(rules))}))"
    )


def _shared_pattern(rules: IdentityRules) -> str:
    """One pattern for all names: as a list of texts they took longer to plan than to look up."""
    names = sorted({*shared_names(), *rules.shared_addresses})
    quoted = (name.replace("\\E", "") for name in names)
    return "(?s)(" + "|".join(f"\\Q{name}\\E" for name in quoted) + ")(@.*)?"


def own_sql(value: str, rules: IdentityRules) -> str:
    """SQL of an id that is nobody else's: empty where it is an address that several read."""
    return f"CASE WHEN NOT {is_shared_sql(value, rules)} THEN {value} END"


def stated_sql(ids: IdColumns, rules: IdentityRules, *, is_event: bool) -> str:
    """SQL of the person that a row names: by a shared address only where it has no other id."""
    if not ids.of_people:
        return "person_id"
    every = ["person_id", *_beside_sql(ids, is_event=is_event).values()]
    return f"COALESCE({', '.join([*(own_sql(value, rules) for value in every), *every])})"


def _beside_sql(ids: IdColumns, *, is_event: bool) -> dict[str, str]:
    """SQL of each id of a person beside the one with the role."""
    email, user = filled_sql(ids.email), filled_sql(ids.user)
    return {
        "email": f"CASE WHEN contains({email}, '@') THEN lower({email}) END",
        "contact_id": filled_sql(ids.contact),
        # Beside a visit it is the user of the website, in a table of people the one that the
        # person is; elsewhere it may be one of our own.
        "user_id": f"CASE WHEN anonymous_id IS NOT NULL THEN {_lowered(user)} END"
        if is_event
        else _lowered(user),
        "lead_id": filled_sql(ids.lead),
    }


def is_lead_sql(ids: IdColumns, rules: IdentityRules, *, is_event: bool) -> str:
    """SQL that tells whether the person that a row names is the number of a lead."""
    if not ids.are_leads_apart:
        return "false"
    *others, lead = _beside_sql(ids, is_event=is_event).values()
    own = ", ".join(own_sql(value, rules) for value in others)
    return (
        f"CASE WHEN {own_sql('person_id', rules)} IS NOT NULL THEN {_person_is_lead_sql(ids)} "
        f"ELSE COALESCE({own}) IS NULL AND COALESCE({_number(lead)}, false) END"
    )


def _person_is_lead_sql(ids: IdColumns) -> str:
    """SQL that tells whether a ``person_id`` is the number of a lead."""
    leads, mixed = (
        ", ".join(map(str, files)) or "-1" for files in (ids.lead_files, ids.mixed_files)
    )
    is_mixed_lead = (
        f"file_index IN ({mixed}) AND person_id IS NOT DISTINCT FROM {filled_sql(ids.lead)} "
        f"AND person_id IS DISTINCT FROM {filled_sql(ids.contact)}"
    )
    return f"({_number('person_id')} AND (file_index IN ({leads}) OR ({is_mixed_lead})))"


def _lowered(value: str) -> str:
    """SQL of an id with e-mail addresses in lower case, as ids with a role are written."""
    return f"CASE WHEN contains({value}, '@') THEN lower({value}) ELSE {value} END"


def _number(value: str) -> str:
    return f"regexp_full_match({value}, '[0-9]+')"


def gather_rows(
    connection: duckdb.DuckDBPyConnection,
    source: str,
    others: Sequence[str],
    ids: IdColumns,
) -> None:
    """Make the table :data:`ROWS` of the ids that stand together, each combination once.

    Columns: the ids, ``n_rows`` that have them, ``n_touchpoints`` among those, ``first_at`` in
    microseconds and ``file_index`` of the first table.
    """
    parts = [_ids_sql(table, ids, is_event=table == source) for table in (source, *others)]
    filled = [name for name in ID_COLUMNS if _is_filled(name, ids)]
    listed = [name if name in filled else f"NULL::VARCHAR AS {name}" for name in ID_COLUMNS]
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE {ROWS} AS
        SELECT {", ".join(listed)}, count(*) AS n_rows,
            count(*) FILTER (is_touchpoint) AS n_touchpoints,
            min(occurred_at) AS first_at, min(file_index) AS file_index
        FROM ({" UNION ALL ".join(parts)}) GROUP BY {", ".join(filled)}
        """
    )


def _is_filled(column: str, ids: IdColumns) -> bool:
    """Whether any file has such ids; grouping by what is always empty only takes time."""
    beside = {
        "email": ids.email,
        "contact_id": ids.contact,
        "user_id": ids.user,
        "lead_id": ids.lead,
        "lead_kind": ids.lead,
        "domain": ids.domain,
    }
    return bool(beside.get(column, True))


def _ids_sql(table: str, ids: IdColumns, *, is_event: bool) -> str:
    beside = _beside_sql(ids, is_event=is_event)
    lead = beside["lead_id"]
    lead_kind = f"CASE WHEN {_number(lead)} THEN 'lead' ELSE 'person' END"
    # A session says who it is only where nothing else does.
    named = "COALESCE(account_id, person_id, anonymous_id, opportunity_id)"
    columns = {
        "account_id": "account_id",
        "person_id": "person_id",
        "person_kind": "CASE WHEN person_id IS NULL THEN NULL "
        "WHEN contains(person_id, '@') THEN 'email' "
        f"WHEN {_person_is_lead_sql(ids)} THEN 'lead' ELSE 'person' END",
        **beside,
        "lead_kind": f"CASE WHEN {lead} IS NOT NULL THEN "
        f"{lead_kind if ids.are_leads_apart else repr('person')} END",
        "anonymous_id": "anonymous_id",
        "opportunity_id": "opportunity_id",
        "session_id": f"CASE WHEN {named} IS NULL THEN session_id END",
        "domain": f"CASE WHEN account_id IS NOT NULL THEN {filled_sql(ids.domain)} END",
    }
    selected = [f"{sql} AS {name}" for name, sql in columns.items()]
    timed = (
        "occurred_at, occurred_at IS NOT NULL AND touchpoint IS NOT NULL"
        if is_event
        else ("NULL::BIGINT AS occurred_at, false")
    )
    return (
        f"SELECT {', '.join(selected)}, {timed} AS is_touchpoint, file_index "
        f"FROM {identifier(table)}"
    )
