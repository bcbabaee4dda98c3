// Times described as strptime(3) does: `%d/%b/%Y:%H:%M:%S %z`. Read without locale; what strptime leaves open is decided here.
//
//     %Y year, %y year of two digits (69–99: 1969–1999, else 2000–2068), %m month, %b %B %h month's name, %d %e day,
//     %j day of the year, %a %A day's name (read, not checked), %H %k hour, %I %l hour of twelve, %p AM or PM, %M minute,
//     %S second, %f %L fraction of a second (1 to 9 digits or more), %z +0100, +01:00, +01 or Z, %Z a zone's name,
//     %s seconds since 1970, with a fraction if there is one, %F = %Y-%m-%d, %T = %H:%M:%S, %R = %H:%M, %D = %m/%d/%y,
//     %n %t and white space: any white space or none, %% a percent sign.
//
// Numbers may have fewer digits than their longest and spaces before them. Everything else must stand in the text as it is; nothing
// may follow. `%Z` knows UTC and GMT and the American names of RFC 822 (EST, EDT, …); other names do not say which zone they mean:
// they are passed over where `timezone` is configured, and without it the time is unreadable.

package struct TimePattern: Sendable {
    private enum Item: Sendable {
        case literal(UInt8)
        case space
        case year, shortYear, month, monthName, day, dayName, dayOfYear
        case hour, hourOfTwelve, meridiem, minute, second, fraction
        case offset, zoneName, epoch
    }

    private let items: [Item]

    /// The longest pattern, in bytes.
    package static let bytesMax = 256

    package init(_ text: String) throws(FormatsError) {
        guard text.utf8.count <= Self.bytesMax else {
            throw FormatsError(what: "a time format of more than \(Self.bytesMax) bytes", hint: "capture the time alone, and describe that")
        }
        var items: [Item] = []
        var isDirective = false
        for byte in text.utf8 {
            if isDirective {
                items += try Self.directive(byte)
                isDirective = false
            } else if byte == UInt8(ascii: "%") {
                isDirective = true
            } else {
                items.append(byte.isWhitespace ? .space : .literal(byte))
            }
        }
        if isDirective { throw FormatsError(what: "the time format ends in a lone %", hint: "write %% for a percent sign") }
        self.items = items
        guard statesTime else {
            throw FormatsError(what: "the time format `\(text)` states no time", hint: "for example '%Y-%m-%d %H:%M:%S', or %s")
        }
    }

    /// Whether its times say which zone they are in.
    package var statesZone: Bool {
        items.contains { item in
            switch item {
            case .offset, .zoneName, .epoch: true
            default: false
            }
        }
    }

    private static func directive(_ letter: UInt8) throws(FormatsError) -> [Item] {
        let date: [Item] = [.year, .literal(UInt8(ascii: "-")), .month, .literal(UInt8(ascii: "-")), .day]
        let slashes: [Item] = [.month, .literal(UInt8(ascii: "/")), .day, .literal(UInt8(ascii: "/")), .shortYear]
        let minutes: [Item] = [.hour, .literal(UInt8(ascii: ":")), .minute]
        switch Character(Unicode.Scalar(letter)) {
        case "Y": return [.year]
        case "y": return [.shortYear]
        case "m": return [.month]
        case "b", "B", "h": return [.monthName]
        case "d", "e": return [.day]
        case "j": return [.dayOfYear]
        case "a", "A": return [.dayName]
        case "H", "k": return [.hour]
        case "I", "l": return [.hourOfTwelve]
        case "p": return [.meridiem]
        case "M": return [.minute]
        case "S": return [.second]
        case "f", "L": return [.fraction]
        case "z": return [.offset]
        case "Z": return [.zoneName]
        case "s": return [.epoch]
        case "F": return date
        case "T": return minutes + [.literal(UInt8(ascii: ":")), .second]
        case "R": return minutes
        case "D": return slashes
        case "n", "t": return [.space]
        case "%": return [.literal(UInt8(ascii: "%"))]
        default:
            throw FormatsError(
                what: "time formats have no `%\(Character(Unicode.Scalar(letter)))`",
                hint: "known: %Y %y %m %b %d %e %j %a %H %I %p %M %S %f %z %Z %s %F %T %R %D %%")
        }
    }

    /// A count since 1970, a day of a month or of a year, or a clock.
    private var statesTime: Bool {
        var (hasDay, hasMonth, hasHour, isWhole) = (false, false, false, false)
        for item in items {
            switch item {
            case .epoch, .dayOfYear: isWhole = true
            case .day: hasDay = true
            case .month, .monthName: hasMonth = true
            case .hour, .hourOfTwelve: hasHour = true
            default: break
            }
        }
        return isWhole || (hasDay ? hasMonth : hasHour && !hasMonth)
    }

    /// See `TimestampFormat.milliseconds`.
    func milliseconds(of text: Span<UInt8>, _ context: TimestampContext) -> Int64? {
        var reader = TimeReader()
        var parts = TimeParts()
        for item in items where !read(item, text, &reader, &parts, context) { return nil }
        return reader.index == text.count ? parts.milliseconds(context) : nil
    }

    private func read(
        _ item: Item, _ text: Span<UInt8>, _ reader: inout TimeReader, _ parts: inout TimeParts, _ context: TimestampContext
    ) -> Bool {
        switch item {
        case .literal(let byte):
            guard reader.index < text.count, text[reader.index] == byte else { return false }
            reader.index += 1
            return true
        case .space:
            skipSpace(text, &reader)
            return true
        case .year: return number(text, &reader, digitsMax: 4, 1...9999, &parts.year)
        case .shortYear:
            guard number(text, &reader, digitsMax: 2, 0...99, &parts.year) else { return false }
            parts.year! += parts.year! < 69 ? 2000 : 1900
            return true
        case .month: return number(text, &reader, digitsMax: 2, 1...12, &parts.month)
        case .monthName:
            guard let month = reader.name(text, TimeReader.monthNames) else { return false }
            _ = reader.skip(text, Self.monthEndings[month])
            parts.month = month + 1
            return true
        case .day: return number(text, &reader, digitsMax: 2, 1...31, &parts.day)
        case .dayName:
            guard let day = reader.name(text, Self.dayNames) else { return false }
            _ = reader.skip(text, Self.dayEndings[day])
            return true
        case .dayOfYear: return number(text, &reader, digitsMax: 3, 1...366, &parts.dayOfYear)
        case .hour: return number(text, &reader, digitsMax: 2, 0...23, &parts.hour)
        case .hourOfTwelve: return number(text, &reader, digitsMax: 2, 1...12, &parts.hour)
        case .meridiem:
            parts.isAfternoon = reader.name(text, Self.meridiems).map { $0 % 2 == 1 }
            return parts.isAfternoon != nil
        case .minute: return number(text, &reader, digitsMax: 2, 0...59, &parts.minute)
        case .second: return number(text, &reader, digitsMax: 2, 0...60, &parts.second)
        case .fraction:
            guard let fraction = reader.fractionMilliseconds(text) else { return false }
            parts.fraction = fraction
            return true
        case .offset:
            parts.offsetSeconds = reader.zone(text)
            return parts.offsetSeconds != nil
        case .zoneName: return zoneName(text, &reader, &parts, context)
        case .epoch:
            parts.epochMilliseconds = reader.epochPrefix(text, .seconds)
            return parts.epochMilliseconds != nil
        }
    }

    private func number(
        _ text: Span<UInt8>, _ reader: inout TimeReader, digitsMax: Int, _ range: ClosedRange<Int>, _ part: inout Int?
    ) -> Bool {
        skipSpace(text, &reader)
        guard let value = reader.number(text, digitsMax: digitsMax), range.contains(value) else { return false }
        part = value
        return true
    }

    private func skipSpace(_ text: Span<UInt8>, _ reader: inout TimeReader) {
        while reader.index < text.count, text[reader.index].isWhitespace { reader.index += 1 }
    }

    private func zoneName(_ text: Span<UInt8>, _ reader: inout TimeReader, _ parts: inout TimeParts, _ context: TimestampContext) -> Bool {
        let start = reader.index
        while reader.index < text.count, text[reader.index].isUppercaseLetter || text[reader.index].isLowercaseLetter { reader.index += 1 }
        let name = text.extracting(start..<reader.index)
        for zone in Self.zones where name.count == zone.name.utf8CodeUnitCount && name.holds(zone.name, at: 0, before: name.count) {
            parts.offsetSeconds = zone.hours * 3600
            return true
        }
        return !name.isEmpty && context.zone != nil
    }

    private static let monthEndings: [StaticString] = [
        "uary", "ruary", "ch", "il", "", "e", "y", "ust", "tember", "ober", "ember", "ember",
    ]
    private static let dayNames: [StaticString] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    private static let dayEndings: [StaticString] = ["day", "sday", "nesday", "rsday", "day", "urday", "day"]
    private static let meridiems: [StaticString] = ["am", "pm", "a.m.", "p.m."]
    /// RFC 822, 5.1.
    private static let zones: [(name: StaticString, hours: Int)] = [
        ("UTC", 0), ("GMT", 0), ("UT", 0), ("Z", 0), ("EST", -5), ("EDT", -4), ("CST", -6), ("CDT", -5), ("MST", -7), ("MDT", -6),
        ("PST", -8), ("PDT", -7),
    ]
}
