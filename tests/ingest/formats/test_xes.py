import pytest

from journey.errors import UnreadableFileError

LOG = """<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1.0" {namespace}>
  <extension name="Concept" prefix="concept" uri="x"/>
  <global scope="event"><string key="concept:name" value="__INVALID__"/></global>
  <string key="concept:name" value="the log"/>
  <trace>
    <string key="concept:name" value="case 1"/>
    <string key="channel" value="Web"><string key="inner" value="no column"/></string>
    <event>
      <string key="concept:name" value="Visit"/>
      <date key="time:timestamp" value="2024-01-02T03:04:05.000+01:00"/>
    </event>
    <event><string key="concept:name" value="Demo"/><int key="cost" value="007"/></event>
  </trace>
  <trace><string key="concept:name" value="no events"/></trace>
  <trace>
    <string key="concept:name" value="case 2"/>
    <event><string key="concept:name" value="Visit"/><list key="l"/></event>
  </trace>
</log>"""


@pytest.mark.parametrize("namespace", ["", 'xmlns="http://www.xes-standard.org/"'])
def test_events_with_attributes_of_their_trace(reader, written, namespace):
    (table,) = reader.read(written("a.xes", LOG.format(namespace=namespace).encode()))
    assert table.columns == (
        "case:concept:name",
        "case:channel",
        "concept:name",
        "time:timestamp",
        "cost",
    )
    assert reader.rows(table) == [
        ("case 1", "Web", "Visit", "2024-01-02T03:04:05.000+01:00", None),
        ("case 1", "Web", "Demo", None, "007"),
        ("case 2", None, "Visit", None, None),
    ]


def test_broken_xml_names_the_line(reader, written):
    with pytest.raises(UnreadableFileError, match="broken XML at line 3"):
        reader.read(written("a.xes", b"<log>\n<trace>\n</log>"))


def test_entities_are_refused(reader, written):
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaa">]><log><trace>&a;</trace></log>'
    with pytest.raises(UnreadableFileError, match="declares XML entities"):
        reader.read(written("a.xes", bomb))


def test_a_log_without_events_says_so(reader, written):
    with pytest.raises(UnreadableFileError, match="without events"):
        reader.read(written("a.xes", b"<log><trace/></log>"))


def test_attributes_after_events_and_events_outside_traces(reader, written):
    log = (
        b"<log><string key='concept:name' value='the log'/>"
        b"<event><string key='concept:name' value='A'/></event>"
        b"<string key='late' value='of the log'/>"
        b"<trace><event><string key='concept:name' value='B'/></event>"
        b"<string key='late' value='of the trace'/>"
        b"<event><string key='concept:name' value='C &amp; D'/></event></trace></log>"
    )
    (table,) = reader.read(written("a.xes", log))
    assert table.columns == ("concept:name", "case:late")
    assert reader.rows(table) == [("A", None), ("B", None), ("C & D", "of the trace")]


@pytest.mark.parametrize(
    "declared", ['<!ENTITY % a "b">', '<!ENTITY a SYSTEM "file:///etc/hostname">']
)
def test_outside_and_parameter_entities_are_refused(reader, written, declared):
    text = f'<?xml version="1.0"?><!DOCTYPE log [{declared}]><log><trace/></log>'
    with pytest.raises(UnreadableFileError, match="declares XML entities"):
        reader.read(written("a.xes", text.encode()))
