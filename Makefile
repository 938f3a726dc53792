# Everything one needs to try, test and run Doorstep. Each target makes .venv first if it is missing or out of date.
.DEFAULT_GOAL := help
.PHONY: help demo test thorough lint check advisories fuzz serve bench bench-large faults browser mutate pictures venv venv-dev
export PYTHON
# What was compiled is kept: the tests start hundreds of processes, and each would compile the whole program anew.
unexport PYTHONDONTWRITEBYTECODE
BIN := .venv/bin

help: ## list these targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 20

demo: venv ## play a made-up county, write out/demo/ and serve its pages (SERVE=no, POSTCODES=FILE)
	@$(BIN)/doorstep demo $(if $(filter no,$(SERVE)),--no-serve,--serve) $(if $(POSTCODES),--postcodes "$(POSTCODES)")

test: venv-dev ## run the tests
	@scripts/chromium
	@scripts/engines
	@$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist worksteal $(TESTS)

thorough: venv-dev ## run every test with every example of every law; longer
	@scripts/chromium
	@scripts/engines
	@DOORSTEP_EXAMPLES=1 $(BIN)/python -m pytest -n auto --maxprocesses 4 --dist worksteal $(TESTS)

lint: venv-dev ## ruff, mypy and import-linter
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

check: lint ## what lint does, and the fast tests
	@$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist worksteal -m "not slow and not browser and not engines and not peppol"

advisories: ## list known weaknesses of the libraries in the lock; needs a network, and says so when it could not look
	@scripts/advisories

fuzz: venv-dev ## feed what reads strangers' bytes with ever other bytes (SECONDS=60 each; Linux, Python 3.11)
	@SECONDS_EACH=$(or $(SECONDS),60) scripts/fuzz

serve: venv ## serve the pages and the phones' API at http://127.0.0.1:8000
	@$(BIN)/doorstep serve

bench: venv-dev ## run the benchmarks
	@$(BIN)/python -m bench

bench-large: venv-dev ## a check-in and a rota with many events behind them beside few; an hour and 100 GB at EVENTS=50000000
	@$(BIN)/python -m bench.growth 100000 $(or $(EVENTS),50000000)

mutate: venv-dev ## put small faults into the rules and list those that no test notices; hours (ONLY="money pricing", SAMPLE=N)
	@nice $(BIN)/python -m mutate $(if $(SAMPLE),--sample $(SAMPLE)) $(ONLY)

faults: venv-dev ## kill, cut off and fill up the real processes over and over, and see that nothing is lost; an hour (KILLS=1000, MINUTES=120, SEED=N)
	@DOORSTEP_FAULT_SEED=$(SEED) nice $(BIN)/python -m tests.faults $(or $(KILLS),1000) $(or $(MINUTES),120) out/faults.json

browser: venv-dev ## run the browser tests only
	@scripts/chromium
	@$(BIN)/python -m pytest -m browser

pictures: venv-dev ## draw the pictures in docs/pictures anew from the pages, by the tests that look at them
	@scripts/chromium
	@DOORSTEP_PICTURES=1 $(BIN)/python -m pytest -n 0 tests/browser/test_pages.py tests/browser/test_phone_day.py tests/browser/test_phone_screens.py

venv:
	@scripts/venv runtime

venv-dev:
	@scripts/venv dev
