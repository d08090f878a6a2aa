import json
from pathlib import Path

from click.testing import CliRunner

from eval.text.clean import main


def test_repairs_of_clean_text_are_shown_by_reason_with_their_words(tmp_path: Path):
    texts = ["自２月起施行。", "大气污染防治条例第一条。", "\u200b正文"]
    lines = [
        json.dumps({"_id": str(number), "title": "", "text": text})
        for number, text in enumerate(texts)
    ]
    (tmp_path / "corpus.jsonl").write_text("\n".join(lines), "utf-8")
    shown = CliRunner().invoke(main, [str(tmp_path)]).output
    assert "width: 1\n  自[２→2]月起施行。\n" in shown
    told = json.loads(CliRunner().invoke(main, [str(tmp_path), "--json"]).output)
    assert told["counts"] == {"width": 1, "invisible": 1}
    assert told["passages"] == 3
