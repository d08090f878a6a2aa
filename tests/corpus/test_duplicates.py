"""Near-duplicates: which documents are copies, how each stands to the best, and which that is."""

from __future__ import annotations

import json
import random
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from corpus.duplicates.candidates import likely_pairs, sample
from corpus.duplicates.clusters import find_clusters
from corpus.duplicates.comparing import align, overlap
from corpus.duplicates.forms import form_of
from corpus.duplicates.relating import numbers_in
from corpus.duplicates.versions import is_draft
from corpus.duplicates.wording import worse_worded
from corpus.reading import read_documents, read_file
from corpus.records import Cluster, Document, Relation
from corpus.sources import SHIPPED

CASES: dict[str, str] = json.loads(
    (Path(__file__).parent.parent / "cases" / "copies.json").read_text("utf-8")
)


def read(name: str, text: str | None = None) -> Document:
    [document] = read_documents(text or CASES[name], f"{name}.txt").documents
    return document


def clusters(*names: str) -> list[tuple[str, dict[str, Relation]]]:
    documents = {read(name).id: name for name in names}
    return [
        (documents[one.best], {documents[each.document_id]: each.relation for each in one.members})
        for one in find_clusters([read(name) for name in names])
    ]


@pytest.fixture(scope="module")
def shipped() -> list[Document]:
    files = sorted(SHIPPED.glob("*.txt"))
    return [document for path in files for document in read_file(path, path.name[:3]).documents]


def test_the_speeches_that_are_copies_are_found_and_no_others(shipped: list[Document]):
    found = {
        frozenset(one.rpartition("-")[2] for one in (cluster.best, *members(cluster)))
        for cluster in find_clusters(shipped)
    }
    assert found == {frozenset("12"), frozenset({"5", "6", "7", "10"}), frozenset("89")}


def members(cluster: Cluster) -> list[str]:
    return [member.document_id for member in cluster.members]


def test_the_speech_with_its_values_and_the_ones_not_spun_are_the_best(shipped: list[Document]):
    best = [cluster.best.rpartition("-")[2] for cluster in find_clusters(shipped)]
    assert best[0] == "1"
    assert best[1] in {"5", "10"}
    assert best[2] == "8"


def test_the_order_of_the_files_decides_nothing(shipped: list[Document]):
    best = {cluster.best for cluster in find_clusters(shipped)}
    assert {cluster.best for cluster in find_clusters(shipped[::-1])} == best


@pytest.mark.parametrize(
    ("name", "relation"),
    [
        ("reprint", Relation.SAME),
        ("masked", Relation.SAME),
        ("spun", Relation.REWORDED),
        ("excerpt", Relation.ABRIDGED),
        ("draft", Relation.REVISED),
    ],
)
def test_a_copy_stands_to_the_final_version_as(name: str, relation: Relation):
    [(best, related)] = clusters(name, "final")
    assert (best, related) == ("final", {name: relation}) or (
        (name, best) in {("reprint", "reprint"), ("draft", "draft")}
        and related == {"final": relation}
    )


def test_all_copies_of_one_plan_are_one_cluster_and_what_looks_alike_is_not_in_it():
    [(best, related)] = clusters(*CASES)
    assert best in {"final", "reprint"}
    assert {best, *related} == {"final", "reprint", "draft", "masked", "spun", "excerpt"}


def test_a_plan_of_another_city_or_on_another_matter_is_no_copy():
    assert clusters("final", "other city") == []
    assert clusters("final", "other plan") == []


def _plan(place: str, body: str = "") -> str:
    text = CASES["final"].replace("青河市", place).replace("青政办〔2020〕45号\n", "")
    return text.replace("市城市管理局", body + "城市管理局").replace("市公安局", body + "公安局")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (_plan("宁安县"), _plan("平阳县")),
        (_plan("科右前旗"), _plan("科右中旗")),
        (_plan("湘西州"), _plan("恩施州")),
        (_plan("宁安县", "宁安县"), _plan("平阳县", "平阳县")),
    ],
)
def test_one_template_filled_in_by_two_places_makes_no_copies(one: str, other: str):
    assert find_clusters([read("one", one), read("other", other)]) == ()


def test_plans_under_one_plain_title_that_name_two_counties_are_no_copies():
    plain = _plan("", "宁安县").replace("关于印发《扬尘污染治理实施方案》的通知", "实施方案")
    plain = plain.replace("人民政府办公室\n", "").replace("市住房", "宁安县住房")
    other = plain.replace("宁安县", "平阳县")
    assert read("a", plain).title == read("b", other).title
    assert find_clusters([read("a", plain), read("b", other)]) == ()


