"""What people write that is no question about the documents: one table, matched as a whole."""

from __future__ import annotations

import re
import unicodedata
from enum import Enum


class Talk(Enum):
    """What is meant by a few words that stand alone."""

    GREETING = "greeting"
    THANKS = "thanks"
    FAREWELL = "farewell"
    TASKS = "tasks"  # the asker's own
    DUE = "due"  # what is due soon, or over
    NOTHING = "nothing"  # a slip of the finger


_PHRASES = {
    Talk.GREETING: (
        "你好 您好 大家好 你好啊 您好啊 哈喽 嗨 hi hello 早 早上好 上午好 中午好 下午好 晚上好 "
        "在吗 在不在 在么 有人吗 你是谁 新年好 节日好"
    ),
    Talk.THANKS: (
        "谢谢 谢谢你 谢谢您 谢谢了 多谢 感谢 非常感谢 十分感谢 辛苦了 辛苦 好 好的 好的谢谢 "
        "好的收到 收到 收到谢谢 已收到 知道了 明白 明白了 了解 了解了 嗯 嗯嗯 行 可以 没问题 ok"
    ),
    Talk.FAREWELL: "再见 拜拜 回见 晚安 bye",
    Talk.TASKS: (
        "我的任务 我有哪些任务 我有什么任务 我的任务有哪些 看任务 查看任务 任务列表 "
        "我们单位有哪些任务 我们单位有什么任务 我们单位的任务 我们单位任务 我单位有哪些任务 "
        "我单位的任务 我单位任务 我们的任务 我们有哪些任务 我们有什么任务 我局有哪些任务 "
        "我局的任务 我们局有哪些任务 我们局的任务 本单位任务 本单位的任务 本单位有哪些任务 "
        "本单位有什么任务"
    ),
    Talk.DUE: (
        "本周到期 本周到期任务 本周到期的任务 本周有哪些任务到期 本周到期的任务有哪些 "
        "这周到期的任务 本月到期 本月到期任务 本月到期的任务 本月有哪些任务到期 "
        "本月到期的任务有哪些 这个月到期的任务 近期到期的任务 快到期的任务 即将到期的任务 "
        "超期 超期任务 超期的任务 已超期的任务 超期的任务有哪些 哪些任务超期 哪些任务超期了 "
        "有哪些任务超期 逾期 逾期任务 逾期的任务 已逾期的任务 逾期的任务有哪些 哪些任务逾期 "
        "哪些任务逾期了 有哪些任务逾期"
    ),
}
_MEANINGS = {phrase: talk for talk, words in _PHRASES.items() for phrase in words.split()}
# Longer ones name no item, and a date or a document's number is not one.
_NUMBER = re.compile(r"(?:第\s*)?(\d{1,5})\s*(?:项(?:任务)?)?[\s。.!?,;、]*", re.ASCII)


def talk_in(words: str) -> Talk | None:
    """What a text means that says nothing else; None for whatever may be a question."""
    folded = _folded(words)
    if not folded or (len(folded) == 1 and folded.isascii() and folded.isalpha()):
        return Talk.NOTHING
    return _MEANINGS.get(folded)


def number_alone(words: str) -> int | None:
    """The number of an item, where nothing else is written."""
    found = _NUMBER.fullmatch(unicodedata.normalize("NFKC", words).strip())
    return int(found[1]) if found else None


def _folded(words: str) -> str:
    """Only letters and digits, in one width and one case."""
    normal = unicodedata.normalize("NFKC", words).casefold()
    return "".join(letter for letter in normal if unicodedata.category(letter)[0] in "LN")
