from eval.records import QuestionKind
from eval.relevance import Evidence, search_queries, task_number, usable
from tests.eval.support import question, turn

PLAN = "004_dbcf2c26876c712d.txt"


def test_evidence_is_looked_for_in_the_tasks_named(evidence: Evidence):
    everywhere = evidence.holding("立行立改,长期坚持", PLAN)
    once = evidence.holding("立行立改,长期坚持", PLAN, [1])
    assert len(everywhere) > 5
    assert [task_number(passage) for passage in once] == [1]
    assert once[0].kind == "task.deadline"


def test_white_space_and_width_do_not_matter(evidence: Evidence):
    spaced = evidence.holding("境内有长江干流岸线 197 公里", "002_9847263fc28bd103.txt")
    closed = evidence.holding("境内有长江干流岸线197公里", "002_9847263fc28bd103.txt")
    assert spaced == closed
    assert spaced


def test_what_does_not_stand_in_the_corpus_is_named(evidence: Evidence):
    cases = {
        "没有文件": question(turn(evidence=["甲"]), source="nowhere.txt"),
        "没有一段含有证据": question(turn(evidence=["不在文中的话"]), source=PLAN),
        "没有答案": question(turn(answers=["2035年"], evidence=["2022年年底"]), source=PLAN),
        "没有“市气象局”": question(turn(items=["市气象局"], evidence=["2022年年底"]), source=PLAN),
    }
    for why, one in cases.items():
        kept, problems = usable([one], evidence)
        assert kept == []
        assert why in problems[0].reason
        assert problems[0].place == one.place


def test_searches_are_measured_on_single_questions_with_an_answer(evidence: Evidence, dev):
    queries = search_queries("dev", dev, evidence)
    kinds = {one.id: one.kind for one in dev}
    assert {kinds[query] for query in queries.texts} == {
        QuestionKind.FIELD,
        QuestionKind.FACT,
        QuestionKind.LIST,
    }
    deadline = queries.qrels["004-17-01"]
    (passage,) = deadline
    assert deadline[passage] == 1
    assert queries.groups["004-17-01"] == ("field",)
