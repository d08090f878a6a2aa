"""What a question asks for: which field, which item, which subject, one thing or a list."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from corpus.numerals import number_value
from index.tokens import fold


class Field(StrEnum):
    """A field of a task that can be asked for."""

    DEADLINE = "deadline"
    LEAD = "lead"
    COOPERATING = "cooperating"
    UNITS = "units"
    LEADERS = "leaders"
    TARGET = "target"
    MEASURES = "measures"
    PROBLEM = "problem"
    ACCEPTANCE = "acceptance"
    STATUS = "status"


_WHEN = "(?:到?(?:什么时候|啥时候|什么时间|何时)|哪一?天|哪一?年|几月份?|几号|多久|多长时间)"
# 什么时候 asks for a deadline where something is to be finished, else for any date.
_FINISHED = (
    "完成|整改(?!方案|任务|工作|措施|目标|步骤|原则)|解决|办结|到位|改完|做完|结束|到期|截止|销号|取缔"
    "|淘汰|清零|处理完|修复|改造完|(?:办|弄|搞|干|整|改|做)(?:好|完|成|掉|定)|清(?:出去|走)"
)
# Other things that happen at some time are facts.
_HAPPENED = "印发|出台|发布|成立|召开|开始|启动|批示|提出|开工|完工|竣工|通车|验收|制定|公布|举行"
_CHANGED = (
    "(?:整改|改|修|做|办|治理|完成)(?:完|好|到位|完成)?(?:了吗|了没有?|没有?)(?=[?？。]*$)"
    "|(?:现在|目前)?(?:整改|改|办|推进|进展|进行)(?:到|得)?(?:了)?(?:什么程度|啥程度|哪一步|怎么样)了?(?=[?？。]*$)"
    "|(?:整改)?进展(?:情况)?(?:如何|怎么样|呢)"
)
# Tried in order; what an earlier pattern took is gone for the later ones, so that 责任领导 is not
# read as 责任. The words of a field are not part of the subject.
_FIELD_WORDS: tuple[tuple[Field, str], ...] = (
    (
        Field.DEADLINE,
        r"(?:整改|完成|办结|销号)?(?:的)?(?:时限|期限|截止(?:时间|日期)?|到期(?!没|未|不)(?:时间|日)?|时间要求|时间节点)"
        rf"|(?:要求?)?{_WHEN}(?:底?之?前|底|份)?(?:要|应|应该|必须|能|才能?)?(?:(?:整改|全部|彻底|改造|修复|改|修|办|做|治理|弄|搞|干|整)?"
        r"(?:完成|到位|完|好|掉)|整改)?"
        rf"|{_CHANGED}|最晚|最迟|ddl|deadline|(?:时限|期限)?(?:是)?(?:怎么|如何)(?:定|写|规定)的",
    ),
    (
        Field.ACCEPTANCE,
        r"验收(?:的)?(?:责任|牵头|销号)?(?:单位|部门)|销号(?:验收)?(?:单位|部门)"
        r"|(?:由|归)?(?:谁|哪(?:个|些|家|几个)?(?:单位|部门|局))(?:来)?(?:负责)?(?:组织)?验收",
    ),
    (
        Field.STATUS,
        # 第3项整改状态: the item took 整改 with it.
        r"^\s*(?:的)?(?:状态|进度)|整改(?:的)?(?:状态|进度)|整改完成情况|整改进展(?:情况)?|销号(?:情况|状态)"
        r"|(?:是否|有没有)(?:已经?)?(?:完成)?(?:整改|销号)(?:到位|完成)?|销号(?:了)?(?:吗|没有?)(?=[?？。]*$)",
    ),
    (
        Field.LEADERS,
        r"(?:责任|分管|负责|主管|包联|包保)(?:的)?(?:市)?领导|谁(?:来)?(?:分管|包联|包保)"
        r"|由?(?:哪[几两三四]?位|哪个|哪些|什么)(?:[市县区]?领导|副[市县区]长)(?:来)?(?:负责|分管|主管|牵头|管|盯着?|抓)?|责任人"
        r"|(?:[市县区]里)?(?:负责|分管|主管|管)(?:这|此|该)(?:件?事|个?项|条|块)?的(?:[市县区]?领导)?(?=(?:都)?(?:是)?(?:谁|哪[几两]?位))"
        r"|谁是(?:责任|分管)领导|谁(?:来)?领导"
        r"|(?:的|(?<!责任)(?<!分管))(?:市)?领导(?:呢|(?:都)?(?:是|有)?(?:谁|哪[几些]?位)|(?=[?？。]*$))",
    ),
    (
        Field.LEAD,
        r"(?:由|归|该|是)?(?:谁|哪一?[个家](?:局|委|办|单位|部门)?)?(?:来)?(?:挑头|领头|打头)(?:的|解决|办|干|抓|管)?"
        r"|牵头(?:的)?(?:责任)?(?:单位|部门)?|主管(?:单位|部门)|主责(?:单位|部门)?",
    ),
    (
        Field.COOPERATING,
        r"(?:协助|协同)?配合(?:的)?(?:责任)?(?:单位|部门)?|协办(?:单位|部门)?|协同(?:单位|部门)"
        r"|打下手(?:的)?(?:单位|部门)?|搭把手(?:的)?(?:单位|部门)?",
    ),
    (
        Field.UNITS,
        r"(?:责任|负责|承办|主办)(?:的)?(?:单位|部门)"
        r"|(?:由|归|该|是)?(?:哪个|哪些|哪家|哪几个|什么)(?:单位|部门|局|机构)"
        r"(?:(?:来)?(?:负责|管|承担|落实|整改|治理)|(?=[?？。]*$))"
        r"|(?:由|归|该)?谁(?:来)?(?:负责|管|承担|落实|主管)",
    ),
    (
        Field.TARGET,
        r"整改目标|(?:要|应)?(?:达到|实现)?(?:什么|哪些|怎样的)(?:整改)?目标"
        r"|目标(?:是|要求)?(?:什么|是啥|呢|$)",
    ),
    (
        Field.MEASURES,
        r"整改措施|(?:采取|有)?(?:什么|哪些|啥)(?:整改)?(?:措施|办法|举措)|措施(?:是什么|有哪些|呢|$)"
        r"|(?:要|该|应该?)?(?:怎么|如何|怎样)(?:整改|治理|解决|处理|办|整治|推进|改)",
    ),
    (Field.PROBLEM, r"(?:存在|有)?(?:什么|哪些)(?:样的)?问题|督察发现(?:了)?什么|具体问题"),
)
_ASKING = re.compile(
    "请问|请告诉我|告诉我|我想(?:问|知道|了解)(?:一下)?|想问(?:一下)?|帮我(?:查|看|找)(?:一下|下)?|查(?:一下|询)|麻烦"
    "|分别|哪一?[天年月日项位种类家条处次]|多[久长远高大少]|第几|几[时点]|哪里"
    "|具体|到底|究竟|都?(?:是|有)(?:什么|哪些|谁|多少|几|啥)|是多少|什么|哪些|哪个|哪里|多少|怎么样|如何|为什么|为何|怎么"
    "|几(?=[个家项条次名位批天年月号点])|[谁啥吗呢吧嘛呀啊么]|[?？!！。,，、:：;；\"“”'‘’《》()（）\\s]"
)
# 能不能上路 and 有没有奖励 ask about 上路 and 奖励, not about 不能 and 没有.
_EITHER = re.compile(
    "有[没木]有|(?:能|可)不(?:能|可以)|([是要会该用让准许得行算])不\\1|([\u4e00-\u9fff])不(?=\\2)"
)
_FILLERS = re.compile(
    "^(?:的|是|关于|对于|有关|针对|那|那么|它|它们|该|这个|这项|此项|那个|那项|这事儿?|以)+"
    "|(?:的|是|要|由|归|有|了|(?<!存)在|这事儿?)+$"
)
# What only points at a task, or is left of the asking: no part of a subject.
_POINTER = "[这那该此](?:一|么)?(?:[项条个件块]|方面|问题)(?:整改|工作|任务|问题|事项)?"
_LEFT_OVER = re.compile(
    f"^(?:{_POINTER}|哪?[一几两三四]*[家位个项条局]|哪|有哪|部门|单位|市直部门|市领导|领导|定|写|来|去改?|改|整改|要求?|要?达到|打算|现在|目前"
    "|任务总|总|有|都有|[里中还都到再]|时候|之?前|一下|另外|另外问一下|换个问题|最后|负责|问题|任务|工作|它们?|其|这|那)+$"
)
_POINTING = re.compile(
    f"(?<=..){_POINTER}$|^(?:{_POINTER})(?=..)|(?<=..)(?:由|的)?(?:哪[一几两三四]*)[家个](?:单位|部门|局)?$"
)
# After the subject of a task 问题 says nothing: 道路破损问题的时限.
_TRAILING = re.compile("(?:(?:这个|这项)?(?:问题|事项|任务|工作)| (?:整改|治理|解决|处理))$")
_LABELS = re.compile(
    "时限|期限|截止|到期|牵头|配合|验收(?:单位|部门)|整改(?:状态|进度)|责任(?:单位|部门|领导|人)|(?:分管|负责|包联)(?:的)?(?:单位|部门|领导)"
    "|整改(?:目标|措施)|负责(?:整改)?$|分管|由谁负责|谁(?:来)?(?:负责|管)"
)
_LABELLED_DATE = re.compile(
    f"{_CHANGED}|{_WHEN}.{{0,12}}(?:{_FINISHED})|(?:{_FINISHED}).{{0,6}}{_WHEN}|最晚|最迟"
)
# 不是由市公安局牵头的: the opposite of what the words match.
_NEGATION = re.compile("不是由|不由|不归|不属于|除了?(?!牵头|配合).{1,20}(?:以外|之外|外)")
_LED_BY = re.compile("[局委办部](?:来)?牵头的(?!是|单位|部门|有|$)|除了?[^,，]{0,4}牵头")
_UNITS_TOO = re.compile("责任(?:单位|部门)(?:和|及|、|跟|与)|(?:和|及|、|跟|与)责任(?:单位|部门)")
_NAMES = {Field.TARGET: "整改目标", Field.MEASURES: "措施", Field.UNITS: "责任(?:单位|部门)"}
# How people ask aloud; read as it is written, so that every pattern here knows it.
_ALOUD = (
    ("咋样", "怎么样"),
    ("咋个?", "怎么"),
    ("(?:多|哪|啥)会儿|几时(?!段)", "什么时候"),
    ("为啥", "为什么"),
)
# No plan has so many items: 第5项到第8项 names each between.
_MANY = 200
# The ordinal of 最后一个.
LAST = 0
_OWN = re.compile("(?:咱们?)?([市县区镇乡])里(?:面|头)?")
_NUMERAL = r"(?:\d{1,4}|[一二三四五六七八九十百]{1,5})"
# 第17项, 第十七项任务, 第17、18项, 第17项和第20项, 17号任务; 31项问题 is a count.
_ITEM = re.compile(
    rf"第\s*-?\s*({_NUMERAL}(?:项?\s*[、,，和及与至到]\s*第?\s*{_NUMERAL})*)\s*(?:项|号|条)(?:整改)?(?:任务|问题|事项)?"
    r"|(?<!\d)(\d{1,3})\s*号(?:整改)?(?:任务|问题|事项)"
)
# 第二个的时限: of the tasks that the last answer named.
_ORDINAL = re.compile(rf"第\s*({_NUMERAL})\s*个(?:任务|问题|事项)?")
_LAST = re.compile("(?:最后|末)一?[个项条](?:任务|问题|事项)?")
# 第二项, written in characters, may be a place in what was named as well as an item's number.
_SPOKEN_ITEM = re.compile("^第[一二三四五六七八九十]+项")
# 这3个问题, 31项任务: how many are meant, not which.
_COUNTED = re.compile(
    r"(?:这|那|上述|以上)?\s*(\d{1,3}|[一二三四五六七八九十两]+)\s*[项个件](?:整改)?(?:问题|任务|事项)"
)
_TASKS = "(?:整改)?(?:任务|事项)"
_LISTING = re.compile(
    f"(?:哪些|哪几项|哪几个|几项|几个|什么|多少项|多少个|所有|全部|列出|有哪|清单)(?:的)?{_TASKS}"
    f"|{_TASKS}(?:清单|列表|有哪些|有几项|有多少项|都有哪些)"
    "|(?:牵头|负责|配合|分管|承担|参与)的?有(?:哪些|几项|多少项)"
    "|(?:牵头|负责|配合|分管|承担|参与)(?:了|的)?(?:哪些|哪几项|几项|多少项|什么(?!样)|啥)(?:工作|问题|项目)?"
    f"|(?:到期|完成|到位|牵头|负责|配合|分管|承担|参与|公安局|局|委)的(?:所有|全部)?{_TASKS}"
    "|(?:到期|完成|整改到位)的?(?:整改)?(?:有哪些|有几项)"
)


@dataclass(frozen=True, slots=True)
class Question:
    """A question, read: `subject` is what is left of it without the asking.

    `labelled` says that it uses the ledger's own words (整改时限, 牵头); without them, as in
    怎么办, it may as well ask for a fact. `items` are item numbers, `ordinal` a place in what
    the last answer named (LAST for the last one; `spoken_item` says that an item's number may be
    one too), `count` how many tasks it speaks of.
    """

    text: str
    folded: str
    subject: str
    fields: tuple[Field, ...]
    items: tuple[int, ...]
    ordinal: int | None
    count: int | None
    listing: bool
    labelled: bool
    negated: bool
    spoken_item: bool


def read_question(text: str) -> Question:
    """Read a question; never fails, whatever is typed."""
    folded = fold(text).strip().replace("甚么", "什么")
    for aloud, written in _ALOUD:
        folded = re.sub(aloud, written, folded)
    items, rest = _take(_ITEM, folded)
    ordinal, rest = _take(_ORDINAL, rest)
    if not ordinal and _LAST.search(rest):
        ordinal, rest = [LAST], _LAST.sub(" ", rest)
    listing = bool(_LISTING.search(rest))
    count, rest = _take(_COUNTED, rest)
    fields: list[Field] = []
    for field, words in _FIELD_WORDS:
        found = re.sub(words, " ", rest)
        if found != rest and (field is not Field.DEADLINE or _asks_deadline(folded)):
            fields.append(field)
            rest = found
    return Question(
        text=text,
        folded=folded,
        subject=_subject(rest),
        fields=_asked(fields, folded),
        items=tuple(items),
        ordinal=ordinal[0] if ordinal else None,
        count=count[0] if count else None,
        listing=listing,
        labelled=bool(_LABELS.search(folded)) or _asks_deadline(folded),
        negated=bool(_NEGATION.search(folded)),
        spoken_item=bool(_SPOKEN_ITEM.search(folded)),
    )


def _subject(rest: str) -> str:
    """What a question is about: the parts of the rest that do more than ask or point."""
    parts = (_POINTING.sub("", part) for part in _TRAILING.sub("", _strip(rest)).split())
    return _TRAILING.sub("", " ".join(part for part in parts if not _LEFT_OVER.match(part)))


def _asked(fields: list[Field], folded: str) -> tuple[Field, ...]:
    """The fields that are asked for, without those that only say which task or place is meant.

    发改委牵头的…配合单位 and 除牵头单位外还有谁配合 do not ask who leads; 责任单位里哪个局牵头 asks
    for nothing else; 整改目标里…什么时候 asks for a date.
    """
    found = dict.fromkeys(fields)
    if len(found) > 1 and _LED_BY.search(folded):
        found.pop(Field.LEAD, None)
    if {Field.LEAD, Field.COOPERATING} & set(found) and not _UNITS_TOO.search(folded):
        found.pop(Field.UNITS, None)
    for field, words in _NAMES.items():
        if len(found) > 1 and re.search(f"{words}(?:里|中|上)(?:面|头)?", folded):
            found.pop(field, None)
    return tuple(found)


def _asks_deadline(folded: str) -> bool:
    if re.search("时限|期限|截止|到期|ddl|deadline", folded):
        return True
    return bool(_LABELLED_DATE.search(folded)) and not re.search(_HAPPENED, folded)


def _take(pattern: re.Pattern[str], text: str) -> tuple[list[int], str]:
    """Return the numbers of every match, and the text without them."""
    numbers: list[int] = []
    for match in pattern.finditer(text):
        words = next(group for group in match.groups() if group)
        sign = -1 if "-" in match.group() else 1
        found = [sign * number_value(numeral) for numeral in re.findall(_NUMERAL, words)]
        if len(found) == 2 and re.search("[至到]", words) and 0 < found[0] < found[1] < _MANY:
            found = list(range(found[0], found[1] + 1))
        numbers += found
    return numbers, pattern.sub(" ", text)


def content(text: str) -> str:
    """Return a folded question without the words that only ask.

    区里 and 镇里 become what documents write for it: 全区 我区.
    """
    return _strip(_OWN.sub(r" 全\1 我\1 ", text))


def _strip(text: str) -> str:
    words = _ASKING.sub(" ", _EITHER.sub(" ", text))
    parts = [_FILLERS.sub("", part) for part in words.split()]
    return " ".join(part for part in parts if part)
