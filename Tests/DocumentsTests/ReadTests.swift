// Reading documents from real files.

import Documents
import Foundation
import Testing

@Suite struct ReadTests {
    private func refused(_ path: String) -> Problem? {
        do throws(Problems) {
            _ = try Node.read(file: path)
            return nil
        } catch {
            return error.all.first
        }
    }

    private func withFile(_ bytes: [UInt8], _ body: (String) throws -> Void) throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("documents-\(UUID()).yaml")
        try Data(bytes).write(to: url)
        defer { try? FileManager.default.removeItem(at: url) }
        try body(url.path)
    }

    @Test func aFileIsReadWithItsPathInEveryPlace() throws {
        try withFile(Array("a: 1".utf8)) { path in
            let node = try Node.read(file: path)
            #expect(node["a"]?.place.description == "\(path):1:4")
        }
    }

    @Test func aMissingFileAndADirectoryAreToldByName() {
        #expect(refused("/nonexistent/x.yaml")?.text() == "cannot read `/nonexistent/x.yaml`: No such file or directory")
        #expect(refused("/")?.text() == "cannot read `/`: Is a directory")
    }

    @Test func bytesThatAreNotUTF8AreToldWithTheirPlace() throws {
        try withFile(Array("a: 1\nb: ".utf8) + [0xC3, 0xA4, 0xFF, 0x0A]) { path in
            #expect(refused(path)?.brief == "2:5 this is not UTF-8")
        }
    }

    @Test func aFileBeyondTheLimitIsRefused() throws {
        try withFile(Array(repeating: UInt8(ascii: "#"), count: Node.fileBytesMax + 1)) { path in
            #expect(refused(path)?.message.hasSuffix("is larger than 8388608 bytes") == true)
        }
    }
}
