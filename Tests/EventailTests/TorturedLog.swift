// One log of the torture run: a program that writes to it, and a rotation that renames, copies, truncates, compresses and deletes.
// It keeps a copy of every content as one file, whatever becomes of the files, so that `derive` can say what each line is to become.

import Foundation
import RandomSupport
import TestSupport
import Testing

final class TorturedLog {
    /// Each log has one, as real ones do.
    enum Rotation {
        /// To `.1`, `.2` and so on.
        case numbered
        /// To names that stay.
        case dated
        case copyAndTruncate
    }

    /// Each number that was written, and the content that holds it.
    private(set) var written: [Int: Int] = [:]
    /// Numbers that no reader can be sure to get: not accepted by the receiver when their last copy on disk went.
    private(set) var excused: Set<Int> = []

    private let name: String
    private let folder: TemporaryFolder
    private let rotation: Rotation
    /// The rotated files, oldest first.
    private var rotated: [(name: String, content: Int)] = []
    private var content: Content
    private var dateStamp = 1_790_000_000
    private var unfinished: Int?

    private struct Content {
        var id: Int
        var numbers: [Int] = []
    }

    /// How many rotated files are left, whatever else happens.
    private static let rotatedMax = 7

    init(_ name: String, in folder: TemporaryFolder, rotation: Rotation) throws {
        self.name = name
        self.folder = folder
        self.rotation = rotation
        content = Content(id: 0)
        try folder.write("", to: live)
        try folder.write("", to: kept(0))
    }

    /// Files that hold every content whole.
    var keptFiles: [String] { (0...content.id).map { kept($0) } }
    func keptFile(of number: Int) -> String? { written[number].map { kept($0) } }
    /// How much of the present content makes it known: a copy of less is not told from another log that begins alike.
    var knownBy: Int? { content.numbers.count > 2 ? content.numbers[2] : nil }

    /// Of the file that is written to.
    var size: Int { (try? FileManager.default.attributesOfItem(atPath: folder.url(live).path)[.size] as? Int) ?? 0 }

    private var live: String { "log/\(name).log" }
    private func kept(_ content: Int) -> String { "kept/\(name).\(content)" }

    // MARK: The program

    func write(_ numbers: some Sequence<Int>) throws {
        try finish(in: live)
        try append(numbers.map(line).joined(), numbers)
    }

    /// Half a line; the rest follows with the next line, or in the rotated file.
    func writePart(_ number: Int) throws {
        try finish(in: live)
        let text = line(number)
        try append(String(text.prefix(text.count / 2)), [number])
        unfinished = number
    }

    private func finish(in file: String) throws {
        guard let number = unfinished else { return }
        unfinished = nil
        let text = line(number)
        let rest = String(text.dropFirst(text.count / 2))
        try folder.append(rest, to: file)
        try folder.append(rest, to: kept(written[number]!))
    }

    private func append(_ text: String, _ numbers: some Sequence<Int>) throws {
        try folder.append(text, to: live)
        try folder.append(text, to: kept(content.id))
        for number in numbers {
            content.numbers.append(number)
            written[number] = content.id
        }
    }

    private func line(_ number: Int) -> String {
        "user=\(name)-\(number % 3) did \(String(repeating: "it", count: 1 + number % 40)) n=\(number)\n"
    }

    // MARK: The rotation

    /// - Parameter late: a number that the program still writes to the file that it has open, for a person of its own; or that it
    ///   writes after the copy was made, which is the loss that copytruncate has.
    func rotate(late: Int?, accepted: Set<Int>) throws {
        guard !content.numbers.isEmpty else { return }
        if rotation == .copyAndTruncate {
            try copyAndTruncate(lost: late, accepted: accepted)
            return
        }
        let name = try makeRoom(accepted)
        try folder.rename(live, to: name)
        try finish(in: name)
        if let late {
            let text = "user=late\(late) did it n=\(late)\n"
            try folder.append(text, to: name)
            try folder.append(text, to: kept(content.id))
            written[late] = content.id
            content.numbers.append(late)
        }
        try begin(at: name, recreate: late == nil)
    }

    private func copyAndTruncate(lost: Int?, accepted: Set<Int>) throws {
        guard let knownBy, accepted.contains(knownBy) else { return }
        try finish(in: live)
        let name = try makeRoom(accepted)
        try FileManager.default.copyItem(at: folder.url(live), to: folder.url(name))
        if let lost { try append(line(lost), [lost]) }
        try truncateLive()
        if let lost { excuse([lost], accepted) }
        try begin(at: name, recreate: false)
    }

    func truncate(accepted: Set<Int>) throws {
        guard rotation == .copyAndTruncate, !content.numbers.isEmpty else { return }
        try finish(in: live)
        try truncateLive()
        excuse(content.numbers, accepted)
        try begin(at: nil, recreate: false)
    }

    func deleteLive(accepted: Set<Int>) throws {
        guard !content.numbers.isEmpty else { return }
        try finish(in: live)
        try FileManager.default.removeItem(at: folder.url(live))
        excuse(content.numbers, accepted)
        try begin(at: nil, recreate: true)
    }

    func compress(_ program: String, _ random: inout SeededRandom) throws {
        let candidates = rotated.indices.filter { ending(rotated[$0].name) == "" }
        guard let index = candidates.randomElement(using: &random) else { return }
        let (options, suffix) = program == "zstd" ? (["-q", "--rm"], "zst") : ([], program == "xz" ? "xz" : "gz")
        try Command.check([program] + options + [folder.url(rotated[index].name).path])
        rotated[index].name += ".\(suffix)"
    }

    /// Deletes the oldest rotated file.
    func expire(accepted: Set<Int>) throws {
        guard !rotated.isEmpty else { return }
        let (name, content) = rotated.removeFirst()
        try FileManager.default.removeItem(at: folder.url(name))
        excuse(written.filter { $0.value == content }.map(\.key), accepted)
    }

    private func begin(at rotatedName: String?, recreate: Bool) throws {
        if let rotatedName { rotated.append((rotatedName, content.id)) }
        content = Content(id: content.id + 1)
        try folder.write("", to: kept(content.id))
        if recreate { try folder.write("", to: live) }
    }

    /// What a shell's `>` does.
    private func truncateLive() throws {
        try #require(Glibc.truncate(folder.url(live).path, 0) == 0)
    }

    /// Gives the rotated files the names that they get when there is one more, and returns the newest one's.
    private func makeRoom(_ accepted: Set<Int>) throws -> String {
        while rotated.count >= Self.rotatedMax { try expire(accepted: accepted) }
        dateStamp += 1
        guard rotation != .dated else { return "\(live)-\(dateStamp)" }
        for index in rotated.indices {
            let age = rotated.count - index + 1
            let name = "\(live).\(age)\(ending(rotated[index].name))"
            try folder.rename(rotated[index].name, to: name)
            rotated[index].name = name
        }
        return "\(live).1"
    }

    private func ending(_ name: String) -> String {
        ["gz", "zst", "xz"].first { name.hasSuffix(".\($0)") }.map { ".\($0)" } ?? ""
    }

    private func excuse(_ numbers: [Int], _ accepted: Set<Int>) {
        excused.formUnion(numbers.filter { !accepted.contains($0) })
    }
}
