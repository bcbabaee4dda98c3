// Holds the sources to the rules of the house: who may import whom, how files begin and how long they may be, what the
// top level holds. Reads the files as text, so that a breach is named with its file.

import Foundation
import Testing

struct TidyTests {
    /// What each module may import: our own modules (the table in Architecture.md) and the external ones.
    private static let allowedImports: [String: Set<String>] = [
        "Records": [],
        "Documents": ["Yams"],
        "Patterns": ["CPCRE2", "CVectorscan"],
        "Formats": ["Records"],
        "Calls": ["BasicContainers", "Crypto"],
        "Rules": ["Records", "Patterns", "Formats", "Calls", "Documents", "BasicContainers", "Foundation"],
        "Encodings": ["Records"],
        "Compression": ["CZlib", "CZstd", "CLzma"],
        "Tailing": ["Records", "Compression", "CFileSystem"],
        "Journal": ["Records", "CSystemd"],
        "Store": ["Records", "Calls", "GRDB", "Foundation", "Synchronization"],
        "Delivery": [
            "Calls", "Store", "AsyncHTTPClient", "CoreMetrics", "Logging", "NIOCore", "NIOHTTP1", "NIOPosix", "NIOSSL", "Synchronization",
        ],
        "Settings": ["Documents"],
        "Exposition": ["CoreMetrics", "NIOCore", "NIOHTTP1", "NIOPosix", "Synchronization"],
        "Agent": [
            "Records", "Documents", "Encodings", "Compression", "Formats", "Calls", "Rules", "Tailing", "Journal", "Store", "Delivery",
            "Settings",
            "Exposition", "CSystemd", "CoreMetrics", "Dispatch", "Foundation", "Logging", "NIOCore", "NIOPosix", "ServiceLifecycle",
            "Synchronization", "UnixSignals",
        ],
        "Receiver": [
            "Calls", "HTTPTypes", "HummingbirdCore", "Logging", "NIOCore", "NIOPosix", "ServiceLifecycle",
        ],
        "eventail": [
            "Agent", "Receiver", "ArgumentParser", "Foundation", "Logging", "ServiceLifecycle", "Synchronization", "UnixSignals",
        ],
    ]

    private static let fileLinesMax = 400
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private struct SourceFile {
        let path: String
        let lines: [Substring]

        /// The module, from `Sources/MODULE/…`.
        var module: String { String(path.split(separator: "/")[1]) }

        var imports: [String] {
            lines.compactMap { line in
                let words = line.split(separator: " ")
                guard let place = words.firstIndex(of: "import"), place <= 1, words.count == place + 2, !line.hasPrefix("//") else {
                    return nil
                }
                return String(words[place + 1])
            }
        }
    }

    private static func files(in folder: String) throws -> [SourceFile] {
        let walker = try #require(FileManager.default.enumerator(atPath: root.appendingPathComponent(folder).path))
        return try walker.compactMap { $0 as? String }.filter { $0.hasSuffix(".swift") }.sorted().map { name in
            let text = try String(contentsOf: root.appendingPathComponent("\(folder)/\(name)"), encoding: .utf8)
            return SourceFile(path: "\(folder)/\(name)", lines: text.split(separator: "\n", omittingEmptySubsequences: false))
        }
    }

    @Test func modulesImportOnlyWhatTheTableAllows() throws {
        let files = try Self.files(in: "Sources")
        for file in files {
            let allowed = try #require(Self.allowedImports[file.module], "\(file.module) is not in the table")
            for name in file.imports where name != "Glibc" { #expect(allowed.contains(name), "\(file.path) imports \(name)") }
        }
        // A row that no file needs any more is no rule but a relic.
        for (module, allowed) in Self.allowedImports {
            let used = Set(files.filter { $0.module == module }.flatMap(\.imports))
            #expect(allowed.subtracting(used).isEmpty, "\(module) imports no longer \(allowed.subtracting(used))")
        }
    }

    @Test func theManifestGivesEachModuleWhatItImportsOfOurs() throws {
        let manifest = try String(contentsOf: Self.root.appendingPathComponent("Package.swift"), encoding: .utf8)
        let modules = Set(Self.allowedImports.keys)
        for (module, allowed) in Self.allowedImports where module != "eventail" {
            let declaration = try #require(
                manifest.firstMatch(of: try Regex("library\\(\\s*\"\(module)\",\\s*\\[([^\\]]*)\\]")), "\(module)")
            let listed = Set(try #require(declaration.output[1].substring).matches(of: #/"([A-Za-z]+)"/#).map { String($0.output.1) })
            #expect(listed.intersection(modules) == allowed.intersection(modules), "\(module)")
        }
    }

    @Test func everyFileOpensWithASentenceAndStaysShort() throws {
        for file in try Self.files(in: "Sources") + Self.files(in: "Tests") {
            let opening = try #require(file.lines.first)
            #expect(opening.hasPrefix("// ") && opening.count > 20, "\(file.path) does not say what it is for")
            #expect(file.lines.count <= Self.fileLinesMax, "\(file.path) has \(file.lines.count) lines; which concept is missing?")
        }
    }

    @Test func nothingIsPublicAndNothingIsUnfinished() throws {
        let mark = #/\b(TODO|FIXME|XXX|HACK)\b|\bpublic |not (yet )?implemented/#
        for file in try Self.files(in: "Sources") + Self.files(in: "Tests") where !file.path.contains("TidyTests") {
            for (number, line) in file.lines.enumerated() {
                #expect(line.firstMatch(of: mark) == nil, "\(file.path):\(number + 1)")
            }
        }
    }

    @Test func testsNeverSleep() throws {
        // A sender's clock that runs fast has to pass the time somehow; what waits for a condition looks again after a while.
        let exceptions = ["Tests/DeliveryTests/SenderFixture.swift", "Tests/TestSupport/Eventually.swift"]
        for file in try Self.files(in: "Tests") where !file.path.contains("TidyTests") && !exceptions.contains(file.path) {
            for (number, line) in file.lines.enumerated() {
                #expect(line.firstMatch(of: #/\bu?sleep\(/#) == nil, "\(file.path):\(number + 1)")
            }
        }
    }

    @Test func theTestsThatThePromisesNameExist() throws {
        let page = try String(contentsOf: Self.root.appendingPathComponent("Sources/Tailing/Tailing.docc/Tailing.md"), encoding: .utf8)
        let tests = try Self.files(in: "Tests")
        let names = page.matches(of: #/`([A-Z]\w+Tests)\.(\w+)`/#).map { (String($0.output.1), String($0.output.2)) }
        #expect(names.count > 20)
        for (suite, name) in names {
            let file = tests.first { $0.path.hasSuffix("/\(suite).swift") }
            #expect(file?.lines.contains { $0.contains("func \(name)(") } == true, "\(suite).\(name)")
        }
    }

    @Test func theTopLevelHoldsWhatWasAgreed() throws {
        let agreed: Set<String> = [
            "Package.swift", "Sources", "Tests", "rules", "README.md", "packaging", ".ci", ".gitignore", ".swift-format", "LICENSE",
        ]
        // What git and the build put beside them.
        let made: Set<String> = [".git", ".build", ".swiftpm", "Package.resolved"]
        let found = try FileManager.default.contentsOfDirectory(atPath: Self.root.path).filter { !$0.hasPrefix(".build-") }
        #expect(Set(found).subtracting(agreed).subtracting(made).isEmpty)
        #expect(agreed.isSubset(of: found))
    }
}
