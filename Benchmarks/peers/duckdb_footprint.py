#!/usr/bin/env python3
"""DuckDB doing the engine's job: a day's 20-field lines become minute candles and price levels.

    duckdb_footprint.py prepare LINES.txt.zst LINES.parquet     (not part of the measurement)
    duckdb_footprint.py run INPUT DATABASE YYYY-MM-DD [THREADS]

`run` reads zstd text or Parquet, by the name's ending, and writes the tables `candles` and `levels` of a
new database. It prints one JSON line: the seconds from the first byte read to the checkpoint, wall and
processor time, and the SHA-256 of the logical rows, which has to be the engine's.

One group-by on (symbol, minute, price) rolled up to candles was DuckDB's fastest form. In its favour it is
spared what the engine also does: duplicates, checksums, digests, coverage, undecodable lines.
"""

from __future__ import annotations

import hashlib
import json
import resource
import sys
import time
from pathlib import Path

import duckdb

FIELDS = [
    "kind", "time", "zero", "symbol", "board", "sequence", "price", "lots", "b8", "b9", "b10", "b11",
    "previous_close", "hit", "lifted", "change", "tick", "vwap", "percent", "one",
]
NUMBERS = {"sequence": "BIGINT", "price": "BIGINT", "lots": "BIGINT"}
# What a footprint needs; the text reader takes only these columns too.
NEEDED = "time, symbol, board, sequence, price, lots, hit, lifted"


def source(path: Path) -> str:
    """The FROM clause for an input."""
    if path.suffix == ".parquet":
        return f"read_parquet('{path}')"
    columns = ", ".join(f"'{name}': '{NUMBERS.get(name, 'VARCHAR')}'" for name in FIELDS)
    return f"read_csv('{path}', delim='|', header=false, quote='', escape='', compression='zstd', columns={{{columns}}})"


def build(database: duckdb.DuckDBPyConnection, path: Path, day: str) -> None:
    database.execute(f"""
        CREATE TABLE levels AS
        SELECT symbol,
               epoch_ms(TIMESTAMP '{day} 00:00:00') - 25200000
                   + (substr(time, 1, 2)::BIGINT * 60 + substr(time, 3, 2)::BIGINT) * 60000 AS t0,
               price,
               sum(CASE WHEN lifted <> '00' AND hit = '00' THEN lots ELSE 0 END)::BIGINT AS bv,
               sum(CASE WHEN hit <> '00' AND lifted = '00' THEN lots ELSE 0 END)::BIGINT AS av,
               sum(CASE WHEN (hit = '00') = (lifted = '00') THEN lots ELSE 0 END)::BIGINT AS uv,
               count(*) AS n, min(sequence) AS first, max(sequence) AS last
        FROM {source(path)} WHERE board = 'RG'
        GROUP BY symbol, t0, price""")
    database.execute("""
        CREATE TABLE candles AS
        SELECT symbol, t0, arg_min(price, first) AS o, max(price) AS h, min(price) AS l, arg_max(price, last) AS c,
               sum(bv + av + uv)::BIGINT AS vol, sum(bv - av)::BIGINT AS delta, sum(n)::BIGINT AS trades
        FROM levels GROUP BY symbol, t0""")
    database.execute("CHECKPOINT")


def rows_hash(database: duckdb.DuckDBPyConnection) -> str:
    """SHA-256 of candles and levels as text, in the order of symbol, minute, price."""
    digest = hashlib.sha256()
    for table, columns, order in (
        ("candles", "symbol, t0, o, h, l, c, vol, delta, trades", "symbol, t0"),
        ("levels", "symbol, t0, price, bv, av, uv, n", "symbol, t0, price"),
    ):
        cursor = database.execute(f"SELECT concat_ws(' ', {columns}) FROM {table} ORDER BY {order}")
        while rows := cursor.fetchmany(10_000):
            digest.update("".join(f"{row[0]}\n" for row in rows).encode())
    return digest.hexdigest()


def run(path: Path, place: Path, day: str, threads: int) -> dict:
    place.unlink(missing_ok=True)
    cpu_before, started = time.process_time(), time.perf_counter()
    database = duckdb.connect(str(place), config={"threads": threads})
    build(database, path, day)
    seconds, cpu = time.perf_counter() - started, time.process_time() - cpu_before
    count = lambda what: database.execute(what).fetchone()[0]
    report = {
        "peer": f"DuckDB {duckdb.__version__}",
        "threads": threads,
        "seconds": seconds,
        "cpu_seconds": cpu,
        "rss_mb_max": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "trades": count("SELECT sum(trades)::BIGINT FROM candles"),
        "candles": count("SELECT count(*) FROM candles"),
        "levels": count("SELECT count(*) FROM levels"),
        "rows_sha256": rows_hash(database),
    }
    database.close()
    report["store_bytes"] = place.stat().st_size
    return report


def main(words: list[str]) -> int:
    if len(words) == 3 and words[0] == "prepare":
        duckdb.execute(
            f"COPY (SELECT {NEEDED} FROM {source(Path(words[1]))}) TO '{words[2]}' (FORMAT parquet, COMPRESSION zstd)")
        return 0
    if len(words) in (4, 5) and words[0] == "run":
        print(json.dumps(run(Path(words[1]), Path(words[2]), words[3], int(words[4]) if len(words) == 5 else 1)))
        return 0
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
