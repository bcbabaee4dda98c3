// Times written as strftime(3) does, for `date`. Names are English.
//
//     %Y %C %y year, %m month, %B %b %h month's name, %d %e day, %j day of the year, %a %A day's name, %u %w day of the week (Monday 1,
//     Sunday 7 or 0), %H %k hour, %I %l hour of twelve, %p %P AM or am, %M minute, %S second, %L milliseconds, %z +0100, %s seconds
//     since 1970, %F = %Y-%m-%d, %T %X = %H:%M:%S, %R = %H:%M, %D %x = %m/%d/%y, %r = %I:%M:%S %p, %c = %a %b %e %T %Y, %n %t %%
//
// Between the percent sign and the letter may stand, as in Ruby: `-` for a number without padding, `_` for one with spaces, `0` with
// zeros, `^` for a name in capitals.

package struct DateFormat: Sendable {
    private struct Item: Sendable {
        /// Of a directive; nil: `literal` stands here.
        var letter: Character?
        var literal: [UInt8] = []
        var flag: Character?
    }

    private let items: [Item]

    /// The longest format, in bytes.
    package static let bytesMax = 256
    private static let letters = "YCymBbhdejaAuwHkIlpPMSLzs"
    private static let flags = "-_0^"
    private static let composed: [Character: String] = [
        "F": "%Y-%m-%d", "T": "%H:%M:%S", "X": "%H:%M:%S", "R": "%H:%M", "D": "%m/%d/%y", "x": "%m/%d/%y", "r": "%I:%M:%S %p",
        "c": "%a %b %e %T %Y", "n": "\n", "t": "\t", "%": "%%",
    ]

    /// - Throws: `FormatsError` for a format that holds an unknown directive.
    package init(_ text: String) throws(FormatsError) {
        guard text.utf8.count <= Self.bytesMax else {
            throw FormatsError(what: "a date format of more than \(Self.bytesMax) bytes", hint: "write the text around it outside of {{ }}")
        }
        items = try Self.items(text)
    }

    private static func items(_ text: String) throws(FormatsError) -> [Item] {
        var items: [Item] = []
        var characters = text[...]
        while let character = characters.popFirst() {
            guard character == "%" else {
                items.append(Item(literal: [UInt8](String(character).utf8)))
                continue
            }
            var flag: Character?
            if let next = characters.first, flags.contains(next) { flag = characters.removeFirst() }
            let letter = characters.popFirst()
            if let letter, letters.contains(letter) {
                items.append(Item(letter: letter, flag: flag))
            } else if letter == "%", flag == nil {
                items.append(Item(literal: [UInt8(ascii: "%")]))
            } else if let letter, flag == nil, let parts = composed[letter] {
                items += try Self.items(parts)
            } else {
                throw FormatsError(
                    what: "date formats have no `%\(flag.map { String($0) } ?? "")\(letter.map { String($0) } ?? "")`",
                    hint: "known: %Y %C %y %m %B %b %d %e %j %a %A %u %w %H %k %I %l %p %P %M %S %L %z %s %F %T %R %D %r %c %n %t %%, "
                        + "with - _ 0 ^ behind the percent sign")
            }
        }
        return items
    }

    /// Appends the time `milliseconds` since 1970 as clocks in `zone` show it; nil: UTC.
    package func write(milliseconds: Int64, zone: Zone?, into output: inout [UInt8]) {
        let seconds = milliseconds.flooredQuotient(by: 1000)
        let offset = zone?.offset(at: seconds) ?? 0
        let clock = Clock(seconds: seconds, offset: offset, millisecond: Int(milliseconds - seconds * 1000))
        for item in items {
            guard let letter = item.letter else {
                output.append(contentsOf: item.literal)
                continue
            }
            Self.write(letter, item.flag, clock, into: &output)
        }
    }

    /// What a clock and a calendar show.
    private struct Clock {
        let epochSeconds: Int64
        let offset: Int
        let year: Int
        let month: Int
        let day: Int
        let dayOfYear: Int
        /// From Sunday, 0.
        let weekday: Int
        let secondOfDay: Int
        let millisecond: Int

        init(seconds: Int64, offset: Int64, millisecond: Int) {
            epochSeconds = seconds
            self.offset = Int(offset)
            self.millisecond = millisecond
            let local = seconds + offset
            let dayNumber = local.flooredQuotient(by: 86_400)
            secondOfDay = Int(local - dayNumber * 86_400)
            let year = Day.year(of: dayNumber)
            self.year = year
            let ofYear = Int(dayNumber - (Day.number(year: year, month: 1, day: 1) ?? dayNumber))
            dayOfYear = ofYear + 1
            let starts = (1...12).map { month in Int((Day.number(year: year, month: month, day: 1) ?? dayNumber) - dayNumber) + ofYear }
            month = (starts.lastIndex { $0 <= ofYear } ?? 0) + 1
            day = ofYear - starts[month - 1] + 1
            // 1970-01-01 was a Thursday.
            weekday = Int((dayNumber + 4) - (dayNumber + 4).flooredQuotient(by: 7) * 7)
        }

        var hour: Int { secondOfDay / 3600 }
        var hourOfTwelve: Int { (hour + 11) % 12 + 1 }
    }

    private static func write(_ letter: Character, _ flag: Character?, _ clock: Clock, into output: inout [UInt8]) {
        func number(_ value: Int, _ width: Int, _ padding: Character = "0") {
            let digits = String(value)
            let used = flag == "-" ? nil : flag == "_" ? " " : flag == "0" ? "0" : padding
            if let used { output.append(contentsOf: String(repeating: used, count: max(0, width - digits.count)).utf8) }
            output.append(contentsOf: digits.utf8)
        }
        func name(_ name: String) {
            output.append(contentsOf: (flag == "^" ? name.uppercased() : name).utf8)
        }
        switch letter {
        case "Y": number(clock.year, 4)
        case "C": number(clock.year / 100, 2)
        case "y": number(clock.year % 100, 2)
        case "m": number(clock.month, 2)
        case "B": name(monthNames[clock.month - 1])
        case "b", "h": name(String(monthNames[clock.month - 1].prefix(3)))
        case "d": number(clock.day, 2)
        case "e": number(clock.day, 2, " ")
        case "j": number(clock.dayOfYear, 3)
        case "A": name(dayNames[clock.weekday])
        case "a": name(String(dayNames[clock.weekday].prefix(3)))
        case "u": number(clock.weekday == 0 ? 7 : clock.weekday, 1)
        case "w": number(clock.weekday, 1)
        case "H": number(clock.hour, 2)
        case "k": number(clock.hour, 2, " ")
        case "I": number(clock.hourOfTwelve, 2)
        case "l": number(clock.hourOfTwelve, 2, " ")
        case "p": name(clock.hour < 12 ? "AM" : "PM")
        case "P": name(clock.hour < 12 ? "am" : "pm")
        case "M": number(clock.secondOfDay / 60 % 60, 2)
        case "S": number(clock.secondOfDay % 60, 2)
        case "L": number(clock.millisecond, 3)
        case "s": number(Int(clock.epochSeconds), 1)
        default:
            output.append(UInt8(ascii: clock.offset < 0 ? "-" : "+"))
            number(abs(clock.offset) / 3600 * 100 + abs(clock.offset) / 60 % 60, 4)
        }
    }

    private static let monthNames = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
    ]
    private static let dayNames = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
}
