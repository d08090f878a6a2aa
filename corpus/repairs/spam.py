"""Gambling and SEO spam: inside a name it becomes a mark, as a line of its own it goes.

A plan may well speak of 体育彩票公益金, 官方网站 or a raid on 六合彩 sites: spam is only what joins
a word of the trade to its bait (官网, APP, 开户), with no word around of what is done about it.
"""

from __future__ import annotations

import re

from corpus.records import Edit

# Stands in the clean text where spam has overwritten a name.
SPAM_MARK = "□□"

# Firms and games whose names no document needs.
_FIRM = (
    r"[bB][eE][tT]\s?\d{2,4}|\d{2,4}\s?[bB][eE][tT]|亚博|新?葡京|皇冠(?:体育|足球|现金|娱乐|官网|app|APP)"
    r"|真人(?:娱乐|视讯|荷官|棋牌|百家乐)|(?:ag|AG|pt|PT)(?:真人|平台|视讯|旗舰)|威尼斯人|华体会|开云体育"
    r"|澳门(?:新?葡京|金沙|银河|威尼斯人|永利|赌场|百家乐|博彩|太阳城)|开元棋牌|万博(?:体育|manbetx)|千亿(?:体育|国际)"
    r"|九游(?:体育|会)|米兰体育|娱乐城|百家乐|时时彩|北京赛车|幸运飞艇"
)
# What the trade lives on, named in official prose too.
_GAME = r"博彩|赌场|老虎机|六合彩|棋牌(?!室)|投注(?!站)|足彩|竞彩|彩票|开奖"
_BAIT = (
    r"官网|官方(?:网站|网址|下载)|网站|网址|浏览器|APP|app|下载|注册|开户|登录|登陆|入口|客服|平台|经常打不开|打不开"
    r"|备用|代理|彩金|返水|提现|计划群|手机版|在线|首页|\.com|\.cn|\.net|www\."
)
_BAITS, _FIRMS, _TRADES = re.compile(_BAIT), re.compile(_FIRM), re.compile(f"{_FIRM}|{_GAME}")
_TAIL = r"[0-9A-Za-z_.|\-—·\u4e00-\u9fff]{0,100}"
# Inside other words: a number or letters run into a word of the trade (not 2020体育彩票, a
# year), or a firm's name.
_INSIDE = re.compile(
    r"(?<![0-9A-Za-z])(?!(?:19|20)\d\d(?!\d))[0-9A-Za-z][0-9A-Za-z_.]{0,40}"
    rf"(?:体育|国际|娱乐|真人|{_GAME}){_TAIL}|(?:{_FIRM}){_TAIL}"
)
_END = re.compile(
    rf".*(?:{_BAIT}|{_FIRM}|{_GAME})[0-9A-Za-z_.]*(?:网(?![络格点])|[-_|—·]?最新(?:链接|网址|地址))?"
)
# What authorities do about the trade, and the state's own lotteries.
_LAWFUL = re.compile(
    "打击|整治|查[处封办获]|严禁|禁止|取缔|防范|清[理退]|治理|惩治|侦破|赌博|违法|犯罪|非法|涉赌|诈骗|管理|监管|监督"
    "|公益金|体育局|福利彩票|体育彩票|发行|条例|规定|办法|宣传|举报|公布|公示|公开|关停|下架|封堵|屏蔽|拦截|处置"
    "|排查|曝光|抵制|警惕|谨防|警方|法院"
)
# A line with the name of an authority is no mere spam.
_NAMES = re.compile(
    r"[、:：;；]|责任|牵头|配合|^[省市州县区镇乡村]|[省市州县区镇乡].{0,8}[局委办厅]|政府"
)
_REACH = 40
_LONGEST_LINE = 300
_CONTACT = re.compile(
    r"(?:代开.{0,6}发票|办证刻章|无抵押.{0,4}贷款|刷单兼职).{0,40}(?:微信|薇信|QQ|VX|vx|电话)?.{0,6}\d{5,}"
)
# A unit's place: behind a label or the mark between units, and the area the unit belongs to.
_UNIT_LINE = re.compile("(?:责任|牵头|配合|承办|主办|协办|实施|落实|参与)(?:单位|部门)|牵头|配合")
_UNIT = re.compile(
    r"(?:^|[:：、,，;；\t])\s*(?:[\u4e00-\u9fff]{0,6}[省市县区州旗])(?![场民属直域])"
    r"(?P<name>(?:(?!牵头|配合|负责|参与|\s[省市县区州各]| \|)[^、,，;；。\t\n]){4,120})"
)
# What in a unit's place is the trade's, though other words hold it (体育局, 娱乐场所).
_NAME_TRADES = re.compile(
    f"{_FIRM}|博彩|老虎机|六合彩|棋牌|投注|足彩|竞彩|彩票|世界杯|欧洲杯|买球|捕鱼|必发"
    "|体育(?![局场馆中总彩学产公])|娱乐(?![场业行活])|电子(?=游戏|游艺|官网|下载|试玩|注册|登录)"
)
_LATIN_TRADE = re.compile(
    "^(?!(?:19|20)[0-9]{2}(?![0-9])|[45]G|VR|AI|AR|3D)[0-9A-Za-z]{2,12}(?:必发)?(?:体育|娱乐|真人|棋牌)"
)
_NAME_CONTACT = re.compile(
    "(?:代开.{0,6}发票|办证刻章|无抵押.{0,4}贷款|刷单兼职).{0,40}[0-9A-Za-z]{5,}"
    "|(?:微信号?|薇信|QQ|VX|vx)[:：]?[0-9A-Za-z_-]{5,}"
)
# A genuine name has one of these.
_GENUINE = re.compile(
    "政[务府]|服务|热线|信息|数据|融媒|交易|信用|税务|医保|社保|人社|文化|商务|教育|体育(?:局|中心|总会)"
    "|旅游|广电|新闻|指挥|中心|委员会|电视台|集团|协会|学校|医院|大学|建设|运营"
)
_NAME_BAITS = re.compile(f"{_BAIT}|官方网|最新链接")
_NAME_END = re.compile(rf"(?:{_BAIT})[0-9A-Za-z_.]*$|[0-9A-Za-z](?:体育|娱乐|真人)")
_SUFFIX = re.compile("[局委办厅院]$")
# A quick look: one of these stands in every spam.
# fmt: off
_TELLTALES = (
    "bet", "BET", "Bet", "亚博", "葡京", "皇冠", "真人", "ag平", "AG平", "ag视", "AG视", "ag旗",
    "AG旗", "pt平", "PT平", "pt旗", "PT旗", "威尼斯", "华体会", "开云体", "澳门", "万博", "千亿",
    "九游", "米兰体", "娱乐城", "百家乐", "时时彩", "赛车", "飞艇", "博彩", "赌场", "老虎机",
    "六合彩", "棋牌", "投注", "足彩", "竞彩", "彩票", "开奖", "发票", "刻章", "贷款", "刷单",
    "娱乐", "体育", "电子游", "世界杯", "欧洲杯", "买球", "捕鱼", "必发", "微信", "薇信", "官网",
    "注册", "登录", "下载",
)
# fmt: on


