internal import Columns
internal import Market
internal import Tape
internal import TestSupport

extension FuzzTarget {
    /// A day of mark and segments: read, recovered, continued, sealed, pruned.
    static let hotDay = FuzzTarget(
        "hot-day",
        seeds: {
            let lines = MarketText.twentyFields
            let images = [
                TapeImage.made(Array(lines.prefix(5))), TapeImage.made(Array(lines.prefix(14))),
                TapeImage.made(Array(lines.prefix(4)), isClosed: false),
                TapeImage.made(Array(MarketText.all.suffix(3)), segmentSizeMax: 1 << 20),
            ]
            return images.map { $0.encoded(mends: true) } + [images[1].encoded(mends: false)]
        }
    ) { TapeTrial(TapeImage($0)).run() }

    /// A day of which a part is sealed; index and trailer are forged along with the rest.
    static let sealedDay = FuzzTarget(
        "sealed-day",
        seeds: {
            let lines = MarketText.twentyFields
            let images = [
                TapeImage.made(Array(lines.prefix(6))).sealed(prunes: true),
                TapeImage.made(Array(MarketText.all.suffix(2))).sealed(),
            ]
            return images.map { $0.encoded(mends: true) } + [images[0].encoded(mends: false)]
        }
    ) { TapeTrial(TapeImage($0)).run() }

    /// What earlier imports have left in the ledger.
    static let ledger = FuzzTarget(
        "ledger",
        seeds: {
            let image = TapeImage.made(Array(MarketText.table))
            let bytes = image.disk.content("\(TapeImage.streamPath)/ledger")!
            let settled =
                "00000000 begin 9 - auto 1 2026-01-02:0-2\trange 9 2026-01-02 3\tcut 9 2026-01-02:3-4\n"
            return [[0] + bytes, [1] + bytes, [1] + bytes + Array(settled.utf8)]
        }
    ) { bytes in
        var input = FuzzInput(bytes)
        let mends = input.byte() & 1 == 1
        let image = TapeImage()
        var content = Array(input.rest())
        if mends { TapeMender.mendLines(&content) }
        image.disk.damage("\(TapeImage.streamPath)/ledger") { $0 = content }
        guard let writer = try? image.writer() else { return }
        for entry in writer.ledger.entries {
            for range in entry.ranges { require(range.first <= range.end, "a range runs backwards") }
            _ = entry.excluding(MessagePlace(day: TapeImage.day, number: 1))
            let source = SourceImport(
                writer: writer, date: entry.date, layout: entry.layout, continuing: entry)
            _ = try? StoredMessage([0x42]).append(to: source)
        }
        try? writer.close()
        guard let again = try? image.writer() else { refuse("a ledger cannot be read twice") }
        again.abandon()
    }

    /// The files of JSON and text beside the messages: catalog, seals and their chain.
    static let documents = FuzzTarget(
        "documents",
        seeds: {
            let image = TapeImage.made(Array(MarketText.table)).sealed()
            return [
                "\(TapeImage.root)/streams.json", "\(TapeImage.dayPath)/day.json",
                "\(TapeImage.streamPath)/seals", "\(TapeImage.dayPath)/sanity-info.json",
            ].enumerated().map { [UInt8($0)] + image.disk.content($1)! }
        }
    ) { bytes in
        var input = FuzzInput(bytes)
        let kind = Int(input.byte() & 3)
        let content = Array(input.rest())
        let image = documentTape.copy()
        let names = [
            "\(TapeImage.root)/streams.json", "\(TapeImage.dayPath)/day.json",
            "\(TapeImage.streamPath)/seals",
            "\(TapeImage.dayPath)/sanity-info.json",
        ]
        image.disk.damage(names[kind]) { $0 = content }
        if let catalog = try? Catalog.load(image.tape) {
            for stream in catalog.streams.values { _ = stream.scales }
            _ = catalog.feed(market: "idx", content: "trades", on: TapeImage.day)
        }
        _ = try? Catalog.register(TapeImage.stream, scales: .whole, tape: image.tape)
        _ = try? DaySeal.load(tape: image.tape, stream: TapeImage.stream, day: TapeImage.day)?.hash
        TapeTrial(image).run()
    }

    private static let documentTape = TapeImage.made(Array(MarketText.table)).sealed()
}
