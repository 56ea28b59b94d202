"""XES event logs (IEEE 1849), streamed."""

from collections.abc import Iterator
from typing import Final
from xml.etree.ElementTree import Element, ParseError

from journey.errors import UnreadableFileError
from journey.ingest.formats.batches import Batches
from journey.ingest.formats.table import RawTable, Rejections, Source, TableWriter, finish

_VALUES: Final = frozenset({"string", "date", "int", "float", "boolean", "id"})


def read_xes(source: Source) -> list[RawTable]:
    """Read an event log into one table, one row an event.

    Parameters
    ----------
    source
        The file.

    Returns
    -------
    list of RawTable
        One. Attributes of an event are columns under their key, those of its trace under
        ``case:`` and their key. Values stand as in the file; attributes of attributes and lists
        are left out.

    Raises
    ------
    UnreadableFileError
        If the XML is broken, or declares entities.
    """
    from defusedxml import DefusedXmlException

    writer = TableWriter(source)
    batches = Batches(writer)
    number = 0
    try:
        for number, row in enumerate(_events(source), start=1):
            batches.add(number, row)
    except ParseError as error:
        line, column = error.position
        raise UnreadableFileError(
            f"{source.name} is broken XML at line {line}, column {column}. Export it again."
        ) from error
    except DefusedXmlException as error:
        raise UnreadableFileError(
            f"{source.name} declares XML entities, which are not read. Export it as plain XES."
        ) from error
    batches.flush()
    if not number:
        raise UnreadableFileError(f"{source.name} is an event log without events.")
    return [finish(source, writer.columns, Rejections(source.name), ())]


def _events(source: Source) -> Iterator[dict[str, str]]:
    """Give each event's attributes with those of its trace, forgetting what is done."""
    from defusedxml.ElementTree import iterparse

    path: list[Element] = []
    case: dict[str, str] = {}
    with source.path.open("rb") as file:
        for happening, element in iterparse(file, events=("start", "end")):
            if happening == "start":
                path.append(element)
                continue
            path.pop()
            tag = _tag(element)
            if tag == "event":
                if path and _tag(path[-1]) == "trace":
                    case |= _attributes(path[-1], "case:")
                    path[-1].clear()
                yield {**case, **_attributes(element, "")}
            if tag in ("trace", "event"):
                element.clear()
            if tag == "trace":
                case = {}
            if len(path) == 1:
                path[0].clear()


def _tag(element: Element) -> str:
    """Name an element without its namespace."""
    return element.tag.rsplit("}", 1)[-1]


def _attributes(element: Element, prefix: str) -> dict[str, str]:
    """Collect the attributes directly in an element."""
    return {
        prefix + child.get("key", ""): child.get("value", "").replace("\0", "")
        for child in element
        if _tag(child) in _VALUES
    }
