/// Which symbols smart money is buying or selling, over days.
struct EpisodePlanner {
    enum Kind {
        case none, accumulation, distribution

        /// The name in a day's summary.
        var name: String {
            switch self {
            case .none: "none"
            case .accumulation: "accumulation"
            case .distribution: "distribution"
            }
        }
    }

    private var episodes: [(kind: Kind, daysLeft: Int)]

    init(symbolCount: Int) {
        episodes = Array(repeating: (.none, 0), count: symbolCount)
    }

    /// Begins a day: old episodes run out after 5 ... 15 days, a share starts a new one about every
    /// seventy days; warrants have none.
    mutating func nextDay(_ listings: [Listing], random: inout RandomSource) {
        for symbol in 0..<episodes.count {
            let draw = random.next()
            guard listings[symbol].instruments == .share else { continue }
            if episodes[symbol].daysLeft > 0 { episodes[symbol].daysLeft -= 1 }
            guard episodes[symbol].daysLeft == 0 else { continue }
            episodes[symbol].kind = .none
            guard draw % 70 == 0 else { continue }
            episodes[symbol] = (draw & 1 << 40 == 0 ? .accumulation : .distribution, random.within(5...15))
        }
    }

    /// What happens to a symbol today.
    func kind(of symbol: Int) -> Kind { episodes[symbol].kind }
}
