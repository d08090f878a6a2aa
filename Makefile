.PHONY: check test gate report fix bench chaos load hammer

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

# Reminders under faults and kills; PostgreSQL by GONGJIAN_TEST_POSTGRES.
chaos:
	python -m tests.bot.chaos

# A thousand updates of an index, eight readers, builders killed among it.
hammer:
	GONGJIAN_HAMMER=1000 pytest -n 0 --timeout 600 tests/index/test_hammered.py

# Two hundred questions a second to the running bot.
load:
	python -m tests.bot.load
