"""What a question ties itself to: a place, a year, 我区, PM10. What lacks it is not meant.

郑州市烤烟用煤整改时限 must not be answered from the plan of 漯河, even if that plan names 郑州
somewhere: a document speaks for its own place, and for another only where it names it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache

from corpus.records import Document
from index.tokens import fold, segment
from retrieval.coverage import squeeze

_PLACE_TAG, _BODY_TAG = "ns", "nt"
# Words that may be a place's name without its 市, by the first letter of their tag.
_NAME_TAGS = frozenset("nvj")
_SUFFIX = re.compile("(?<=..)(?:省|市|县|区|镇|乡|自治州|地区)$")
# Tagged as places, but any place may be meant, or a road or river that runs through several.
_NO_PLACE = re.compile(
    "^(?:城市|全市|全省|全国|我国|中国|地区|县城|城区|经开区|高新区|开发区|示范区|功能区|园区)$|[路街道桥河江湖海山渠港]$"
)
# Places that go by no 市 or 省.
_REGIONS = frozenset(
    [
        "香港",
        "澳门",
        "台湾",
        "内蒙古",
        "浦东",
        "雄安",
        "长三角",
        "珠三角",
        "京津冀",
        "日本",
        "美国",
        "韩国",
        "欧洲",
    ]
)
_OWN = re.compile("(?:全|我)([省市县区镇乡])")
# PM10, G107, VOCs: nothing else will do for a code.
_CODE = re.compile(r"[a-z][a-z.-]*\d[\d.]*|(?![ivx]+(?![a-z]))[a-z]{3,}")
# A number with its measure in a question must be in the document: 33条支浜.
_FIGURE = re.compile(
    r"(?<![\d第])\d[\d.]*(?:条|家|台|辆|吨|公里|[%％]|处|名|万|亿|平方米|个乡镇)|第\d+期"
)
# 漯发〔2020〕13号, 漯发13号文: which document, not where or when.
DOCUMENT_NUMBER = re.compile(
    r"(?P<issuer>[\u4e00-\u9fff]{1,6}[发办政文函委])\s*(?:[〔\[(（【]\s*(?P<year>\d{4})\s*[〕\])）】])?"
    r"\s*(?P<serial>\d{1,4})\s*号(?:文件?)?"
)
# A town that the dictionary does not know, at the head of an issuer or title.
_NAMED_TOWN = re.compile(
    r"(?:^|[\n 《])(?:中共)?([^\W\da-z在全我本各关于市县区对]{2,3})(?=市(?!直|场|政|委|区))"
)
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?=年|度)")
_SHORT_YEAR = re.compile(r"(?<![\d第])([12]\d)(?=年(?!来|时间|内|前|后|间))")
_SPOKEN_YEAR = re.compile("([一二][〇○零一二三四五六七八九]{3})(?=年)")
_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
# A document whose title and issuer name no place is at home where it names one this often.
_AT_HOME = 3


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """A document's squeezed text, its own places, and the year it was issued in."""

    text: str
    home: frozenset[str]
    year: str | None


@dataclass(frozen=True, slots=True)
class Anchors:
    """The places, own areas (区 of 我区), years and codes a question names."""

    places: tuple[str, ...] = ()
    own: tuple[str, ...] = ()
    years: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()

    def may_mean(self, document: Whereabouts) -> bool:
        """Whether a document as a whole can be meant; 全区 will do for 我区."""
        named = (*self.places, *self.years, *self.codes)
        return all(words in document.text for words in named) and all(
            re.search(f"(?:我|(?<!安)全){area}", document.text) for area in self.own
        )

    def at_home(self, document: Whereabouts) -> bool:
        """Whether one of the places named is the document's own, or none is named."""
        return not self.places or bool(document.home & set(self.places))

    def tied_to(self, document: Whereabouts, squeezed: str) -> bool:
        """Whether a squeezed piece of a document that may be meant is of the place and year."""
        here = self.at_home(document) or all(place in squeezed for place in self.places)
        return here and all(
            year in squeezed or _implied(year, document, squeezed) for year in self.years
        )

    def strip(self, text: str, home: Iterable[str]) -> str:
        """Return a text without the years, and the places at `home`: they say where, not what."""
        at_home = [place for place in self.places if place in set(home)]
        for words in (*at_home, *(f"{year}年" for year in self.years)):
            text = re.sub(f"{re.escape(words)}(?:[省市县区](?!长|委))?", " ", text)
        return text


def read_anchors(folded: str, known: Iterable[str] = ()) -> Anchors:
    """Read the anchors of a folded question; `known` places count whatever the dictionary says."""
    folded = DOCUMENT_NUMBER.sub(" ", folded)
    folded = _SPOKEN_YEAR.sub(lambda match: match.group().translate(_DIGITS), folded)
    folded = _SHORT_YEAR.sub(r"20\1", folded)
    return Anchors(
        places=tuple(dict.fromkeys([*_places(folded), *(one for one in known if one in folded)])),
        own=tuple(dict.fromkeys(_OWN.findall(folded))),
        years=tuple(dict.fromkeys(_YEAR.findall(folded))),
        codes=tuple(dict.fromkeys([*_CODE.findall(folded), *_FIGURE.findall(folded)])),
    )


def whereabouts(document: Document) -> Whereabouts:
    """Return where and when a document is."""
    return _whereabouts(document.title, document.issuer, document.issued_on, document.text)


@lru_cache(maxsize=256)  # the few plans of a corpus are asked for with every question
def _whereabouts(title: str, issuer: str | None, issued: date | None, text: str) -> Whereabouts:
    head = fold("\n".join((title, issuer or "")))
    home = set(_places(head))
    home |= {match.group(1) for match in _NAMED_TOWN.finditer(head)}
    if not home:
        counts = Counter(_places(fold(text)))
        home = {place for place, count in counts.most_common(1) if count >= _AT_HOME}
    whole = squeeze("\n".join((head, str(issued or ""), text)))
    return Whereabouts(whole, frozenset(home), str(issued.year) if issued else None)


def _places(folded: str) -> list[str]:
    import rjieba

    segment("")  # the domain's words must be known before words are tagged
    words: list[str] = []
    for word, tag in rjieba.tag(folded):
        if tag == _PLACE_TAG and (_SUFFIX.search(word) or _has_suffix(word)):
            words.append(word)
        elif tag == _BODY_TAG:  # 北京市公安局 is one word
            words += [part for part in rjieba.cut_for_search(word) if _is_place(part)][:1]
        elif tag[0] in _NAME_TAGS and 2 <= len(word) <= 4 and _is_place(word + "市"):
            words.append(word)
    towns = [word for word in words if not _NO_PLACE.search(word) or _is_place(word + "市")]
    return [word for word in (_SUFFIX.sub("", town) for town in towns) if len(word) > 1]


@cache
def _has_suffix(word: str) -> bool:
    """Whether a word tagged as a place is one with its 市 or 省: 北京 is, 东西 and 重卡 are not."""
    return word in _REGIONS or any(_is_place(word + suffix) for suffix in "市省县")


@cache
def _is_place(word: str) -> bool:
    """Whether a word is one place name to the dictionary: 登封 may be none, 登封市 is."""
    import rjieba

    return rjieba.has_word(word) and [tag for _, tag in rjieba.tag(word)] == [_PLACE_TAG]


def _implied(year: str, document: Whereabouts, squeezed: str) -> bool:
    """Whether a piece that names no year is of the year its document was issued in.

    Of a document without a date it may be any year that the document speaks of.
    """
    spoken = document.year is None and year in document.text
    return (year == document.year or spoken) and not _YEAR.search(squeezed)
