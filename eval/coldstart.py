"""How long a person waits: `gongjian ask` as a whole process, beside an import that it avoids.

Run as `python -m eval.coldstart`; prints one JSON object. Times depend on the machine, so the
ratio of two medians of one run is the figure. The runs alternate, so that a busy moment hits both.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

_RUNS = 10
_QUESTION = "烤烟用煤整改时限"
_BASELINE = ("-c", "import sentence_transformers")


def measure(runs: int = _RUNS) -> dict[str, float | int | None]:
    """Return the medians, in seconds, of a cold build, a cold question and the baseline import."""
    with tempfile.TemporaryDirectory() as home:
        gongjian = ["-m", "bot", "--home", home]
        build = _timed([*gongjian, "index"])
        asked: list[float] = []
        imported: list[float] = []
        baseline = _installed()
        for _ in range(runs):
            asked.append(_timed([*gongjian, "ask", _QUESTION, "--json"]))
            if baseline:
                imported.append(_timed(list(_BASELINE)))
    ask = statistics.median(asked)
    base = statistics.median(imported) if imported else None
    return {
        "runs": runs,
        "build_s": round(build, 3),
        "ask_s": round(ask, 3),
        "import_sentence_transformers_s": round(base, 3) if base else None,
        "ratio": round(ask / base, 3) if base else None,
    }


def _timed(arguments: list[str]) -> float:
    root = Path(__file__).parent.parent
    started = time.perf_counter()
    subprocess.run(
        [sys.executable, *arguments], check=True, capture_output=True, cwd=root, timeout=120
    )
    return time.perf_counter() - started


def _installed() -> bool:
    from importlib.util import find_spec

    return find_spec("sentence_transformers") is not None


def main() -> None:
    """Measure and print."""
    sys.stdout.write(json.dumps(measure()) + "\n")


if __name__ == "__main__":
    main()
