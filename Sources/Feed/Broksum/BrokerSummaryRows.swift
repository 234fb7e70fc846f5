internal import Market

/// Joins the two sides of a summary as its rows come, in any order.
struct BrokerSummaryRows {
    /// The columns of one side of a broker, as text; nil where there is none, which counts as zero.
    struct SideText {
        var value: UnsafeRawBufferPointer?
        var lots: UnsafeRawBufferPointer?
        /// Instead of lots.
        var shares: UnsafeRawBufferPointer?
        var average: UnsafeRawBufferPointer?
    }

    enum SideName {
        case buy, sell
    }

    private(set) var flaws: BrokerSummary.Flaws = []
    private var rows: [BrokerSummary.Row] = []
    /// The codes of ``rows``: a hundred are found sooner one by one than by their hashes.
    private var codes: [BrokerCode] = []

    /// The rows, by code.
    var sorted: [BrokerSummary.Row] {
        codes.indices.sorted { codes[$0] < codes[$1] }.map { rows[$0] }
    }

    /// Notes something that is no figure where one should be.
    mutating func noteUnreadable() { flaws.insert(.unreadable) }

    /// Adds a broker's side. Where code or figures cannot be read, the side is left out and noted.
    mutating func add(_ name: SideName, code: UnsafeRawBufferPointer?, type: String, _ text: SideText) {
        guard let code = code.flatMap({ BrokerCode(bytes: $0) }) else { return noteUnreadable() }
        let place = place(of: code)
        if rows[place].type.isEmpty {
            rows[place].type = type
        } else if !type.isEmpty, rows[place].type != type {
            flaws.insert(.types)
        }
        guard let side = side(name, text) else { return }
        let old = name == .buy ? rows[place].buy : rows[place].sell
        if old != nil { flaws.insert(.repeated) }
        let sum = old.map { join($0, side) } ?? side
        if name == .buy { rows[place].buy = sum } else { rows[place].sell = sum }
    }

    /// The row of a code, new or known.
    private mutating func place(of code: BrokerCode) -> Int {
        if let known = codes.lastIndex(of: code) { return known }
        codes.append(code)
        rows.append(BrokerSummary.Row(code: code))
        return rows.count - 1
    }

    /// A figure of the document; nil, and noted, where the text is none.
    mutating func figure(_ text: UnsafeRawBufferPointer, mayBeNegative: Bool = false) -> BrokerSummary.Figure?
    {
        guard let number = ScientificText.parse(text),
            mayBeNegative || !number.isNegative || number.figure.value == 0
        else {
            noteUnreadable()
            return nil
        }
        if number.isRounded { flaws.insert(.rounded) }
        return number.figure
    }

    /// A side; nil where it is missing, is all zeros, or cannot be read. What was sold may be negative.
    private mutating func side(_ name: SideName, _ text: SideText) -> BrokerSummary.Side? {
        guard text.value != nil || text.lots != nil || text.shares != nil else { return nil }
        guard let valueText = text.value, let value = figure(valueText, mayBeNegative: name == .sell),
            let lots = lots(name, text)
        else {
            noteUnreadable()
            return nil
        }
        if value.value == 0, lots.value == 0 { return nil }
        return BrokerSummary.Side(value: value, lots: lots, average: text.average.flatMap(average))
    }

    private mutating func lots(_ name: SideName, _ text: SideText) -> BrokerSummary.Figure? {
        if let lots = text.lots { return figure(lots, mayBeNegative: name == .sell) }
        guard let sharesText = text.shares, let shares = figure(sharesText, mayBeNegative: name == .sell)
        else {
            return nil
        }
        if shares.value % BrokerSummary.lotShares != 0 { flaws.insert(.rounded) }
        return BrokerSummary.Figure(
            value: shares.value / BrokerSummary.lotShares, unit: max(shares.unit / BrokerSummary.lotShares, 1)
        )
    }

    /// An average only checks the rest: what is behind the scale, or cannot be read, is no flaw of the figures.
    private func average(_ text: UnsafeRawBufferPointer) -> BrokerSummary.Figure? {
        guard let figure = ScientificText.parse(text)?.figure, figure.value > 0 else { return nil }
        return figure
    }

    /// The sum of two sides, which no average describes.
    private mutating func join(_ left: BrokerSummary.Side, _ right: BrokerSummary.Side) -> BrokerSummary.Side
    {
        BrokerSummary.Side(value: sum(left.value, right.value), lots: sum(left.lots, right.lots))
    }

    private mutating func sum(
        _ left: BrokerSummary.Figure, _ right: BrokerSummary.Figure
    ) -> BrokerSummary.Figure {
        let sum = left.value + right.value
        guard sum <= BrokerSummary.figureMax else {
            noteUnreadable()
            return left
        }
        return BrokerSummary.Figure(value: sum, unit: min(left.unit + right.unit, BrokerSummary.figureMax))
    }
}
