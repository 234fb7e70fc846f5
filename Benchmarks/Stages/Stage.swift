/// One stage of replaying a sealed day, measured.
struct Stage {
    /// What it is called.
    let name: String
    /// Best time of all rounds, for the whole day.
    var seconds: Double
    /// What the machine needs at least, measured in the same run.
    var lightSeconds: Double
    /// What the light is.
    let light: String
    /// What keeps the stage from it.
    let reason: String
}

/// Best times of measured code.
struct Stopwatch {
    /// How often everything is measured.
    let rounds: Int

    /// The shortest of all rounds, in seconds.
    func best(_ body: () throws -> Void) rethrows -> Double {
        var best = Double.infinity
        for _ in 0..<rounds {
            let start = ContinuousClock.now
            try body()
            best = min(best, (ContinuousClock.now - start) / .seconds(1))
        }
        return best
    }
}
