// iconv(3): the one file of this module that uses pointers, which the C interface wants; each lives only as long as its call.

import Glibc
import Records

/// Confined to one thread.
final class Converter {
    private let handle: iconv_t
    private var room = [UInt8](repeating: 0, count: 4096)

    /// Nil when the system does not know one of the encodings.
    init?(from source: String, to target: String) {
        guard let handle = iconv_open(target, source), handle != iconv_t(bitPattern: -1) else { return nil }
        self.handle = handle
    }

    deinit { iconv_close(handle) }

    /// Appends to `text` what `bytes` are, which begin and end in the initial state.
    /// - Parameter skip: called for bytes that are no character, or the beginning of one at the end, with whether it is the end: how
    ///   many of them to leave out.
    func convert(_ bytes: Span<UInt8>, into text: inout [UInt8], skip: (_ isEnd: Bool) -> Int) {
        bytes.withUnsafeBufferPointer { bytes in
            guard let base = bytes.baseAddress else { return }
            iconv(handle, nil, nil, nil, nil)
            // The interface lacks a `const`: the input is not written to.
            var next: UnsafeMutablePointer<CChar>? = UnsafeMutableRawPointer(mutating: base).assumingMemoryBound(to: CChar.self)
            var left = bytes.count
            while left > 0 {
                switch step({ iconv(handle, &next, &left, &$0, &$1) }, &text) {
                case 0, E2BIG: continue
                case let error:
                    let count = min(left, max(1, skip(error == EINVAL)))
                    next = next.map { $0 + count }
                    left -= count
                    text.append(contentsOf: Self.replacement)
                    // What was begun before is not gone on with.
                    iconv(handle, nil, nil, nil, nil)
                }
            }
            _ = step({ iconv(handle, nil, nil, &$0, &$1) }, &text)
        }
    }

    /// U+FFFD.
    private static let replacement: [UInt8] = [0xEF, 0xBF, 0xBD]

    /// - Returns: 0, or the error's number.
    private func step(_ call: (inout UnsafeMutablePointer<CChar>?, inout Int) -> Int, _ text: inout [UInt8]) -> Int32 {
        let (error, count) = room.withUnsafeMutableBytes { room in
            var next: UnsafeMutablePointer<CChar>? = room.baseAddress!.assumingMemoryBound(to: CChar.self)
            var left = room.count
            let result = call(&next, &left)
            return (result == -1 ? errno : 0, room.count - left)
        }
        text.append(contentsOf: room[..<count])
        return error
    }
}
