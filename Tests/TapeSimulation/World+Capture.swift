internal import Columns
internal import Market
internal import Tape
internal import TestSupport

/// A capture: a writer with small groups that lives from step to step.
extension World {
    /// Opens the capture where it is not running, and lets it receive something.
    func captureSome() {
        if captureWriter == nil { openCapture() }
        guard let (writer, process) = captureWriter else { return }
        for _ in 0..<(1 + random.below(6)) {
            guard receive(writer, process) else { return endCapture(writer, process, isFailed: false) }
            guard let group = writer.takeGroup() else { continue }
            let isDurable: Void? = attempt("commit", process) { (_) throws(TapeError) in
                try writer.commit(group)
            }
            guard isDurable != nil else {
                if !isDead(process) { refusesMore(writer, process) }
                return endCapture(writer, process, isFailed: true)
            }
            // A process that is dead tells nobody.
            if !isDead(process) { capture.acknowledgeAll() }
        }
    }

    /// Ends the capture in good order.
    func closeCapture(isFailed: Bool = false) {
        guard let (writer, process) = captureWriter else { return }
        captureWriter = nil
        let isClosed: Void? = attempt("close", process) { (_) throws(TapeError) in try writer.close() }
        if isClosed != nil, !isFailed, !isDead(process) { capture.acknowledgeAll() }
        if process.isDead, !plan.isMachineDead { counts.kills += 1 }
    }

    private func openCapture() {
        let process = ProcessDisk(disk, plan)
        let opened = attempt("capture", process) { (tape) throws(TapeError) in
            _ = try Catalog.register(World.wire, scales: .whole, tape: tape)
            return try TapeWriter(
                tape: tape, stream: World.wire, scales: .whole, segmentSizeMax: segmentSizeMax)
        }
        capture.begin()
        if let opened { captureWriter = (opened, process) }
        if opened == nil, process.isDead, !plan.isMachineDead { counts.kills += 1 }
    }

    /// Some messages, most of today, some late, some across midnight; false where the writer could not.
    private func receive(_ writer: TapeWriter, _ process: ProcessDisk) -> Bool {
        for _ in 0..<(1 + random.below(7)) {
            let day = receivedDay()
            touched.insert(StreamDay(stream: World.wire, day: day))
            let message = received(day)
            let number = attempt("append", process) { (_) throws(TapeError) in
                try message.append(to: writer, day)
            }
            guard let number else { return false }
            violations += capture.goesOn(day, at: Int(number)) + needsHand(writer.recoveryRemarks)
            guard violations.isEmpty else { return false }
            capture.take(message, day)
        }
        return true
    }

    private func receivedDay() -> TradingDay {
        switch random.below(12) {
        case 0: today.advanced(by: -1 - random.below(3))
        case 1: today.advanced(by: 1)
        default: today
        }
    }

    private func received(_ day: TradingDay) -> StoredMessage {
        clock.sleep(nanos: Int64(random.below(2_000_000_000)))
        let payload: [UInt8] =
            switch random.below(8) {
            case 0: feed.noise()
            case 1: Array(feed.envelope(day, nanos: clock.wallNanos()).utf8)
            case 2: Array(feed.sixFields(day).utf8)
            default: Array(feed.twentyFields().utf8)
            }
        return StoredMessage(
            payload, receiveTimeNanos: random.below(9) == 0 ? .min : clock.wallNanos(),
            channel: UInt16(random.below(3)), direction: UInt8(random.below(2)))
    }

    /// A writer whose commit has failed acknowledges nothing more.
    private func refusesMore(_ writer: TapeWriter, _ process: ProcessDisk) {
        let day = today
        let message = StoredMessage([1])
        do throws(TapeError) {
            let number = try message.append(to: writer, day)
            violations += capture.goesOn(day, at: Int(number))
            capture.take(message, day)
            guard let group = writer.takeGroup() else { return }
            try writer.commit(group)
            violations.append("a commit after a failed one was acknowledged")
        } catch {
            return
        }
    }

    /// After an error the capture ends; it may still close, which keeps what it has taken unless a commit failed.
    private func endCapture(_ writer: TapeWriter, _ process: ProcessDisk, isFailed: Bool) {
        guard violations.isEmpty else { return }
        if random.below(2) == 0 {
            closeCapture(isFailed: isFailed)
        } else {
            captureWriter = nil
            writer.abandon()
            if process.isDead, !plan.isMachineDead { counts.kills += 1 }
        }
    }

    /// Remarks that ask the user to do something, which no fault of this disk may lead to.
    func needsHand(_ remarks: [String]) -> [String] { remarks.filter { $0.contains("restore") } }
}
