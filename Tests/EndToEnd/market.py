"""A small random market for the tests: trade lines of both layouts, the same for the same seed.

It is no model of IDX (that is the simulator's business): it makes what rules can trip over, such as
gaps in the numbers, equal twins, auctions, other boards and codes of one to ten characters.
"""

from __future__ import annotations

import json
import random
from datetime import date, datetime, timedelta, timezone

SYMBOLS = ["BBCA", "BBRI", "TLKM", "GOTO", "ADRO", "BUMI", "PTRO-W", "NCKLHDCQ6A", "XIIT", "A"]
WIB = timezone(timedelta(hours=7))


def tick(price: int) -> int:
    """The exchange's price step (PROTOCOLS §4.2)."""
    for bound, step in ((200, 1), (500, 2), (2000, 5), (5000, 10)):
        if price < bound:
            return step
    return 25


def seconds_of_day(rnd: random.Random, count: int) -> list[int]:
    """Rising trade times: opening auction, two sessions, closing auction."""
    windows = [(8 * 3600 + 58 * 60, 30), (9 * 3600, 3 * 3600), (13 * 3600 + 1800, 8400), (16 * 3600, 60)]
    shares = (0.02, 0.5, 0.45, 0.03)
    times = []
    for (start, length), share in zip(windows, shares):
        times += [start + rnd.randrange(length) for _ in range(int(count * share))]
    times += [9 * 3600 + rnd.randrange(600) for _ in range(count - len(times))]
    return sorted(times)


def trades(seed: int, count: int, symbols: list[str] = SYMBOLS) -> list[dict]:
    """A day's trades in exchange order."""
    rnd = random.Random(seed)
    weights = [1 / (rank + 1) for rank in range(len(symbols))]
    last = {name: rnd.choice((50, 120, 290, 1000, 3810, 9575)) for name in symbols}
    previous_close = dict(last)
    sequence = rnd.randrange(1, 5000)
    rows = []
    for second in seconds_of_day(rnd, count):
        name = rnd.choices(symbols, weights)[0]
        before = last[name]
        if rnd.random() < 0.3:
            last[name] = max(1, before + rnd.choice((-1, 1)) * tick(before))
        sequence += 1 if rnd.random() < 0.95 else rnd.randrange(2, 9)
        rows.append(
            {
                "second": second,
                "symbol": name,
                "board": "RG" if rnd.random() < 0.985 else rnd.choice(("TN", "NG")),
                "sequence": sequence,
                "price": last[name],
                "lots": rnd.choice((1, 1, 1, 2, 5, 10, 100, rnd.randrange(1, 50000))),
                "side": "U" if second >= 16 * 3600 or second < 9 * 3600 else rnd.choice("BS"),
                "order": rnd.randrange(1, 9_999_999),
                "previous_close": previous_close[name],
                "change": last[name] - before,
            }
        )
    return rows


def clock(second: int) -> str:
    return f"{second // 3600:02}{second // 60 % 60:02}{second % 60:02}"


def line20(row: dict) -> bytes:
    hit = row["order"] if row["side"] == "S" else "00"
    lifted = row["order"] if row["side"] == "B" else "00"
    change = row["price"] - row["previous_close"]
    percent = abs(change) * 100 // row["previous_close"] * (1 if change >= 0 else -1)
    return (
        f"B|{clock(row['second'])}|0|{row['symbol']}|{row['board']}|{row['sequence']:08}|{row['price']}|{row['lots']}"
        f"|--|-|--|-|{row['previous_close']}|{hit}|{lifted}|{change}|{row['change']}|{row['price']}|{percent}|1"
    ).encode()


def line6(row: dict, day: date) -> bytes:
    side = {"B": "B", "S": "S", "U": "-"}[row["side"]]
    return f"{day:%Y%m%d}|{clock(row['second'])}|{row['symbol']}|{row['price']}|{row['lots']}|{side}".encode()


def envelope(payload: bytes, received_ms: int) -> bytes:
    document = {"v": 2, "fmt": "pipe", "src": "ipot_ws", "raw": payload.decode(), "ts": received_ms}
    return json.dumps(document, separators=(",", ":")).encode()


def packet(event: str, kind: str, data: object, code: str = "ANY") -> dict:
    return {"event": event, "data": {"source": "IDX", "service": "mi", "rtype": kind, "code": code, "data": data}}


def book_packet(rnd: random.Random) -> dict:
    """An update of a book: JSON in a string."""
    price = rnd.randrange(200, 480, 2)
    levels = "|".join(f"{price + 2 * n}|{rnd.randrange(90_000)}|0" for n in range(rnd.randrange(1, 6)))
    info = f"C|U|SCMA|RG|{price}|{price + 2}|1|4|1|0|-4|;|{price}|{price + 2}|P|{levels}|X|1"
    data = {"subcmd": "UPDATE", "board": "RG", "recinfo": info}
    return packet("stream", "OB2", json.dumps(data, separators=(",", ":")), "SCMA")


def frames(lines: list[bytes], seed: int, books: float = 0.2, batches: float = 0.3) -> list[bytes]:
    """Lines in the socket's frames, in both observed forms, with batches, books and pings between them."""
    rnd, texts, at, number = random.Random(seed), [], 0, 0
    while at < len(lines):
        count = rnd.randrange(2, 8) if rnd.random() < batches else 1
        batch = [line.decode() for line in lines[at : at + count]]
        at, number, form = at + count, number + 1, rnd.randrange(4)
        data = batch[0] if len(batch) == 1 else batch
        if form == 0:
            frame = packet("stream", "LT", data)
        elif form == 1:
            frame = {"event": "record", "data": {"cmdid": 11, "recno": number, "data": {"rtype": "LT", "data": data}}}
        elif form == 2:
            frame = packet("#publish", "LT", data)
        else:
            frame = [packet("#publish", "LT", line, line.split("|")[3 if line[0] == "B" else 2]) for line in batch]
            if rnd.random() < books:
                frame.insert(rnd.randrange(len(frame) + 1), book_packet(rnd))
        texts.append(json.dumps(frame, separators=(",", ":")).encode())
        if rnd.random() < books:
            texts.append(json.dumps(book_packet(rnd), separators=(",", ":")).encode())
        if rnd.random() < 0.01:
            texts.append(rnd.choice((b"#1", b"#2", b'{"rid":5,"data":{"status":"OK"}}')))
    return texts


def milliseconds(day: date, second: int) -> int:
    """UTC milliseconds of a WIB second of a day."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=WIB)
    return int(midnight.timestamp() + second) * 1000


def day20(seed: int, count: int, symbols: list[str] = SYMBOLS) -> list[bytes]:
    return [line20(row) for row in trades(seed, count, symbols)]


def day6(seed: int, count: int, day: date, symbols: list[str] = SYMBOLS) -> list[bytes]:
    return [line6(row, day) for row in trades(seed, count, symbols)]


def shuffle_across_symbols(lines: list[bytes], symbol_field: int, seed: int) -> list[bytes]:
    """Mixes the symbols anew and keeps each symbol's own order."""
    rnd = random.Random(seed)
    queues: dict[bytes, list[bytes]] = {}
    for line in reversed(lines):
        queues.setdefault(line.split(b"|")[symbol_field], []).append(line)
    order = [name for name, queue in sorted(queues.items()) for _ in queue]
    rnd.shuffle(order)
    return [queues[name].pop() for name in order]
