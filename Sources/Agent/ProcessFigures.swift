// What the process itself uses, under the names that all of Prometheus' client libraries have for it.

import Exposition
import Foundation
import Glibc

enum ProcessFigures {
    /// - Parameter startedAtMS: in milliseconds since 1970.
    static func families(startedAtMS: Int64) -> [MetricFamily] {
        func family(_ name: String, _ kind: MetricFamily.Kind, _ help: String, _ value: Double?) -> MetricFamily {
            var family = MetricFamily(name, kind, help)
            if let value { family.add(value) }
            return family
        }
        var limit = rlimit()
        let hasLimit = getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0
        return [
            family("process_start_time_seconds", .gauge, "When the agent started, since 1970.", Double(startedAtMS) / 1000),
            family("process_cpu_seconds_total", .counter, "Processor time of the agent, user and system.", cpuSeconds),
            family("process_resident_memory_bytes", .gauge, "Memory of the agent.", residentBytes),
            family("process_open_fds", .gauge, "Open descriptors of the agent.", openDescriptors),
            family("process_max_fds", .gauge, "How many descriptors the agent may open.", hasLimit ? Double(limit.rlim_cur) : nil),
        ]
    }

    private static var cpuSeconds: Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }

    /// proc(5): the second number of statm counts resident pages.
    private static var residentBytes: Double? {
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return nil }
        let numbers = text.split(separator: " ")
        return numbers.count > 1 ? Double(numbers[1]).map { $0 * Double(sysconf(Int32(_SC_PAGESIZE))) } : nil
    }

    private static var openDescriptors: Double? {
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")).map { Double($0.count) }
    }
}
