"""Summaries and what is derived of candles, computed a second time from exported rows.

Written from the definitions (PROJECTIONS §2, §4, §7 and R1 §3), on Python's numbers, without a look at the Swift.
Candles are the rows of `jejak export footprint`, contexts those of `jejak export flow`.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta, timezone
from fractions import Fraction
from statistics import median
from typing import Callable, Optional

WIB = timezone(timedelta(hours=7))
BANDS = ((1, 1), (200, 2), (500, 5), (2000, 10), (5000, 25))
ALL_DAY = 1440


def wib(row: dict) -> datetime:
    return datetime.fromtimestamp(row["t0"] / 1000, WIB)


def minute(row: dict) -> int:
    return wib(row).hour * 60 + wib(row).minute


def clamp(value: float) -> float:
    return min(max(value, 0.0), 1.0)


def normalize(value: float, low: float, high: float) -> float:
    return clamp((value - low) / (high - low))


# The ladder.


def above(price: int) -> int:
    return price + next(step for lowest, step in reversed(BANDS) if price >= lowest)


def below(price: int) -> int:
    """The next lower price; 0, which nothing trades at, below the lowest."""
    return next(p for p in range(price - 1, -1, -1) if p == 0 or above(p) == price)


def on_ladder(price: int) -> bool:
    lowest, step = next(band for band in reversed(BANDS) if price >= band[0])
    return (price - lowest) % step == 0


def steps(symbol: str, prices: list[int]) -> tuple[Callable[[int], int], Callable[[int], int]]:
    """The next price above and below: in rupiah for funds, warrants, rights and what is off the board's ladder."""
    is_unit = "-W" in symbol or "-R" in symbol or len(symbol) == 10 or (len(symbol) == 4 and symbol[0] == "X")
    if is_unit or not all(map(on_ladder, prices)):
        return (lambda price: price + 1), (lambda price: price - 1)
    return above, below


# What is derived of candles.


def point_of_control(row: dict) -> int:
    vwap = Fraction(row["vwap"]["num"], row["vwap"]["den"])
    return max(row["levels"], key=lambda l: (total(l), -abs(l["p"] - vwap), l["p"]))["p"]


def total(level: dict) -> int:
    return level["bv"] + level["av"] + level["uv"]


def value_area(row: dict) -> dict:
    levels = row["levels"]
    first = last = next(i for i, level in enumerate(levels) if level["p"] == point_of_control(row))
    while 10 * sum(map(total, levels[first:last + 1])) < 7 * row["vol"]:
        up = total(levels[last + 1]) if last + 1 < len(levels) else -1
        down = total(levels[first - 1]) if first > 0 else -1
        first, last = (first, last + 1) if up >= down else (first - 1, last)
    return {"l": levels[first]["p"], "h": levels[last]["p"], "vol": sum(map(total, levels[first:last + 1]))}


