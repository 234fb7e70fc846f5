internal import Columns

/// The columns of resting orders' numbers: newest order every so many trades, classes, mantissa bits.
enum OrderColumns {
    /// Writes the numbers of grouped trades.
    static func encode(_ block: borrowing GroupedTrades, to list: inout ColumnList) {
        let newest = newestOrders(block)
        var steps = ByteSink()
        var last: UInt64 = 0
        for value in newest {
            steps.append(value &- last)
            last = value
        }
        var model = OrderModel(newest: newest)
        let models = model.models.base
        var classes = RangeEncoder()
        var bits = RawBitWriter()
        var position = 0
        for entry in block.entries {
            model.beginSymbol()
            let end = position + entry.count
            while position < end {
                let arrival = Int(block.order[position])
                let record = block.records + arrival
                let step = block.steps[position]
                position &+= 1
                let side = record.pointee.side
                if side == 2 { continue }
                let context = model.context(step: step, side: side, arrival: arrival)
                let order = record.pointee.order
                let difference = Int64(
                    bitPattern: context.isFresh ? context.base &- order : order &- context.base)
                let size = difference.magnitude
                let width = UInt32(64 &- size.leadingZeroBitCount)
                classes.encode(
                    min(width, OrderModel.longClass), width: OrderModel.classBits, models + context.tree &* 32
                )
                if width >= OrderModel.longClass { bits.append(UInt64(width), count: 6) }
                if width > 0 {
                    classes.encode(difference < 0 ? 1 : 0, &models[model.sign(context)])
                    var rest = UInt64(width &- 1)
                    if rest >= 2 {
                        rest &-= 2
                        let top = UInt32(truncatingIfNeeded: size &>> rest) & 3
                        classes.encode(top, width: 2, models + model.mantissa(context, width))
                    }
                    if rest > 0 { bits.append(size & ((1 &<< rest) &- 1), count: rest) }
                }
                model.learn(context, order: order, class: width, arrival: arrival)
            }
        }
        list.add(TradeColumnID.newestOrders, .entropy, steps.array)
        list.add(TradeColumnID.orderClasses, .raw, classes.finish())
        list.add(TradeColumnID.orderBits, .raw, bits.finish())
    }

    /// The highest order number up to every ``OrderModel/interval``th trade, one more behind the last.
    private static func newestOrders(_ block: borrowing GroupedTrades) -> [UInt64] {
        var result: [UInt64] = []
        var highest: UInt64 = 0
        for arrival in 0..<block.tradeCount {
            let order = block.records[arrival].order
            // One wild number must not spoil what comes behind it.
            if order > highest, highest == 0 || order &- highest < 1 << 20 { highest = order }
            if arrival % OrderModel.interval == 0 { result.append(highest) }
        }
        result.append(highest)
        result.append(highest)
        return result
    }

    /// Fills in the order numbers of grouped trades whose steps and sides are known.
    static func decode(_ columns: ColumnSet, _ block: borrowing GroupedTrades) -> Bool {
        var reader = VarintReader(columns[TradeColumnID.newestOrders])
        var newest: [UInt64] = []
        var last: UInt64 = 0
        for _ in 0..<(block.tradeCount + OrderModel.interval - 1) / OrderModel.interval + 2 {
            last &+= reader.next()
            newest.append(last)
        }
        guard reader.isAtEnd, !reader.failed else { return false }
        var model = OrderModel(newest: newest)
        let models = model.models.base
        var classes = RangeDecoder(columns[TradeColumnID.orderClasses])
        var bits = RawBitReader(columns[TradeColumnID.orderBits])
        var position = 0
        for entry in block.entries {
            model.beginSymbol()
            let end = position + entry.count
            while position < end {
                let arrival = Int(block.order[position])
                let record = block.records + arrival
                let step = block.steps[position]
                position &+= 1
                let side = record.pointee.side
                if side == 2 { continue }
                let context = model.context(step: step, side: side, arrival: arrival)
                var width = classes.decode(width: OrderModel.classBits, models + context.tree &* 32)
                if width == OrderModel.longClass { width = UInt32(truncatingIfNeeded: bits.next(6)) }
                guard width <= 57 else { return false }
                var order = context.base
                if width > 0 {
                    let isNegative = classes.decode(&models[model.sign(context)]) == 1
                    var size: UInt64 = 1
                    var rest = UInt64(width &- 1)
                    if rest >= 2 {
                        rest &-= 2
                        size = 4 | UInt64(classes.decode(width: 2, models + model.mantissa(context, width)))
                    }
                    size = size &<< rest | bits.next(rest)
                    order = isNegative != context.isFresh ? order &- size : order &+ size
                }
                record.pointee.order = order
                model.learn(context, order: order, class: width, arrival: arrival)
            }
        }
        return true
    }
}
