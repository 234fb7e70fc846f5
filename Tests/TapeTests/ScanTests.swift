import Market
import TestSupport
import Testing

@testable import Tape

/// What a full scan finds: everything, and nothing where there is nothing.
@Suite struct ScanTests {
    /// The bits of a file, in parts that run beside each other.
    private static let parts = Array(0..<4)

    private func flipAll(
        _ world: ScanWorld, _ paths: [String], _ part: Int, severity: Finding.Severity? = .damage
    )
        throws
    {
        for path in paths {
            let size = try #require(world.test.disk.content(path)).count
            for bit in 0..<(8 * size) where bit % ScanTests.parts.count == part {
                world.test.disk.damage(path) { $0[bit / 8] ^= 1 << UInt8(bit % 8) }
                let findings = try world.scan(only: path)
                let here = findings.filter { $0.path == path }
                #expect(!here.isEmpty, "bit \(bit) of \(path): \(findings)")
                if let severity {
                    #expect(findings.contains { $0.severity == severity }, "bit \(bit) of \(path)")
                }
                if let first = here.first, let offset = first.offset, let length = first.size, length > 1 {
                    let place = Int64(bit / 8)
                    #expect(
                        offset <= place && place < offset + length, "bit \(bit) of \(path): \(first)")
                }
                world.test.disk.damage(path) { $0[bit / 8] ^= 1 << UInt8(bit % 8) }
            }
        }
        #expect(try world.scan() == [])
    }

    @Test(
        "every flipped bit of hot segments, mark, ledger and its mark is found and located", arguments: parts)
    func hotBits(part: Int) throws {
        let world = try ScanWorld()
        #expect(try world.scan() == [])
        let segments = try world.test.tape.segments(of: ScanWorld.stream, on: ScanWorld.monday)
        #expect(segments.count == 3)
        try flipAll(
            world,
            segments.map { world.test.segmentPath($0) } + [
                world.path("mark"), ScanWorld.ledgerPath, ScanWorld.ledgerPath + ".mark",
            ], part)
    }

    @Test("every flipped bit of a sealed day and of its chain is found and located", arguments: parts)
    func sealedBits(part: Int) throws {
        let world = try ScanWorld()
        try world.seal()
        #expect(try world.scan() == [])
        let files = ["day.tape", "day.json", "sanity-info.json", "mark"].map { world.path($0) }
        try flipAll(world, files + [ScanWorld.sealsPath, ScanWorld.ledgerPath], part, severity: nil)
    }

    @Test("every truncation of every file is found", arguments: [false, true])
    func truncations(isSealed: Bool) throws {
        let world = try ScanWorld()
        if isSealed { try world.seal() }
        let names = try world.test.disk.list(world.path("").dropLast().description)
        var paths = names.map { world.path($0) } + [ScanWorld.ledgerPath, ScanWorld.ledgerPath + ".mark"]
        if isSealed { paths.append(ScanWorld.sealsPath) }
        for path in paths {
            let whole = world.test.disk.content(path)!
            for size in 0..<whole.count {
                world.test.disk.damage(path) { $0 = Array(whole[..<size]) }
                let findings = try world.scan()
                // Whether a mark was ever made, and whether a line feed was lost from the end of a report, costs nothing.
                let isHarmless = path == ScanWorld.ledgerPath + ".mark" || size == whole.count - 1
                #expect(
                    findings.contains { $0.path == path && ($0.severity == .damage || isHarmless) },
                    "\(path) cut to \(size): \(findings)")
            }
            world.test.disk.damage(path) { $0 = whole }
        }
        #expect(try world.scan() == [])
    }

    @Test("every missing file is found", arguments: [false, true])
    func missing(isSealed: Bool) throws {
        let world = try ScanWorld([(ScanWorld.monday, 7), (ScanWorld.tuesday, 5)])
        if isSealed { try world.seal() }
        let names = try world.test.disk.list(world.path("").dropLast().description)
        var paths = names.map { world.path($0) } + [ScanWorld.ledgerPath]
        if isSealed { paths.append(ScanWorld.sealsPath) }
        for path in paths {
            let copy = world.copy()
            copy.test.disk.vanish(path)
            #expect(try copy.scan().contains { $0.severity == .damage }, "without \(path)")
        }
        let copy = world.copy()
        copy.test.disk.vanish(ScanWorld.ledgerPath + ".mark")
        #expect(try copy.scan().map(\.rule) == ["ledger.mark"])
    }

    @Test("swapped and copied files of two days are found", arguments: [false, true])
    func swapped(isSealed: Bool) throws {
        let world = try ScanWorld([(ScanWorld.monday, 7), (ScanWorld.tuesday, 8)])
        if isSealed {
            try world.seal()
            try world.seal(ScanWorld.tuesday)
        }
        for name in try world.test.disk.list(world.path("").dropLast().description) {
            let (left, right) = (world.path(name), world.path(name, ScanWorld.tuesday))
            let one = world.test.disk.content(left)!
            guard let other = world.test.disk.content(right), one != other else { continue }
            let copied = world.copy()
            copied.test.disk.damage(right) { $0 = one }
            #expect(try copied.scan().contains { $0.severity == .damage }, "\(name) copied")
            let swapped = copied.copy()
            swapped.test.disk.damage(left) { $0 = other }
            #expect(try swapped.scan().contains { $0.severity == .damage }, "\(name) swapped")
        }
    }

    @Test("swapped, repeated and missing lines of a ledger are found")
    func ledgerLines() throws {
        let world = try ScanWorld([(ScanWorld.monday, 3), (ScanWorld.tuesday, 3)])
        let path = ScanWorld.ledgerPath
        let whole = world.test.disk.content(path)!
        let lines = whole.split(separator: 0x0A).map { Array($0) + [0x0A] }
        #expect(lines.count == 4)
        for one in lines.indices {
            for other in lines.indices where one != other {
                var swapped = lines
                swapped.swapAt(one, other)
                var repeated = lines
                repeated[one] = lines[other]
                for bytes in [swapped, repeated].map({ Array($0.joined()) }) where bytes != whole {
                    world.test.disk.damage(path) { $0 = bytes }
                    #expect(
                        try world.scan().contains { $0.rule.hasPrefix("ledger.") && $0.severity == .damage })
                    // Without knowing what was imported, a writer must not go on.
                    #expect(throws: TapeError.self) { try world.test.writer() }
                }
            }
            var shorter = lines
            shorter.remove(at: one)
            world.test.disk.damage(path) { $0 = Array(shorter.joined()) }
            #expect(try world.scan().contains { $0.rule.hasPrefix("ledger.") && $0.severity == .damage })
            #expect(throws: TapeError.self) { try world.test.writer() }
        }
    }

    @Test("an older copy of a hot day, and of a sealed one, is found")
    func olderCopies() throws {
        let world = try ScanWorld()
        let old = world.copy()
        try world.add(5, from: 7, to: ScanWorld.monday)
        let hot = world.copy()
        for name in try world.test.disk.list(world.path("").dropLast().description) {
            hot.test.disk.vanish(hot.path(name))
        }
        for name in try old.test.disk.list(old.path("").dropLast().description) {
            let bytes = old.test.disk.content(old.path(name))!
            let file = try hot.test.disk.open(hot.path(name), .create)
            file.close()
            hot.test.disk.damage(hot.path(name)) { $0 = bytes }
        }
        let found = try hot.scan()
        #expect(found.contains { $0.rule == "ledger.range" && $0.messages == 7..<12 }, "\(found)")

        try old.seal(prunes: false)
        try world.seal(prunes: false)
        let sealed = try ScanWorld()
        try sealed.seal(prunes: false)
        let (tape, seal, report) = (
            sealed.test.disk.content(sealed.path("day.tape"))!,
            sealed.test.disk.content(sealed.path("day.json"))!,
            sealed.test.disk.content(sealed.path("sanity-info.json"))!
        )
        try sealed.add(5, from: 7, to: ScanWorld.monday)
        try sealed.seal(prunes: false)
        #expect(try sealed.scan() == [])
        sealed.test.disk.damage(sealed.path("day.tape")) { $0 = tape }
        sealed.test.disk.damage(sealed.path("day.json")) { $0 = seal }
        sealed.test.disk.damage(sealed.path("sanity-info.json")) { $0 = report }
        #expect(try sealed.scan().map(\.rule) == ["seal.chain"])
    }

    @Test("names that are no files of a tape are noted, and extra segments are damage")
    func foreign() throws {
        let world = try ScanWorld()
        for (path, severity) in [
            ("\(TestTape.root)/notes.txt", Finding.Severity.note), (world.path("core"), .note),
            ("\(TestTape.root)/\(TestTape.stream)/old", .note), (world.test.segmentPath(7), .note),
            (world.test.segmentPath(9), .damage), (world.test.segmentPath(1), .damage),
        ] {
            let copy = world.copy()
            let file = try copy.test.disk.open(path, .create)
            file.close()
            let found = try copy.scan()
            #expect(found.contains { $0.path == path && $0.severity == severity }, "\(path): \(found)")
        }
    }

    @Test("a clean tape gives no finding, at any level, after whatever was done to it", arguments: 0..<10)
    func clean(part: Int) throws {
        for seed in (part * 20)..<(part * 20 + 20) {
            var random = SplitMix64(seed: UInt64(seed))
            let world = try ScanWorld([])
            var counts: [TradingDay: Int] = [:]
            for _ in 0..<(2 + random.below(6)) {
                let day = ScanWorld.monday.advanced(by: random.below(3))
                let count = 1 + random.below(9)
                try world.add(
                    count, from: counts[day, default: 0], to: day,
                    segmentSizeMax: 150 + Int64(random.below(400)))
                counts[day, default: 0] += count
                if random.below(3) == 0 { try world.seal(day, prunes: random.below(2) == 0) }
                for level in ScanLevel.allCases {
                    let found = try world.scan(level)
                    #expect(found == [], "seed \(seed)")
                }
            }
            #expect(
                try Salvage(tape: world.test.tape, stream: ScanWorld.stream, day: counts.keys.min()!)
                    .run(reallyDo: true).isNeeded == false)
        }
    }

    @Test("any stretch of damage in any file is found, and hangs or traps nothing", arguments: 0..<8)
    func stretches(part: Int) throws {
        for seed in (part * 40)..<(part * 40 + 40) {
            var random = SplitMix64(seed: UInt64(seed))
            let world = try ScanWorld([(ScanWorld.monday, 9)])
            if random.below(2) == 0 { try world.seal(prunes: random.below(2) == 0) }
            let names = try world.test.disk.list(world.path("").dropLast().description)
            let path =
                random.below(4) == 0 ? ScanWorld.ledgerPath : world.path(names[random.below(names.count)])
            let before = world.test.disk.content(path)!
            world.test.disk.damage(path) { bytes in
                let start = random.below(bytes.count)
                let end = min(bytes.count, start + 1 + random.below(200))
                let other = random.below(bytes.count - (end - start) + 1)
                switch random.below(4) {
                case 0: for index in start..<end { bytes[index] = 0 }
                case 1: for index in start..<end { bytes[index] = UInt8(truncatingIfNeeded: random.next()) }
                case 2: bytes.removeSubrange(start..<end)
                default: bytes.replaceSubrange(start..<end, with: Array(bytes[other..<(other + end - start)]))
                }
            }
            guard world.test.disk.content(path)! != before else { continue }
            let found = try world.scan()
            #expect(!found.isEmpty, "seed \(seed): \(path)")
        }
    }
}
