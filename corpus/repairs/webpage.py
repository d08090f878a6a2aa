"""Whole lines that a web page put around a document: share bars, view counts, paths, footers.

A line goes only if it is nothing else: 来源: alone may be a table's note, 打印 a cell.
"""

from __future__ import annotations

import re

from corpus.records import Edit
from corpus.repairs.chinese import to_simplified

_LONGEST = 120
# Matched at the head of a line, in simplified form.
_AT_HEAD = re.compile(
    r"欢迎来到.{0,20}(?:网|平台)[!！]|(?:您(?:现在|当前|所在)?的?|现在的?|当前)位置\s*[:：]|首页\s*[>＞»›→]"
    r"|下面是小编为大家|推荐访问\s*[:：]|[上下]一[篇条]\s*[:：]|[(（【]?责任编辑\s*[:：]"
    r"|(?:相关|热门|推荐|延伸)(?:阅读|推荐|新闻|链接|文章|文档)\s*[:：]?$|猜你喜欢\s*[:：]?$"
    r"|(?:手机资讯|官方微信|官方微博|分享到|打印本页|关闭窗口|返回顶部|扫一扫|网站地图)\s*[:：]?\s*$"
    r"|扫一扫.{0,6}手机.{0,10}$|(?:分享|转发)[到至].{0,12}(?:微信|朋友圈|微博|空间).{0,20}$"
    r"|.{0,4}公网安备\s*\d+号|.{0,3}ICP备\s*\d+号|(?:政府)?网站标识码\s*[:：]?\s*[0-9a-z]{6}|[Cc]opyright\b|©"
    r"|版权所有(?!者|人|权)|建议(?:您)?使用.{0,30}(?:分辨率|浏览器)|点击(?:查看|阅读)(?:全文|原文|更多)\s*[>＞》]*$"
)
# What a page tells of itself, in one line: 来源:新华网 发布时间:2020-01-02 浏览次数:35.
_VIEWS = r"(?:浏览|点击|阅读|访问)(?:次数|量|数)?\s*[:：]"
_ABOUT = re.compile(
    rf"{_VIEWS}\s*(?:\d|$)"
    r"|(?:信息|文章|稿件|新闻)?来源\s*[:：].{0,30}(?:发布(?:时间|日期)|作者|编辑|(?<=\s)(?:时间|日期)|浏览|点击|阅读)\S{0,4}\s*[:：]"
    rf"|作者\s*[:：].{{0,16}}(?:来源|编辑|时间|{_VIEWS})"
    rf"|(?:(?:发布|更新|发稿|录入)?(?:时间|日期))\s*[:：]\s*\d{{4}}[-年/.]\d.*(?:来源|作者|字号|字体|打印|{_VIEWS})"
)
_CONTROL = (
    r"打印(?:本页|本文|此页)?|关闭(?:窗口|本页)?|收藏(?:本页)?|分享到?|字[号体](?:大小)?|返回(?:顶部|列表)|网站地图|设为首页"
    r"|加入收藏|我要纠错|纠错|语音播报|朗读|无障碍(?:浏览|阅读)?|长者模式|复制链接"
)
_OTHER = (
    r"[特]?大|中|小|默认|(?:新浪|腾讯)?微博|微信|朋友圈|QQ空间|QQ好友|豆瓣|贴吧|人人网|推荐|繁体|简体|手机版|返回(?:首页)?"
    r"|首页|注册|登录|联系我们|RSS|TOP|A\+|A-|[AT]"
)
_BETWEEN = r"[\s|｜/、:：,，【】\[\]（）()<>《》·•—\-+]"
_BAR = re.compile(rf"{_BETWEEN}*(?:(?:{_CONTROL}|{_OTHER}){_BETWEEN}*)+")
_CONTROLS, _BUTTONS = re.compile(_CONTROL), re.compile(f"{_CONTROL}|{_OTHER}")
_LONGEST_BAR = 60


def find_boilerplate(text: str) -> list[Edit]:
    """Find whole lines that only a web page would hold."""
    edits, start = [], 0
    lines = text.splitlines(keepends=True)
    plain = to_simplified(text)
    for line in lines:
        end = start + len(line)
        if len(line) <= _LONGEST + 1 and _is_of_page(plain[start:end].strip()):
            edits.append(Edit(start, end, "", "boilerplate"))
        start = end
    return edits


def _is_of_page(line: str) -> bool:
    if not line:
        return False
    return bool(_AT_HEAD.match(line) or _ABOUT.match(line)) or _is_bar(line)


def _is_bar(line: str) -> bool:
    """Whether the line holds a page's buttons, two at least, and nothing else."""
    if len(line) > _LONGEST_BAR or not _CONTROLS.search(line) or not _BAR.fullmatch(line):
        return False
    return len(_BUTTONS.findall(line)) > 1
