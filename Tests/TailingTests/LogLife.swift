// One log's life: what a program, its log rotation and a reader do to it, one action after the other, and what became of each line.

import Glibc
import RandomSupport
import Records
import Tailing
import Testing

/// One log's life.
final class LogLife {
    /// What happens, and what it is that chance decides about it, so that each action stays the same when others are dropped.
    struct Action {
        var kind: Int
        var seed: UInt64
    }

    static let kindMax = 25

    /// Which of them happen.
    enum Ways {
        case all
        /// Those that leave no doubt which line is older: files are renamed, compressed and deleted when they are the oldest, and nobody
        /// writes to a rotated one.
        case ordered
    }

    let folder = Folder()
    private let reader: Reader
    private let hasHeader: Bool
    private let ways: Ways
    /// A name that only rotation gives tells nothing where no log is or was beside it, so there is one where that matters.
    private let keepsALog: Bool
    private var random: SeededRandom
    private(set) var story = ""

    private var written: [String] = []
    /// Lines that no reader could be sure to get.
    private var excused: Set<String> = []
    private var places: [String: Reader.Record] = [:]
    private var notedRecords = 0
    private var toldNotices = 0
    private var movedRecords: [String] = []
    private var writer: Writer?
    private var unfinished = ""
    /// The file that was rotated away while a program still writes to it, and its unfinished line.
    private var former: (writer: Writer, unfinished: String, polls: Int)?
    private var lineNumber = 0

    init(seed: UInt64, glob: String, hasHeader: Bool, ways: Ways) throws {
        self.ways = ways
        random = SeededRandom(seed: seed)
        self.hasHeader = hasHeader
        keepsALog = glob != "app.log"
        reader = try Reader(folder, glob, recordBytesMax: 300, blockBytes: 512)
        // A file that was rotated away before a commit knew its name is beyond any reader.
        folder.append("0 the first line\n", to: "app.log")
        written.append("0 the first line")
        reader.poll()
        reader.readAll()
        reader.commit()
    }

    func carryOut(_ action: Action) throws {
        random = SeededRandom(seed: action.seed)
        switch action.kind {
        case 0..<7: writeLines()
        case 7..<9: writePart()
        case 9..<11: if ways == .all { writeToFormer() } else { rename() }
        case 11..<14: read()
        case 14: readSome()
        case 15: tell("poll"); poll(); notePlaces()
        case 16: commit()
        case 17: try stop()
        case 18: try kill()
        case 19..<21: rename()
        case 21: Bool.random(using: &random) && ways == .all ? copyAndTruncate() : try compressRotated()
        case 22 where ways == .all: Bool.random(using: &random) ? truncate() : deleteLive()
        case 23: deleteOldest()
        case 24 where ways == .all: link()
        case 25 where ways == .all: setClock()
        default: break
        }
    }

    func end() throws {
        finishLine()
        for _ in 0..<12 { read() }
        commit()
    }

    func faults() -> [String] {
        var counts: [String: Int] = [:]
        for record in reader.committed where !record.text.hasPrefix("#") { counts[record.text, default: 0] += 1 }
        var faults = movedRecords
        if ways == .ordered {
            let numbers = reader.committed.filter { !$0.text.hasPrefix("#") }.compactMap { Int($0.text.prefix { $0.isNumber }) }
            for (first, next) in zip(numbers, numbers.dropFirst()) where next < first { faults.append("\(next) after \(first)") }
        }
        for line in written {
            let count = counts.removeValue(forKey: line) ?? 0
            if count > 1 { faults.append("\(count) times: \(line)") }
            if count == 0, !excused.contains(line) { faults.append("lost: \(line)") }
        }
        return faults + counts.keys.map { "never written: \($0)" }
    }

    // MARK: The program

    private func nextLine() -> String {
        lineNumber += 1
        // Unlike the filling of any other line, as times and ids make lines of real logs.
        let filling = String(
            repeating: "\(lineNumber)x", count: Int.random(in: 0..<3, using: &random) * Int.random(in: 0..<15, using: &random))
        return "\(lineNumber) \(filling)"
    }

