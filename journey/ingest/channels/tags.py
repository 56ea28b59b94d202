"""Columns that say where a visit came from, and what stands in its addresses.

Tags are the five ``utm_`` parameters of an address, in the query or the fragment, percent-decoded;
of one that stands several times the first that is filled counts. Click ids are what advertising
systems add to the address of a click.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, Literal, Protocol

from journey.ingest.columns.synonyms import names_of, plain
from journey.ingest.sql import identifier, literal

Kind = Literal["page", "referrer", "click", "source", "medium", "campaign", "content", "term"]
TAGS: Final[tuple[Kind, ...]] = ("source", "medium", "campaign", "content", "term")
_KINDS: Final[tuple[Kind, ...]] = ("page", "referrer", "click", *TAGS)

CLICK_IDS: Final[dict[str, tuple[str, str]]] = {
    "gclid": ("google", "cpc"),
    "gbraid": ("google", "cpc"),
    "wbraid": ("google", "cpc"),
    "dclid": ("doubleclick", "cpm"),
    "msclkid": ("bing", "cpc"),
    "ttclid": ("tiktok", "paid"),
    "li_fat_id": ("linkedin", "paid"),
    "twclid": ("twitter", "paid"),
    "rdt_cid": ("reddit", "paid"),
    "sccid": ("snapchat", "paid"),
    "fbclid": ("facebook", "social"),
}
"""Source and medium by click id. Facebook adds its own to unpaid links too, so it is not paid."""

HEADERS: Final[dict[Kind, tuple[str, ...]]] = {
    "page": (
        *("page_location", "page_url", "landing_page_url", "landing_page", "current_url"),
        *("entry_page", "entry_url", "url", "page_uri", "uri", "href", "page"),
    ),
    "referrer": (
        *("page_referrer", "referrer", "referer", "referrer_url", "http_referer"),
        *("referring_url", "referrer_host", "referring_domain", "referring_site"),
    ),
    "click": tuple(CLICK_IDS),
    "source": ("utm_source", "campaign_source", "manual_source"),
    "medium": ("utm_medium", "campaign_medium", "manual_medium"),
    "campaign": ("utm_campaign", "manual_campaign_name"),
    "content": ("utm_content", "campaign_content", "manual_content"),
    "term": ("utm_term", "campaign_term", "manual_term"),
}
"""Plain headers, the surest first. ``source`` and ``medium`` count where a table has both."""

_PAIRED: Final[tuple[Kind, ...]] = ("source", "medium")

_NOTHING: Final = (
    *("", "null", "undefined", "nan", "n/a", "-"),
    *("$direct", "(direct)", "direct", "none", "(none)", "(not set)", "about:blank"),
)
"""What stands for no referrer, in lower case."""

_NO_CAMPAIGN: Final = ("(not set)", "(direct)", "(none)", "(organic)", "(referral)")
_SCHEME: Final = r"^\s*(?:[A-Za-z][A-Za-z0-9+.-]*:)?//"
_HOST: Final = rf"(?i){_SCHEME}(?:[^/?#@\s]*@)?(\[[0-9a-f:.]+\]|[^/?#:@\s]+)"
_BARE_HOST: Final = r"^\s*([^/?#:@\s]+\.[^/?#:@\s.]+)(?::[0-9]+)?(?:[/?#]|\s*$)"
_PAGE: Final = rf"{_SCHEME}|^\s*[/?]|^\s*[^/?#:@\s]+\.[A-Za-z]{{2,}}(?::[0-9]+)?(?:[/?#]|\s*$)"
_CLICKED: Final = rf"(?i)[?&#;](?:{'|'.join(CLICK_IDS)})="
_TAGGED: Final = rf"(?i)[?&#;](?:utm_(?:{'|'.join(TAGS)})|{'|'.join(CLICK_IDS)})="


class HasColumns(Protocol):
    """A table read earlier, by its shape and its columns."""

    @property
    def shape(self) -> str:
        """Events, wide or attributes."""
        ...

    @property
    def roles(self) -> Mapping[str, tuple[str, ...]]:
        """Headers by role."""
        ...

    @property
    def extras(self) -> tuple[str, ...]:
        """Headers without a role."""
        ...


@dataclass(frozen=True)
class TagColumns:
    """Where the entries hold what says the source of a visit.

    Attributes
    ----------
    columns
        Columns of a kind, the surest first, with the tables in which they hold it.
    referring
        The tables with a column for the referrer: there, none means a direct visit.
    """

    columns: Mapping[Kind, Mapping[str, tuple[int, ...]]]
    referring: tuple[int, ...]

    def sql(self, kind: Kind) -> str:
        """SQL of the first filled column of a kind; of click ids, which of them it is."""
        parts = [
            f"CASE WHEN file_index IN ({', '.join(map(str, tables))}) "
            f"THEN {_filled(identifier(column), kind)} END"
            if kind != "click"
            else f"CASE WHEN {identifier(column)} <> '' THEN {literal(_click_of(column))} END"
            for column, tables in self.columns.get(kind, {}).items()
        ]
        return f"COALESCE({', '.join(parts)}, NULL)" if parts else "NULL::VARCHAR"


def find_tag_columns(tables: Sequence[HasColumns], names: Mapping[str, str]) -> TagColumns:
    """Find the columns that say where visits came from, in tables of events.

    Parameters
    ----------
    tables
        In the order of their numbers.
    names
        Column by header, for headers without a role.
    """
    found: dict[Kind, dict[str, list[int]]] = {kind: {} for kind in _KINDS}
    for index, table in enumerate(tables):
        if table.shape != "events":
            continue
        columns = {header: names[header] for header in table.extras}
        # A content that is an address is where the visit was.
        columns |= dict.fromkeys(table.roles.get("content", ()), "content")
        for kind in _KINDS:
            for header in sorted(columns, key=partial(_rank, kind=kind)):
                if _is_kind(header, kind, table.extras):
                    found[kind].setdefault(columns[header], []).append(index)
    listed: dict[Kind, dict[str, tuple[int, ...]]] = {
        kind: {column: tuple(places) for column, places in held.items()}
        for kind, held in found.items()
        if held
    }
    referring = {place for places in listed.get("referrer", {}).values() for place in places}
    return TagColumns(listed, tuple(sorted(referring)))


def is_tag(header: str, headers: Sequence[str]) -> bool:
    """Whether a column holds a source or a medium, so that its values are not channels.

    Examples
    --------
    >>> is_tag("utm_medium", []), is_tag("Source", ["Source"]), is_tag("Source", ["Medium"])
    (True, False, True)
    """
    return any(_is_kind(header, kind, headers) for kind in _PAIRED)


def page_sql(page: str) -> str:
    """SQL that keeps an address of a page and makes all else null."""
    # Most are plain; a look at their beginning is many times cheaper than the expression.
    plainly = f"starts_with({page}, 'https://') OR starts_with({page}, 'http://')"
    return (
        f"CASE WHEN {plainly} THEN {page} "
        f"WHEN regexp_matches({page}, {literal(_PAGE)}) THEN {page} END"
    )


def is_tagged_sql(page: str) -> str:
    """SQL of whether an address carries tags or click ids."""
    return f"(contains({page}, '=') AND regexp_matches({page}, {literal(_TAGGED)}))"


def tags_sql(pages: str) -> str:
    """A query of a query of addresses, as ``page``: each with its tags and its ``click``."""
    # In a query of their own, the parameters are looked for once.
    found = ", ".join(f"{_parameter_sql('page', f'utm_{tag}')} AS {tag}" for tag in TAGS)
    filled = ", ".join(f"{_filled(tag, tag)} AS {tag}" for tag in TAGS)
    return (
        f"SELECT page, {filled}, {click_sql('page')} AS click FROM (SELECT page, {found} "
        f"FROM ({pages}))"
    )


def click_sql(page: str) -> str:
    """SQL of source and medium by the click id of an address, as a struct; null without one."""
    cases = " ".join(
        f"WHEN {_parameter_sql(page, name)} <> '' THEN {literal(name)}" for name in CLICK_IDS
    )
    # Few addresses have any: one look spares these as many as there are names.
    some = f"regexp_matches({page}, {literal(_CLICKED)})"
    return clicked_sql(f"CASE WHEN {some} THEN CASE {cases} END END")


def clicked_sql(name: str) -> str:
    """SQL of source and medium by the name of a click id, as a struct; null without one."""
    named = ", ".join(
        f"{literal(name)}: {{'source': {literal(source)}, 'medium': {literal(medium)}}}"
        for name, (source, medium) in CLICK_IDS.items()
    )
    return f"MAP {{{named}}}[{name}]"


def host_sql(address: str) -> str:
    """SQL of the host of an address or of a bare host, without ``www.``; null where none is."""
    nothing = ", ".join(literal(word) for word in _NOTHING)
    host = (
        f"COALESCE(nullif(regexp_extract({address}, {literal(_HOST)}, 1), ''), "
        f"nullif(regexp_extract({address}, {literal(_BARE_HOST)}, 1), ''))"
    )
    return (
        f"CASE WHEN lower(trim({address})) NOT IN ({nothing}) "
        f"THEN regexp_replace(rtrim(lower({host}), '.'), '^www[.]', '') END"
    )


def _parameter_sql(page: str, name: str) -> str:
    """SQL of the first filled parameter of a name, decoded where it can be."""
    raw = f"regexp_extract({page}, {literal(f'(?i)[?&#;]{name}=([^&#;]+)')}, 1)"
    spaced = f"replace({raw}, '+', ' ')"
    decoded = f"COALESCE(TRY(url_decode({spaced})), {spaced})"
    return rf"trim(regexp_replace({decoded}, '[\s\p{{Cc}}]+', ' ', 'g'))"


def _filled(value: str, kind: Kind) -> str:
    """SQL of a value that says something; sources and mediums in lower case."""
    if kind in ("page", "referrer"):
        return value
    text = f"lower({value})" if kind in _PAIRED else value
    nothing = ("", *(_NO_CAMPAIGN if kind == "campaign" else ()))
    return f"CASE WHEN lower({value}) NOT IN ({', '.join(map(literal, nothing))}) THEN {text} END"


def _click_of(header: str) -> str:
    """The click id that a header names."""
    return next(name for name in names_of(header) if name in CLICK_IDS)


def _rank(header: str, kind: Kind) -> int:
    """The place of a header among those of its kind."""
    ranks = [HEADERS[kind].index(name) for name in names_of(header) if name in HEADERS[kind]]
    return min(ranks, default=len(HEADERS[kind]))


def _is_kind(header: str, kind: Kind, headers: Sequence[str]) -> bool:
    if _rank(header, kind) < len(HEADERS[kind]):
        return True
    if kind not in _PAIRED or plain(header) != kind:
        return False
    other = "medium" if kind == "source" else "source"
    return any(plain(name) == other for name in headers)
