// Says of one line after the other whether it belongs to the record of the line before.

import Formats
import Patterns
import Records

/// One per thread. What it keeps from line to line lets a piece of a cut line go on with the piece before.
final class LineReader {
    /// Matches of the framing's pattern given up at a limit.
    private(set) var limitHits = 0

    private let multiline: Multiline?
    /// Of the runtimes' lines, each as a wrapped text.
    private let layouts: [FieldLayout]
    private let streamSlots: [Int]
    private let matcher = Matcher()
    private var fields = RecordFields()
    private var message: [UInt8] = []
    private var previous = Line()

    private struct Line {
        var isWrapped = false
        var isError = false
        var isPartial = false
    }

    private static let errorStream = [UInt8]("stderr".utf8)

    init(_ framing: Framing) {
        multiline = framing.multiline
        let names = framing.envelopes.map { FieldNames(RecordFormat($0, content: .plain)) }
        streamSlots = names.map { $0.slot(of: "stream")! }
        layouts = names.map(\.layout)
    }

    /// Turns to the next block.
    func begin() {
        previous = Line()
    }

    /// - Parameter text: a line without its ending.
    func belongs(_ text: Span<UInt8>) -> Bool {
        guard !layouts.isEmpty else { return goesOn(text) }
        let before = previous
        if multiline == nil, !before.isPartial, FieldLayout.isSurelyWhole(text) {
            previous = Line()
            return false
        }
        previous = line(text)
        guard previous.isWrapped else { return !before.isWrapped && goesOn(text) }
        guard before.isWrapped, before.isError == previous.isError else { return false }
        return before.isPartial || messageGoesOn(text)
    }

    /// Leaves the fields of a wrapped line in `fields`.
    private func line(_ text: Span<UInt8>) -> Line {
        for (layout, slot) in zip(layouts, streamSlots) where layout.parse(text, into: &fields) {
            let stream = fields.fields[slot].range
            let isError = stream.map { text.extracting($0).hasSameBytes(as: Self.errorStream.span) } ?? false
            return Line(isWrapped: true, isError: isError, isPartial: fields.isPartial)
        }
        return Line()
    }

    private func messageGoesOn(_ text: Span<UInt8>) -> Bool {
        guard multiline != nil, let range = fields.fields[0].range else { return false }
        if fields.fields[0].encoding == .verbatim { return goesOn(text.extracting(range)) }
        message.removeAll(keepingCapacity: true)
        fields.fields[0].decode(text.extracting(range), into: &message)
        // A second name for the bytes while they are matched.
        let message = message
        return goesOn(message.span)
    }

    private func goesOn(_ text: Span<UInt8>) -> Bool {
        guard let multiline else { return false }
        switch matcher.match(multiline.pattern, text) {
        case .matched: return !multiline.beginsRecords
        case .noMatch: return multiline.beginsRecords
        case .limitHit:
            limitHits += 1
            return false
        }
    }
}
