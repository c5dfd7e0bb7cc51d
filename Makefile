# The two commands that a newcomer needs are `make demo` and `make test`; the work is done by the scripts beside.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help demo test setup bench ci clean-demo

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-12s %s\n", $$1, $$2 }'

demo: ## build, and merge the demo network into out/ (installs what is missing, saying what and why)
	@scripts/demo.sh

test: ## all tests: Rust, documentation, and the tools of others (Python); sets up what they need
	@scripts/test.sh

setup: ## only the set-up that `make test` does
	@scripts/setup.sh test

bench: ## measure against GDAL, rasterio, exactextract and the codecs alone (SIZE=S, M, L; benches/README.md has the options)
	@scripts/bench.sh

ci: ## what runs before a merge
	@.ci/run

clean-demo: ## remove the demo's releases
	rm -rf out/arauna
