// The program at a terminal: a pseudo-terminal whose other end is a test that presses keys and looks at the screen.

import Foundation
import Glibc
import Testing

final class TerminalProgram {
    private let process = Process()
    private let keyboard: Int32
    private let terminal: Int32
    private var bytes: [UInt8] = []
    private let attributesBefore: [UInt8]

    init(_ arguments: [String], width: Int, height: Int) throws {
        var (ours, theirs) = (Int32(), Int32())
        var size = winsize(ws_row: UInt16(height), ws_col: UInt16(width), ws_xpixel: 0, ws_ypixel: 0)
        try #require(openpty(&ours, &theirs, nil, nil, &size) == 0)
        (keyboard, terminal) = (ours, theirs)
        _ = fcntl(keyboard, F_SETFL, O_NONBLOCK)
        _ = fcntl(keyboard, F_SETFD, FD_CLOEXEC)
        attributesBefore = Self.attributes(of: terminal)
        process.executableURL = Program.url
        process.arguments = arguments
        let handle = FileHandle(fileDescriptor: terminal)
        (process.standardInput, process.standardOutput, process.standardError) = (handle, handle, handle)
        try process.run()
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        close(keyboard)
        close(terminal)
    }

    var isRunning: Bool { process.isRunning }
    var status: Int32 { process.terminationStatus }

    func press(_ keys: String) { _ = write(keyboard, keys, keys.utf8.count) }

    func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

    func resize(width: Int, height: Int) {
        var size = winsize(ws_row: UInt16(height), ws_col: UInt16(width), ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(keyboard, UInt(TIOCSWINSZ), &size)
        // The kernel tells the processes whose controlling terminal it is, which this one's is not.
        send(SIGWINCH)
    }

    /// Whether the terminal is as it was before the program, and shows the screen that it showed then.
    var isAsBefore: Bool {
        look()
        let isLeft = bytes.suffix(40).firstRange(of: Array("\u{1B}[?25h\u{1B}[?1049l".utf8)) != nil
        return isLeft && Self.attributes(of: terminal) == attributesBefore
    }

    /// The lines of the latest whole picture, without attributes.
    var screen: [String] {
        look()
        let begin = Array("\u{1B}[H".utf8)
        let end = Array("\u{1B}[J".utf8)
        let text = String(decoding: bytes, as: UTF8.self)
        let pictures = text.components(separatedBy: String(decoding: begin, as: UTF8.self)).filter {
            $0.contains(String(decoding: end, as: UTF8.self))
        }
        guard let picture = pictures.last?.components(separatedBy: String(decoding: end, as: UTF8.self)).first else { return [] }
        return picture.replacing(#/\x1B\[[0-9;]*[mK]/#, with: "").components(separatedBy: "\r\n")
    }

    /// The line that is drawn in reverse.
    var selectedLine: String? {
        look()
        let text = String(decoding: bytes, as: UTF8.self)
        return text.matches(of: #/\x1B\[7m(.*?)\x1B\[0m/#).last.map { String($0.output.1) }
    }

    private func look() {
        var chunk = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            let count = read(keyboard, &chunk, chunk.count)
            guard count > 0 else { return }
            bytes += chunk[..<count]
        }
    }

    private static func attributes(of terminal: Int32) -> [UInt8] {
        var attributes = termios()
        tcgetattr(terminal, &attributes)
        return withUnsafeBytes(of: attributes) { Array($0) }
    }
}
