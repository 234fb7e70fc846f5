internal import Columns

/// The columns of averages and tick changes: what the models before them say, and where they miss.
enum AverageColumns {
    /// Predicts a symbol's average: from the sums since `value` and `lots`, or the one before where lots are
    /// not known.
    struct Prediction {
        var value: Int64
        var lots: Int64
        let isCumulative: Bool
        var last: Int64

        @inline(__always)
        mutating func next(price: Int64, quantity: Int64) -> Int64 {
            guard isCumulative else { return last }
            value = value &+ price &* quantity
            lots = lots &+ quantity
            return lots > 0 && value >= 0 ? value / lots : last
        }
    }

    /// Writes both.
    static func encode(_ block: borrowing GroupedTrades, to list: inout ColumnList) {
        var starts = ByteSink()
        var averages = MissWriter()
        var ticks = MissWriter()
        var lines: [AverageModel.Line] = []
        var position = 0
        for entry in block.entries {
            let end = position + entry.count
            let start = cumulativeStart(block, position..<end, &lines)
            let first = block.records + Int(block.order[position])
            var prediction = Prediction(
                value: start?.value ?? 0, lots: start?.lots ?? 0, isCumulative: start != nil,
                last: first.pointee.vwap)
            starts.append(start.map { UInt64($0.lots) + 1 } ?? 0)
            if prediction.lots > 0 || start == nil {
                starts.appendSigned(first.pointee.vwap &- first.pointee.price)
            }
            if prediction.lots > 0 {
                starts.appendSigned(prediction.value &- prediction.lots &* first.pointee.vwap)
            }
            var last = entry.price(ofStep: entry.firstStep) ?? 0
            while position < end {
                let record = block.records + Int(block.order[position])
                position &+= 1
                let price = record.pointee.price
                let predicted = prediction.next(price: price, quantity: record.pointee.quantity)
                averages.add(record.pointee.vwap &- predicted)
                prediction.last = record.pointee.vwap
                ticks.add(record.pointee.tick &- (price &- last))
                last = price
            }
        }
        list.add(TradeColumnID.averageStarts, .strong, starts.array)
        list.add(TradeColumnID.averageMisses, .strong, averages.bytes)
        list.add(TradeColumnID.tickMisses, .strong, ticks.bytes)
    }

    /// Fills in averages and tick changes of grouped trades whose prices and quantities are known.
    static func decode(_ columns: ColumnSet, _ block: borrowing GroupedTrades) -> Bool {
        var starts = VarintReader(columns[TradeColumnID.averageStarts])
        var averages = MissReader(columns[TradeColumnID.averageMisses])
        var ticks = MissReader(columns[TradeColumnID.tickMisses])
        var position = 0
        for entry in block.entries {
            let tag = starts.next()
            let price = block.records[Int(block.order[position])].price
            var prediction = Prediction(value: 0, lots: 0, isCumulative: tag > 0, last: price)
            if tag != 1 { prediction.last = price &+ starts.nextSigned() }
            if tag > 1 {
                prediction.lots = Int64(truncatingIfNeeded: tag &- 1)
                prediction.value = prediction.lots &* prediction.last &+ starts.nextSigned()
            }
            var last = entry.price(ofStep: entry.firstStep) ?? 0
            let end = position + entry.count
            while position < end {
                let record = block.records + Int(block.order[position])
                position &+= 1
                let price = record.pointee.price
                let predicted = prediction.next(price: price, quantity: record.pointee.quantity)
                record.pointee.vwap = predicted &+ averages.next()
                prediction.last = record.pointee.vwap
                record.pointee.tick = price &- last &+ ticks.next()
                last = price
            }
        }
        return !starts.failed && starts.isAtEnd && !averages.failed && !ticks.failed
    }

    /// What to count from; nil where the last average predicts no worse.
    private static func cumulativeStart(
        _ block: borrowing GroupedTrades, _ range: Range<Int>, _ lines: inout [AverageModel.Line]
    ) -> (value: Int64, lots: Int64)? {
        lines.removeAll(keepingCapacity: true)
        var sums = AverageModel.Line(value: 0, lots: 0, average: 0)
        var last: Int64 = -1
        var changes = 0
        var isKept = false
        for position in range {
            let record = block.records + Int(block.order[position])
            guard record.pointee.vwap >= 0, record.pointee.vwap < 1 << 31, record.pointee.price < 1 << 31,
                record.pointee.quantity < 1 << 31
            else { return nil }
            // The bounds are tightest on both sides of a change.
            let isChange = record.pointee.vwap != last
            if isChange, !isKept, position > range.lowerBound { lines.append(sums) }
            sums.value &+= record.pointee.price &* record.pointee.quantity
            sums.lots &+= record.pointee.quantity
            guard sums.value < AverageModel.sumLimit else { return nil }
            sums.average = record.pointee.vwap
            if isChange {
                lines.append(sums)
                changes += 1
            }
            isKept = isChange
            last = record.pointee.vwap
        }
        if !isKept { lines.append(sums) }
        if AverageModel.fitsNothing(lines) { return (0, 0) }
        // A start costs some bytes, a change two.
        return changes > 3 ? AverageModel.start(lines) : nil
    }
}
