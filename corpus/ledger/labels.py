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
        " 问题内容 具体表现"
    ),
    Field.TARGET: "整改目标 工作目标 目标要求 整改要求",
    Field.MEASURES: "整改措施 工作措施 具体措施 整改举措 主要措施 整改具体措施 整改落实措施",
    Field.LEADERS: (
        "责任领导 牵头领导 分管领导 包保领导 责任人 整改责任人 牵头责任人 主要责任人 市级领导"
        " 牵头市领导 市级责任领导 县级责任领导 第一责任人 直接责任人 具体责任人 包案领导"
    ),
    Field.UNITS: (
        "责任单位 责任部门 整改责任单位 整改单位 整改责任部门 责任主体 整改责任主体 承办单位"
        " 牵头及配合单位 牵头和配合单位 牵头单位及配合单位 牵头配合单位"
    ),
    Field.LEAD_UNITS: (
        "牵头单位 牵头部门 牵头责任单位 牵头责任部门 主办单位 主责单位 主要责任单位 整改牵头单位"
    ),
    Field.COOPERATING_UNITS: (
        "配合单位 配合部门 配合责任单位 配合责任部门 协办单位 参与单位 协同单位 整改配合单位"
    ),
    Field.PARTIES: (
        "责任单位及责任人 责任单位和责任人 责任部门及责任人 责任部门和责任人 责任单位及责任领导"
        " 责任领导及责任单位 责任领导和责任单位 牵头单位及责任人 责任单位及人员 责任单位（责任人）"
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
    ),
    Field.OTHER: (
        "验收时限 验收时间 验收标准 验收责任人 督办单位 督导单位 督办领导 督导领导 销号时限"
        " 销号标准 联系人 联系电话 联系方式 备注"
    ),
}
# Whole labels at the start of a line; elsewhere the end of any word (有效措施:).
_SHORT_WORDS = {
    "问题": Field.PROBLEM,
    "目标": Field.TARGET,
    "措施": Field.MEASURES,
    "时限": Field.DEADLINE,
}
LABELS = {label: field for field, words in _WORDS.items() for label in words.split()}
_ALL = LABELS | _SHORT_WORDS
OPENING_FIELDS = frozenset({Field.PROBLEM, Field.TARGET, Field.MEASURES})
CLOSING_FIELDS = frozenset(Field) - OPENING_FIELDS
_OPENING_WORDS, _CLOSING_WORDS = (
    [
        *(label for label, field in LABELS.items() if field in fields),
        # 措施 is in every text; 措施: is not.
        *(f"{label}：" for label, field in _SHORT_WORDS.items() if field in fields),
    ]
    for fields in (OPENING_FIELDS, CLOSING_FIELDS)
)
GAP = r"[ \t\u3000]*"
CHINESE = "[一二三四五六七八九十百]"


def _alternatives(labels: Collection[str]) -> str:
    return "|".join(GAP.join(label) for label in sorted(labels, key=len, reverse=True))


_NUMBERING = (
    rf"[(（]{GAP}(?:\d{{1,2}}|{CHINESE}{{1,3}}){GAP}[)）]{GAP}[、.．]?"
    rf"|(?:\d{{1,2}}|{CHINESE}{{1,3}}){GAP}[.．、]|[①-⑳]|[◆●■▲★※•·-]"
)
_LINE = re.compile(
    rf"{GAP}(?P<numbering>{_NUMBERING})?{GAP}(?P<open>[【\[〔]|\*\*)?{GAP}"
    rf"(?P<label>{_alternatives(_ALL)}){GAP}(?P<colon>[:：])?{GAP}(?P<close>[】\]〕]|\*\*)?"
    rf"(?(colon)|(?:{GAP}(?P<late>[:：])))?(?P<gap>{GAP})"
)
_INLINE = re.compile(rf"[【\[]?(?P<label>{_alternatives(LABELS)}){GAP}(?:[】\]]{GAP}[:：]?|[:：])")
_COLONS = re.compile(r"[:：】\]]")
_SENTENCE_END = "。；;！!？?"
# 明确责任单位:…, 完善整改措施: words about a field, not the field.
_ABOUT = re.compile(
    r"(?:明确|落实|确定|注明|填写|写明|标明|列明|列出|细化|包括|包含|压实|制定|提出|完善|健全|严格|按照?"
    r"|公布|对照|规定|的|各|其|和|与|及|、|由|是|为|“|\"|《)$"
)
_FEWEST_RUN_TOGETHER = 3


def label_of(match: re.Match[str]) -> Field:
    """Return the field that a matched label opens."""
    return _ALL[re.sub(r"\s", "", match["label"])]


def field_named(name: str) -> Field | None:
    """Return the field that a name without blanks stands for."""
    return _ALL.get(name)


def match_label(words: str) -> re.Match[str] | None:
    """Match a label with a colon or in brackets at the start of a line."""
    match = _LINE.match(words)
    return match if match and _is_marked(match) else None


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
    return any(word in plain for word in _CLOSING_WORDS) and any(
        word in plain for word in _OPENING_WORDS
    )


def cut_labels(words: str) -> list[int]:
    """Return where a line is to be cut: before each further label, where it holds several.

    Behind a sentence's end or a blank two fields are enough, in an item's line one. Behind a
    comma or nothing it takes three, for prose names labels too: 明确责任单位:市公安局 is not cut.
    """
    if len(_COLONS.findall(words)) < 1:
        return []
    own = match_label(words)
    found = list(_INLINE.finditer(words, own.end() if own else 0))
    if not found:
        return []
    firm = [match for match in found if _stands_apart(words, match.start())]
    own_fields = {label_of(own)} if own else set()
    fields = own_fields | {label_of(match) for match in firm}
    loose = [
        match
        for match in found
        if match not in firm
        and label_of(match) not in fields
        and not _ABOUT.search(words[: match.start()])
    ]
    together = fields | {label_of(match) for match in loose}
    if loose and len(together) >= _FEWEST_RUN_TOGETHER and together & OPENING_FIELDS:
        firm, fields = sorted([*firm, *loose], key=lambda match: match.start()), together
    numbered = re.match(rf"{GAP}(?:{_NUMBERING})", words)
    if not numbered and (len(fields) < 2 or not fields & CLOSING_FIELDS):
        return []
    return [match.start() for match in firm if match.start()]


def _stands_apart(words: str, place: int) -> bool:
    """Tell whether a sentence's end or a blank stands before a place."""
    before = words[:place]
    return not before or before[-1] in _SENTENCE_END or before[-1].isspace()
