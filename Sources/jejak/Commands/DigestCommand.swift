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
        let store = try StoreAccess.forReading(arguments)
        var rows: [(ProjectionID, TradingDay, String)] = []
        try store.read { transaction in
            try transaction.dayDigests.forEach { name, day, digest in
                guard let id = ProjectionID(name), self.day == nil || self.day == day else { return }
                if let projection, projection != name, projection != id.name { return }
                rows.append((id, day, SHA256.hex(digest)))
            }
        }
        try store.close()
        guard arguments.isJSON else {
            for (id, day, hash) in rows { Console.line("\(id.name) \(id.version) \(day) \(hash)") }
            return CommandLineTool.ExitCode.good
        }
        var json = JSONText()
        json.object { json in
            for id in Set(rows.map(\.0)).sorted() {
                json.object(id.description) { json in
                    for row in rows where row.0 == id { json.string(row.1.description, row.2) }
                }
            }
        }
        Console.line(String(decoding: json.bytes, as: UTF8.self))
        return CommandLineTool.ExitCode.good
    }
}
