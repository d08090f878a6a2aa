"""Questions and what stands under an answer: its sources, related tasks, whether it was right."""

from __future__ import annotations

from typing import Any, TypeVar

from sqlalchemy import insert

from bot.handling.dialogs import forget, wait_for, waiting
from bot.handling.needs import AnswerNeed, SourceNeed
from bot.handling.scene import Buttons, Scene, Screen, anybody
from bot.handling.shortcuts import shortcut
from bot.records import Button, ChatKind, PreparedAnswer, Reply
from bot.state.base import table_of
from bot.state.tables import StoredAnswer
from bot.telegram.answers import SourcePage, answer_blocks, related_blocks
from bot.telegram.buttons import (
    MenuPress,
    RelatedPress,
    SourcePress,
    VerdictPress,
    base36,
    decode,
    encode,
)
from bot.telegram.html import escape
from corpus.errors import RefusedError
from retrieval.records import Answer
from retrieval.wire import answer_data

USEFUL, WRONG = "useful", "wrong"
_VERDICT_WORDS = {USEFUL: "有用", WRONG: "有误"}
_WHAT_IS_WRONG = "what_is_wrong"
# More than a row of these is not read; their numbers are those of the quotes.
_MOST_SOURCES = 4
_LONGEST_COMMENT = 1000
# Nothing that is stored has a longer one.
_LONGEST_TOKEN = 12
_EXAMPLE = "把问题写在命令后面,例如:<code>/ask 烤烟用煤整改时限</code>"
_NOT_ANSWERED = "这个问题没能处理,请再问一遍。"
_GONE = "这个按钮已失效,请重新提问"
_DONE = "已处理"
_NOTED = "已记下"
_ANSWERS = table_of(StoredAnswer)
_KEEP = insert(_ANSWERS).returning(_ANSWERS.c.id)

P = TypeVar("P", SourcePress, RelatedPress, VerdictPress)


def _question_need(scene: Scene, words: str) -> AnswerNeed | None:
    if not words.strip() or shortcut(scene, words) is not None:
        return None
    incoming = scene.incoming
    conversation = f"{incoming.chat}:{incoming.thread}:{incoming.user}"
    return AnswerNeed(conversation, words.strip(), scene.today)


def _ask(scene: Scene, words: str) -> Reply:
    if not words.strip():
        return scene.say(_EXAMPLE)
    if (instead := shortcut(scene, words)) is not None:
        return instead(scene)
    prepared = scene.prepared
    # Whoever was let in between the asking and the answering has nothing prepared.
    if not isinstance(prepared, PreparedAnswer):
        return scene.say(_NOT_ANSWERED)
    if prepared.answer is None:
        return scene.say(escape(prepared.apology or _NOT_ANSWERED))
    number = _keep(scene, prepared, prepared.answer)
    blocks = answer_blocks(prepared.answer, as_of=prepared.as_of)
    return scene.say(*blocks, buttons=_under(number, prepared.answer))


def _keep(scene: Scene, prepared: PreparedAnswer, answer: Answer) -> int:
    """What the buttons under the answer will need, and what it was worth, are kept."""
    row = {
        "chat": scene.incoming.chat,
        "user": scene.incoming.user,
        "question": prepared.question,
        "data": {
            "answer": answer_data(answer),
            "related": list(related_blocks(answer.tasks)) if answer.tasks else [],
            "version": prepared.version,
            "as_of": prepared.as_of.isoformat(),
            "elapsed_ms": prepared.elapsed_ms,
        },
        "created_at": scene.now,
    }
    number: int = scene.session.scalars(_KEEP, row).one()
    return number


def _under(number: int, answer: Answer) -> Buttons:
    """The buttons of an answer; where there is none, only the nearest passage and the verdict."""
    token = base36(number)
    wrong = Button(_VERDICT_WORDS[WRONG], encode(VerdictPress(token, useful=False)))
    if answer.abstained:
        nearest = [Button("最接近的原文", encode(SourcePress(token, 0, 0)))]
        return _rows(nearest[: len(answer.citations)], [wrong])
    cited = _chosen(answer)
    sources = [
        Button("原文" if len(answer.citations) == 1 else f"原文[{place + 1}]", encode(press))
        for place in cited
        for press in [SourcePress(token, place, 0)]
    ]
    related = [Button("相关任务", encode(RelatedPress(token)))] if answer.tasks else []
    useful = Button(_VERDICT_WORDS[USEFUL], encode(VerdictPress(token, useful=True)))
    return _rows(sources, [*related, useful, wrong])


def _chosen(answer: Answer) -> list[int]:
    """Which citations get a button: of every document the first, then what there is room for."""
    documents = [citation.document_id for citation in answer.citations]
    places = range(len(documents))
    first = [place for place in places if documents[place] not in documents[:place]]
    rest = [place for place in places if place not in first]
    return sorted([*first, *rest][:_MOST_SOURCES])


def _rows(*rows: list[Button]) -> Buttons:
    return tuple(tuple(row) for row in rows if row)


def _pressed(words: str, kind: type[P]) -> P:
    press = decode(words)
    if not isinstance(press, kind):
        raise RefusedError(_GONE)
    return press


def _stored(scene: Scene, token: str) -> StoredAnswer:
    """The answer of a button, where it stands in this very chat.

    :raises RefusedError: there is none, or it was given in another chat.
    """
    readable = token.isascii() and token.isalnum() and len(token) <= _LONGEST_TOKEN
    number = int(token, 36) if readable else 0
    row = scene.session.get(StoredAnswer, number)
    if row is None or row.chat != scene.incoming.chat or base36(row.id) != token:
        raise RefusedError(_GONE)
    return row


