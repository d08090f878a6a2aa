"""The card of an adapted encoder: what it was made from, what it is worth, how it is used."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from index.training.adapting import Adapted, Compared

_KINDS = {
    "headings": "标题找正文(标题本身不在被找的文字里)",
    "sentences": "从段落里摘掉的句子找原段(找的是剩下的文字)",
}


def card(adapted: Adapted, source: str) -> str:
    """Return the README of an adapted encoder's folder; the same input, the same text."""
    course = adapted.course
    lines = [
        "---",
        "language: zh",
        "library_name: sentence-transformers",
        "pipeline_tag: sentence-similarity",
        "---",
        "# 适应本单位语料的编码器",
        "",
        "由随 gongjian 发布的编码器在自己的语料上继续训练而成;格式与它相同,只用 numpy 就能读。",
        "",
        "## 用法",
        "",
        "    gongjian index --encoder 本文件夹",
        "",
        "## 训练",
        "",
        f"- 语料:{source},{adapted.passages} 段;只用文字,没有用任何人的问题;",
        f"- {course.steps} 步,每步 {course.batch} 个由段落摘出的问题,学习率 {course.rate},"
        f"种子 {course.seed};同一台机器上,同样的语料和种子得到同样的文件。",
        "",
        "## 效果",
        "",
        *_figures(adapted),
        "",
    ]
    return "\n".join(lines)


def _figures(adapted: Adapted) -> list[str]:
    if not adapted.compared:
        return ["语料太小,没有可以留出来测的标题和句子;效果没有测。"]
    return [
        f"从 {adapted.held_out} 段里留出所属的标题和一句话,用同样的办法在其余文字上训练一个,"
        "再用留出的标题和句子在全部段落里找它们原来所在的段落(前 → 后):",
        "",
        "| 问题 | 数目 | 第一个就对 | MRR@10 | 前十有 |",
        "|---|---|---|---|---|",
        *map(_row, adapted.compared),
    ]


def _row(one: Compared) -> str:
    pairs = (
        (one.before.hit1, one.after.hit1),
        (one.before.mrr10, one.after.mrr10),
        (one.before.found10, one.after.found10),
    )
    cells = " | ".join(f"{before:.3f} → {after:.3f}" for before, after in pairs)
    return f"| {_KINDS[one.kind]} | {one.questions} | {cells} |"