def derived(rows: list[dict]) -> list[dict]:
    """The keys of a symbol's day that follow from its candles alone, a row each."""
    day_prices = [level["p"] for row in rows for level in row["levels"]]
    up, down = steps(rows[0]["t"], day_prices)
    result, cvd, low, high = [], 0, None, None
    for row in rows:
        levels = {level["p"]: level for level in row["levels"]}

        def at(price: int, key: str) -> int:
            return levels[price][key] if price in levels else 0

        buy = [p for p in levels if at(p, "bv") >= 10 and at(p, "bv") >= 3 * at(down(p), "av")]
        sell = [p for p in levels if at(p, "av") >= 10 and at(p, "av") >= 3 * at(up(p), "bv")]
        stacked = []
        for side, prices in (("buy", buy), ("sell", sell)):
            for start in (p for p in prices if down(p) not in prices):
                end, count = start, 1
                while up(end) in prices:
                    end, count = up(end), count + 1
                if count >= 3:
                    stacked.append({"side": side, "l": start, "h": end})
        top, bottom = row["levels"][-1], row["levels"][0]
        rise = [level["bv"] for level in row["levels"][-3:]]
        fall = [level["av"] for level in row["levels"][:3]][::-1]
        cvd += row["delta"]
        keys = {
            "poc": point_of_control(row), "va": value_area(row), "cvd": cvd,
            "imb": {"buy": buy, "sell": sell}, "stacked": stacked,
            "unfinished": {"h": min(top["bv"], top["av"]) > 0, "l": min(bottom["bv"], bottom["av"]) > 0},
            "exhaustion": {
                "h": len(rise) == 3 and rise[0] > rise[1] > rise[2] > 0,
                "l": len(fall) == 3 and fall[0] > fall[1] > fall[2] > 0,
            },
            "hvn": [
                level["p"] for i, level in enumerate(row["levels"])
                if total(level) * len(levels) >= 2 * row["vol"]
                and all(total(near) <= total(level) for near in row["levels"][max(0, i - 1):i + 2])
            ],
        }
        if high is not None and row["ohlc"]["h"] > high and row["delta"] < 0:
            keys["divergence"] = "bearish"
        elif low is not None and row["ohlc"]["l"] < low and row["delta"] > 0:
            keys["divergence"] = "bullish"
        low = row["ohlc"]["l"] if low is None else min(low, row["ohlc"]["l"])
        high = row["ohlc"]["h"] if high is None else max(high, row["ohlc"]["h"])
        result.append(keys)
    return result


# Trading time.


def sessions(day: date) -> tuple[range, range]:
    """Minutes of the two continuous sessions."""
    return (range(540, 690), range(840, 950)) if day.isoweekday() == 5 else (range(540, 720), range(810, 950))


def trading_minute(day: date, at: int) -> float:
    """Continuous minutes before a candle; one in or at the end of a break stands with the last one before it."""
    morning, afternoon = sessions(day)
    if at < 540:
        return -1
    if at >= 950:
        return 1000 + at - 950
    return morning.index(min(at, morning[-1])) if at < afternoon[0] else len(morning) + afternoon.index(at)


def reached(day: date, at: Optional[int]) -> float:
    """Continuous minutes before a moment."""
    morning, afternoon = sessions(day)
    if at is None:
        return float("inf")
    if at < 540:
        return -1
    if at >= 950:
        return 1000 + at - 950
    return sum(m < at for m in morning) + sum(m < at for m in afternoon)


# The summary.


def worst_squares(level: dict) -> int:
    """The greatest sum of squares of trades with an aggressor that a level can hide, by trying every split."""
    buy, sell, unknown, count = level["bv"], level["av"], level["uv"], level["n"]
    if buy + sell == 0:
        return 0
    worst = 0
    others = range(1, min(unknown, count) + 1) if unknown else [0]
    for without in others if unknown < 50 else [min(unknown, count - (buy > 0) - (sell > 0))]:
        left = count - without
        for bought in {1, min(buy, left - 1), left - min(sell, left - 1)} if buy and sell else {left if buy else 0}:
            parts = [(buy, bought), (sell, left - bought)]
            if any((volume > 0) != (number > 0) or number > volume for volume, number in parts):
                continue
            worst = max(worst, sum((v - n + 1) ** 2 + n - 1 for v, n in parts if n))
    return worst


