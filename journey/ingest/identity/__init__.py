"""Who is who: anonymous visits to people, people to accounts.

Every join is one that the data state: rows or files that carry both ids, or the business domain
of an e-mail address. Ids of a kind are a namespace of their own: a person ``1001`` and an account
``1001`` have nothing in common. What would say too much is not followed and told
(:class:`journey.rules.identity.IdentityRules` has the limits):

- A visitor whom more than one person used is joined to none of them.
- An address that several people read (``info@``, ``sales@`` …) joins nobody; neither does an
  address that stands with more than 5 other ids of people, nor such an id with more than 5
  addresses.
- Where more than 10 ids would become one person, none of them are joined.
- A person whose rows give several accounts belongs to the one with at least 60 % of those rows,
  else to none; who has addresses at several companies belongs to none by domain.
- Accounts that files name are never joined with each other, whoever belongs to both.

A person is called by an e-mail address where one is known, else by a CRM or user id; of several
by the first in binary order. So the same rows give the same ids, in whatever order they come.
"""

from journey.ingest.identity.domains import free_mail_domains, registrable_domain
from journey.ingest.identity.ids import ID_ROLES, IdColumns, find_id_columns
from journey.ingest.identity.parts import keep_in_parts
from journey.ingest.identity.resolve import (
    HOW,
    KNOWN_AS,
    account_kinds,
    identity_notes,
    resolve_identities,
)
from journey.ingest.identity.stored import LINKS_FILE, ROWS_FILE, opened_identity, write_identity

__all__ = [
    "HOW",
    "ID_ROLES",
    "KNOWN_AS",
    "LINKS_FILE",
    "ROWS_FILE",
    "IdColumns",
    "account_kinds",
    "find_id_columns",
    "free_mail_domains",
    "identity_notes",
    "keep_in_parts",
    "opened_identity",
    "registrable_domain",
    "resolve_identities",
    "write_identity",
]
