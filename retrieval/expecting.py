"""What a question expects its answer to hold: a number for 多少, a date for 哪天, a name for 谁."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from index.tokens import fold, person_names, segment

_NUMBER = "(?:[0-9][0-9,.]*|[一二三四五六七八九十百千万两几]+)"
_UNITS = (
    "[%％‰]|个|家|项|条|次|人|天|年|万|亿|吨|元|公里|微克|毫克|平方米|亩|处|件|名|位|余|批|辆|台|座|期"
    "|轮|倍|场|起|类|种|块|所|人次|公顷|米|小时"
)

# 多少人 is answered with 547名, 几公里 with no 万元: what a question counts by, and what may stand
# for it in a text.
_COUNTED = (
    ("人", "人|名|位"),
    ("名", "人|名|位"),
    ("位", "人|名|位"),
    ("辆", "辆|台"),
    ("台", "台|辆|套"),
    ("公里", "公里|千米|米|里"),
    ("米", "公里|千米|米"),
    ("吨", "吨|[tT]"),
    ("亩", "亩|公顷|平方米"),
    ("平方米", "亩|公顷|平方米"),
    ("微克", "微克|毫克"),
    ("毫克", "微克|毫克"),
    ("期", "期"),
    ("轮", "轮"),
    ("倍", "倍|番"),
    ("度", "度"),
    ("小时", "小时|分钟"),
    ("天", "天|日|小时"),
    *((one, one) for one in "席票集部首本架艘枚头只株棵幅册层分秒岁字座根张句国省市县区镇乡村"),
)
# 几位领导 may as well ask who they are.
_COUNTS = re.compile(
    f"(?:多少|(?<![哪第])几(?![人名位]))(?:万|亿)?({'|'.join(word for word, _ in _COUNTED)})"
)

_TITLES = re.compile("《[^《》]*》")
# No amount is the number of a year or a day: 2019年12月30日.
_DATES = re.compile(
    r"(?:19|20)\d\d\s*年度?(?:\s*\d{1,2}\s*月)?(?:\s*\d{1,2}\s*日)?|\d{1,2}\s*月\s*\d{1,2}\s*日"
)
_AMOUNTS = frozenset({"number", "share", "money"})


@dataclass(frozen=True, slots=True)
class Expectation:
    """What is asked for, and the pattern that text holding it matches.

    A strict one (a number, a date) is the answer itself: text without it cannot be one.
    `post`: somebody must be named who has it; `person`: anybody named will do as well.
    """

    name: str
    pattern: re.Pattern[str]
    strict: bool
    post: str | None = None
    person: bool = False

    def met_by(self, text: str) -> bool:
        """Whether a text holds what is expected; the year in a document's title is none."""
        plain = _TITLES.sub("", text)
        if self.name in _AMOUNTS:
            plain = _DATES.sub(" ", plain)
        if not self.pattern.search(plain):
            return self.person and ("·" in plain or bool(person_names(fold(plain))))
        return self.post is None or _names_holder(fold(plain), self.post)


