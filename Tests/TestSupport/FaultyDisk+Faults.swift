extension FaultyDisk {
    /// A kind of call that can fail.
    package enum Call: String, CaseIterable, Sendable {
        case open
        case read
        case list
        case kind
        case lock
        case createDirectory
        case rename
        case remove
        case syncDirectory
        case write
        case allocate
        case truncate
        case syncData
        case sync
        case dropCache

        /// Whether it changes something, now or for the time after a power cut.
        package var isChange: Bool {
            switch self {
            case .open, .read, .list, .kind, .lock, .dropCache: false
            default: true
            }
        }
    }

    /// A call that is to fail.
    package struct Fault: Sendable, CustomStringConvertible {
        /// Which kind of call; nil: any that changes something.
        package var call: Call?
        /// Which of them, from 1, counted from ``FaultyDisk/arm(_:)``.
        package var nth: Int
        /// The system's reason.
        package var code: Int32
        /// Whether every later one fails too.
        package var isForEver: Bool

        /// The `nth` call of a kind fails.
        package init(_ call: Call?, nth: Int, code: Int32, isForEver: Bool = false) {
            self.call = call
            self.nth = nth
            self.code = code
            self.isForEver = isForEver
        }

        package var description: String {
            "\(call?.rawValue ?? "change") \(nth) code \(code)\(isForEver ? " for ever" : "")"
        }
    }

    /// What becomes of changes that were not synced, at a power cut.
    package enum Survival: Sendable {
        /// All are lost.
        case nothing
        /// All have reached the disk.
        case everything
        /// Each is kept, lost or torn.
        case some

        enum Fate { case kept, lost, torn }

        func decide(_ random: inout SplitMix64) -> Fate {
            switch self {
            case .nothing: .lost
            case .everything: .kept
            case .some: [.kept, .kept, .lost, .lost, .torn][random.below(5)]
            }
        }
    }

    /// Promises that the disk breaks: planted bugs, which a harness has to find.
    package struct Lies: OptionSet, Sendable {
        package let rawValue: Int

        /// A set by its bits.
        package init(rawValue: Int) { self.rawValue = rawValue }

        /// `syncData` does nothing.
        package static let ignoresSyncData = Lies(rawValue: 1)
        /// `syncDirectory` does nothing.
        package static let ignoresDirectorySync = Lies(rawValue: 2)
        /// `dropCache` does nothing.
        package static let lyingDropCache = Lies(rawValue: 4)
    }
}
