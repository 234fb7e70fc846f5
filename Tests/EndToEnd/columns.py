"""Restores the messages of sealed blocks from their columns, written from tape/FORMAT.md alone.

`messages(codec, count, columns)` gives the payloads of one block; `columns` maps column ids to bytes.
"""

MASK = (1 << 64) - 1


class Damaged(Exception):
    """The columns do not belong together."""


def signed(value):
    """A 64-bit pattern as a signed number."""
    value &= MASK
    return value - (1 << 64) if value >> 63 else value


class Varints:
    def __init__(self, data):
        self.data, self.at = data, 0

    def __bool__(self):
        return self.at < len(self.data)

    def next(self):
        value = shift = 0
        while True:
            if self.at >= len(self.data):
                raise Damaged("a varint is cut")
            byte = self.data[self.at]
            self.at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    def zigzag(self):
        value = self.next()
        return (value >> 1) ^ -(value & 1)


class Misses:
    """Differences from a prediction, which are mostly 0."""

    def __init__(self, data):
        self.reader = Varints(data)
        self.hits = self.reader.next() if self.reader else None

    def next(self):
        if self.hits is None:
            return 0
        if self.hits:
            self.hits -= 1
            return 0
        value = self.reader.zigzag()
        self.hits = self.reader.next() if self.reader else None
        return value


class Model:
    __slots__ = ("quick", "slow", "count")

    def __init__(self):
        self.quick = self.slow = 0x8000
        self.count = 0


class RangeDecoder:
    def __init__(self, data):
        self.data, self.at, self.range, self.code = data, 0, 0xFFFFFFFF, 0
        for _ in range(5):
            self.code = (self.code << 8 | self.byte()) & 0xFFFFFFFF

    def byte(self):
        self.at += 1
        return self.data[self.at - 1] if self.at <= len(self.data) else 0

    def bit(self, model):
        zero = min(max((model.quick + model.slow) >> 1, 64), 65536 - 64)
        bound = (self.range >> 16) * zero
        if self.code < bound:
            self.range, bit = bound, 0
        else:
            self.code, self.range, bit = self.code - bound, self.range - bound, 1
        rate = (model.count + 2).bit_length() - 1
        quick = min(rate, 5)
        if bit:
            model.quick -= model.quick >> quick
            model.slow -= model.slow >> rate
        else:
            model.quick += (65535 - model.quick) >> quick
            model.slow += (65535 - model.slow) >> rate
        if model.count < 126:
            model.count += 1
        while self.range < 1 << 24:
            self.range = self.range << 8 & 0xFFFFFFFF
            self.code = (self.code << 8 | self.byte()) & 0xFFFFFFFF
        return bit

    def tree(self, models, base, width):
        node = 1
        for _ in range(width):
            node = node * 2 + self.bit(models(base + node))
        return node - (1 << width)


class Models(dict):
    """Models by any key, made when they are first asked for."""

    def __missing__(self, key):
        self[key] = Model()
        return self[key]


class Bits:
    def __init__(self, data):
        self.value, self.at = int.from_bytes(data, "little"), 0

    def next(self, count):
        value = self.value >> self.at & ((1 << count) - 1)
        self.at += count
        return value


LADDER = []
_price = 1
while len(LADDER) < 12_000:
    LADDER.append(_price)
    _price += 1 if _price < 200 else 2 if _price < 500 else 5 if _price < 2000 else 10 if _price < 5000 else 25
STEP_OF = {price: step for step, price in enumerate(LADDER)}

MOVES = [0, 1, -1, 2, -2, 3, 4, 0, 1, -1, 2, -2, 3, 4, 5]


class Entry:
    def price(self, step):
        if self.unit:
            return step
        if not 0 <= step < len(LADDER):
            raise Damaged("a price off the ladder")
        return LADDER[step]


class Trade:
    order = 0


