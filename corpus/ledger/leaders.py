"""Responsible leaders (责任领导): names and posts, in the many orders documents write them.

余 伟 市委常委 · 市委常委 余伟 · 余伟(市委常委) · 市长余伟 · 余伟副市长 · 副市长 余伟、乔彦强.
Words without a name (市政府分管副市长) are nobody: they are handed back apart.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from corpus.records import Leader

_HAN = r"[\u4e00-\u9fff]"
# The two hundred commonest; asked only where a name and a post are written as one.
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏"
    "吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱"
    "严覃武戴莫孔向汤常温康施牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚"
    "符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆"
    "农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋"
    "商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝蒿钮巴封"
)
_COMPOUNDS = "欧阳|司马|上官|诸葛|夏侯|尉迟|皇甫|慕容|令狐|司徒|长孙|东方|端木|公孙|轩辕|南宫"
_GIVEN = rf"(?:(?:{_COMPOUNDS})|(?!常务|党组|党委|党政|党工)[{_SURNAMES}]){_HAN}{{1,2}}?"
_TITLE = (
    r"(?:[市县区局厅部处科乡镇组所校院州队站段园村社行省会挥事馆厂庭台士]长|秘书长|书记|主任|主席|经理|总裁"
    r"|常委|委员|[成调研视督组职官]员|专员|负责人|负责同志|领导|同志|代表|(?:工程|会计|经济|规划|建造)师|总监|顾问|政委)"
)
_POST = re.compile(
    rf"{_TITLE}$|^(?:市委|县委|区委|省委|党委|党组|市政府|县政府|区政府|人民政府|分管|主管|主要|有关|相关|各)"
    r"|(?:局|委|办|政府|管委会|公司|厅|党委|中心)$|领导|小组|单位|部门|责任|联系|电话"
)
_TITLED = re.compile(rf".*{_TITLE}")
_UNIT_OF_POST = re.compile(
    rf"(?P<unit>.*(?:[局委办厅院镇乡村]|街道|政府|公司|中心|集团|管委会))(?:党[组委]|副|常务|总)*{_TITLE}"
)
_UNNAMED = re.compile(r"^(?:各|有关|相关)|分管|主管|主要|领导|单位|部门")  # nobody in particular
_COLLECTIVE = ("各", "有关", "相关")  # the posts of many, not of the person named next
_NAME = re.compile(rf"{_HAN}{{2,4}}|{_HAN}{{1,8}}·{_HAN}{{1,8}}")
_SHORT_POST = (
    r"(?:(?:常务)?副?(?:[市县区局厅部处科乡镇组所校院州馆厂庭台]长|指挥长|[理董]事长|秘书长)|副?(?:书记|主任|主席|总?经理)"
    r"|(?:市委|县委|区委)\S*|同志)"
)
_NAME_POST = re.compile(rf"(?P<name>{_GIVEN})(?P<post>{_SHORT_POST})")
_POST_NAME = re.compile(rf"(?P<post>\S*{_TITLE})(?P<name>{_GIVEN})")
_BRACKETED = re.compile(r"(?P<before>[^()（）]+)[(（](?P<inside>[^()（）]+)[)）]?")
_SPACED_NAME = re.compile(
    rf"(?:(?<=^)|(?<=[\s、,，;；:：]))({_HAN}|{_COMPOUNDS})[ \t\u3000]+({_HAN})"
    # 赵 亮 张 三 are two, 赵 大 亮 is one.
    rf"(?:[ \t\u3000]+((?![{_SURNAMES}][ \t\u3000]+{_HAN}(?:$|[\s、,，;；:：(（])){_HAN}))?"
    r"(?=$|[\s、,，;；:：(（])"
)
# 郎 平安; 王 局长 is a surname and a post.
_SPACED_SURNAME = re.compile(
    rf"(?:(?<=^)|(?<=[\s、,，;；:：]))(?P<name>[{_SURNAMES}])[ \t\u3000]+"
    rf"(?P<given>(?!{_TITLE}|副){_HAN}{{2}})(?=$|[\s、,，;；:：(（])"
)
_IN_BRACKETS = re.compile(rf"[(（]\s*(?P<name>{_GIVEN})\s*[)）]")
_BODY_END = re.compile(r"[局委办厅院部处科室所站队组会社区县市镇乡村街校行司庭馆厂园场]$|中心$")
_WRAPPED = re.compile(r"(?<=[、,，])\s*\n\s*")
_NUMBERING = re.compile(r"(?:^|(?<=[\s、,，;；]))(?:\d{1,2}[、.．](?!\d)|[(（]\d{1,2}[)）])")
_TOKEN = re.compile(r"([\s、,，:：/]*)((?:[^\s、,，:：/()（）]|[(（][^()（）\n]*[)）]?|[)）])+)")


@dataclass(slots=True)
class _Reading:
    """What one line has given so far; `waiting` are posts whose person comes after them."""

    people: list[Leader] = field(default_factory=list)
    nameless: list[str] = field(default_factory=list)
    waiting: str = ""
    used: bool = False  # the waiting post has a person: the next post begins another


def read_leaders(text: str) -> tuple[list[Leader], list[str]]:
    """Read the leaders of a value, and apart from them the posts that have no name."""
    people: list[Leader] = []
    nameless: list[str] = []
    bare = False  # the entry before was a name and nothing else
    for entry in re.split(r"[\n;；。]", _WRAPPED.sub("", text)):
        reading = _read_entry(entry)
        if bare and _is_own_post(reading):
            # In a narrow cell the post stands under its name.
            people[-1] = Leader(people[-1].name, reading.nameless[0])
            bare = False
            continue
        bare = [one.post for one in reading.people] == [""] and not reading.nameless
        people += reading.people
        nameless += reading.nameless
    return people, nameless


def read_people(text: str, *, mixed: bool) -> list[Leader]:
    """Read the people that a value of units names: 市公安局(李军).

    :param mixed: the value is of units and people both, so that a bare name counts too.
    """
    people, _ = read_leaders(text) if mixed else ([], [])
    people += [Leader(match["name"], "") for match in _IN_BRACKETS.finditer(text)]
    found: dict[str, Leader] = {}
    for person in people:
        # 镇水利站 begins with a surname's character as well as 祝平 does.
        if re.fullmatch(_GIVEN, person.name) and not _BODY_END.search(person.name):
            # What stands behind the post is the next unit: 副区长高翔，区自然资源分局.
            post = titled.group() if (titled := _TITLED.match(person.post)) else ""
            found.setdefault(person.name, Leader(person.name, post))
    return list(found.values())


def is_post(words: str) -> bool:
    """Tell whether words are a person's post rather than a unit: 副区长, 镇党委书记."""
    return re.search(rf"{_TITLE}$", words) is not None


