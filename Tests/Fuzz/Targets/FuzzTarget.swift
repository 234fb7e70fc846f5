/// One part of the engine that has to take any bytes whatever: it may answer with an error, a finding or an
/// event, but must not trap, run away with memory or hang. A target traps itself where an answer is wrong.
public struct FuzzTarget: Sendable {
    /// What `Tools/fuzz` and the corpus folder call it.
    public let name: String
    private let body: @Sendable (UnsafeRawBufferPointer) -> Void
    private let makeSeeds: @Sendable () -> [[UInt8]]

    init(
        _ name: String, seeds: @escaping @Sendable () -> [[UInt8]],
        _ body: @escaping @Sendable (UnsafeRawBufferPointer) -> Void
    ) {
        self.name = name
        self.body = body
        makeSeeds = seeds
    }

    /// Gives the engine one input; traps where it does wrong.
    public func run(_ bytes: UnsafeRawBufferPointer) { body(bytes) }

    /// Small valid inputs from which mutations start; the same at every call.
    public func seeds() -> [[UInt8]] { makeSeeds() }

    /// All targets.
    public static let all: [FuzzTarget] = [
        .hotDay, .sealedDay, .sealedColumns, .ledger, .documents, .messages, .splitter, .columns, .blocks,
        .varints, .rows, .flow, .compressed,
    ]

    /// The target of a name; nil where there is none.
    public static func named(_ name: String) -> FuzzTarget? { all.first { $0.name == name } }
}
