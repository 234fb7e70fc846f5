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

    /// Per side and token, the step (low byte, signed) and the next side (second byte).
    static let table: [UInt16] = (0..<64).map { index in
        let side = index >> 4
        let token = index & 15
        guard token < 15, side < 3, side < 2 || token < 7 else { return UInt16(min(side, 2)) << 8 }
        let next = token < 7 ? side : 1 - side
        let step = next == 1 ? -moves[token] : moves[token]
        return UInt16(UInt8(bitPattern: Int8(step))) | UInt16(next) << 8
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

/// The token tables where hot loops reach them without a check. Written once, then read by all threads.
struct TokenTable: @unchecked Sendable {
    static let shared = TokenTable()

    let steps: UnsafeMutablePointer<UInt16>

    private init() {
        steps = .allocate(capacity: 64)
        for (index, value) in PriceTokens.table.enumerated() { steps[index] = value }
    }
}
