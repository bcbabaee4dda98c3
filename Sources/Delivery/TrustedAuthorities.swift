// The authorities whose certificates a receiver may show, where a destination names its own instead of the system's.

import NIOSSL

/// Trusted in place of the system's authorities, so that a receiver of one's own need not be trusted by the whole machine, nor
/// the whole world by the agent. Verification itself cannot be switched off.
package struct TrustedAuthorities: Sendable {
    let certificates: [NIOSSLCertificate]

    /// Reads a file of certificates in PEM form (RFC 7468), one after the other.
    package init(file: String) throws(DeliveryError) {
        do {
            certificates = try NIOSSLCertificate.fromPEMFile(file)
        } catch {
            throw DeliveryError(
                "there is no certificate to read in \(file)", place: "ca_file",
                hint: "it is a PEM file that the agent's user can read: -----BEGIN CERTIFICATE----- and so on")
        }
        guard !certificates.isEmpty else {
            throw DeliveryError("\(file) holds no certificate", place: "ca_file", hint: "it begins with -----BEGIN CERTIFICATE-----")
        }
    }
}
