"""Write the story into the docs: ``python -m tests.bot.story``."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from bot.indexing import collect, run_build
from tests.bot.story.tale import DOCUMENT, tale

if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        files, _ = collect([])
        run_build(files, Path(folder), None)
        text = asyncio.run(tale(Path(folder), f"sqlite:///{folder}/story.db"))
    DOCUMENT.parent.mkdir(exist_ok=True)
    DOCUMENT.write_text(text, "utf-8")
