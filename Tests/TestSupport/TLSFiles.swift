// Certificates for receivers of tests, made by the openssl program: an authority of the test's own and a server's certificate.

import Foundation
import NIOSSL

package struct TLSFiles: Sendable {
    package struct Failed: Error {
        package var output: String
    }

    /// The authority's certificate, in PEM form.
    package let authority: String
    private let certificate: String
    private let key: String

    /// Where the program is; nil: tests that need it cannot run here.
    package static let program = ["/usr/bin/openssl", "/usr/local/bin/openssl"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    /// - Parameters:
    ///   - folder: exists; the files lie in it.
    ///   - names: what the server's certificate is for, such as `DNS:localhost` or `IP:127.0.0.1`.
    package init(in folder: String, for names: String) throws {
        authority = "\(folder)/ca.pem"
        certificate = "\(folder)/server.pem"
        key = "\(folder)/server.key"
        try Self.run(
            "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=Authority of a test", "-keyout",
            "\(folder)/ca.key", "-out", authority)
        try Self.run(
            "req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=Receiver of a test", "-keyout", key, "-out", "\(folder)/server.csr")
        try Data("subjectAltName=\(names)\n".utf8).write(to: URL(fileURLWithPath: "\(folder)/server.ext"))
        try Self.run(
            "x509", "-req", "-in", "\(folder)/server.csr", "-CA", authority, "-CAkey", "\(folder)/ca.key", "-CAcreateserial", "-days",
            "2", "-extfile", "\(folder)/server.ext", "-out", certificate)
    }

    func serverContext() throws -> NIOSSLContext {
        try NIOSSLContext(
            configuration: .makeServerConfiguration(
                certificateChain: NIOSSLCertificate.fromPEMFile(certificate).map { .certificate($0) },
                privateKey: .privateKey(NIOSSLPrivateKey(file: key, format: .pem))))
    }

    private static func run(_ arguments: String...) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program ?? "")
        process.arguments = arguments
        let output = Pipe()
        process.standardError = output
        process.standardOutput = output
        try process.run()
        let said = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failed(output: String(decoding: said, as: UTF8.self)) }
    }
}
