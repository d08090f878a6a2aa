"""The labels of a rectification list (整改目标:, 责任单位:) and the fields they open."""

from __future__ import annotations

import re
from collections.abc import Collection
from enum import StrEnum


class Field(StrEnum):
    """What a label opens; OTHER is read by nobody but ends the field before it.

    PARTIES are units and people in one value (责任单位及责任人).
    """

    PROBLEM = "problem"
    TARGET = "target"
    MEASURES = "measures"
    LEADERS = "leaders"
    UNITS = "units"
    LEAD_UNITS = "lead_units"
    COOPERATING_UNITS = "cooperating_units"
    PARTIES = "parties"
    DEADLINE = "deadline"
    ACCEPTANCE = "acceptance"
    STATUS = "status"
    OTHER = "other"


_WORDS: dict[Field, str] = {
    Field.PROBLEM: (
        "存在问题 存在的问题 具体问题 反馈问题 问题描述 问题表现 主要问题 突出问题 整改问题"
        " 问题内容 具体表现 隐患内容 问题隐患 隐患描述 隐患名称"
        " 整改任务 整改事项 任务名称 问题名称"
    ),
    Field.TARGET: "整改目标 工作目标 目标要求 整改要求",
    Field.MEASURES: (
        "整改措施 工作措施 具体措施 整改举措 主要措施 整改具体措施 整改落实措施 整改内容"
    ),
    Field.LEADERS: (
        "责任领导 牵头领导 分管领导 包保领导 责任人 整改责任人 牵头责任人 主要责任人 市级领导"
        " 牵头市领导 市级责任领导 县级责任领导 第一责任人 直接责任人 具体责任人 包案领导"
        " 包抓领导 河长 责任河长 湖长 责任湖长 林长 责任林长"
    ),
    Field.UNITS: (
        "责任单位 责任部门 整改责任单位 整改单位 整改责任部门 责任主体 整改责任主体 承办单位"
        " 责任科室 责任股室 责任处室 整改科室 承办科室"
        " 牵头及配合单位 牵头和配合单位 牵头单位及配合单位 牵头配合单位"
    ),
    Field.LEAD_UNITS: (
        "牵头单位 牵头部门 牵头责任单位 牵头责任部门 主办单位 主责单位 主要责任单位 整改牵头单位"
        " 牵头科室 牵头股室 牵头处室"
    ),
    Field.COOPERATING_UNITS: (
        "配合单位 配合部门 配合责任单位 配合责任部门 协办单位 参与单位 协同单位 整改配合单位"
        " 协同部门 配合科室 配合股室 配合处室"
    ),
    Field.PARTIES: (
        "责任单位及责任人 责任单位和责任人 责任部门及责任人 责任部门和责任人 责任单位及责任领导"
        " 责任领导及责任单位 责任领导和责任单位 牵头单位及责任人 责任单位及人员 责任单位（责任人）"
        " 责任领导及单位 责任领导和单位 牵头领导及单位 牵头领导和单位"
    ),
    Field.DEADLINE: (
        "整改时限 完成时限 完成时间 整改期限 完成期限 办理时限 办结时限 办理期限 整改时间"
        " 整改完成时限 整改完成时间 完成整改时限 时限要求 整改完成期限 计划完成时间 计划完成时限"
        " 拟完成时间 整改截止时间 办结时间 完成日期 完成整改时间 整改时限要求"
    ),
    Field.ACCEPTANCE: (
        "验收单位 验收责任单位 验收部门 验收牵头单位 验收销号单位 销号单位 销号验收单位"
    ),
    Field.STATUS: (
        "整改状态 整改进展 整改进展情况 进展情况 整改情况 整改进度 整改完成情况 整改落实情况"
        " 完成情况 完成状态 销号情况 销号状态 办理状态 目前进展"
        " 整改结果 办理结果"
    ),
    Field.OTHER: (
        "验收时限 验收时间 验收标准 验收责任人 督办单位 督导单位 督办领导 督导领导 销号时限"
        " 监管单位 监督单位 监督部门 督办责任人"
        " 销号标准 联系人 联系电话 联系方式 备注"
    ),
}
# Whole labels at the start of a line, or where three fields share one; elsewhere the end of any
# word (有效措施:).
SHORT_LABELS = {
    "问题": Field.PROBLEM,
    "目标": Field.TARGET,
    "措施": Field.MEASURES,
    "时限": Field.DEADLINE,
    "期限": Field.DEADLINE,
    "状态": Field.STATUS,
    "进展": Field.STATUS,
}
LABELS = {label: field for field, words in _WORDS.items() for label in words.split()}
_ALL = LABELS | SHORT_LABELS
OPENING_FIELDS = frozenset({Field.PROBLEM, Field.TARGET, Field.MEASURES})
CLOSING_FIELDS = frozenset(Field) - OPENING_FIELDS
UNIT_FIELDS = frozenset({Field.UNITS, Field.LEAD_UNITS, Field.COOPERATING_UNITS, Field.PARTIES})
# Labels of no list's own: put together of these words, the last one telling what they open.
_PARTS = (
    r"(?:[省市县区镇乡校院]级?|第一|直接|具体|整改|牵头|责任|配合|协同|协办|主办|承办|包保|包案|包抓|包联"
    r"|挂点|挂联|分管|主管|主要|单位|部门|任务|问题|隐患|落实|实施|办理|验收|销号|计划|预计|拟|完成|办结"
    r"|整治|治理|监管|监督|督办|督导|督查|复查|复核|行业)"
)
_BODIES = "单位|部门|科室|股室|处室"
_PERSONS = "领导|责任人|负责人|负责同志"
COMPOSED = (
    rf"{_PARTS}+(?:(?:{_PERSONS}|{_BODIES})(?:[及和与、]{_PARTS}*(?:{_PERSONS}|{_BODIES}))?"
    r"|时限|期限|时间|日期|进展|进度|状态)"
    r"|(?:整改|办理|整治|治理|落实|改进|提升|防治|处置|解决|推进)+(?:(?:内容|任务)[及和与、])?(?:措施|举措|目标)"
)
# Tried in turn where a name is none that is known: the word that tells.
_TELLING: tuple[tuple[re.Pattern[str], Field], ...] = (
    # Who watches the work over is neither who does it nor who accepts it.
    (re.compile(r"^(?:行业)?(?:督办|督导|督查|监督|监管|复查|复核)"), Field.OTHER),
    (re.compile(r"(?:验收|销号)(?:.*(?:单位|部门)|$)"), Field.ACCEPTANCE),
    (re.compile(r"验收|销号(?!情况|状态)"), Field.OTHER),
    (
        re.compile(
            rf"(?:{_BODIES}|主体)(?:及|和|与|、|/|／|[(（]).*(?:责任人|领导|负责人)"
            rf"|(?:责任人|领导)(?:及|和|与|、|/|／).*(?:{_BODIES})"
        ),
        Field.PARTIES,
    ),
    (re.compile(r"责任人$|领导$|负责人$|负责同志$"), Field.LEADERS),
    (re.compile(rf"牵头(?:责任)?(?:{_BODIES})|主办|主责"), Field.LEAD_UNITS),
    (re.compile(r"配合|协同|协办|协助|参与"), Field.COOPERATING_UNITS),
    (re.compile(rf"(?:责任|承办|整改|实施|落实)(?:{_BODIES}|主体)"), Field.UNITS),
    (
        re.compile(
            r"时限|期限|(?:完成|办结|整改|截止|到位|销号)(?:时间|日期)|时间(?:要求|节点|安排)"
        ),
        Field.DEADLINE,
    ),
    (re.compile(r"状态|进展|进度|(?:完成|整改|落实|办理)(?:情况|结果)"), Field.STATUS),
    (re.compile(r"措施|举措|做法"), Field.MEASURES),
    (re.compile(r"目标|标准|成效"), Field.TARGET),
    (re.compile(r"问题|任务|事项|内容|隐患|意见|清单"), Field.PROBLEM),
)
_OPENING_WORDS, _CLOSING_WORDS = (
    [
        *(label for label, field in LABELS.items() if field in fields),
        # 措施 is in every text; 措施: is not.
        *(f"{label}：" for label, field in SHORT_LABELS.items() if field in fields),
    ]
    for fields in (OPENING_FIELDS, CLOSING_FIELDS)
)
_DAY_WORDS = [label for label, field in LABELS.items() if field is Field.DEADLINE]
GAP = r"[ \t\u3000]*"
COLON = "[:：﹕∶︰]"
# What is never counted in halves: the point in 3.2家企业 is that of the third item.
COUNTED = r"\d{1,4}(?:个(?!百分|月|小时|工作日|标准)|[家名处户座宗起辆所栋件位])"
CHINESE = "[一二三四五六七八九十百]"


