// From settings to what a sender needs, with the key read from where the settings say.

import Delivery
import Documents
import Settings

extension DestinationConfiguration {
    /// Nil and a problem when the key cannot be read or the address is none.
    static func make(
        _ settings: DestinationSettings, spool: SpoolSettings, environment: [String: String], warnings: inout [Problem],
        in problems: ProblemCollector
    ) -> DestinationConfiguration? {
        let key: APIKey
        do {
            key = try readAPIKey(settings.apiKey, environment: environment)
        } catch {
            problems.add(error)
            return nil
        }
        do {
            let kind = DestinationKind(rawValue: settings.kind.rawValue)!
            let authorization = try Authorization(kind: kind, key: key.secretText)
            if authorization.isOverpowered {
                warnings.append(
                    Problem(
                        "the API key may also read and delete people (it begins with sk_)", at: settings.place,
                        hint: "use a key that may only send, which begins with pk_"))
            }
            let endpoint = try Endpoint(
                kind: kind, base: settings.url, region: Region(rawValue: settings.region.rawValue), authorization: authorization)
            var configuration = DestinationConfiguration(
                name: settings.name, endpoint: endpoint, authorization: authorization, version: programVersion)
            configuration.apply(settings)
            configuration.authorities = try settings.authoritiesFile.map { file throws(DeliveryError) in
                try TrustedAuthorities(file: file.text)
            }
            switch settings.proxy {
            case .none: break
            case .environment: configuration.proxy = try Proxy(environment: environment, endpoint: endpoint)
            case .address(let text): configuration.proxy = try Proxy(parsing: text.text, place: "proxy")
            }
            configuration.waitMax = spool.ageMaxMilliseconds.map { .milliseconds($0) }
            return configuration
        } catch {
            problems.add(Problem("\(error.place): \(error.what)", at: settings.place, hint: error.hint))
            return nil
        }
    }

    private mutating func apply(_ settings: DestinationSettings) {
        isStrict = settings.isStrict
        lanes = settings.lanes
        batch.bytesMax = settings.batch.bytesMax
        batch.callsMax = settings.batch.callsMax
        batch.delayMax = .milliseconds(settings.batch.delayMaxMilliseconds)
        rate.requestsPerSecond = settings.rateLimit.requestsPerSecond
        rate.callsPerSecond = settings.rateLimit.callsPerSecond
        rate.bytesPerSecond = Double(settings.rateLimit.bytesPerSecond)
        rate.requestBurst = Double(settings.rateLimit.burst)
        retry.delayInitial = .milliseconds(settings.retry.initialMilliseconds)
        retry.delayMax = .milliseconds(settings.retry.maxMilliseconds)
        timeouts.connect = .milliseconds(settings.timeouts.connectMilliseconds)
        timeouts.write = .milliseconds(settings.timeouts.writeMilliseconds)
        timeouts.response = .milliseconds(settings.timeouts.responseMilliseconds)
    }
}
