"""What of a web page is the document, and what is only the page around it.

Too much is better than too little: what is left out is what two witnesses, or a plain phrase,
call the page's furniture.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from typing import Any

from corpus.formats.html_blocks import Block

_NAMES = re.compile(
    r"(?:^|[\s_-])(?:(?:top|main|sub|left|right|site|web)?nav(?:bar|igation|i)?|menu"
    r"|(?:site|page|web)?header|(?:site|page|web)?foot(?:er)?|bottom|bread(?:crumbs?)?|crumbs?"
    r"|position|location|curpos|weizhi|dqwz|share|bdshare\w*|bshare|side(?:bar)?|related|xiangguan"
    r"|xgwj|xglj|recommend|hot\w*|copyright|copy|tools?(?:bar)?|print|pager|pagination|search"
    r"|login|banner|friend(?:ly)?links?|links?|yqlj|qrcode|ewm|float|advert|ad|gg)(?:$|[\s_-]|\d)",
    re.IGNORECASE,
)
# A name of the document's own part (article-header) says nothing.
_OWN_NAMES = re.compile("article|content|news|title|detail|zoom|editor|text", re.IGNORECASE)
_TAGS = frozenset({"nav", "footer", "aside", "form"})
# Whole lines that only a page says, whatever holds them.
_PHRASE = re.compile(
    r"(?:(?:您|现在|当前|所在).{0,6}位置\s*(?:是|在)?\s*[:：>]|当前位置|位置\s*[:：]\s*首页|首页\s*[>›»/|·-]|网站首页"
    r"|设为首页|加入收藏|返回(?:顶部|首页|上页|列表)|分享(?:到|至)|[【\[]\s*(?:打印|关闭|收藏|纠错|返回)"
    r"|(?:打印|关闭|收藏)(?:本页|本文|窗口|页面)?(?:\s|$)|字(?:体|号)\s*[:：\[【(（]|[【\[]\s*字(?:体|号)"
    r"|[【\[(（]?\s*大\s+中\s+小|[上下]一[篇条]\s*[:：]?|(?:浏览|点击|阅读|访问)(?:次数|量|数)?\s*[:：]"
    r"|扫一扫|手机(?:版|扫码|查看)|微信扫|网站地图|联系我们|关于我们|无障碍|长者(?:版|模式)|版权所有"
    r"|Copyright|技术支持\s*[:：]|网站标识码|.{0,12}ICP备|.{0,8}公网安备|建议使用.*浏览器|友情链接"
    r"|今天是.{4,}|主办(?:单位)?\s*[:：].*(?:承办|网站|维护|电话|版权|备)|责任编辑\s*[:：]|登录\b|注册\b|繁體|English\b"
    r"|(?:(?:推荐|延伸|热门|热点|最新)(?:阅读|文章|新闻|信息|标签|推荐)|(?:栏目|本站|网站|站内)导航|猜你喜欢)\s*[:：]?$"
    r"|相关(?:链接|阅读|文章|新闻|文件|信息|稿件|解读|推荐)\s*[:：]?$|请输入关键[字词]|用户登录)",
    re.IGNORECASE,
)
_CRUMB = re.compile(r"(?:您|现在|当前|所在).{0,6}位置|位置\s*[:：]\s*首页|首页\s*[>›»]")
_FOOT = re.compile(
    r"Copyright|©|版权所有|主办(?:单位)?\s*[:：].*(?:承办|维护|网站|技术|备)|网站标识码|.{0,12}ICP备|.{0,8}公网安备",
    re.IGNORECASE,
)
_TITLE = re.compile(r"关于.*的(?:通知|通报|通告|公告|意见|方案|函|决定|批复|报告)$|附件\s*\d*$")
_ENDS_SENTENCE = re.compile("[。；！？]")
_PHRASE_LENGTH, _CRUMB_LENGTH = 120, 200
_NUMBER = re.compile(r"[〔﹝〈\[［【]\s*\d{4}\s*[〕﹞〉\]］】]\s*\d+\s*号")
_DATE = re.compile(r"\d{4}\s*[-/年.]\s*\d{1,2}\s*[-/月.]\s*\d{1,2}|[〇○零一二三四五六七八九]{4}年")
_DAY = re.compile(r"[\[(（]?\d{4}[-/年.]\d{1,2}[-/月.]\d{1,2}日?[\])）]?")
_HEADINGS = frozenset({"h2", "h3"})
_LINKED_SHARE = 0.5
_LONG = 40
# A part of the page that holds this share of its words is not around them, whatever its name.
_WHOLE_SHARE = 0.4
_LEAST_SHARE = 0.3
_NEARLY_ALL = 0.9
# A list of nothing but links is a menu, unless it names files or papers.
_ALL_LINKED, _MENU_ENTRIES = 0.9, 3
_PAPERS = re.compile(r"附件|附表|《|\.(?:docx?|xlsx?|pdf|zip|rar|wps|ofd)\b", re.IGNORECASE)


def furniture(html: str, blocks: Sequence[Block]) -> list[bool]:
    """Tell of each block whether it is no part of the document the page shows."""
    main = _squeezed(_library_text(html))
    kept = [bool(text) and _squeezed(text) in main for text in (block.text for block in blocks)]
    plain = sum(len(block.text) - block.linked for block in blocks)
    found = sum(len(block.text) for block, keep in zip(blocks, kept, strict=True) if keep)
    if found < _LEAST_SHARE * plain:  # the library has seen too little to be heard
        kept = [block.linked <= _LINKED_SHARE * len(block.text) for block in blocks]
    named = _named_parts(blocks, kept)
    place = _main_part(blocks, kept)
    lists, runs = _link_lists(blocks), _link_runs(blocks)
    reached = [index for index, keep in enumerate(kept) if keep]
    inner = range(min(reached, default=0), max(reached, default=-1) + 1)
    around = _around(blocks)
    return [
        index in around
        or _is_furniture(
            block,
            keep=kept[index],
            named=id(block.element) in named,
            inside=index in inner or id(block.element) in place,
            listed=id(block.element) in lists or index in runs,
        )
        for index, block in enumerate(blocks)
    ]


def _around(blocks: Sequence[Block]) -> set[int]:
    """What stands before a line that says where one is, and after one of the page's owner."""
    body = [index for index, block in enumerate(blocks) if _is_body(block)]
    first, last = (body[0], body[-1]) if body else (0, len(blocks))
    texts = [block.text.strip() for block in blocks]
    crumbs = [index for index in range(first) if _CRUMB.match(texts[index])]
    feet = [index for index in range(last + 1, len(blocks)) if _FOOT.match(texts[index])]
    head = range(crumbs[-1] + 1) if crumbs else range(0)
    foot = range(feet[0], len(blocks)) if feet else range(0)
    return {*head, *foot}


