"""What a question expects its answer to hold: a number for 多少, a date for 哪天, a name for 谁."""

from __future__ import annotations

import re
from dataclasses import dataclass

_NUMBER = "(?:[0-9][0-9,.]*|[一二三四五六七八九十百千万两几]+)"
_UNITS = (
    "[%％‰]|个|家|项|条|次|人|天|年|万|亿|吨|元|公里|微克|毫克|平方米|亩|处|件|名|位|余|批|辆|台|座|期"
    "|轮|倍"
)


_TITLES = re.compile("《[^《》]*》")


@dataclass(frozen=True, slots=True)
class Expectation:
    """What is asked for, and the pattern that text holding it matches.

    A strict one (a number, a date) is the answer itself: text without it cannot be one.
    """

    name: str
    pattern: re.Pattern[str]
    strict: bool

    def met_by(self, text: str) -> bool:
        """Whether a text holds what is expected; the year in a document's title is none."""
        return bool(self.pattern.search(_TITLES.sub("", text)))


# Tried in order: what is asked (in a folded question), its name, what answers it.
_TABLE = (
    (
        "多少[万亿]?元|多少钱|罚款|资金|投资|经费|花了?多少",
        "money",
        rf"{_NUMBER}\s*(?:余|多)?\s*[万亿]?元",
    ),
    (
        "百分之几|百分之多少|比例|占比|率(?:是|要|应|达|为)|百分点",
        "share",
        rf"{_NUMBER}\s*(?:[%％]|个?百分点)|百分之",
    ),
    (
        "多少|(?<!哪)几[个家项条次人天年吨元批件名位期轮倍辆]|多大|多高|多长|第几",
        "number",
        rf"{_NUMBER}\s*(?:多|余)?(?:{_UNITS})|百分之|分之|半数|一半|过半|翻番",
    ),
    ("多久|多长时间|频次", "interval", r"每[年月周日季天]|[0-9]\s*(?:天|个月|年|小时)|季度"),
    (
        "时限|期限|截止|什么时候|什么时间|何时|几时|几点|哪一?年|哪个月|哪一?天|几月|几号|时间|日期",
        "date",
        r"[0-9]\s*[年月日号]|[年月]底|[一二三四]季度末?[前底]|[上下]半年"
        "|(?<!第)[0-9一二两三四五六七八九十][时点](?!间)",
    ),
    ("什么位置|排名|名次|第几|排第", "rank", "第[一二三四五六七八九十0-9]+|首位|前列|末位|倒数"),
    (
        "哪家|哪个(?:单位|部门|局)|什么(?:单位|部门)|谁(?:来)?(?:牵头|负责|管)|由谁",
        "unit",
        "[\u4e00-\u9fff]{2,}(?:局|委|公司|办|政府|部门|办公室|委员会|管委会|领导小组|指挥部|党委)",
    ),
    (
        "谁|哪位|哪些人|何人|姓名|名字|叫什么",
        "name",
        "书记|市长|区长|县长|镇长|主任|局长|同志|院士|厅长|省长|领导|主席",
    ),
    ("为什么|为何|原因|怎么回事", "reason", "因为|由于|原因|是因|来自|所以|因此|主要是"),
    ("哪些问题|什么问题|问题有哪些", "problem", "存在.{2,80}问题|问题突出|短板|差距"),
    ("哪些|哪几|包括|几个方面|几点", "enumeration", "、.*、|一是.*二是|一要.*二要|第一.*第二"),
    ("怎么处置|怎么办|如何|怎么处理|怎样", "measure", "要|坚决|一律|予以|严禁|必须"),
)
_STRICT = frozenset({"money", "share", "number", "interval", "date", "rank", "unit"})
_EXPECTATIONS = tuple(
    (re.compile(asked), Expectation(name, re.compile(pattern, re.DOTALL), name in _STRICT))
    for asked, name, pattern in _TABLE
)


def expected(folded: str) -> Expectation | None:
    """Return what a folded question expects, if it says so."""
    return next((found for asked, found in _EXPECTATIONS if asked.search(folded)), None)