def best_of(*texts: str) -> tuple[str, str]:
    documents = [read(str(index), text) for index, text in enumerate(texts)]
    [cluster] = find_clusters(documents)
    [source] = [one.source for one in documents if one.id == cluster.best]
    return source, cluster.why


FINAL, DRAFT = CASES["final"] + "\n2020年5月18日\n", CASES["draft"]
NUMBER = "青政办〔2020〕45号\n"


@pytest.mark.parametrize("mark", ["(征求意见稿)", "（讨论稿）", "(送审稿)", "(初稿)", "(草案)"])
@pytest.mark.parametrize("day", ["2020年4月3日", "2020年9月3日", ""])
def test_a_draft_is_never_better_than_what_was_issued(mark: str, day: str):
    draft = DRAFT.replace("(征求意见稿)", mark) + f"\n{day}\n"
    why = "是印发的文件,不是未定稿"
    assert best_of(FINAL, draft) == ("0.txt", why)
    assert best_of(draft, FINAL.replace(NUMBER, "")) == ("1.txt", why)


@pytest.mark.parametrize(
    ("name", "text", "draft"),
    [
        ("方案(征求意见稿)", "实施方案\n各单位：\n请办理。", True),
        ("方案(讨论稿)", "青政办〔2020〕45号\n青河市人民政府\n关于治理的通知\n", False),
        ("x", "关于公开征求《治理实施方案》意见的公告\n现公开征求意见。", True),
        ("x", "治理实施方案\n(征求意见稿,2020年5月)\n为加强治理，制定本方案。", True),
    ],
)
def test_a_draft_says_so_in_its_title_at_its_head_or_in_its_files_name(
    name: str, text: str, draft: bool
):
    assert is_draft(read(name, text)) is draft


def test_without_a_number_other_numbers_are_a_draft_s():
    draft = DRAFT.replace("(征求意见稿)", "") + "\n2020年4月3日\n"
    assert best_of(draft, FINAL)[0] == "1.txt"
    assert best_of(draft, CASES["masked"])[0] == "1.txt"


def test_of_two_issued_versions_the_later_is_the_best():
    revised = FINAL.replace("2021年底", "2022年底").replace("45号", "61号")
    revised = revised.replace("2020年5月18日", "2020年11月2日")
    assert best_of(FINAL, revised) == ("1.txt", "数字有修订,日期较晚")


def test_a_misread_number_makes_a_reprint_no_newer_version():
    reprint = FINAL.replace("95%", "96%").replace("2020年5月18日", "2020年6月1日")
    assert best_of(reprint, FINAL) == ("1.txt", "日期最早")


def test_a_budget_draft_in_a_title_or_a_sentence_about_a_draft_makes_none():
    for text in (
        "青河市关于2020年预算草案的报告\n各位代表：\n请予审议。",
        "关于印发方案的通知\n《方案(征求意见稿)》已征求各县区意见，现予印发。\n",
        "关于印发方案的通知\n经研究，现将《方案(送审稿)》修改后印发\n",
    ):
        assert not is_draft(read("x", text))


def test_a_revised_date_is_told_on_both_sides():
    [cluster] = find_clusters([read("final"), read("draft")])
    [member] = cluster.members
    assert cluster.best == read("final").id
    assert "2021年底→2020年底" in member.differs


def test_the_reason_for_the_best_copy_is_told_in_words():
    [cluster] = find_clusters([read("masked"), read("final")])
    assert (cluster.best, cluster.why) == (read("final").id, "隐去的数值和姓名最少")
    [cluster] = find_clusters([read("excerpt"), read("final")])
    assert cluster.why.startswith("内容完整,不是节选")


def test_of_equal_copies_the_earlier_dated_is_the_best():
    text = CASES["final"]
    early = Document("e", "甲", text, text, "e.txt", issued_on=date(2020, 1, 1))
    late = Document("l", "甲", text + "。", text, "l.txt", issued_on=date(2021, 1, 1))
    [cluster] = find_clusters([late, early])
    assert (cluster.best, cluster.why) == ("e", "日期最早")
    assert cluster.members[0].jaccard == 1.0


