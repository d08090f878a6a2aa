"""Names of departments: their short and former forms, and matching a unit people ask for."""

from __future__ import annotations

import re

# Official name without its level (市, 县, …), then the short forms documents and people use.
DEPARTMENTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("发展改革委", ("发改", "发展改革", "发展和改革", "发改委", "发展和改革委员会", "发展改革委")),
    ("工业和信息化局", ("工信", "工业和信息化", "工业信息化")),
    ("市场监管局", ("市场监管", "市场监督管理", "市监", "工商")),
    ("生态环境局", ("生态环境", "环保", "环境保护", "环境")),
    (
        "自然资源和规划局",
        (
            "自然资源",
            "自然资源和规划",
            "自然资源与规划",
            "规划和自然资源",
            "国土",
            "国土资源",
            "资源规划",
            "规划",
            "城乡规划",
        ),
    ),
    ("住房和城乡建设局", ("住建", "住房城乡建设", "住房和城乡建设")),
    (
        "城市管理局",
        (
            "城管",
            "城市管理",
            "城市综合执法",
            "城市管理综合执法",
            "城市管理和综合执法",
            "城市管理行政执法",
            "城管执法",
            "城管综合执法",
        ),
    ),
    ("交通运输局", ("交通", "交通运输")),
    ("农业农村局", ("农业农村", "农业")),
    ("应急管理局", ("应急", "应急管理")),
    ("商务局", ("商务",)),
    ("公安局", ("公安",)),
    ("财政局", ("财政",)),
    ("教育局", ("教育",)),
    ("科技局", ("科技", "科学技术")),
    ("民政局", ("民政",)),
    ("司法局", ("司法",)),
    ("人力资源社会保障局", ("人社", "人力资源社会保障", "人力资源和社会保障")),
    ("水利局", ("水利", "水务")),
    ("文化广电和旅游局", ("文旅", "文广旅", "文化和旅游", "文化广电和旅游")),
    ("卫生健康委", ("卫健", "卫生健康", "卫健委", "卫生健康委", "卫生健康委员会")),
    ("审计局", ("审计",)),
    ("统计局", ("统计",)),
    ("气象局", ("气象",)),
    ("畜牧局", ("畜牧",)),
    ("林业局", ("林业",)),
    ("税务局", ("税务",)),
    ("烟草专卖局", ("烟草", "烟草专卖")),
    ("纪委监委", ("纪委", "监委", "纪检监察", "纪委监委")),
    (
        "污染防治攻坚办",
        (
            "攻坚办",
            "污染防治攻坚",
            "污染防治攻坚办",
            "污染防治攻坚战领导小组",
            "污染防治攻坚领导小组",
        ),
    ),
)


_DEPARTMENT_OF = {
    short: name for name, shorts in DEPARTMENTS for short in (*shorts, name.rstrip("局"))
}
# What a name may lose without becoming another unit (市水务公司 is not 市水务局). Longest first.
_KINDS = (
    "领导小组办公室",
    "委员会",
    "办公室",
    "部门",
    "单位",
    "局",
    "厅",
    "委",
    "办",
    "处",
)
_LEVEL = re.compile(
    # 市场监管局, 市委办公室 and 城市管理局 hold a 市 that is no level.
    r"^(?P<level>市(?!场|直|委|政府|监)|[^市]{2,3}市(?!场监|政府|委)|[^市]{0,3}[省县区])(?P<rest>.{2,})$"
)
_COUNTIES = re.compile(r"^(?:各|全市)?(?P<area>县区|区县|县市区|市县区|功能区|县|区)(?P<body>.*)$")
_GOVERNMENTS = ("人民政府", "政府", "管委会")
_GENERIC = {
    "管理局",
    "监管局",
    "监督局",
    "管理",
    "办公室",
    "委员会",
    "有限公司",
    "各单位",
    "各部门",
}
_MIN_SUFFIX = 3  # 督查局 names 市委市政府督查局; two characters end too many names


