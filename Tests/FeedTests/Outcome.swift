import Columns
import Market

@testable import Feed

/// A trade by what it says, without numbers that depend on other messages.
struct PlainTrade: Equatable {
    var price: Int64
    var quantity: Int64
    var sequence: UInt64 = Trade.noSequence
    var second: UInt32
    var symbol: [UInt8]
    var side: Side
    var board: Board = .regular
}

/// What becomes of a message.
enum Outcome: Equatable {
    case trade(PlainTrade)
    case other
    case undecodable

    var isUndecodable: Bool { self == .undecodable }
}

/// A decoder of single messages.
final class SingleDecoder {
    static let day = TradingDay("2026-02-10")!

    private var decoder: MessageDecoder
    private var inspector: PayloadInspector
    private let block = EventBlock(messageCapacity: 1)
    /// Why the last message was undecodable.
    private(set) var reason: UndecodableReason?
    /// Status of the last trade.
    private(set) var status = TradeStatus.fresh

    init(price: Int = 0, quantity: Int = 0) {
        let scales = (DecimalScale(digits: price)!, DecimalScale(digits: quantity)!)
        decoder = MessageDecoder(day: SingleDecoder.day, priceScale: scales.0, quantityScale: scales.1)
        inspector = PayloadInspector(priceScale: scales.0, quantityScale: scales.1)
    }

    func decode(_ text: String, receiveTimeNanos: Int64 = Timestamp.none.nanos) -> Outcome {
        decode(Array(text.utf8), receiveTimeNanos: receiveTimeNanos)
    }

    func decode(
        _ bytes: [UInt8], behind: UInt8 = 0x7C, receiveTimeNanos: Int64 = Timestamp.none.nanos
    ) -> Outcome {
        withPayload(bytes, behind: behind) { payload in
            let message = RawMessage(
                payload: payload.baseAddress!, payloadSize: payload.count, number: 0,
                receiveTimeNanos: receiveTimeNanos, channel: 0, direction: 0)
            withUnsafePointer(to: message) {
                decoder.decode(UnsafeBufferPointer(start: $0, count: 1), into: block)
            }
        }
        precondition(block.tradeCount + block.otherCount + block.undecodable.count == 1)
        reason = block.undecodable.first?.reason
        if reason != nil { return .undecodable }
        if block.otherCount == 1 { return .other }
        let trade = block.trades[0]
        status = trade.status
        return .trade(
            PlainTrade(
                price: trade.price, quantity: trade.quantity, sequence: trade.sequence, second: trade.second,
                symbol: decoder.symbols.symbols[Int(trade.symbol)].bytes, side: trade.side,
                board: trade.board))
    }

    func inspect(_ bytes: [UInt8], behind: UInt8 = 0x7C) -> PayloadFacts {
        withPayload(bytes, behind: behind) { inspector.inspect($0) }
    }
}
