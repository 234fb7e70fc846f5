internal import Columns

/// The stored form of a ``BookMinute``: `key` two bytes, the minute, high byte first; `value` what the digest
/// covers; `extra` the counts of ignored updates, absent where there are none.
///
/// Value: varints lastMillis - minute·60,000, eventCount, zigzag flowImbalance (128 bits), crossedCount; then,
/// where there is a keyframe: varint bid levels, varint offer levels, and per side the zigzag of the best price
/// and its lots, then per level the distance from the price before and the lots.
public enum BookMinuteCode {
    /// Longest key, in bytes.
    static let keySize = 2
    private static let millisPerMinute = 60_000
    private static let minutesPerDay = 1440

    /// The key of a minute.
    public static func key(minute: Int) -> [UInt8] { [UInt8(minute >> 8), UInt8(minute & 0xFF)] }

    /// The value of a minute.
    public static func value(_ minute: BookMinute) -> [UInt8] {
        var sink = ByteSink(capacity: 64)
        append(minute, to: &sink)
        if let keyframe = minute.keyframe { append(keyframe, to: &sink) }
        return sink.array
    }

    /// Appends what stands in front of a keyframe.
    static func append(_ minute: BookMinute, to sink: inout ByteSink) {
        sink.append(UInt64(minute.lastMillis - minute.minute * millisPerMinute))
        sink.append(minute.eventCount)
        sink.reserve(32)
        sink.appendUnchecked(UInt128(bitPattern: (minute.flowImbalance << 1) ^ (minute.flowImbalance >> 127)))
        sink.append(minute.crossedCount)
    }

    private static func append(_ keyframe: BookKeyframe, to sink: inout ByteSink) {
        sink.append(UInt64(keyframe.bids.count))
        sink.append(UInt64(keyframe.offers.count))
        for levels in [keyframe.bids, keyframe.offers] {
            var last: Int64?
            for level in levels { append(level.price, level.lots, after: &last, to: &sink) }
        }
    }

    /// Appends a level behind the one before it on its side.
    @inline(__always)
    static func append(_ price: Int64, _ lots: Int64, after last: inout Int64?, to sink: inout ByteSink) {
        sink.reserve(20)
        if let last {
            sink.appendUnchecked(price > last ? price.magnitude(above: last) : last.magnitude(above: price))
        } else {
            sink.appendSignedUnchecked(price)
        }
        sink.appendUnchecked(UInt64(lots))
        last = price
    }

    /// The `extra` of a minute.
    public static func extra(_ ignored: BookIgnored) -> [UInt8] {
        guard ignored != BookIgnored() else { return [] }
        var bytes: [UInt8] = []
        Varint.append(ignored.beforeWhole, to: &bytes)
        Varint.append(ignored.stale, to: &bytes)
        return bytes
    }

    /// Reads a row; nil for bytes that ``value(_:)`` does not write.
    public static func decode(key: [UInt8], value: [UInt8], extra: [UInt8]) -> BookMinute? {
        guard key.count == keySize else { return nil }
        let minute = Int(key[0]) << 8 | Int(key[1])
        guard minute < minutesPerDay, let ignored = decode(extra: extra) else { return nil }
        return value.withUnsafeBytes { bytes in
            var reader = VarintReader(bytes)
            let millis = reader.next()
            let events = reader.next()
            let flow = reader.nextWide()
            let crossed = reader.next()
            guard !reader.failed, millis < UInt64(millisPerMinute) else { return nil }
            var result = BookMinute(
                minute: minute, lastMillis: minute * millisPerMinute + Int(millis), eventCount: events,
                flowImbalance: Int128(bitPattern: flow >> 1) ^ -Int128(bitPattern: flow & 1),
                crossedCount: crossed, keyframe: nil, ignored: ignored)
            if !reader.isAtEnd {
                guard let keyframe = keyframe(&reader, size: bytes.count) else { return nil }
                result.keyframe = keyframe
            }
            // One form only.
            return reader.isAtEnd && self.value(result) == value ? result : nil
        }
    }

    private static func keyframe(_ reader: inout VarintReader, size: Int) -> BookKeyframe? {
        let bids = reader.next()
        let offers = reader.next()
        // A level has at least two bytes.
        guard !reader.failed, bids <= UInt64(size), offers <= UInt64(size) else { return nil }
        var keyframe = BookKeyframe()
        guard let bidLevels = levels(&reader, Int(bids), falling: true),
            let offerLevels = levels(&reader, Int(offers), falling: false)
        else { return nil }
        keyframe.bids = bidLevels
        keyframe.offers = offerLevels
        return keyframe
    }

    private static func levels(
        _ reader: inout VarintReader, _ count: Int, falling: Bool
    ) -> [BookKeyframe.Level]? {
        var levels: [BookKeyframe.Level] = []
        levels.reserveCapacity(count)
        var price: Int64 = 0
        for index in 0..<count {
            if index == 0 {
                price = reader.nextSigned()
            } else {
                let step = reader.next()
                let next = Int64(bitPattern: UInt64(bitPattern: price) &+ (falling ? 0 &- step : step))
                guard step > 0, falling ? next < price : next > price else { return nil }
                price = next
            }
            let lots = reader.next()
            guard !reader.failed, lots > 0, lots <= UInt64(Int64.max) else { return nil }
            levels.append(BookKeyframe.Level(price: price, lots: Int64(lots)))
        }
        return levels
    }

    private static func decode(extra: [UInt8]) -> BookIgnored? {
        if extra.isEmpty { return BookIgnored() }
        return extra.withUnsafeBytes { bytes in
            var reader = VarintReader(bytes)
            let ignored = BookIgnored(beforeWhole: reader.next(), stale: reader.next())
            return !reader.failed && reader.isAtEnd ? ignored : nil
        }
    }
}

extension Int64 {
    /// How far a number is above a smaller one.
    @inline(__always)
    fileprivate func magnitude(above other: Int64) -> UInt64 {
        UInt64(bitPattern: self) &- UInt64(bitPattern: other)
    }
}
