"""What a line at the head or the end of a document is, told from the line alone (GB/T 9704)."""

from __future__ import annotations

import re

from corpus.structure.days import DAY

_HAN = "[\u4e00-\u9fff]"
# 战 报, 标　　题: letters set apart to fill a line.
_SPACED = re.compile(rf"(?:^|(?<=\s))(?:{_HAN}\s+)+{_HAN}(?=$|[\s:：])")
_SPACE = re.compile(r"\s+")

_YEAR = r"[〔﹝〈\[［【(（]\s*(?:19|20)\d\d\s*[〕﹞〉\]］】)）]"
_SERIAL = rf"{_HAN}{{0,16}}\s*{_YEAR}\s*(?:第\s*)?\d{{1,5}}\s*号"
_ORDINAL = r"(?:(?:19|20)\d\d\s*年\s*)?第\s*[\d〇零一二三四五六七八九十百]{1,6}\s*号"
_JOINT = rf"{_SERIAL}(?:[\s,，、;；]+{_SERIAL}){{0,5}}"
_NUMBER_LINE = re.compile(rf"[(（]?\s*({_JOINT})\s*[)）]?(?:\s+签\s*发\s*人.*)?")
_ORDER_LINE = re.compile(rf"[(（]?\s*({_ORDINAL})\s*[)）]?")
_ORDER_NAMED = re.compile(rf"({_HAN}{{2,30}}?令)\s*[(（]?\s*({_ORDINAL})\s*[)）]?")
# The number of a ruling or a penalty: （2021）漯环罚字第12号.
_CASE_LINE = re.compile(
    rf"[(（〔﹝\[]\s*(?:19|20)\d\d\s*[)）〕﹞\]]\s*{_HAN}[\u4e00-\u9fff\d]{{1,12}}\s*(?:第\s*)?\d{{1,6}}\s*号"
)
NUMBER = re.compile(_SERIAL)
_NUMBER_BEHIND = re.compile(rf"[(（]\s*({_SERIAL})\s*[)）]$")

