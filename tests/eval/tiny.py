"""A BEIR folder small enough to train on: articles in groups, questions that only people ask."""

import json
from pathlib import Path

ARTICLES = {
    "大气条例": ["严禁销售、燃烧散煤", "露天焚烧秸秆的处罚款", "工地应当覆盖裸土", "加油站应当回收油气"],
    "噪声条例": ["夜间禁止建筑施工", "禁止鸣喇叭", "餐饮单位应当降低噪声", "广场活动应当控制音量"],
    "绿化条例": ["禁止砍伐树木", "占用绿地应当恢复", "古树应当保护", "损坏草坪应当赔偿"],
}  # fmt: skip
LAY = ["能烧煤吗", "地里点火罚多少", "楼下半夜打桩", "饭店太吵", "砍树犯法吗", "踩坏草地要赔吗"]
GOLD = ["d0", "d1", "d4", "d6", "d8", "d11"]


def lay_tiny(folder: Path, *, times: int = 4) -> Path:
    """Write the set; each question is there several times, so that no fold lacks questions."""
    (folder / "qrels").mkdir(parents=True)
    named = [(law, text) for law, texts in ARTICLES.items() for text in texts]
    corpus = [{"_id": f"d{n}", "title": law, "text": text} for n, (law, text) in enumerate(named)]
    asked = [(f"q{n}-{m}", text) for n, text in enumerate(LAY) for m in range(times)]
    queries = [{"_id": name, "text": text} for name, text in asked]
    for name, records in (("corpus", corpus), ("queries", queries)):
        lines = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in records)
        (folder / f"{name}.jsonl").write_text(lines, "utf-8")
    judged = [f"{name}\t{GOLD[int(name[1])]}\t1\n" for name, _ in asked]
    (folder / "qrels" / "test.tsv").write_text(
        "query-id\tcorpus-id\tscore\n" + "".join(judged), "utf-8"
    )
    return folder
