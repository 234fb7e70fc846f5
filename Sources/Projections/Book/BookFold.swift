public import Market

/// Order books of one day, `book@1` (PROJECTIONS §5): a row per symbol and minute in which its book was told of,
/// with the whole book where it changed, so that any minute can be shown without reading the day.
///
/// An update belongs to the minute of the exchange's time or, where its layout has none, of its receipt; where
/// nothing says, to that of the update before. Updates of one time are one event. Prices and quantities are
/// integers throughout; about 100 ns an update.
public final class BookFold: DayFold {
    /// `book@1`.
    public static let id = ProjectionID.book
    /// Streams of books.
    public static let contents: Set<String> = ["book"]

    /// An update whose time lies further behind its receipt is another day's (PROJECTIONS "Time").
    private static let staleAfterNanos: Int64 = 60_000_000_000
    private static let millisPerDay: Int64 = 86_400_000

    private let dayStartNanos: Int64
    private var symbols = SymbolTable()
    private var books: [SymbolBook] = []

    /// No book yet.
    public init(_ context: FoldContext) { dayStartNanos = context.day.start.nanos }

    /// Folds an update, in tape order.
    public func fold(_ update: BookUpdate, _ origin: MessageOrigin) {
        let number = Int(symbols.number(of: update.symbol))
        if number == books.count { books.append(SymbolBook(update.symbol)) }
        let book = books[number]
        var time = update.eventTime
        if let received = origin.receiveTime {
            if !time.isKnown {
                time = received
            } else if time.nanos.subtractingReportingOverflow(received.nanos).partialValue
                > BookFold.staleAfterNanos
            {
                return book.ignore(\.stale, millis: 0)
            }
        }
        let millis = time.isKnown ? millis(time) : 0
        if case .levels = update.change, !book.takesChanges {
            return book.ignore(\.beforeWhole, millis: millis)
        }
        book.fold(update, millis: millis)
    }

    /// The day's rows; the fold has then ended.
    public func rows() -> [ProjectedRow] {
        for book in books { book.finish() }
        return books.flatMap(\.rows)
    }

    /// Milliseconds since the day began; a time of another day is that day's nearer end.
    private func millis(_ time: Timestamp) -> Int {
        let millis = (time.nanos &- dayStartNanos) / 1_000_000
        return Int(min(max(millis, 0), BookFold.millisPerDay - 1))
    }
}
