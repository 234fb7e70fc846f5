import Market

extension Exchange {
    /// Clears yesterday, sets limits, walks and brokers of every symbol, and lays out empty queues.
    mutating func open(day: TradingDay, trades: Int, episodes: borrowing EpisodePlanner) {
        self.day = day
        sequence = 0
        orderNumber = 0
        bookMessages = 0
        pool.clear()
        ledger.clear()
        layOutLevels()
        for symbol in 0..<listings.count {
            let events = max(8, Int(UInt64(trades) * listings[symbol].weight / sumOfWeights) * 10 / 26)
            startWalk(of: symbol, events: Int64(events), episode: episodes.kind(of: symbol))
            drawBrokers(of: symbol, episode: episodes.kind(of: symbol))
        }
        for _ in 0..<4 {
            for symbol in 0..<listings.count { seedQueues(of: symbol) }
        }
    }

    /// One level for each ladder price between the day's limits.
    private mutating func layOutLevels() {
        let ladder = TickLadder.idx
        var total = 0
        var lowest: [Int64] = []
        for symbol in 0..<listings.count {
            let close = books[symbol].close
            let limits = limits(of: symbol, close: close)
            let low = ladder.index(of: limits.lowerBound)!
            let count = Int(ladder.index(of: limits.upperBound)! - low) + 1
            var book = Book()
            book.base = total
            book.levelCount = count
            book.bestOffer = count
            book.previousClose = close
            book.lastPrice = close
            book.close = close
            books[symbol] = book
            lowest.append(low)
            total += count
        }
        if total > levelCapacity {
            levels.deallocate()
            levelCapacity = total + total / 4
            levels = .allocate(capacity: levelCapacity)
        }
        levels.initialize(repeating: Level(), count: total)
        for symbol in 0..<listings.count {
            for index in 0..<books[symbol].levelCount {
                levels[books[symbol].base + index].price = Int32(
                    ladder.price(at: lowest[symbol] + Int64(index)))
            }
        }
    }

    /// The limits of the day; before the first known rule, those of the newest one.
    private func limits(of symbol: Int, close: Int64) -> ClosedRange<Int64> {
        let instruments = listings[symbol].instruments
        return PriceLimits.idx.range(previousClose: close, instruments: instruments, on: day)
            ?? PriceLimits.idx.range(
                previousClose: close, instruments: instruments, on: TradingDay(year: 2026, month: 1, day: 2)!)!
    }

    /// Sets the random walk so that a day's `events` steps give the symbol's volatility.
    private mutating func startWalk(of symbol: Int, events: Int64, episode: EpisodePlanner.Kind) {
        let book = books + symbol
        let close = book.pointee.close
        // A day's standard deviation in levels × 65,536; days differ in temper.
        let temper = Int64(random.within(60...170))
        let deviation =
            close * listings[symbol].volatility * temper * 65_536 / 1_000_000 / TickLadder.idx.tick(at: close)
        book.pointee.step = deviation / Exchange.squareRoot(events)

        var drift = random.bell() * deviation / 40
        // One share in sixty has a day that may run into its limit.
        if random.below(60) == 0 { drift = random.bell() * deviation }
        let tilt = Int(random.bell()) * 4
        switch episode {
        case .none:
            book.pointee.buyers = 512 + tilt
        case .accumulation:
            drift += deviation / 3
            book.pointee.buyers = 690 + tilt
        case .distribution:
            drift -= deviation / 3
            book.pointee.buyers = 334 + tilt
        }
        book.pointee.drift = drift / events

        var closeLevel = 0
        while Int64(levels[book.pointee.base + closeLevel].price) < close { closeLevel += 1 }
        book.pointee.fair = Int64(closeLevel) << 16 + 32_768 + random.bell() * deviation / 16
        book.pointee.keepInsideLimits()
    }

    /// Fills the look-up of today's buyers and sellers: about 47 % smart money on both sides of an
    /// ordinary day, and far more on one side of an episode.
    private mutating func drawBrokers(of symbol: Int, episode: EpisodePlanner.Kind) {
        let tilt = Int(random.bell()) * 2
        let (buying, selling) =
            switch episode {
            case .none: (120 + tilt, 120 - tilt)
            case .accumulation: (176 + tilt, 72 - tilt)
            case .distribution: (72 + tilt, 176 - tilt)
            }
        let favourites = listings[symbol].favourites
        for side in 0..<2 {
            let smartShare = side == 0 ? buying : selling
            for choice in 0..<Exchange.brokerChoices {
                let draw = random.next()
                let ticket = Int(draw >> 8 & 255)
                var broker = Int(draw & 255) < smartShare ? brokers.smart[ticket] : brokers.retail[ticket]
                if episode == .none {
                    switch draw >> 16 & 31 {
                    case 0: broker = favourites.0
                    case 1: broker = favourites.1
                    case 2: broker = favourites.2
                    default: break
                    }
                }
                brokerDraws[(symbol * 2 + side) * Exchange.brokerChoices + choice] = broker
            }
        }
    }

    /// One round of the orders that stand before the open, on twelve levels of either side.
    private mutating func seedQueues(of symbol: Int) {
        let center = books[symbol].center
        for distance in 0..<12 {
            if center - distance >= 0 { rest(symbol, isBid: true, level: center - distance) }
            if center + 1 + distance < books[symbol].levelCount {
                rest(symbol, isBid: false, level: center + 1 + distance)
            }
        }
    }

    /// The integer square root, at least 1.
    private static func squareRoot(_ value: Int64) -> Int64 {
        var root: Int64 = 1
        while (root + 1) * (root + 1) <= value { root += 1 }
        return root
    }
}