def _is_body(block: Block) -> bool:
    """Whether a block can only be of the document."""
    text = block.text.strip()
    if block.grid or _NUMBER.search(text) or block.element.tag == "h1":
        return block.linked < _LINKED_SHARE * len(text)
    written = _ENDS_SENTENCE.search(text) or _TITLE.search(text) or len(text) > _PHRASE_LENGTH
    return bool(written) and block.linked < _LINKED_SHARE * len(text)


def _link_runs(blocks: Sequence[Block]) -> set[int]:
    """The blocks that are nothing but links, several of them in a row."""
    runs: set[int] = set()
    run: list[int] = []
    for index, block in enumerate([*blocks, None]):
        if block and block.linked >= _ALL_LINKED * len("".join(block.text.split())):
            run.append(index)
            continue
        headed = bool(run and run[0]) and _PAPERS.match(blocks[run[0] - 1].text.strip())
        if len(run) >= _MENU_ENTRIES and not headed:
            runs |= set(run)
        run = []
    return runs


def _is_furniture(block: Block, *, keep: bool, named: bool, inside: bool, listed: bool) -> bool:
    text = block.text.strip()
    if not block.grid and _is_phrase(block, text):
        return True
    if _NUMBER.search(text) and not block.linked:
        return False
    if _is_menu(block, text, listed=listed):
        return True
    linked = block.linked > _LINKED_SHARE * len("".join(text.split())) or listed
    if block.grid:
        return named and linked
    if block.element.tag == "h1":
        return linked and not keep
    if named:
        return not keep or linked or len(text) < _LONG
    if keep or inside or (block.element.tag in _HEADINGS and not linked):
        return False
    if _ENDS_SENTENCE.search(text) and not linked:
        return False
    return linked or (len(text) < _LONG and not _DATE.search(text))


