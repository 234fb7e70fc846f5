internal import Market

/// A decimal as it is written: its figures as one integer, and how many stand behind the point.
struct DecimalFigures {
    let value: Int64
    let figures: UInt8

    /// Reads a field of up to 18 figures; nil where it is none.
    @inline(__always)
    init?(_ field: FieldScanner.Field) {
        if field.size >= 1, field.size <= 8, let whole = Digits.value(field.word, count: field.size) {
            value = Int64(bitPattern: whole)
            figures = 0
            return
        }
        guard field.size >= 1, field.size <= 19 else { return nil }
        var value: Int64 = 0
        var point = -1
        for index in 0..<field.size {
            let byte = (field.start + index).load(as: UInt8.self)
            if byte == 0x2E {
                guard point < 0, index > 0 else { return nil }
                point = index
                continue
            }
            guard byte >= 0x30, byte <= 0x39 else { return nil }
            let (times, isTooLarge) = value.multipliedReportingOverflow(by: 10)
            if isTooLarge || times > Int64.max &- 9 { return nil }
            value = times &+ Int64(byte &- 0x30)
        }
        let behind = point < 0 ? 0 : field.size &- 1 &- point
        guard behind <= Int(DecimalForm.digitsMax) else { return nil }
        self.value = value
        figures = UInt8(behind)
    }

    static let powers: [Int64] = (0...18).map { (0..<$0).reduce(1) { power, _ in power * 10 } }

    /// Brings each symbol's numbers to one scale, and finds the form that most of them have; what cannot be
    /// brought there is left to the verbatim lines.
    static func settle(
        _ records: UnsafeMutableBufferPointer<TradeRecord>, _ entries: borrowing TradeEntryTable,
        value: WritableKeyPath<TradeRecord, Int64>, figures: KeyPath<TradeRecord, UInt8>,
        form: WritableKeyPath<TradeEntry, DecimalForm>
    ) {
        var hasFigures = false
        for record in records where record.entry != TradeRecord.none && record[keyPath: figures] > 0 {
            hasFigures = true
            let entry = entries.base + Int(record.entry)
            entry.pointee[keyPath: form].digits =
                max(entry.pointee[keyPath: form].digits, record[keyPath: figures])
        }
        // Whole numbers have one form only.
        guard hasFigures else { return }
        var balance = [Int](repeating: 0, count: entries.count)
        for record in records where record.entry != TradeRecord.none {
            let digits = entries.base[Int(record.entry)][keyPath: form].digits
            let written = record[keyPath: figures]
            if written == digits { balance[Int(record.entry)] += 1 }
            if written == 0 || record[keyPath: value] % 10 != 0 { balance[Int(record.entry)] -= 1 }
        }
        for index in 0..<entries.count where balance[index] > 0 {
            entries.base[index][keyPath: form].isFixed = true
        }
        for index in records.indices where records[index].entry != TradeRecord.none {
            let digits = entries.base[Int(records[index].entry)][keyPath: form].digits
            let factor = powers[Int(digits &- records[index][keyPath: figures])]
            let (scaled, isTooLarge) = records[index][keyPath: value].multipliedReportingOverflow(by: factor)
            if isTooLarge {
                records[index].entry = TradeRecord.none
            } else {
                records[index][keyPath: value] = scaled
            }
        }
    }
}

extension DecimalForm {
    /// Writes a number of this form that is not negative; uses up to 48 bytes.
    @inline(__always)
    func write(_ value: Int64, to place: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
        digits == 0 ? DigitWriter.write(value, to: place) : writeDecimal(value, to: place)
    }

    private func writeDecimal(_ value: Int64, to place: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
        let scale = UInt64(DecimalFigures.powers[Int(digits)])
        let place = DigitWriter.write(value.magnitude / scale, to: place)
        var fraction = value.magnitude % scale
        var width = Int(digits)
        if !isFixed {
            guard fraction > 0 else { return place }
            while fraction % 10 == 0 {
                fraction /= 10
                width &-= 1
            }
        }
        place.storeBytes(of: 0x2E, as: UInt8.self)
        return DigitWriter.write(fraction, width: width, to: place + 1)
    }
}
