"""The product's lexical leg alone; its index is built with the rest of the product's."""

from eval.bench.product import build, opening
from eval.bench.records import Peer
from index.local import LocalEngine

PEER = Peer("gongjian-lexical", "本产品的词法检索", opening(LocalEngine.lexical), build)
