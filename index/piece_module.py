"""The piece encoder as a module of sentence-transformers, to load, train or compare it there.

`SentenceTransformer("index/models/official", trust_remote_code=True)` loads it: `modules.json`
names this class, which lies outside of sentence-transformers and so asks for that trust. Questions
go through `encode_query`, passages through `encode_document`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from sentence_transformers.base.modules.input_module import InputModule
from torch.nn import functional

from index.piece_encoder import Weights, read_weights, rounded, weight_files
from index.pieces import Pieces

if TYPE_CHECKING:
    from typing import Self

    from index.pieces import Bags


class PieceModule(InputModule):
    """The weights as parameters: the same vectors as `PieceEncoder`, with gradients."""

    save_in_root = True
    forward_kwargs = {"task"}  # noqa: RUF012 - the name and the type are the library's

    def __init__(self, weights: Weights) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._vocabulary, self._shared = weights.vocabulary, weights.shared
        table = weights.rows.astype(np.float32) * weights.scales[:, None]
        self.table = torch.nn.Parameter(torch.from_numpy(table))
        self.asks = torch.nn.Parameter(torch.from_numpy(weights.asks.copy()))
        self.turn = torch.nn.Parameter(torch.from_numpy(weights.turn.copy()))
        self.context = torch.nn.Parameter(torch.tensor(weights.context))
        self._cutter = Pieces(weights.vocabulary, weights.shared)

    def preprocess(self, inputs: Any, prompt: str | None = None, **_: Any) -> dict[str, Any]:
        """Cut texts into pieces; what stands before the first line's end is the context."""
        texts = [prompt + text for text in inputs] if prompt else list(inputs)
        parts = [text.partition("\n") for text in texts]
        features = _tensors("whole", self._cutter.bags(texts))
        features |= _tensors("body", self._cutter.bags([rest or one for one, _, rest in parts]))
        return features | _tensors(
            "context", self._cutter.bags([one if rest else "" for one, _, rest in parts])
        )

    def forward(
        self, features: dict[str, Any], task: str | None = None, **_: Any
    ) -> dict[str, Any]:
        """Add the vectors of texts, under the library's own name."""
        if task == "query":
            rows = self._sum(features, "whole", self.asks[features["whole_ids"]]) @ self.turn
        else:
            body = functional.normalize(self._sum(features, "body"), dim=1)
            context = functional.normalize(self._sum(features, "context"), dim=1)
            rows = body + self.context * context
        features["sentence_embedding"] = functional.normalize(rows, dim=1)
        return features

    def _sum(
        self, features: dict[str, Any], part: str, weights: torch.Tensor | None = None
    ) -> torch.Tensor:
        return functional.embedding_bag(
            features[f"{part}_ids"],
            self.table,
            features[f"{part}_starts"],
            mode="sum",
            per_sample_weights=weights,
        )

    def get_embedding_dimension(self) -> int:
        """The length of a vector."""
        return int(self.table.shape[1])

    def weights(self) -> Weights:
        """Return the parameters as weights, rows rounded to bytes."""
        table = self.table.detach().cpu().numpy()
        return rounded(
            self._vocabulary,
            self._shared,
            table,
            asks=self.asks.detach().cpu().numpy(),
            turn=self.turn.detach().cpu().numpy(),
            context=self.context.item(),
        )

    def save(self, output_path: str, *_: Any, **__: Any) -> None:
        """Write the files that `PieceEncoder` opens."""
        for name, data in weight_files(self.weights()).items():
            (Path(output_path) / name).write_bytes(data)

    @classmethod
    def load(cls, model_name_or_path: str, subfolder: str = "", *_: Any, **__: Any) -> Self:
        """Open the weights in a folder."""
        return cls(read_weights(Path(model_name_or_path) / subfolder))


def _tensors(part: str, bags: Bags) -> dict[str, torch.Tensor]:
    return {
        f"{part}_ids": torch.from_numpy(bags.ids.astype(np.int64)),
        f"{part}_starts": torch.from_numpy(bags.starts[:-1].copy()),
    }
