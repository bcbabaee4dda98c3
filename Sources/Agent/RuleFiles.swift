// Finds rule files: those named on a command line, and those that a configuration's globs match.

package import Documents
import Glibc
package import Rules

package enum RuleFiles {
    /// Reads the packs at `paths`, each a rule file or a folder of them.
    /// - Throws: all mistakes of all files.
    package static func read(paths: [String], context: RuleContext, override: Pack.Override = Pack.Override()) throws(Problems) -> [Pack] {
        let problems = ProblemCollector()
        var packs: [Pack] = []
        for file in files(at: paths, in: problems) {
            do {
                packs.append(try Pack.read(file: file, context: context, override: override))
            } catch {
                problems.add(error)
            }
        }
        try problems.throwIfAny()
        return packs
    }

    /// The rule files at `paths`, those of a folder in the order of their names.
    private static func files(at paths: [String], in problems: ProblemCollector) -> [String] {
        paths.flatMap { path -> [String] in
            guard isFolder(path) else { return [path] }
            let trimmed = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
            let files = matching("\(trimmed)/*.yaml") + matching("\(trimmed)/*.yml")
            if files.isEmpty {
                problems.add(Problem("there is no rule file in \(path)", hint: "rule files end in .yaml"))
            }
            return files.sorted()
        }
    }

    /// The files that a glob(7) pattern matches, sorted; a pattern without special characters gives itself.
    static func matching(_ pattern: String) -> [String] {
        var result = glob_t()
        defer { globfree(&result) }
        guard glob(pattern, 0, nil, &result) == 0 else { return [] }
        return (0..<Int(result.gl_pathc)).compactMap { index in result.gl_pathv[index].map { String(cString: $0) } }
    }

    private static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }
}
