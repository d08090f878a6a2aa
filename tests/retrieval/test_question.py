import pytest

from retrieval.question import Field, content, read_question


@pytest.mark.parametrize(
    ("text", "fields", "subject"),
    [
        ("烤烟用煤整改时限", [Field.DEADLINE], "烤烟用煤"),
        ("烤煙用煤整改時限", [Field.DEADLINE], "烤烟用煤"),
        ("垃圾露天堆放什么时候整改到位？", [Field.DEADLINE], "垃圾露天堆放"),
        ("黑加油站由谁牵头", [Field.LEAD], "黑加油站"),
        ("黑加油站的配合单位有哪些", [Field.COOPERATING], "黑加油站"),
        ("道路破损问题的责任单位是谁?", [Field.UNITS], "道路破损"),
        ("工业围城责任领导", [Field.LEADERS], "工业围城"),
        ("散煤复燃谁分管", [Field.LEADERS], "散煤复燃"),
        ("重型货车管控的整改目标", [Field.TARGET], "重型货车管控"),
        ("散煤复燃怎么治理", [Field.MEASURES], "散煤复燃"),
        ("三大结构调整整改时限和责任领导", [Field.DEADLINE, Field.LEADERS], "三大结构调整"),
        ("责任单位呢?", [Field.UNITS], ""),
    ],
)
def test_fields_and_subject(text: str, fields: list[Field], subject: str):
    question = read_question(text)
    assert list(question.fields) == fields
    assert question.subject.split()[0:1] == ([subject] if subject else [])


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("第17项什么时候完成", [17]),
        ("17号任务谁牵头", [17]),
        ("第 3 项任务", [3]),
        ("第十七项", [17]),
        ("第17、18项谁牵头", [17, 18]),
        ("第17项和第20项的整改时限", [17, 20]),
        ("第-1项时限", [-1]),
        ("31项任务", []),
        ("2020年8月底前", []),
        ("PM2.5项目", []),
    ],
)
def test_item_numbers(text: str, items: list[int]):
    assert list(read_question(text).items) == items


@pytest.mark.parametrize(
    ("text", "listing"),
    [
        ("市公安局牵头哪些任务", True),
        ("有哪些任务已经整改到位", True),
        ("2021年到期的任务", True),
        ("市畜牧局配合什么", True),
        ("承担什么样的角色", False),
        ("烤烟用煤整改时限", False),
    ],
)
def test_lists(text: str, listing: bool):
    assert read_question(text).listing is listing


def test_own_areas_are_written_as_documents_write_them():
    assert content("区里散乱污整治完成多少") == "全区 我区 散乱污整治完成"


@pytest.mark.parametrize(
    "text", ["", "?", "\x00", "什么", "第999999999999项", "（（（", "😀", "a" * 5000]
)
def test_anything_can_be_read(text: str):
    assert read_question(text).text == text


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("这事由哪个局挑头", Field.LEAD),
        ("哪家领头干的", Field.LEAD),
        ("给谁打下手的单位", Field.COOPERATING),
        ("这条哪位副市长负责", Field.LEADERS),
        ("哪两位市领导盯着", Field.LEADERS),
        ("管这事的领导是谁", Field.LEADERS),
        ("要求多久办好", Field.DEADLINE),
        ("哪天必须弄完", Field.DEADLINE),
    ],
)
def test_fields_are_asked_for_in_plain_talk(text: str, field: Field):
    assert field in read_question(text).fields
