"""Restores order-book messages from columns (codecs 6 and 7), written from tape/FORMAT.md alone."""

import bisect

from columns import MASK, Bits, Damaged, Models, RangeDecoder, TradeBlock, Varints


def signed(code):
    return (code >> 1) ^ -(code & 1)


class Rows:
    """Rows `timestamp,ticker,side,price,lots`."""

    def __init__(self, count, columns):
        header = Varints(columns[0])
        version, self.row_count, exceptions, symbol_count, self.carriage_return, self.millis = (
            header.next() for _ in range(6))
        if version != 1 or header or self.row_count + exceptions != count:
            raise Damaged("header of book rows")
        self.count, self.columns = count, columns
        self.coder, self.bits = RangeDecoder(columns.get(2, b"")), Bits(columns.get(3, b""))
        self.models = Models()
        reader, self.symbols = Varints(columns.get(1, b"")), []
        for _ in range(symbol_count):
            size = reader.next()
            code = reader.data[reader.at : reader.at + size]
            forms = reader.data[reader.at + size : reader.at + size + 2]
            reader.at += size + 2
            self.symbols.append((code.decode("ascii"), [(form >> 1, form & 1) for form in forms]))
        self.symbol = self.offer = self.distance = self.kind = self.width = 0
        # By symbol and side: distances by rising, and lots by distance; by symbol: quantities as they came.
        self.distances = {}
        self.lots = {}
        self.recent = {}

    def bit(self, *name):
        return self.coder.bit(self.models[name])

    def number(self, name, *context):
        width = self.coder.tree(lambda node: self.models[(name, "width", *context, node)], 0, 6)
        if width < 2:
            return width
        value, rest = 1, width - 1
        place = 1
        while rest and place < 4:
            bit = self.bit(name, "lead", width, place)
            place, value, rest = place * 2 + bit, value * 2 + bit, rest - 1
        if rest > 32:
            value, rest = value << 32 | self.bits.next(32), rest - 32
        return value << rest | self.bits.next(rest)

    def row(self):
        is_new = self.bit("new", self.kind)
        if is_new:
            self.run()
        book = self.symbol, self.offer
        distances = self.distances.setdefault(book, [])
        distance, there = self.first(distances) if is_new else self.next(distances)
        lots = self.quantity(book, distance, there)
        if lots and not there:
            bisect.insort(distances, distance)
        if not lots and there:
            distances.remove(distance)
        self.lots[book, distance] = lots
        self.kind = there | (lots == 0) << 1
        self.distance = distance
        return distance if self.offer else -distance, lots

    def run(self):
        later = self.bit("later")
        if later:
            self.millis += signed(self.number("time"))
        slot, side = min(self.symbol, 15), self.offer
        symbol = self.number("symbol", later, side, slot)
        if symbol >= len(self.symbols):
            raise Damaged("number of a symbol")
        self.offer = self.bit("side", side, symbol == self.symbol, min(symbol, 15))
        self.symbol = symbol

    def first(self, distances):
        self.width = 0
        if self.bit("first there", self.offer):
            return distances[self.number("first level", self.offer)], 1
        best = distances[0] if distances else 0
        return best + signed(self.number("first step", self.offer)), 0

    def next(self, distances):
        slot, width = min(self.symbol, 15), min(self.width, 9)
        start = bisect.bisect_right(distances, self.distance)
        if self.bit("there", slot, self.kind, width):
            passed = self.number("passed", slot, self.kind, width)
            self.width = passed.bit_length()
            return distances[start + passed], 1
        distance = self.distance + 1 + self.number("step", slot, width)
        self.width = (bisect.bisect_left(distances, distance) - start).bit_length()
        return distance, 0

    def quantity(self, book, distance, there):
        slot, kind = min(self.symbol, 15), self.kind
        recent = self.recent.setdefault(self.symbol, [])
        old = self.lots.get((book, distance), 0)
        if self.bit("removed", there, slot, kind, min(self.width, 9)):
            if there:
                recent.append(old)
            return 0
        change = self.coder.tree(lambda node: self.models["change", slot, kind, node], 0, 2) if there else None
        if change == 0:
            return old
        if change == 1 or change is None and self.bit("known", slot, kind):
            lots = recent[-1 - self.number("age", slot)]
            recent.append(lots)
            return lots
        if change == 2:
            by = recent[-1 - self.number("change age", slot)]
            lots = old - by if self.bit("sign") else old + by
        else:
            lots = self.number("lots", slot, there)
        recent.append(lots)
        if there:
            recent.append(abs(lots - old))
        return lots

    def payloads(self):
        places, data, at, number, exceptions = Varints(self.columns.get(10, b"")), self.columns.get(11, b""), 0, 0, {}
        while places:
            number += places.next()
            size = places.next()
            exceptions[number] = data[at : at + size]
            at, number = at + size, number + 1
        if len(exceptions) + self.row_count != self.count:
            raise Damaged("verbatim messages")
        for number in range(self.count):
            if number in exceptions:
                yield exceptions[number]
                continue
            price, lots = self.row()
            code, forms = self.symbols[self.symbol]
            price, lots = (TradeBlock.decimal(value, *form) for value, form in zip((price, lots), forms))
            side = "OFFER" if self.offer else "BID"
            line = f"{self.millis:013d},{code},{side},{price},{lots}".encode("ascii")
            yield line + (b"\r" if self.carriage_return else b"")


