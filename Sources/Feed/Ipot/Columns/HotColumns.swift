internal import Columns

/// The columns that projections read, written: tokens, quantities, minutes. All are grouped by symbol.
enum HotColumns {
    /// The largest quantity with a byte of its own; 255 sends to the escapes.
    static let quantityEscape: UInt8 = 255

    /// Writes them, and settles each entry's steps, first step and first side.
    static func encode(_ block: inout GroupedTrades, to list: inout ColumnList) {
        var position = 0
        for index in block.entries.indices {
            var entry = block.entries[index]
            settle(&entry, block, position)
            block.entries[index] = entry
            position += entry.count
        }
        tokens(block, to: &list)
        quantities(block, to: &list)
        minutes(block, to: &list)
    }

    private static func settle(
        _ entry: inout TradeEntry, _ block: borrowing GroupedTrades, _ start: Int
    ) {
        let first = block.records + Int(block.order[start])
        let before = first.pointee.price &- first.pointee.tick
        entry.firstSide = first.pointee.side
        entry.steps = .ladder
        for position in start..<(start + entry.count) {
            guard let step = LadderTable.step(of: block.records[Int(block.order[position])].price) else {
                entry.steps = .unit
                break
            }
            block.steps[position] = step
        }
        if entry.steps == .ladder {
            entry.firstStep = LadderTable.step(of: before) ?? block.steps[start]
        } else {
            for position in start..<(start + entry.count) {
                block.steps[position] = block.records[Int(block.order[position])].price
            }
            let isPlain = before > 0 && before < TradeRecord.priceLimit
            entry.firstStep = isPlain ? before : block.steps[start]
        }
    }

    private static func tokens(_ block: borrowing GroupedTrades, to list: inout ColumnList) {
        var nibbles = ByteSink(capacity: block.tradeCount / 2 + block.entries.count + 8)
        var escapes = ByteSink()
        PriceTokens.withMoves { moves in
            var position = 0
            for entry in block.entries {
                nibbles.reserve(entry.count / 2 + 1)
                var step = entry.firstStep
                var side = entry.firstSide
                var half: UInt8 = 0
                for index in 0..<entry.count {
                    let next = block.steps[position]
                    let nextSide = block.records[Int(block.order[position])].side
                    position &+= 1
                    let move = next &- step
                    let token = PriceTokens.token(step: move, before: side, side: nextSide, moves)
                    if token == PriceTokens.escape {
                        let zigzag = UInt64(bitPattern: (move &<< 1) ^ (move &>> 63))
                        escapes.append(zigzag &<< 2 | UInt64(nextSide))
                    }
                    if index & 1 == 0 {
                        half = token
                    } else {
                        nibbles.appendUnchecked(byte: half | token &<< 4)
                    }
                    step = next
                    side = nextSide
                }
                if entry.count & 1 == 1 { nibbles.appendUnchecked(byte: half) }
            }
        }
        list.add(TradeColumnID.tokens, .fast, nibbles.array)
        list.add(TradeColumnID.tokenEscapes, .fast, escapes.array)
    }

    private static func quantities(_ block: borrowing GroupedTrades, to list: inout ColumnList) {
        var bytes = ByteSink(capacity: block.tradeCount + 8)
        var escapes = ByteSink()
        bytes.reserve(block.tradeCount)
        for position in 0..<block.tradeCount {
            let quantity = block.records[Int(block.order[position])].quantity
            if _fastPath(quantity < Int64(quantityEscape)) {
                bytes.appendUnchecked(byte: UInt8(truncatingIfNeeded: quantity))
            } else {
                bytes.appendUnchecked(byte: quantityEscape)
                escapes.append(UInt64(quantity))
            }
        }
        list.add(TradeColumnID.quantities, .entropy, bytes.array)
        // Where escapes are the rule, quantities have decimals, and such repeat.
        let packing: ColumnPacking = escapes.bytes.count > block.tradeCount / 2 ? .strong : .entropy
        list.add(TradeColumnID.quantityEscapes, packing, escapes.array)
    }

    private static func minutes(_ block: borrowing GroupedTrades, to list: inout ColumnList) {
        var steps = ByteSink()
        var counts = ByteSink()
        var position = 0
        for entry in block.entries {
            let end = position + entry.count
            var last: Int64 = 0
            while position < end {
                let minute = block.records[Int(block.order[position])].second / 60
                let start = position
                while position < end, block.records[Int(block.order[position])].second / 60 == minute {
                    position &+= 1
                }
                steps.appendSigned(Int64(minute) - last)
                counts.append(UInt64(position - start))
                last = Int64(minute)
            }
        }
        list.add(TradeColumnID.minuteSteps, .fast, steps.array)
        list.add(TradeColumnID.minuteCounts, .entropy, counts.array)
    }
}
