"""Why this answer and no other, or why none, in one sentence for whoever doubts it."""

from __future__ import annotations

from retrieval.choosing import DESCRIBED
from retrieval.records import Answer, Proof
from retrieval.trail import Attempt


def reason(attempt: Attempt, answer: Answer, proof: Proof | None) -> str:
    """Say why an answer was given or refused, with the figures that decided."""
    if answer.abstained:
        return _refused(attempt, answer, proof)
    if attempt.way == "文件本身":
        return "问的是文件本身,问句只对得上这一份文件。"
    if attempt.conditions is not None:
        return f"逐项核对台账,{len(answer.tasks)} 项同时满足以上条件。"
    if attempt.way == "台账,责任领导":
        return "问的是台账里的一位领导。"
    if attempt.way == "台账,按意思对应的任务":
        return f"词语对不上,按意思最突出的一项({answer.confidence:.2f}),请核对。"
    if answer.tasks:
        return _of_task(attempt, answer)
    return _of_passage(attempt)


def _refused(attempt: Attempt, answer: Answer, proof: Proof | None) -> str:
    if proof and proof.failed:
        return f"核对不过:{len(proof.failed)} 处在引文里找不到依据,没有说出。"
    failed = next((check for check in attempt.checks if not check.met), None)
    if failed is None and attempt.checks and not attempt.chosen:
        return "没有一段是所问地方或年份的。"
    if failed is None:
        return answer.text
    return f"拒答:{failed.what} {failed.value:.2f},低于门槛 {failed.least:.2f}。"


def _of_task(attempt: Attempt, answer: Answer) -> str:
    named = "、".join(f"第{task.number}项" for task in answer.tasks)
    if attempt.question.items:
        return f"问句写明了编号:{named}。"
    if attempt.followed and not attempt.question.subject:
        return f"问句没有另说事项,沿用上一问的{named}。"
    if attempt.question.ordinal is not None:
        return f"上一个答案里按次序数到的是{named}。"
    return f"{named}与所问事项最相符({answer.confidence:.2f},须达 {DESCRIBED:.2f})。"


def _of_passage(attempt: Attempt) -> str:
    scores = {one.passage.id: one.score for one in attempt.candidates}
    best = max(scores.values(), default=0.0)
    chosen = scores.get(attempt.chosen, best)
    if chosen < best:
        return (
            f"选用 {chosen:.2f} 分的段落:得分更高的({best:.2f})只点到题目,"
            "或不是所问的地方、年份,没有所问的内容。"
        )
    return f"得分最高的段落({chosen:.2f}),各项门槛都达到。"
