internal import Columns

/// What a block of book rows says next, as far as the rows before tell: rows come in runs of one time, symbol and
/// side, outwards from the best price; most are about levels that are there; quantities come again, as orders are
/// put elsewhere. The same code writes and reads, so both know the same.
struct BookRowModel: ~Copyable {
    /// Symbols from here on share their contexts.
    private static let slotCount = 16
    private static let passedMax = 9
    /// Kinds of a row: whether its level was there, and whether it is removed.
    private static let kindCount = 4

    private let flags = BitModels(count: FlagPlace.count)
    private let times = NumberModels(contextCount: 1)
    private let symbolNumbers = NumberModels(contextCount: 2 * 2 * slotCount)
    private let firstLevels = NumberModels(contextCount: 2)
    private let firstSteps = NumberModels(contextCount: 2)
    private let passed = NumberModels(contextCount: slotCount * kindCount * (passedMax + 1))
    private let steps = NumberModels(contextCount: slotCount * (passedMax + 1))
    private let ages = NumberModels(contextCount: slotCount)
    private let changeAges = NumberModels(contextCount: slotCount)
    private let quantities = NumberModels(contextCount: 2 * slotCount)

    private let symbolCount: Int
    /// By symbol and side.
    private var levels: [RowLevels]
    private var recent: [RecentLots]
    private var last = BookRow()
    private var lastDistance: Int64 = 0
    private var kind = 0
    private var passedWidth = 0

    /// Where the models of single bits stand.
    private enum FlagPlace {
        static let isNew = 0
        static let isLater = isNew + kindCount
        static let side = isLater + 1
        static let isFirstThere = side + 4 * slotCount
        static let isThere = isFirstThere + 2
        static let isRemoved = isThere + slotCount * kindCount * (passedMax + 1)
        static let change = isRemoved + 2 * slotCount * kindCount * (passedMax + 1)
        static let isKnown = change + 4 * slotCount * kindCount
        static let sign = isKnown + slotCount * kindCount
        static let count = sign + 1
    }

    /// A model of a block's rows. `writes`: whether rows are given to it.
    init(symbolCount: Int, firstMillis: Int64, writes: Bool) {
        self.symbolCount = symbolCount
        levels = Array(repeating: RowLevels(), count: 2 * symbolCount)
        recent = Array(repeating: RecentLots(remembers: writes), count: symbolCount)
        last.millis = firstMillis
    }

    /// Passes the next row: a writer gives it, a reader gets it. Nil where columns are damaged.
    mutating func pass(_ row: BookRow, _ bits: inout some ModelledBits & ~Copyable) -> BookRow? {
        var row = row
        let book = Int(row.symbol) * 2 + (row.isOffer ? 1 : 0)
        let distance = row.isOffer ? row.price.value : -row.price.value
        let isNext =
            row.millis == last.millis && row.symbol == last.symbol && row.isOffer == last.isOffer
            && distance > lastDistance
        let found: (better: Int, isThere: Bool)
        let place: Int64
        if flag(isNext ? 0 : 1, FlagPlace.isNew + kind, &bits) == 1 {
            guard run(&row, &bits), let first = first(row, distance, book, &bits) else { return nil }
            (place, found) = first
        } else {
            (row.millis, row.symbol, row.isOffer) = (last.millis, last.symbol, last.isOffer)
            guard let next = next(row, distance, &bits) else { return nil }
            (place, found) = next
        }
        let price = row.isOffer ? place : 0 &- place
        guard price >= 0, price <= BookRow.valueMax else { return nil }
        row.price.value = price
        guard let lots = quantity(row, found, &bits) else { return nil }
        row.lots.value = lots
        levels[Int(row.symbol) * 2 + (row.isOffer ? 1 : 0)].set(place, lots, found)
        kind = (found.isThere ? 1 : 0) | (lots == 0 ? 2 : 0)
        last = row
        lastDistance = place
        return row
    }

    private func slot(_ symbol: UInt32) -> Int { min(Int(symbol), BookRowModel.slotCount - 1) }

