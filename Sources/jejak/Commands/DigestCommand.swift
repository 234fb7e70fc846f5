internal import Market
internal import Platform
internal import Projections
internal import Store

/// `jejak digest`: the digests of what has been projected.
struct DigestCommand: Command {
    static let syntax = Syntax(
        name: "digest", summary: "print the digest of each projected day",
        options: [
            .init("--projection", "P", "only this projection, such as footprint@1"),
            .init("--date", "D", "only this trading day"),
        ])

    private let arguments: Arguments
    private let projection: String?
    private let day: TradingDay?

    init(_ arguments: Arguments) throws {
        try arguments.refuseWords()
        self.arguments = arguments
        day = try arguments.day("--date")
        projection = arguments.text("--projection")
        if let projection,
            !ProjectionID.all.contains(where: { $0.description == projection || $0.name == projection })
        {
            throw UsageError("--projection \(projection): no such projection")
        }
    }

    func run() throws -> Int32 {
        try StoreAccess.read(arguments) { store, output in try answer(store, output) }
        return CommandLineTool.ExitCode.good
    }

    private func answer(_ store: Store, _ output: AnswerOutput) throws {
        var rows: [(ProjectionID, TradingDay, String)] = []
        try store.read { transaction in
            try transaction.dayDigests.forEach { name, day, digest in
                guard let id = ProjectionID(name), self.day == nil || self.day == day else { return }
                if let projection, projection != name, projection != id.name { return }
                rows.append((id, day, SHA256.hex(digest)))
            }
        }
        if rows.isEmpty, let day {
            throw UsageError("no digest\(projection.map { " of \($0)" } ?? "") for \(day)")
        }
        guard arguments.isJSON else {
            for (id, day, hash) in rows { try output.line("\(id.name) \(id.version) \(day) \(hash)") }
            return
        }
        var json = JSONText()
        json.object { json in
            for id in Set(rows.map(\.0)).sorted() {
                json.object(id.description) { json in
                    for row in rows where row.0 == id { json.string(row.1.description, row.2) }
                }
            }
        }
        json.newline()
        try output.write(json.bytes)
    }
}
