"""What `gongjian search --rerank` does, with the cross-encoder that GONGJIAN_RERANK names."""

import os
from pathlib import Path

from corpus.errors import SettingsError
from eval.records import Built, Ranking, System
from index.cross_encoder import CrossEncoder
from index.local import LocalEngine
from index.records import Scored
from retrieval.reranking import LOOKED_AT, rerank
from retrieval.search import search

_VARIABLE = "GONGJIAN_RERANK"


def build(home: Path) -> Built:
    """Open the published index, and name the model.

    :raises SettingsError: no model is named.
    """
    name = os.environ.get(_VARIABLE)
    if not name:
        raise SettingsError(f"测 hybrid-rerank 要设 {_VARIABLE} 为重排模型的名称或文件夹")
    engine, model = LocalEngine.open(home), CrossEncoder(name)

    def find(query: str, k: int) -> Ranking:
        hits = rerank(model, query, search(engine, query, max(k, LOOKED_AT)))
        return [Scored(hit.passage.id, hit.score) for hit in hits[:k]]

    return Built(find)


SYSTEM = System("hybrid-rerank", "混合检索,前 30 段由重排模型再排", build)
