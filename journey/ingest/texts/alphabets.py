"""Which encoding a text is in, by how likely its letters are in the languages written so.

Any bytes are letters of some kind in every encoding; only in the right one are they the frequent
letters of a language, standing where that language puts them.
"""

import itertools
import math
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Final

_SIMPLIFIED: Final = (
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面"
    "而方后多定行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把"
    "性好应开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质"
    "气第向道命此变条只没结解问意建月公无系情者最立代想已通并提直题程展五果料员位入常文总次品式活设及管特件"
    "长求基资边流路级少图统接知较将组见计别手角期根论运指几区放决被做必先回则任取据处给色光门即保造百规领口"
    "东导器世金增争思术极交受联认六共权收证改清己美再采转更单打教速带安场车例务具万每目至达走示报完类八名确"
    "科张信节话整空元况今集传许步记需段界观算低持书布复商非验连断近千周技备办省习约支般史感便历市何除消构称"
    "准精值号率选标写存候亲快效院查型王按格易置层始专状识适包住调满局照参引听该价严客户编触演注册试邮广告击"
    "访购买订渠销售营推荐搜索网站页登录李刘陈杨黄赵吴北京上海深圳州司"
)
_TRADITIONAL: Final = (
    "的一是不了人我在有他這為之大來以個中上們到說國和地也子時道出而要於就下得可你年生自會那後能對著事其里所"
    "去行過家十用發天如然作方成者多日都三小二無同麼經法當起與好看學進種將還分此心前面又定見只主沒公從客戶編"
    "號觸點查示範註冊試郵件廣告擊訪問購買訂單通路渠活動間期名稱電話演員業務產品價格銷售網站頁登錄張李王陳林黃"
    "吳劉蔡楊台灣北市區縣實際應該資料系統報開關長門車東西南內外高新本機器現金額數量總計類別備記處理完成功"
)
_JAPANESE: Final = (
    "日一国会人年大十二本中長出三同時政事自行社見月分議後前民生連五発間対上部東者党地合市業内相方四定今回新"
    "場金員九入選立開手米力学問高代明実円関決子動京全目表戦経通外最言氏現理調体化田当八六約主題下首意法不来"
    "作性的要用制治度務強気小七成期公野協取都和統以機平総加山思家話世受区領多県続進正安設保改数記院女初北午"
    "指権心界支第産結百派点教報済書府活原先共得解名交資予川向際査勝面委告軍文反元重近千考判認画海参売利組知"
    "案道信策集在件団別物側任引使求所次水半品昨論計死官増係感特情投示変打男基私各始島直両朝革価式確村提運終"
    "挙果西勢減台広容必応演電歳住争談能無再位置企真流格有疑口過局少放税検藤町常校料沢裁状工建語球営空職証土"
    "与急止送援供可役構木割聞身費付施切由説転食比難防補車優夫研収断井何南石足違消境神番規術護展態導鮮備宅害"
    "配副算視条幹独警宮究育席輸訪楽起万着乗店述残想線率病農州武声質念待試族象銀域助労例衛然早張映限親額監環"
    "験追審商葉義伝働形景落欧担好退準賞訴辺造英被株頭技低毎医復仕去姿味負閣韓渡失移差顧客様登録購入検索閲覧"
    "資料請求問合顧佐鈴橋渡"
)
_HANGUL: Final = (
    "이다는을가에의로하고지기사한자리도스시어인대나원일전해주들구서보장만부상정라조수아제관소그마공성과비오거"
    "미간동유선치연안경신국생무우계모문발용물세여진방요회분개내재당면현호학교실명출입금매접속클릭광담객날짜행"
    "채널활벤트메웹이트화데청약김박최윤임송권황번등록확결품추천색페본드앱설영음업체계약상반품취배송포쿠폰인"
)
_KANA: Final = re.compile("[\u3041-\u3096\u30a1-\u30fc]")


@dataclass(frozen=True)
class Language:
    """One way to write: its encoding, and its letters beyond ASCII, the frequent ones first.

    ``bias`` is taken off what is likely; rarer encodings have to fit that much better.
    """

    encoding: str
    letters: str
    is_latin: bool = False
    bias: float = 0.0


_WEST: Final = (
    "äöüßé",
    "éèêàçâôîûùëïœ",
    "óáéíñúü¿¡ºª",
    "àèéìòù",
    "ãçáéíóõêâàúôº",
    "éëïöü",
    "äöåéü",
    "åøæéöä",
)
_CENTRAL: Final = (
    "ąęółżśćńź",
    "íáéěýčřšžůúďťňó",
    "áíéčšžýúôťľňäó",
    "éáőöíóüűú",
    "ăîâșțşţ",
    "čšžćđ",
)
_RUSSIAN: Final = "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъёіїєґ"
LANGUAGES: Final = (
    *(Language("cp1252", letters, is_latin=True) for letters in _WEST),
    *(Language("cp1250", letters, is_latin=True, bias=0.1) for letters in _CENTRAL),
    Language("cp1254", "ıüşğçöİâî", is_latin=True, bias=0.1),
    *(Language("mac_roman", letters, is_latin=True, bias=0.7) for letters in _WEST),
    *(Language("cp850", letters, is_latin=True, bias=0.8) for letters in _WEST),
    Language("cp1257", "ėšųžįąčęūāīēļņģķ", is_latin=True, bias=0.4),
    Language("cp1251", _RUSSIAN),
    Language("koi8-r", _RUSSIAN),
    Language("cp866", _RUSSIAN, bias=0.3),
    Language("cp1253", "αοιετσνηυρπκμλςγωχφδθβζξψάέίόήύώϊ"),
    Language("cp1255", "יוהלאתרבמשנעדקםפחטגכסזצןךףץ"),
    Language("cp1256", "اليمنرتبوهسدعكقفحجةشصطخذزثضغءأىظإئآؤپچگژ"),
    Language("cp874", "านรอกเงมยลวดทสตะปบคหแจพชขใไโผศซถณธษภฟฉญอฎฐฑฒฬฮฝฆ่้ัิีืุูำึ็์๊๋ๆฯ"),
    Language("gb18030", _SIMPLIFIED),
    Language("big5", _TRADITIONAL),
    Language("cp932", _JAPANESE),
    Language("euc_jp", _JAPANESE, bias=0.1),
    Language("cp949", _HANGUL),
)