_COPY = re.compile(r"(?:份\s*号\s*[:：]?|No\.?|№)\s*\d{4,8}|\d{6}")
_SECRECY = re.compile(
    r"(?:绝\s*密|机\s*密|秘\s*密|内部(?:资料|文件|使用).{0,8}|工作秘密)(?:\s*[★☆*]\s*\S{0,8})?"
    r"(?:\s*(?:特\s*急|加\s*急|急\s*件))?"
)
_URGENCY = re.compile(
    r"(?:紧急程度\s*[:：]\s*)?(?:特\s*急|加\s*急|特\s*提|平\s*急|急\s*件)(?:\s*[★☆].*)?"
)
_SIGN = re.compile(rf"({_HAN}[^。，,:：]{{2,60}}?)\s*[(（]?\s*文\s*件\s*[)）]?")
_ORDER_SIGN = re.compile(rf"({_HAN}{{2,30}}?)(?:令|公告|通告)")
_SIGNER = re.compile(r"签\s*发\s*人\s*[:：]?")
# What a web page puts around a text, and no document says of itself.
_NAVIGATION = re.compile(
    r"(?:网站)?(?:首页|主页)(?:\s*[>》›/→|-]|$)|(?:您?(?:现在|当前|目前)?所?在?的?)?位置\s*[:：]"
    r"|(?:信息|文章|稿件|新闻)?来\s*源\s*[:：]|(?:发布|更新|发表|公开|录入|添加)(?:时间|日期)\s*[:：]"
    r"|(?:时间|日期)\s*[:：]\s*(?:19|20)\d\d\s*[-/.年]|(?:浏览|点击|阅读|访问)(?:次数|量|数)?\s*[:：]|(?:字体|字号)\s*[:：\[【]"
    r"|(?:作者|编辑|责任编辑|责编|审核|记者|通讯员|撰稿|供稿)\s*[:：]|(?:【|\[)?\s*(?:打印|分享|收藏|纠错|关闭)(?:本[页文]|此页|正文|窗口|到)?\s*[】\]:：]?\s*(?:$|[【\[|｜]|打印|分享|收藏|关闭|纠错)"
    r"|视力保护色|无障碍(?:浏览|阅读|模式|通道|版)?$|欢迎(?:来到|访问|光临)|设为首页|加入收藏|下面是小编|PAGE\s*\d*$|第\s*\d+\s*页|[-—－]\s*\d+\s*[-—－]$"
    r"|(?:19|20)\d\d(?:[-/.]\d{1,2}[-/.]\d{1,2}|年\d{1,2}月\d{1,2}日)"
    r"(?:\s+\d{1,2}[:：]\d\d(?:[:：]\d\d)?(?:\s.*)?|\s+来\s*源.*)$"
    r"|(?:19|20)\d\d[-/.]\d{1,2}[-/.]\d{1,2}$|.{2,24}(?:门户网站|政务网|信息网|人民网|新华网|政府网)$|https?://|www\."
)
_WITHOUT_WORDS = re.compile(r"[\W\d_]+")
_INFO_KEYS = (
    "索引号|主题分类|主题词|体裁分类|组配分类|发文机关|发文机构|发文单位|发布机构|发布机关|发布单位|制发机关|公开主体|成文日期"
    "|发文日期|生成日期|印发日期|制发日期|发布日期|公开日期|发文字号|发文文号|文件编号|文号|标题|名称|信息名称|文件名称|有效性"
    "|时效性|时效|效力状态|公开形式|公开方式|公开类别|公开属性|公开范围|公开责任部门|公开目录|失效日期|废止日期|施行日期|实施日期"
    "|生效日期|颁布日期|公布日期|发布文号|发文号|效力级别|法规类别|所属类别|服务对象|内容概述|信息索引|统一登记号|统一编号|登记号|公文种类|公文时效|文件类型|信息分类|分类|关键词|责任部门"
)
_INFO_KEY = re.compile(
    r"(?:(?<=^)|(?<=[\s|【\[]))(?P<key>"
    + "|".join(
        r"[ \u3000]*".join(key) for key in sorted(_INFO_KEYS.split("|"), key=len, reverse=True)
    )
    + r")[ \u3000]*(?:[】\]][ \u3000]*[:：]?|[:：|\t]+|$)"
)
_ORGANISATION = re.compile(
    r"(?:委员会|政府|办公[室厅]|[省市县区州盟旗镇乡村居部党国地企农工纪监改健卫资教科经信建编法民水环交体文商]委|[^布结格全大当时开定出]局|[^客餐大歌前]厅|[^内外全干]部"
    r"|国务院|[法检察研医学]院|科学院|研究院|公署|[^部]署|[^各四此到好长益坏用去查惩深共相]处|中心|[^本该分子]公司|集团|大学|学校|银行"
    r"|指挥部|领导小组|督[查察]组|工作组|专班|[总支大中]队|党组|党工委|管委会|协会|联合会|学会|商会|工会|街道|联席会议|编委会"
    r"|[省市县区州镇乡]\S{1,8}?[^主协承督交查转举开创停代特就]办|联社|管理站|管理所|派出所|监测站|党委|支部|总站|妇联|团委|编办|攻坚办|环委办|环攻坚办|(?:常委|人代|理事|监事|董事|基金|研究|促进|执委)会)"
    r"(?:办公[室厅])?$"
)
_STAMP = re.compile(r"\s*[(（](?:盖章|公章|印章|章|代章|印|加盖公章)[)）]$")
_NOT_NAMED = re.compile("^[在对向]|关于|同志|[。；;：:！!？?《》]|召开|推进会|大会|会议")
_ADDRESSED = re.compile(r"(?:主\s*送(?:机关|单位)?\s*[:：]\s*)?([^。；;：:！!？?]{2,400}?)[:：]")
_ADDRESSEE = re.compile(
    r"(?:[各省市县区镇乡州旗厅局委办部院会校行社队处站所组党府关位门司团心道构室业村场矿体]|[)）])$|各有关"
)
# Who is written to is a body, or all of a kind; a label (责任单位) is nobody.
_ORGANISED = re.compile(
    "各|政府|委员会|[市县区省州党]委|[^布结格]局|办公[室厅]|国务院|厅|公司|单位|管委会|法院|检察院|学校"
    "|中心|指挥部|小组|街道|党组|常委会|人大|政协|[市县区省直]部门|大学|集团|银行|有关|企业|[科处]室"
)
_LABEL = re.compile(
    "责任|牵头|配合|主办|协办|承办|发文|发布|制定|起草|联系|报送|填报|参加|参会|出席|列席|主持|编制"
    "|督[察查]|验收|审核|主管|参与|抄|来源|申报|建设|施工|监理|项目|组织|成员|监督|实施|落实|支持|指导|协同"
    "|包[联保]|分管|收文|用人|被|其[他中]|以下|下列"
)
_GREETING = re.compile(
    "同志们|[各诸]位|尊敬的|女士们|先生们|朋友们|老师们|同学们|代表们|委员们|同事们|领导们|父老|全[市县区省]?(?:广大)?[^局委府]{2,8}们"
)
_ENDING = re.compile(
    r"[(（]此件|抄\s*[送报]\s*[:：]|主\s*题\s*词\s*[:：]|.{0,80}日\s*印\s*发$"
    r"|.{2,60}\s\S{2,4}年\s*\S{1,3}月\s*\S{1,3}日$"
)
_BODY_LENGTH = 90
# No line that is but one of these elements is longer.
_LONGEST = 200
_HEADING = re.compile(
    r"[一二三四五六七八九十]{1,3}\s*、|第[一二三四五六七八九十百]{1,4}[章条节编]|[(（][一二三四五六七八九十]{1,3}[)）]"
    r"|目\s*[录次]$|1\s*[.．、]|一是"
)


