internal import Columns
internal import Market

/// Restores the lines of a trade block, in either layout.
struct TradeBlockDecoder<Layout: TradeLayout> {
    private var layout: Layout

    init(_ layout: Layout) { self.layout = layout }

    /// Emits all payloads in arrival order; false, perhaps after some, where the columns are damaged.
    mutating func decode(
        _ columns: ColumnSet, messageCount: Int, emit: (UnsafeRawBufferPointer) -> Void
    ) -> Bool {
        guard let header = TradeBlockHeader(columns, messageCount: messageCount),
            var entries = EntryColumns.decode(columns, header)
        else { return false }
        // The hot columns have a byte per trade, so this bounds the memory asked for below.
        guard columns[TradeColumnID.quantities].count == header.tradeCount else { return false }
        layout.constants = header.constants
        for index in entries.indices { layout.fill(&entries[index]) }
        let records = UnsafeMutablePointer<TradeRecord>.allocate(capacity: header.tradeCount)
        records.initialize(repeating: TradeRecord(), count: header.tradeCount)
        defer { records.deallocate() }
        let block = GroupedTrades(records: records, tradeCount: header.tradeCount, entries: entries)
        guard ArrivalColumns.decodeRuns(columns, block), TradeBlockDecoder.hot(columns, block),
            ArrivalColumns.decodeSeconds(columns, block)
        else { return false }
        if Layout.hasOrders {
            guard ArrivalColumns.decodeSequences(columns, block), OrderColumns.decode(columns, block),
                AverageColumns.decode(columns, block)
            else { return false }
        }
        return emitAll(columns, block, header, emit)
    }

    /// Prices, quantities and sides.
    private static func hot(_ columns: ColumnSet, _ block: borrowing GroupedTrades) -> Bool {
        guard block.tradeCount > 0 else { return true }
        guard var cursor = HotCursor(columns, entries: block.entries) else { return false }
        let chunk = 1024
        let values = UnsafeMutablePointer<Int64>.allocate(capacity: chunk)
        let sides = UnsafeMutablePointer<UInt8>.allocate(capacity: chunk)
        defer {
            values.deallocate()
            sides.deallocate()
        }
        var position = 0
        for entry in block.entries {
            cursor.begin(entry)
            let end = position + entry.count
            while position < end {
                let count = min(chunk, end - position)
                cursor.readSteps(count, values, sides)
                for index in 0..<count {
                    block.steps[position &+ index] = values[index]
                    block.records[Int(block.order[position &+ index])].side = sides[index]
                }
                cursor.price(count, values)
                for index in 0..<count {
                    block.records[Int(block.order[position &+ index])].price = values[index]
                }
                cursor.readQuantities(count, values)
                for index in 0..<count {
                    block.records[Int(block.order[position &+ index])].quantity = values[index]
                }
                position += count
            }
        }
        return !cursor.failed && cursor.isAtEnd
    }

    /// Writes the lines with the verbatim messages between them.
    private func emitAll(
        _ columns: ColumnSet, _ block: borrowing GroupedTrades, _ header: TradeBlockHeader,
        _ emit: (UnsafeRawBufferPointer) -> Void
    ) -> Bool {
        let line = UnsafeMutableRawPointer.allocate(byteCount: TradeLine.sizeMax, alignment: 64)
        defer { line.deallocate() }
        var exceptions = VerbatimMessages(columns)
        var extras = ExtraReader(columns[TradeColumnID.extras])
        var nextException = exceptions.next()
        var exceptionCount = 0
        var clockSecond = UInt32.max
        var clock: UInt64 = 0
        let hasReturn = header.constants.endsInCarriageReturn
        return block.entries.withUnsafeBufferPointer { entries in
            for number in 0..<(header.tradeCount + header.exceptionCount) {
                if _slowPath(nextException?.number == number), let exception = nextException {
                    emit(exception.payload)
                    exceptionCount += 1
                    nextException = exceptions.next()
                    continue
                }
                let arrival = number - exceptionCount
                guard arrival < header.tradeCount else { return false }
                let record = block.records + arrival
                if record.pointee.second != clockSecond {
                    clockSecond = record.pointee.second
                    clock = DigitWriter.clock(clockSecond)
                }
                let entry = entries.baseAddress! + Int(record.pointee.entry)
                let end = layout.write(record.pointee, entry, clock, to: line)
                if Layout.hasExtras, !extras.isEmpty {
                    extras.emit(line, end - line, hasReturn, emit)
                } else {
                    if hasReturn { end.storeBytes(of: 0x0D, as: UInt8.self) }
                    emit(UnsafeRawBufferPointer(start: line, count: end - line + (hasReturn ? 1 : 0)))
                }
            }
            return nextException == nil && exceptions.isAtEnd && exceptionCount == header.exceptionCount
                && extras.isAtEnd
        }
    }
}

/// Text behind the modelled fields: per trade a varint of its size, then its bytes.
struct ExtraReader {
    private let bytes: UnsafeRawBufferPointer
    private var offset = 0
    private var failed = false
    private var line: [UInt8] = []

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// Whether no line of the block has any.
    var isEmpty: Bool { bytes.isEmpty }

    /// Whether all was read.
    var isAtEnd: Bool { !failed && offset == bytes.count }

    /// Emits a line with its extra text.
    mutating func emit(
        _ start: UnsafeMutableRawPointer, _ size: Int, _ hasReturn: Bool,
        _ emit: (UnsafeRawBufferPointer) -> Void
    ) {
        var count = 0
        var shift = 0
        while offset < bytes.count, shift < 28 {
            let byte = bytes[offset]
            offset += 1
            count |= Int(byte & 0x7F) << shift
            shift += 7
            if byte < 0x80 { break }
        }
        if count > bytes.count - offset {
            failed = true
            count = 0
        }
        line.removeAll(keepingCapacity: true)
        line.append(contentsOf: UnsafeRawBufferPointer(start: start, count: size))
        line.append(contentsOf: bytes[offset..<(offset + count)])
        if hasReturn { line.append(0x0D) }
        offset += count
        line.withUnsafeBytes { emit($0) }
    }
}
