/// The queue of orders at one price, first come first served.
struct Level {
    var head: UInt32 = 0
    var tail: UInt32 = 0
    /// Lots of all its orders.
    var lots: Int32 = 0
    /// Number of its orders.
    var count: Int32 = 0
    /// Lots as the last book message told them: bids positive, offers negative.
    var toldLots: Int32 = 0
    /// The price in rupiah.
    var price: Int32 = 0
}