def _source_need(scene: Scene, words: str) -> SourceNeed:
    press = _pressed(words, SourcePress)
    citations = _stored(scene, press.token).data["answer"]["citations"]
    if press.citation >= len(citations):
        raise RefusedError(_GONE)
    cited = citations[press.citation]
    return SourceNeed(cited["document_id"], cited["start"], cited["end"], press.page)


def _source(scene: Scene, words: str) -> Reply:
    _source_need(scene, words)  # refuses again what it refused before
    shown, press = scene.prepared, _pressed(words, SourcePress)
    if not isinstance(shown, SourcePage):
        return Reply(toast=_NOT_ANSWERED, alarm=True)
    turns = [("上一页", shown.page - 1)] if shown.page > 1 else []
    turns += [("下一页", shown.page + 1)] if shown.page < shown.pages else []
    buttons = _rows(
        [Button(text, encode(SourcePress(press.token, press.citation, to))) for text, to in turns]
    )
    # The first page stands beside the answer; turning pages must not fill the chat.
    draw = scene.redraw if press.page else scene.say
    return draw(*shown.blocks, buttons=buttons)


def _related(scene: Scene, words: str) -> Reply:
    blocks: list[str] = _stored(scene, _pressed(words, RelatedPress).token).data["related"]
    return scene.say(*(blocks or related_blocks(())))


def _verdict(scene: Scene, words: str) -> Reply:
    press = _pressed(words, VerdictPress)
    row = _stored(scene, press.token)
    before, verdict = row.verdict, USEFUL if press.useful else WRONG
    step = waiting(scene)
    asking = bool(step and step.kind == _WHAT_IS_WRONG and step.data.get("answer") == row.id)
    row.verdict, row.judged_at = verdict, scene.now
    if press.useful:
        _note(row, comment="")
        if asking:
            forget(scene)
        return Reply(toast=_NOTED)
    if asking and before == verdict:
        return Reply(toast=_NOTED)
    return _ask_what(scene, row)


def _ask_what(scene: Scene, row: StoredAnswer) -> Reply:
    step = waiting(scene)
    if step is not None and step.kind != _WHAT_IS_WRONG:
        return Reply(toast=_NOTED)  # a remark is not worth what is being written
    wait_for(scene, _WHAT_IS_WRONG, answer=row.id)
    private = scene.incoming.chat_kind is ChatKind.PRIVATE
    how = "请写一句" if private else "请回复本条消息,写一句"
    skip = Button("跳过", encode(MenuPress("skip_wrong", base36(row.id))))
    words = f"已记下:“{row.question}”答得有误。{how}哪里不对、应该是什么,或按“跳过”。"
    return scene.say(escape(words), buttons=((skip,),), toast=_NOTED)


def _comment(scene: Scene, words: str) -> Reply:
    """What was wrong, in the cadre's words; it may have been meant as the next question."""
    step = waiting(scene)
    row = scene.session.get(StoredAnswer, step.data.get("answer", 0)) if step else None
    if row is None or row.chat != scene.incoming.chat:
        forget(scene)
        return scene.say(_NOT_ANSWERED)
    if not words.strip():
        return scene.say("请用文字说明哪里不对,或用 /cancel 跳过。")
    forget(scene)
    _note(row, comment=words.strip()[:_LONGEST_COMMENT], commented_by=scene.incoming.user)
    ask = Button("这是新问题,请回答", encode(MenuPress("reask", base36(row.id))))
    return scene.say("已记下,谢谢。会据此改进。", buttons=((ask,),))


def _skip(scene: Scene, token: str) -> Reply:
    row = _stored(scene, token)
    step = waiting(scene)
    if step is None or step.kind != _WHAT_IS_WRONG or step.data.get("answer") != row.id:
        return Reply(toast=_DONE)
    forget(scene)
    return scene.redraw("已记下,谢谢。", toast="已跳过")


def _reask_need(scene: Scene, token: str) -> AnswerNeed | None:
    return _question_need(scene, _commented(scene, token))


def _reask(scene: Scene, token: str) -> Reply:
    question = _commented(scene, token)
    _note(_stored(scene, token), comment="")
    return _ask(scene, question)


def _commented(scene: Scene, token: str) -> str:
    """The remark on an answer that was meant as a question; it is asked once.

    :raises RefusedError: there is none any more, or the one who presses did not write it.
    """
    row = _stored(scene, token)
    comment: str = row.data.get("comment", "")
    if not comment or row.data.get("commented_by") != scene.incoming.user:
        raise RefusedError(_DONE)
    return comment


def _note(row: StoredAnswer, **facts: Any) -> None:
    """Add facts to what is kept of an answer; a new dict, or the change is not seen."""
    row.data = {**row.data, **facts}


QUESTION = Screen(_ask, anybody, need=_question_need)
COMMANDS = {"ask": Screen(_ask, anybody, "提问", need=_question_need)}
MENUS: dict[str, Screen] = {
    "skip_wrong": Screen(_skip, anybody),
    "reask": Screen(_reask, anybody, need=_reask_need),
}
DIALOGS: dict[str, Screen] = {_WHAT_IS_WRONG: Screen(_comment, anybody)}
PRESSES: dict[type, Screen] = {
    SourcePress: Screen(_source, anybody, need=_source_need),
    RelatedPress: Screen(_related, anybody),
    VerdictPress: Screen(_verdict, anybody),
}