def unit_matches(query: str, unit: str) -> bool:
    """Tell whether the unit a person asks for is `unit`, tolerant of level, short form, alias.

    市场监管局, 市市场监督管理局 and 市场监管 all match 市市场监管局. The collective 各县区 units
    match only when asked as such (县区, 各县区, 人民政府).
    """
    asked = _plain(query)
    if not asked:
        return False
    names = unit_names(unit)
    if asked in names or asked == _plain(unit):
        return True
    if names[0].startswith("各"):
        return _is_collective(asked, names)
    if asked in _GOVERNMENTS:
        return names[0].endswith(asked)
    return any(_same(asked, name) for name in (*names, _plain(unit)))


def department_of(name: str) -> str | None:
    """Return the official name, without its level, of a department's short or full name."""
    plain = _plain(name)
    for candidate in _forms(plain):
        if candidate in _DEPARTMENT_OF:
            return _DEPARTMENT_OF[candidate]
    return None


def _plain(name: str) -> str:
    """Fold spaces and the width of parentheses."""
    return re.sub(r"\s+", "", name).replace("（", "(").replace("）", ")")


def unit_names(unit: str) -> list[str]:
    """Return a unit's name and its aliases in parentheses: 市烟草专卖局(市烟草公司)."""
    plain = _plain(unit)
    main = re.sub(r"\([^()]*\)", "", plain)
    return [main, *re.findall(r"\(([^()]*)\)", plain)]


def _forms(plain: str) -> list[str]:
    """Return the readings of a name with its level and its kind (局, 委) dropped or kept."""
    bare = [plain]
    level = _LEVEL.match(plain)
    if level and level["rest"] not in _GOVERNMENTS:
        bare.append(level["rest"])
    forms = list(bare)
    for form in bare:
        for kind in _KINDS:
            rest = form.removesuffix(kind)
            # 市委办公室 is not 市委.
            if rest != form and len(rest) > 1 and not rest.endswith(("市委", "政府")):
                forms.append(rest)
    return forms


def _level(plain: str) -> str | None:
    """Return whose unit it is (市, 县, 郾城区): None when the name does not say."""
    match = _LEVEL.match(plain)
    return match["level"] if match else None


def _levels_agree(first: str | None, second: str | None) -> bool:
    """Tell whether two levels can be one: 市 and 漯河市 can, 郾城区 and 源汇区 cannot."""
    if not first or not second:
        return True
    return first.endswith(second) or second.endswith(first)


def _same(asked: str, name: str) -> bool:
    """Compare two names: by department, then by name without level, then by a telling ending."""
    if not _levels_agree(_level(asked), _level(name)):
        return False
    first, second = department_of(asked), department_of(name)
    if first or second:
        return first == second
    if set(_forms(asked)) & set(_forms(name)):
        return True
    if _region(asked) == _region(name):
        return True
    telling = len(asked) >= _MIN_SUFFIX and asked not in _GENERIC and asked not in _GOVERNMENTS
    return telling and name.endswith(asked)


def _region(name: str) -> str:
    """Fold 源汇区人民政府, 源汇区政府 and 源汇区; 市直各部门 and 市直部门."""
    return re.sub(r"(?<=[县区乡镇])(?:人民)?政府$|各|有关|相关", "", name)


def _is_collective(asked: str, names: list[str]) -> bool:
    """Tell whether 县区, 各县区纪委监委, 人民政府 … asks for a collective unit's kind."""
    bodies = [match["body"] for name in names if (match := _COUNTIES.match(name))]
    tails = [body for body in bodies if body] or [names[0]]
    if asked in _GOVERNMENTS:
        return any(tail.endswith(("人民政府", "管委会")) for tail in (*tails, *names))
    query = _COUNTIES.match(asked)
    if not query:
        return False
    body = query["body"]
    return not body or any(tail.endswith(body) for tail in (*tails, *names))
