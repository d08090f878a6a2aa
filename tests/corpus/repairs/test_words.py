import pytest

from corpus.repairs.words import word_at


@pytest.mark.parametrize(
    ("text", "place", "length"),
    [
        ("被动忙于末端", 2, 2),
        ("甘肃祁连山国家级", 3, 3),
        ("甘肃祁违山国家级", 3, 1),
        ("语重心长地", 0, 4),
        ("", 0, 1),
    ],
)
def test_the_word_that_covers_a_place(text: str, place: int, length: int):
    assert word_at(text, place) == length