def _is_menu(block: Block, text: str, *, listed: bool) -> bool:
    size = len("".join(_DAY.sub("", text).split()))
    if block.linked < _ALL_LINKED * size or _PAPERS.search(text) or _ENDS_SENTENCE.search(text):
        return False
    return listed or block.links >= _MENU_ENTRIES


def _is_phrase(block: Block, text: str) -> bool:
    if not _PHRASE.match(text):
        return False
    if block.linked and len(text) <= _CRUMB_LENGTH:
        return True
    return len(text) <= _PHRASE_LENGTH and not _ENDS_SENTENCE.search(text)


def _library_text(html: str) -> str:
    import trafilatura

    # It tells its own troubles to its log; what it cannot see is kept by the other witnesses.
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    found = trafilatura.extract(
        html, favor_recall=True, include_tables=True, include_comments=False, deduplicate=False
    )
    return found or ""


def _squeezed(text: str) -> str:
    return re.sub(r"[\s|\u00a0-]+", "", text)


def _ancestors(element: Any) -> list[Any]:
    return [element, *element.iterancestors()]


def _named_parts(blocks: Sequence[Block], kept: Sequence[bool]) -> set[int]:
    """The elements that stand in a part of the page that is named as furniture."""
    plain, library = _Weights(), _Weights()
    for block, keep in zip(blocks, kept, strict=True):
        size = len(block.text) - block.linked
        plain.add(block.element, size)
        library.add(block.element, size if keep else 0)
    parts = {
        element
        for element in plain.held
        if plain.share(element) < _WHOLE_SHARE
        and library.share(element) < _WHOLE_SHARE
        and _is_named(element)
    }
    return {id(block.element) for block in blocks if parts & set(_ancestors(block.element))}


class _Weights:
    """How many characters each element holds."""

    def __init__(self) -> None:
        self.held: dict[Any, int] = {}
        self.total = 0

    def add(self, element: Any, size: int) -> None:
        """Count what stands in an element for it and all around it."""
        self.total += size
        for holder in _ancestors(element):
            self.held[holder] = self.held.get(holder, 0) + size

    def share(self, element: Any) -> float:
        """The part of all that an element holds."""
        return self.held.get(element, 0) / max(1, self.total)


def _is_named(element: Any) -> bool:
    if element.tag in _TAGS:
        return True
    names = f"{element.get('class') or ''} {element.get('id') or ''}"
    if element.tag in ("body", "html") or _OWN_NAMES.search(names):
        return False
    return bool(_NAMES.search(names))


def _main_part(blocks: Sequence[Block], kept: Sequence[bool]) -> set[int]:
    """The elements in the smallest part of the page that holds nearly all that is kept."""
    weights = _Weights()
    for block, keep in zip(blocks, kept, strict=True):
        if keep:
            weights.add(block.element, len(block.text))
    whole = [element for element in weights.held if weights.share(element) >= _NEARLY_ALL]
    if not whole:
        return set()
    smallest = max(whole, key=lambda element: len(_ancestors(element)))
    if smallest.tag in ("body", "html"):
        return set()
    return {id(block.element) for block in blocks if smallest in _ancestors(block.element)}


def _link_lists(blocks: Sequence[Block]) -> set[int]:
    """The elements of lists whose entries are nearly all links: menus, other documents."""
    lists: dict[Any, list[Block]] = {}
    for block in blocks:
        for element in _ancestors(block.element):
            if element.tag in ("ul", "ol", "dl"):
                lists.setdefault(element, []).append(block)
                break
    found: set[int] = set()
    for entries in lists.values():
        size = sum(len("".join(block.text.split())) for block in entries)
        if len(entries) > 1 and sum(block.linked for block in entries) > _LINKED_SHARE * size:
            found |= {id(block.element) for block in entries}
    return found
