internal import Foundation

/// A directory of its own for one test, removed with all that is in it when the test lets go of it.
package final class TemporaryFolder: Sendable {
    /// The directory.
    package let path: String

    /// A new empty directory.
    package init() {
        let name = "jejak-test-\(UUID().uuidString)"
        path = FileManager.default.temporaryDirectory.appendingPathComponent(name).path
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            preconditionFailure("no directory for a test: \(error)")
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Writes a file in the directory and returns its path.
    @discardableResult
    package func write(_ name: String, _ bytes: [UInt8]) -> String {
        let file = "\(path)/\(name)"
        precondition(FileManager.default.createFile(atPath: file, contents: Data(bytes)))
        return file
    }

    /// A file's bytes.
    package func read(_ name: String) -> [UInt8] {
        [UInt8](FileManager.default.contents(atPath: "\(path)/\(name)") ?? Data())
    }
}
