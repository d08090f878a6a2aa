"""Settings: read once from the environment, passed down, never read again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import platformdirs


def _setting(variable: str, text: str) -> Any:
    return field(default=None, metadata={"variable": variable, "help": text})


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that the environment may decide; None means the default."""

    home: str | None = _setting(
        "GONGJIAN_HOME", "索引和数据库所在的文件夹;默认是系统的用户数据文件夹"
    )
    encoder: str | None = _setting(
        "GONGJIAN_ENCODER",
        "向量编码器:sentence-transformers 模型名或文件夹,或 model2vec 文件夹;默认在语料上训练",
    )
    debug: str | None = _setting("GONGJIAN_DEBUG", "设为 1 时,内部错误显示完整的调用栈")

    @property
    def home_folder(self) -> Path:
        """Where indexes live."""
        if self.home:
            return Path(self.home).expanduser()
        return Path(platformdirs.user_data_dir("gongjian", appauthor=False))


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Return the settings that an environment asks for; empty values count as absent."""
    return Settings(
        **{
            item.name: environment.get(item.metadata["variable"]) or None
            for item in fields(Settings)
        }
    )