    private func openLive() -> Writer {
        if let writer { return writer }
        let isNew = !folder.exists("app.log")
        let opened = Writer(folder("app.log"))
        writer = opened
        if isNew { writeHeader() }
        return opened
    }

    /// A header comes with a line, for by itself it does not tell which file it is in.
    private func writeHeader() {
        guard hasHeader, let writer else { return }
        let line = nextLine()
        tell("write a header and \(line)")
        writer.write("#header of this log\n\(line)\n")
        written.append(line)
    }

    private func writeLines() {
        let writer = openLive()
        for _ in 0..<Int.random(in: 1..<6, using: &random) {
            let line = unfinished.isEmpty ? nextLine() : unfinished
            let rest = unfinished.isEmpty ? line : line.hasSuffix("|") ? "end" : ""
            tell("write \(line)\(line == rest ? "" : rest)")
            writer.write(rest + "\n")
            written.append(unfinished.isEmpty ? line : line + rest)
            unfinished = ""
        }
    }

    private func writePart() {
        guard unfinished.isEmpty else { return }
        let writer = openLive()
        unfinished = nextLine() + "|"
        tell("write the part \(unfinished)")
        writer.write(unfinished)
    }

    private func finishLine() {
        if !unfinished.isEmpty { writeLines() }
        if let former, !former.unfinished.isEmpty { finishFormer() }
    }

    private func writeToFormer() {
        guard let former, former.polls < 3 else { return }
        finishFormer()
        let line = nextLine()
        tell("write to the rotated file \(line)")
        former.writer.write(line + "\n")
        written.append(line)
        noteLosses()
    }

    private func finishFormer() {
        guard let former, !former.unfinished.isEmpty else { return }
        if former.polls < 3 {
            tell("write to the rotated file the end of \(former.unfinished)")
            former.writer.write("end\n")
            written.append(former.unfinished + "end")
        }
        self.former?.unfinished = ""
        noteLosses()
    }

    // MARK: The rotation

    private func shiftRotated() {
        for (name, age) in rotated.reversed() {
            folder.rename(name, to: "app.log.\(age + 1)\(name.hasSuffix(".gz") ? ".gz" : "")")
        }
    }

    /// The rotated files with their numbers, the youngest first.
    private var rotated: [(name: String, age: Int)] {
        folder.names.filter { $0.hasPrefix("app.log.") }
            .map { ($0, Int($0.dropFirst(8).prefix { $0.isNumber })!) }
            .sorted { $0.1 < $1.1 }
    }

    /// Not the file to which a program may still write, which rotation leaves alone for that reason.
    private func compressRotated() throws {
        let candidates = rotated.filter { !$0.name.hasSuffix(".gz") }
        guard former == nil, let name = candidates.randomElement(using: &random)?.name else { return }
        try folder.compress(name)
        tell("compress \(name)")
    }

    private func rename() {
        guard folder.exists("app.log") else { return }
        leaveFormer()
        shiftRotated()
        folder.rename("app.log", to: "app.log.1")
        tell("rename")
        former = writer.map { ($0, unfinished, 0) }
        if ways == .ordered {
            finishFormer()
            former = nil
        }
        if writer == nil, !unfinished.isEmpty { written.append(unfinished) }
        writer = nil
        unfinished = ""
        if keepsALog || Bool.random(using: &random) { _ = openLive() }
    }

    /// What the program left unfinished in a file that it no longer writes to is a record, once that file is quiet.
    private func leaveFormer() {
        if let former, !former.unfinished.isEmpty {
            written.append(former.unfinished)
            noteLosses()
        }
        former = nil
    }

