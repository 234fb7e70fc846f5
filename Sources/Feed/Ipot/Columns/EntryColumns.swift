internal import Columns
internal import Market

/// The dictionary of a block: its symbols by rising code, and what holds for each.
enum EntryColumns {
    /// Writes codes (front-coded) and, field by field, the entries' numbers.
    static func encode(_ entries: [TradeEntry], to list: inout ColumnList) {
        var codes = ByteSink(capacity: 1024)
        var fields = ByteSink(capacity: 1024)
        var last: [UInt8] = []
        for entry in entries {
            let code = entry.symbol.bytes
            let shared = min(zip(last, code).prefix { $0 == $1 }.count, 15)
            codes.append(byte: UInt8(shared << 4 | (code.count - shared) & 15))
            if code.count - shared == 16 { codes.append(byte: 0) }
            code.withUnsafeBytes { codes.append(UnsafeRawBufferPointer(rebasing: $0[shared...])) }
            last = code
        }
        for entry in entries {
            fields.append(byte: entry.board.rawValue | entry.steps.rawValue << 2 | entry.firstSide << 3)
        }
        for entry in entries { fields.append(UInt64(entry.count - 1)) }
        for entry in entries { fields.append(UInt64(entry.previous)) }
        for entry in entries { fields.appendSigned(entry.firstStep &- previousStep(entry)) }
        for entry in entries {
            for form in [entry.priceForm, entry.quantityForm] {
                fields.append(byte: form.digits << 1 | (form.isFixed ? 1 : 0))
            }
        }
        list.add(TradeColumnID.codes, .strong, codes.array)
        list.add(TradeColumnID.entries, .strong, fields.array)
    }

    /// What first steps are counted from.
    private static func previousStep(_ entry: borrowing TradeEntry) -> Int64 {
        entry.steps == .ladder ? LadderTable.step(of: entry.previous) ?? 0 : entry.previous
    }

    /// Reads the dictionary; nil where it is none of `header.entryCount` entries in order whose trades make
    /// `header.tradeCount`.
    static func decode(_ columns: ColumnSet, _ header: TradeBlockHeader) -> [TradeEntry]? {
        let codes = columns[TradeColumnID.codes]
        // Each entry has at least a byte, so that damage cannot ask for memory.
        guard header.entryCount <= codes.count else { return nil }
        var entries = [TradeEntry](repeating: TradeEntry(), count: header.entryCount)
        var offset = 0
        var last: [UInt8] = []
        for index in entries.indices {
            guard offset < codes.count else { return nil }
            let shared = Int(codes[offset] >> 4)
            var size = Int(codes[offset] & 15)
            offset += 1
            if size == 0, shared == 0 {
                size = 16
                offset += 1
            }
            guard shared <= last.count, offset + size <= codes.count else { return nil }
            last = Array(last.prefix(shared)) + codes[offset..<(offset + size)]
            offset += size
            guard let symbol = last.withUnsafeBytes({ Symbol(bytes: $0) }) else { return nil }
            entries[index].symbol = symbol
        }
        guard offset == codes.count else { return nil }
        return fields(columns, header, &entries) ? entries : nil
    }

    private static func fields(
        _ columns: ColumnSet, _ header: TradeBlockHeader, _ entries: inout [TradeEntry]
    ) -> Bool {
        var reader = VarintReader(columns[TradeColumnID.entries])
        var tradeCount: UInt64 = 0
        for index in entries.indices {
            let kind = reader.next()
            guard let board = Board(rawValue: UInt8(kind & 3)), kind >> 3 < 3 else { return false }
            entries[index].board = board
            entries[index].steps = kind & 4 == 0 ? .ladder : .unit
            entries[index].firstSide = UInt8(kind >> 3)
        }
        for index in entries.indices {
            let count = reader.next()
            guard count < UInt64(header.tradeCount) else { return false }
            entries[index].count = Int(count) + 1
            tradeCount += count + 1
        }
        for index in entries.indices {
            entries[index].previous = Int64(truncatingIfNeeded: reader.next() & UInt64(Int64.max))
        }
        for index in entries.indices {
            entries[index].firstStep = reader.nextSigned() &+ previousStep(entries[index])
        }
        for index in entries.indices {
            for path in [\TradeEntry.priceForm, \.quantityForm] {
                let form = reader.next()
                guard form >> 1 <= UInt64(DecimalForm.digitsMax) else { return false }
                entries[index][keyPath: path] = DecimalForm(digits: UInt8(form >> 1), isFixed: form & 1 == 1)
            }
        }
        return !reader.failed && reader.isAtEnd && tradeCount == UInt64(header.tradeCount)
    }
}