    @inline(__always)
    private func flag(_ bit: UInt32, _ place: Int, _ bits: inout some ModelledBits & ~Copyable) -> UInt32 {
        bits.pass(bit, &flags.base[place])
    }

    /// What a new run is about: time, symbol and side.
    private func run(_ row: inout BookRow, _ bits: inout some ModelledBits & ~Copyable) -> Bool {
        let isLater = flag(row.millis == last.millis ? 0 : 1, FlagPlace.isLater, &bits)
        if isLater == 1 {
            let step = times.pass(zigzag(row.millis &- last.millis), context: 0, &bits)
            row.millis = last.millis &+ unzigzag(step)
            guard row.millis >= 0, row.millis < 10_000_000_000_000 else { return false }
        } else {
            row.millis = last.millis
        }
        let context = Int(isLater) << 1 | (last.isOffer ? 1 : 0)
        let number = symbolNumbers.pass(
            UInt64(row.symbol), context: context * BookRowModel.slotCount + slot(last.symbol), &bits)
        guard number < UInt64(symbolCount) else { return false }
        row.symbol = UInt32(number)
        let isSame = row.symbol == last.symbol
        let side = FlagPlace.side + ((context & 1) << 1 | (isSame ? 1 : 0)) * BookRowModel.slotCount
        row.isOffer = flag(row.isOffer ? 1 : 0, side + slot(row.symbol), &bits) == 1
        return true
    }

    /// The level of a run's first row, from the best one.
    private mutating func first(
        _ row: BookRow, _ distance: Int64, _ given: Int, _ bits: inout some ModelledBits & ~Copyable
    ) -> (Int64, (better: Int, isThere: Bool))? {
        let side = row.isOffer ? 1 : 0
        let book = Int(row.symbol) * 2 + side
        // A reader has no row to look for; what it finds here counts for nothing.
        let found = levels[book].find(distance)
        passedWidth = 0
        if flag(found.isThere ? 1 : 0, FlagPlace.isFirstThere + side, &bits) == 1 {
            let better = firstLevels.pass(UInt64(found.better), context: side, &bits)
            guard better < UInt64(levels[book].count),
                let place = levels[book].distance(behind: Int(better))
            else { return nil }
            return (place, (Int(better), true))
        }
        let best = levels[book].best
        let step = firstSteps.pass(zigzag(distance &- best), context: side, &bits)
        let place = best &+ unzigzag(step)
        let there = levels[book].find(place)
        return there.isThere ? nil : (place, there)
    }

    /// The level of a row that goes on outwards.
    private mutating func next(
        _ row: BookRow, _ distance: Int64, _ bits: inout some ModelledBits & ~Copyable
    ) -> (Int64, (better: Int, isThere: Bool))? {
        let book = Int(row.symbol) * 2 + (row.isOffer ? 1 : 0)
        let slot = slot(row.symbol)
        let width = min(passedWidth, BookRowModel.passedMax)
        let context = (slot * BookRowModel.kindCount + kind) * (BookRowModel.passedMax + 1) + width
        let from = levels[book].find(lastDistance)
        let start = from.better + (from.isThere ? 1 : 0)
        let found = levels[book].find(distance)
        if flag(found.isThere ? 1 : 0, FlagPlace.isThere + context, &bits) == 1 {
            let count = passed.pass(
                UInt64(truncatingIfNeeded: found.better &- start), context: context, &bits)
            guard count < UInt64(levels[book].count) else { return nil }
            let better = start + Int(count)
            guard let place = levels[book].distance(behind: better) else { return nil }
            passedWidth = UInt64.bitWidth - count.leadingZeroBitCount
            return (place, (better, true))
        }
        let step = steps.pass(
            UInt64(bitPattern: distance &- lastDistance &- 1),
            context: slot * (BookRowModel.passedMax + 1) + width, &bits)
        let place = lastDistance &+ 1 &+ Int64(truncatingIfNeeded: step)
        let there = levels[book].find(place)
        // A damaged step may go round the end of the numbers.
        guard !there.isThere, there.better >= start else { return nil }
        passedWidth = UInt64.bitWidth - UInt64(there.better - start).leadingZeroBitCount
        return (place, there)
    }

