"""The questions of the lifecycle: one line each, what it counts, of what, and its sentence."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from journey.rules.meanings import Meaning
from journey.rules.stage_roles import Role

Unit = Literal["people", "touchpoints", "journeys", "share", "money", "days", "number"]


@dataclass(frozen=True)
class Metric:
    """One figure of the lifecycle.

    Parameters
    ----------
    top, bottom
        The numbers it is made of; without a bottom it is the top itself.
    words
        Its sentence, with ``{value}``, ``{top}``, ``{bottom}`` and ``{of}``; a noun or verb after a
        number as ``[one|many]``.
    needs
        Meanings without a touchpoint type of which there can be no such figure.
    lacks
        Why there is nothing to divide by.
    by_name
        Told of each channel, call to action or campaign.
    """

    role: Role
    name: str
    unit: Unit
    top: str
    words: str
    bottom: str | None = None
    needs: tuple[Meaning, ...] = ()
    lacks: str = ""
    by_name: bool = False


_NO_MAIL: Final = "No message was sent"
_NO_MQL: Final = "No journey became an MQL"

METRICS: Final[tuple[Metric, ...]] = (
    Metric("attract", "people", "people", "people", "{value} [person|people] met us"),
    Metric(
        "attract", "touches", "touchpoints", "touches", "{value} [touchpoint|touchpoints] with them"
    ),
    Metric("attract", "people_by_channel", "people", "people", "{value} by {of}", by_name=True),
    Metric(
        *("attract", "touches_by_channel", "touchpoints", "touches", "{value} by {of}"),
        by_name=True,
    ),
    Metric(
        *("attract", "new_audience", "journeys", "new_journeys"),
        "{value} [journey|journeys] began: new audience",
    ),
    Metric(
        *("attract", "consumers_per_content", "number", "consumers"),
        "{value} [person|people] took in each piece of content on average, of {bottom} in all",
        bottom="contents",
        lacks="No touch names its content",
    ),
    Metric(
        *("attract", "shares_per_view", "share", "shared"),
        "{value} of {bottom} [view of content was|views of content were] shared on",
        bottom="content_views",
        needs=("shared",),
        lacks="No view of content is known",
    ),
    Metric(
        "attract",
        "impressions",
        "touchpoints",
        "ad_shown",
        "{value} [ad|ads] shown to people known",
        needs=("ad_shown",),
    ),
    Metric(
        *("capture", "known_rate", "share", "known_visitors"),
        "{value} of {bottom} [visitor is|visitors are] known by name",
        bottom="visitors",
        lacks="No visitor is told apart by an anonymous_id beside a person_id",
    ),
    Metric(
        "capture",
        "new_leads",
        "journeys",
        "new_leads",
        "{value} [journey became a lead|journeys became leads]",
        needs=("lead",),
    ),
    Metric(
        "capture",
        "known_leads",
        "journeys",
        "known_leads",
        "{value} [lead is|leads are] known in all",
        needs=("lead",),
    ),
    Metric(
        *("capture", "leads_by_call_to_action", "share", "answered_leads"),
        "{value} of {bottom} [that answered {of} is a lead|that answered {of} are leads]",
        bottom="answered",
        needs=("call_to_action",),
        lacks="Only leads answered it",
        by_name=True,
    ),
    Metric(
        *("capture", "profile_completeness", "share", "profile_filled"),
        "{value} of what could be known of new leads' accounts is known",
        bottom="profile_cells",
        needs=("lead",),
        lacks="There are no new leads, or no attributes of accounts",
    ),
    Metric(
        "nurture",
        "new_leads",
        "journeys",
        "new_leads",
        "{value} [new lead|new leads] to nurture",
        needs=("lead",),
    ),
    Metric(
        *("nurture", "reopened", "journeys", "reopened"),
        "{value} came back after being dormant or sent back",
    ),
    Metric(
        "nurture", "mqls", "journeys", "mqls", "{value} [became an MQL|became MQLs]", needs=("mql",)
    ),
    Metric(
        *("nurture", "click_through_rate", "share", "sent_clicked"),
        "{value} of {bottom} [message sent was|messages sent were] clicked",
        bottom="sent",
        needs=("clicked",),
        lacks=_NO_MAIL,
    ),
    Metric(
        *("nurture", "open_rate", "share", "sent_opened"),
        "{value} of {bottom} [message was|messages were] seen to be opened; opens are undercounted "
        "where pictures are blocked, and made up by mail programs that load them unread",
        bottom="sent",
        needs=("opened",),
        lacks=_NO_MAIL,
    ),
    Metric(
        *("nurture", "clicked_unopened_rate", "share", "sent_clicked_unopened"),
        "{value} of {bottom} [message clicked was|messages clicked were] never seen to be opened",
        bottom="sent_clicked",
        needs=("clicked", "opened"),
        lacks="No message was clicked",
    ),
    Metric(
        *(
            "nurture",
            "cost_per_mql",
            "money",
            "cost",
            "{value} spent for each of {bottom} [MQL|MQLs]",
        ),
        bottom="mqls",
        needs=("mql",),
        lacks=_NO_MQL,
    ),
    Metric(
        *("nurture", "value_per_mql", "money", "mql_value"),
        "{value} won so far for each of {bottom} [MQL|MQLs]",
        bottom="mqls",
        needs=("mql",),
        lacks=_NO_MQL,
    ),
    Metric(
        "convert", "sqls", "journeys", "sqls", "{value} [became an SQL|became SQLs]", needs=("sql",)
    ),
    Metric(
        "convert",
        "accepted",
        "journeys",
        "accepted",
        "{value} accepted by sales",
        needs=("accepted",),
    ),
    Metric(
        "convert",
        "sent_back",
        "journeys",
        "sent_back",
        "{value} sent back by sales",
        needs=("sent_back",),
    ),
    Metric("convert", "won", "journeys", "won", "{value} won"),
    Metric("convert", "lost", "journeys", "lost", "{value} lost"),
    Metric(
        *("convert", "lost_to_competitor", "journeys", "lost_to_competitor"),
        "{value} of these lost to a competitor",
    ),
    Metric("convert", "no_decision", "journeys", "no_decision", "{value} ended without a decision"),
    Metric(
        *(
            "convert",
            "win_rate",
            "share",
            "won",
            "{value} of {bottom} [decided was|decided were] won",
        ),
        bottom="decided",
        lacks="No journey was decided",
    ),
    Metric(
        *("convert", "touches_to_win", "number", "touches_to_win"),
        "{value} [touchpoint|touchpoints] to a win, in the middle",
        lacks="No journey was won",
    ),
    Metric(
        *("convert", "days_to_win", "days", "days_to_win"),
        "{value} from the first touch to the win, in the middle",
        lacks="No journey was won",
    ),
    Metric("convert", "won_value", "money", "won_value", "{value} won in value"),
    Metric(
        *(
            "convert",
            "cost_per_lead",
            "money",
            "cost",
            "{value} spent for each of {bottom} [lead|leads]",
        ),
        bottom="new_leads",
        needs=("lead",),
        lacks="No journey became a lead",
    ),
    Metric(
        *("convert", "cost_per_customer", "money", "cost"),
        "{value} spent for each of {bottom} [customer|customers] won",
        bottom="won",
        lacks="No journey was won",
    ),
    Metric(
        *("convert", "campaigns_in_wins", "share", "won_after_campaign"),
        "{value} of {bottom} won had met {of} before",
        bottom="won",
        by_name=True,
    ),
    Metric("expand", "customers", "journeys", "customers", "{value} [customer|customers] in all"),
    Metric(
        "expand",
        "onboarding",
        "journeys",
        "onboarded",
        "{value} [was|were] onboarded",
        needs=("onboarding",),
    ),
    Metric(
        "expand",
        "support",
        "journeys",
        "supported",
        "{value} asked for support",
        needs=("support",),
    ),
    Metric("expand", "renewals", "journeys", "renewed", "{value} renewed", needs=("renewal",)),
    Metric("expand", "upsells", "journeys", "upsold", "{value} bought more", needs=("upsell",)),
    Metric(
        "expand",
        "cross_sells",
        "journeys",
        "cross_sold",
        "{value} bought something else too",
        needs=("cross_sell",),
    ),
    Metric(
        *("expand", "repeat_rate", "share", "bought_again"),
        "{value} of {bottom} [customer has|customers have] bought again",
        bottom="customers",
        lacks="There are no customers",
    ),
    Metric(
        *("expand", "existing_revenue", "money", "existing_revenue"),
        "{value} came from customers we had",
    ),
    Metric(
        *("expand", "lifetime_value", "money", "lifetime_revenue"),
        "{value} is what each of {bottom} [customer|customers] of known value has brought so far",
        bottom="valued_customers",
        lacks="No customer has a known value",
    ),
    Metric(
        "expand",
        "referrals",
        "journeys",
        "referrers",
        "{value} recommended us",
        needs=("referral",),
    ),
    Metric("expand", "referred", "journeys", "referred", "{value} began with a recommendation"),
    Metric(
        *("expand", "referred_value", "money", "referred_value"),
        "{value} was won from journeys that began with a recommendation",
    ),
    Metric(
        *("expand", "churn_rate", "share", "churned"),
        "{value} of {bottom} [customer at the start has|customers at the start have] left",
        bottom="customers_before",
        needs=("churn",),
        lacks="There were no customers at the start",
    ),
)
"""In the order of the stages; a name stands once in each role."""

NUMBERS_OF_WINS: Final = frozenset(
    (
        *("won", "win_rate", "touches_to_win", "days_to_win", "won_value", "cost_per_customer"),
        *("campaigns_in_wins", "customers", "repeat_rate", "existing_revenue", "lifetime_value"),
        *("referred_value", "churn_rate", "value_per_mql"),
    )
)
"""Say nothing where no touchpoint wins a journey."""

IN_MONEY: Final = frozenset(
    ("won_value", "existing_revenue", "lifetime_value", "referred_value", "value_per_mql")
)
"""Say nothing where no touchpoint carries a value."""

MEANING_WORDS: Final[Mapping[Meaning, str]] = {
    "shared": "content shared on",
    "ad_shown": "an ad shown",
    "lead": "a lead",
    "call_to_action": "a call to action answered",
    "mql": "an MQL",
    "clicked": "a message clicked",
    "opened": "a message opened",
    "sql": "an SQL",
    "accepted": "a lead accepted by sales",
    "sent_back": "a lead sent back",
    "onboarding": "onboarding",
    "support": "support",
    "renewal": "a renewal",
    "upsell": "an upsell",
    "cross_sell": "a cross-sell",
    "referral": "a recommendation",
    "churn": "a customer lost",
}
