"""Marks that stand for a value or a name that was struck out: 达到**%, ×××同志, 20XX年, 某某.

They are found and never edited. The same marks also mean other things: bold type, a product
(3×5米), a coordinate (x轴), a nought (二○二○年), a box to tick (□是 □否); those are no masks.
`SPAM_MARK` of the repairs, □□, stands where spam overwrote a name and counts as one.
"""

from __future__ import annotations

import re

from corpus.repairs.layout import find_bold_marks

_CROSSES = "×✕╳Х"  # the last is the Cyrillic letter
_MARKS = re.compile(f"[*＊]+|[{_CROSSES}]+|[XxＸｘ]+|□+|[○〇]+|某某+|某(?=[年月日])")
# What is counted, dated, located or addressed: a single mark before it stands for a value.
_COUNTED = re.compile(
    r"\s?(?:年|月|日|号|时|点|分|秒|个|项|名|人|户|家|次|天|周|条|件|处|座|所|台|辆|[十百千万亿]|元|吨"
    r"|公里|公顷|亩|平方|立方|米|微克|毫克|[%％‰]|余|多|省|市|县|区|镇|乡|村|街道|[局厅委办部院校处科]"
    r"|集团|公司|同志|书记|[市县局主校院所处科镇乡区州厅部]长|主[任席]|副|先生|女士|教授|总|老师|届|期|批"
    r"|章|款|路)"
)
# After a digit 2×人数 would be a product; only these never begin the name of a quantity.
_COUNTED_AFTER_DIGIT = re.compile(r"\s?(?:年(?![均产度限])|月(?![均薪])|日(?!均)|[%％万亿余])")
# A letter alone may be an axis, rays, a type, an unknown: X轴, X射线, X型, 用X表示.
_LETTER_COUNTED = re.compile(
    r"\s?(?:年|月|日|[%％]|个|余|万|亿|元|[省市县区镇乡村局厅](?!间|域)|同志|书记|副|[市县局主校院处镇]长"
    r"|主[任席]|先生|女士|委员)"
)
_LETTER_NAMES = re.compile("[射光线轴型染波形值方坐为是等]|代表|表示")
_LETTER_NAMED = frozenset("用以设第沿")
# A name of a quantity ends so: 单价×数量 is a product, 支持×的工作 is none.
_QUANTITY = frozenset("长宽高深径厚价量数额率积重度值分比例格费资酬准本金")
_CLAUSE_END = re.compile("[。；;！!？?\n]")
_FORMULA = re.compile("[=＝÷＋+≤≥∑]")
_NUMERAL = frozenset("一二三四五六七八九十百千廿卅零两0○〇")
_HAN = re.compile("[\u3400-\u9fff]")
# A mark that is itself meant: 带*号的指标, 打“×”的.
_SHOWN = frozenset("“‘\"'「带打画划")
_MARKED_WITH = ("标有", "带有", "注有")
# A sentence is looked at this far on either side.
_REACH = 80
_BOX_BEFORE = frozenset("是否有无男女")


def find_masks(text: str) -> list[tuple[int, int]]:
    """Find the ranges of the marks that stand for struck-out values or names."""
    found = [match.span() for match in _MARKS.finditer(text)]
    if not found:
        return []
    bold = {edit.start for edit in find_bold_marks(text)}
    return [
        (start, end) for start, end in found if start not in bold and _is_mask(text, start, end)
    ]


def _is_mask(text: str, start: int, end: int) -> bool:
    mark = text[start]
    if mark == "某":
        return True
    if mark in "*＊":
        return _is_star_mask(text, start, end)
    if mark == "□":
        return end - start > 1 or _is_blank_to_fill(text, start, end)
    if mark in "○〇":
        return _is_circle_mask(text, start, end)
    if mark in _CROSSES:
        return _is_cross_mask(text, start, end)
    return _is_letter_mask(text, start, end)


def _is_star_mask(text: str, start: int, end: int) -> bool:
    before, after = _around(text, start, end)
    if before in ("", "\n") and not _COUNTED.match(text, end):
        return end - start == 2 and bool(_HAN.match(after))  # a list's mark, a note's, a rule
    if end - start > 1:
        return bool(_HAN.match(before) or _HAN.match(after) or _COUNTED.match(text, end))
    if before in _SHOWN or text[start - 2 : start] in _MARKED_WITH:
        return False
    if _COUNTED.match(text, end) and not before.isdigit():
        return True
    return bool(_HAN.match(before) and _HAN.match(after)) and text[end : end + 1] == after


def _is_blank_to_fill(text: str, start: int, end: int) -> bool:
    before, _ = _around(text, start, end)
    return before not in _BOX_BEFORE and bool(re.match(r"\s?[年月日时%％]", text[end : end + 2]))


def _is_circle_mask(text: str, start: int, end: int) -> bool:
    before, after = _around(text, start, end)
    if before in _NUMERAL or after in _NUMERAL:
        return False
    if end - start > 1:
        return bool(_HAN.match(before) or _HAN.match(after) or before.isdigit())
    return bool(_COUNTED.match(text, end)) and before != "\n" and bool(before)


def _is_cross_mask(text: str, start: int, end: int) -> bool:
    if end - start > 1:
        return True
    before, after = _around(text, start, end)
    if before in _SHOWN or (after.isascii() and after.isalnum()) or _in_formula(text, start, end):
        return False
    if before.isascii() and before.isalnum():
        return bool(_COUNTED_AFTER_DIGIT.match(text, end))
    if _COUNTED.match(text, end):
        return True
    return before not in _QUANTITY and bool(_HAN.match(before) and _HAN.match(after))


def _is_letter_mask(text: str, start: int, end: int) -> bool:
    before, after = text[start - 1 : start], text[end : end + 1]
    if (before.isascii() and before.isalpha()) or (after.isascii() and after.isalnum()):
        return False
    if len(set(text[start:end])) > 1 or after in ("-", "/", "."):
        return False
    year = re.search(r"(?:19|20)\d?\s?$", text[max(0, start - 4) : start])
    if before.isdigit() or year:
        return bool(year and re.match(r"\s?年", text[end : end + 2]))
    if end - start > 1:
        return before not in _SHOWN
    if _in_formula(text, start, end):
        return False
    if _LETTER_COUNTED.match(text, end):
        return True
    between = text[start] in "XＸ" and _HAN.match(before) and _HAN.match(after)
    return bool(between) and before not in _LETTER_NAMED and not _LETTER_NAMES.match(text, end)


def _in_formula(text: str, start: int, end: int) -> bool:
    """Whether the sentence around reckons: 补偿金额=面积×单价."""
    left = _CLAUSE_END.split(text[max(0, start - _REACH) : start])[-1]
    right = _CLAUSE_END.split(text[end : end + _REACH])[0]
    return bool(_FORMULA.search(left) or _FORMULA.search(right))


def _around(text: str, start: int, end: int) -> tuple[str, str]:
    """The characters before and after, over one space at most; empty at the borders."""
    before = text[max(0, start - 2) : start]
    after = text[end : end + 2]
    if before.endswith(" "):
        before = before[:-1]
    return before[-1:], after.removeprefix(" ")[:1]