    /// The lots of a row whose level is known.
    private mutating func quantity(
        _ row: BookRow, _ found: (better: Int, isThere: Bool), _ bits: inout some ModelledBits & ~Copyable
    ) -> Int64? {
        let lots = row.lots.value
        let symbol = Int(row.symbol)
        let slot = slot(row.symbol)
        let context = slot * BookRowModel.kindCount + kind
        let there = found.isThere ? 1 : 0
        let width = min(passedWidth, BookRowModel.passedMax)
        let old = found.isThere ? levels[symbol * 2 + (row.isOffer ? 1 : 0)].lots(behind: found.better) : 0
        let removal =
            FlagPlace.isRemoved
            + ((there * BookRowModel.slotCount * BookRowModel.kindCount + context)
                * (BookRowModel.passedMax + 1) + width)
        if flag(lots == 0 ? 1 : 0, removal, &bits) == 1 {
            if found.isThere { recent[symbol].append(old) }
            return 0
        }
        guard found.isThere else {
            let age = recent[symbol].age(of: lots)
            let isKnown = flag(age == nil ? 0 : 1, FlagPlace.isKnown + context, &bits) == 1
            guard
                let value = isKnown
                    ? known(age ?? 0, symbol, ages, slot, &bits) : new(lots, slot * 2, &bits)
            else { return nil }
            recent[symbol].append(value)
            return value
        }
        return changed(lots, from: old, symbol, context, &bits)
    }

    /// How the lots of a level that is there can change.
    private enum Change: UInt32 {
        case not, recent, byRecent, new
    }

    private mutating func changed(
        _ lots: Int64, from old: Int64, _ symbol: Int, _ context: Int,
        _ bits: inout some ModelledBits & ~Copyable
    ) -> Int64? {
        let slot = min(symbol, BookRowModel.slotCount - 1)
        let age = recent[symbol].age(of: lots)
        let difference = lots &- old
        let changeAge = recent[symbol].age(of: Int64(bitPattern: difference.magnitude))
        var change = Change.new
        if lots == old {
            change = .not
        } else if age != nil {
            change = .recent
        } else if changeAge != nil {
            change = .byRecent
        }
        let tree = FlagPlace.change + context * 4
        let high = flag(change.rawValue >> 1, tree + 1, &bits)
        let low = flag(change.rawValue & 1, tree + 2 + Int(high), &bits)
        var value = old
        switch Change(rawValue: high << 1 | low)! {
        case .not: return old
        case .recent:
            guard let known = known(age ?? 0, symbol, ages, slot, &bits) else { return nil }
            recent[symbol].append(known)
            return known
        case .byRecent:
            guard let known = known(changeAge ?? 0, symbol, changeAges, slot, &bits) else { return nil }
            let isLess = flag(difference < 0 ? 1 : 0, FlagPlace.sign, &bits) == 1
            value = isLess ? old &- known : old &+ known
        case .new:
            guard let given = new(lots, slot * 2 + 1, &bits) else { return nil }
            value = given
        }
        guard value > 0, value <= BookRow.valueMax else { return nil }
        recent[symbol].append(value)
        recent[symbol].append(Int64(bitPattern: (value &- old).magnitude))
        return value
    }

    private func known(
        _ age: UInt64, _ symbol: Int, _ models: borrowing NumberModels, _ slot: Int,
        _ bits: inout some ModelledBits & ~Copyable
    ) -> Int64? {
        recent[symbol].lots(ofAge: models.pass(age, context: slot, &bits))
    }

    private func new(
        _ lots: Int64, _ context: Int, _ bits: inout some ModelledBits & ~Copyable
    ) -> Int64? {
        let value = quantities.pass(UInt64(bitPattern: lots), context: context, &bits)
        return value > 0 && value <= UInt64(BookRow.valueMax) ? Int64(value) : nil
    }

    private func zigzag(_ value: Int64) -> UInt64 { UInt64(bitPattern: (value &<< 1) ^ (value &>> 63)) }

    private func unzigzag(_ value: UInt64) -> Int64 { Int64(bitPattern: value >> 1) ^ -Int64(value & 1) }
}