class TradeBlock:
    def __init__(self, codec, count, columns):
        self.codec, self.count, self.columns = codec, count, columns
        self.header()
        self.dictionary()
        self.trades = [Trade() for _ in range(self.trade_count)]
        self.runs()
        self.hot()
        self.seconds()
        if codec == 1:
            self.sequences()
            self.orders()
            self.averages()

    def column(self, number):
        return self.columns.get(number, b"")

    def header(self):
        reader = Varints(self.column(0))
        if reader.next() != 1:
            raise Damaged("version")
        self.trade_count, self.exception_count, self.entry_count = (reader.next() for _ in range(3))
        self.carriage_return, self.width_rule, self.date = (reader.next() for _ in range(3))
        self.first_sequence = reader.next()
        self.last_sequence = self.first_sequence + reader.next()
        if self.trade_count + self.exception_count != self.count:
            raise Damaged("counts")

    def dictionary(self):
        self.entries, codes, at, last = [], self.column(1), 0, b""
        for _ in range(self.entry_count):
            shared, size = codes[at] >> 4, codes[at] & 15
            at += 1
            if shared == 0 and size == 0:
                size, at = 16, at + 1
            last = last[:shared] + codes[at : at + size]
            at += size
            entry = Entry()
            entry.code = last.decode("ascii")
            self.entries.append(entry)
        reader = Varints(self.column(2))
        for entry in self.entries:
            kind = reader.next()
            entry.board, entry.unit, entry.first_side = kind & 3, kind >> 2 & 1, kind >> 3
        for entry in self.entries:
            entry.count = reader.next() + 1
        for entry in self.entries:
            entry.previous = reader.next()
        for entry in self.entries:
            base = entry.previous if entry.unit else STEP_OF.get(entry.previous, 0)
            entry.first_step = reader.zigzag() + base
        for entry in self.entries:
            entry.forms = [(form >> 1, form & 1) for form in (reader.next(), reader.next())]

    def runs(self):
        ranks = sorted(range(len(self.entries)), key=lambda number: (-self.entries[number].count, number))
        bits = max(len(ranks) - 1, 0).bit_length()
        low_bits = max(bits - 12, 0)
        coder, low = RangeDecoder(self.column(32)), Bits(self.column(42))
        models, means = Models(), [0] * len(ranks)
        self.grouped = [[] for _ in ranks]
        arrival = 0
        while arrival < self.trade_count:
            rank = coder.tree(lambda node: models["rank", node], 0, bits - low_bits) << low_bits
            rank |= low.next(low_bits)
            mean = means[rank]
            context = 0 if mean == 0 else min(1 + (mean - 8) // 12, 7)
            length = 1
            while length < 15 and coder.bit(models["unary", context, length]):
                length += 1
            if length == 15:
                width = 0
                while width < 31 and coder.bit(models["size", width]):
                    width += 1
                value = 1
                for index in reversed(range(width)):
                    value = value * 2 + coder.bit(models["figure", index])
                length += value - 1
            clipped = min(length, 63) * 16
            # Division truncates towards zero.
            means[rank] = clipped if mean == 0 else mean + int((clipped - mean) / 8)
            entry = ranks[rank]
            if len(self.grouped[entry]) + length > self.entries[entry].count:
                raise Damaged("a run is too long")
            for _ in range(length):
                self.trades[arrival].entry = entry
                self.grouped[entry].append(arrival)
                arrival += 1

    def hot(self):
        tokens, quantities = self.column(3), self.column(5)
        escapes, long = Varints(self.column(4)), Varints(self.column(6))
        at = place = 0
        for entry, arrivals in zip(self.entries, self.grouped):
            step, side = entry.first_step, entry.first_side
            for index, arrival in enumerate(arrivals):
                token = tokens[at + index // 2] >> (4 * (index & 1)) & 15
                if token == 15:
                    value = escapes.next()
                    side = value & 3
                    step += (value >> 3) ^ -(value >> 2 & 1)
                else:
                    side = side if token < 7 else 1 - side
                    step += -MOVES[token] if side == 1 else MOVES[token]
                trade = self.trades[arrival]
                trade.step, trade.side, trade.price = step, side, entry.price(step)
                trade.quantity = quantities[place] if quantities[place] < 255 else long.next()
                place += 1
            at += (len(arrivals) + 1) // 2

    def seconds(self):
        reader, second, arrival = Varints(self.column(33)), 0, 0
        while arrival < self.trade_count:
            second += reader.zigzag()
            for _ in range(reader.next()):
                self.trades[arrival].second = second
                arrival += 1

    def sequences(self):
        misses, last = Misses(self.column(34)), 0
        for trade in self.trades:
            last = (last + 1 + misses.next()) & MASK
            trade.sequence = last

    def orders(self):
        reader, newest, last = Varints(self.column(35)), [], 0
        for _ in range((self.trade_count + 255) // 256 + 2):
            last = (last + reader.next()) & MASK
            newest.append(last)
        coder, bits, models = RangeDecoder(self.column(36)), Bits(self.column(37)), Models()
        for arrivals in self.grouped:
            levels, average, fresh_average, before = {}, 128, 160, (None, -2)
            for arrival in arrivals:
                trade = self.trades[arrival]
                if trade.side == 2:
                    continue
                level = (trade.step & 1023, trade.side)
                start = newest[arrival // 256]
                part = ((newest[arrival // 256 + 1] - start) * (arrival % 256) & MASK) // 256
                now = (start + part) & MASK
                known = levels.get(level, 0)
                if known == 0:
                    base, is_fresh, context = now, True, (min(fresh_average >> 4, 23),)
                else:
                    span = min(max(now - known, 0).bit_length(), 23)
                    follows = before == (level, arrival - 1)
                    base, is_fresh, context = known, False, (min(average >> 4, 23), span, follows)
                width = coder.tree(lambda node: models["class", context, node], 0, 5)
                if width == 31:
                    width = bits.next(6)
                order = base
                if width:
                    negative = coder.bit(models["sign", is_fresh])
                    size, rest = 1, width - 1
                    if rest >= 2:
                        rest -= 2
                        size = 4 + coder.tree(lambda node: models["mantissa", is_fresh, width, node], 0, 2)
                    size = size << rest | bits.next(rest)
                    order = base - size if negative != is_fresh else base + size
                trade.order = levels[level] = order & MASK
                before = (level, arrival)
                if is_fresh:
                    fresh_average += (width * 16 - fresh_average) >> 2
                else:
                    average += (width * 16 - average) >> 2

    def averages(self):
        starts, averages, ticks = Varints(self.column(38)), Misses(self.column(39)), Misses(self.column(40))
        for entry, arrivals in zip(self.entries, self.grouped):
            tag = starts.next()
            last = self.trades[arrivals[0]].price
            value = lots = 0
            if tag != 1:
                last += starts.zigzag()
            if tag > 1:
                lots = tag - 1
                value = lots * last + starts.zigzag()
            price = entry.price(entry.first_step)
            for arrival in arrivals:
                trade = self.trades[arrival]
                predicted = last
                if tag > 0:
                    value = signed(value + trade.price * trade.quantity)
                    lots = signed(lots + trade.quantity)
                    if lots > 0 and value >= 0:
                        predicted = value // lots
                last = trade.average = signed(predicted + averages.next())
                trade.tick = signed(trade.price - price + ticks.next())
                price = trade.price

    def payloads(self):
        places, data, at = Varints(self.column(10)), self.column(11), 0
        extras, extra_at = Varints(self.column(41)), 0
        exceptions, number = {}, 0
        while places:
            number += places.next()
            size = places.next()
            exceptions[number] = data[at : at + size]
            at, number = at + size, number + 1
        trades = iter(self.trades)
        for number in range(self.count):
            if number in exceptions:
                yield exceptions[number]
                continue
            trade = next(trades)
            line = (self.twenty if self.codec == 1 else self.six)(trade).encode("ascii")
            if extras.data:
                size = extras.next()
                line += extras.data[extras.at : extras.at + size]
                extras.at += size
            yield line + (b"\r" if self.carriage_return else b"")

    @staticmethod
    def clock(second):
        return f"{second // 3600:02d}{second // 60 % 60:02d}{second % 60:02d}"

    def twenty(self, trade):
        entry = self.entries[trade.entry]
        digits = len(str(trade.sequence))
        width = max(6, digits + 1) if self.width_rule == 0 else max(self.width_rule, digits)
        seller = trade.order if trade.side == 1 else "00"
        buyer = trade.order if trade.side == 0 else "00"
        change = trade.price - entry.previous
        scaled = signed(change * 100)
        percent = abs(scaled) // entry.previous * (1 if scaled >= 0 else -1) if entry.previous else 0
        board = ["RG", "TN", "NG"][entry.board]
        return (
            f"B|{self.clock(trade.second)}|0|{entry.code}|{board}|{trade.sequence:0{width}d}|{trade.price}|"
            f"{trade.quantity}|--|-|--|-|{entry.previous}|{seller}|{buyer}|{change}|{trade.tick}|"
            f"{trade.average}|{percent}|1"
        )

    def six(self, trade):
        entry = self.entries[trade.entry]
        price, quantity = (
            self.decimal(value, *form) for value, form in zip((trade.price, trade.quantity), entry.forms)
        )
        return (
            f"{self.date:08d}|{self.clock(trade.second)}|{entry.code}|{price}|{quantity}|"
            f"{'BS'[trade.side]}"
        )

    @staticmethod
    def decimal(value, digits, is_fixed):
        if digits == 0:
            return str(value)
        whole, fraction = divmod(value, 10**digits)
        text = f"{fraction:0{digits}d}"
        if not is_fixed:
            text = text.rstrip("0")
        return f"{whole}.{text}" if text else str(whole)


def generic(count, columns):
    sizes, data, at = Varints(columns.get(0, b"")), columns.get(1, b""), 0
    for _ in range(count):
        size = sizes.next()
        yield data[at : at + size]
        at += size


def envelopes(count, columns):
    header = Varints(columns[128])
    codec, line_count = header.next(), header.next()
    lines = iter(messages(codec, line_count, {key - 64: columns[key] for key in columns if 64 <= key < 128}))
    texts, reader = [], Varints(columns.get(129, b""))
    while reader:
        size = reader.next()
        texts.append(reader.data[reader.at : reader.at + size])
        reader.at += size
    times, sizes = Varints(columns.get(131, b"")), Varints(columns.get(132, b""))
    data, at, millis = columns.get(133, b""), 0, 0
    for choice in columns[130]:
        if choice == 0:
            size = sizes.next()
            yield data[at : at + size]
            at += size
            continue
        millis += times.zigzag()
        head, middle, tail = texts[choice * 3 - 3 : choice * 3]
        yield head + next(lines) + middle + str(millis).encode() + tail


class FrameText:
    def __init__(self, reader, steps):
        size = reader.next()
        self.pattern = reader.data[reader.at : reader.at + size]
        reader.at += size
        self.streams, self.values = [], [0] * self.pattern.count(1)
        for _ in self.values:
            size = reader.next()
            self.streams.append(Varints(steps.data[steps.at : steps.at + size]))
            steps.at += size

    def write(self, before, behind):
        text, number = b"", 0
        for byte in self.pattern:
            if byte == 1:
                value = self.values[number] + self.streams[number].zigzag() & MASK
                self.values[number] = value
                text += str(value).encode()
                number += 1
            else:
                text += {2: before, 3: behind}.get(byte, bytes((byte,)))
        return text


def code_of(line):
    fields = line.split(b"|")
    place = 3 if line[:1] == b"B" else 2
    # The last field has no bar behind it.
    return fields[place] if place + 1 < len(fields) and len(fields[place]) <= 16 else b""


def frames(count, columns):
    header, steps = Varints(columns[31]), Varints(columns.get(67, b""))
    codec, line_count = header.next(), header.next()
    lines = iter(messages(codec, line_count, columns))
    texts, reader = [], Varints(columns.get(65, b""))
    while reader:
        texts.append(FrameText(reader, steps))
    counts, choices = Varints(columns[64]), Varints(columns.get(66, b""))
    sizes, data, at, followers = Varints(columns.get(68, b"")), columns.get(69, b""), 0, {}

    def literal():
        nonlocal at
        at += (size := sizes.next())
        return data[at - size : at]

    for _ in range(count):
        line_count = counts.next()
        if line_count == 0:
            yield literal()
            continue
        message, last, before = b"", 0, b""
        for left in reversed(range(line_count + 1)):
            line = next(lines) if left else b""
            choice = choices.next()
            number = choice - 1 if choice else followers.get((last, left == 0), 0)
            followers[last, left == 0] = number
            behind = code_of(line)
            message += (texts[number - 1].write(before, behind) if number else literal()) + line
            last, before = number, behind
        yield message


def messages(codec, count, columns):
    if codec in (1, 2):
        return TradeBlock(codec, count, columns).payloads()
    if codec in (6, 7):
        import book_columns  # It needs what stands above.

        return book_columns.Rows(count, columns).payloads() if codec == 6 else book_columns.texts(count, columns)
    return {3: generic, 4: envelopes, 5: frames}[codec](count, columns)
