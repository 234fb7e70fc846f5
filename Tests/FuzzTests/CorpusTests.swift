import Foundation
import FuzzTargets
import Testing

/// What `Tools/fuzz` starts from, and what it once found, run without libFuzzer.
@Suite("Fuzz targets")
struct CorpusTests {
    private static let corpus = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Fuzz/Corpus")

    @Test("seeds are valid, and the same each time", arguments: FuzzTarget.all.map(\.name))
    func seeds(name: String) {
        let target = FuzzTarget.named(name)!
        let seeds = target.seeds()
        #expect(!seeds.isEmpty && seeds == target.seeds())
        for seed in seeds {
            #expect(seed.count < 64 << 10)
            seed.withUnsafeBytes { target.run($0) }
            // Cut anywhere it is no less harmless.
            for size in stride(from: 0, to: seed.count, by: max(1, seed.count / 40)) {
                seed.prefix(size).withUnsafeBytes { target.run($0) }
            }
        }
    }

    @Test("inputs that once failed", arguments: FuzzTarget.all.map(\.name))
    func regressions(name: String) throws {
        let target = FuzzTarget.named(name)!
        let folder = CorpusTests.corpus.appending(path: name)
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        for file in files.sorted() {
            try Data(contentsOf: folder.appending(path: file)).withUnsafeBytes { target.run($0) }
        }
    }
}
