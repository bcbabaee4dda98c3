// What the property tests share: a random source with a seed that can be given again, and how many rounds to run.
//
// EVENTAIL_PROPERTY_SEED repeats a run; EVENTAIL_PROPERTY_ROUNDS replaces the usual number of rounds.

import Glibc
import Patterns

enum Property {
    static let seed: UInt64 = number("EVENTAIL_PROPERTY_SEED") ?? .random(in: 0...UInt64(Int32.max))

    static func rounds(_ usual: Int) -> Int {
        number("EVENTAIL_PROPERTY_ROUNDS").map(Int.init) ?? usual
    }

    private static func number(_ name: String) -> UInt64? {
        getenv(name).flatMap { UInt64(String(cString: $0)) }
    }
}

extension RequiredLiteral {
    /// The plain meaning of a literal, byte by byte.
    func occurs(in line: [UInt8], at start: Int) -> Bool {
        start + bytes.count <= line.count
            && bytes.indices.allSatisfy { offset in
                let found = line[start + offset]
                let isUpper = found >= UInt8(ascii: "A") && found <= UInt8(ascii: "Z")
                return found == bytes[offset] || (ignoresCase && isUpper && found + 32 == bytes[offset])
            }
    }

    func firstPlace(in line: [UInt8]) -> Int? {
        line.indices.first { occurs(in: line, at: $0) }
    }
}
