import Market

/// The whole simulated market: books, clock, counters and the output of the running day.
///
/// One value with plain pointers, changed only through its mutating methods, so that the inner loops
/// neither count references nor check access. Every decision is made on integers.
struct Exchange: ~Copyable {
    let listings: [Listing]
    let brokers = BrokerWeights()
    var random: RandomSource
    var picker: SymbolPicker
    var lotSizes: LotSizes
    var pool = OrderPool()
    var ledger: BrokerLedger
    let books: UnsafeMutablePointer<Book>
    var levels: UnsafeMutablePointer<Level>
    var levelCapacity = 0
    /// Per symbol ``brokerChoices`` buyers, then as many sellers: who trades is one look-up.
    let brokerDraws: UnsafeMutablePointer<UInt8>
    /// Per symbol `|0|CODE|RG|` in ``codeFieldSize`` bytes, the first of which is its length.
    let codeFields: UnsafeMutablePointer<UInt8>

    /// Trade lines not yet handed over.
    var tape = ByteWriter(capacity: 1 << 20)
    /// Book messages not yet handed over.
    var bookLines = ByteWriter(capacity: 1 << 18)

    var day = TradingDay(daysSinceEpoch: 0)
    /// `B|HHMMSS` of the running second.
    var clockField: UInt64 = 0
    /// Number of the last trade, of any symbol and board.
    var sequence: Int64 = 0
    /// Number of the last order.
    var orderNumber: UInt32 = 0
    var bookMessages = 0
    var sumOfWeights: UInt64 = 0

    static let brokerChoices = 128
    static let codeFieldSize = 32

    init(symbolCount: Int, seed: UInt64) {
        var setup = RandomSource(seed: seed, stream: 0)
        listings = Listing.table(count: symbolCount, brokerCount: brokers.brokers.count, random: &setup)
        for listing in listings { sumOfWeights += listing.weight }
        lotSizes = LotSizes(random: &setup)
        random = RandomSource(seed: seed, stream: 1)
        picker = SymbolPicker(symbolCount: symbolCount)
        ledger = BrokerLedger(symbolCount: symbolCount, brokerCount: brokers.brokers.count)
        books = .allocate(capacity: symbolCount)
        books.initialize(repeating: Book(), count: symbolCount)
        levels = .allocate(capacity: 0)
        brokerDraws = .allocate(capacity: symbolCount * 2 * Exchange.brokerChoices)
        brokerDraws.initialize(repeating: 0, count: symbolCount * 2 * Exchange.brokerChoices)
        codeFields = .allocate(capacity: symbolCount * Exchange.codeFieldSize)
        codeFields.initialize(repeating: 0, count: symbolCount * Exchange.codeFieldSize)
        for (symbol, listing) in listings.enumerated() {
            books[symbol].close = listing.firstClose
            let field = Array("|0|".utf8) + listing.symbol.bytes + Array("|RG|".utf8)
            let place = codeFields + symbol * Exchange.codeFieldSize
            place[0] = UInt8(field.count)
            for (offset, byte) in field.enumerated() { place[offset + 1] = byte }
        }
    }

    deinit {
        books.deallocate()
        levels.deallocate()
        brokerDraws.deallocate()
        codeFields.deallocate()
    }

    /// Sets the clock: seconds since 00:00:00 WIB.
    mutating func tick(to second: Int) {
        func digit(_ value: Int) -> UInt64 { 0x30 + UInt64(value % 10) }
        let (hour, minute, rest) = (second / 3600, second / 60 % 60, second % 60)
        // Little-endian: the first character stands in the lowest byte.
        clockField =
            0x42 | 0x7C << 8 | digit(hour / 10) << 16 | digit(hour) << 24 | digit(minute / 10) << 32
            | digit(minute) << 40 | digit(rest / 10) << 48 | digit(rest) << 56
    }
}
