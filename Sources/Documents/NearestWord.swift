// Finds what a person meant to write, for hints.

/// The one of `words` that is closest to a mistyped `word`, or nil when none is close.
///
/// Close is at most two slips (one in words of up to three letters): a letter too many, missing, wrong, or swapped with
/// its neighbour. Case, `-` and `_` don't count. Words of more than 64 bytes have no near ones.
package func nearest(_ word: String, among words: [String]) -> String? {
    let bytesMax = 64
    guard word.utf8.count <= bytesMax else { return nil }
    let typed = letters(word)
    let slipsMax = typed.count <= 3 ? 1 : 2
    var best: (word: String, slips: Int)?
    for candidate in words where candidate.utf8.count <= bytesMax {
        let slips = slips(typed, letters(candidate))
        if slips <= slipsMax, slips < best?.slips ?? .max { best = (candidate, slips) }
    }
    return best?.word
}

private func letters(_ word: String) -> [Character] {
    word.lowercased().map { $0 == "-" ? "_" : $0 }
}

/// The optimal string alignment distance.
private func slips(_ left: [Character], _ right: [Character]) -> Int {
    var beforeLast: [Int] = []
    var last = Array(0...right.count)
    for row in 0..<left.count {
        var current = [row + 1]
        for column in 0..<right.count {
            var least = min(last[column + 1] + 1, current[column] + 1, last[column] + (left[row] == right[column] ? 0 : 1))
            if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                least = min(least, beforeLast[column - 1] + 1)
            }
            current.append(least)
        }
        (beforeLast, last) = (last, current)
    }
    return last[right.count]
}

/// A hint that names the nearest of `words`, or all of them when they are few.
package func hint(for word: String, among words: [String]) -> String? {
    if let near = nearest(word, among: words) { return "did you mean `\(near)`?" }
    let listedMax = 8
    return words.isEmpty || words.count > listedMax ? nil : "known here: " + words.map { "`\($0)`" }.joined(separator: ", ")
}
