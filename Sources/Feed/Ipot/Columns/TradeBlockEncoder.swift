internal import Columns
internal import Market

/// Makes the columns of a block of trade lines, in either layout.
///
/// Lines are read, forms that need all lines are settled, and then each line is written from what was read
/// and compared: only what comes back byte for byte is modelled. The rest is kept verbatim.
struct TradeBlockEncoder<Layout: TradeLayout> {
    private var layout: Layout
    private let codec: CodecID

    /// A jump this far ahead is an outlier where the next line falls behind it again.
    private static var jumpMax: UInt64 { 1 << 16 }

    init(_ layout: Layout, _ codec: CodecID) {
        self.layout = layout
        self.codec = codec
    }

    /// The block of messages in arrival order.
    mutating func encode(_ messages: UnsafeBufferPointer<RawMessage>) -> ColumnBlock {
        var table = TradeEntryTable()
        let records = UnsafeMutableBufferPointer<TradeRecord>.allocate(capacity: messages.count)
        records.initialize(repeating: TradeRecord())
        defer { records.deallocate() }
        read(messages, records, &table)
        layout.settle(records, &table)
        if Layout.hasOrders { dropUnordered(records) }

        var list = ColumnList()
        var exceptions = ExceptionWriter()
        var extras = ByteSink(capacity: 256)
        let tradeCount = write(messages, records, &table, &exceptions, &extras)
        var block = TradeBlockEncoder.group(records, tradeCount, table)
        let header = header(block, exceptionCount: messages.count - tradeCount)
        list.add(TradeColumnID.header, .raw, header.bytes)
        HotColumns.encode(&block, to: &list)
        EntryColumns.encode(block.entries, to: &list)
        FactColumn.encode(block, hasSequences: Layout.hasOrders, to: &list)
        exceptions.finish(&list)
        ArrivalColumns.encodeRuns(block, to: &list)
        ArrivalColumns.encodeSeconds(block, to: &list)
        if Layout.hasOrders {
            ArrivalColumns.encodeSequences(block, to: &list)
            OrderColumns.encode(block, to: &list)
            AverageColumns.encode(block, to: &list)
        }
        if Layout.hasExtras, extras.bytes.contains(where: { $0 != 0 }) {
            list.add(TradeColumnID.extras, .strong, extras.array)
        }
        return ColumnBlock(
            codec: codec, messageCount: messages.count, seconds: TradeBlockEncoder.seconds(block),
            columns: list.columns.sorted { $0.id < $1.id })
    }

    /// Reads all lines; those of another ending than the first are left to the verbatim ones.
    private mutating func read(
        _ messages: UnsafeBufferPointer<RawMessage>, _ records: UnsafeMutableBufferPointer<TradeRecord>,
        _ table: inout TradeEntryTable
    ) {
        var isSettled = false
        for (index, message) in messages.enumerated() {
            var size = message.payloadSize
            guard size > 0 else { continue }
            let hasReturn = (message.payload + (size &- 1)).load(as: UInt8.self) == 0x0D
            if hasReturn { size &-= 1 }
            if isSettled, hasReturn != layout.constants.endsInCarriageReturn { continue }
            guard layout.read(message.payload, size, &table, &records[index]) else {
                records[index].entry = TradeRecord.none
                continue
            }
            isSettled = true
            layout.constants.endsInCarriageReturn = hasReturn
        }
    }

    /// Leaves trades to the verbatim lines whose sequence number does not rise, so that modelled ones are
    /// never duplicates of each other.
    private func dropUnordered(_ records: UnsafeMutableBufferPointer<TradeRecord>) {
        var last: UInt64 = 0
        var isFirst = true
        for index in records.indices where records[index].entry != TradeRecord.none {
            let sequence = records[index].sequence
            if !isFirst, sequence <= last {
                records[index].entry = TradeRecord.none
                continue
            }
            if isFirst || sequence &- last > TradeBlockEncoder.jumpMax {
                let next = records[(index + 1)...].prefix(16).first { $0.entry != TradeRecord.none }
                if let next, next.sequence < sequence, isFirst || next.sequence > last {
                    records[index].entry = TradeRecord.none
                    continue
                }
            }
            last = sequence
            isFirst = false
        }
    }

