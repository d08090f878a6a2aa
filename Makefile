.PHONY: check test fix bench

check:
	ruff check .
	ruff format --check .
	mypy

test:
	pytest

fix:
	ruff check --fix .
	ruff format .

bench:
	python -m eval.coldstart
