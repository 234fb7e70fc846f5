import Columns
import Feed
import Foundation
import Market
import Testing

/// Real captures, which are not part of the repository; skipped where they are absent.
@Suite("Columns: real data", .enabled(if: SharedData.folder != nil, "shared data is absent"))
struct RealDataTests {
    @Test(
        "live-trade captures come back with hardly a line kept verbatim",
        arguments: ["idx_lt_2026-01-08.txt", "idx_lt_2026-02-20.txt"])
    func captures(name: String) throws {
        let list = MessageList(file: try SharedData.bytes(name))
        let (isSame, block) = list.roundTrip(TwentyFieldCodec())
        #expect(isSame)
        #expect(verbatimCount(block) * 100 <= list.payloads.count)
        let size = block.columns.reduce(0) { $0 + $1.bytes.count }
        #expect(size * 2 < list.payloads.joined().count, "before any compression")
    }

    @Test("every other file comes back in every codec")
    func others() throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: SharedData.folder!).sorted() {
            let list = MessageList(file: try SharedData.bytes(name))
            for id in 1...7 as ClosedRange<UInt16> {
                #expect(
                    list.roundTrip(BlockCodecs.codec(CodecID(rawValue: id))!).isSame, "\(name), codec \(id)")
            }
        }
    }
}

/// The folder of real data beside the repository.
enum SharedData {
    static let folder: String? = {
        let environment = ProcessInfo.processInfo.environment["JEJAK_SHARED"]
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let folder = environment ?? root.appendingPathComponent("../shared").standardizedFileURL.path
        return FileManager.default.fileExists(atPath: folder + "/data") ? folder + "/data" : nil
    }()

    static func bytes(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: folder! + "/" + name)))
    }
}