def test_a_collection_does_not_make_copies_of_what_it_collects():
    first, second = read("final"), read("other plan")
    both = Document("both", "汇编", first.text + second.text, "", "both.txt")
    [cluster] = find_clusters([first, second, both])
    assert cluster.best == "both"
    assert {one.document_id: one.relation for one in cluster.members} == {
        first.id: Relation.ABRIDGED,
        second.id: Relation.ABRIDGED,
    }


def test_what_is_between_two_texts_does_not_join_them():
    lines = [
        f"第{index}条,{chr(0x4E00 + 37 * index) * 3}{index}号工程由各地办理。"
        for index in range(99)
    ]
    texts = ["".join(lines[12 * index : 12 * index + 60]) for index in range(4)]
    documents = [Document(str(index), "", text, text, "x") for index, text in enumerate(texts)]
    assert overlap(form_of(texts[0]), form_of(texts[3])).jaccard < 0.3
    joined = [{cluster.best, *members(cluster)} for cluster in find_clusters(documents)]
    assert joined
    assert not any({"0", "3"} <= one for one in joined)


def test_many_reprints_are_one_cluster():
    texts = [CASES["final"].replace("有关单位", f"有关单位{index}") for index in range(40)]
    [cluster] = find_clusters([read(f"r{index}", text) for index, text in enumerate(texts)])
    assert len(cluster.members) == 39


@pytest.mark.parametrize("texts", [[], ["短"], ["", ""], ["同一行字", "同一行字"]])
def test_what_is_too_short_has_no_copies(texts: list[str]):
    documents = [Document(str(index), "", text, text, "x") for index, text in enumerate(texts)]
    assert find_clusters(documents) == ()


def test_a_form_leaves_out_punctuation_space_width_and_case():
    form = form_of("Ａ 省、﹙80％﹚\n的“b”")
    assert form.chars() == "a省80的b"
    assert form.span(1, 3) == (2, 6)
    assert form.within(2, 6) == (1, 3)


def test_an_abridged_text_is_contained_though_its_jaccard_is_small():
    chance = random.Random(1)
    long = "".join(chr(chance.randrange(0x4E00, 0x8000)) for _ in range(2000))
    shared = overlap(form_of(long), form_of(long[500:900]))
    assert shared.containment == (pytest.approx(396 / 1996), 1.0)
    assert shared.jaccard == pytest.approx(396 / 1996)
    assert likely_pairs([sample(form_of(one).kinds) for one in (long, long[500:900])]) == [(0, 1)]


def test_a_sample_is_the_same_share_of_every_text():
    kinds = np.sort(np.random.default_rng(3).integers(0, 2**63, 80_000, np.uint64) * np.uint64(2))
    assert len(sample(kinds)) == pytest.approx(10_000, rel=0.05)


def test_changes_are_what_reads_otherwise():
    first, second = (
        form_of(f"全市今年要完成燃煤锅炉拆改任务{number}台,逾期没有完成的单位一律通报批评")
        for number in ("120", "85")
    )
    [change] = align(first, second).changes()
    assert first.chars()[slice(*change.first)] == "120"
    assert second.chars()[slice(*change.second)] == "85"


def test_a_place_is_found_in_another_wording():
    first = "各级各部门要及时完成任务,特别是要保护好生态环境,坚决打赢这场硬仗。"
    second = "来源:网络。各级各部门要准时完成任务,特殊是要疼惜好生态环境,坚决打赢这场硬仗。"
    one, other = form_of(first), form_of(second)
    start, end = one.within(first.index("特别"), first.index(",坚决"))
    place = align(one, other).counterpart(start, end)
    assert place
    assert other.chars()[slice(*place)] == "特殊是要疼惜好生态环境"


def test_words_that_no_author_puts_together_are_the_reworded_ones(shipped: list[Document]):
    forms = {one.id.rpartition("-")[2]: form_of(one.text) for one in shipped if "-" in one.id}
    assert worse_worded(align(forms["10"], forms["6"])) == 1
    assert worse_worded(align(forms["7"], forms["5"])) == -1
    assert worse_worded(align(forms["8"], forms["9"])) == 0


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        ("用三年时间完成80%", ("3", "80")),
        ("2020年年底", ("2020",)),
        ("3.50万吨", ("3.5",)),
        ("一定要第一时间", ()),
    ],
)
def test_numbers_are_read_however_they_are_written(words: str, numbers: tuple[str, ...]):
    assert numbers_in(words) == numbers
