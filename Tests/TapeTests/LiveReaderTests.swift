import Platform
import Synchronization
import TestSupport
import Testing

@testable import Tape

@Suite struct LiveReaderTests {
    /// A disk on which something happens before a certain call of a reader.
    private final class HookedDisk: Disk {
        let inner: FaultyDisk
        private let left: Mutex<Int>
        private let action: @Sendable () -> Void

        init(_ inner: FaultyDisk, before nth: Int, _ action: @escaping @Sendable () -> Void) {
            self.inner = inner
            left = Mutex(nth)
            self.action = action
        }

        var hasFired: Bool { left.withLock { $0 <= 0 } }

        private func count() {
            let isNow = left.withLock { left in
                left -= 1
                return left == 0
            }
            if isNow { action() }
        }

        func open(_ path: String, _ mode: FileMode) throws(DiskError) -> any DiskFile {
            count()
            return try inner.open(path, mode)
        }

        func createDirectory(_ path: String) throws(DiskError) -> Bool { try inner.createDirectory(path) }

        func list(_ path: String) throws(DiskError) -> [String] {
            count()
            return try inner.list(path)
        }

        func kind(of path: String) throws(DiskError) -> FileKind? { try inner.kind(of: path) }
        func rename(_ path: String, to target: String) throws(DiskError) {
            try inner.rename(path, to: target)
        }
        func remove(_ path: String) throws(DiskError) { try inner.remove(path) }
        func syncDirectory(_ path: String) throws(DiskError) { try inner.syncDirectory(path) }
        func lock(_ path: String) throws(DiskError) -> (any DiskLock)? { try inner.lock(path) }
    }

    @Test("a reader beside a writer finds no damage, whenever the writer writes")
    func beside() throws {
        let payloads = TestTape.payloads(9, size: 19)
        for before in [0, 2, 3] {
            var nth = 1
            while true {
                let test = try TestTape.made()
                let writer = try test.writer(segmentSizeMax: 128 + 3 * 48)
                _ = try writer.nextNumber(of: TestTape.tuesday)
                try test.disk.createDirectory(String(test.path("").dropLast()))
                for payload in payloads[..<before] {
                    try StoredMessage(payload).append(to: writer, TestTape.monday)
                }
                if let group = writer.takeGroup() { try writer.commit(group) }
                let disk = HookedDisk(test.disk, before: nth) {
                    do {
                        for payload in payloads[before...] {
                            try StoredMessage(payload).append(to: writer, TestTape.monday)
                        }
                        try writer.commit(try #require(writer.takeGroup()))
                    } catch {
                        Issue.record(error)
                    }
                }
                let tape = Tape(root: TestTape.root, disk: disk, clock: ManualClock())
                let content = try DayContent(tape, TestTape.stream, TestTape.monday)
                #expect(content.damages.isEmpty, "\(before) before, call \(nth): \(content.damages)")
                #expect(content.payloads == Array(payloads[..<content.payloads.count]))
                #expect(content.payloads.count >= before)
                try writer.close()
                guard disk.hasFired else { break }
                nth += 1
            }
            #expect(nth > 2)
        }
    }
}
