// Rows of text in columns.

enum AlignedTable {
    /// Columns `left` begin at their left edge, the others, numbers, end at their right one.
    static func lines(_ rows: [[String]], left: Set<Int>) -> [String] {
        guard let first = rows.first else { return [] }
        let widths = first.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            row.enumerated().map { column, text in
                let blanks = String(repeating: " ", count: widths[column] - text.count)
                if !left.contains(column) { return blanks + text }
                return column == row.count - 1 ? text : text + blanks
            }.joined(separator: "  ")
        }
    }
}
