internal import Columns
public import Market

/// The rows of one market and day, out of packed candles.
///
/// Candles may come in parts that hold stretches of the day, one behind the other: within a symbol, every
/// trade of a part comes behind all trades of the parts before. A minute that stands in several is then the
/// sum, opened by the first and closed by the last. The candles must not change while this is in use; any
/// number of threads may emit at a time.
public struct FootprintRows {
    /// Where candles of a symbol stand.
    private struct Place {
        var part: Int
        var run: Int
    }

    private let parts: [PackedCandles]
    private let symbols: [(symbol: Symbol, places: ArraySlice<Place>)]
    private let firstMinute: Int64

    /// - Parameters:
    ///   - parts: Candles in the order of their trades, each with its symbols by number.
    public init(_ parts: [(candles: PackedCandles, symbols: [Symbol])], day: TradingDay) {
        self.parts = parts.map(\.candles)
        firstMinute = day.start.nanos / 60_000_000_000
        var places: [(symbol: Symbol, place: Place)] = []
        for (number, part) in parts.enumerated() {
            for (run, entries) in part.candles.storage.runs.enumerated() {
                places.append((part.symbols[entries.symbol], Place(part: number, run: run)))
            }
        }
        places.sort { ($0.symbol, $0.place.part, $0.place.run) < ($1.symbol, $1.place.part, $1.place.run) }
        let all = places.map(\.place)
        var symbols: [(symbol: Symbol, places: ArraySlice<Place>)] = []
        var start = 0
        for end in 1..<(places.count + 1)
        where end == places.count || places[end].symbol != places[start].symbol {
            symbols.append((places[start].symbol, all[start..<end]))
            start = end
        }
        self.symbols = symbols
    }

    /// How many symbols there are; they are numbered by rising code.
    public var symbolCount: Int { symbols.count }

    /// Emits the rows of some symbols: by rising code, each symbol's packs by rising hour, then its canonical
    /// rows.
    ///
    /// - Parameters:
    ///   - pack: Gets symbol, hour of the WIB day and the packed candles; the bytes live for the call.
    ///   - canonical: Gets symbol and the bytes of which its digest is made.
    public func emit(
        _ numbers: Range<Int>, pack: (Symbol, UInt8, UnsafeRawBufferPointer) -> Void,
        canonical: (Symbol, UnsafeRawBufferPointer) -> Void
    ) {
        var writer = RowWriter(firstMinute: firstMinute)
        for (symbol, places) in symbols[numbers] {
            writer.begin()
            if isRising(places) {
                for place in places {
                    forEachCandle(place) { minute, body in writer.add(minute, body) { pack(symbol, $0, $1) } }
                }
            } else {
                let joined = joined(places)
                for (minute, body) in joined {
                    body.withUnsafeBytes { writer.add(minute, $0) { pack(symbol, $0, $1) } }
                }
            }
            writer.finishHour { pack(symbol, $0, $1) }
            canonical(symbol, writer.rows.bytes)
        }
    }

    /// Whether each minute stands once, and in order.
    private func isRising(_ places: ArraySlice<Place>) -> Bool {
        var last: Int32 = -1
        for place in places {
            for entry in entries(place) {
                if entry.minute <= last { return false }
                last = entry.minute
            }
        }
        return true
    }

    private func entries(_ place: Place) -> ArraySlice<PackedCandles.Entry> {
        let candles = parts[place.part]
        let next = place.run + 1
        let end = next < candles.storage.runs.count ? candles.storage.runs[next].firstEntry : candles.count
        return candles.storage.entries[candles.storage.runs[place.run].firstEntry..<end]
    }

    @inline(__always)
    private func forEachCandle(_ place: Place, _ body: (Int, UnsafeRawBufferPointer) -> Void) {
        let bytes = parts[place.part].storage.bytes.bytes
        var start = parts[place.part].storage.runs[place.run].start
        for entry in entries(place) {
            let end = start &+ Int(entry.size)
            body(Int(entry.minute), UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
            start = end
        }
    }

    /// Candles by rising minute, those of equal minutes joined.
    private func joined(_ places: ArraySlice<Place>) -> [(minute: Int, body: [UInt8])] {
        var all: [(minute: Int, body: [UInt8])] = []
        for place in places { forEachCandle(place) { all.append(($0, Array($1))) } }
        // Equal minutes stay in the order of their trades.
        let order = all.indices.sorted { (all[$0].minute, $0) < (all[$1].minute, $1) }
        var result: [(minute: Int, body: [UInt8])] = []
        for (minute, body) in order.map({ all[$0] }) {
            if let last = result.last, last.minute == minute {
                result[result.count - 1].body = FootprintRows.sum(last.body, body, minute: minute)
            } else {
                result.append((minute, body))
            }
        }
        return result
    }

    private static func sum(_ first: [UInt8], _ second: [UInt8], minute: Int) -> [UInt8] {
        let candles = [first, second].map { body in
            body.withUnsafeBytes { bytes in
                var reader = VarintReader(bytes)
                guard let candle = CandleCode.candle(minute: minute, &reader) else {
                    preconditionFailure("a candle packed here cannot be read")
                }
                return candle
            }
        }
        var sink = ByteSink(capacity: first.count + second.count)
        // Whole days are one stretch, so that both are joined.
        CandleCode.appendBody(RollUp.candles(candles, minutes: 1440)[0], to: &sink)
        return sink.array
    }
}

/// Puts candles of a symbol into packs and canonical rows.
private struct RowWriter: ~Copyable {
    private let firstMinute: Int64
    /// Canonical rows so far.
    private(set) var rows = ByteSink(capacity: 1 << 16)
    private var packed = ByteSink()
    private var hour = -1
    private var last = 0

    init(firstMinute: Int64) { self.firstMinute = firstMinute }

    mutating func begin() {
        rows.removeAll()
        hour = -1
    }

    @inline(__always)
    mutating func add(
        _ minute: Int, _ body: UnsafeRawBufferPointer, _ pack: (UInt8, UnsafeRawBufferPointer) -> Void
    ) {
        if minute / 60 != hour {
            finishHour(pack)
            hour = minute / 60
            last = hour * 60
        }
        packed.reserve(10)
        packed.appendUnchecked(UInt64(minute - last))
        last = minute
        packed.append(body)
        rows.reserve(10)
        rows.appendSignedUnchecked(firstMinute + Int64(minute))
        rows.append(body)
    }

    mutating func finishHour(_ pack: (UInt8, UnsafeRawBufferPointer) -> Void) {
        if !packed.isEmpty { pack(UInt8(hour), packed.bytes) }
        packed.removeAll()
    }
}
