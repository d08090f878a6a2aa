import json
from pathlib import Path

import pytest

from corpus.structure.outline import counts_decimally, read_heading

CASES = json.loads((Path(__file__).parents[2] / "cases" / "outlines.json").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=[case["line"][:20] for case in CASES])
def test_a_line_is_this_heading_or_none(case: dict[str, object]):
    heading = read_heading(str(case["line"]), decimal=bool(case.get("decimal")))
    assert (heading.level if heading else None) == case["level"]
    if heading:
        assert heading.text == case.get("text", heading.text)
        assert heading.fills_line == case.get("fills_line", heading.fills_line)


def test_a_text_that_counts_1_1_is_told_from_one_with_decimals():
    plan = "1 总则\n1.1 编制目的\n为了应急。\n1.2 适用范围\n本市。\n2 组织体系\n2.1 指挥机构\n"
    assert counts_decimally(plan)
    assert not counts_decimally("产能:\n1.5万吨退出;2.3万吨改造;\n3.2万吨保留。\n")
