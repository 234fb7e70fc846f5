internal import Platform

/// Standard input kept in a temporary file, because it has to be read twice: once to see what of it is on
/// the tape, once to append the rest.
struct Spool {
    /// The file; removed by ``remove()``.
    let path: String

    init(_ source: SourceFile) throws(ImportError) {
        do {
            path = try TemporaryFile.copy(of: try source.open().bytes)
        } catch {
            throw .source(error)
        }
    }

    func remove() { TemporaryFile.remove(path) }
}
