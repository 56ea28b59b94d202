"""XES event logs (IEEE 1849), streamed."""

from collections.abc import Callable
from typing import Final
from xml.parsers import expat

from journey.errors import UnreadableFileError
from journey.ingest.formats.batches import Batches
from journey.ingest.formats.table import RawTable, Rejections, Source, TableWriter, finish

_VALUES: Final = frozenset({"string", "date", "int", "float", "boolean", "id"})
_BUFFER_BYTES: Final = 1 << 18


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
    writer = TableWriter(source)
    batches = Batches(writer)
    events = _Events(batches.add)
    try:
        with source.path.open("rb") as file:
            _parser(events, source.name).ParseFile(file)
    except expat.ExpatError as error:
        raise UnreadableFileError(
            f"{source.name} is broken XML at line {error.lineno}, column {error.offset}. "
            "Export it again."
        ) from error
    batches.flush()
    if not events.n_events:
        raise UnreadableFileError(f"{source.name} is an event log without events.")
    return [finish(source, writer.columns, Rejections(source.name), ())]


class _Tags(dict[str, str]):
    """What an element is, by its name as written; each name is looked at once."""

    def __missing__(self, name: str) -> str:
        tag = name.rsplit(":", 1)[-1]
        self[name] = "value" if tag in _VALUES else tag
        return self[name]


class _Events:
    """Follows the elements of a log and gives each event with the attributes of its trace."""

    def __init__(self, give: Callable[[int, dict[str, str]], None]) -> None:
        self.n_events = 0
        self._give = give
        self._tags = _Tags()
        self._depth = 0
        self._filled: dict[str, str] = {}
        self._filled_depth = -1
        self._prefix = ""
        self._case: dict[str, str] = {}
        self._case_depth = -1

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take the beginning of an element; only what stands directly in one filled counts."""
        tag = self._tags[name]
        if tag == "value":
            if self._depth == self._filled_depth:
                self._filled[self._prefix + attributes.get("key", "")] = attributes.get("value", "")
        elif tag == "event":
            self._fill({}, "", self._depth + 1)
        elif tag == "trace":
            self._case, self._case_depth = {}, self._depth + 1
            self._fill(self._case, "case:", self._case_depth)
        self._depth += 1

    def end(self, name: str) -> None:
        """Take the end of an element; a trace may go on after an event."""
        self._depth -= 1
        tag = self._tags[name]
        if tag == "event":
            self.n_events += 1
            self._give(self.n_events, {**self._case, **self._filled})
            self._fill(self._case, "case:", self._case_depth)
        elif tag == "trace":
            self._case, self._case_depth = {}, -1
            self._filled_depth = -1

    def _fill(self, attributes: dict[str, str], prefix: str, depth: int) -> None:
        self._filled, self._prefix, self._filled_depth = attributes, prefix, depth


def _parser(events: _Events, file: str) -> expat.XMLParserType:
    """Make a parser that refuses entities: a few bytes of them can fill the memory."""

    def refuse(*_: object) -> int:
        raise UnreadableFileError(
            f"{file} declares XML entities, which are not read. Export it as plain XES."
        )

    parser = expat.ParserCreate()
    parser.buffer_size = _BUFFER_BYTES
    parser.StartElementHandler = events.start
    parser.EndElementHandler = events.end
    parser.EntityDeclHandler = refuse
    parser.UnparsedEntityDeclHandler = refuse
    parser.ExternalEntityRefHandler = refuse
    return parser
