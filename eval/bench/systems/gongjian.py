"""What `gongjian index` and `gongjian search` do: both legs and their fusion."""

from eval.bench.product import build, opening
from eval.bench.records import Peer
from eval.records import Ranking
from index.local import LocalEngine
from index.records import Scored
from retrieval.search import search


def ask(engine: LocalEngine, query: str, k: int) -> Ranking:
    """Search in the product's default mode."""
    return [Scored(hit.passage.id, hit.score) for hit in search(engine, query, k)]


PEER = Peer("gongjian", "混合检索(本产品)", opening(ask), build, vectors=True)
