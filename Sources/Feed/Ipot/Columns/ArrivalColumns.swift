internal import Columns

/// The columns of arrival order: whose turn it was, when, and with what sequence number.
enum ArrivalColumns {
    /// Bits of an entry's rank that adaptive models code; more than any real block needs.
    private static let treeBits: UInt32 = 12

    private static func rankBits(_ count: Int) -> UInt32 {
        count <= 1 ? 0 : UInt32(Int.bitWidth - (count - 1).leadingZeroBitCount)
    }

    /// Writes runs of the same entry, by rank.
    static func encodeRuns(_ block: borrowing GroupedTrades, to list: inout ColumnList) {
        let ranks = GroupedTrades.ranks(block.entries)
        var rankOf = [UInt32](repeating: 0, count: ranks.count)
        for (rank, entry) in ranks.enumerated() { rankOf[entry] = UInt32(rank) }
        let bits = rankBits(ranks.count)
        let lowBits = bits > treeBits ? bits - treeBits : 0
        let models = BitModels(count: 1 << (treeBits + 1))
        let lengths = RunLength(entryCount: ranks.count)
        var coder = RangeEncoder()
        var low = RawBitWriter()
        var arrival = 0
        while arrival < block.tradeCount {
            let entry = block.records[arrival].entry
            var end = arrival &+ 1
            while end < block.tradeCount, block.records[end].entry == entry { end &+= 1 }
            let rank = rankOf[Int(entry)]
            coder.encode(rank &>> lowBits, width: bits - lowBits, models.base)
            if lowBits > 0 { low.append(UInt64(rank & ((1 &<< lowBits) &- 1)), count: UInt64(lowBits)) }
            lengths.encode(end &- arrival, rank: Int(rank), &coder)
            arrival = end
        }
        list.add(TradeColumnID.runs, .raw, coder.finish())
        list.add(TradeColumnID.runLowBits, .raw, low.finish())
    }

    /// Sets the entries of all records and the grouped order. False where the runs do not fit the counts.
    static func decodeRuns(_ columns: ColumnSet, _ block: borrowing GroupedTrades) -> Bool {
        let ranks = GroupedTrades.ranks(block.entries)
        let bits = rankBits(ranks.count)
        let lowBits = bits > treeBits ? bits - treeBits : 0
        let models = BitModels(count: 1 << (treeBits + 1))
        let lengths = RunLength(entryCount: ranks.count)
        var coder = RangeDecoder(columns[TradeColumnID.runs])
        var low = RawBitReader(columns[TradeColumnID.runLowBits])
        var next = block.starts
        var left = block.entries.map(\.count)
        var arrival = 0
        while arrival < block.tradeCount {
            let rank =
                Int(coder.decode(width: bits - lowBits, models.base)) &<< Int(lowBits)
                | Int(low.next(UInt64(lowBits)))
            guard rank < ranks.count else { return false }
            let entry = ranks[rank]
            let length = lengths.decode(rank: rank, &coder)
            guard length >= 1, length <= left[entry] else { return false }
            left[entry] &-= length
            var position = next[entry]
            let end = arrival &+ length
            while arrival < end {
                block.records[arrival].entry = UInt32(truncatingIfNeeded: entry)
                block.order[position] = UInt32(truncatingIfNeeded: arrival)
                position &+= 1
                arrival &+= 1
            }
            next[entry] = position
        }
        return true
    }

    /// Writes the seconds: per second with trades, the zigzag step from the one before and how many trades.
    static func encodeSeconds(_ block: borrowing GroupedTrades, to list: inout ColumnList) {
        var sink = ByteSink()
        var last: UInt32 = 0
        var arrival = 0
        while arrival < block.tradeCount {
            let second = block.records[arrival].second
            var end = arrival &+ 1
            while end < block.tradeCount, block.records[end].second == second { end &+= 1 }
            sink.appendSigned(Int64(second) - Int64(last))
            sink.append(UInt64(end &- arrival))
            last = second
            arrival = end
        }
        list.add(TradeColumnID.seconds, .strong, sink.array)
    }

    /// Sets the seconds of all records.
    static func decodeSeconds(_ columns: ColumnSet, _ block: borrowing GroupedTrades) -> Bool {
        var reader = VarintReader(columns[TradeColumnID.seconds])
        var second: Int64 = 0
        var arrival = 0
        while arrival < block.tradeCount {
            second &+= reader.nextSigned()
            let length = reader.next()
            guard !reader.failed, second >= 0, second < 86_400, length >= 1,
                length <= UInt64(block.tradeCount &- arrival)
            else { return false }
            let end = arrival &+ Int(length)
            while arrival < end {
                block.records[arrival].second = UInt32(truncatingIfNeeded: second)
                arrival &+= 1
            }
        }
        return reader.isAtEnd
    }

    /// Writes where sequence numbers do not follow one another; they rise, or the encoder kept the line.
    static func encodeSequences(_ block: borrowing GroupedTrades, to list: inout ColumnList) {
        var misses = MissWriter()
        var last: UInt64 = 0
        for arrival in 0..<block.tradeCount {
            let sequence = block.records[arrival].sequence
            misses.add(Int64(bitPattern: sequence &- last &- 1))
            last = sequence
        }
        list.add(TradeColumnID.sequences, .strong, misses.bytes)
    }

    /// Sets the sequence numbers of all records.
    static func decodeSequences(_ columns: ColumnSet, _ block: borrowing GroupedTrades) -> Bool {
        var misses = MissReader(columns[TradeColumnID.sequences])
        var last: UInt64 = 0
        for arrival in 0..<block.tradeCount {
            last = last &+ 1 &+ UInt64(bitPattern: misses.next())
            block.records[arrival].sequence = last
        }
        return !misses.failed
    }
}