    /// Writes each line again and compares. Modelled records move to the front; returns how many there are.
    private func write(
        _ messages: UnsafeBufferPointer<RawMessage>, _ records: UnsafeMutableBufferPointer<TradeRecord>,
        _ table: inout TradeEntryTable, _ exceptions: inout ExceptionWriter, _ extras: inout ByteSink
    ) -> Int {
        let line = UnsafeMutableRawPointer.allocate(byteCount: TradeLine.sizeMax, alignment: 64)
        defer { line.deallocate() }
        var clockSecond = UInt32.max
        var clock: UInt64 = 0
        var tradeCount = 0
        let suffix = layout.constants.endsInCarriageReturn ? 1 : 0
        for (index, message) in messages.enumerated() {
            let number = records[index].entry
            if number != TradeRecord.none, records[index].price < TradeRecord.priceLimit {
                let entry = table.base + Int(number)
                if records[index].second != clockSecond {
                    clockSecond = records[index].second
                    clock = DigitWriter.clock(clockSecond)
                }
                let size = layout.write(records[index], entry, clock, to: line) - line
                let rest = message.payloadSize &- suffix &- size
                if rest == 0 || (Layout.hasExtras && rest > 0 && TradeBlockEncoder.isExtra(message, size)),
                    TradeBlockEncoder.isEqual(line, message.payload, size)
                {
                    entry.pointee.count &+= 1
                    records[tradeCount] = records[index]
                    tradeCount &+= 1
                    exceptions.passModelled()
                    if Layout.hasExtras {
                        extras.append(UInt64(rest))
                        extras.append(
                            UnsafeRawBufferPointer(rebasing: message.bytes[size..<(size + rest)]))
                    }
                    continue
                }
            }
            exceptions.keep(message.bytes)
        }
        return tradeCount
    }

    private static func isExtra(_ message: RawMessage, _ size: Int) -> Bool {
        (message.payload + size).load(as: UInt8.self) == 0x7C
    }

    /// Whether `size` bytes are equal; both places have eight more readable ones.
    @inline(__always)
    private static func isEqual(_ left: UnsafeMutableRawPointer, _ right: UnsafeRawPointer, _ size: Int)
        -> Bool
    {
        var offset = 0
        while offset &+ 8 <= size {
            if Digits.word(UnsafeRawPointer(left + offset)) != Digits.word(right + offset) { return false }
            offset &+= 8
        }
        guard offset < size else { return true }
        let shift = UInt64(truncatingIfNeeded: 64 &- (size &- offset) &* 8)
        return (Digits.word(UnsafeRawPointer(left + offset)) ^ Digits.word(right + offset)) &<< shift == 0
    }

    /// Sorts the symbols that have trades, and groups the trades by them.
    private static func group(
        _ records: UnsafeMutableBufferPointer<TradeRecord>, _ tradeCount: Int,
        _ table: borrowing TradeEntryTable
    ) -> GroupedTrades {
        let base = table.base
        let numbers = (0..<table.count).filter { base[$0].count > 0 }.sorted {
            base[$0].symbol != base[$1].symbol
                ? base[$0].symbol < base[$1].symbol : base[$0].board.rawValue < base[$1].board.rawValue
        }
        let first = records.baseAddress ?? UnsafeMutablePointer.allocate(capacity: 0)
        let block = GroupedTrades(records: first, tradeCount: tradeCount, entries: numbers.map { base[$0] })
        var placeOf = [UInt32](repeating: 0, count: table.count)
        for (place, number) in numbers.enumerated() { placeOf[number] = UInt32(place) }
        var next = block.starts
        for arrival in 0..<tradeCount {
            let place = Int(placeOf[Int(records[arrival].entry)])
            records[arrival].entry = UInt32(place)
            block.order[next[place]] = UInt32(truncatingIfNeeded: arrival)
            next[place] &+= 1
        }
        return block
    }

    private func header(_ block: borrowing GroupedTrades, exceptionCount: Int) -> TradeBlockHeader {
        var header = TradeBlockHeader()
        header.tradeCount = block.tradeCount
        header.exceptionCount = exceptionCount
        header.entryCount = block.entries.count
        header.constants = layout.constants
        if block.tradeCount > 0 {
            header.firstSequence = block.records[0].sequence
            header.lastSequence = block.records[block.tradeCount - 1].sequence
        }
        return header
    }

    private static func seconds(_ block: borrowing GroupedTrades) -> ClosedRange<Int>? {
        guard block.tradeCount > 0 else { return nil }
        var lowest = UInt32.max
        var highest: UInt32 = 0
        for arrival in 0..<block.tradeCount {
            lowest = min(lowest, block.records[arrival].second)
            highest = max(highest, block.records[arrival].second)
        }
        return Int(lowest)...Int(highest)
    }
}
