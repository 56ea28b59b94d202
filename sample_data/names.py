"""Made-up names of companies, schools and people, with their domains and e-mail addresses."""

import unicodedata
from typing import Final

import numpy as np

COUNTRIES: Final = {
    "Germany": (
        ("GmbH", "AG"),
        ("Jürgen", "Katrin", "Lukas", "Sabine", "Björn", "Greta"),
        ("Möller", "Vogt", "Brückner", "Hartwig", "Sänger", "Lorenz"),
    ),
    "United Kingdom": (
        ("Ltd", "plc"),
        ("Oliver", "Harriet", "Callum", "Imogen", "Rhys", "Fiona"),
        ("Whitlock", "Ashdown", "Penrose", "Garrick", "Thackeray", "Moss"),
    ),
    "United States": (
        ("Inc", "LLC"),
        ("Tyler", "Madison", "Derek", "Renee", "Marcus", "Paula"),
        ("Hollister", "Bramwell", "Cortez", "Dunning", "Okafor", "Reyes"),
    ),
    "Sweden": (
        ("AB",),
        ("Åsa", "Göran", "Elin", "Mats", "Sigrid", "Nils"),
        ("Bergström", "Sjögren", "Hallgren", "Åkesson", "Nyholm", "Ekdahl"),
    ),
    "France": (
        ("SAS", "SA"),
        ("Élodie", "Mathieu", "Zoé", "Benoît", "Camille", "Rémi"),
        ("Charpentier", "Lefèvre", "Marchand", "Gaillard", "Bénard", "Roussel"),
    ),
    "Netherlands": (
        ("BV",),
        ("Sanne", "Joris", "Femke", "Ruben", "Maaike", "Daan"),
        ("Kuiper", "Hoekstra", "Veenstra", "Brouwer", "Postma", "Zijlstra"),
    ),
    "Brazil": (
        ("Ltda",),
        ("Thaís", "Otávio", "Luciana", "Caio", "Renata", "João"),
        ("Assunção", "Falcão", "Monteiro", "Teixeira", "Brandão", "Leal"),
    ),
    "Japan": (
        ("KK",),
        ("Haruka", "Kenji", "Naoko", "Takumi", "Yui", "Shota"),
        ("Kitagawa", "Morishita", "Okabe", "Tachibana", "Fujisawa", "Hamada"),
    ),
}
COUNTRY_SHARES: Final = (0.27, 0.19, 0.17, 0.09, 0.10, 0.08, 0.05, 0.05)
HEADS: Final = [
    "Alder",
    "Brenn",
    "Cald",
    "Dorn",
    "Elver",
    "Falk",
    "Grün",
    "Hollen",
    "Inger",
    "Jarl",
    "Köst",
    "Lark",
    "Mar",
    "Nor",
    "Oster",
    "Pell",
    "Quill",
    "Rav",
    "Sönd",
    "Tarn",
    "Ull",
    "Vall",
    "Wend",
    "Yar",
    "Zell",
    "Ämter",
    "Bir",
    "Corv",
    "Dal",
    "Eich",
]
TAILS: Final = [
    "haven",
    "mark",
    "wick",
    "berg",
    "lund",
    "ford",
    "stead",
    "vale",
    "mere",
    "dahl",
    "croft",
    "holm",
    "tor",
    "ness",
]
TRADES: Final = {
    "Manufacturing": ("Works", "Foundry", "Components"),
    "Logistics": ("Freight", "Logistics", "Terminals"),
    "Healthcare": ("Clinics", "Care"),
    "Retail": ("Stores", "Markets"),
    "Hospitality": ("Hotels", "Kitchens", "Inns"),
    "Software": ("Systems", "Apps"),
    "Construction": ("Build", "Civils"),
    "Business services": ("Partners", "Services"),
    "Education": ("University", "College"),
}
NATIVE_NAMES: Final = (
    ("東潮精機株式会社", "toucho-seiki"),
    ("株式会社みなとの物流", "minatono-butsuryu"),
    ("北杜医療サービス", "hokuto-iryo-sv"),
    ("青嶺運輸株式会社", "aomine-unyu"),
    ("さくら浜ホテルズ", "sakurahama-hotels"),
    ("海燕物流有限公司", "haiyan-wuliu"),
    ("晨桥制造有限公司", "chenqiao-zhizao"),
    ("云栈餐饮集团", "yunzhan-canyin"),
)
COMPETITOR_DOMAINS: Final = tuple(
    f"{name}.example"
    for name in [
        "rotably",
        "shiftwell",
        "plannero",
        "dutyloop",
        "rosterio",
        "cadencehq",
        "turnuspro",
        "schichtwerk",
        "workweft",
        "crewgrid",
        "staffsail",
        "tidyrota",
        "punchlane",
        "quartzplan",
    ]
)


def plain(text: str) -> str:
    """Return text in lower-case ASCII, as in an address."""
    folded = unicodedata.normalize("NFKD", text.replace("ß", "ss"))
    kept = "".join(letter for letter in folded if letter.isascii())
    return "-".join(kept.lower().replace(".", " ").split())


def company(rng: np.random.Generator, index: int, industry: str, country: str) -> tuple[str, str]:
    """Return the name and domain of the index-th company, different for each index."""
    if country == "Japan" and index % 7 == 0:
        name, domain = NATIVE_NAMES[index % len(NATIVE_NAMES)]
        return name, f"{domain}-{index}.example"
    stem = HEADS[index % len(HEADS)] + TAILS[(index // len(HEADS)) % len(TAILS)]
    trade = TRADES[industry][int(rng.integers(len(TRADES[industry])))]
    suffixes = COUNTRIES[country][0]
    form = suffixes[int(rng.integers(len(suffixes)))]
    round_mark = ("", "New ", "Grand ", "Old ")[index // (len(HEADS) * len(TAILS))]
    name = f"{round_mark}{stem} {trade}"
    return f"{name} {form}", f"{plain(name)}.example"


def university(index: int) -> tuple[str, str]:
    """Return the name and academic domain of the index-th school."""
    stem = HEADS[(index * 7) % len(HEADS)] + TAILS[(index * 3) % len(TAILS)]
    ending = ("edu", "ac.uk", "edu")[index % 3]
    return f"{stem} University", f"{plain(stem)}-university-{index}.{ending}"


def person(rng: np.random.Generator, country: str) -> str:
    """Return a first and last name usual in the country."""
    _, firsts, lasts = COUNTRIES[country]
    return f"{firsts[int(rng.integers(len(firsts)))]} {lasts[int(rng.integers(len(lasts)))]}"


def address(name: str, domain: str, taken: set[str]) -> str:
    """Return a free address for the name at the domain and mark it as taken."""
    local = plain(name).replace("-", ".")
    candidate, number = f"{local}@{domain}", 2
    while candidate in taken:
        candidate, number = f"{local}{number}@{domain}", number + 1
    taken.add(candidate)
    return candidate
