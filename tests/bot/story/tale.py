"""From a link to 销号: a head of a bureau and the office, told as it happened."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

from tests.bot.story.stage import stage

DOCUMENT = Path(__file__).parents[3] / "docs" / "story.zh-CN.md"
OFFICE, CHIEF = 101, 202
_NAMES = {OFFICE: "攻坚办王主任", CHIEF: "农业农村局李局长"}
_HEAD = """# 从绑定到销号

下面是一次完整的往来:攻坚办的王主任把一项任务下达给市农业农村局,李局长提问、签收、申请延期、报告,
最后由攻坚办销号。每一句都是程序真实的收发记录(`python -m tests.bot.story` 重新生成,测试保证它与程序一致),
只有绑定口令用“⋯⋯”代替。按钮写作 `这样`。
"""


async def tale(home: Path, url: str) -> str:
    """Play it, and return what everybody saw."""
    async with stage(home, url, _NAMES, OFFICE) as play:
        play.title("一、攻坚办导入任务")
        await play.say(OFFICE, "/start")
        await play.say(OFFICE, "/import 17")
        play.title("二、请李局长进来")
        await play.say(OFFICE, "/link 市农业农村局 负责人")
        secret = re.search(r"start=([A-Za-z0-9_-]+)", play.last_text)
        assert secret is not None
        await play.say(CHIEF, f"/start {secret[1]}")
        play.title("三、提问和追问")
        await play.say(CHIEF, "烤烟用煤整改时限")
        await play.say(CHIEF, "责任领导呢")
        await play.press(CHIEF, "原文[1]")
        play.title("四、核对日期,下达任务")
        await play.say(OFFICE, "/task 17")
        await play.press(OFFICE, "改期限")
        await play.say(OFFICE, "2026年12月31日")
        await play.press(OFFICE, "下达")
        play.title("五、签收")
        await play.press(CHIEF, "✅ 签收")
        play.title("六、到期前的提醒")
        await play.wait_until(datetime(2026, 12, 1, 1, 0, tzinfo=UTC), "2026年12月1日 09:00")
        play.title("七、申请延期")
        await play.say(CHIEF, "/tasks")
        await play.press(CHIEF, "申请延期")
        await play.say(CHIEF, "2027年3月31日")
        await play.say(CHIEF, "最后一批电烤房的变压器要到明年2月才能到货")
        await play.press(CHIEF, "确认申请延期")
        await play.press(OFFICE, "同意延期")
        play.title("八、报告完成,退回,再报告")
        await play.wait_until(datetime(2027, 3, 24, 1, 0, tzinfo=UTC), "2027年3月24日 09:00")
        await play.say(CHIEF, "/task 17")
        await play.press(CHIEF, "报告完成")
        await play.say(CHIEF, "全市126座燃煤烤房已全部改为电烤房")
        await play.press(CHIEF, "提交")
        await play.press(OFFICE, "退回")
        await play.say(OFFICE, "请补验收单")
        await play.press(OFFICE, "确认退回")
        await play.press(CHIEF, "报告完成")
        await play.say(CHIEF, "验收单", document=("验收单.pdf", b"%PDF-1.4"))
        await play.press(CHIEF, "提交")
        play.title("九、销号")
        await play.press(OFFICE, "销号")
        await play.press(OFFICE, "确认销号")
        await play.say(OFFICE, "/board")
        return _HEAD + "\n" + play.text()
