"""Settings: read once from the environment, passed down, never read again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import platformdirs


def _setting(variable: str, text: str, *, secret: bool = False) -> Any:
    return field(default=None, metadata={"variable": variable, "help": text}, repr=not secret)


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that the environment may decide; None means the default."""

    home: str | None = _setting(
        "GONGJIAN_HOME", "索引和数据库所在的文件夹;默认是系统的用户数据文件夹"
    )
    encoder: str | None = _setting(
        "GONGJIAN_ENCODER",
        "向量编码器:sentence-transformers 模型名或文件夹,或 model2vec 文件夹;默认用随产品发布的",
    )
    engine: str | None = _setting(
        "GONGJIAN_ENGINE", "检索引擎:local(本机的文件)或 milvus;默认 local"
    )
    milvus_uri: str | None = _setting(
        "GONGJIAN_MILVUS_URI",
        "Milvus 的地址,如 http://主机:19530(后面可加 /数据库名);"
        "默认是 GONGJIAN_HOME 里的 milvus.db(milvus-lite)",
        secret=True,
    )
    milvus_token: str | None = _setting(
        "GONGJIAN_MILVUS_TOKEN", "Milvus 的令牌,如 用户:密码", secret=True
    )
    rerank: str | None = _setting(
        "GONGJIAN_RERANK",
        "提问和检索时,前 30 段由这个重排模型(sentence-transformers 的 cross-encoder,"
        "名称或文件夹)再排一次;默认不用",
    )
    debug: str | None = _setting("GONGJIAN_DEBUG", "设为 1 时,内部错误显示完整的调用栈")
    token: str | None = _setting(
        "GONGJIAN_TELEGRAM_TOKEN", "机器人的令牌(由 @BotFather 发给);最好用下面的文件", secret=True
    )
    token_file: str | None = _setting(
        "GONGJIAN_TELEGRAM_TOKEN_FILE", "写有令牌的文件,只有机器人的用户能读(权限 0600)"
    )
    admin: str | None = _setting(
        "GONGJIAN_ADMIN", "第一位管理员的 Telegram 用户编号(数字);可写多个,用逗号分开"
    )
    database: str | None = _setting(
        "GONGJIAN_DATABASE",
        "台账和消息的数据库地址,如 postgresql://…;默认是 GONGJIAN_HOME 里的 gongjian.db",
        secret=True,
    )
    api_url: str | None = _setting(
        "GONGJIAN_TELEGRAM_API", "Bot API 服务器地址;默认 https://api.telegram.org"
    )
    proxy: str | None = _setting(
        "GONGJIAN_TELEGRAM_PROXY", "连接 Bot API 用的代理,如 socks5://主机:端口", secret=True
    )
    timezone: str | None = _setting("GONGJIAN_TIMEZONE", "期限和提醒所用的时区;默认 Asia/Shanghai")
    office_hours: str | None = _setting(
        "GONGJIAN_OFFICE_HOURS", "只在工作日的这段时间发提醒;默认 09:00-17:30"
    )
    rate: str | None = _setting(
        "GONGJIAN_RATE", "每秒最多发出的消息数;默认 20(Telegram 的上限约为 30)"
    )
    ask_workers: str | None = _setting(
        "GONGJIAN_ASK_WORKERS", "回答问题的进程数;0 表示在本进程里用线程;默认 2"
    )
    log: str | None = _setting("GONGJIAN_LOG", "日志的样式:plain 或 json;默认 plain")
    metrics_port: str | None = _setting(
        "GONGJIAN_METRICS_PORT", "在 127.0.0.1 的这个端口提供 Prometheus 指标;默认不提供"
    )
    font: str | None = _setting("GONGJIAN_FONT", "图片所用的中文字体文件;默认自动寻找")

    @property
    def home_folder(self) -> Path:
        """Where indexes live."""
        if self.home:
            return Path(self.home).expanduser()
        return Path(platformdirs.user_data_dir("gongjian", appauthor=False))

    @property
    def database_url(self) -> str:
        """Where tasks, people and messages are kept."""
        return self.database or f"sqlite:///{self.home_folder / 'gongjian.db'}"


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Return the settings that an environment asks for; empty values count as absent."""
    return Settings(
        **{
            item.name: environment.get(item.metadata["variable"]) or None
            for item in fields(Settings)
        }
    )
