"""Broker flow computed from scratch, with exact fractions: shares no code and no arithmetic with the engine."""

from __future__ import annotations

import csv
import io
import json
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal, getcontext
from fractions import Fraction
from pathlib import Path

getcontext().prec = 60

WINDOWS = (2, 5, 10, 20, 60)
SMART = ("foreign", "institution")
CATEGORIES = ("retail", "foreign", "institution", "government")
BY_SOURCE = {"Retail": "retail", "Foreign fund": "foreign", "Local fund": "institution"}
BY_TYPE = {"Asing": "foreign", "Pemerintah": "government", "Lokal": "institution"}


@dataclass
class Broker:
    """What a broker did, in rupiah and lots."""

    type: str = ""
    buy: Fraction = Fraction(0)
    sell: Fraction = Fraction(0)
    buy_lots: Fraction = Fraction(0)
    sell_lots: Fraction = Fraction(0)


@dataclass
class Document:
    """A symbol's day: its brokers by code."""

    ticker: str
    date: str
    brokers: dict[str, Broker] = field(default_factory=lambda: defaultdict(Broker))


def number(text: str) -> Fraction:
    return abs(Fraction(Decimal(text))) if text else Fraction(0)


def table(payload: str) -> Document:
    """A run of rows `date,ticker,broker,type,buy_lot,buy_val,sell_lot,sell_val,source`."""
    document = None
    for date, ticker, code, kind, buy_lots, buy, sell_lots, sell, _ in csv.reader(io.StringIO(payload)):
        document = document or Document(ticker, date)
        document.brokers[code] = Broker(kind, number(buy), number(sell), number(buy_lots), number(sell_lots))
    return document


def document(text: str) -> Document:
    """A JSON document of either source."""
    data = json.loads(text)["data"]
    found = Document(data["broker_summary"]["symbol"], data["from"])
    for row in data["broker_summary"]["brokers_buy"]:
        broker = found.brokers[row["netbs_broker_code"]]
        broker.type, broker.buy, broker.buy_lots = row["type"], number(row["bval"]), number(row["blot"])
    for row in data["broker_summary"]["brokers_sell"]:
        broker = found.brokers[row["netbs_broker_code"]]
        broker.type, broker.sell, broker.sell_lots = row["type"], number(row["sval"]), number(row["slot"])
    return found


def categories(path: Path) -> dict[str, str]:
    """The first edition of the broker table, from its source."""
    with path.open(newline="") as lines:
        return {row["code"]: BY_SOURCE[row["category_bbbandar"]] for row in csv.DictReader(lines)}


def z_score(values: list[Fraction]) -> Decimal:
    """(last - mean) / σ, population σ; 0 for fewer than two values or equal ones."""
    if len(values) < 2 or len(set(values)) == 1:
        return Decimal(0)
    mean = sum(values) / len(values)
    variance = sum((value - mean) ** 2 for value in values) / len(values)
    return decimal(values[-1] - mean) / decimal(variance).sqrt()


def decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)


def flow(documents: list[Document], table: dict[str, str]) -> list[dict]:
    """The rows of one symbol, whose documents come in the order of their days: keys as the engine exports them,
    but for the flags and what rests on other streams."""
    rows: list[dict] = []
    history: dict[str, list[Fraction]] = defaultdict(list)
    previous = None
    for day in documents:
        net = dict.fromkeys(CATEGORIES, Fraction(0))
        conflicts = untyped = 0
        for code, broker in day.brokers.items():
            typed = BY_TYPE.get(broker.type)
            category = table.get(code) or typed or "institution"
            untyped += code not in table and typed is None
            local = typed == "institution" and category in ("institution", "retail")
            conflicts += code in table and typed is not None and not local and typed != category
            net[category] += broker.buy - broker.sell
        bought, sold = (sum(getattr(b, side) for b in day.brokers.values()) for side in ("buy", "sell"))
        lots = sum(b.buy_lots for b in day.brokers.values())
        effort = bought + sold
        close = bought / (lots * 100)
        result = abs(close - previous) / previous if previous else Fraction(0)
        previous = close
        smart = sum(net[category] for category in SMART)
        features = {"effort": effort, "result": result, "ngr": smart / effort, "elas": result / effort}
        for name, value in features.items():
            history[name].append(value)
        z = {f"z{w}_{name}": z_score(values[-w:]) for w in WINDOWS for name, values in history.items()}
        sides = [(value > 0) - (value < 0) for value in history["ngr"][-5:]]
        if abs(z["z20_ngr"]) <= Decimal("0.5"):
            state = "NEUTRAL"
        elif z["z20_ngr"] > 0:
            state = "ACCUMULATION" if sides.count(1) >= 3 else "TRANSITION"
        else:
            state = "DISTRIBUTION" if sides.count(-1) >= 3 else "TRANSITION"
        age = rows[-1]["age"] + 1 if rows and rows[-1]["state"] == state else 1
        rows.append({
            "date": day.date, "ticker": day.ticker, "state": state, "stable": len(rows) + 1 >= 20,
            "score": z["z20_effort"] - abs(z["z20_result"]) + (1 - z["z20_elas"]) + z["z20_ngr"] / 2,
            "z_effort": z["z20_effort"], "z_result": z["z20_result"], "z_ngr": z["z20_ngr"], "z_elas": z["z20_elas"],
            "metrics": {
                "effort": effort, "close": close, "result": result, "ngr": features["ngr"],
                "ngr_literal": (bought - sold) / effort, "ngr_foreign_abs": abs(net["foreign"]) / effort,
                "elasticity": features["elas"], "elas_net": result / (abs(net["foreign"]) + 1),
                "net_smart": smart, **{f"net_{name}": value for name, value in net.items()},
                "foreign_investor_net": None, **z, "brokers": sum(1 for b in day.brokers.values() if b.buy or b.sell),
                "untyped": untyped,
            },
            "age": age, "days": len(rows) + 1, "conflicts": conflicts,
        })
    return rows