def find_spam(text: str) -> list[Edit]:
    """Find lines that are spam, and spam that overwrote a name."""
    characters = set(text)
    telling = [word for word in _TELLTALES if characters.issuperset(word) and word in text]
    if not telling:
        return []
    edits, start = [], 0
    for line in text.splitlines(keepends=True):
        if any(word in line for word in telling):
            edits += _in_line(line, start)
        start += len(line)
    return edits


def _in_line(line: str, start: int) -> list[Edit]:
    if len(line) <= _LONGEST_LINE and _is_spam_line(line.strip()):
        return [Edit(start, start + len(line), "", "spam")]
    edits = _in_units(line, start) if _UNIT_LINE.search(line) else []
    taken = {place for edit in edits for place in range(edit.start, edit.end)}
    for match in _INSIDE.finditer(line):
        end = _END.match(match.group())
        first = start + match.start()
        if end and first not in taken and _is_spam(line, match.start(), end.group()):
            edits.append(Edit(first, first + end.end(), SPAM_MARK, "spam"))
    return sorted(edits, key=lambda edit: edit.start)


def _in_units(line: str, start: int) -> list[Edit]:
    """Find names of units that are nothing but spam, up to where the name ends."""
    edits, place = [], 0
    while match := _UNIT.search(line, place):
        name = match["name"].rstrip()
        name = _SUFFIX.sub("", name)
        place = match.end("name")
        if _overwrites(name):
            first = start + match.start("name")
            edits.append(Edit(first, first + len(name), SPAM_MARK, "spam"))
    return edits


def _overwrites(name: str) -> bool:
    """Whether what stands in a unit's place sells: two baits, or one and a trade, or contact."""
    if _NAME_CONTACT.search(name):
        return True
    if _GENUINE.search(name) or _LAWFUL.search(name):
        return False
    trades = set(_NAME_TRADES.findall(name))
    baits = set(_NAME_BAITS.findall(name))
    if not trades and not _NAME_END.search(name):  # prose: 网站注册登录工作
        return False
    return bool(_LATIN_TRADE.search(name)) or (len(trades) + len(baits) > 1 and bool(baits))


def _is_spam_line(line: str) -> bool:
    """Whether a line sells and does nothing else: firms and baits, or games with more bait."""
    if _LAWFUL.search(line) or _NAMES.search(line):
        return False
    if _CONTACT.search(line):
        return True
    firms, baits = set(_FIRMS.findall(line)), set(_BAITS.findall(line))
    games = set(_TRADES.findall(line)) - firms
    if "。" in line:
        return bool(firms) and len(baits) > 1
    return (bool(firms) and len(firms) + len(games) + len(baits) > 1) or (
        len(games) > 1 and len(baits) > 1
    )


def _is_spam(line: str, start: int, words: str) -> bool:
    before = re.split("[。；;]", line[max(0, start - _REACH) : start])[-1]
    if _LAWFUL.search(words) or _LAWFUL.search(before):
        return False
    trades = set(_TRADES.findall(words))
    return bool(trades) and len(trades | set(_BAITS.findall(words))) > 1
