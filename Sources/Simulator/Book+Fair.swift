extension Book {
    /// The level below the fair price: bids come here, offers one level above. -1 where the fair price
    /// has left the limits below, so that nobody bids; `levelCount - 1` where nobody offers.
    @inline(__always)
    var center: Int { Int(truncatingIfNeeded: fair >> 16) }

    /// Stops the walk half a level outside the limits.
    @inline(__always)
    mutating func keepInsideLimits() {
        fair = min(max(fair, -32_768), Int64(levelCount) << 16 - 32_768)
    }
}
