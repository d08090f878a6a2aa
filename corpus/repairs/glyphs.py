"""Characters that a PDF's font maps wrongly (癿 for 的, 劢 for 动) are put right.

Such a font's table counts code points up by one where the glyphs used are not consecutive, so every
wrong character stands a little before the right one; which it stands for differs from font to font
(绊 is 经 in one, 绑 in another), and ordinary characters move too (不 for 与). So the way is:

1. characters that clean text never holds, close together, give a corrupted part away;
2. there, what each character stands for is inferred from its neighbours and from how such
   tables come about (`corpus.repairs.mapping`), pairs seen before being a little likelier;
3. the inference is believed only if the strangers, put right, go well with their neighbours;
4. an ordinary character needs stronger evidence, a word that it is part of keeps it, and a sentence
   that the changes make less likely (a heading in another font) stays as it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from corpus.records import Edit
from corpus.repairs.words import word_at

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from corpus.repairs.language import Floats, Ints, Language
    from corpus.repairs.mapping import Guess

# Seen in corrupted documents: wrong>right. They differ between fonts, so they only weigh in.
_PAIRS = """
癿>的 収>发 丌>不 劢>动 乢>书 仸>任 迚>进 绊>经 亍>于 挃>指 釐>金 夗>多 刉>划 枃>林 伓>优
徆>很 吅>合 觃>规 叏>取 幵>并 丼>举 挄>按 挅>挑 枂>析 卲>即 隑>隔 乊>之 冴>况 枀>极
轳>较 迒>返 弽>录 丏>且 诹>诺 迕>进 秱>移 诨>误 劤>努 叐>受 劥>励 巪>己 讣>认 旪>时
戓>或 仌>仍 兲>关 栺>格 拪>括 仹>份 绉>经 叵>司 呾>和 敁>效 伕>会 伔>伙 斱>方
逑>递 俅>保 弻>归 牉>牌 卍>单 伒>众 斲>施 庩>康 绛>绝 斴>旅 佖>你 佒>何 讱>讲
诟>询 仧>们 刡>到 扂>扇 顷>项 屁>居 叱>史 诧>语
"""
# Ordinary characters that fonts moved too: put right only where that makes a long word of none.
_ORDINARY_PAIRS = """
与>专 极>构 并>幸 违>连 垄>型 尿>局 刊>列 徇>律 诧>语 发>变 不>与 规>视 进>远 局>层 戒>或 吨>含
返>这 诺>读 史>右 劣>助 远>违 多>大 课>调 细>织 织>终 二>于 事>二 申>电 层>屈 很>循 先>光 轰>轴
恳>患 巩>差
"""
_ORDINARY = dict(pair.split(">") for pair in _ORDINARY_PAIRS.split())
_LONG_WORD = 3
_LEAST_BY_WORD = 6.0  # nats: 先污染 is not 光污染, though that is a word and 先污 is none
SEEN = dict(pair.split(">") for pair in _PAIRS.split())
_SEEN_WEIGHT = 2.0
# 3 strangers in 1,000 characters betray a corrupted part; clean text holds a few in a million.
_DENSITY = 3 / 1000
_LEAST_STRANGERS = 3
# Names and chemicals are strange, but most have a place in the common character set GB 2312.
_COMMON_SET = "gb2312"
_LEAST_OBSCURE = 1 / 3
# So many are no names, wherever they have their places.
_CROWD, _CROWDED = 12, 15 / 1000
# Strangers belong to one part where they are no further apart than a dozen times as far as in the
# middle, within these bounds; a part reaches a little beyond them.
_APART_IN_MIDDLES = 12
_NEAR, _APART = 700, 1500
_REACH = 200
# What is inferred at once; more would take memory and say nothing new.
_LONGEST = 20_000
# Nats by which a character and its neighbours are likelier together than apart: in clean text 2 to
# 5 on the average, of strangers put wrong less than none.
_BELIEVED = 0.5
_LEAST_GAIN = 4.0
# For a character that clean text holds often, altogether and on the average of its places; one
# that cannot stand for itself (丌 stands for 不, so 不 does not) needs none.
_LEAST_ORDINARY_GAIN = 5.0
_LEAST_AVERAGE_GAIN = 3.0
_OFTEN = 1e-5
# How much less likely the new character may be than the old where it stands.
_LEAST_AT_A_PLACE = -3.0
_LEAST_IF_FORCED = -7.0
_SENTENCE = re.compile("[^。！？；\n]*[。！？；\n]*")
_REASON = "glyph"


def find_glyphs(
    text: str, *, language: Language | None = None, seen: Mapping[str, str] = SEEN
) -> list[Edit]:
    """Find wrongly mapped characters in the parts of the text that show the fault.

    `language` and `seen` stand in for what ships: to measure what they are worth.
    """
    if text.isascii():
        return []
    from corpus.repairs.language import load_language

    language = language or load_language()
    parts = _corrupted_parts(text, language)
    if not parts:
        return []
    model = _Model(language, language.following(), seen)
    edits = [edit for start, end in parts for edit in _mend(text[start:end], start, model)]
    return sorted(edits, key=lambda edit: edit.start)


def _corrupted_parts(text: str, language: Language) -> list[tuple[int, int]]:
    """The ranges of whole lines, at most `_LONGEST` long, in which strangers are dense."""
    import numpy as np

    from corpus.repairs.language import code_points

    codes = code_points(text)
    places = np.flatnonzero(language.is_stranger[codes])
    if len(places) < _LEAST_STRANGERS:
        return []
    parts: list[tuple[int, int]] = []
    for group in _groups(places):
        first, last = int(group[0]), int(group[-1])
        dense = len(group) >= max(_LEAST_STRANGERS, _DENSITY * (last - first))
        crowded = len(group) >= max(_CROWD, _CROWDED * (last - first))
        if not dense or not (crowded or _is_obscure(codes[group].tolist())):
            continue
        begin = max(0, first - 2 * _REACH, text.rfind("\n", 0, max(0, first - _REACH)) + 1)
        end = _line_end(text, last + _REACH, last + 2 * _REACH)
        if parts and begin <= parts[-1][1]:
            begin = parts.pop()[0]
        parts.append((begin, end))
    return [piece for start, end in parts for piece in _pieces(text, start, end)]


def _is_obscure(codes: list[int]) -> bool:
    """Whether enough of these strangers are outside the common set."""
    outside = [code for code in codes if not chr(code).encode(_COMMON_SET, "ignore")]
    return len(outside) >= _LEAST_OBSCURE * len(codes)


def _groups(places: Ints) -> Iterator[Ints]:
    """The places in groups that lie close together, for how close those of the group are."""
    import numpy as np

    for group in np.split(places, np.flatnonzero(np.diff(places) > _APART) + 1):
        gaps = np.diff(group)
        middle = float(np.median(gaps)) if len(gaps) else 0.0
        apart = min(_APART, max(_NEAR, _APART_IN_MIDDLES * middle))
        yield from np.split(group, np.flatnonzero(gaps > apart) + 1)


def _line_end(text: str, start: int, limit: int) -> int:
    """The end of the line that goes on at `start`, but no further than `limit`."""
    end = text.find("\n", start, limit)
    return min(limit, len(text)) if end < 0 else end + 1


def _pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while end - start > _LONGEST:
        middle = _line_end(text, start + _LONGEST // 2, start + _LONGEST)
        yield start, middle
        start = middle
    yield start, end


@dataclass(frozen=True, slots=True)
class _Model:
    language: Language
    following: Floats
    seen: Mapping[str, str]

    def likelihoods(self, text: str) -> Floats:
        """The logarithm of how likely each character of `text` is after the one before it."""
        import numpy as np

        from corpus.repairs.language import code_points

        row = self.language.symbol_of[code_points(f"\n{text}\n")]
        result: Floats = np.log(self.following[row[:-1], row[1:]])
        return result

    def alone(self, text: str) -> Floats:
        """The logarithm of how frequent each character of `text` and the line's end are."""
        import numpy as np

        from corpus.repairs.language import code_points

        shares = np.log(self.language.shares())
        result: Floats = shares[self.language.symbol_of[code_points(f"{text}\n")]]
        return result