def alternatives(labels: Collection[str]) -> str:
    """Return a pattern of labels, blanks within them allowed."""
    return "|".join(GAP.join(label) for label in sorted(labels, key=len, reverse=True))


NUMBERING = (
    rf"[(（]{GAP}(?:\d{{1,2}}|{CHINESE}{{1,3}}){GAP}[)）]{GAP}[、.．]?"
    rf"|\d{{1,2}}[.．]\d{{1,2}}(?:[.．]\d{{1,2}})?{GAP}[.．、]?(?!\d)"
    rf"|(?:\d{{1,2}}|{CHINESE}{{1,3}}){GAP}[.．、]|[①-⑳]|[◆●■▲★※•·-]"
)
_LINE = re.compile(
    rf"{GAP}(?P<numbering>{NUMBERING})?{GAP}(?P<open>[【\[〔]|\*\*)?{GAP}"
    rf"(?P<label>{alternatives(_ALL)}){GAP}(?:(?P<count>\d{{1,2}}){GAP})?(?P<colon>{COLON})?{GAP}(?P<close>[】\]〕]|\*\*)?"
    rf"(?(colon)|(?:{GAP}(?P<late>{COLON})))?(?P<gap>{GAP})"
)

_COMPOSED_LINE = re.compile(
    rf"{GAP}(?P<numbering>{NUMBERING})?{GAP}(?P<label>{COMPOSED}){GAP}{COLON}{GAP}"
)


