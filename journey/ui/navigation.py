"""The pages: where they are, what they are called, which question each answers."""

from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Final

import streamlit as st
from streamlit.navigation.page import Page

from journey.ui.state import current_query


@dataclass(frozen=True)
class PageEntry:
    """One page of the app."""

    section: str
    path: str
    title: str
    icon: str
    question: str

    @property
    def url_path(self) -> str:
        """Return the last part of the page's address."""
        return Path(self.path).stem

    @property
    def has_filters(self) -> bool:
        """Return whether the page shows journeys, which the shared filters narrow."""
        return self.section != "Data" and self.path != ACCOUNT


OVERVIEW: Final = "pages/explore/overview.py"
JOURNEY_MAP: Final = "pages/explore/journey_map.py"
PATHS: Final = "pages/explore/paths.py"
STAGES: Final = "pages/explore/stages.py"
SEGMENTS: Final = "pages/explore/segments.py"
LIFECYCLE: Final = "pages/explore/lifecycle.py"
IDEAL_CUSTOMER: Final = "pages/explore/ideal_customer.py"
PERSONAS: Final = "pages/explore/personas.py"
COMPARE: Final = "pages/explore/compare.py"
SEGMENT_BUILDER: Final = "pages/explore/segment_builder.py"
STALLED: Final = "pages/act/stalled_accounts.py"
ACCOUNT: Final = "pages/act/account.py"
LEAD_SCORES: Final = "pages/act/lead_scores.py"
NURTURE: Final = "pages/act/nurture.py"
COSTS: Final = "pages/decide/costs.py"
CONTENT: Final = "pages/explore/content.py"
FEELINGS: Final = "pages/explore/feelings.py"
HANDOFFS: Final = "pages/act/handoffs.py"
OWNERSHIP: Final = "pages/act/ownership.py"
ATTRIBUTION: Final = "pages/decide/attribution.py"
FORECAST: Final = "pages/decide/forecast.py"
UPLOAD: Final = "pages/data/upload.py"
CONNECT: Final = "pages/data/connect.py"
COLUMNS: Final = "pages/data/columns.py"
QUALITY: Final = "pages/data/quality.py"
IDENTITIES: Final = "pages/data/identities.py"
CHANNELS: Final = "pages/data/channels.py"
DEFINITIONS: Final = "pages/data/definitions.py"

PAGES: Final = (
    PageEntry("Explore", OVERVIEW, "Overview", "explore", "How do journeys end, and where?"),
    PageEntry("Explore", JOURNEY_MAP, "Journey map", "map", "Which ways do journeys really take?"),
    PageEntry("Explore", PATHS, "Paths", "alt_route", "Which sequences are taken, step by step?"),
    PageEntry("Explore", STAGES, "Stages", "filter_alt", "At which stage do journeys drop off?"),
    PageEntry("Explore", SEGMENTS, "Segments", "groups", "Which kinds of accounts and people win?"),
    PageEntry(
        "Explore", LIFECYCLE, "Lifecycle", "cycle", "How does each stage do, and where to look?"
    ),
    PageEntry(
        "Explore", CONTENT, "Content", "article", "What content is missing or no longer of use?"
    ),
    PageEntry("Explore", FEELINGS, "Feelings", "mood", "Where do people feel good or bad?"),
    PageEntry("Explore", SEGMENT_BUILDER, "Build a segment", "construction", "Who is it about?"),
    PageEntry("Explore", COMPARE, "Compare", "compare_arrows", "How do two groups differ?"),
    PageEntry("Explore", IDEAL_CUSTOMER, "Ideal customer", "target", "Who fits, and who doesn't?"),
    PageEntry("Explore", PERSONAS, "Personas", "badge", "Who starts, influences, signs and uses?"),
    PageEntry("Act", STALLED, "Stalled accounts", "hourglass_top", "Which accounts are stuck?"),
    PageEntry("Act", LEAD_SCORES, "Lead scores", "scoreboard", "Who fits, and who is ready?"),
    PageEntry("Act", ACCOUNT, "Account", "apartment", "What happened with this account?"),
    PageEntry("Act", NURTURE, "Nurture", "eco", "What nurtures leads, and where do they leave?"),
    PageEntry(
        "Act", HANDOFFS, "Handoffs", "swap_horiz", "Are leads taken on in time, or sent back?"
    ),
    PageEntry("Act", OWNERSHIP, "Ownership", "assignment_ind", "Who owes whom what, who is late?"),
    PageEntry("Decide", ATTRIBUTION, "Attribution", "pie_chart", "Which channels get the credit?"),
    PageEntry("Decide", FORECAST, "Forecast", "trending_up", "What will be won in the next weeks?"),
    PageEntry("Decide", COSTS, "Costs", "payments", "What does a lead or a customer cost?"),
    PageEntry("Data", UPLOAD, "Upload", "upload_file", "Bring in touchpoint data."),
    PageEntry("Data", CONNECT, "Connect", "database", "Read a database, or open a cluster."),
    PageEntry("Data", COLUMNS, "Columns", "view_column", "What does each column mean?"),
    PageEntry("Data", QUALITY, "Quality", "fact_check", "What was done to every row?"),
    PageEntry("Data", IDENTITIES, "Identities", "badge", "Who is who, and why?"),
    PageEntry("Data", CHANNELS, "Channels", "call_split", "Which source is which channel?"),
    PageEntry("Data", DEFINITIONS, "Definitions", "rule", "What are stages, wins and losses?"),
)

