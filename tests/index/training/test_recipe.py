import numpy as np
import pytest

from index.piece_encoder import PieceEncoder, weight_files
from index.training import recipe
from index.training.pairs import PHRASES, Pairs
from index.training.recipe import Trainer
from index.training.records import Asked, Text
from index.training.vocabulary import choose

pytest.importorskip("torch")

SUBJECTS = {
    "散煤治理": "严禁销售、燃烧散煤,城区散煤动态清零",
    "秸秆禁烧": "露天焚烧秸秆的,由乡镇人民政府责令改正,可以处罚款",
    "扬尘管控": "工地应当湿法作业,裸土应当覆盖,出入车辆应当冲洗",
    "油品监管": "黑加油站点一经发现立即取缔,由商务部门负责",
    "餐饮油烟": "餐饮单位应当安装油烟净化设施并定期清洗",
    "烟花爆竹": "禁止在城区燃放烟花爆竹,违反的由公安机关处罚",
}
TEXTS = [Text(name, body) for name, body in SUBJECTS.items()]
LAY = {"秸秆": ["麦秆子"], "餐饮单位": ["饭店"], "烟花爆竹": ["鞭炮"]}
# In no text: only the real questions can tell what they mean.
ASKED = [
    Asked("邻居放炮仗归谁管", [5], [0, 1]),
    Asked("楼下饭馆呛人", [4], [1, 2]),
    Asked("地里点火", [1], [0, 5]),
]


@pytest.fixture
def trainer(monkeypatch: pytest.MonkeyPatch) -> Trainer:
    monkeypatch.setattr(recipe, "_BATCH", 32)
    monkeypatch.setattr(recipe, "_STEPS", 40)
    monkeypatch.setattr(recipe, "_ADAPTING", 5)
    terms = [*LAY, *(word for words in LAY.values() for word in words)]
    return Trainer(choose(TEXTS, PHRASES, terms), TEXTS, LAY, own=2)


def test_the_same_texts_and_questions_give_the_same_bytes(trainer: Trainer):
    def train() -> dict[str, bytes]:
        return weight_files(trainer.weights(trainer.learn_questions(trainer.learn_texts(), ASKED)))

    assert train() == train()


def test_texts_bring_their_questions_near_and_real_questions_what_no_text_says(
    trainer: Trainer, tmp_path
):
    learned = trainer.learn_questions(trainer.learn_texts(), ASKED)
    for name, data in weight_files(trainer.weights(learned)).items():
        (tmp_path / name).write_bytes(data)
    encoder = PieceEncoder(tmp_path)
    passages = encoder.encode_passages([f"{one.context}\n{one.body}" for one in TEXTS])
    questions = ["裸土要覆盖吗", "炮仗", "饭馆"]
    found = np.argmax(encoder.encode_queries(questions) @ passages.T, axis=1)
    assert found.tolist() == [2, 5, 4]


def test_adapting_goes_on_from_what_is_learned(trainer: Trainer):
    begun = trainer.learn_texts()
    heard: list[tuple[int, int]] = []
    adapted = trainer.learn_texts(begun, tell=lambda step, steps, _: heard.append((step, steps)))
    assert heard == [(step, 5) for step in range(5)]
    moved = np.linalg.norm(adapted.table - begun.table) / np.linalg.norm(begun.table)
    assert 0 < moved < 1


def test_a_question_is_cut_from_its_text_and_said_in_people_s_words():
    pairs = Pairs([Text("秸秆禁烧", "露天焚烧秸秆。")], LAY, np.random.default_rng(1))
    drawn = [pairs.draw(0) for _ in range(200)]
    assert any("麦秆子" in question for question, _ in drawn)
    assert any("秸秆" in question for question, _ in drawn)
    assert {with_context for _, with_context in drawn} == {True, False}


def test_a_text_of_nothing_still_gives_a_question():
    pairs = Pairs([Text("标题", "。"), Text("", "")], {}, np.random.default_rng(1))
    assert pairs.draw(0)[0] == "标题"
    assert pairs.draw(1)[0] == ""


def test_rules_are_asked_for_as_what_they_are():
    texts = [
        Text("", "本条例所称扬尘,是指工地产生的粉尘。"),
        Text("", "违反规定的,处一万元罚款。"),
        Text("", "建设单位应当覆盖裸土。"),
        Text("", "市城管局负责清扫道路。"),
    ]
    pairs = Pairs(texts, {}, np.random.default_rng(1))
    said = [{pairs.draw(row)[0] for _ in range(300)} for row in range(4)]
    assert "什么是扬尘" in said[0]
    assert "违反规定的,会被罚吗" in said[1]
    assert "建设单位有什么义务" in said[2]
    assert "清扫道路。谁负责" in said[3]