def label_of(match: re.Match[str]) -> Field:
    """Return the field that a matched label opens."""
    return field_told(re.sub(r"\s", "", match["label"])) or Field.OTHER


def field_told(name: str) -> Field | None:
    """Return the field that a name without blanks stands for, if it is known or tells."""
    if known := _ALL.get(name):
        return known
    return next((field for pattern, field in _TELLING if pattern.search(name)), None)


def match_label(words: str) -> re.Match[str] | None:
    """Match a label with a colon or in brackets at the start of a line."""
    match = _LINE.match(words)
    if match and _is_marked(match):
        # 问题1: is an item's head; 整改措施1: is a label.
        return None if match["count"] and label_of(match) is Field.PROBLEM else match
    match = _COMPOSED_LINE.match(words)
    return match if match and field_told(match["label"]) else None


def match_bare_label(words: str) -> re.Match[str] | None:
    """Match a label without a colon: alone on its line, or with a blank behind it."""
    match = _LINE.match(words)
    if match is None or _is_marked(match):
        return None
    whole = re.sub(r"\s", "", match["label"]) in LABELS
    alone = match.end() == len(words) or match["gap"]
    return match if whole and alone else None


def _is_marked(match: re.Match[str]) -> bool:
    return bool(match["colon"] or match["late"] or (match["open"] and match["close"]))


def may_hold_list(text: str) -> bool:
    """Tell cheaply whether a text holds the words that every list has, blanks aside."""
    plain = text.replace(" ", "").replace("\u3000", "").replace("\t", "").replace(":", "：")
    if not any(word in plain for word in _CLOSING_WORDS):
        return False
    if any(word in plain for word in _OPENING_WORDS):
        return True
    return any(f"{word}：" in plain for word in _DAY_WORDS)


def holds_list(fields: Collection[Field]) -> bool:
    """Tell whether the fields of a text, or of an item, are enough for a list of tasks.

    What is to be done and by whom, or who and by when: a plan that shares work out writes the
    work itself without a label.
    """
    found = frozenset(fields)
    if found & OPENING_FIELDS:
        return bool(found & CLOSING_FIELDS)
    return Field.DEADLINE in found and bool(found & (UNIT_FIELDS | {Field.LEADERS}))
