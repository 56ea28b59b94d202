"""Addresses of databases: read, checked, and written down without what is secret."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode, urlsplit

from journey.errors import ValueNotAllowedError

FILE_KINDS: Final = ("duckdb", "sqlite")
IBIS_KINDS: Final = ("bigquery", "snowflake", "clickhouse", "databricks")
KINDS: Final = ("postgresql", *FILE_KINDS, *IBIS_KINDS)

_ALIASES: Final = {"postgres": "postgresql"}
_SECRET: Final = re.compile(r"(?i)pass|pwd|token|secret|key|credential|auth")
_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")


@dataclass(frozen=True)
class Address:
    """Where a database is and who asks.

    Attributes
    ----------
    kind
        One of :data:`KINDS`.
    text
        The address as it may be shown and kept: without password, tokens or keys.
    password, secrets
        What ``text`` lacks; never written anywhere.
    table
        Named by ``?table=`` in the address; none if it isn't.
    has_own_means
        Whether the environment, password files and roles of this process may be used to sign in.
        They are the administrator's, so not for users of a shared app.
    """

    kind: str
    text: str
    password: str | None = None
    secrets: tuple[tuple[str, str], ...] = ()
    table: str | None = None
    has_own_means: bool = True

    @property
    def parts(self) -> SplitResult:
        """The address, split."""
        return urlsplit(self.text)

    @property
    def path(self) -> Path:
        """Where the file is, for kinds that are files."""
        return Path(unquote(self.parts.netloc + self.parts.path))

    @property
    def place(self) -> tuple[object, ...]:
        """Which database it is, whoever asks and however."""
        if self.kind in FILE_KINDS:
            return self.kind, self.path
        return self.kind, self.parts.hostname, self.parts.port, self.database

    @property
    def parameters(self) -> dict[str, str]:
        """What stands after the question mark, but for secrets and the table."""
        return dict(parse_qsl(self.parts.query))

    @property
    def database(self) -> str | None:
        """The database on the server; none if the address doesn't say."""
        return unquote(self.parts.path.strip("/")) or None

    @property
    def user(self) -> str | None:
        """Who signs in; none if the address doesn't say."""
        name = self.parts.username
        return unquote(name) if name else None

    def without_secrets(self, text: str) -> str:
        """Return a text in which no password, token or key of this address stands."""
        secrets = [self.password, *(value for _, value in self.secrets)]
        for secret in filter(None, secrets):
            for form in {secret, quote(secret, safe="")}:
                text = text.replace(form, "…")
        return text

    def with_secrets(self) -> str:
        """Return the whole address, to be given to a client and to nobody else."""
        parts = self.parts
        if self.password is not None:
            name, at, host = parts.netloc.rpartition("@")
            signed = f"{name}:{quote(self.password, safe='')}{at or '@'}{host}"
            parts = parts._replace(netloc=signed)
        query = urlencode([*parse_qsl(parts.query), *self.secrets])
        return parts._replace(query=query).geturl()

    def as_json(self) -> dict[str, Any]:
        """Return what :func:`from_json` takes; for a pipe, never for a file."""
        return {**self.__dict__}


def from_json(data: Mapping[str, Any]) -> Address:
    """Make an address again."""
    fields = dict(data)
    fields["secrets"] = tuple((name, value) for name, value in data["secrets"])
    return Address(**fields)


def is_address(text: str) -> bool:
    """Tell an address of a database from the name of a file.

    Examples
    --------
    >>> is_address("postgresql://ada@db.example.com/shop"), is_address("events.csv")
    (True, False)
    """
    return _SCHEME.match(text) is not None


def read_address(text: str) -> Address:
    """Read the address of a database.

    Parameters
    ----------
    text
        ``postgresql://user@host:port/database``, ``duckdb:///path``, ``sqlite:///path``, or what
        Ibis takes for BigQuery, Snowflake, ClickHouse and Databricks; each may name a table by
        ``?table=``.

    Raises
    ------
    ValueNotAllowedError
        If it is no address, or of a kind that is not read.

    Examples
    --------
    >>> address = read_address("postgresql://ada:s3cret@db.example.com/shop?table=web.events")
    >>> address.text, address.password, address.table
    ('postgresql://ada@db.example.com/shop', 's3cret', 'web.events')
    """
    found = _SCHEME.match(text.strip())
    if found is None:
        raise ValueNotAllowedError(
            "The address has no kind. One like postgresql://user@host:5432/database is needed."
        )
    scheme = found[1].lower()
    kind = _ALIASES.get(scheme, scheme)
    if kind not in KINDS:
        raise ValueNotAllowedError.among(scheme, KINDS, what="The kind of database")
    parts = _split(text.strip())
    # Else it is the rest of a password with a sign that ends the host; it would be shown.
    if parts is None or (kind not in FILE_KINDS and "@" in parts.path + parts.fragment):
        raise ValueNotAllowedError(
            f"The {kind} address can't be read: its host or port is none. One like "
            "postgresql://user@host:5432/database is needed; signs like @ and / in names are "
            "written %40 and %2F."
        )
    return _of_parts(kind, parts._replace(path=re.sub("^/+", "/", parts.path)))


def _split(text: str) -> SplitResult | None:
    """The parts of an address; none if its host or port is none."""
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        return None
    return parts


def _of_parts(kind: str, parts: SplitResult) -> Address:
    held = parse_qsl(parts.query)
    secrets = tuple(pair for pair in held if _SECRET.search(pair[0]))
    open_ones = [pair for pair in held if pair not in secrets and pair[0] != "table"]
    signed, at, host = parts.netloc.rpartition("@")
    user = signed.partition(":")[0]
    shown = parts._replace(
        scheme=kind, netloc=f"{user}{at}{host}", query=urlencode(open_ones), fragment=""
    )
    if kind == "postgresql":
        own = dict(secrets).get("password")
        secrets = ()
        password = unquote(parts.password) if parts.password else own
    else:
        password = unquote(parts.password) if parts.password else None
    return Address(kind, _with_slashes(shown), password, secrets, dict(held).get("table"))


def _with_slashes(parts: SplitResult) -> str:
    """Write an address; without a host its path keeps both slashes before it."""
    text = parts.geturl()
    return text if "://" in text else text.replace(":", "://", 1)


def signed_in(address: Address, password: str | None) -> Address:
    """Return the address with a password, unless it has one or there is none."""
    if address.password is not None or not password:
        return address
    return replace(address, password=password)
