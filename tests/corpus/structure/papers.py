"""Papers put together at random from what papers are made of; what each says is known."""

from datetime import date
from random import Random

CITIES = ("漯河市", "某某县", "金水区", "驻马店市", "鹤壁市淇滨区", "兰考县")
BODIES = [
    "人民政府",
    "人民政府办公室",
    "生态环境局",
    "污染防治攻坚战领导小组办公室",
    "发展和改革委员会",
    "财政局",
    "公安局交通警察支队",
    "自然资源和规划局",
    "卫生健康委员会",
    "大气污染防治指挥部",
]
SUBJECTS = [
    "加强扬尘污染防治",
    "做好秸秆禁烧工作",
    "印发《重污染天气应急预案》",
    "印发散煤治理实施方案",
    "开展“散乱污”企业排查整治",
    "转发省生态环境厅夏季臭氧管控方案",
    "成立环保督察整改领导小组",
]
KINDS = ["通知", "意见", "函", "通报", "公告", "实施意见", "紧急通知", "批复"]
GROUPS = [
    "各县区人民政府",
    "各乡镇人民政府、街道办事处",
    "市直有关单位",
    "各科室",
    "有关企业",
    "市公安局",
]
LISTS = ["任务分工清单", "成员名单", "排查台账", "工作方案", "报送制度"]
TEXT = (
    "为进一步改善环境质量，现就有关事项通知如下。",
    "一、总体要求",
    "坚持问题导向，压实工作责任，密切配合，形成合力，确保任务落实到位。" * 2,
    "（一）加强组织领导。要明确分工，细化措施，倒排工期，定期调度。",
)
_DIGITS = "〇一二三四五六七八九"


def _in_characters(day: date) -> str:
    def numeral(number: int) -> str:
        tens, ones = divmod(number, 10)
        head = ("" if tens == 1 else _DIGITS[tens]) + "十" if tens else ""
        return head + (_DIGITS[ones] if ones else "")

    year = "".join(_DIGITS[int(digit)] for digit in str(day.year))
    return f"{year}年{numeral(day.month)}月{numeral(day.day)}日"


def paper(random: Random) -> tuple[str, dict[str, object]]:
    """A paper, and what it says of itself."""
    issuer = random.choice(CITIES) + random.choice(BODIES)
    day = date(random.randint(2014, 2024), random.randint(1, 12), random.randint(1, 28))
    number = f"{issuer[0]}{random.choice('政环发建')}〔{day.year}〕{random.randint(1, 200)}号"
    title = f"关于{random.choice(SUBJECTS)}的{random.choice(KINDS)}"
    addressees = [] if title.endswith("公告") else random.sample(GROUPS, random.randint(1, 3))
    attachments = random.sample(LISTS, random.randint(0, 3))
    named = random.random() < 0.25
    whole = issuer + title if named else title
    cut = len(whole) - 4 if len(title) > 20 and random.random() < 0.3 else len(whole)
    lines = (
        [part for part in (whole[: cut - 4], whole[cut - 4 :]) if part]
        if cut < len(whole)
        else [whole]
    )
    if named:
        lines = [*lines, number]
    else:
        lines = random.choice(
            (
                [f"{issuer}文件", number, *lines],
                [number, issuer, *lines],
                [issuer, *lines, f"（{number}）"],
            )
        )
    lines = [*random.choice(([], ["特急"], ["机密★1年"])), *lines]
    lines += [*(["，".join(addressees) + "："] if addressees else []), *TEXT]
    lines += _listed(attachments)
    written = random.choice((_in_characters(day), f"{day.year}年{day.month}月{day.day}日"))
    lines += random.choice(([issuer, written], [f"{issuer}　　{written}"]))
    lines += random.choice(
        ([], ["（此件公开发布）"], ["抄送：市委办公室。", f"{issuer} {written}印发"])
    )
    if random.random() < 0.4:
        for place, name in enumerate(attachments, start=1):
            lines += [f"附件{place}", name, "一、内容", "某某公司", "2012年2月3日"]
    said = {
        "title": whole,
        "number": number,
        "issuer": issuer,
        "issued_on": day,
        "addressees": tuple(addressees),
        "attachments": tuple(attachments),
        "year": day.year,
    }
    return random.choice(("\n", "\n\n")).join(lines) + "\n", said


def _listed(attachments: list[str]) -> list[str]:
    if len(attachments) < 2:
        return [f"附件：{name}" for name in attachments]
    first, *rest = attachments
    return [f"附件：1.{first}", *(f"{place}.{name}" for place, name in enumerate(rest, start=2))]
