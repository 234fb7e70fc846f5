internal import Columns

/// Numbers of the columns of trade blocks, in both layouts; `tape/FORMAT.md` says what is in each. Those below
/// 32 are hot: projections read them. The others restore the text.
enum TradeColumnID {
    static let header: UInt8 = 0
    static let codes: UInt8 = 1
    static let entries: UInt8 = 2
    static let tokens: UInt8 = 3
    static let tokenEscapes: UInt8 = 4
    static let quantities: UInt8 = 5
    static let quantityEscapes: UInt8 = 6
    static let minuteSteps: UInt8 = 7
    static let minuteCounts: UInt8 = 8
    static let facts: UInt8 = 9
    static let exceptionPlaces: UInt8 = 10
    static let exceptionBytes: UInt8 = 11

    static let runs: UInt8 = 32
    static let seconds: UInt8 = 33
    static let sequences: UInt8 = 34
    static let newestOrders: UInt8 = 35
    static let orderClasses: UInt8 = 36
    static let orderBits: UInt8 = 37
    static let averageStarts: UInt8 = 38
    static let averageMisses: UInt8 = 39
    static let tickMisses: UInt8 = 40
    static let extras: UInt8 = 41
    static let runLowBits: UInt8 = 42
}

/// Gathers the columns of a block.
struct ColumnList {
    private(set) var columns: [Column] = []

    /// Above this, strong packing would take longer than everything else: a few MB/s.
    private static let strongSizeMax = 1 << 20

    /// Below this a zstd frame's own bytes outweigh what it saves.
    private static let packedSizeMin = 48

    mutating func add(_ id: UInt8, _ packing: ColumnPacking, _ bytes: [UInt8]) {
        guard !bytes.isEmpty else { return }
        var packing = packing
        if bytes.count < ColumnList.packedSizeMin { packing = .raw }
        if bytes.count > ColumnList.strongSizeMax, packing == .strong { packing = .fast }
        columns.append(Column(id: id, packing: packing, bytes: bytes))
    }
}
