import pytest

from index.pieces import Pieces, is_piece

VOCABULARY = ["散", "煤", "治", "理", "散煤", "治理", "个体户", "整改时限"]
PIECES = Pieces("\n".join(VOCABULARY), 16)


def cut(*texts: str) -> list[list[str]]:
    """The pieces of each text, in the order of the vocabulary; shared places as a number."""
    bags = PIECES.bags(texts)
    found = []
    for start, stop in zip(bags.starts[:-1], bags.starts[1:], strict=True):
        ids = sorted(int(one) for one in bags.ids[start:stop])
        known = [VOCABULARY[one] for one in ids if one < len(VOCABULARY)]
        found.append([*known, str(len(ids) - len(known))])
    return found


def test_a_text_gives_its_characters_pairs_and_longer_pieces():
    assert cut("散煤治理") == [["散", "煤", "治", "理", "散煤", "治理", "2"]]  # 煤治 has two places
    assert cut("整改时限")[0][0] == "整改时限"


def test_no_piece_crosses_punctuation_blanks_or_texts():
    assert cut("散,煤", "散 煤", "散", "煤") == [
        ["散", "煤", "0"],
        ["散", "煤", "0"],
        ["散", "0"],
        ["煤", "0"],
    ]


def test_texts_are_folded():
    assert cut("個體戶")[0][0] == "个体户"


@pytest.mark.parametrize("text", ["", "。", "\n", "\ud800", "🀄", "①"])
def test_a_text_without_letters_has_no_pieces(text: str):
    assert cut(text) == [["0"]]


def test_a_text_has_the_same_pieces_alone_and_among_others():
    texts = ["散煤治理", "", "乾隆,散煤", "个体户 pm2.5", "煤" * 2000]
    assert cut(*texts) == [cut(text)[0] for text in texts]


def test_what_is_unknown_has_two_places_of_its_own_and_always_the_same():
    first, again = PIECES.bags(["龘"]), PIECES.bags(["龘"])
    assert first.ids.tolist() == again.ids.tolist()
    assert len(first.ids) == 2
    assert all(len(VOCABULARY) <= one < PIECES.size for one in first.ids)


@pytest.mark.parametrize("vocabulary", ["", "散\n\n煤", "散\n散", "整改时限表"])
def test_a_faulty_vocabulary_is_refused(vocabulary: str):
    with pytest.raises(ValueError, match="piece"):
        Pieces(vocabulary, 16)


def test_a_piece_is_one_to_four_letters():
    assert [is_piece(one) for one in ("煤", "整改时限", "整改时限表", "", "散,", "a1")] == [
        True,
        True,
        False,
        False,
        False,
        True,
    ]