def squeeze_letters(line: str) -> str:
    """Return a line with letters that were set apart together again: 战 报 is 战报."""
    return _SPACED.sub(lambda match: _SPACE.sub("", match.group()), line.strip())


def close_up(words: str) -> str:
    """Return words without any white space."""
    return _SPACE.sub("", words)


def number_of(line: str) -> str | None:
    """Return the 发文字号 that a line is, or the number of an order; joint ones stay together."""
    if "号" not in line or len(line) > _LONGEST:
        return None
    line = squeeze_letters(line)
    if match := _NUMBER_LINE.fullmatch(line):
        return " ".join(close_up(one) for one in NUMBER.findall(match.group(1)))
    if _CASE_LINE.fullmatch(line):
        return close_up(line)
    if match := _ORDER_NAMED.fullmatch(line):
        return close_up(match.group(1) + match.group(2))
    match = _ORDER_LINE.fullmatch(line)
    return close_up(match.group(1)) if match else None


def number_behind(line: str) -> str | None:
    """Return the 发文字号 in brackets behind a title on the same line."""
    match = _NUMBER_BEHIND.search(line) if line[-1:] in ")）" and len(line) <= _LONGEST else None
    return close_up(match.group(1)) if match else None


def sign_of(line: str) -> str | None:
    """Return the issuer where a line is the sign of its papers: 漯河市人民政府文件."""
    if "关于" in line or "《" in line or len(line) > _LONGEST:
        return None
    if match := _SIGN.fullmatch(line):
        return squeeze_letters(match.group(1))
    if match := _ORDER_NAMED.fullmatch(line):
        return close_up(match.group(1))[:-1]
    match = _ORDER_SIGN.fullmatch(close_up(line))
    return (
        match.group(1)
        if match and (is_organisation(match[1]) or match[1].endswith("主席"))
        else None
    )


def organisation(line: str) -> str | None:
    """Return the body that a line names and nothing else; its stamp is left out."""
    if len(line) > _LONGEST:
        return None
    name = squeeze_letters(_STAMP.sub("", line))
    return name if name and all(map(is_organisation, name.split())) else None


def is_organisation(name: str) -> bool:
    """Whether these words name a body, or several."""
    return len(name) <= 60 and bool(_ORGANISATION.search(name)) and not _NOT_NAMED.search(name)


def info_entries(line: str) -> list[tuple[str, str]]:
    """Return the keys of a web page's table of information in a line, each with its value."""
    matches = list(_INFO_KEY.finditer(line))
    if not matches or matches[0].start() > 1:
        return []
    ends = [match.start() for match in matches[1:]] + [len(line)]
    return [
        (close_up(match["key"]), line[match.end() : end].strip(" \u3000\t|:：;；【["))
        for match, end in zip(matches, ends, strict=True)
    ]


def is_furniture(line: str) -> bool:
    """Whether a line at the head is neither title nor text: navigation, marks, numbers, days."""
    return len(line) <= _LONGEST and bool(
        _WITHOUT_WORDS.fullmatch(line)
        or _NAVIGATION.match(line)
        or _COPY.fullmatch(line)
        or _SECRECY.fullmatch(line)
        or _URGENCY.fullmatch(line)
        or _SIGNER.match(line)
        or number_of(line)
        or sign_of(line)
        or is_day(line)
    )


def is_ending(line: str) -> bool:
    """Whether a line ends a paper: 附注, 抄送, the print line."""
    return len(line) <= _LONGEST and bool(_ENDING.match(line))


def is_navigation(line: str) -> bool:
    """Whether a web page wrote the line around a text."""
    return bool(_NAVIGATION.match(line))


def is_day(line: str) -> bool:
    """Whether a line is a day and nothing else, in brackets perhaps."""
    return bool(DAY.fullmatch(line.strip("()（） \u3000")))


def is_greeting(line: str) -> bool:
    """Whether a speech begins here: 同志们."""
    return bool(_GREETING.match(line))


def addressed(line: str) -> str | None:
    """Return the words before the colon where a line begins with 主送机关."""
    match = _ADDRESSED.match(line)
    if not match or is_greeting(line) or _HEADING.match(line):
        return None
    words = match.group(1).strip()
    if _LABEL.match(words):
        return None
    named = _ADDRESSEE.search(words) and "附件" not in words and "关于" not in words
    return words if named and (words.startswith("各") or _ORGANISED.search(words)) else None


def begins_body(line: str) -> bool:
    """Whether a line at the head is text already: a sentence, a paragraph, a first heading."""
    return (
        len(line) > _BODY_LENGTH
        or "。" in line
        or line.endswith(("；", "！"))
        or bool(_HEADING.match(line))
        or is_greeting(line)
        or addressed(line) is not None
    )
