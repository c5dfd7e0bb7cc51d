"""Runs a file of SQL in a release's folder: python sql.py FILE [RELEASE]. DuckDB's own program does the same."""

import os
import pathlib
import sys

import duckdb

query = pathlib.Path(sys.argv[1]).read_text(encoding="utf-8")
os.chdir(sys.argv[2] if len(sys.argv) > 2 else "out/arauna/2026.1")
print(duckdb.sql(query))
