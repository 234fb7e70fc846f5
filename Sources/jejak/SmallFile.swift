internal import Foundation
internal import Platform

/// Reads files that users write: configuration, market data, brokers.
enum SmallFile {
    /// Bytes of a file at most.
    private static let sizeMax = 16 << 20

    /// A file's bytes; nil where it cannot be read or is larger than such files are. Foundation's own functions leak a
    /// buffer for an empty file (Swift 6.3.1, Linux).
    static func read(_ path: String) -> Data? {
        do throws(DiskError) {
            let file = try SystemDisk().open(path, .read)
            defer { file.close() }
            let size = try file.size()
            guard size <= sizeMax else { return nil }
            var bytes = [UInt8](repeating: 0, count: Int(size))
            let result = bytes.withUnsafeMutableBytes { raw in
                Result { () throws(DiskError) in try file.read(into: raw, at: 0) }
            }
            return Data(bytes.prefix(try result.get()))
        } catch {
            return nil
        }
    }
}
