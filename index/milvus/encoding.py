"""The encoder that a version's vectors were made with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corpus.errors import EncoderError, EncoderMismatch
from index.dense import record_of, same
from index.encoder import open_encoder

if TYPE_CHECKING:
    from index.encoder import Encoder
    from index.records import EncoderRecord


def encoder_for(wanted: EncoderRecord, given: Encoder | str | None) -> Encoder:
    """Return the encoder of a record: the `given` one, or by its name.

    :raises EncoderMismatch: it is another, or is not to be had.
    :raises MissingExtra: it needs sentence-transformers, which is not installed.
    """
    try:
        if given is None or isinstance(given, str):
            model = open_encoder(given or wanted.name)
        else:
            model = given
        found = record_of(model)
    except EncoderError as exc:
        raise EncoderMismatch(f"索引用编码器 {wanted.name} 建成,现在用不了:{exc}") from exc
    if same(found, wanted):
        return model
    raise EncoderMismatch(
        f"Milvus 里的向量来自编码器 {wanted.name}({wanted.dimensions} 维),"
        f"现在的是 {found.name}({found.dimensions} 维);请换回原来的编码器,"
        "或运行 gongjian index --engine milvus 重新发布"
    )
