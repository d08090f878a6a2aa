import pytest

from corpus.edits import apply_edits
from corpus.repairs.chinese import find_traditional

TRADITIONAL = "登封市召開污染防治攻堅會議,傳達學習生態環境保護工作會議精神,總結成績。"
SIMPLIFIED = "登封市召开污染防治攻坚会议,传达学习生态环境保护工作会议精神,总结成绩。"


def simplified(text: str) -> str:
    return apply_edits(text, find_traditional(text))


def test_only_the_traditional_paragraphs_of_a_text_are_converted():
    text = f"{SIMPLIFIED}\n{TRADITIONAL}\n钱鍾书的《圍城》是名著。\n" + SIMPLIFIED * 20
    assert simplified(text) == text.replace(TRADITIONAL, SIMPLIFIED)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("成效顯著,著名企業的著作著重寫著眼長遠", "成效显著,著名企业的著作着重写着眼长远"),
        ("這裏裡面啟動啓用衞生擡頭", "这里里面启动启用卫生抬头"),
        ("乾隆年間的乾元殿乾燥", "乾隆年间的乾元殿干燥"),
        ("「雙碳」工作會議", "「双碳」工作会议"),
        ("後來皇后的幹部乾杯", "后来皇后的干部干杯"),
        ("乾清宮、文徵明與魏徵,宮商角徵羽,特徵", "乾清宫、文徵明与魏徵,宫商角徵羽,特征"),
        (
            "(1)開展入河排污口排查。(2)2024年底前完成全市工作安排和排查整治",
            "(1)开展入河排污口排查。(2)2024年底前完成全市工作安排和排查整治",
        ),
        ("书记讲话传达精神,钱鍾書说", "书记讲话传达精神,钱鍾書说"),
        ("會議\n開幕\n", "会议\n开幕\n"),
    ],
)
def test_words_of_a_traditional_text(text: str, expected: str):
    assert simplified(TRADITIONAL + "\n" + text) == SIMPLIFIED + "\n" + expected


@pytest.mark.parametrize(
    "text",
    [
        "成效显著,著名企业家的著作",
        "乾隆年间修建的乾元殿",
        "里程碑式的后果",
        "乾嘉学派、乾清宫、徵羽、文徵明、魏徵",
        "刘昇、马頔、於海、王濛、鍾瑞",
        SIMPLIFIED * 3 + "\n钱鍾书、蕭乾、陳寅恪等学者",
        SIMPLIFIED * 3 + "“淨”“徵”等字",
        "皇后、山谷、面粉、制度、干部、只有、余额、征求、范围",
        "",
    ],
)
def test_simplified_text_stays(text: str):
    assert simplified(text) == text