ROOT: Final = Path(__file__).parents[2]
_PAGES: Final = "portolan:pages"


@cache
def existing_pages() -> tuple[PageEntry, ...]:
    """Return the pages whose file is there, in the order of the menu."""
    return tuple(entry for entry in PAGES if (ROOT / entry.path).is_file())


def navigation() -> tuple[PageEntry, Page]:
    """Show the menu and return the page that the address asks for, with its entry in the table.

    The menu is made of links that carry data set and filters, so that a page opened in another
    tab shows the same.
    """
    entries = existing_pages()
    home, pages = _session_pages()
    chosen = st.navigation([home, *pages.values()], position="hidden")
    if chosen is home:
        pages = pages | {entries[0]: home}
    query = current_query()
    for section, members in groupby(entries, key=lambda entry: entry.section):
        st.sidebar.caption(section)
        for entry in members:
            icon = f":material/{entry.icon}:"
            st.sidebar.page_link(pages[entry], icon=icon, query_params=query, width="stretch")
    return next((entry, page) for entry, page in pages.items() if page is chosen)


def _session_pages() -> tuple[Page, dict[PageEntry, Page]]:
    """Return the home page and all others, made once a session: each looks for its file."""
    if _PAGES not in st.session_state:
        entries = existing_pages()
        # Streamlit serves the first page at the root only; here it has an address like all others.
        home = _page(entries[0], "home")
        st.session_state[_PAGES] = home, {entry: _page(entry, entry.url_path) for entry in entries}
    return st.session_state[_PAGES]


def page_name(path: str) -> str:
    """Return what a page is called in the menu."""
    return next(entry.title for entry in PAGES if entry.path == path)


def page_link(path: str, label: str) -> None:
    """Show a link to another page that keeps data set and filters; nothing if there is no page."""
    if any(entry.path == path for entry in existing_pages()):
        words = f":blue[{label}] :material/arrow_forward:"  # else it looks like text
        st.page_link(path, label=words, query_params=current_query())


def open_page(path: str, **parameters: str) -> None:
    """Go to another page with the same data set and filters, and parameters of that page."""
    st.switch_page(path, query_params=current_query() | parameters)


def _page(entry: PageEntry, url_path: str) -> Page:
    return st.Page(
        ROOT / entry.path,
        title=entry.title,
        icon="",  # an icon here would become the tab's, fetched from an outside server
        url_path=url_path,
        help=entry.question,
    )
