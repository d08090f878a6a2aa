import ast
from pathlib import Path

HERE = Path(__file__).parent
# The rows of the table of failures in the design of the bot.
FAILURES = range(1, 34)
_PREFIX = "test_failure_"


def names_of_tests():
    """The names of all tests that say which failure they are about."""
    for path in sorted(HERE.rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            named = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            if named and node.name.startswith(_PREFIX):
                yield node.name


def test_every_failure_of_the_design_has_a_test_and_no_test_another_number():
    numbers = {name.removeprefix(_PREFIX).split("_")[0] for name in names_of_tests()}
    assert numbers == {f"{number:02d}" for number in FAILURES}
