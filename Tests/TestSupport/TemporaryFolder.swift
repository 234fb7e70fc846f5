internal import Foundation
internal import Platform

/// A directory of its own for one test, removed with all it holds when the test lets go of it.
public final class TemporaryFolder: Sendable {
    /// The directory.
    public let path: String

    /// Makes an empty directory.
    public init() {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("jejak-\(UUID().uuidString)")
        do {
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        } catch {
            preconditionFailure("no temporary directory: \(error)")
        }
        path = url.path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// A path in the directory.
    public func file(_ name: String) -> String { path + "/" + name }

    /// Writes a file and returns its path.
    @discardableResult
    public func write(_ name: String, _ bytes: some Sequence<UInt8>) -> String {
        let file = file(name)
        guard FileManager.default.createFile(atPath: file, contents: Data(bytes)) else {
            preconditionFailure("cannot write \(file)")
        }
        return file
    }

    /// Writes text and returns the file's path.
    @discardableResult
    public func write(_ name: String, _ text: String) -> String { write(name, Array(text.utf8)) }

    /// The names of what lies in the directory.
    public var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] }

    /// A file's bytes; none where there is no file.
    public func read(_ name: String) -> [UInt8] { bytes(of: name) ?? [] }

    /// A file's bytes, of a file that must be there.
    public func contents(_ name: String) -> [UInt8] {
        guard let bytes = bytes(of: name) else { preconditionFailure("cannot read \(file(name))") }
        return bytes
    }

    /// Foundation's own function leaks a buffer for an empty file (Swift 6.3.1, Linux).
    private func bytes(of name: String) -> [UInt8]? {
        do throws(DiskError) {
            let file = try SystemDisk().open(file(name), .read)
            defer { file.close() }
            var bytes = [UInt8](repeating: 0, count: Int(try file.size()))
            let result = bytes.withUnsafeMutableBytes { raw in
                Result { () throws(DiskError) in try file.read(into: raw, at: 0) }
            }
            bytes.removeLast(bytes.count - (try result.get()))
            return bytes
        } catch {
            return nil
        }
    }
}
