// How much memory the agent takes with many files and many rules, while they grow.

import Foundation
import TestSupport
import Testing

@Suite(.serialized)
struct MemoryTests {
    /// The most memory that the process had at any time, in bytes (VmHWM of proc(5)).
    private func peakBytes(_ process: pid_t) throws -> Int {
        let status = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
        let field = try #require(status.firstMatch(of: #/VmHWM:\s+(\d+) kB/#))
        return try #require(Int(field.output.1)) * 1024
    }

    @Test func aHundredFilesAndFiveHundredRulesStayWithin64MiB() async throws {
        let rules = (0..<500).map {
            "  - { name: r\($0), match: '^user=(?<userId>\\S+) did thing\($0) n=(?<n>\\d+)$', track: Thing \($0) }\n"
        }
        let scene = try await Scene(rules: "rules:\n" + rules.joined())
        for file in 0..<100 { try scene.folder.write("", to: "log/\(file).log") }
        let agent = try scene.start()
        try await eventually("the files are followed") { agent.error.components(separatedBy: "file appeared").count == 101 }
        // 24 MB, 1 % of which match.
        for round in 0..<4 {
            for file in 0..<100 {
                let lines = (0..<1000).map { line in
                    line % 100 == 0
                        ? "user=u\(file) did thing\((file * 7 + line) % 500) n=\(round * 1000 + line)\n"
                        : "INFO nothing of interest happened to request \(line) of round\n"
                }
                try scene.folder.append(lines.joined(), to: "log/\(file).log")
            }
        }
        try await eventually("all arrive") { scene.receiver.accepted.count >= 4_000 }
        let peak = try peakBytes(agent.processIdentifier)
        #expect(peak <= 64 << 20, "\(peak >> 20) MiB")
        #expect(try await agent.stop().status == 0)
    }
}