_POSTS = (
    "书记|市长|县长|区长|镇长|乡长|局长|厅长|省长|主任|组长|部长|院长|主席|秘书长|总经理|董事长"
)
# 县委书记是谁, 组长姓什么, 谁是市长: who has a post.
_HOLDER = re.compile(
    f"(?P<post>{_POSTS})(?:的?(?:名字|姓名))?(?:现在|目前|当时)?(?:是|叫|姓)?(?:谁|哪位|哪一位|什么(?!时|单|部|样|要求)|啥)"
    f"|谁(?:是|当|任|担任)[^,。?？]{{0,12}}?(?P<of>{_POSTS})"
)
_NAME_END = "\u4e00-\u9fff0-9a-zA-Z》”』」)）"
_THING = re.compile("(?:什么样?的?|哪一?[个种类项家部]|哪样|何种|啥)([\u4e00-\u9fff]{2,6})")
# Tried in order: what is asked (in a folded question), its name, what answers it.
_TABLE = (
    (
        "(?:电话|传真|手机)(?:号码?)?(?:是|多少|呢|[?？。]*$)|(?:电话|手机)号|联系(?:方式|电话)|邮箱|邮编",
        "contact",
        r"\d{7,}|\d{3,4}-\d{7,8}|@",
    ),
    (
        "多少[万亿]?元|多少钱|几[毛块元角]钱?|罚款|资金|投资|经费|花了?多少",
        "money",
        rf"{_NUMBER}\s*(?:余|多)?\s*[万亿]?\s*(?:[日美欧港韩台]|人民币)?(?:元|圆)|英镑|卢布|法郎|马克",
    ),
    (
        "百分之几|百分之多少|比例|占比|率(?:分别)?(?:是|要|应|达|为)|百分点",
        "share",
        rf"{_NUMBER}\s*(?:[%％]|个?百分点)|百分之",
    ),
    (
        "第几|什么位置|排名|名次|排第",
        "rank",
        "第[一二三四五六七八九十0-9]+|首位|前列|末位|倒数|[冠亚季殿]军",
    ),
    (
        "多少|(?<!哪)几[场处起个家项条次人天年吨元批件名位期轮倍辆]|多大|多高|多长",
        "number",
        rf"{_NUMBER}\s*(?:多|余)?(?:{_UNITS})|百分之|分之|半数|一半|过半|翻番",
    ),
    ("多久|多长时间|频次", "interval", r"每[年月周日季天]|[0-9]\s*(?:天|个月|年|小时)|季度"),
    (
        "几月几[号日]|哪一?天|几号",
        "date",
        r"[0-9一二三四五六七八九十]\s*[日号]|[年月]底|除夕|大年初|当[日天]",
    ),
    (
        "时限|期限|截止|什么时候|什么时间|何时|几时|几点|哪一?个?(?:年|月|天|季|朝代?|时期|时代|世纪)|[西公]元几年"
        "|几月|几号|日期|(?:起止|具体|召开|开工|完工|投产|成立|印发)时间|时间(?:是|为|呢|[?？。]*$)",
        "date",
        r"[0-9]\s*[年月日号]|[年月]底|[一二三四]季度末?[前底]|[上下]半年|世纪|年[代间]|时[期代]|朝|[初中晚]期"
        r"|[末初]年|[春夏秋冬][季天]|[一二三四五六七八九十]\s*[年月日号]|元年|[明清唐宋元汉]末|[明清唐宋元汉][初中]"
        "|(?<!第)[0-9一二两三四五六七八九十][时点](?!间)",
    ),
    (
        "哪家|哪个(?:单位|部门|局)|什么(?:单位|部门)|谁(?:来)?(?:牵头|负责|管)|由谁",
        "unit",
        "[\u4e00-\u9fff]{2,}(?:局|委|公司|办|政府|部门|办公室|委员会|管委会|领导小组|指挥部|党委|组织|协会|机构"
        "|集团|院|社|队|军|校|厂|部|司)",
    ),
    (
        "谁|哪位|哪些人|何人|姓名|名字|叫什么",
        "name",
        "书记|市长|区长|县长|镇长|主任|局长|同志|院士|厅长|省长|领导|主席",
    ),
    ("为什么|为何|原因|怎么回事", "reason", "因为|由于|原因|是因|来自|所以|因此|主要是"),
    ("哪些问题|什么问题|问题有哪些", "problem", "存在.{2,80}问题|问题突出|短板|差距"),
    (
        "哪些|哪[几两二三四五六七八九十]|包括|几个方面|几点",
        "enumeration",
        "、.*、|一是.*二是|一要.*二要|第一.*第二",
    ),
    ("怎么处置|怎么办|如何|怎么处理|怎样", "measure", "要|坚决|一律|予以|严禁|必须"),
)
_STRICT = frozenset({"contact", "money", "share", "number", "interval", "date", "rank", "unit"})
_EXPECTATIONS = tuple(
    (re.compile(asked), Expectation(name, re.compile(pattern, re.DOTALL), name in _STRICT))
    for asked, name, pattern in _TABLE
)


def _names_holder(folded: str, post: str) -> bool:
    """Whether a folded text names somebody beside a post: 市委书记蒿慧杰, 刘少奇被选为…书记."""
    after = re.compile(
        rf"\s?[^,。;、]{{0,4}}{post}|[^,。;]{{0,4}}(?:任|选为|当选|是|为)[^,。;]{{0,12}}{post}"
    )
    for start, end in person_names(folded):
        before = folded[max(0, start - len(post) - 1) : start].rstrip()
        if before.endswith(post) or after.match(folded, end):
            return True
    return False


def expected(folded: str) -> Expectation | None:
    """Return what a folded question expects, if it says so."""
    if counts := _COUNTS.search(folded):
        units = next(units for word, units in _COUNTED if word == counts[1])
        pattern = rf"{_NUMBER}\s*(?:万|亿|多|余)*\s*(?:{units})"
        return Expectation("number", re.compile(pattern), strict=True)
    if holder := _HOLDER.search(folded):
        post = holder["post"] or holder["of"]
        return Expectation("name", re.compile(post), strict=True, post=post)
    found = next((found for asked, found in _EXPECTATIONS if asked.search(folded)), None)
    if found and found.name == "unit" and "谁" in folded:
        return replace(found, person=True)
    return found or _thing(folded)


def _thing(folded: str) -> Expectation | None:
    """Expect the kind of thing that is asked for to be named: 什么精神, 哪个网站."""
    match = _THING.search(folded)
    word = segment(match[1])[0] if match else ""
    if not word[1:]:
        return None
    # Its name stands before it: “三铁”精神, 《扬尘污染防治条例》, but not 学条例.
    return Expectation("thing", re.compile(f"[{_NAME_END}]{{2}}{re.escape(word)}"), strict=False)
