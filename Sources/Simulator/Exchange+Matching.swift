extension Exchange {
    /// Lets orders come until the day has `target` trades.
    mutating func trade(until target: Int, isMorning: Bool) {
        // A symbol at its limit may have nothing to hit; the bound only guards against a market in which
        // that holds for all.
        var attempts = 0
        while sequence < Int64(target) && attempts < 1_000_000 {
            attempts &+= 1
            let draw = random.next()
            arrive(picker.pick(draw), draw >> 14)
            if draw >> 55 == 0 { printOffBook(picker.pick(random.next()), isMorning: isMorning) }
        }
    }

    /// One arrival at a symbol: the walk steps, passive orders refill the queues, one order takes.
    @inline(__always)
    private mutating func arrive(_ symbol: Int, _ draw: UInt64) {
        let book = books + symbol
        book.pointee.fair &+= (random.bell() &* book.pointee.step) >> 2 &+ book.pointee.drift
        book.pointee.keepInsideLimits()
        book.pointee.isChanged = true
        quote(symbol, random.next())
        // Orders of other kinds also take numbers.
        orderNumber &+= UInt32(truncatingIfNeeded: draw & 1)
        take(symbol, draw >> 1)
    }

    /// Passive orders around the fair price, and cancellations of those that it has left behind.
    @inline(__always)
    private mutating func quote(_ symbol: Int, _ draw: UInt64) {
        let book = books + symbol
        let center = book.pointee.center
        let bid = min(center, book.pointee.bestOffer &- 1)
        let offer = max(center &+ 1, book.pointee.bestBid &+ 1)
        if bid >= 0 {
            refill(symbol, isBid: true, level: bid, depth: Int32(truncatingIfNeeded: 3 + draw & 3))
            let behind = bid &- 1 &- (draw >> 3 | 1 << 8).trailingZeroBitCount
            if draw >> 12 & 3 == 0 && behind >= 0 { rest(symbol, isBid: true, level: behind) }
        }
        // A bid at the upper limit leaves no level to offer on, and the other way round.
        if offer < book.pointee.levelCount && offer > book.pointee.bestBid {
            refill(symbol, isBid: false, level: offer, depth: Int32(truncatingIfNeeded: 3 + draw >> 16 & 3))
            let behind = offer &+ 1 &+ (draw >> 19 | 1 << 8).trailingZeroBitCount
            if draw >> 28 & 3 == 0 && behind < book.pointee.levelCount {
                rest(symbol, isBid: false, level: behind)
            }
        }
        if book.pointee.bestBid > center { cancelFirst(symbol, isBid: true, level: book.pointee.bestBid) }
        if book.pointee.bestOffer <= center {
            cancelFirst(symbol, isBid: false, level: book.pointee.bestOffer)
        }
        trim(symbol, level: center &+ Int(truncatingIfNeeded: draw >> 32 & 15) &- 7)
    }

    /// Adds up to three orders while the queue is shorter than `depth`.
    @inline(__always)
    private mutating func refill(_ symbol: Int, isBid: Bool, level: Int, depth: Int32) {
        var missing = min(3, depth &- levels[books[symbol].base &+ level].count)
        while missing > 0 {
            rest(symbol, isBid: isBid, level: level)
            missing &-= 1
        }
    }

    /// Cancels the oldest order of a queue that has grown long.
    @inline(__always)
    private mutating func trim(_ symbol: Int, level: Int) {
        let book = books + symbol
        guard level >= 0, level < book.pointee.levelCount,
            levels[book.pointee.base &+ level].count > 14
        else { return }
        cancelFirst(symbol, isBid: level <= book.pointee.bestBid, level: level)
    }

    /// Puts an order at the end of a level's queue. The caller keeps bids below offers.
    @inline(__always)
    mutating func rest(_ symbol: Int, isBid: Bool, level: Int) {
        let draw = random.next()
        let book = books + symbol
        let queue = levels + (book.pointee.base &+ level)
        orderNumber &+= 1 &+ UInt32(truncatingIfNeeded: draw >> 63)
        let side = symbol &* 2 &+ (isBid ? 0 : 1)
        let choice = Int(truncatingIfNeeded: draw >> 16) & (Exchange.brokerChoices &- 1)
        let lots = lotSizes.draw(draw)
        let order = pool.make(
            number: orderNumber, lots: lots,
            broker: UInt32(brokerDraws[side &* Exchange.brokerChoices &+ choice]))
        if queue.pointee.count == 0 {
            queue.pointee.head = order
        } else {
            pool.orders[Int(queue.pointee.tail)].next = order
        }
        queue.pointee.tail = order
        queue.pointee.count &+= 1
        queue.pointee.lots &+= lots
        if isBid {
            if level > book.pointee.bestBid { book.pointee.bestBid = level }
        } else if level < book.pointee.bestOffer {
            book.pointee.bestOffer = level
        }
    }

    private mutating func cancelFirst(_ symbol: Int, isBid: Bool, level: Int) {
        orderNumber &+= 1
        removeFirst(symbol, isBid: isBid, level: level)
    }

    /// Takes the first order out of a queue; an emptied best level makes way for the next one.
    @inline(__always)
    private mutating func removeFirst(_ symbol: Int, isBid: Bool, level: Int) {
        let book = books + symbol
        let queue = levels + (book.pointee.base &+ level)
        let first = queue.pointee.head
        queue.pointee.head = pool.orders[Int(first)].next
        queue.pointee.lots &-= pool.orders[Int(first)].lots
        queue.pointee.count &-= 1
        pool.free(first)
        guard queue.pointee.count == 0 else { return }
        if isBid {
            guard level == book.pointee.bestBid else { return }
            var best = level &- 1
            while best >= 0 && levels[book.pointee.base &+ best].count == 0 { best &-= 1 }
            book.pointee.bestBid = best
        } else {
            guard level == book.pointee.bestOffer else { return }
            var best = level &+ 1
            while best < book.pointee.levelCount && levels[book.pointee.base &+ best].count == 0 {
                best &+= 1
            }
            book.pointee.bestOffer = best
        }
    }

    /// One order that hits what is there. Its side follows the walk where the queues lag behind it, else
    /// the day's temper; sometimes it answers the side before, as the tape bounces between bid and offer.
    @inline(__always)
    private mutating func take(_ symbol: Int, _ draw: UInt64) {
        let book = books + symbol
        let center = book.pointee.center
        let chance = Int(truncatingIfNeeded: draw & 1023)
        var buys: Bool
        if book.pointee.bestOffer <= center {
            buys = chance < 900
        } else if book.pointee.bestBid > center {
            buys = chance >= 900
        } else if draw >> 10 & 7 == 0 {
            buys = !book.pointee.lastAggressorBought
        } else {
            let pull = (Int(truncatingIfNeeded: book.pointee.fair & 0xFFFF) &- 32_768) >> 9
            buys = chance < book.pointee.buyers &+ pull
        }
        if buys && book.pointee.bestOffer == book.pointee.levelCount { buys = false }
        if !buys && book.pointee.bestBid < 0 { buys = true }
        book.pointee.lastAggressorBought = buys

        let size = random.next()
        var lots = lotSizes.draw(size)
        // Half of the takers are larger than a resting order: with that a sweep has about 2.7 trades.
        if size >> 63 != 0 { lots = lots &* Int32(truncatingIfNeeded: 2 &+ size >> 10 & 7) }
        sweep(symbol, buys: buys, lots: lots, maxLevels: size >> 16 & 1 == 0 ? 3 : 1, size >> 20)
    }

    /// Matches `lots` against the queues in order of price and time; what finds nothing is cancelled.
    @inline(__always)
    private mutating func sweep(_ symbol: Int, buys: Bool, lots wanted: Int32, maxLevels: Int, _ draw: UInt64)
    {
        let book = books + symbol
        orderNumber &+= 1
        let side = symbol &* 2 &+ (buys ? 0 : 1)
        let choice = Int(truncatingIfNeeded: draw) & (Exchange.brokerChoices &- 1)
        let taker = Int(brokerDraws[side &* Exchange.brokerChoices &+ choice])
        let first = buys ? book.pointee.bestOffer : book.pointee.bestBid
        var lots = wanted
        while lots > 0 {
            let level = buys ? book.pointee.bestOffer : book.pointee.bestBid
            let distance = buys ? level &- first : first &- level
            guard distance < maxLevels, level >= 0, level < book.pointee.levelCount else { return }
            let queue = levels + (book.pointee.base &+ level)
            let maker = pool.orders[Int(queue.pointee.head)]
            let matched = min(lots, maker.lots)
            lots &-= matched
            printRegular(
                symbol, price: Int64(queue.pointee.price), lots: Int64(matched),
                buyOrder: buys ? 0 : maker.number, sellOrder: buys ? maker.number : 0,
                buyer: buys ? taker : Int(maker.broker), seller: buys ? Int(maker.broker) : taker)
            if matched == maker.lots {
                removeFirst(symbol, isBid: !buys, level: level)
            } else {
                pool.orders[Int(queue.pointee.head)].lots &-= matched
                queue.pointee.lots &-= matched
            }
        }
    }
}
