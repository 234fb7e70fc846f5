/// Standard scores as PROJECTIONS §3 defines them.
enum ZScore {
    /// (last - mean) / σ of the values, σ that of the population; 0 for fewer than two values, or where all are
    /// equal, which is compared: a σ that was computed from equal values may be anything.
    static func ofLast(_ values: some BidirectionalCollection<Double>) -> Double {
        guard let last = values.last, values.contains(where: { $0 != last }) else { return 0 }
        let count = Double(values.count)
        var sum = 0.0
        for value in values { sum += value }
        let mean = sum / count
        var squares = 0.0
        for value in values { squares += (value - mean) * (value - mean) }
        return (last - mean) / (squares / count).squareRoot()
    }
}
