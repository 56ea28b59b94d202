"""A picture on the screen that can be clicked, driven by keyboard and downloaded."""

import gzip
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import streamlit as st

from journey.charts.svg import Picture, pressed, to_svg

_HELD: Final = "portolan:selection:"

_PACKING: Final = 6
"""Packing closest, as is usual, takes half as long again for a fiftieth less."""

_CSS: Final = """
.frame { overflow-x: auto; padding: 3px; }
.frame svg { display: block; }
.hit { cursor: pointer; outline: none; }
.hit:focus-visible { outline: 3px solid var(--st-primary-color); outline-offset: 2px; }
"""

# The picture is parsed apart and cleaned before it enters the page: names in it are escaped
# already, this is the second lock. It is built anew only if it changed; focus comes back to the
# part that had it.
_SCRIPT: Final = """
const identity = part => part && [part.dataset.kind, part.dataset.id].join("\\u0000");

function isDark(host) {
  const probe = document.createElement("span");
  probe.style.color = "var(--st-background-color)";
  host.append(probe);
  const [r, g, b] = getComputedStyle(probe).color.match(/[\\d.]+/g).map(Number);
  probe.remove();
  return 0.299 * r + 0.587 * g + 0.114 * b < 128;
}

function unpacked(data) {
  const stream = new Blob([data]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).text();
}

function build(frame, source) {
  const parsed = new DOMParser().parseFromString(source, "image/svg+xml").documentElement;
  parsed.querySelectorAll("script, foreignObject, iframe").forEach(part => part.remove());
  for (const part of [parsed, ...parsed.querySelectorAll("*")])
    for (const { name, value } of [...part.attributes])
      if (/^on/i.test(name) || (/href$/i.test(name) && !value.startsWith("#")))
        part.removeAttribute(name);
  const svg = document.importNode(parsed, true);
  svg.style.minWidth = `${Math.round(svg.viewBox.baseVal.width * 0.7)}px`;
  frame.replaceChildren(svg);
}

async function show(frame, data) {
  const source = await unpacked(data);
  // Another picture may have come while this one was unpacked.
  if (frame.packed !== data) return;
  if (frame.source !== source) {
    const focused = identity(frame.getRootNode().activeElement?.closest?.(".hit"));
    build(frame, source);
    frame.source = source;
    if (focused)
      [...frame.querySelectorAll(".hit")]
        .find(part => identity(part) === focused)?.focus({ preventScroll: true });
  }
  frame.firstElementChild.classList.toggle("dark", isDark(frame));
}

export default function ({ data, parentElement, setTriggerValue }) {
  const frame = parentElement.querySelector(".frame");
  frame.packed = data;
  show(frame, data);
  const choose = event => {
    const part = event.target.closest?.(".hit");
    if (!part) return;
    event.preventDefault();
    setTriggerValue("chosen", { kind: part.dataset.kind, id: part.dataset.id });
  };
  frame.onclick = choose;
  frame.onkeydown = event => {
    if (event.key === "Enter" || event.key === " ") choose(event);
  };
}
"""

_component = st.components.v2.component(
    "portolan_picture", html='<div class="frame"></div>', css=_CSS, js=_SCRIPT
)


@dataclass(frozen=True)
class Selection:
    """The part of a picture that was clicked last: ``data-kind`` and ``data-id`` of it."""

    kind: str
    id: str


def show_picture(picture: Picture, *, key: str, file_name: str) -> Selection | None:
    """Show a picture, what is selected outlined, and return that, none before the first click.

    Parameters
    ----------
    picture
        Drawn for the light theme; on the screen it follows the theme of the browser.
    key
        Unique on the page; the selection is kept under it until ``clear_selection``.
    file_name
        Of the downloads, without ending.

    Returns
    -------
    Selection | None
        Kept over reruns, filters and page switches, so the part may be gone from the picture.
    """
    chosen = selection(key)
    if chosen is not None:
        picture = pressed(picture, chosen.kind, chosen.id)
    _component(
        key=key,
        # Packed, since a picture is large and says much again; equal pictures give equal bytes,
        # which a browser that has them is not sent again.
        data=gzip.compress(picture.svg.encode(), _PACKING, mtime=0),
        on_chosen_change=partial(_choose, key),
    )
    show_downloads(lambda: picture, key=key, file_name=file_name)
    return chosen


def show_downloads(picture: Callable[[], Picture], *, key: str, file_name: str) -> None:
    """Offer a picture as SVG and PNG, drawn once it is asked for.

    Parameters
    ----------
    picture
        Gives the picture.
    key, file_name
        As for ``show_picture``.
    """
    with st.container(horizontal=True, gap="small"):
        for ending, mime, content in (
            ("svg", "image/svg+xml", partial(_svg, picture)),
            ("png", "image/png", partial(_png, picture)),
        ):
            st.download_button(
                ending.upper(),
                content,
                file_name=f"{file_name}.{ending}",
                mime=mime,
                key=f"{key}:{ending}",
                on_click="ignore",
                type="tertiary",
                icon=":material/download:",
                help=f"Download the picture as {ending.upper()}",
            )


def selection(key: str) -> Selection | None:
    """Return what is selected in a picture: known before it is drawn, so that it can be marked."""
    held: Any = st.session_state.get(_HELD + key)
    return held


def select(key: str, kind: str, identifier: str) -> None:
    """Select a part as a click on it does: for callbacks, or before ``st.rerun()``."""
    st.session_state[_HELD + key] = Selection(kind, identifier)


def clear_selection(key: str) -> None:
    """Select nothing in a picture: for callbacks, or before ``st.rerun()``."""
    st.session_state.pop(_HELD + key, None)


def _choose(key: str) -> None:
    chosen = st.session_state[key].chosen
    if chosen:
        select(key, str(chosen["kind"]), str(chosen["id"]))


def _svg(picture: Callable[[], Picture]) -> bytes:
    return to_svg(picture())


def _png(picture: Callable[[], Picture]) -> bytes:
    from journey.exports.images import to_png

    return to_png(picture())
