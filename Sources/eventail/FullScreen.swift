// The terminal as a full screen: no echo, keys at once, and a screen of its own, which `leave` exchanges for what was there before.

import Agent
import Glibc

final class FullScreen {
    private var former = termios()
    private var isEntered = false
    private let isColored = StandardStream.output.isColored

    /// Whether there is a terminal to read keys from and to draw on.
    static var isPossible: Bool { isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1 }

    deinit { leave() }

    func enter() {
        guard !isEntered else { return }
        tcgetattr(STDIN_FILENO, &former)
        var raw = former
        raw.c_lflag &= ~tcflag_t(ECHO | ICANON)
        raw.c_oflag &= ~tcflag_t(OPOST)
        withUnsafeMutableBytes(of: &raw.c_cc) { characters in
            characters[Int(VMIN)] = 1
            characters[Int(VTIME)] = 0
            // Ctrl-Z would leave the terminal like this; 0 is no character (_POSIX_VDISABLE of Linux).
            characters[Int(VSUSP)] = 0
        }
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &raw)
        isEntered = true
        // The alternate screen, without a cursor (xterm's control sequences, "Private Mode Set").
        write("\u{1B}[?1049h\u{1B}[?25l\u{1B}[2J")
    }

    func leave() {
        guard isEntered else { return }
        isEntered = false
        write("\u{1B}[?25h\u{1B}[?1049l")
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &former)
    }

    var size: (width: Int, height: Int) {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else { return (80, 24) }
        return (Int(size.ws_col), Int(size.ws_row))
    }

    func draw(_ lines: [TopScreen.Line]) {
        let texts = lines.map { "\(attributes(of: $0.style))\($0.text)\u{1B}[0m\u{1B}[K" }
        write("\u{1B}[H" + texts.joined(separator: "\r\n") + "\u{1B}[J")
    }

    /// Which keys these bytes are; others are none.
    static func keys(_ bytes: [UInt8]) -> [TopScreen.Key] {
        var (keys, rest) = ([TopScreen.Key](), bytes[...])
        while let first = rest.popFirst() {
            switch first {
            case 0x1B:
                guard let next = rest.first, next == UInt8(ascii: "[") || next == UInt8(ascii: "O") else {
                    keys.append(.back)
                    continue
                }
                rest = rest.dropFirst()
                // Parameters, then the letter that ends the sequence (ECMA-48, 5.4).
                let letter = rest.drop { (0x20...0x3F).contains($0) }
                if let key = letter.first.flatMap({ arrows[$0] }) { keys.append(key) }
                rest = letter.dropFirst()
            default: if let key = letters[first] { keys.append(key) }
            }
        }
        return keys
    }

    private static let arrows: [UInt8: TopScreen.Key] = [
        UInt8(ascii: "A"): .up, UInt8(ascii: "B"): .down, UInt8(ascii: "C"): .right, UInt8(ascii: "D"): .left,
    ]
    private static let letters: [UInt8: TopScreen.Key] = [
        UInt8(ascii: "k"): .up, UInt8(ascii: "j"): .down, UInt8(ascii: "l"): .right, UInt8(ascii: "h"): .left, 0x09: .next, 0x0A: .open,
        0x0D: .open, 0x7F: .back, UInt8(ascii: "r"): .reverse, UInt8(ascii: "q"): .quit,
    ]

    private func attributes(of style: TopScreen.Line.Style) -> String {
        switch style {
        case .plain: ""
        case .title: "\u{1B}[1m"
        case .selected: "\u{1B}[7m"
        case .well: isColored ? "\u{1B}[1;32m" : "\u{1B}[1m"
        case .alarm: isColored ? "\u{1B}[1;31m" : "\u{1B}[1m"
        case .faint: "\u{1B}[2m"
        }
    }

    private func write(_ text: String) {
        let output = BufferedOutput(descriptor: STDOUT_FILENO)
        output.append(text.utf8)
        // A terminal that is gone says so to whoever reads keys.
        try? output.flush()
    }
}
