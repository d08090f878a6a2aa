.PHONY: check test gate report fix bench chaos load

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

# Two hundred questions a second to the running bot.
load:
	python -m tests.bot.load