def unit_of_post(post: str) -> str:
    """Return the unit that a post is of: 市公安局 of 市公安局局长; none of 副区长."""
    match = _UNIT_OF_POST.fullmatch(post)
    return match["unit"] if match and not post.endswith(("常委", "委员")) else ""


def _read_entry(entry: str) -> _Reading:
    """Read one line, or what stands between semicolons."""
    reading = _Reading()
    for gap, word in _TOKEN.findall(_together(entry)):
        _take(reading, gap, word)
    if reading.waiting and not reading.used:
        reading.nameless.append(reading.waiting)
    return reading


def _is_own_post(reading: _Reading) -> bool:
    """Tell whether an entry is one post that a single named person can hold."""
    if reading.people or len(reading.nameless) != 1:
        return False
    return not _UNNAMED.search(reading.nameless[0])


def _together(entry: str) -> str:
    """Close the blank inside a name of two characters, set apart to align with three."""
    plain = _NUMBERING.sub(" ", entry)
    plain = _SPACED_NAME.sub(lambda m: "".join(part for part in m.groups() if part), plain)
    return _SPACED_SURNAME.sub(r"\g<name>\g<given>", plain)


def _take(reading: _Reading, gap: str, word: str) -> None:
    """Take the next word of a line in: a person, a post, or a name."""
    if person := _person(word):
        reading.people.append(_with_waiting(reading, gap, person))
        reading.waiting, reading.used = "", True
        return
    # 市委常委、工商联: behind a post and 、 only what begins like a name is one.
    behind = "、" in gap and bool(reading.people) and bool(reading.people[-1].post)
    strict = behind and not reading.waiting
    if _is_name(word, strict=strict):
        reading.people.append(Leader(word, reading.waiting))
        reading.used = True
    elif _POST.search(word) or strict:
        _take_post(reading, gap, word)


def _with_waiting(reading: _Reading, gap: str, person: Leader) -> Leader:
    """Give a person the post set before the own one by 、 or a blank: 区委常委、副区长高翔."""
    if not reading.waiting or reading.used or not person.post or gap.strip(" \t\u3000、"):
        return person
    if _UNNAMED.search(reading.waiting):
        return person
    return Leader(person.name, f"{reading.waiting}{'、' if '、' in gap else ' '}{person.post}")


def _take_post(reading: _Reading, gap: str, post: str) -> None:
    """Give a post to the person before it, or keep it for the one after it."""
    last = reading.people[-1] if reading.people else None
    if last and not reading.waiting:
        joint = "、" if "、" in gap else gap if gap.strip() else " "
        whole = f"{last.post}{joint}{post}" if last.post else post
        reading.people[-1] = Leader(last.name, whole)
    elif post.startswith(_COLLECTIVE):
        reading.nameless.append(post)
    elif reading.used or not reading.waiting:
        reading.waiting, reading.used = post, False
    else:
        reading.waiting += ("、" if "、" in gap else " ") + post


def _is_name(word: str, *, strict: bool) -> bool:
    """Tell whether a word is a person's name: by its first character where that is in doubt."""
    if strict and not re.match(_GIVEN, word):
        return False
    return _NAME.fullmatch(word) is not None and not _POST.search(word)


def _person(word: str) -> Leader | None:
    """Read a word that holds name and post: 余伟(市长), 市长(余伟), 市长余伟, 余伟副市长."""
    if match := _BRACKETED.fullmatch(word):
        before, inside = match["before"], match["inside"]
        if _is_name(before, strict=False):
            return Leader(before, inside)
        return Leader(inside, before) if _is_name(inside, strict=False) else None
    for pattern in (_NAME_POST, _POST_NAME):
        if match := pattern.fullmatch(word):
            return Leader(match["name"], match["post"].removesuffix("同志"))
    return None
