"""Recurring expressions of official Chinese (每月10日、25日前) as RFC 5545 rules.

A limit is the last day in time. Where days cannot be said exactly, the rule says none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from corpus.deadlines.shapes import BEFORE, NUMBER, SPACE
from corpus.numerals import number_value

_WEEKDAYS = dict(
    zip("一二三四五六日天", ("MO", "TU", "WE", "TH", "FR", "SA", "SU", "SU"), strict=True)
)
_SMALL = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})"
_AND = rf"{SPACE}(?:[、,，和及或]|以及){SPACE}"
_SMALLS = rf"{_SMALL}(?:{_AND}{_SMALL})*"
_END = rf"{SPACE}(?:{BEFORE})?"
_DATE = rf"{_SMALLS}{SPACE}月份?{SPACE}(?:{_SMALL}{SPACE}[日号]|[底末])?{_END}"
_DAY = rf"{_SMALLS}{SPACE}[日号]{_END}"
_QUARTER_MONTHS = {"末": 3, "最后一个": 3, "第三个": 3, "第二个": 2, "首": 1, "第一个": 1}
_RHYTHM = re.compile(
    rf"每逢?(?P<count>{NUMBER}(?=个月|周|年|天|日))?{SPACE}"
    r"(?:(?P<half>半年)|(?P<fortnight>半个?月)|(?P<ten>旬)"
    rf"|(?P<year>年)(?:的|度)?{SPACE}(?:(?P<dates>{_DATE}(?:(?:{_AND})?{_DATE})*)"
    r"|(?P<part>[上下]半年|第?[一二三四1-4]季度))?"
    rf"|(?P<quarter>季度?)(?:的)?{SPACE}"
    rf"(?:(?P<qmonth>{'|'.join(_QUARTER_MONTHS)})月份?(?:的)?{SPACE}(?P<qday>{_DAY})?)?"
    rf"|(?P<month>个?月)份?(?:的)?{SPACE}"
    rf"(?:(?P<days>{_DAY}(?:(?:{_AND})?{_DAY})*)|(?P<mten>[上中下])旬)?"
    r"|(?P<week>周|星期)"
    rf"(?P<weekdays>[一二三四五六日天](?:{_AND}(?:每?(?:周|星期))?[一二三四五六日天])*)?"
    rf"|(?P<day>[日天])){SPACE}(?:[年月]?(?P<end>[底末]))?{_END}"
)
# 按月调度, 一周一通报, 半年一次, 日调度: what is done so often without the word 每.
_DONE_OFTEN = (
    r"(?:调度|通报|督[查导办]|报告|报送|上报|汇报|研判|总结|排名|公示|公布|发布|考核|分析|会商|检查"
    r"|巡查|监测|评估|反馈|统计|汇总|推进|清零|盘点)(?!数据|结果|情况|得分|指标|成绩|价)"
)
_OFTEN = re.compile(
    rf"按(?P<per>日|天|周|旬|月|季度?|半年|年)(?={_DONE_OFTEN})"
    rf"|一(?P<one>日|天|周|旬|月|季度?|年)一(?={_DONE_OFTEN})"
    r"|(?P<once>半年|(?:半个?|一)月|一(?:日|天|周|旬|季度|年))(?:至少|不少于)?一次"
    r"|(?P<bare>日|周|旬|月|季度?)"
    r"(?=(?:调度|通报|会商|研判|排名|巡查|督查|督导|检查|考核)(?!数据|结果|情况|得分|指标|成绩|组|室|单))"
)
# 近日通报, 10月通报, 工作日调度, 每半年一次: other words, or the end of a rhythm read before.
_NOT_OFTEN = re.compile(
    r"[\d一二三四五六七八九十几数多单双每第本当上下前后同近今昨明即往平整翌次某期假节生作度个隔未不没]$"
)
_RULES = {
    "日": "FREQ=DAILY",
    "天": "FREQ=DAILY",
    "周": "FREQ=WEEKLY",
    "旬": "FREQ=MONTHLY;BYMONTHDAY=10,20,-1",
    "半月": "FREQ=MONTHLY;BYMONTHDAY=15,-1",
    "月": "FREQ=MONTHLY",
    "季": "FREQ=MONTHLY;INTERVAL=3",
    "半年": "FREQ=MONTHLY;INTERVAL=6",
    "年": "FREQ=YEARLY",
}
_MONTH_TENS = {"上": "10", "中": "20", "下": "-1"}
_ONE_DATE = re.compile(
    rf"(?P<months>{_SMALLS}){SPACE}月份?{SPACE}(?:(?P<day>{_SMALL}){SPACE}[日号])?"
)
# 每年6月至9月, 每年4月21日至27日, 每年3月第一周: no day by which.
_HOUR = rf"(?:(?:零|\d{{1,2}}|[一二三四五六七八九十]{{1,3}})[时点]{SPACE})?"
_RANGE_AFTER = re.compile(
    rf"{SPACE}{_HOUR}(?:第|[上中下]旬|初|[至到\-—~～]|{_SMALL}{SPACE}[日号])|次年"
)
# 每周一次 and 每周一调度 are once a week; 每周五前 and 每周一、三、五 name days.
_NAMED_DAY = re.compile(rf"{SPACE}(?:$|[,，。;；)）\n下上]|\d{{1,2}}[:：时点]|{BEFORE})")
_COUNTED = re.compile(rf"{SPACE}[次个天项名人家期轮篇条至到\-—~～]")
# 每日最高排放量 limits a rate, 每年可减少 and 每年补贴500元 state one: nothing to do on a day.
# 每年6月底前清运2万吨 does ask for something on a day.
_RATE = re.compile(
    # 每日加收千分之二, 每年农历九月初九（重阳节）为老人节: a fine, a feast.
    rf"{SPACE}(?:加[处收]|按[^,，。;；]{{0,16}}(?:加[处收]|计[算收])"
    r"|[^,，。;；]{0,20}[为是][^,，。;；]{0,14}[日周月节期](?=[,，。;；\n]|$)"
    r"|最[高低大小多少]|平均|人均|约|可[减节降增产]|排放|产生|[为是]"
    r"|[\u4e00-\u9fff]{0,4}(?<!质)量(?!化))"
)
_AMOUNT = re.compile(
    rf"{SPACE}(?:[\u4e00-\u9fff]{{0,8}}?[\d.一二三四五六七八九十两]+(?:余|多)?[百千万亿]*(?:余|多)?"
    r"(?:元|吨|公斤|千克|千瓦|度电|立方|标|[%％]|个百分点))"
)
_DEFINES = re.compile(r"[为是:：]$")  # 防汛期为每年6月1日至9月15日
_MONTHS, _DAYS = 12, 31
_SHORT_MONTHS = {4: 30, 6: 30, 9: 30, 11: 30, 2: 28}


@dataclass(frozen=True, slots=True)
class Rhythm:
    """A recurring expression: where it stands, its rule, and whether it goes by years."""

    start: int
    end: int
    rule: str
    yearly: bool


def find_rhythms(text: str) -> list[Rhythm]:
    """Find every recurring expression of `text` that asks for something, in order."""
    found = [_rhythm(text, match) for match in _RHYTHM.finditer(text)]
    found += [
        _often(match)
        for match in _OFTEN.finditer(text)
        if not _NOT_OFTEN.search(text[max(0, match.start() - 1) : match.start()])
    ]
    kept: list[Rhythm] = []
    for rhythm in sorted(found, key=lambda r: r.start):
        if (not kept or rhythm.start >= kept[-1].end) and not _is_rate(text, rhythm):
            kept.append(rhythm)
    return kept


def _often(match: re.Match[str]) -> Rhythm:
    """Turn words like 按月 or 半年一次 into a rhythm."""
    unit = next(value for value in match.groupdict().values() if value)
    unit = unit.removeprefix("一").replace("个", "").removesuffix("度")
    return Rhythm(match.start(), match.end(), _RULES[unit], yearly=unit == "年")


def _is_rate(text: str, rhythm: Rhythm) -> bool:
    """Tell whether the words measure something by the day or year, and ask for nothing."""
    if _RATE.match(text, rhythm.end):
        return True
    if rhythm.yearly and _DEFINES.search(text[max(0, rhythm.start - 2) : rhythm.start]):
        return _RANGE_AFTER.match(text, rhythm.end) is not None
    return "BY" not in rhythm.rule and _AMOUNT.match(text, rhythm.end) is not None


def _rhythm(text: str, match: re.Match[str]) -> Rhythm:
    """Turn a match into a rhythm; days that open a range, or may be a count, are not read."""
    words = match.groupdict()
    end = match.end()
    if _RANGE_AFTER.match(text, end):
        words |= dict.fromkeys(("dates", "part", "days", "mten", "qday", "qmonth"))
    if words["weekdays"]:
        single = len(words["weekdays"]) == 1
        after = match.end("weekdays")
        named = _NAMED_DAY.match(text, after) if single else not _COUNTED.match(text, after)
        if not named:
            words["weekdays"], end = None, match.start("weekdays")
    return Rhythm(match.start(), end, _rule(words), bool(words["year"]))


def _rule(words: dict[str, str | None]) -> str:
    """Write a recurring expression as an RFC 5545 rule."""
    every = f";INTERVAL={number_value(words['count'])}" if words["count"] else ""
    for unit, name in (("half", "半年"), ("fortnight", "半月"), ("ten", "旬")):
        if words[unit]:
            return _RULES[name]
    if words["quarter"]:
        return _quarterly(words)
    if words["month"]:
        last = ";BYMONTHDAY=-1" if words["end"] else ""
        if words["mten"]:
            last = f";BYMONTHDAY={_MONTH_TENS[words['mten']]}"
        return f"FREQ=MONTHLY{every}" + (_month_days(words["days"] or "") or last)
    if words["week"]:
        days = dict.fromkeys(_WEEKDAYS[d] for d in words["weekdays"] or "" if d in _WEEKDAYS)
        return f"FREQ=WEEKLY{every}" + (f";BYDAY={','.join(days)}" if days else "")
    if words["day"]:
        return f"FREQ=DAILY{every}"
    last = ";BYMONTH=12;BYMONTHDAY=-1" if words["end"] else ""
    if words["part"]:
        last = f";BYMONTH={_part_end(words['part'])};BYMONTHDAY=-1"
    return f"FREQ=YEARLY{every}" + (_year_days(words["dates"]) if words["dates"] else last)


def _part_end(part: str) -> int:
    """Return the last month of 上半年, 一季度."""
    if part.endswith("半年"):
        return 6 if part[0] == "上" else 12
    return 3 * number_value(part.removeprefix("第").removesuffix("季度"))


def _quarterly(words: dict[str, str | None]) -> str:
    """Write a rule by quarters: 每季度末, 每季度末月25日前, 每季度."""
    nth = _QUARTER_MONTHS.get(words["qmonth"] or "", 3 if words["end"] else 0)
    if not nth:
        return "FREQ=MONTHLY;INTERVAL=3"
    months = ",".join(str(month) for month in range(nth, _MONTHS + 1, 3))
    day = _month_days(words["qday"] or "") or ";BYMONTHDAY=-1"
    return f"FREQ=YEARLY;BYMONTH={months}{day}"


def _month_days(text: str) -> str:
    """Return the day part of a rule; the 31st is a month's last day, in short months too."""
    days = [number_value(day) for day in re.findall(_SMALL, text)]
    if not days or not all(1 <= day <= _DAYS for day in days):
        return ""
    listed = dict.fromkeys(day if day < _DAYS else -1 for day in days)
    return f";BYMONTHDAY={','.join(str(day) for day in listed)}"


def _year_days(text: str) -> str:
    """Return the day part of a yearly rule: 6月底前, 6月 and 6月前 all end with the month."""
    found: dict[int, int] = {}
    for match in _ONE_DATE.finditer(text):
        day = number_value(match["day"]) if match["day"] else -1
        months = [number_value(month) for month in re.findall(_SMALL, match["months"])]
        found |= {month: -1 if day == _DAYS else day for month in months}
    if not all(1 <= m <= _MONTHS and (d == -1 or 1 <= d <= _DAYS) for m, d in found.items()):
        return ""
    days = set(found.values())
    if len(days) > 1:
        # 3月31日、9月30日 are both month ends; other pairs of days no single rule can say.
        days = {-1 if day == _SHORT_MONTHS.get(month) else day for month, day in found.items()}
    if len(days) != 1:
        return ""
    listed = ",".join(str(month) for month in found)
    return f";BYMONTH={listed};BYMONTHDAY={days.pop()}"