def _mend(text: str, offset: int, model: _Model) -> list[Edit]:
    guesses = _believed(text, model)
    right = {guess.wrong: guess.right for guess in guesses}
    least = {
        char: _LEAST_IF_FORCED
        if _is_strange(char, model.language) or _is_forced(char, guesses)
        else _LEAST_AT_A_PLACE
        for char in right
    }
    edits = []
    for match in _SENTENCE.finditer(text) if right else ():
        sentence = match.group()
        found = _mend_sentence(sentence, right, least, model)
        found = _by_words(sentence, {edit.start: edit for edit in found}, least, model)
        edits += [_moved(edit, offset + match.start()) for edit in found]
    return edits


def _moved(edit: Edit, by: int) -> Edit:
    return Edit(edit.start + by, edit.end + by, edit.replacement, edit.reason)


def _believed(text: str, model: _Model) -> list[Guess]:
    """The guesses that stand, none if the strangers put right make no better sense."""
    import numpy as np

    from corpus.repairs.mapping import infer_mapping

    language = model.language
    guesses = infer_mapping(text, language, model.following, _prior(model.seen))
    guesses = _well_founded(guesses, language)
    right = {guess.wrong: guess.right for guess in guesses}
    strange = [char for char in text if language.is_stranger[min(ord(char), 0xFFFF)]]
    mended = [
        place for place, char in enumerate(text) if char in right and _is_strange(char, language)
    ]
    if len(mended) < max(_LEAST_STRANGERS, len(strange) / 2):
        return []
    clean = "".join(right.get(char, char) for char in text)
    together = model.likelihoods(clean) - model.alone(clean)
    places = np.array(mended)
    return guesses if float(np.mean(together[places] + together[places + 1])) >= _BELIEVED else []


