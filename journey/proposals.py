"""A stage and outcome model proposed from the words and the order of a log's touchpoints.

Words decide where a lexicon knows them; a type it doesn't know goes by its mean place in the
journeys, among the known ones. Nothing is invented: without a winning word there is no winning
rule, and a stage that nothing in the log enters is not proposed.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import Final

from journey.definitions import Definitions, Stage
from journey.rules.words import plain_words, says
from journey.schema import DEFAULT_STAGES

_WON: Final = (
    r"closed won|deal won|won deal|\bwon\b|won date"
    r"|purchase[ds]?\b(?! (?:order|requisition|request|history|page|button|intent|item|group))"
    r"|^(?:buy|bought|transaction|conversion|converted)$|transaction (?:completed|success)"
    r"|order(?:ed)? (?:completed|placed|paid|date|time|at)\b|placed? order|checkout completed"
    r"|contract (?:signed|won)|signed contract"
    r"|became (?:a |an )?(?:paying )?customer|converted to customer|new customer|subscription "
    r"(?:started|created|activated)|subscribed to (?:paid|plan)|payment (?:received|completed)"
    r"|gewonnen|abgeschlossen gewonnen|auftrag erteilt|vertrag unterschrieben|kauf abgeschlossen"
    r"|gagn[ée]e?|achat|contrat sign[ée]|ganad[oa]|compra(?:do)?\b|vinto|acquisto|vinta"
    r"|gewonnen|aankoop|成交|赢单|购买|下单|購入|受注"
)
_LOST: Final = (
    r"closed lost|deal lost|lost deal|\blost\b|lost to|opportunity lost|verloren|perdu[e]?\b"
    r"|perdid[oa]|perso\b|persa\b|输单|丢单|失注"
)
_NO_DECISION: Final = (
    r"no decision|closed no decision|disqualified|disqualification|\bunqualified|no budget closed"
    r"|closed inactive|went dark|keine entscheidung|sin decisi[oó]n|sans d[ée]cision"
)
_NOT_OUTCOME: Final = (
    r"churn|probability|lost password|lost cart|lost and found|not won|won t\b|reminder|abandon"
    r"|fail|cancel|refund|intent|before|pre |delete"
)

_WORDS: Final[Mapping[str, str]] = {
    "Expand": (
        r"renew|upsell|up sell|cross sell|expansion|referral|referred|advocate|churn|onboard"
        r"|kick ?off"
        r"|customer success|\bcsm\b|\bqbr\b|business review|support|\bnps\b|satisfaction"
        r"|testimonial|case study interview|retention|loyalty|repeat|reorder|cancel|invoice"
        r"|training|adoption|go live|implementation|delivered|shipped|refund|returned"
        r"|verläng|kündig|renouvel|renov|续约|推荐"
    ),
    "Convert": (
        r"demo\b|proposal|quote|quotation|pricing call|negotiat|contract|legal|procurement"
        r"|security review|trial|poc\b|proof of concept|pilot|opportunit|\bsql\b|sales qualified"
        r"|sales call|discovery call|deal|checkout|add(?:ed)? ?to ?cart|basket|\bcart\b|order"
        r"|meeting|\bsal\b|sales accepted|evaluation|business case|stakeholder|decision|payment"
        r"|appointment"
        r"|angebot|verhandl|vertrag|devis|négoci|presupuesto|oferta|propuesta|preventivo"
        r"|报价|演示|谈判"
    ),
    "Nurture": (
        r"nurture|email|e mail|mail (?:open|click|sent|delivered)|newsletter (?:open|click|sent)"
        r"|webinar|workshop|case study|whitepaper|white paper|ebook|\bmql\b|marketing qualified"
        r"|sequence|drip|retarget|remarket|product tour|comparison|calculator|podcast|video"
        r"|call\b|linkedin message|sms|whatsapp|direct mail|lead score|event attended|attended"
        r"|follow ?up|re ?engag|reopen|returned to nurture|邮件|研讨会"
    ),
    "Capture": (
        r"form|sign ?up|signed up|regist|subscrib|opt ?in|download|lead created|new lead"
        r"|became a lead"
        r"|contact created|create date|created|enquir|inquir|contact us|request|chat|identif|login"
        r"|first contact|lead\b|gated|anmeld|inscri|iscri|注册|表单"
    ),
    "Attract": (
        r"ad\b|ads\b|advert|impression|display|banner|paid|sem\b|seo\b|organic|search|social"
        r"|visit"
        r"|page ?view|viewed page|view(?:ed)?\b|landing|session|click|first touch|blog|referrer"
        r"|press"
        r"|influencer|tv\b|radio|billboard|trade ?show|booth|open(?:ed)? app|first open|app install"
        r"|anzeige|besuch|visite|visita|anuncio|annonce|广告|访问|浏览"
    ),
}
"""Words by stage, looked for from the last stage to the first."""

_OUTREACH: Final = (
    r"call(?:ed)?\b|phoned|e ?mail(?:ed|ing)?\b|mail(?:ed|ing)?\b|newsletter|letter\b|sms\b"
    r"|whatsapp|message|meeting|met\b|workshop|webinar|demo\b|presentation|proposal|quot(?:e|ation)\b"
    r"|offer\b|follow ?up|invit|check ?in\b|business review|qbr\b|onboarding|kick ?off|training"
    r"|site visit|anruf|termin\b|angebot|besprechung|appel\b|réunion|rendez ?vous|devis|llamada"
    r"|reuni[oó]n|chiamata|incontro|电话|邮件|会议|拜访|報價|报价|電話"
)
_BY_CUSTOMER: Final = (
    r"open|click|repl|answer|read\b|view|download|request|form\b|regist|sign|subscrib|unsubscrib"
    r"|bounce|attend|page|inbound|incoming|submit|asked|book|no ?show|cancel|accept|decline"
    r"|complain|sent back|received|geöffnet|anfrage|anmeld|ouvert|demand|inscri|abiert|solicit"
    r"|apert|richiest"
)
"""Words of what a seller does, and those that give the same words to the customer."""

_EARLY: Final = (
    (
        "Attract",
        r"\bads?\b|advert|impression|banner|page ?view|viewed page|page visit|visited|blog",
    ),
    ("Nurture", r"e ?mail|newsletter (?:open|click|sent)|webinar|case study"),
    ("Capture", r"form\b|sign ?up|first contact|lead created|became a lead|download"),
)
"""Words that say more than any other in the same name: an ad for a demo is an ad."""

_STAGE_VALUE: Final = (
    r"lead|mql|sql|sal\b|opportunit|prospect|customer|subscriber|aware|attract|capture|nurture"
    r"|convert|expand|consider|decision|qualif|proposal|negotiat|evangelist|retain|retention"
    r"|purchase|demo|discovery|advocacy|engage|acquisition|loyalty|closed|stage"
)


def propose_definitions(
    types: Sequence[str],
    mean_position: Sequence[float],
    *,
    stages_seen: Sequence[str] = (),
    roles_seen: Mapping[str, int] | None = None,
) -> Definitions:
    """Propose stages and outcomes for the touchpoint types of a log.

    Parameters
    ----------
    types
        Touchpoint types.
    mean_position
        Of each type, its mean place in the journeys that have it, from 0 (first) to 1 (last).
    stages_seen
        Values of the log's own stage column, in the order journeys usually enter them. If most
        look like stages they are taken, but for deals closed in vain, and not the default five.
    roles_seen
        Roles of people and how many people have each; the common ones are those expected in a
        buying group.

    Returns
    -------
    Definitions
        Every stage is entered by something in the log, unless nothing enters any. Every type has
        a stage, winning ones the last, but those that end a journey without a win: it stays
        where it was.

    Examples
    --------
    >>> proposed = propose_definitions(["Ad click", "Demo", "Closed won"], [0.1, 0.6, 1.0])
    >>> [(stage.name, stage.touchpoints) for stage in proposed.stages if stage.touchpoints]
    [('Attract', ('Ad click',)), ('Convert', ('Demo',)), ('Expand', ('Closed won',))]
    >>> proposed.won
    ('Closed won',)
    """
    won = tuple(name for name in types if decides_won(name))
    lost = tuple(name for name in types if decides_lost(name))
    undecided = tuple(name for name in types if decides_nothing(name))
    roles = _expected_roles(roles_seen or {})
    open_ones = [v for v in stages_seen if not decides_lost(v) and not decides_nothing(v)]
    if open_ones and _look_like_stages(stages_seen):
        stages = _own_stages(open_ones, won)
    else:
        places = zip(types, mean_position, strict=True)
        stages = _default_stages({n: at for n, at in places if n not in {*lost, *undecided}})
    return Definitions(
        stages=stages, won=won, lost=lost, no_decision=undecided, expected_roles=roles
    )


def decides_won(name: str) -> bool:
    """Whether a touchpoint's name says that the customer bought.

    Examples
    --------
    >>> decides_won("won_date"), decides_won("Closed lost"), decides_won("Contract sent")
    (True, False, False)
    """
    words = plain_words(name)
    return not says(_NOT_OUTCOME, words) and not decides_lost(name) and says(_WON, words)


def decides_lost(name: str) -> bool:
    """Whether a touchpoint's name says that the deal was lost; churn is not such a loss.

    Examples
    --------
    >>> decides_lost("Lost to competitor"), decides_lost("Churned")
    (True, False)
    """
    words = plain_words(name)
    return not says(_NOT_OUTCOME, words) and not says(_NO_DECISION, words) and says(_LOST, words)


def decides_nothing(name: str) -> bool:
    """Whether a touchpoint's name says that the deal was closed without a choice.

    Examples
    --------
    >>> decides_nothing("Closed - no decision"), decides_nothing("Closed won")
    (True, False)
    """
    return says(_NO_DECISION, plain_words(name))


def is_outreach(name: str) -> bool:
    """Whether a touchpoint's name says that the seller acted: called, wrote, met, presented.

    Examples
    --------
    >>> is_outreach("Sales call"), is_outreach("E-mail opened"), is_outreach("Pricing page")
    (True, False, False)
    """
    words = plain_words(name)
    return says(_OUTREACH, words) and not says(_BY_CUSTOMER, words)


def _stage_by_words(name: str) -> str | None:
    """The default stage that a name speaks of."""
    words = plain_words(name)
    if decides_won(name):
        return "Expand"
    for stage, pattern in (*_EARLY, *_WORDS.items()):
        if says(pattern, words):
            return stage
    return None


def _default_stages(places: Mapping[str, float]) -> tuple[Stage, ...]:
    """The default stages entered; a type without a known word joins the one at its place."""
    known = {name: stage for name in places if (stage := _stage_by_words(name)) is not None}
    borders = _borders(known, places)
    members: dict[str, list[str]] = {stage: [] for stage in DEFAULT_STAGES}
    for name, place in places.items():
        guessed = DEFAULT_STAGES[bisect_right(borders, place)]
        members[known.get(name, guessed)].append(name)
    entered = tuple(
        Stage(stage, touchpoints=tuple(sorted(names, key=lambda name: (places[name], name))))
        for stage, names in members.items()
        if names
    )
    return entered or (Stage(DEFAULT_STAGES[0]),)


def _borders(known: Mapping[str, str], places: Mapping[str, float]) -> list[float]:
    """Places at which one stage ends and the next begins, for types without a known word.

    The last stage follows a win, so nothing falls into it by place alone: without a word for a
    win, journeys can't be known to have come that far.
    """
    open_stages = DEFAULT_STAGES[:-1]
    even = [(index + 1) / len(open_stages) for index in range(len(open_stages) - 1)]
    centres = [
        _mean([places[name] for name, held in known.items() if held == stage])
        for stage in open_stages
    ]
    borders: list[float] = []
    for index, border in enumerate(even):
        here, following = centres[index], centres[index + 1]
        middle = border if here is None or following is None else (here + following) / 2
        borders.append(max([middle, *borders]))
    return borders


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


def _look_like_stages(values: Sequence[str]) -> bool:
    """Few values, most of them words for a place in a sales or marketing funnel."""
    few, most = 2, 15
    like = sum(says(_STAGE_VALUE, plain_words(value)) for value in values)
    return few <= len(values) <= most and like >= len(values) / 2


def _own_stages(values: Sequence[str], won: Sequence[str]) -> tuple[Stage, ...]:
    """The log's own stages in their order; only the win has the last by rule."""
    named = list(dict.fromkeys(values))
    if set(named) <= set(DEFAULT_STAGES):
        after_win = DEFAULT_STAGES[-1:] if won else ()
        names = [name for name in DEFAULT_STAGES if name in {*named, *after_win}]
    else:
        names = sorted(named, key=decides_won)
    return tuple(
        Stage(
            name,
            values=(name,) if name in named else (),
            touchpoints=tuple(won) if name == names[-1] else (),
        )
        for name in names
    )


def _expected_roles(roles: Mapping[str, int]) -> tuple[str, ...]:
    """The roles at least a tenth of the people have, at most six, the most frequent first."""
    most_roles, least_share = 6, 0.1
    total = sum(roles.values())
    common = [role for role, n in roles.items() if n >= least_share * total]
    return tuple(sorted(common, key=lambda role: (-roles[role], role))[:most_roles])
