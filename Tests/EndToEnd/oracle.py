"""Footprints computed a second time, to compare the engine with.

Written from the definitions (PROJECTIONS "Order", "Time", §1, §2 and PROTOCOLS §1.5), on Python's
unbounded integers, one plain pass per rule and no attention to speed. Nothing here follows the Swift.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from decimal import Context, Decimal
from typing import Iterable, Optional

WIB = timezone(timedelta(hours=7))
SHARES_PER_LOT = 100  # on IDX; a crypto or futures quantity is its own unit
STALE_AFTER = timedelta(seconds=60)
BOARDS = ("RG", "TN", "NG")
NUMBER_MAX = 2**63 - 1  # prices and quantities are 64-bit integers, as sequence numbers are
EXACT = Context(prec=100)  # a sum of products of such numbers has at most 60 digits
SYMBOL = re.compile(r"[!-{}~]{1,16}")  # printable, no space, no bar


class Undecodable(Exception):
    """The message is no trade of a known layout."""


@dataclass(frozen=True)
class Trade:
    """One decoded trade; price and quantity are integers in the stream's scale."""

    symbol: str
    price: int
    quantity: int
    side: str  # "bv" buyer was the aggressor, "av" seller, "uv" not known
    time: datetime  # the exchange's clock, aware, UTC+7
    board: Optional[str] = None  # None where the layout has none
    sequence: Optional[int] = None  # None where the layout has none
    received: Optional[datetime] = None  # None where the message says nothing about it


def decimal_to_int(text: str, scale: int) -> int:
    """An exact decimal as an integer; digits beyond the scale are refused, never rounded."""
    match = re.fullmatch(r"([0-9]+)(?:\.([0-9]+))?", text)
    if not match or len(match.group(2) or "") > scale:
        raise Undecodable(f"{text!r} is no number of scale {scale}")
    value = int(match.group(1)) * 10**scale + int((match.group(2) or "").ljust(scale, "0") or "0")
    if value > NUMBER_MAX:
        raise Undecodable(f"{text!r} does not fit 64 bits at scale {scale}")
    return value


def clock(day: date, text: str) -> datetime:
    match = re.fullmatch(r"([01][0-9]|2[0-3])([0-5][0-9])([0-5][0-9])", text)
    if not match:
        raise Undecodable(f"{text!r} is no time of day")
    hour, minute, second = (int(part) for part in match.groups())
    return datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=WIB)


def symbol(text: str) -> str:
    if not SYMBOL.fullmatch(text):
        raise Undecodable(f"{text!r} is no symbol")
    return text


def six_field_date(text: str) -> date:
    if not re.fullmatch(r"[0-9]{8}", text):
        raise Undecodable(f"{text!r} is no date")
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError as error:
        raise Undecodable(str(error)) from error


def decode_pipe(text: str, tape_day: Optional[date], scales: tuple[int, int]) -> Trade:
    """A trade from a pipe line of either layout; which one it is, the line itself says.

    A line may end in CR LF; the CR belongs to the payload, not to the last field.
    """
    fields = text.removesuffix("\r").split("|")
    if len(fields) == 20 and fields[0] == "B":
        if tape_day is None:
            raise Undecodable("the layout has no date and nothing else gives one")
        if fields[4] not in BOARDS:
            raise Undecodable(f"board {fields[4]!r}")
        if not re.fullmatch(r"[0-9]+", fields[5]) or int(fields[5]) > NUMBER_MAX:
            raise Undecodable(f"sequence {fields[5]!r}")
        seller_hit, buyer_lifted = fields[13] != "00", fields[14] != "00"
        side = "uv" if seller_hit == buyer_lifted else ("bv" if buyer_lifted else "av")
        return Trade(
            symbol=symbol(fields[3]),
            price=decimal_to_int(fields[6], scales[0]),
            quantity=decimal_to_int(fields[7], scales[1]),
            side=side,
            time=clock(tape_day, fields[1]),
            board=fields[4],
            sequence=int(fields[5]),
        )
    if len(fields) >= 6 and re.fullmatch(r"[0-9]{8}", fields[0]):
        return Trade(
            symbol=symbol(fields[2]),
            price=decimal_to_int(fields[3], scales[0]),
            quantity=decimal_to_int(fields[4], scales[1]),
            side={"B": "bv", "S": "av"}.get(fields[5], "uv"),
            time=clock(six_field_date(fields[0]), fields[1]),
        )
    raise Undecodable("no known layout")