def _is_strange(char: str, language: Language) -> bool:
    return bool(language.is_stranger[min(ord(char), 0xFFFF)])


def _well_founded(guesses: list[Guess], language: Language) -> list[Guess]:
    """The guesses with evidence enough, and those that they force by the order in a font."""
    kept = [guess for guess in guesses if guess.gain >= _needed(guess, language)]
    rest = [guess for guess in guesses if guess not in kept]
    while forced := [guess for guess in rest if _is_forced(guess.wrong, kept)]:
        kept += forced
        rest = [guess for guess in rest if guess not in forced]
    return kept


def _is_forced(char: str, guesses: list[Guess]) -> bool:
    """Whether one before `char` stands for it or for one behind, so that it cannot be itself."""
    return any(guess.wrong < char <= guess.right for guess in guesses)


def _needed(guess: Guess, language: Language) -> float:
    share = language.shares()[language.symbol_of[ord(guess.wrong)]]
    if share < _OFTEN:
        return _LEAST_GAIN
    return max(_LEAST_ORDINARY_GAIN, _LEAST_AVERAGE_GAIN * guess.occurrences)


def _mend_sentence(
    text: str, right: dict[str, str], least: dict[str, float], model: _Model
) -> list[Edit]:
    clean = "".join(right.get(char, char) for char in text)
    if model.likelihoods(clean).sum() <= model.likelihoods(text).sum():
        return []
    return [
        Edit(place, place + 1, new, _REASON)
        for place, (old, new) in enumerate(zip(text, clean, strict=True))
        if old != new and _gain(clean, place, old, model) >= least[old]
    ]


def _by_words(
    text: str, edits: dict[int, Edit], least: Mapping[str, float], model: _Model
) -> list[Edit]:
    """The edits that words bear out, and those that words alone show.

    An ordinary character stays in a word that the new one would make no longer (忙于, 忠于).
    """
    for place in list(edits):
        if least[text[place]] == _LEAST_AT_A_PLACE:
            new = _carried_out(text, edits)
            old = f"{new[:place]}{text[place]}{new[place + 1 :]}"
            if max(2, word_at(new, place)) <= word_at(old, place):
                del edits[place]
    clean = _carried_out(text, edits)
    for place, char in enumerate(clean):
        if place not in edits and char in _ORDINARY and word_at(clean, place) == 1:
            new = f"{clean[:place]}{_ORDINARY[char]}{clean[place + 1 :]}"
            if (
                word_at(new, place) >= _LONG_WORD
                and _gain(new, place, char, model) > _LEAST_BY_WORD
            ):
                edits[place] = Edit(place, place + 1, _ORDINARY[char], _REASON)
    return [edits[place] for place in sorted(edits)]


def _carried_out(text: str, edits: Mapping[int, Edit]) -> str:
    return "".join(
        edits[place].replacement if place in edits else char for place, char in enumerate(text)
    )


def _gain(clean: str, place: int, old: str, model: _Model) -> float:
    """How much likelier (nats) `clean` is than with the old character at `place`."""
    before, after = clean[max(0, place - 1) : place], clean[place + 1 : place + 2]
    new, was = before + clean[place] + after, before + old + after
    return float(model.likelihoods(new).sum() - model.likelihoods(was).sum())


def _prior(seen: Mapping[str, str]) -> Floats:
    """What the pairs seen before weigh, by code point and shift."""
    import numpy as np

    from corpus.repairs.mapping import HAN_FIRST, HAN_LAST, SHIFTS

    prior = np.zeros((HAN_LAST - HAN_FIRST + 1, SHIFTS), np.float32)
    for wrong, right in seen.items():
        prior[ord(wrong) - HAN_FIRST, ord(right) - ord(wrong)] = _SEEN_WEIGHT
    return prior
