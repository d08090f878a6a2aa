import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.telegram.buttons import (
    MenuPress,
    Press,
    RelatedPress,
    SourcePress,
    TaskPress,
    VerdictPress,
    base36,
    decode,
    encode,
)

numbers = st.integers(0, 2**63 - 1)
small = st.integers(0, 10**6)
names = st.from_regex("[a-z][0-9a-z_]{0,8}", fullmatch=True)
tokens = st.from_regex("[0-9a-z]{1,12}", fullmatch=True)
free = st.text(st.characters(exclude_characters=":", exclude_categories=["Cs"]), max_size=6)
presses = st.one_of(
    st.builds(TaskPress, names, numbers, numbers, free),
    st.builds(SourcePress, tokens, small, small),
    st.builds(RelatedPress, tokens),
    st.builds(VerdictPress, tokens, st.booleans()),
    st.builds(MenuPress, names, free),
)


@given(presses)
def test_what_is_written_is_read(press: Press):
    data = encode(press)
    assert len(data.encode()) <= 64
    assert decode(data) == press


@pytest.mark.parametrize(
    ("press", "data"),
    [
        (TaskPress("k", 1295, 36, "T-7"), "a:k:zz:10:T-7"),
        (TaskPress("k", 0, 1), "a:k:0:1:"),
        (SourcePress("1f", 2, 0), "s:1f:2:0"),
        (RelatedPress("1f"), "r:1f"),
        (VerdictPress("1f", True), "v:1f:1"),
        (VerdictPress("1f", False), "v:1f:0"),
        (MenuPress("tasks", "2"), "m:tasks:2"),
    ],
)
def test_the_wire_form_of_each_press(press: Press, data: str):
    assert encode(press) == data
    assert decode(data) == press


@given(st.text(st.characters()) | st.text("asrvm:01zZ-_ ٣\n", max_size=20))
def test_any_string_is_read_exactly_or_refused(data: str):
    press = decode(data)
    assert press is None or encode(press) == data


@pytest.mark.parametrize(
    "data",
    [
        "",
        "a",
        "x:1",
        "a2:k:1:1:",
        "a:k:1:1",
        "a:k:1:1::",
        "a:k:01:1:",
        "a:k:1:Z:",
        "a:k:-1:1:",
        "a:k:+1:1:",
        "a:k:1_0:1:",
        "a:k: 1:1:",
        "a:k:٣:1:",
        "a:K:1:1:",
        "a::1:1:",
        "a:k:1y2p0ij32e8e8:1:",
        "s:1f:0:",
        "s:1F:0:0",
        "r:",
        "r:1f\n",
        "v:1f:2",
        "v:1f:",
        "m:tasks",
        "m::1",
        "m:tasks:\ud800",
        "m:tasks:" + "字" * 19,
        "m:tasks:" + "1" * 10**6,
    ],
)
def test_forged_data_is_refused(data: str):
    assert decode(data) is None


@pytest.mark.parametrize(
    "press",
    [
        TaskPress("k", 1, 1, "T:7"),
        TaskPress("k", -1, 1),
        TaskPress("k", 1, 2**63),
        TaskPress("确认", 1, 1),
        RelatedPress(""),
        RelatedPress("a" * 63),
        MenuPress("tasks", "字" * 19),
        MenuPress("tasks", "\ud800"),
    ],
)
def test_what_does_not_fit_is_not_written(press: Press):
    with pytest.raises(ValueError, match=r"."):
        encode(press)


def test_sixty_four_bytes_are_the_most():
    assert len(encode(RelatedPress("a" * 62))) == 64
    assert decode("r:" + "a" * 62) == RelatedPress("a" * 62)
    assert decode("r:" + "a" * 63) is None


@given(numbers)
def test_base36_is_read_by_int(number: int):
    assert int(base36(number), 36) == number
