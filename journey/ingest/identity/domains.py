"""What an e-mail address says of its owner: the company of its domain, or that it has none."""

from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from publicsuffixlist import PublicSuffixList


@cache
def free_mail_domains() -> tuple[str, ...]:
    """Domains at which anybody gets an address; they say nothing of a company."""
    return _lines("free_mail_domains.txt")


@cache
def shared_names() -> tuple[str, ...]:
    """Parts before the ``@`` of addresses that several people read, such as ``info``."""
    return _lines("shared_addresses.txt")


def _lines(name: str) -> tuple[str, ...]:
    text = (files("journey.ingest") / name).read_text(encoding="utf-8")
    return tuple(line for line in text.splitlines() if line and not line.startswith("#"))


@cache
def _suffixes() -> PublicSuffixList:
    """The public suffixes that come with the package; nothing is asked of a network."""
    return PublicSuffixList()


def registrable_domain(host: str) -> str | None:
    """The part of a host name that an organisation registers; none where there is no such part.

    Parameters
    ----------
    host
        A host, with or without the address of a page around it.

    Examples
    --------
    >>> registrable_domain("mail.sub.acme.co.uk"), registrable_domain("https://www.acme.com/en?x")
    ('acme.co.uk', 'acme.com')
    >>> registrable_domain("co.uk"), registrable_domain("localhost"), registrable_domain("10.0.0.7")
    (None, None, None)
    """
    name = host.strip().lower().rpartition("://")[2]
    for sign in "/?#":
        name = name.partition(sign)[0]
    name = name.rpartition("@")[2].partition(":")[0].strip(".")
    last = name.rpartition(".")[2]
    if "." not in name or not last or last[-1].isdigit() or ".." in name:
        return None
    found: str | None = _suffixes().privatesuffix(name)
    return found


def business_domains(hosts: Iterable[str], *, free: Iterable[str]) -> dict[str, str]:
    """The company's domain by host, for the hosts that have one and are not free mail.

    Parameters
    ----------
    free
        Domains, beside those known, whose addresses say nothing of a company.

    Examples
    --------
    >>> business_domains(["mail.acme.co.uk", "gmail.com", "city.example"], free=["city.example"])
    {'mail.acme.co.uk': 'acme.co.uk'}
    """
    nobody = {*free_mail_domains(), *free}
    found: dict[str, str] = {}
    for host in hosts:
        domain = registrable_domain(host)
        if domain is not None and domain not in nobody and host not in nobody:
            found[host] = domain
    return found
