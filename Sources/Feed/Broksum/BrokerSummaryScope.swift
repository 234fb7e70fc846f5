internal import Market

/// The words for boards and types of investors (PROTOCOLS §1.9, §2.5).
enum BrokerSummaryScope {
    /// `RG` or `MARKET_BOARD_REGULER`; an empty text names none, any other another board, or all.
    static func board(_ text: UnsafeRawBufferPointer) -> BrokerSummary.Board {
        switch String(decoding: text, as: UTF8.self) {
        case "": .unnamed
        case "RG", "MARKET_BOARD_REGULER", "MARKET_BOARD_REGULAR": .regular
        default: .other
        }
    }

    /// `%` or `INVESTOR_TYPE_ALL`, `F` or `INVESTOR_TYPE_FOREIGN`; an empty text names none.
    static func investor(_ text: UnsafeRawBufferPointer) -> BrokerSummary.Investor {
        switch String(decoding: text, as: UTF8.self) {
        case "": .unnamed
        case "%", "ALL", "INVESTOR_TYPE_ALL": .all
        case "F", "INVESTOR_TYPE_FOREIGN": .foreign
        default: .other
        }
    }
}
