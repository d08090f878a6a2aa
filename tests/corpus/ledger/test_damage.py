"""Whatever stands in a text or a table, reading it gives tasks whose words stand there."""

import random
from pathlib import Path

from corpus.ledger.reading import check_ledger, read_ledger
from corpus.records import Cell, Row, Table
from tests.corpus.ledger.support import LEFT, UP, assert_verbatim, document, with_tables

LAYOUTS = Path(__file__).parents[2] / "cases" / "layouts"
SEED = 20220301
SHREDS = [
    "1.",
    "（一）",
    "一、",
    "第三项",
    "问题二",
    "(3)",
    "①",
    "整改目标：",
    "【责任单位】",
    "整改时限",
    "责任单位及责任人：",
    "2022年",
    "\n",
    "\t",
    "牵头",
    "配合",
    "、",
    "。",
    "序号：",
    "999999",
    "²",
    "〇",
    "一是",
    "二是",
    "等12个部门",
    "附件",
    "(共3项)",
]
HEADS = [
    "序号",
    "问题",
    "存在问题",
    "整改目标",
    "整改措施",
    "责任领导",
    "责任单位",
    "牵头单位",
    "配合单位",
    "牵头单位/配合单位",
    "责任单位及责任人",
    "整改时限",
    "验收单位",
    "整改状态",
    "备注",
    "类别",
]
VALUES = [
    "1",
    "2",
    "3",
    "一",
    "一、思想方面（2项）",
    "（一）",
    "第3项",
    "整改不力。",
    "（1）甲。\n（2）乙，2022年6月底前。",
    "余伟",
    "市公安局",
    "市公安局/市城管局",
    "市水利局\n张三",
    "2022年9月底前",
    "长期坚持",
    "已完成",
    "合计",
    "问题",
    "整改时限",
]


def test_any_damage_to_a_list_leaves_words_that_stand_in_it():
    rng = random.Random(SEED)
    texts = [path.read_text("utf-8") for path in sorted(LAYOUTS.glob("*.txt"))]
    read = 0
    for _ in range(300):
        whole = document(_damaged(rng.choice(texts), rng))
        tasks = read_ledger(whole)
        check_ledger(whole, tasks)
        assert_verbatim(whole, tasks)
        assert len({task.id for task in tasks}) == len(tasks)
        read += len(tasks)
    assert read > 300


def _damaged(text: str, rng: random.Random) -> str:
    lines = text[rng.randrange(80) : len(text) - rng.randrange(80)].split("\n")
    if rng.random() < 0.3:
        rng.shuffle(lines)
    text = "\n".join(line for line in lines if rng.random() > 0.05)
    for _ in range(rng.randrange(10)):
        place = rng.randrange(len(text) + 1)
        text = text[:place] + rng.choice(SHREDS) + text[place + rng.randrange(4) :]
    joint = rng.choice(["\n"] * 5 + ["", " ", "\r\n", "\n\n"])
    return text.replace("\n", joint)


def test_any_table_is_read_without_an_error():
    rng = random.Random(SEED)
    read = 0
    for _ in range(400):
        width = rng.randrange(1, 9)
        rows = [rng.sample(HEADS, width)]
        for _ in range(rng.randrange(8)):
            cells = [rng.choice([*VALUES, "", UP, LEFT]) for _ in range(width)]
            rows.append(["9" if cells[0] == LEFT else cells[0], *cells[1:]])
        whole = document(*with_tables(rng.choice(["一、思想(2项)", "3.整改", ""]), rows))
        tasks = read_ledger(whole)
        check_ledger(whole, tasks)
        assert_verbatim(whole, tasks)
        read += len(tasks)
    assert read > 300


def test_cells_that_lie_outside_the_text_are_empty():
    text, tables = with_tables(
        [["序号", "问题", "责任单位", "整改时限"], ["1", "甲。", "乙局", "丙"]]
    )
    rng = random.Random(SEED)
    for _ in range(200):
        broken = [Cell(rng.randrange(-5, 60), rng.randrange(-5, 60)) for _ in range(4)]
        rows = (*tables[0].rows, Row(tuple(broken)), Row(tuple(broken[:2])), Row(()))
        read_ledger(document(text, [Table(rows)]))
