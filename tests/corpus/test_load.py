import codecs
from pathlib import Path

import pytest

from corpus.errors import LoadError
from corpus.formats.decoding import decode, read_text
from corpus.sources import SHIPPED

PLAN = read_text(next(SHIPPED.glob("004*")))
TRADITIONAL = read_text(next(SHIPPED.glob("001*")))


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be", "utf-32"],
)
@pytest.mark.parametrize("size", [40, 400, 4000])
def test_simplified_text_is_read_in_the_encoding_it_came_in(encoding: str, size: int):
    text = PLAN[300 : 300 + size]
    assert decode(text.encode(encoding), "f") == text


@pytest.mark.parametrize("encoding", ["utf-8", "big5", "gb18030", "utf-16"])
def test_traditional_text_is_read_in_the_encoding_it_came_in(encoding: str):
    data = TRADITIONAL.encode(encoding, "ignore")
    assert decode(data, "f") == data.decode(encoding)


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_newlines_stay_as_they_came(newline: str):
    text = newline.join(["关于印发方案的通知", "第一行", "第二行"])
    assert decode(text.encode(), "f") == text


@pytest.mark.parametrize(
    "data", [b"", b"  \n\n ", codecs.BOM_UTF8, codecs.BOM_UTF16_LE + "\n".encode("utf-16-le")]
)
def test_an_empty_file_is_refused(data: bytes):
    with pytest.raises(LoadError, match="空的"):
        decode(data, "f.txt")


@pytest.mark.parametrize(
    "data",
    [
        bytes(range(256)) * 8,
        b"\x89PNG\r\n\x1a\n" + bytes(range(128, 256)) * 9 + b"\0" * 90,
        b"PK\x03\x04" + bytes((i * 37 + 11) % 256 for i in range(3000)),
        b"\x7fELF\x02\x01\x01" + b"\0" * 400 + b"\x01\x02\x03" * 50,
        codecs.BOM_UTF8 + b"\xff\xfe\xfd" * 40,
    ],
)
def test_a_binary_or_undecodable_file_is_refused(data: bytes):
    with pytest.raises(LoadError, match=r"不是文本文件|认不出文字编码|内容不是"):
        decode(data, "f.bin")


def test_a_missing_file_is_named(tmp_path: Path):
    with pytest.raises(LoadError, match=r"没有\.txt"):
        read_text(tmp_path / "没有.txt")


def test_a_nul_in_utf8_is_never_read_as_another_encoding():
    with pytest.raises(LoadError):
        decode("烤烟用煤整改时限\0第二行散煤治理".encode(), "f.txt")


def test_a_few_control_characters_do_not_make_a_text_binary():
    assert decode("第一页\x0c第二页\x01结尾".encode(), "f.txt") == "第一页\x0c第二页\x01结尾"
