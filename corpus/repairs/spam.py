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
_END = re.compile(rf".*(?:{_BAIT}|{_FIRM}|{_GAME})[0-9A-Za-z_.]*")
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
# A quick look: one of these stands in every spam.
# fmt: off
_TELLTALES = (
    "bet", "BET", "Bet", "亚博", "葡京", "皇冠", "真人", "ag平", "AG平", "ag视", "AG视", "ag旗",
    "AG旗", "pt平", "PT平", "pt旗", "PT旗", "威尼斯", "华体会", "开云体", "澳门", "万博", "千亿",
    "九游", "米兰体", "娱乐城", "百家乐", "时时彩", "赛车", "飞艇", "博彩", "赌场", "老虎机",
    "六合彩", "棋牌", "投注", "足彩", "竞彩", "彩票", "开奖", "发票", "刻章", "贷款", "刷单",
)
# fmt: on


def find_spam(text: str) -> list[Edit]:
    """Find lines that are spam, and spam that overwrote a name."""
    characters = set(text)
    if not any(characters.issuperset(word) and word in text for word in _TELLTALES):
        return []
    edits, start = [], 0
    for line in text.splitlines(keepends=True):
        if any(word in line for word in _TELLTALES):
            edits += _in_line(line, start)
        start += len(line)
    return edits


def _in_line(line: str, start: int) -> list[Edit]:
    if len(line) <= _LONGEST_LINE and _is_spam_line(line.strip()):
        return [Edit(start, start + len(line), "", "spam")]
    edits = []
    for match in _INSIDE.finditer(line):
        end = _END.match(match.group())
        if end and _is_spam(line, match.start(), end.group()):
            first = start + match.start()
            edits.append(Edit(first, first + end.end(), SPAM_MARK, "spam"))
    return edits


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
