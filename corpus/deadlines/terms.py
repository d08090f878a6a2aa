"""Terms and events whose last day no paper tells: 收到通知之日起30个工作日内, 汛期前, 限期整改.

Where a term counts from is known only if the words name a day (自2020年7月1日起6个月内), and even
then its last day stays open: some count the first day, some do not. 印发之日 is not taken for
the day of issue (成文日期) either: papers go out days after they are dated, so a term that counts
from it has no day here.
"""

from __future__ import annotations

import re
from datetime import date

from corpus.deadlines.dates import Moment, overlapping
from corpus.deadlines.feasts import FEASTS
from corpus.deadlines.shapes import BEFORE, NUMBER, SPACE, Shape

_UNIT = r"(?:个?工作日|个半月|年半|个月|个?小时|个?星期|个季度|周|年|个?自然日|个?日历[天日]|日|天)"
_TERM = re.compile(
    r"(?:(?:自|从|收到|接到?|发布|印发)[^,，。;；：:\n自从]{0,20}?"
    r"(?:(?:之日|当日|之时|\d[日号])起|后)[,，]?)?"
    rf"(?<![近每去\d一二三四五六七八九十百])"
    rf"(?P<term>(?:{NUMBER}{SPACE}{_UNIT}|半{SPACE}(?:个月|年))(?:之|以)?内)"
)
_INNER = rf"(?:\d{{1,2}}{SPACE}月份?{SPACE})?(?:\d{{1,2}}{SPACE}[日号]{SPACE})?"
# 汛期前, 采暖季前, 两会前: known to come, on no fixed day, and on another one in each place.
_EVENT = re.compile(
    r"(?:(?:20\d\d年|[今明后]年)的?)?(?P<term>(?:(?:主?汛期?|雨季|伏季|(?:今冬|冬季)?(?:采暖|供暖|取暖)[季期]?"
    r"|冬季|秋冬季|高温季节)(?:来临|到来|开始)?|入[汛冬夏]|[封上]冻|(?:全国)?“?两会”?|[两双]节"
    rf"|(?:秋季|春季)?开学|(?:暑|寒)?假期|春耕|秋收|麦收|“?三[夏秋]”?){BEFORE}"
    rf"|(?:{'|'.join(FEASTS)})节?前夕"
    rf"|[次翌来][年月]{SPACE}{_INNER}(?:[底末]|{BEFORE}))"
)
TERM = Shape(_TERM, re.compile("内"), back=48, ahead=0)
EVENT = Shape(_EVENT, re.compile("[前底末]"), back=24, ahead=2)
# Where a value goes on to another year or month, its last day is there.
LATER = Shape(
    re.compile(r"(?P<term>[次翌][年月]|[本当下]月)"), re.compile("[年月]"), back=1, ahead=0
)
# Words that set a limit which is not read as a day (来年底前, 农历十二月底前, 出台前).
_LIMIT = re.compile(
    rf"[年月旬度][底末]|(?<![目当此先提空史从]){BEFORE}(?={SPACE}(?:$|[,，。;；、)）]|完成|整改))"
    rf"|前{NUMBER}{SPACE}(?:个工作日|天|日|周|个月|小时)|限期(?!未)|今冬明春|每隔|(?:批准|批复|到位|下达|出台|印发|验收|投产|竣工)后|十[一二三四五六七八九]五”?中期"
    rf"|[本下]周|(?:任期|合同期|期限|时限|工期|规定时间)内|分[一二两三四五六七八九\d]{{1,2}}年"
)
_BARE_TERM = re.compile(
    rf"(?:工期|周期|期限|整改期限?|时限|用时|约|大约|预计|需要?|用|利用|[为:： ])*"
    rf"(?:{NUMBER}{SPACE}(?:[-—~～至到]{SPACE}{NUMBER}{SPACE})?{_UNIT}|半年|半个月)"
    r"(?:左右|时间|期限|(?:之|以)?内|完成|整改|实施|推进|到位)*"
)
_VAGUE = re.compile(rf"\d月{SPACE}\d{{1,2}}$|20\d\d年[春夏秋冬]季?$")  # 12月31, 2020年秋季
_FROM_DAY = re.compile(r"[日号]起?$")


def has_unread_limit(value: str, moments: list[Moment]) -> bool:
    """Tell whether words outside the dates that were read set a limit."""
    if _BARE_TERM.fullmatch(value) or _VAGUE.search(value):
        return True
    return any(not overlapping(moments, *found.span()) for found in _LIMIT.finditer(value))


def counted_from(text: str, term: re.Match[str], moments: list[Moment]) -> date | None:
    """Return the day a term counts from, where its own words name it."""
    lead = overlapping(moments, term.start(), term.start("term"))
    if len(lead) != 1 or not _FROM_DAY.search(text[lead[0].start : lead[0].end].rstrip()):
        return None
    return lead[0].due
