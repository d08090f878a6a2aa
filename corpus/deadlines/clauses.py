"""Clauses around a date: where they begin and end, what they promise, what they tell."""

from __future__ import annotations

import re

CLAUSE_ENDS = ",，。;；\n"
_BRACKETS = {"(": ")", "（": "）", "《": "》", "“": "”"}
_OPENED = "(（"
_CLOSED = ")）"
# What is longer is no clause but a list or a text without marks; looked at whole for each of
# its dates, it would cost the square of its length.
_LONGEST = 300

# 5月底前完成初验、10月15日前申请验收: another day has a clause of its own.
_NEXT_DAY = re.compile(
    r"(?:(?:20)?\d\d年|[今明后]年)?(?:\d{1,2}月(?:份|\d{1,2}[日号])?|年)[底末]?(?:之?前|底|末)"
)

# 8月底前未完成的, 不能完成整改的企业 and 3月底前建成的企业 are conditions and descriptions.
# 已, 了 tell the past; 不得, 不再 command, and 已取缔的不再反弹 is about what must stay so.
_CONDITION = (
    r"^[,，]?(?:仍|尚|还)?(?:未(?!来)|达不到|无法|没|拒不|逾期"
    r"|不(?!得|再|准|许|断|少于|低于|超过|留|折不扣))"
)
_PAST = (
    r"^[,，]?(?:(?!对|将|把|完成|巩固|确保|针对|督促|组织|开展|做好|实现|加强|回头看)"
    r"[^,，。;；已]){0,14}已(?![^,，。;；]{0,8}的)"
)
# 建成的企业, 以前的缴费年限 and 前被采取措施的人 describe; 建成3座 and 前取得成效 promise.
_DESCRIBED = (
    r"^[,，]?(?:曾|被|又|的|出生|入职|入伍|退休|犯罪|毕业|参加工作"
    r"|(?:建成|注册|登记|成立|发生|投产|取得|领取|作出|划定|缴纳|提出|参加)[^,，。;；]{0,2}的)"
)
_NARRATIVE = re.compile(rf"{_CONDITION}|{_PAST}|{_DESCRIBED}|(?<!为)了(?!解)|的$")
# 由2020年底前调整为2021年底前, 原定2020年底前: the day that no longer holds.
_REPLACED_AFTER = re.compile(
    r"[^,，。;；\d]{0,6}(?:调整|延期|延长|延后|推迟|变更|顺延|展期|修改|(?<!整)改|提前)(?:为|至|到)"
)
_REPLACED_BEFORE = re.compile(r"原(?:定|计划|来|要求|时限)?(?:时[间限]|期限)?[为是:：]?$")
_REPLACING = re.compile(
    r"(?:调整|延期|延长|延后|推迟|变更|顺延|展期|修改|(?<!整)改|提前)(?:为|至|到)(?:[^,，。;；\d]{0,4})$"
)
# 上级要求2020年底前 is not ours; 按照上级要求2020年底前 is.
_OTHERS = re.compile(
    r"(?<!照)(?<!据)(?<!按)(?:上级|国家|中央|省委?|省里|督察组?)[^,，。;；]{0,8}"
    r"(?:要求|规定|明确|下达|目标|时限|确定)[^,，。;；]{0,6}$"
)
_QUANTITIES = re.compile(
    r"\d+(?:\.\d+)?(?:[-—~～至]\d+(?:\.\d+)?)?%|百分之[一二三四五六七八九十百零]+"
    r"|\d+(?:\.\d+)?(?:余|多)?个(?!月|时间|方面|阶段|工作日|小时|星期)[\u4e00-\u9fff]{1,6}?(?=的|[,，。;；、()（）]|$)"
    r"|\d+(?:\.\d+)?(?:余|多)?[万亿]?(?:家|座|台|套|辆|处|户|公里|平方米|立方米|吨|亩|人|项|条"
    r"|千瓦|所|眼|栋|元|名|蒸吨)"
)


def clause_end(text: str, end: int) -> int:
    """Return where the clause holding a date ends: a comma right after the date does not end it."""
    closing: list[str] = []
    begun = False
    limit = min(len(text), end + _LONGEST)
    for index in range(end, limit):
        char = text[index]
        if closing and char == closing[-1]:
            closing.pop()
        elif char in _BRACKETS and text.find(_BRACKETS[char], index, limit) >= 0:
            closing.append(_BRACKETS[char])
        elif not closing and _ends_clause(text, index, begun=begun):
            return index
        begun = begun or char not in ",， \t\u3000"
    return end + len(text[end:limit].rstrip("、 \t\r\n\u3000"))


def _ends_clause(text: str, index: int, *, begun: bool) -> bool:
    """Whether a character ends the clause that it stands in, or behind which it has not begun."""
    if text[index] == "、":
        return begun and _NEXT_DAY.match(text, index + 1) is not None
    return text[index] in CLAUSE_ENDS and (begun or text[index] not in ",，")


def clause_start(text: str, start: int, *, also: str = "") -> int:
    """Return where the clause that holds a place begins, a parenthesis being one of its own."""
    stops = f"{CLAUSE_ENDS}{_OPENED}{_CLOSED}{also}"
    first = max(0, start - _LONGEST)
    return next((i + 1 for i in range(start - 1, first - 1, -1) if text[i] in stops), first)


def in_parentheses(text: str, place: int) -> bool:
    """Tell whether a place stands within round brackets."""
    before = text[max(0, place - _LONGEST) : place]
    return sum(before.count(c) for c in _OPENED) > sum(before.count(c) for c in _CLOSED)


def narrates(clause: str) -> bool:
    """Tell whether the words after a date tell the past, a condition or a description."""
    return _NARRATIVE.search(clause) is not None


def is_replaced(text: str, start: int, end: int) -> bool:
    """Tell whether a date is named as the one that no longer holds."""
    before = text[clause_start(text, start) : start]
    return bool(_REPLACED_AFTER.match(text, end) or _REPLACED_BEFORE.search(before))


def is_replacing(text: str, start: int) -> bool:
    """Tell whether a date is named as the one that holds instead of another."""
    return _REPLACING.search(text[clause_start(text, start) : start]) is not None


def is_others(text: str, start: int) -> bool:
    """Tell whether a date is what another body asks for, named beside one's own."""
    return _OTHERS.search(text[clause_start(text, start) : start]) is not None


def quantity(clause: str) -> str | None:
    """Return the one quantity a clause states; None for none, and for several (unclear which)."""
    found = {match.group() for match in _QUANTITIES.finditer(clause)}
    return found.pop() if len(found) == 1 else None
