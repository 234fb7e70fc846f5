"""An order book in plain dictionaries, and what a minute of it comes to, written from the definitions alone."""

from decimal import Decimal
from typing import Iterable, Optional


class Book:
    """Levels of one symbol: lots by price."""

    def __init__(self):
        self.bids: dict = {}
        self.offers: dict = {}
        self.flow = 0

    def best(self) -> tuple[Optional[tuple], Optional[tuple]]:
        bid, offer = max(self.bids, default=None), min(self.offers, default=None)
        return (bid, self.bids[bid]) if bid is not None else None, (
            (offer, self.offers[offer]) if offer is not None else None)

    def set(self, is_bid: bool, price, lots) -> None:
        side = self.bids if is_bid else self.offers
        if lots:
            side[price] = lots
        else:
            side.pop(price, None)

    def event(self, before: tuple) -> None:
        """Adds an event's order-flow imbalance (Cont, Kukanov, Stoikov 2014)."""
        (bid0, offer0), (bid, offer) = before, self.best()
        lowest, highest = (Decimal("-Infinity"), 0), (Decimal("Infinity"), 0)
        (pb0, qb0), (pb, qb) = bid0 or lowest, bid or lowest
        (pa0, qa0), (pa, qa) = offer0 or highest, offer or highest
        self.flow += qb * (pb >= pb0) - qb0 * (pb <= pb0) - qa * (pa <= pa0) + qa0 * (pa >= pa0)

    def levels(self) -> tuple[list, list]:
        return sorted(self.bids.items(), reverse=True), sorted(self.offers.items())

    def imbalance(self, depth: int = 5) -> Optional[float]:
        # Whole numbers, so that nothing but the quotient is rounded.
        bids, offers = (int(sum(lots for _, lots in side[:depth]) * 10**8) for side in self.levels())
        return (bids - offers) / (bids + offers) if bids + offers else None


def minutes(rows: Iterable[str]) -> dict[tuple[str, int], dict]:
    """What each symbol's book is at the end of each minute (ms since 1970) in which a row is: rows
    `timestamp,ticker,side,price,lots`; rows of one symbol and time are one event."""
    result: dict = {}
    books: dict = {}
    state: dict = {}

    def settle_event(symbol: str) -> None:
        time, before = state[symbol]
        book = books[symbol]
        book.event(before)
        minute = time // 60_000 * 60_000
        result.setdefault((symbol, minute), {})["as_of"] = time

    def close_minute(symbol: str) -> None:
        minute = state[symbol][0] // 60_000 * 60_000
        bids, offers = books[symbol].levels()
        result[symbol, minute].update(
            bids=bids, offers=offers, flow=books[symbol].flow, imbalance=books[symbol].imbalance())
        books[symbol].flow = 0

    for row in rows:
        time_text, symbol, side, price, lots = row.split(",")
        time = int(time_text)
        book = books.setdefault(symbol, Book())
        if symbol not in state or state[symbol][0] != time:
            if symbol in state:
                settle_event(symbol)
                if state[symbol][0] // 60_000 != time // 60_000:
                    close_minute(symbol)
            state[symbol] = (time, book.best())
        book.set(side == "BID", Decimal(price), Decimal(lots))
    for symbol in state:
        settle_event(symbol)
        close_minute(symbol)
    return result
