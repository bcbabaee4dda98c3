// The number under which calls name the source and the path that they came from. It is taken when the first call needs it: most
// files of a large source never give any.

import Store

/// Confined to the pipeline's thread.
final class SourceLabel {
    private let text: String
    private let store: PipelineStore
    private var number: UInt32?

    init(source: String, path: String, store: PipelineStore) {
        text = "\(source):\(path)"
        self.store = store
    }

    /// It only serves to explain calls, so a store that cannot give one right now stops nothing: 0 stands for an unknown source.
    var value: UInt32 {
        if number == nil { number = try? store.label(for: text) }
        return number ?? 0
    }
}
