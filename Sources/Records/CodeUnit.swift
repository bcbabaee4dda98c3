// How an encoding writes the characters of ASCII, so that the ends of lines can be found in text that is not decoded: in code units
// of one, two or four bytes, of which one is the character's own and the others are zero.

package struct CodeUnit: Hashable, Sendable {
    /// Units stand at multiples of it from the beginning of the text.
    package let width: Int
    /// Where in a unit the character's own byte stands.
    fileprivate let place: Int

    /// As in UTF-8 and whatever else has ASCII's bytes.
    package static let byte = CodeUnit(width: 1, isBigEndian: false)

    package init(width: Int, isBigEndian: Bool) {
        precondition(width == 1 || width == 2 || width == 4)
        self.width = width
        place = isBigEndian ? width - 1 : 0
    }
}

/// Indices are those of units' first bytes, and multiples of the width: the span begins with a unit.
extension Span<UInt8> {
    /// The first unit at or after `start` that is this character, or nil.
    @inline(__always)
    package func firstIndex(of character: UInt8, in unit: CodeUnit, from start: Int = 0) -> Int? {
        unit.width == 1 ? firstIndex(of: character, from: start) : firstWideIndex(of: character, in: unit, from: start)
    }

    /// The last unit that is this character and ends at or before `end`, or nil.
    @inline(__always)
    package func lastIndex(of character: UInt8, in unit: CodeUnit, before end: Int) -> Int? {
        unit.width == 1 ? lastIndex(of: character, before: end) : lastWideIndex(of: character, in: unit, before: end)
    }

    /// Whether the unit that ends at `end` is this character.
    @inline(__always)
    package func has(_ character: UInt8, in unit: CodeUnit, before end: Int) -> Bool {
        guard end >= unit.width else { return false }
        return unit.width == 1 ? self[end - 1] == character : hasWide(character, in: unit, at: end - unit.width)
    }

    private func firstWideIndex(of character: UInt8, in unit: CodeUnit, from start: Int) -> Int? {
        var from = start
        while let found = firstIndex(of: character, from: from) {
            let index = found - unit.place
            if index >= start, hasWide(character, in: unit, at: index) { return index }
            from = found + 1
        }
        return nil
    }

    private func lastWideIndex(of character: UInt8, in unit: CodeUnit, before end: Int) -> Int? {
        var until = end
        while let found = lastIndex(of: character, before: until) {
            let index = found - unit.place
            if index + unit.width <= end, hasWide(character, in: unit, at: index) { return index }
            until = found
        }
        return nil
    }

    private func hasWide(_ character: UInt8, in unit: CodeUnit, at index: Int) -> Bool {
        guard index >= 0, index % unit.width == 0, index + unit.width <= count else { return false }
        for place in 0..<unit.width where self[index + place] != (place == unit.place ? character : 0) { return false }
        return true
    }
}
