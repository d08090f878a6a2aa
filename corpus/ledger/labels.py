"""The labels of a rectification list (整改目标:, 责任单位:) and the fields they open."""

from __future__ import annotations

import re
from enum import StrEnum


class Field(StrEnum):
    """What a label opens; OTHER is read by nobody but ends the field before it."""

    PROBLEM = "problem"
    TARGET = "target"
    MEASURES = "measures"
    LEADERS = "leaders"
    UNITS = "units"
    LEAD_UNITS = "lead_units"
    COOPERATING_UNITS = "cooperating_units"
    DEADLINE = "deadline"
    OTHER = "other"


_WORDS: dict[Field, str] = {
    Field.PROBLEM: "存在问题 具体问题 反馈问题 问题描述 问题表现 主要问题 突出问题 整改问题",
    Field.TARGET: "整改目标 工作目标 目标要求",
    Field.MEASURES: "整改措施 工作措施 具体措施 整改举措",
    Field.LEADERS: "责任领导 牵头领导 分管领导 包保领导 责任人 整改责任人 牵头责任人 主要责任人",
    Field.UNITS: "责任单位 责任部门 整改责任单位 整改单位 整改责任部门",
    Field.LEAD_UNITS: "牵头单位 牵头部门 牵头责任单位 牵头责任部门 主办单位 主责单位",
    Field.COOPERATING_UNITS: "配合单位 配合部门 配合责任单位 配合责任部门 协办单位 参与单位",
    Field.DEADLINE: (
        "整改时限 完成时限 完成时间 整改期限 完成期限 办理时限 办结时限 办理期限 整改时间"
        " 整改完成时限 整改完成时间 完成整改时限 时限要求"
    ),
    Field.OTHER: (
        "验收单位 验收责任单位 验收部门 验收时限 验收时间 验收标准 督办单位 督导单位 督办领导"
        " 整改进展 进展情况 整改情况 完成情况 销号情况 联系人 联系电话 备注"
    ),
}
LABELS = {label: field for field, words in _WORDS.items() for label in words.split()}
OPENING_FIELDS = frozenset({Field.PROBLEM, Field.TARGET, Field.MEASURES})
CLOSING_FIELDS = frozenset(Field) - OPENING_FIELDS
GAP = r"[ \t\u3000]*"
_LABEL = "|".join(f"(?:{GAP.join(label)})" for label in sorted(LABELS, key=len, reverse=True))
LABEL_LINE = re.compile(rf"{GAP}[【\[]?(?P<label>{_LABEL}){GAP}[】\]]?{GAP}[:：]{GAP}")
_NEXT_LABEL = re.compile(rf"[ \t\u3000]+(?=[【\[]?(?:{_LABEL}){GAP}[】\]]?{GAP}[:：])")
_SENTENCE_LABEL = re.compile(rf"(?<=[。；;])[【\[]?(?P<label>{_LABEL}){GAP}[】\]]?{GAP}[:：]")
_SHORT = 40  # characters of a value that shares its line with the next label


def label_of(match: re.Match[str]) -> Field:
    """Return the field that a matched label opens."""
    return LABELS[re.sub(r"\s", "", match["label"])]


def _cut_sentences(words: str) -> list[int]:
    """Return where labels follow a sentence's end, if a line is an item with several of them.

    1、散煤复燃。整改目标:清零。完成时限:2022年底。牵头单位:市公安局。
    """
    found = list(_SENTENCE_LABEL.finditer(words))
    fields = {label_of(match) for match in found}
    closing = fields & set(CLOSING_FIELDS)
    return [match.start() for match in found] if len(fields) > 1 and closing else []


def cut_labels(words: str) -> list[int]:
    """Return where a line is to be cut: before labels behind a blank, in a line of labels.

    责任领导:余伟 责任单位:市公安局 is two fields; prose that names a label is not cut.
    """
    match = LABEL_LINE.match(words)
    if match is None or label_of(match) not in CLOSING_FIELDS:
        return _cut_sentences(words)
    cuts, begin = [], match.end()
    for found in _NEXT_LABEL.finditer(words, match.end()):
        if found.start() - begin > _SHORT:
            break
        cuts.append(found.end())
        begin = found.end()
    return cuts