def decode(payload: bytes, tape_day: Optional[date], scales: tuple[int, int] = (0, 0)) -> Trade:
    """The trade of one payload: a pipe line, bare or in an envelope."""
    if not payload.startswith(b"{"):
        return decode_pipe(payload.decode("latin-1"), tape_day, scales)  # a byte a character
    try:
        envelope = json.loads(payload)
    except (ValueError, RecursionError) as error:
        raise Undecodable(str(error)) from error
    raw, stamp = envelope.get("raw"), envelope.get("ts")
    if not isinstance(raw, str) or envelope.get("fmt", "pipe") != "pipe":
        raise Undecodable("no pipe envelope")
    received = None
    if stamp is not None:
        received = datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(milliseconds=stamp)
    if tape_day is None and received is not None:
        tape_day = received.astimezone(WIB).date()
    trade = decode_pipe(raw, tape_day, scales)
    return Trade(**{**trade.__dict__, "received": received})


@dataclass
class Answer:
    """What a replay of one tape has to say."""

    messages: int = 0
    trades: int = 0  # decoded; duplicates, conflicts and stale trades left out
    undecodable: int = 0
    duplicates: int = 0  # equal sequence, equal content
    conflicts: int = 0  # equal sequence, other content
    stale: int = 0
    candles: list[dict] = field(default_factory=list)  # in the engine's export order


def candle(name: str, minute: datetime, trades: list[tuple[int, Trade]], lot: int) -> dict:
    """One candle from its trades with their tape positions."""
    if all(trade.sequence is not None for _, trade in trades):
        ordered = [trade for _, trade in sorted(trades, key=lambda pair: pair[1].sequence)]
    else:
        ordered = [trade for _, trade in sorted(trades, key=lambda pair: pair[0])]
    levels: dict[int, dict] = {}
    for trade in ordered:
        level = levels.setdefault(trade.price, {"p": trade.price, "bv": 0, "av": 0, "uv": 0, "n": 0})
        level[trade.side] += trade.quantity
        level["n"] += 1
    prices = [trade.price for trade in ordered]
    return {
        "t": name,
        "t0": int(minute.timestamp()) * 1000,
        "ohlc": {"o": prices[0], "h": max(prices), "l": min(prices), "c": prices[-1]},
        "vol": sum(trade.quantity for trade in ordered),
        "delta": sum(trade.quantity * {"bv": 1, "av": -1, "uv": 0}[trade.side] for trade in ordered),
        "levels": [levels[price] for price in sorted(levels)],
        "trades": len(ordered),
        "value": sum(trade.price * trade.quantity * lot for trade in ordered),
    }


def footprint(
    payloads: Iterable[bytes], day: Optional[date] = None, scales: tuple[int, int] = (0, 0),
    lot: int = SHARES_PER_LOT,
) -> Answer:
    """Folds payloads in tape order into candles; `day` is the date of payloads that carry none.

    `lot` is what a quantity of one stands for in a value (PROTOCOLS §1.5: value = price · lots · 100).
    """
    answer = Answer()
    first_of: dict[tuple, tuple] = {}
    minutes: dict[tuple[str, datetime], list[tuple[int, Trade]]] = defaultdict(list)
    for position, payload in enumerate(payloads):
        answer.messages += 1
        try:
            trade = decode(payload, day, scales)
        except Undecodable:
            answer.undecodable += 1
            continue
        if trade.received is not None and trade.time > trade.received + STALE_AFTER:
            answer.stale += 1
            continue
        if trade.sequence is not None:
            key = (trade.time.date(), trade.symbol, trade.sequence)
            content = (trade.time, trade.board, trade.price, trade.quantity, trade.side)
            if key in first_of:
                if first_of[key] == content:
                    answer.duplicates += 1
                else:
                    answer.conflicts += 1
                continue
            first_of[key] = content
        answer.trades += 1
        if trade.board in (None, "RG"):
            minutes[trade.symbol, trade.time.replace(second=0)].append((position, trade))
    answer.candles = [
        candle(name, minute, trades, lot)
        for (name, minute), trades in sorted(minutes.items(), key=lambda item: (item[0][0].encode(), item[0][1]))
    ]
    return answer


def read_exported(line: str, scales: tuple[int, int] = (0, 0)) -> dict:
    """A line of `jejak export footprint` in the oracle's form; further keys are left out."""
    row = json.loads(line, parse_float=Decimal)

    def whole(number: object, scale: int) -> int:
        if isinstance(number, bool) or not isinstance(number, (int, Decimal)):
            raise ValueError(f"{number!r} is no exact number")
        scaled = Decimal(number).scaleb(scale, EXACT)
        if scaled != scaled.to_integral_value(context=EXACT):
            raise ValueError(f"{number!r} has more than {scale} digits behind the point")
        return int(scaled)

    price, quantity = scales
    return {
        "t": row["t"],
        "t0": row["t0"],
        "ohlc": {key: whole(row["ohlc"][key], price) for key in "ohlc"},
        "vol": whole(row["vol"], quantity),
        "delta": whole(row["delta"], quantity),
        "levels": [
            {
                "p": whole(level["p"], price),
                **{key: whole(level[key], quantity) for key in ("bv", "av", "uv")},
                "n": level["n"],
            }
            for level in row["levels"]
        ],
        "trades": row["trades"],
        "value": whole(row["value"], price + quantity),
    }
