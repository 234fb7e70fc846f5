import Testing

@Suite("Command line usage")
struct UsageTests {
    private let tool = Tool()
    private static let commands = ["simulate", "import", "cat", "replay", "digest", "show", "export"]

    @Test("every command has help, on standard output, with exit 0", arguments: commands)
    func help(command: String) throws {
        for option in ["--help", "-h", "--no-such-option --help"] {
            let result = try tool.run(command + " " + option)
            #expect(result.code == 0 && result.errors.isEmpty)
            #expect(result.output.contains("usage: jejak \(command) "))
            for option in ["--tape DIR", "--store DIR", "--config FILE", "--threads N", "--json", "--quiet"] {
                #expect(result.output.contains("\n  \(option) "))
            }
        }
    }

    @Test("the overview lists every command")
    func overview() throws {
        for word in ["--help", "-h", "help"] {
            let result = try tool.run([word])
            #expect(result.code == 0 && result.errors.isEmpty)
            for command in Self.commands { #expect(result.output.contains("\n  \(command) ")) }
        }
        #expect(try tool.run([]).code == 2)
    }

    @Test(
        "what cannot be understood ends with exit 2, one line on standard error and nothing made",
        arguments: [
            "frobnicate", "Import", "--tape", "-x", "cat --frobnicate", "cat -x", "cat --stream",
            "cat --json=yes",
            "cat", "cat --stream idx.trades", "cat --stream IDX --date 2026-02-12",
            "cat --stream idx.trades --date 2026-02-30", "cat --stream idx.trades --date 2026-2-12",
            "cat --stream idx.trades --from 1", "cat --stream idx.trades --date 2026-02-12 --from -1",
            "cat --stream idx.trades --date 2026-02-12 --from 5 --to 4",
            "cat --stream idx.trades --from-date 2026-02-13 --to-date 2026-02-12",
            "cat --stream idx.trades --date 2026-02-12 --from-date 2026-02-12",
            "cat --stream idx.trades --date 2026-02-12 word", "import", "import file",
            "import --stream idx.trades",
            "import file --stream idx.trades --layout csv", "import file --stream idx.trades --date today",
            "import file --stream idx.trades --price-scale 19",
            "import file --stream idx.trades --quantity-scale x",
            "replay --from 2026-02-13 --to 2026-02-12", "replay --hour 24", "replay --hour x",
            "replay --symbol TOO-LONG-A-SYMBOL", "replay --projection nothing@1", "replay --threads 0",
            "replay --threads many", "replay word", "digest --projection x", "digest word", "digest --date x",
            "digest --threads x", "cat --stream idx.trades --date 2026-02-12 --threads 0",
            "import file --stream idx.trades --threads 1.5", "show market --threads -1", "show",
            "show nothing",
            "show footprint", "show footprint BBCA MORE WORDS", "show market --tf 2m",
            "show market --limit 0",
            "export", "export candles", "export footprint more", "export footprint --tf 3m",
            "export summary more",
            "export summary --at 10:30:01", "export summary --at 10:30", "export summary --rule c",
            "show summary --list all", "show summary --at now", "simulate",
            "simulate --out raw --days 0", "simulate --out raw --symbols 2001",
            "simulate --out raw --seed -1",
            "simulate --out raw --from never", "simulate --out raw --trades x",
            "digest --config nowhere.json", "digest --config",
        ])
    func usage(line: String) throws {
        let result = try tool.run(line)
        #expect(result.code == 2)
        #expect(result.output.isEmpty)
        #expect(result.errorLines.count == 1 && result.errors.hasPrefix("jejak: "), "\(result.errors)")
        let made = try tool.run("--help").code == 0 && tool.folder.names.allSatisfy { $0.hasPrefix("run") }
        #expect(made)
    }

    @Test("a tape, a stream, a day or a file that is not there is told in one line")
    func missing() throws {
        for (line, code) in [
            ("replay", 3), ("digest", 3), ("show market", 3), ("export footprint", 3),
            ("cat --stream idx.trades --date 2026-02-12", 3),
            ("import nowhere.txt --stream idx.trades --date 2026-02-12", 3),
        ] as [(String, Int32)] {
            let result = try tool.run(line + " --quiet")
            #expect(result.code == code && result.output.isEmpty, "\(line)")
            #expect(
                result.errorLines.count == 1 && result.errors.hasPrefix("jejak: "),
                "\(line): \(result.errors)")
        }
        try tool.prepare()
        for (line, code) in [
            ("cat --stream idx.trades --date 2026-02-11", 2), ("cat --stream idx.book --date 2026-02-12", 3),
            ("show footprint ABSENT", 2), ("show market --date 2026-02-11", 2),
            ("show summary --date 2026-02-30", 2), ("export footprint --date 2026-02-11", 2),
            ("export footprint --symbol NOPE", 2),
            ("export footprint --symbol NOPE --date 2026-02-12", 2), ("digest --date 2026-02-11", 2),
            ("import raw --stream idx.trades --date 2026-02-12", 3),
            ("import raw/idx.trades/2026-02-12.txt --stream idx.trades", 2),
        ] as [(String, Int32)] {
            let result = try tool.run(line)
            #expect(result.code == code && result.output.isEmpty, "\(line)")
            #expect(
                result.errorLines.count == 1 && result.errors.hasPrefix("jejak: "),
                "\(line): \(result.errors)")
        }
    }
}
