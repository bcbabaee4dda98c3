// Validates what goes over the wire against the vendor's OpenAPI file, so that every test that sees a request can ask for
// its problems.

import Foundation
import Yams

package struct OpenAPI: Sendable {
    private let schemas: [String: Schema]

    /// The Pipelines API, from the file beside this one.
    package static func pipelines() throws -> OpenAPI {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Resources/customer-io-pipelines-api-openapi.yml")
        return try OpenAPI(yaml: String(contentsOf: file, encoding: .utf8))
    }

    /// - Throws: if the text is no OpenAPI file, or says something in its schemas that is not understood here.
    package init(yaml: String) throws {
        guard let named = try Yams.compose(yaml: yaml)?["components"]?["schemas"]?.mapping else {
            throw Schema.Unsupported(description: "a file without components.schemas")
        }
        var schemas: [String: Schema] = [:]
        for (name, schema) in named {
            schemas[name.string ?? ""] = try Schema(schema)
        }
        self.schemas = schemas
    }

    /// What is wrong with the body of POST /batch: with the envelope, and with each call by the schema of its type. Empty if
    /// nothing is. The file cannot say that userId or anonymousId is needed; its descriptions do, so this is checked as well.
    package func problems(inBatchBody bytes: [UInt8]) -> [String] {
        let body: JSON
        do {
            body = try JSON(bytes)
        } catch {
            return ["the body is not JSON: \(error)"]
        }
        var problems = self.problems(in: body, at: "body", schema: "BatchRequest")
        guard case .object(let envelope) = body, case .array(let calls)? = envelope["batch"] else { return problems }
        for (index, call) in calls.enumerated() {
            guard case .object(let members) = call, case .string(let type)? = members["type"] else { continue }
            problems += self.problems(in: call, at: "body.batch[\(index)]", schema: type.capitalized + "Request")
            if members["userId"] == nil, members["anonymousId"] == nil {
                problems.append("body.batch[\(index)]: neither userId nor anonymousId")
            }
        }
        return problems
    }

    private func problems(in value: JSON, at place: String, schema name: String) -> [String] {
        schemas[name]?.problems(in: value, at: place, schemas: schemas) ?? ["\(place): no schema \(name)"]
    }
}
