extension Exchange {
    /// Writes the book messages that are due in a second: symbols take turns within the interval.
    mutating func tellBooks(second: Int, interval: Int) {
        let count = listings.count
        let turn = second % interval
        guard turn < count else { return }
        for symbol in stride(from: turn, to: count, by: interval) where books[symbol].isChanged {
            books[symbol].isChanged = false
            // Milliseconds rise with the symbol, so that messages stand in the order of their time.
            let instant = day.start.millis + Int64(second) * 1000 + Int64(symbol * 1000 / count)
            if books[symbol].isTold {
                tellChanges(of: symbol, at: instant)
            } else {
                tellWhole(symbol, at: instant)
            }
        }
    }

    /// The first message of a day: the ten best levels of both sides, best first.
    private mutating func tellWhole(_ symbol: Int, at instant: Int64) {
        let book = books[symbol]
        let (low, high) = (depthLow(of: symbol), depthHigh(of: symbol))
        beginEnvelope(symbol)
        bookLines.append(#"{\"subcmd\":\"INIT\",\"BUY\":["#)
        var isFirst = true
        for level in stride(from: book.bestBid, through: low, by: -1) {
            tellPair(book.base + level, sign: 1, isFirst: &isFirst)
        }
        bookLines.append(#"],\"SELL\":["#)
        isFirst = true
        for level in stride(from: book.bestOffer, through: high, by: 1) {
            tellPair(book.base + level, sign: -1, isFirst: &isFirst)
        }
        bookLines.append(#"],\"headinfo\":\""#)
        appendHeader(symbol)
        bookLines.append(#"\"}"#)
        endEnvelope(at: instant)
        books[symbol].isTold = true
        books[symbol].toldLow = low
        books[symbol].toldHigh = high
    }

    private mutating func tellPair(_ place: Int, sign: Int32, isFirst: inout Bool) {
        guard levels[place].count > 0 else { return }
        bookLines.append(isFirst ? "[" : ",[")
        isFirst = false
        bookLines.append(Int64(levels[place].price))
        bookLines.append(",")
        bookLines.append(Int64(levels[place].lots))
        bookLines.append("]")
        levels[place].toldLots = sign * levels[place].lots
    }

    /// The levels that differ from what was told; levels that left the ten best are told empty, so a
    /// reader who applies all messages holds exactly the ten best.
    private mutating func tellChanges(of symbol: Int, at instant: Int64) {
        let book = books[symbol]
        let (low, high) = (depthLow(of: symbol), depthHigh(of: symbol))
        let first = min(low, book.toldLow)
        let last = min(max(high, book.toldHigh), book.levelCount - 1)
        var isOpen = false
        if first <= last {
            for level in first...last {
                var lots: Int32 = 0
                if level >= low && level <= book.bestBid { lots = levels[book.base + level].lots }
                if level <= high && level >= book.bestOffer { lots = -levels[book.base + level].lots }
                guard lots != levels[book.base + level].toldLots else { continue }
                levels[book.base + level].toldLots = lots
                if !isOpen {
                    beginEnvelope(symbol)
                    beginUpdate(symbol)
                    isOpen = true
                }
                bookLines.append("|")
                bookLines.append(Int64(levels[book.base + level].price))
                bookLines.append("|")
                bookLines.append(Int64(max(0, lots)))
                bookLines.append("|")
                bookLines.append(Int64(max(0, -lots)))
            }
        }
        books[symbol].toldLow = low
        books[symbol].toldHigh = high
        guard isOpen else { return }
        bookLines.append(#"|X|1\"}"#)
        endEnvelope(at: instant)
    }

    private mutating func beginEnvelope(_ symbol: Int) {
        bookLines.append(#"{"v":2,"fmt":"ob2","src":"simulator","code":""#)
        bookLines.append(listings[symbol].symbol.bytes)
        bookLines.append(#"","raw":""#)
    }

    private mutating func endEnvelope(at instant: Int64) {
        bookLines.append(#"","ts":"#)
        bookLines.append(instant)
        bookLines.append("}\n")
        bookMessages += 1
    }

    /// Header, price block and best prices of an update (PROTOCOLS §1.7).
    private mutating func beginUpdate(_ symbol: Int) {
        let book = books[symbol]
        bookLines.append(#"{\"subcmd\":\"UPDATE\",\"board\":\"RG\",\"recinfo\":\""#)
        appendHeader(symbol)
        bookLines.append("|:|")
        appendBest(book)
        bookLines.append("|1|0|0|0|")
        bookLines.append(book.close - book.previousClose)
        bookLines.append("|;|")
        appendBest(book)
        bookLines.append("|P")
    }

    private mutating func appendBest(_ book: Book) {
        bookLines.append(bestBidPrice(book))
        bookLines.append("|")
        bookLines.append(bestOfferPrice(book))
    }

    /// `C|U|CODE|RG|` and thirteen numbers. Their meaning on the real feed is not public except that
    /// the last two (indexes 15 and 16) are the best levels' lots; here: previous close, open, last,
    /// high, low, average, trades, lots, value, best bid, best offer, bid lots, offer lots.
    private mutating func appendHeader(_ symbol: Int) {
        let book = books[symbol]
        bookLines.append("C|U|")
        bookLines.append(listings[symbol].symbol.bytes)
        bookLines.append("|RG")
        let bidLots = book.bestBid >= 0 ? levels[book.base + book.bestBid].lots : 0
        let offerLots = book.bestOffer < book.levelCount ? levels[book.base + book.bestOffer].lots : 0
        let average = book.lots > 0 ? book.value / book.lots : 0
        appendNumber(book.previousClose)
        appendNumber(book.open)
        appendNumber(book.trades > 0 ? book.close : 0)
        appendNumber(book.high)
        appendNumber(book.low)
        appendNumber(average)
        appendNumber(Int64(book.trades))
        appendNumber(book.lots)
        appendNumber(book.value * 100)
        appendNumber(bestBidPrice(book))
        appendNumber(bestOfferPrice(book))
        appendNumber(Int64(bidLots))
        appendNumber(Int64(offerLots))
    }

    private mutating func appendNumber(_ number: Int64) {
        bookLines.append("|")
        bookLines.append(number)
    }

    private func bestBidPrice(_ book: Book) -> Int64 {
        book.bestBid >= 0 ? Int64(levels[book.base + book.bestBid].price) : 0
    }

    private func bestOfferPrice(_ book: Book) -> Int64 {
        book.bestOffer < book.levelCount ? Int64(levels[book.base + book.bestOffer].price) : 0
    }

    /// The tenth best level with bids, or the last one there is.
    private func depthLow(of symbol: Int) -> Int {
        let book = books[symbol]
        var seen = 0
        var level = book.bestBid
        var deepest = level
        while level >= 0 && seen < 10 {
            if levels[book.base + level].count > 0 {
                seen += 1
                deepest = level
            }
            level -= 1
        }
        return max(deepest, 0)
    }

    private func depthHigh(of symbol: Int) -> Int {
        let book = books[symbol]
        var seen = 0
        var level = book.bestOffer
        var deepest = level
        while level < book.levelCount && seen < 10 {
            if levels[book.base + level].count > 0 {
                seen += 1
                deepest = level
            }
            level += 1
        }
        return min(deepest, book.levelCount - 1)
    }
}
