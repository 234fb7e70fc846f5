extension Exchange {
    /// Draws up the minute's lottery of symbols.
    mutating func redrawPicker() {
        picker.redraw(listings, random: &random)
    }

    /// Gives the trade lines so far to `sink` and forgets them.
    mutating func handOverTrades(to sink: (UnsafeRawBufferPointer) throws -> Void) rethrows {
        guard tape.count > 0 else { return }
        try sink(tape.contents)
        tape.clear()
    }

    /// Gives the book messages so far to `sink` and forgets them.
    mutating func handOverBooks(to sink: (UnsafeRawBufferPointer) throws -> Void) rethrows {
        guard bookLines.count > 0 else { return }
        try sink(bookLines.contents)
        bookLines.clear()
    }
}
