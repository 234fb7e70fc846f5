/// The rules that files of a tape obey (`tape/FORMAT.md`). The names are stable: scripts may select by them.
public enum FileRule: String, Sendable, CaseIterable {
    /// `streams.json` is a catalog of streams.
    case catalogForm = "catalog.form"
    /// `streams.json` names every stream that has days, and no feed that it does not name.
    case catalogStream = "catalog.stream"
    /// The scales in `streams.json` are those with which the messages were written.
    case catalogScales = "catalog.scales"
    /// A tape's directories hold nothing else than a tape's files.
    case fileUnknown = "file.unknown"
    /// A stream with messages has a ledger.
    case ledgerMissing = "ledger.missing"
    /// Every line of the ledger carries its checksum.
    case ledgerLine = "ledger.line"
    /// The ledger's mark can be read, and says what the ledger holds.
    case ledgerMark = "ledger.mark"
    /// The ledger is as long as its mark says.
    case ledgerLength = "ledger.length"
    /// Up to its mark, the ledger is what was written, line behind line.
    case ledgerChain = "ledger.chain"
    /// The days hold every message that the ledger knows.
    case ledgerRange = "ledger.range"
    /// The ledger knows every message of the days.
    case ledgerSource = "ledger.source"
    /// A day that the ledger or the chain of seals names is there.
    case dayMissing = "day.missing"
    /// A day has a mark.
    case markMissing = "mark.missing"
    /// Both slots of a mark are empty or valid.
    case markSlot = "mark.slot"
    /// At least one slot of a mark is valid.
    case markUnreadable = "mark.unreadable"
    /// A mark's file is 1,024 bytes, zeros outside its slots.
    case markPadding = "mark.padding"
    /// A mark is not below what the seal holds.
    case markBehind = "mark.behind"
    /// A segment begins with its own header.
    case segmentHeader = "segment.header"
    /// Every segment below the mark is there, and whole.
    case segmentMissing = "segment.missing"
    /// A closed segment ends where its last frame does.
    case segmentLength = "segment.length"
    /// A segment continues the one before it, and the last one ends as the mark says.
    case segmentChain = "segment.chain"
    /// A directory holds no segments that are not the day's.
    case segmentForeign = "segment.foreign"
    /// Behind the mark of a segment that is being written there are zeros.
    case segmentTail = "segment.tail"
    /// Every frame carries its checksum.
    case frameChecksum = "frame.checksum"
    /// `day.tape` has the frame and the index of its own day.
    case sealedForm = "sealed.form"
    /// The index describes all bytes and all messages of `day.tape`, each once.
    case sealedLayout = "sealed.layout"
    /// A sealed block's columns have their hashes and restore its messages.
    case blockHash = "block.hash"
    /// The restored messages of a sealed day have its raw hash.
    case sealedHash = "sealed.hash"
    /// Hot segments that a seal replaces hold the same messages.
    case sealedTwin = "sealed.twin"
    /// A day with `day.json` has a `day.tape`.
    case sealedMissing = "sealed.missing"
    /// A sealed day has its seal, `day.json`.
    case sealMissing = "seal.missing"
    /// The seal says what `day.tape` holds.
    case sealContent = "seal.content"
    /// The seal stands in the stream's chain, as its newest of the day.
    case sealChain = "seal.chain"
    /// `sanity-info.json` says what `day.tape` holds.
    case reportContent = "report.content"
    /// Messages that a salvage could not save.
    case gapLost = "gap.lost"
    /// Every file can be read from the disk.
    case fileUnreadable = "file.unreadable"
}