_MANY: Final = 100
_RARE, _SYMBOL, _BROKEN, _MISPLACED = -7.0, -8.0, -14.0, -2.5
_PUNCTUATION: Final = "\u2013\u2014\u201c\u201d\u201e\u2018\u2019\u2026\xab\xbb\xa0\u20ac\xb0\xa3"
_WIDE: Final = re.compile("[\u3000-\u303f\uff01-\uff5e]")
_THAI_ABOVE: Final = re.compile("(?<![\u0e01-\u0e4e])[\u0e31\u0e33-\u0e3a\u0e47-\u0e4e]")
_THAI_BEFORE: Final = re.compile("[\u0e40-\u0e44](?![\u0e01-\u0e2e])")
_BESIDE_ASCII: Final = re.compile(r"(?<=[A-Za-z])[^\x00-\x7f]|[^\x00-\x7f](?=[A-Za-z])")
_CASE_WITHIN: Final = re.compile(r"[^\W\d_]+")
_COMMON_BYTES: Final = {
    "gb18030": (0xB0, 0xD7),
    "big5": (0xA4, 0xC6),
    "cp932": (0x88, 0x97),
    "euc_jp": (0xB0, 0xCF),
    "cp949": (0xB0, 0xC8),
}
"""First bytes of the characters that each encoding puts first, those in use."""


def likelihoods(sample: bytes) -> list[tuple[float, str, str]]:
    """How likely each encoding is: a mean logarithm, its name, the text; the likeliest first."""
    n_high = max(1, sum(byte > 127 for byte in sample))  # noqa: PLR2004 - beyond ASCII
    best: dict[str, tuple[float, str, str]] = {}
    for language in LANGUAGES:
        text = _decoded(sample, language.encoding)
        score = _score(text, language) / n_high - language.bias
        if language.encoding not in best or score > best[language.encoding][0]:
            best[language.encoding] = (score, language.encoding, text)
    return sorted(best.values(), key=lambda one: (-one[0], one[1]))


def _decoded(sample: bytes, encoding: str) -> str:
    return sample.decode(encoding, "replace")


@cache
def _chances(language: Language) -> dict[str, float]:
    """The logarithm of the chance of each letter; frequent letters come first, capitals are few."""
    lower = list(dict.fromkeys(language.letters))
    is_many = len(lower) > _MANY
    shift = len(lower) / 3 if is_many else 3
    weights = {letter: 1 / (rank + shift) for rank, letter in enumerate(lower)}
    total = sum(weights.values()) * 1.15
    chances = {letter: math.log(weight / total) for letter, weight in weights.items()}
    for letter, chance in list(chances.items()):
        chances.setdefault(letter.upper(), chance - 2.0)
    return chances


def _score(text: str, language: Language) -> float:
    """The logarithm of the chance of all characters beyond ASCII."""
    chances = _chances(language)
    foreign = [letter for letter in text if letter > "\x7f"]
    score = sum(chances.get(letter) or _otherwise(letter, language) for letter in foreign)
    n_beside = len(_BESIDE_ASCII.findall(text))
    n_odd = len(foreign) - n_beside if language.is_latin else n_beside
    if language.is_latin:
        # Words may begin with such a letter, or be one; but not most of them.
        n_odd = max(0, n_odd - len(foreign) // 4)
    score += n_odd * _MISPLACED
    if language.encoding == "cp874":
        n_wrong = len(_THAI_ABOVE.findall(text)) + len(_THAI_BEFORE.findall(text))
        score += 2 * n_wrong * _MISPLACED
    words = (word for word in _CASE_WITHIN.findall(text) if not word.isascii())
    return score + _MISPLACED * sum(_is_oddly_cased(word) for word in words)


def _is_oddly_cased(word: str) -> bool:
    """Capitals after small letters, which no language has."""
    return any(a.islower() and b.isupper() for a, b in itertools.pairwise(word))


def _otherwise(letter: str, language: Language) -> float:
    """The logarithm of the chance of a character that is none of a language's frequent ones."""
    if letter == "\ufffd":
        return _BROKEN
    if letter in _PUNCTUATION or _WIDE.match(letter):
        return -4.5
    if language.encoding in ("cp932", "euc_jp") and _KANA.match(letter):
        return -4.2
    common = _COMMON_BYTES.get(language.encoding)
    if common:
        first = letter.encode(language.encoding, "replace")[0]
        return -9.0 if common[0] <= first <= common[1] else -13.0
    return _RARE if unicodedata.category(letter)[0] == "L" else _SYMBOL
