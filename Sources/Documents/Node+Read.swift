// Reads a YAML file from disk, bounded.

extension Node {
    /// Files larger than this are refused.
    package static let fileBytesMax = 8 << 20

    /// Reads one YAML file; see `parse`.
    ///
    /// - Throws: also when the file cannot be read, is larger than `fileBytesMax`, or is not UTF-8.
    package static func read(file: String) throws(Problems) -> Node {
        let bytes: [UInt8]
        do throws(Problem) {
            bytes = try ReadOnlyFile(path: file, waitsForWriter: true).contents(bytesMax: fileBytesMax)
        } catch {
            throw Problems([error])
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw Problems([encodingProblem(bytes, file: file)]) }
        return try parse(text, file: file)
    }

    private static func encodingProblem(_ bytes: [UInt8], file: String) -> Problem {
        var offset = 0
        do throws(UTF8.ValidationError) {
            _ = try UTF8Span(validating: bytes.span)
        } catch {
            offset = error.byteOffsets.lowerBound
        }
        let source = SourceText(file: file, text: String(decoding: bytes, as: UTF8.self))
        let before = SourceText(file: file, text: String(decoding: bytes[..<offset], as: UTF8.self))
        let column = before.line(before.lineCount)?.unicodeScalars.count ?? 0
        return Problem(
            "this is not UTF-8", at: source.place(line: before.lineCount, scalarColumn: column + 1), hint: "save the file as UTF-8")
    }
}
