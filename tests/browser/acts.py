"""What people do on a page, each act waiting for all that it leads to, on any machine.

Streamlit's own mark for a page at rest can be read before a run has begun, so what is sent and
received is watched: a page is at rest when every run that was asked for has begun and ended.
"""

import re
from urllib.parse import parse_qsl, urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

QUIET_MS = 200
"""Widgets wait up to 150 ms for more of what is typed before they tell the server."""

WATCH = """
(() => {
  const runs = window.runs = {asked: true, ended: false, changed: performance.now()};
  const touch = () => { runs.changed = performance.now(); };
  // Protocol buffers: numbered fields, each a number or so many bytes.
  const fields = (bytes) => {
    const found = new Map();
    let at = 0;
    const number = () => {
      let value = 0;
      for (let scale = 1; ; scale *= 128) {
        const byte = bytes[at++];
        value += (byte & 127) * scale;
        if (byte < 128) return value;
      }
    };
    while (at < bytes.length) {
      const tag = number(), value = number();
      found.set(tag >> 3, value);
      if ((tag & 7) === 2) at += value;
    }
    return found;
  };
  const told = (message) => {
    const found = fields(new Uint8Array(message.data));
    if (found.has(NEW_SESSION)) Object.assign(runs, {asked: false, ended: false});
    if (found.has(FINISHED)) runs.ended = found.get(FINISHED) !== AGAIN;
    touch();
  };
  window.WebSocket = class extends WebSocket {
    constructor(...given) {
      super(...given);
      this.addEventListener('message', told);
    }
    send(data) {
      if (fields(new Uint8Array(data)).has(RERUN)) Object.assign(runs, {asked: true, ended: false});
      touch();
      super.send(data);
    }
  };
  new MutationObserver(touch).observe(
    document, {subtree: true, childList: true, characterData: true});
})();
"""
for name, field in {
    "NEW_SESSION": ForwardMsg.NEW_SESSION_FIELD_NUMBER,
    "FINISHED": ForwardMsg.SCRIPT_FINISHED_FIELD_NUMBER,
    "AGAIN": ForwardMsg.FINISHED_EARLY_FOR_RERUN,
    "RERUN": BackMsg.RERUN_SCRIPT_FIELD_NUMBER,
}.items():
    WATCH = WATCH.replace(name, str(field))

AT_REST = """
(quiet) => {
  const {asked, ended, changed} = window.runs;
  const app = document.querySelector('[data-testid=stApp]');
  return !asked && ended && app?.dataset.testScriptState === 'notRunning'
    && !document.querySelector('[data-testid=stSkeleton]')
    && performance.now() - changed > quiet;
}
"""


def settled(page, quiet_ms=QUIET_MS):
    """Wait until no run is asked for or under way and the page has not changed for a while."""
    page.wait_for_function(AT_REST, arg=quiet_ms)


def press_option(page, option):
    """Press an option of an open list.

    A list that has just opened still moves to its first option: a press meanwhile begins on one
    option, ends on another and chooses nothing.
    """
    wanted = page.get_by_role("option", name=option, exact=True)
    wanted.hover()
    settled(page)
    wanted.click()
    settled(page)


def choose(page, box, option, *, within=None):
    """Choose an option of a list and see it chosen, with the list closed.

    Nothing is closed by Escape: where the list has closed by itself, that clears the choice.
    """
    from playwright.sync_api import expect

    place = within or page.get_by_test_id("stMain")
    field = place.get_by_label(box, exact=True)
    field.click()
    press_option(page, option)
    field.blur()
    expect(page.get_by_role("option")).to_have_count(0)
    labelled = page.get_by_label(box, exact=True)
    if page.get_by_test_id("stSelectbox").filter(has=labelled).count():
        expect(field).to_have_value(option)
    else:
        expect(page.get_by_test_id("stMultiSelect").filter(has=labelled)).to_contain_text(option)
    settled(page)


def fill(page, field, text):
    """Write into a field and leave it, which is when its text is taken."""
    field.fill(text)
    field.blur()
    settled(page)


def close(dialog):
    """Close a dialog and see it gone."""
    dialog.get_by_label("Close").click()
    dialog.wait_for(state="detached")


def show(page, name):
    """Choose one of the views of a page."""
    page.get_by_test_id("stMain").get_by_role("radio", name=name, exact=True).click()
    settled(page)


def title(page, words):
    """Wait for the title of a page."""
    page.get_by_role("heading", name=words, level=1).wait_for()


def arrives(page, path):
    """Wait until the page at a path is shown, whatever its message."""
    page.wait_for_url(re.compile(rf"/{path}(\?|$)"))
    settled(page)


def says(page, words):
    """Wait until a page says something."""
    page.get_by_text(words).first.wait_for()


def query(page):
    """Give the parts of the address of a page at rest."""
    settled(page)
    return dict(parse_qsl(urlsplit(page.url).query))
