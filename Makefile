.PHONY: check test gate report fix bench

check:
	ruff check .
	ruff format --check .
	mypy

test:
	pytest

gate:
	gongjian eval gate

report:
	gongjian eval report

fix:
	ruff check --fix .
	ruff format .

bench:
	python -m eval.coldstart