def place(a, b, c, bits):
    mixed = (a * 0x9E3779B1 + b * 0x85EBCA77 + c * 0xC2B2AE3D) & 0xFFFFFFFF
    return ((mixed ^ mixed >> 15) * 0x2C1B3C6D & 0xFFFFFFFF) >> 32 - bits


def texts(count, columns):
    """Messages of texts and numbers in turn."""
    if columns[0] != b"\1":
        raise Damaged("version of book texts")
    reader, known = Varints(columns.get(1, b"")), [None]
    while reader:
        code = reader.next()
        known.append((reader.data[reader.at : reader.at + (code >> 1)], code & 1))
        reader.at += code >> 1
    kinds, misses = Varints(columns.get(2, b"")), Varints(columns.get(3, b""))
    differences = [Varints(columns.get(4 + index, b"")) for index in range(10)]
    sizes, data, at = Varints(columns.get(20, b"")), columns.get(21, b""), 0
    wide = min(max(count.bit_length() + 6, 10), 20)
    followers, costs, same, one, two, behind = {}, {}, {}, {}, {}, {}
    hits = misses.next() if misses else -1
    for _ in range(count):
        first = kinds.next()
        if first == 0:
            size = sizes.next()
            yield data[at : at + size]
            at += size
            continue
        last, before, numbers, number = first, 0, [0] * 8, 1
        message, is_last = known[first]
        while not is_last:
            phase = number if number <= 32 else 33 + number % 6
            cost = costs.setdefault(place(last, before, phase, 13), [0] * 10)
            keys = (place(first, number, 0, wide), place(first, numbers[0], 1, wide),
                    place(first, numbers[1], 1, wide))
            near = [same.get(keys[0], 0), behind.get(last, 0), one.get(keys[1], 0), two.get(keys[2], 0),
                    *numbers[:4], numbers[6], 0]
            best = cost.index(min(cost))
            value = near[best] + differences[best].zigzag()
            message += str(value).encode("ascii")
            for index in range(10):
                difference = value - near[index]
                bits = ((difference << 1 ^ difference >> 63) & MASK).bit_length()
                # Division truncates towards zero.
                cost[index] += int((bits * 16 - cost[index]) / 8)
            same[keys[0]] = behind[last] = one[keys[1]] = two[keys[2]] = value
            numbers = [value, *numbers[:7]]
            key = place(last, before, min(number, 40), 13)
            predicted, has_missed = followers.get(key, (0, False))
            if hits == 0:
                text = misses.next()
                hits = misses.next() if misses else -1
            else:
                text, hits = predicted, hits - 1
            if text == predicted:
                followers[key] = text, False
            elif has_missed or predicted == 0:
                followers[key] = text, False
            else:
                followers[key] = predicted, True
            last, before, number = text, last, number + 1
            more, is_last = known[text]
            message += more
        yield message
