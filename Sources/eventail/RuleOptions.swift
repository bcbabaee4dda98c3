// The options of all commands that take rule files instead of a configuration.

import Agent
import ArgumentParser
import Documents
import Formats
import Rules

struct RuleOptions: ParsableArguments {
    @Option(name: .customLong("rules"), help: ArgumentHelp("A rule file, or a folder of them; repeatable.", valueName: "path"))
    var paths: [String] = []

    /// The packs at the paths, in the format they state or in `format`.
    func packs(format: RecordFormat? = nil) throws(Problems) -> [Pack] {
        let context = RuleContext(hostName: IDScope.hostName())
        return try RuleFiles.read(paths: paths, context: context, override: Pack.Override(format: format))
    }

    func validate() throws {
        if paths.isEmpty { throw ValidationError("--rules is missing. For example: --rules rules/nginx.yaml") }
    }
}
