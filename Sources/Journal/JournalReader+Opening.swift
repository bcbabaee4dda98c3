// Opening the journal, and opening it anew when what it consists of has changed in ways that the library does not notice.

extension JournalReader {
    /// Lets the library take in what changed, and looks at the places that it does not watch.
    package func poll(nowMS: Int64, nowMicroseconds: UInt64) {
        readEvents()
        let present = JournalFiles(configuration.place)
        let isOtherPlace = present.present != files.present
        if handle == nil || isCaughtUp && (isOtherPlace || files.isAnyAllowedNow) {
            let wasOpen = handle != nil
            open(startsAt: nil, nowMicroseconds: nowMicroseconds)
            if wasOpen, handle != nil { note(.reopened) }
        } else if !isOtherPlace, present.changedNS != files.changedNS {
            look(present)
        }
        if isCaughtUp, hasGrown, nowMS >= nextTailAtMS, !configuration.filter.steps.isEmpty { lookForTail(nowMS: nowMS) }
        nextPollAtMS = nowMS + configuration.pollIntervalMS
        if let timeout = handle?.timeoutMicroseconds { nextPollAtMS = min(nextPollAtMS, Int64(clamping: timeout / 1000) + 1) }
    }

    /// To be called when `descriptor` is readable.
    package func readEvents() {
        guard let handle else { return }
        do {
            let change = try faults.run(handle.process)
            if change != .none { hasGrown = true }
            if change == .files { nextPollAtMS = .min }
        } catch {
            fail(error)
        }
    }

    /// Opens the journal and goes to the position.
    /// - Parameter start: where to begin instead, at the source's very first start.
    func open(startsAt start: JournalConfiguration.Start?, nowMicroseconds: UInt64) {
        let hadHandle = handle != nil
        handle = nil
        isOnUnread = false
        look(JournalFiles(configuration.place))
        if let start, case .since(let time) = start { setPosition(JournalCursor.text(ofRealtimeMicroseconds: time)) }
        do {
            handle = try faults.run { () throws(JournalFailure) in
                let opened = try JournalHandle.open(configuration.place)
                // The name and the equals sign count for the library.
                let bytesMax = max(configuration.recordBytesMax, JournalConfiguration.fieldBytesMax)
                try opened.setDataThreshold(bytesMax + Self.fieldNameBytesMax + 2)
                tail = try opened.lastCursor()
                if start == .end { setPosition(tail ?? JournalCursor.text(ofRealtimeMicroseconds: nowMicroseconds)) }
                if let missing = try resume(opened) { note(missing) }
                return opened
            }
            if !hadHandle, lastFailure != nil { note(.readableAgain(path: configuration.place.path)) }
            lastFailure = nil
        } catch {
            if start == .end, position == nil { setPosition(JournalCursor.text(ofRealtimeMicroseconds: nowMicroseconds)) }
            fail(error)
        }
    }

    private static let fieldNameBytesMax = 64

    /// Lets go of a journal that cannot be read; the next poll opens it anew.
    func fail(_ failure: JournalFailure) {
        handle = nil
        isOnUnread = false
        isCaughtUp = true
        let isNews = failure != lastFailure
        lastFailure = failure
        if isNews, let problem { note(problem) }
    }

    /// Examines the files, and says what cannot be read that could be before.
    private func look(_ present: JournalFiles) {
        var examined = present
        examined.examine(configuration.place)
        if let path = examined.denied.min(), files.denied.isEmpty { note(.noPermission(path: path)) }
        if examined.denied.isEmpty, let path = files.denied.min() { note(.readableAgain(path: path)) }
        for (path, reason) in examined.damaged.sorted(by: { $0.key < $1.key }) where files.damaged[path] != reason {
            note(.damagedFile(path: path, reason: reason))
        }
        files = examined
    }
}

extension JournalConfiguration.Place {
    /// What to name to people.
    var path: String {
        switch self {
        case .machine: "/var/log/journal"
        case .directory(let path): path
        case .files(let paths): paths.joined(separator: ", ")
        }
    }
}
