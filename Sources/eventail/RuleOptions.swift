// The options of commands that take rule files instead of a configuration.

import ArgumentParser

struct RuleOptions: ParsableArguments {
    @Option(name: .customLong("rules"), help: ArgumentHelp("A rule file, or a folder of them; repeatable.", valueName: "path"))
    var paths: [String] = []

    func validate() throws {
        if paths.isEmpty { throw ValidationError("--rules is missing. For example: --rules rules/nginx.yaml") }
    }
}
