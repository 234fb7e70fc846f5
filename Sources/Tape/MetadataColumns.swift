internal import Columns

/// What a message carries beside its payload, as columns that the tape itself writes (ids from 240): receive
/// times, channels and directions. Absent where all are those of an import.
enum MetadataColumns {
    static let receiveTimes: UInt8 = 240
    static let origins: UInt8 = 241

    /// The columns of a block's messages.
    static func encode(_ messages: UnsafeBufferPointer<RawMessage>) -> [Column] {
        var columns: [Column] = []
        if messages.contains(where: { $0.receiveTimeNanos != Int64.min }) {
            columns.append(Column(id: receiveTimes, packing: .fast, bytes: times(messages)))
        }
        if messages.contains(where: { $0.channel != 0 || $0.direction != 0 }) {
            columns.append(Column(id: origins, packing: .fast, bytes: runs(messages)))
        }
        return columns
    }

    /// Reads the columns of a block, message by message.
    struct Reader {
        private var times: VarintReader
        private var origins: VarintReader
        private let hasTimes: Bool
        private let hasOrigins: Bool
        private var unit: Int64 = 1
        private var last: Int64 = 0
        private var runLeft: UInt64 = 0
        private var channel: UInt16 = 0
        private var direction: UInt8 = 0

        init(_ columns: ColumnSet) {
            times = VarintReader(columns[receiveTimes])
            origins = VarintReader(columns[MetadataColumns.origins])
            hasTimes = columns[receiveTimes].count > 0
            hasOrigins = columns[MetadataColumns.origins].count > 0
            if hasTimes { unit = Int64(clamping: times.next()) }
        }

        /// Whether everything has been read and nothing was missing.
        var isComplete: Bool {
            !times.failed && !origins.failed && times.isAtEnd && origins.isAtEnd && runLeft == 0
        }

        mutating func next() -> (time: Int64, channel: UInt16, direction: UInt8) {
            var time = Int64.min
            if hasTimes {
                let code = times.next()
                if code > 0 {
                    let raw = code - 1
                    last &+= Int64(bitPattern: raw >> 1) ^ -Int64(bitPattern: raw & 1)
                    time = last &* unit
                }
            }
            if hasOrigins {
                if runLeft == 0 {
                    runLeft = origins.next()
                    channel = UInt16(truncatingIfNeeded: origins.next())
                    direction = UInt8(truncatingIfNeeded: origins.next())
                }
                runLeft &-= 1
            }
            return (time, channel, direction)
        }
    }

    /// The unit in nanoseconds, then per message 0 for none, or 1 + the zigzag step from the last one.
    private static func times(_ messages: UnsafeBufferPointer<RawMessage>) -> [UInt8] {
        let candidates: [Int64] = [1_000_000_000, 1_000_000, 1000]
        let unit =
            candidates.first { unit in
                messages.allSatisfy { $0.receiveTimeNanos == Int64.min || $0.receiveTimeNanos % unit == 0 }
            } ?? 1
        var bytes: [UInt8] = []
        Varint.append(UInt64(unit), to: &bytes)
        var last: Int64 = 0
        for message in messages {
            guard message.receiveTimeNanos != Int64.min else {
                bytes.append(0)
                continue
            }
            let value = message.receiveTimeNanos / unit
            let step = value &- last
            Varint.append(UInt128(UInt64(bitPattern: (step &<< 1) ^ (step &>> 63))) + 1, to: &bytes)
            last = value
        }
        return bytes
    }

    /// Runs of equal origin: length, channel, direction.
    private static func runs(_ messages: UnsafeBufferPointer<RawMessage>) -> [UInt8] {
        var bytes: [UInt8] = []
        var start = 0
        while start < messages.count {
            let first = messages[start]
            var end = start + 1
            while end < messages.count, messages[end].channel == first.channel,
                messages[end].direction == first.direction
            { end += 1 }
            Varint.append(UInt64(end - start), to: &bytes)
            Varint.append(UInt64(first.channel), to: &bytes)
            Varint.append(UInt64(first.direction), to: &bytes)
            start = end
        }
        return bytes
    }
}
