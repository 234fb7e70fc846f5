/// What comes next in texts that are full of numbers, as far as the messages before tell: which text follows which,
/// and which earlier number a number is near to. Tables have places by hash; texts that share one predict worse,
/// but alike on both sides.
struct BookTextModel {
    /// Ways to predict a number, the first of equal ones before the others.
    enum Predictor: Int {
        /// The number at the same place of the last message that began alike.
        case sameMessage
        /// The number that stood last behind the same text.
        case sameText
        /// The number that came last, in messages that began alike, one or two numbers behind the one that is
        /// one or two before this: lots behind their price.
        case behindSame, secondBehindSame
        /// Numbers before it in the message.
        case before, secondBefore, thirdBefore, fourthBefore, seventhBefore
        case zero

        /// How many there are.
        static let count = Predictor.zero.rawValue + 1
    }

    private static let placeMax = 32
    private static let followerPlaceMax = 40

    private struct Follower {
        var text: Int32 = 0
        var hasMissed = false
    }

    private static let contextBits: UInt32 = 13
    /// Tables of numbers are as large as a block's messages ask for.
    private let numberBits: UInt32

    private var followers = [Follower](repeating: Follower(), count: 1 << contextBits)
    /// Mean bits of what was wrong, times 16, per predictor.
    private var costs = [SIMD16<Int32>](repeating: .zero, count: 1 << contextBits)
    private var same: [Int64]
    private var behindOne: [Int64]
    private var behindTwo: [Int64]
    private var behindText: [Int64] = []

    // The message so far.
    private var first = 0
    private var texts = (last: 0, before: 0)
    /// The message's last numbers, the very last one first.
    private var numbers = SIMD8<Int64>.zero
    private var place = 0

    /// A model for a block of so many messages.
    init(messageCount: Int) {
        numberBits = UInt32(min(max(Int.bitWidth - messageCount.leadingZeroBitCount + 6, 10), 20))
        same = Array(repeating: 0, count: 1 << numberBits)
        behindOne = same
        behindTwo = same
    }

    private static func hash(_ a: Int, _ b: Int, _ c: Int, bits: UInt32) -> Int {
        let mixed =
            UInt32(truncatingIfNeeded: a) &* 0x9E37_79B1 &+ UInt32(truncatingIfNeeded: b) &* 0x85EB_CA77
            &+ UInt32(truncatingIfNeeded: c) &* 0xC2B2_AE3D
        return Int(((mixed ^ (mixed &>> 15)) &* 0x2C1B_3C6D) &>> (32 &- bits))
    }

    /// Begins a message with its first text.
    mutating func begin(_ text: Int) {
        first = text
        texts = (text, 0)
        numbers = .zero
        place = 1
    }

    /// What the number that stands next is near to, and by which predictor.
    @inline(__always)
    func prediction() -> (value: Int64, predictor: Predictor) {
        let costs = costs[costPlace]
        var best = 0
        for index in 1..<Predictor.count where costs[index] < costs[best] { best = index }
        let predictor = Predictor(rawValue: best)!
        return (candidates()[best], predictor)
    }

    private var costPlace: Int {
        let phase = place <= BookTextModel.placeMax ? place : BookTextModel.placeMax + 1 + place % 6
        return BookTextModel.hash(texts.last, texts.before, phase, bits: BookTextModel.contextBits)
    }

    private var samePlace: Int { BookTextModel.hash(first, place, 0, bits: numberBits) }

    @inline(__always)
    private func candidates() -> SIMD16<Int64> {
        var result = SIMD16<Int64>.zero
        result[0] = same[samePlace]
        result[1] = texts.last < behindText.count ? behindText[texts.last] : 0
        result[2] = behindOne[numberPlace(numbers[0])]
        result[3] = behindTwo[numberPlace(numbers[1])]
        result[4] = numbers[0]
        result[5] = numbers[1]
        result[6] = numbers[2]
        result[7] = numbers[3]
        result[8] = numbers[6]
        return result
    }

    private func numberPlace(_ number: Int64) -> Int {
        BookTextModel.hash(first, Int(number), 1, bits: numberBits)
    }

    /// Learns the number that stands next.
    @inline(__always)
    mutating func learn(_ value: Int64) {
        let candidates = candidates()
        let place = costPlace
        var costs = costs[place]
        for index in 0..<Predictor.count {
            let difference = value &- candidates[index]
            let zigzag = UInt64(bitPattern: (difference &<< 1) ^ (difference &>> 63))
            let bits = Int32(truncatingIfNeeded: 64 &- zigzag.leadingZeroBitCount)
            costs[index] &+= (bits &* 16 &- costs[index]) / 8
        }
        self.costs[place] = costs
        same[samePlace] = value
        while behindText.count <= texts.last { behindText.append(0) }
        behindText[texts.last] = value
        behindOne[numberPlace(numbers[0])] = value
        behindTwo[numberPlace(numbers[1])] = value
        for index in stride(from: 7, to: 0, by: -1) { numbers[index] = numbers[index &- 1] }
        numbers[0] = value
    }

    private var followerPlace: Int {
        BookTextModel.hash(
            texts.last, texts.before, min(place, BookTextModel.followerPlaceMax), bits: BookTextModel.contextBits)
    }

    /// The text that probably stands next; 0 at first.
    @inline(__always)
    func follower() -> Int { Int(followers[followerPlace].text) }

    /// Learns the text that stands next. A prediction is given up when it was wrong twice in a row.
    @inline(__always)
    mutating func learn(text: Int) {
        let place = followerPlace
        if followers[place].text == Int32(text) {
            followers[place].hasMissed = false
        } else if followers[place].hasMissed || followers[place].text == 0 {
            followers[place] = Follower(text: Int32(text), hasMissed: false)
        } else {
            followers[place].hasMissed = true
        }
        texts = (text, texts.last)
        self.place &+= 1
    }
}
