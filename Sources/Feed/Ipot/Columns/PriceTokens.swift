/// A trade's price step and side in four bits.
///
/// Both are coded together, because they hang together: when the aggressor changes, the price jumps by the
/// spread, and in his direction. So moves count positive in the aggressor's direction, and a token says the
/// move and whether the side is the other one than before:
///
/// ```
/// token   0  1  2  3  4  5  6   7  8  9 10 11 12 13 14   15
/// move    0 +1 -1 +2 -2 +3 +4   0 +1 -1 +2 -2 +3 +4 +5   escape
/// side    the same              the other one
/// ```
///
/// The move and the side of an escape stand as one varint apart: `zigzag(move) << 2 | side`, where the move
/// counts in rupiah steps whatever the side. Unknown sides move like buyers and have no other side.
enum PriceTokens {
    static let escape: UInt8 = 15
    static let moves: [Int64] = [0, 1, -1, 2, -2, 3, 4, 0, 1, -1, 2, -2, 3, 4, 5]

    /// What a token means after a trade of a side: the step and the next side. Tokens that no writer makes
    /// mean no step.
    static func effect(side: UInt8, token: UInt8) -> (step: Int8, side: UInt8) {
        guard token < 15, side < 2 || (side == 2 && token < 7) else { return (0, min(side, 2)) }
        let next = token < 7 ? side : 1 - side
        let move = Int8(moves[Int(token)])
        return (next == 1 ? -move : move, next)
    }

    /// Token of a move -2 ... 5 of the same and of the other side; escape where there is none.
    private static let byMove: [UInt8] = (0..<16).map { index in
        let move = Int64(index & 7) - 2
        let first = index < 8 ? 0 : 7
        let last = index < 8 ? 7 : 15
        return (first..<last).first { moves[$0] == move }.map(UInt8.init) ?? escape
    }

    /// The token for a step up the ladder from a trade of side `before` to one of side `side`.
    @inline(__always)
    static func token(step: Int64, before: UInt8, side: UInt8, _ byMove: UnsafePointer<UInt8>) -> UInt8 {
        guard before == side || (before < 2 && side < 2) else { return escape }
        let move = (side == 1 ? 0 &- step : step) &+ 2
        guard move >= 0, move < 8 else { return escape }
        return byMove[Int(move) &+ (before == side ? 0 : 8)]
    }

    static func withMoves<Result>(_ body: (UnsafePointer<UInt8>) -> Result) -> Result {
        byMove.withUnsafeBufferPointer { body($0.baseAddress!) }
    }
}

/// What two tokens in one byte mean, tabulated for the hot loop. Written once, then read by all threads.
struct TokenTable: @unchecked Sendable {
    static let shared = TokenTable()

    /// Stands for bytes with an escape, which are read token by token.
    static let noPair = UInt32.max

    /// Per side and byte, from the lowest byte up: first step, second step (signed), first side, second side.
    let pairs: UnsafeMutablePointer<UInt32>

    private init() {
        pairs = .allocate(capacity: 3 * 256)
        for index in 0..<(3 * 256) {
            let byte = UInt8(index & 255)
            let first = PriceTokens.effect(side: UInt8(index >> 8), token: byte & 15)
            let second = PriceTokens.effect(side: first.side, token: byte >> 4)
            let hasEscape = byte & 15 == PriceTokens.escape || byte >> 4 == PriceTokens.escape
            let steps = UInt32(UInt8(bitPattern: first.step)) | UInt32(UInt8(bitPattern: second.step)) << 8
            let sides = UInt32(first.side) | UInt32(second.side) << 8
            pairs[index] = hasEscape ? TokenTable.noPair : steps | sides << 16
        }
    }
}