    private func copyAndTruncate() {
        guard folder.exists("app.log") else { return }
        // A copy and its original, both seen for the first time at once, cannot be told from two rotations; nor can an
        // unfinished copy of a file of which only the first line was read be told from another file with that first line.
        let takesLong = Bool.random(using: &random) && folder.content(of: "app.log").count { $0 == "\n" } > 2
        if takesLong { read() }
        // What is unfinished ends the copy, and so is a record there.
        if !unfinished.isEmpty {
            written.append(unfinished)
            excused.insert(unfinished)
        }
        shiftRotated()
        folder.copy("app.log", to: "app.log.1")
        tell("copy")
        if takesLong {
            if Bool.random(using: &random) { writeLines() }
            read()
        }
        folder.truncate("app.log")
        tell("truncate")
        forgetUnfinished()
        noteLosses()
        _ = openLive()
        writeHeader()
    }

    private func truncate() {
        guard folder.exists("app.log") else { return }
        folder.truncate("app.log")
        tell("truncate")
        forgetUnfinished()
        noteLosses()
        _ = openLive()
        writeHeader()
    }

    /// A line whose first part was truncated away is another line, and its beginning in a copy may count as one, too.
    private func forgetUnfinished() {
        guard !unfinished.isEmpty else { return }
        written.append(unfinished)
        excused.insert(unfinished)
        unfinished = ""
    }

    private func deleteLive() {
        guard folder.exists("app.log") else { return }
        folder.remove("app.log")
        tell("delete app.log")
        leaveFormer()
        forgetUnfinished()
        writer = nil
        if keepsALog { _ = openLive() }
        noteLosses()
    }

    private func deleteOldest() {
        guard let name = rotated.last?.name else { return }
        folder.remove(name)
        tell("delete \(name)")
        noteLosses()
    }

    /// Excuses what is neither committed nor on disk.
    private func noteLosses() {
        var safe = Set(reader.committed.map(\.text))
        for name in folder.names { safe.formUnion(folder.content(of: name).split(separator: "\n").map(String.init)) }
        for line in written where !safe.contains(line) { excused.insert(line) }
    }

    /// Points a symbolic link, to which one of the globs leads, to the live file or to a rotated one.
    private func link() {
        let target = Bool.random(using: &random) ? "app.log" : rotated.first { !$0.name.hasSuffix(".gz") }?.name ?? "app.log"
        folder.remove("app.log~link")
        folder.link("app.log~link", to: target)
        tell("link to \(target)")
    }

    // MARK: The reader

    /// Whether files seem to be of the past or of the future, for a clock may be set between a look and the next.
    private func setClock() {
        reader.clockBehindSeconds = Int64(random.number(in: 0...7200))
        tell("set the clock back by \(reader.clockBehindSeconds) s")
    }

    private func poll() {
        reader.poll()
        if former != nil { former!.polls += 1 }
        if let polls = former?.polls, polls >= 3 { leaveFormer() }
    }

    private func read() {
        tell("read")
        poll()
        reader.readAll()
        notePlaces()
    }

    private func readSome() {
        tell("read some")
        poll()
        reader.turn(bytesMax: 600)
        notePlaces()
    }

    private func commit() {
        tell("commit")
        reader.commit()
    }

    private func stop() throws {
        tell("stop")
        try reader.stop()
    }

    private func kill() throws {
        tell("kill")
        try reader.kill()
        notedRecords = reader.records.count
        noteLosses()
    }

    /// A record that is read again after a kill must be the same record. (Not its generation, where all files begin with the
    /// same line: what was not committed has none yet.)
    private func notePlaces() {
        for notice in reader.notices[toldNotices...] {
            tell("    \(notice.message) \(notice.details.map(\.value).joined(separator: " "))")
        }
        toldNotices = reader.notices.count
        tell("    " + folder.names.map { "\($0)=\(folder.inode(of: $0))" }.joined(separator: " "))
        for record in reader.records[notedRecords...] where !record.text.hasPrefix("#") {
            var known = places[record.text] ?? record
            known.path = record.path
            if hasHeader { known.generation = record.generation }
            if known != record {
                movedRecords.append(
                    "other origin: \(record.text) \(record.generation) \(record.offset), was \(known.generation) \(known.offset)")
            }
            places[record.text] = record
        }
        notedRecords = reader.records.count
    }

    private func tell(_ what: String) {
        story += what.replacing(/([0-9]+x)+/) { "x\($0.output.0.count)" } + "\n"
    }
}
