extension Exchange {
    /// Matches the opening auction of the symbols whose turn this second is.
    mutating func openingAuction(turn: Int, of turns: Int, trades: Int) {
        for symbol in stride(from: turn, to: listings.count, by: turns) { cross(symbol, trades: trades) }
    }

    /// The closing auction, at the level next to the fair price; it makes tomorrow's previous close.
    mutating func closingAuction(turn: Int, of turns: Int, trades: Int) {
        for symbol in stride(from: turn, to: listings.count, by: turns) { cross(symbol, trades: trades) }
    }

    /// Trades at the closing price.
    mutating func postClosing(trades: Int) {
        for _ in 0..<trades {
            let symbol = picker.pick(random.next())
            guard books[symbol].trades > 0 else { continue }
            let draw = random.next()
            printAuction(symbol, price: books[symbol].close, lots: lotSizes.draw(draw), draw >> 16)
        }
    }

    /// Two queues of collected orders meet at one price: each print takes what the shorter of the two
    /// front orders has left.
    private mutating func cross(_ symbol: Int, trades: Int) {
        let book = books[symbol]
        let share = UInt64(trades) * listings[symbol].weight * UInt64(random.within(60...140)) / 100
        // Rounded up or down by chance, so that the sum over many small listings is right.
        let prints = (share + random.next() >> 32 % sumOfWeights) / sumOfWeights
        let level = min(max(book.center, 0), book.levelCount - 1)
        let price = Int64(levels[book.base + level].price)
        var buying: Int32 = 0
        var selling: Int32 = 0
        var buyerDraw: UInt64 = 0
        var sellerDraw: UInt64 = 0
        for _ in 0..<prints {
            if buying == 0 {
                buyerDraw = random.next()
                buying = lotSizes.draw(buyerDraw)
            }
            if selling == 0 {
                sellerDraw = random.next()
                selling = lotSizes.draw(sellerDraw)
            }
            let matched = min(buying, selling)
            buying -= matched
            selling -= matched
            printAuction(
                symbol, price: price, lots: matched, buyerDraw >> 16 & 0xFF | (sellerDraw & 0xFF0000) >> 8)
        }
    }

    /// A print without an aggressor; eight bits choose the buyer, the next eight the seller.
    private mutating func printAuction(_ symbol: Int, price: Int64, lots: Int32, _ draw: UInt64) {
        let row = brokerDraws + symbol * 2 * Exchange.brokerChoices
        let buyer = Int(draw) & (Exchange.brokerChoices - 1)
        let seller = Int(draw >> 8) & (Exchange.brokerChoices - 1)
        printRegular(
            symbol, price: price, lots: Int64(lots), buyOrder: 0, sellOrder: 0, buyer: Int(row[buyer]),
            seller: Int(row[Exchange.brokerChoices + seller]))
    }
}