def limits(symbol: str, close: int, prices: list[int]) -> Optional[tuple[int, int]]:
    """Of shares and warrants since 2025-04-08."""
    up, down = steps(symbol, prices)
    if "-R" in symbol:
        return None
    if "-W" in symbol or len(symbol) == 10:
        if close <= 9:
            return max(1, close - 10), close + 10
        rise = fall = 50 if close <= 200 else 40 if close <= 5000 else 30
        least = 1
    else:
        rise, fall, least = 35 if close <= 200 else 25 if close <= 5000 else 20, 15, 50
    highest = max(close + close * rise // 100, least)
    lowest = max(close - close * fall // 100, least)
    if up is above:
        while not on_ladder(highest):
            highest -= 1
        while not on_ladder(lowest):
            lowest += 1
    return lowest, highest


def score(rule: str, delta: float, price: float, context: Optional[dict]) -> float:
    flow = normalize(context["z_ngr"] if context else 0, -3, 3)
    if rule == "a":
        result = 0.3 * flow + 0.7 * normalize(delta, -100, 100)
        if price < -4:
            result *= 0.5
        elif -1 <= price <= 2:
            result *= 1.1
        return min(1, result)
    step = {"ACCUMULATION": 0.1, "DISTRIBUTION": -0.1}.get(context["state"], 0) if context else 0
    realtime = 0.7 * normalize(delta, -25, 25) + 0.3 * normalize(price, -5, 5)
    return 0.7 * realtime + 0.3 * clamp(flow + step)


def signal(value: float, delta: float, price: float, context: Optional[dict]) -> tuple[int, str]:
    state = context["state"] if context else None
    z = context["z_ngr"] if context else None
    table = [
        ("SELL", price < -5),
        ("STRONG_BUY", value > 0.7 and state == "ACCUMULATION" and price >= -2),
        ("TRAP_WARNING", delta > 80 and z is not None and z < -0.5),
        ("HIDDEN_ACCUM", delta < 40 and z is not None and z > 0.7 and state == "ACCUMULATION"),
        ("STRONG_SELL", value < 0.3 and state == "DISTRIBUTION"),
        ("WATCH_ACCUM", context is None and normalize(delta, -100, 100) > 0.8 and value > 0.6 and price >= -3),
        ("BUY", value > 0.6 and price >= -3),
        ("SELL", value < 0.4),
        ("NEUTRAL", True),
    ]
    return next((index, name) for index, (name, holds) in enumerate(table) if holds)


def prediction(div: float, delta: float, price: float) -> Optional[str]:
    if div > 5 and delta > 2 and price >= -3:
        return "BREAKOUT"
    if price < -5:
        return "FALLING"
    if div > 5 and delta < -2:
        return "HEAVY SELL"
    return "WATCHING" if div > 3 and price >= -3 else None


def guards(item: dict, rows: list[dict], context: Optional[dict], label: Optional[str], close: Optional[int]) -> list:
    levels = [level for row in rows for level in row["levels"]]
    classified = sum(level["bv"] + level["av"] for level in levels)
    last = rows[-1]["ohlc"]["c"]
    band = limits(item["t"], close, [rows[0]["ohlc"]["o"], item["l"], item["h"], last]) if close else None
    bullish = item["sig"] in ("STRONG_BUY", "BUY", "HIDDEN_ACCUM", "WATCH_ACCUM")
    bearish = item["sig"] in ("SELL", "STRONG_SELL", "TRAP_WARNING")
    found = {
        "limit": band is not None and (last <= band[0] or last >= band[1]),
        "auction": classified == 0,
        "thin": classified > 0 and classified**2 < 30 * sum(map(worst_squares, levels)),
        "unstable": context is not None and not context["stable"],
        "conflict": (bullish and (item["d"] < 0 or label in ("FALLING", "HEAVY SELL")))
        or (bearish and label == "BREAKOUT"),
        "partial": item["cov"] is not None and item["cov"] < 0.9,
    }
    return [name for name, holds in found.items() if holds]


class Market:
    """Exported rows of one market: candles by day and symbol, flow by symbol."""

    def __init__(self, rows: list[dict], flow: list[dict], trading_days: list[date]):
        self.days: dict[date, dict[str, list[dict]]] = defaultdict(lambda: defaultdict(list))
        for row in rows:
            self.days[wib(row).date()][row["t"]].append(row)
        self.flow: dict[str, dict[date, dict]] = defaultdict(dict)
        for row in flow:
            self.flow[row["ticker"]][date.fromisoformat(row["date"])] = row
        self.trading_days = trading_days

    def context(self, symbol: str, day: date) -> Optional[tuple[dict, int]]:
        """The newest flow before a day, and how many trading days that is."""
        days = [known for known in self.flow[symbol] if known < day]
        if not days:
            return None
        age = sum(max(days) < other <= day for other in self.trading_days)
        return (self.flow[symbol][max(days)], age) if age <= 7 else None

    def earlier(self, day: date) -> list[date]:
        return sorted((known for known in self.days if known < day), reverse=True)[:20]

    def close(self, symbol: str, day: date) -> Optional[int]:
        for known in self.earlier(day):
            if any(known < other < day and other not in self.days for other in self.trading_days):
                return None
            if symbol in self.days[known]:
                return self.days[known][symbol][-1]["ohlc"]["c"]
        return None

    def item(self, symbol: str, day: date, at: Optional[int], rule: str, coverage: Optional[float]) -> Optional[dict]:
        rows = [row for row in self.days[day][symbol] if minute(row) < (ALL_DAY if at is None else at)]
        volume, delta = sum(row["vol"] for row in rows), sum(row["delta"] for row in rows)
        if not rows or volume == 0 or rows[0]["ohlc"]["o"] == 0:
            return None
        first, last = rows[0]["ohlc"]["o"], rows[-1]["ohlc"]["c"]
        high, low = max(row["ohlc"]["h"] for row in rows), min(row["ohlc"]["l"] for row in rows)
        found = self.context(symbol, day)
        context, age = found if found else (None, None)
        d, p = 100 * delta / volume, 100 * (last - first) / first
        div = abs(d) / (1 + abs(p))
        value = score(rule, d, p, context)
        index, name = signal(value, d, p, context)
        label = prediction(div, d, p)
        close = self.close(symbol, day)
        unknown = sum(level["uv"] for row in rows for level in row["levels"])
        item = {
            "t": symbol, "d": d, "p": p, "v": volume, "h": high, "l": low, "r": high - low,
            "f": 100 * (high - low) / low, "div": div, "ctx_net": context and context["z_ngr"],
            "ctx_st": context and context["state"], "ctx_age": age, "sc": value, "sig": name, "rule": index,
            "label": label or name, "chg": 100 * (last - close) / close if close else None,
            "unk": unknown / volume, "cov": coverage,
        }
        item["q"] = guards(item, rows, context, label, close)
        self.add_history(item, rows, symbol, day, at, context)
        return item

    def add_history(self, item: dict, rows: list[dict], symbol: str, day: date, at: Optional[int],
                    context: Optional[dict]) -> None:
        now, usual, blocks = reached(day, at), [], []
        for known in self.earlier(day):
            candles = [(trading_minute(known, minute(row)), row["vol"]) for row in self.days[known].get(symbol, [])]
            usual.append(sum(volume for place, volume in candles if place < now))
            length = sum(map(len, sessions(known)))
            blocks += [sum(v for place, v in candles if start <= place < start + 60)
                       for start in range(0, length - 59, 60)]
        end = min(now, sum(map(len, sessions(day))))
        fresh = sum(row["delta"] for row in rows if end - 60 <= trading_minute(day, minute(row)) < end
                    and trading_minute(day, minute(row)) >= 0)
        item["vel"] = 100 * fresh / median(blocks) if blocks and median(blocks) else None
        lists = {}
        if context and not item["q"]:
            if context["state"] == "ACCUMULATION" and context["z_ngr"] > 0.5 and item["d"] > 0:
                lists["accumulation"] = None if len(usual) < 20 else item["v"] >= median(usual)
            if context["state"] in ("DISTRIBUTION", "TRANSITION") and item["p"] >= 2:
                lists["continues"] = context["metrics"]["z5_effort"] >= 1
        item["lists"] = [name for name, holds in lists.items() if holds]
        item["lists_unknown"] = [name for name, holds in lists.items() if holds is None]

    def items(self, day: date, at: Optional[int], rule: str, coverage: Optional[float]) -> list[dict]:
        found = (self.item(symbol, day, at, rule, coverage) for symbol in sorted(self.days[day]))
        return [item for item in found if item]


def share(minutes: list[dict], at: Optional[int]) -> Optional[float]:
    """Distinct sequence numbers ÷ the highest, of `show coverage --minutes`, up to a moment."""
    known = [row for row in minutes if row["minute"] is not None and row["sequences"]]
    known = [row for row in known if at is None or int(row["minute"][:2]) * 60 + int(row["minute"][3:]) < at]
    highest = max((row["last_sequence"] for row in known), default=0)
    return min(sum(row["sequences"] for row in known), highest) / highest if highest else None
