"""The words of the invented world: what people do, where it is logged, who they are."""

from typing import Final

STAGE_KINDS: Final = {
    "Attract": (
        "Ad view",
        "Ad click",
        "Blog article",
        "Home page",
        "Product page",
        "Partner page",
        "Careers page",
        "Job application",
    ),
    "Capture": (
        "Whitepaper download",
        "Newsletter sign-up",
        "Contact form",
        "Template download",
        "Lead created",
    ),
    "Nurture": (
        "Nurture e-mail sent",
        "Nurture e-mail opened",
        "Nurture e-mail clicked",
        "E-mail unsubscribed",
        "Webinar registration",
        "Webinar attended",
        "Case study",
        "Comparison page",
        "Product brochure",
        "ROI workshop",
        "MQL",
        "Sent back to marketing",
    ),
    "Convert": (
        "SQL accepted",
        "Sales call",
        "Demo request form",
        "Demo held",
        "Pricing page",
        "Security review",
        "Proposal sent",
        "Closed lost",
        "Lost to competitor",
        "Closed no decision",
    ),
    "Expand": (
        "Closed won",
        "Onboarding session",
        "Support ticket",
        "Help article",
        "Customer newsletter sent",
        "Renewal",
        "Upsell",
        "Referral given",
        "Contract cancelled",
    ),
}
STAGE_OF: Final = {kind: stage for stage, kinds in STAGE_KINDS.items() for kind in kinds}

EMAIL_KINDS: Final = (
    "Nurture e-mail sent",
    "Nurture e-mail opened",
    "Nurture e-mail clicked",
    "E-mail unsubscribed",
    "Customer newsletter sent",
)
WEBINAR_KINDS: Final = ("Webinar registration", "Webinar attended")
AD_KINDS: Final = ("Ad view", "Ad click")
FORM_KINDS: Final = (
    "Whitepaper download",
    "Newsletter sign-up",
    "Contact form",
    "Template download",
    "Demo request form",
    "Job application",
)
PAGES: Final = {
    "Home page": ("/",),
    "Blog article": (
        "/blog/shift-planning",
        "/blog/overtime-costs",
        "/blog/night-rotas",
        "/blog/fair-rosters",
        "/blog/absence-cover",
        "/blog/working-time-rules",
        "/blog/peak-season",
    ),
    "Product page": ("/product", "/product/rosters", "/product/mobile", "/product/rules"),
    "Partner page": ("/partners/erp", "/partners/payroll"),
    "Careers page": ("/careers", "/careers/engineering", "/careers/sales"),
    "Job application": ("/careers/apply",),
    "Whitepaper download": ("/guides/roster-costs", "/guides/shift-law"),
    "Newsletter sign-up": ("/newsletter",),
    "Contact form": ("/contact",),
    "Template download": ("/templates/rota", "/templates/holiday"),
    "Case study": ("/cases/harbour", "/cases/bakery", "/cases/clinic"),
    "Comparison page": ("/compare/spreadsheets", "/compare/suites"),
    "Product brochure": ("/brochure",),
    "Demo request form": ("/demo",),
    "Pricing page": ("/pricing",),
    "Help article": ("/help/import", "/help/roles", "/help/export"),
}
SOURCE_OF: Final = {
    **dict.fromkeys(STAGE_OF, "crm"),
    **dict.fromkeys(PAGES, "web"),
    **dict.fromkeys(EMAIL_KINDS, "email"),
    **dict.fromkeys(WEBINAR_KINDS, "webinar"),
    **dict.fromkeys(AD_KINDS, "ads"),
}
THINNED_KINDS: Final = frozenset(
    {*AD_KINDS, "Help article"}
    | {kind for kind in PAGES if kind not in FORM_KINDS and kind != "Product brochure"}
)
"""Touches that people leave out over the holidays; all others are put off."""

SHOWN_KINDS: Final = frozenset({"Ad view", "Nurture e-mail sent", "Customer newsletter sent"})
SALES_KINDS: Final = frozenset(
    {*STAGE_KINDS["Convert"], "Closed won"} - {"Demo request form", "Pricing page", "SQL accepted"}
)
SUCCESS_KINDS: Final = frozenset(
    {"Onboarding session", "Support ticket", "Renewal", "Upsell", "Referral given"}
    | {"Contract cancelled"}
)
LOSSES: Final = {"Closed lost": 0.62, "Lost to competitor": 0.38}
SEQUENCE: Final = (
    "Guide 1: The true cost of rosters",
    "Guide 2: Rules without spreadsheets",
    "Guide 3: Book your assessment",
    "Guide 4: A harbour's story",
    "Guide 5: Your first month",
)
WEBINARS: Final = ("Rosters that hold", "Night shifts and the law", "From spreadsheet to plan")
REASONS: Final = {
    "No budget yet": 0.48,
    "Wrong timing": 0.24,
    "No decision maker": 0.16,
    "Need not clear": 0.12,
}
CAMPAIGNS: Final = {
    "Paid social": ("Roster Relief", "Fair Shifts"),
    "Paid search": ("Scheduling software", "Rota planner"),
    "Display": ("Peak Season",),
}
SOURCES: Final = {
    "Organic search": 0.36,
    "Paid social": 0.29,
    "Paid search": 0.12,
    "Referral": 0.08,
    "Direct": 0.09,
    "Display": 0.06,
}
FIRST_KIND: Final = {
    "Organic search": "Blog article",
    "Paid social": "Ad click",
    "Paid search": "Ad click",
    "Display": "Ad view",
    "Referral": "Partner page",
    "Direct": "Home page",
}
INDUSTRIES: Final = {
    "Manufacturing": 0.17,
    "Logistics": 0.15,
    "Healthcare": 0.14,
    "Retail": 0.14,
    "Hospitality": 0.15,
    "Software": 0.09,
    "Construction": 0.08,
    "Business services": 0.08,
}
EMPLOYEES: Final = {
    "1-49": 0.23,
    "50-199": 0.26,
    "200-999": 0.31,
    "1000-4999": 0.13,
    "5000+": 0.07,
}
CYCLE_DAYS: Final = {"1-49": 97, "50-199": 160, "200-999": 238, "1000-4999": 325, "5000+": 410}
DEAL_VALUE: Final = {
    "1-49": 6_000,
    "50-199": 14_000,
    "200-999": 36_000,
    "1000-4999": 85_000,
    "5000+": 170_000,
}
BUDGETS: Final = {
    "under 25k": 0.3,
    "25k-100k": 0.36,
    "100k-500k": 0.22,
    "over 500k": 0.08,
    "": 0.04,
}
GROUP_SIZES: Final = {1: 0.12, 2: 0.26, 3: 0.25, 4: 0.18, 5: 0.1, 6: 0.05, 7: 0.02, 9: 0.02}
OPERATIONS: Final = "Operations Director"
ROLES: Final = {
    "Shift Planner": ("Staff", 0.24),
    "HR Manager": ("Manager", 0.18),
    "IT Manager": ("Manager", 0.15),
    "Site Manager": ("Manager", 0.15),
    "Finance Director": ("Director", 0.12),
    "Procurement Manager": ("Manager", 0.08),
    "Team Lead": ("Staff", 0.06),
    "Chief Executive": ("C-level", 0.02),
}
SLOW_OWNER: Final = "Marcus Thorne"
OWNERS: Final = (
    "Aino Salmi",
    "Beatriz Rocha",
    "Deniz Kaya",
    "Jörg Winkelmann",
    SLOW_OWNER,
    "Priya Nair",
)
