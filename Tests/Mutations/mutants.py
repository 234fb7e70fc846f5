"""Bugs to plant in the storage core, one at a time: (name, file, text as it is, text with the bug).

Each is a mistake somebody could make. The simulation has to find every one of them, or it proves nothing about
the others. Dropped syncs are planted without a build, at the disk (`PlantedBug` in Tests/TapeSimulation).
"""

from __future__ import annotations

from typing import NamedTuple


class Mutant(NamedTuple):
    name: str
    file: str
    old: str
    new: str


MUTANTS = [
    Mutant(
        "recovery stops one byte short of a whole frame", "Sources/Tape/Recovery.swift",
        "while offset + Frame.headerSize <= raw.count {",
        "while offset + Frame.headerSize + 8 < raw.count {",
    ),
    Mutant(
        "recovery believes frames without their checksum", "Sources/Tape/Recovery.swift",
        "Frame.isValid(at: source, size: size, chain: mark.chain)\n            else { break }",
        "size > 0\n            else { break }",
    ),
    Mutant(
        "recovery takes a segment that does not continue the one before", "Sources/Tape/Recovery.swift",
        "header.stream == stream, header.day == day, header.previousChain == mark.chain",
        "header.stream == stream, header.day == day",
    ),
    Mutant(
        "recovery goes on behind a torn segment", "Sources/Tape/Recovery.swift",
        "return !isTorn\n    }", "return true\n    }",
    ),
    Mutant(
        "recovery goes on in the segment that a failed sync was in", "Sources/Tape/Recovery.swift",
        "if !isTorn, !isSealed, mark.isClosed, mark.offset > 0,", "if !isTorn, !isSealed, mark.offset > 0,",
    ),
    Mutant(
        "recovery leaves the bytes behind the last whole frame", "Sources/Tape/Recovery.swift",
        "try file.truncate(to: mark.offset)\n        try file.sync()", "try file.sync()",
    ),
    Mutant(
        "recovery does not write the mark that it has moved", "Sources/Tape/Recovery.swift",
        "mark.isClosed = true\n        try mark.write(to: markFile)", "mark.isClosed = true",
    ),
    Mutant(
        "the mark is written before the data are synced", "Sources/Tape/GroupCommitter.swift",
        "for day in touched { try days[day]!.segment!.syncData() }\n"
        "            for day in touched { try days[day]!.mark.write(to: days[day]!.markFile) }",
        "for day in touched { try days[day]!.mark.write(to: days[day]!.markFile) }\n"
        "            for day in touched { try days[day]!.segment!.syncData() }",
    ),
    Mutant(
        "only the first day of a group is synced", "Sources/Tape/GroupCommitter.swift",
        "for day in touched { try days[day]!.segment!.syncData() }",
        "for day in touched.prefix(1) { try days[day]!.segment!.syncData() }",
    ),
    Mutant(
        "a writer goes on after a failed commit", "Sources/Tape/GroupCommitter.swift",
        "failedPath = error.path\n            throw TapeError.from(error)", "throw TapeError.from(error)",
    ),
    Mutant(
        "a group is acknowledged before it is committed", "Sources/Ingest/CommitThread.swift",
        "if let group = work.group { try writer.commit(group) }",
        "onDurable(work.processed)\n            if let group = work.group { try writer.commit(group) }",
    ),
    Mutant(
        "the ledger is written after the messages that rest on it", "Sources/Tape/GroupCommitter.swift",
        "            if !group.ledgerLines.isEmpty { try ledger.append(group.ledgerLines) }\n",
        "            defer { if !group.ledgerLines.isEmpty { try? ledger.append(group.ledgerLines) } }\n",
    ),
    Mutant(
        "both halves of the mark are the same half", "Sources/Tape/Mark.swift",
        "let offset = Int64(writeCount % 2) * Int64(Mark.slotStride)", "let offset = Int64(0)",
    ),
    Mutant(
        "the older half of the mark is believed", "Sources/Tape/Mark.swift",
        "slots.max(by: { $0.writeCount < $1.writeCount })", "slots.max(by: { $0.writeCount > $1.writeCount })",
    ),
    Mutant(
        "an import forgets where a killed one has ended", "Sources/Tape/TapeWriter.swift",
        "ranges.append(LedgerRange(day: day, first: first, end: end))",
        "ranges.append(LedgerRange(day: day, first: first, end: first))",
    ),
    Mutant(
        "a late message continues a segment that is sealed", "Sources/Tape/Recovery.swift",
        "if !isTorn, !isSealed, mark.isClosed, mark.offset > 0,", "if !isTorn, mark.isClosed, mark.offset > 0,",
    ),
    Mutant(
        "a late message gets a number that is taken", "Sources/Tape/Recovery.swift",
        "if !isTorn, mark.isClosed, isSealed, segments.isEmpty { return Outcome(mark: mark) }",
        "if !isTorn, mark.isClosed, isSealed, segments.isEmpty { return Outcome(mark: Mark()) }",
    ),
    Mutant(
        "the sealed file takes its name before it is verified and synced", "Sources/Tape/SealedWriter.swift",
        "try output.flush()\n        try onDisk { () throws(DiskError) in try file.sync() }", "try output.flush()",
    ),
    Mutant(
        "pruning removes what is not sealed", "Sources/Tape/Prune.swift",
        "guard end <= sealed.messageCount else { continue }", "guard end > 0 else { continue }",
    ),
    Mutant(
        "pruning believes a mark that is not durable", "Sources/Tape/Mark.swift",
        "try file.sync()\n            try file.dropCache()\n            guard case .mark(let mark, nil)",
        "guard case .mark(let mark, nil)",
    ),
    Mutant(
        "pruning removes the segment that a writer has open", "Sources/Tape/Prune.swift",
        "(mark.isClosed && isIdle ? 1 : 0)", "(mark.isClosed ? 1 : 0)",
    ),
    Mutant(
        "the sealed file is looked for before the segments", "Sources/Tape/DayCursor.swift",
        "let survey = try HotCursor.Survey(tape: tape, stream: stream, day: day)\n"
        "        let sealed = try SealedReader.openIfSealed(tape: tape, stream: stream, day: day)",
        "let sealed = try SealedReader.openIfSealed(tape: tape, stream: stream, day: day)\n"
        "        let survey = try HotCursor.Survey(tape: tape, stream: stream, day: day)",
    ),
    Mutant(
        "a day left by a killed writer is sealed as it is", "Sources/Tape/Seal.swift",
        "        try recover()\n", "",
    ),
]
