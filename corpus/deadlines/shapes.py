"""The written shapes of calendar expressions: 2020年8月底前, 2025.12.31, “十四五”末, 春节前.

Only what names a month, a quarter, a half-year, a year, a plan period or a feast is a shape, so
percentages, ratios, document numbers (〔2020〕13号) and road names (五一路) never match.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from corpus.deadlines.feasts import FEASTS


@dataclass(frozen=True, slots=True)
class Shape:
    """A pattern, and the sign without which it cannot match: only what is near one is searched.

    Signs are rare and quick to find, which makes text without dates quick to read.
    """

    pattern: re.Pattern[str]
    sign: re.Pattern[str]
    back: int
    ahead: int

    def find(self, text: str) -> list[re.Match[str]]:
        """Find every match, in order."""
        found: list[re.Match[str]] = []
        low, high = 0, -1
        for sign in self.sign.finditer(text):
            start = max(0, sign.start() - self.back)
            if start > high:
                found += self.pattern.finditer(text, low, max(high, low))
                low = start
            high = sign.end() + self.ahead
        return found + list(self.pattern.finditer(text, low, max(high, low)))


SPACE = r"[ \t\u3000]*"  # typists put spaces around digits: "2020 年 8 月底前"
NUMBER = r"(?:\d{1,3}|[一二两三四五六七八九十百]{1,4})"
BEFORE = r"(?:以|之)?前(?![一二三四五六七八九十\d两半后夕])"  # not 前三季度, 前后, 前夕
# Full-width digits and marks read as the plain ones; the length stays.
NARROW = str.maketrans("０１２３４５６７８９．／－：", "0123456789./-:")
WIDE = re.compile("[０-９．／－：]")
NAMED_YEARS = {"今年": 0, "本年": 0, "明年": 1, "后年": 2}
QUOTED, UNQUOTED = '[“"‘「『]?', '[”"’」』]?'

_YEAR = r"(?P<year>(?:19|20)\d{2}|[一二][〇○零九0O][〇○零一二三四五六七八九0O]{2})"
_MONTH = r"\d{1,2}|十?[一二三四五六七八九]|十"
# 31前 is a day; 八月十五前, without 日, is one of the lunar year.
_DAY = rf"\d{{1,2}}(?={SPACE}(?:[日号]|{BEFORE}))|[一二三四五六七八九十]{{1,3}}(?={SPACE}[日号])"
_WITHIN = (
    rf"(?:(?P<month>{_MONTH}){SPACE}月(?:份)?{SPACE}"
    rf"(?:(?P<day>{_DAY}){SPACE}[日号]?|(?:[上中]旬?[、和至到\-—~～])?(?P<ten>[上中下])旬)?"
    rf"|第?{SPACE}(?P<quarter>[一二三四1-4]){SPACE}季度|(?P<half>[上下])半年)"
)
# 24时, 下午5点, 18:00; (含), （星期一）.
_HOUR = (
    r"(?:(?:上午|中午|下午|晚上?|凌晨)?"
    rf"{SPACE}\d{{1,2}}{SPACE}(?:[时点](?:\d{{1,2}}分|[整半])?|:\d{{2}}(?!\d)))"
)
_ASIDE = r"(?:[(（](?:含|不含|(?:星期|周)[一二三四五六日天])[)）])"
_LAST = rf"(?P<end>[底末]|(?<=[度份日号年])内)?{SPACE}(?:{_HOUR}|{_ASIDE})?{SPACE}"
_TAIL = rf"{SPACE}{_LAST}(?P<before>{BEFORE})?"
# 来年底, 首年底, 第三年底, 学年底: the year end of a year that is not this one.
_OTHER_YEARS = "年两几多半每近次当翌同去上来首前后隔历往某各逐头学财百千干数元"
_MOMENT = re.compile(
    r"(?<![\d〇○零一二三四五六七八九十])"
    rf"(?:(?:{_YEAR}{SPACE}年(?:度)?|(?P<named>{'|'.join(NAMED_YEARS)})(?:度)?){SPACE}"
    rf"(?:{_WITHIN}|(?P<yearly>(?:年)?[底末内]|全年))?"
    rf"|(?P<near>本|(?<![以如])下个?)(?P<unit>月|季度)(?:份)?{SPACE}"
    rf"(?:(?P<near_day>{_DAY}){SPACE}[日号]?)?"
    # A bare month after 年 or 前 belongs to words not read here (次年6月, 前三季度); after a
    # letter it is the rest of a misread number (l2月); a lunar month ends on no fixed day.
    rf"|(?<![年前A-Za-z])(?<!农历)(?<!阴历)(?<!旧历){_WITHIN.replace('?P<', '?P<bare_')}"
    rf"|(?<![{_OTHER_YEARS}])(?P<bare_yearly>年(?:度)?[底末内]))"
    rf"{_TAIL}"
)
# A month by numbers alone (2020.12) may be an amount: only what stands around it tells.
_NUMERIC = re.compile(
    rf"(?<![\d.])(?P<year>20\d{{2}}){SPACE}(?P<sep>[-./]){SPACE}(?P<month>0?[1-9]|1[0-2])"
    rf"(?:{SPACE}(?P=sep){SPACE}(?P<day>\d{{1,2}}){SPACE}日?)?(?![\d.%])(?!-\d(?!0\d\d)){_TAIL}"
)
_PLAN = re.compile(
    # “十四五”规划出台前 and “十四五”前两年 are no plan's end.
    rf"{QUOTED}十(?P<plan>[一二三四五六七八九])五{UNQUOTED}(?:规划)?(?:"
    rf"(?:时期|期间|期)?(?P<end>[末底])(?P<before>{BEFORE})?|(?:时期|期间|期)内?(?!规划|前))"
)
_FEAST_NAMES = "|".join(sorted(FEASTS, key=len, reverse=True))
_FEAST = re.compile(
    rf"(?<![\d一二三四五六七八九十百第农阴])(?:(?:{_YEAR}{SPACE}年|"
    rf"(?P<named>{'|'.join(NAMED_YEARS)})){SPACE}的?)?{QUOTED}(?P<feast>{_FEAST_NAMES}){UNQUOTED}"
    rf"(?:国际)?(?:劳动|儿童|建党|建军|国庆)?节?{SPACE}(?P<before>{BEFORE})(?![街路巷村里门])"
)
# Signs stand at most so far from the ends of what they are a sign of: 2020 年 12 月 31 日（星期四）
# 下午 18:30 以前.
SHAPES = (
    Shape(_MOMENT, re.compile("[年月季]"), back=24, ahead=48),
    Shape(_NUMERIC, re.compile(rf"20\d\d{SPACE}[-./]"), back=0, ahead=48),
    Shape(_PLAN, re.compile("五"), back=4, ahead=12),
    Shape(_FEAST, re.compile("前"), back=24, ahead=4),
)
# 国庆、中秋节前: two feasts, and either may be the earlier.
FEAST_LIST = re.compile(rf"(?:{_FEAST_NAMES}|两|双)节?{UNQUOTED}[、和及与]?{QUOTED}$")
