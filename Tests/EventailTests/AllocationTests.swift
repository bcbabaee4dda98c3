// Counts allocations of the real program, through a small library that is loaded before it and built here.

import Foundation
import TestSupport
import Testing

struct AllocationTests {
    /// Counts the calls of the C library's allocator, and tells the count at the end. Those that libsystemd makes are left out where
    /// `SYSTEMD_IS_FREE` is set: also through the C library's functions, such as asprintf(3).
    private static let shim = #"""
        #define _GNU_SOURCE
        #include <dlfcn.h>
        #include <stdatomic.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        extern void *__libc_malloc(size_t);
        extern void *__libc_calloc(size_t, size_t);
        extern void *__libc_realloc(void *, size_t);
        extern void *__libc_memalign(size_t, size_t);
        static atomic_ulong count;
        static int is_systemd_free;
        __attribute__((constructor)) static void begin(void) { is_systemd_free = getenv("SYSTEMD_IS_FREE") != NULL; }
        static void add(void *caller) {
            Dl_info info;
            if (is_systemd_free && dladdr(caller, &info) && info.dli_fname
                && (strstr(info.dli_fname, "/libsystemd.so") || strstr(info.dli_fname, "/libc.so"))) return;
            count++;
        }
        #define ADD add(__builtin_return_address(0))
        void *malloc(size_t n) { ADD; return __libc_malloc(n); }
        void *calloc(size_t n, size_t m) { ADD; return __libc_calloc(n, m); }
        void *realloc(void *p, size_t n) { ADD; return __libc_realloc(p, n); }
        void *aligned_alloc(size_t a, size_t n) { ADD; return __libc_memalign(a, n); }
        int posix_memalign(void **p, size_t a, size_t n) { ADD; *p = __libc_memalign(a, n); return *p ? 0 : 12; }
        __attribute__((destructor)) static void report(void) { fprintf(stderr, "allocations %lu\n", (unsigned long)count); }
        """#

    private static let compiler = ["/usr/bin/cc", "/usr/bin/clang", "/usr/bin/gcc", "/opt/swift/usr/bin/clang"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try folder.write(Scene.rules, to: "r.yaml")
    }

    /// How often `derive` allocates for a log of these lines.
    private func allocations(_ lines: some Sequence<String>) async throws -> Int {
        try folder.write(lines.joined(), to: "a.log")
        return try await allocations(deriving: folder.url("a.log").path)
    }

    /// How often `derive` itself allocates for a journal of so many entries that match nothing.
    private func allocations(entries count: Int) async throws -> Int {
        let journal = try JournalFolder()
        try journal.write((0..<count).map { WrittenEntry($0, ("MESSAGE", "cache refreshed in \($0) ms, did it n=\($0)")) })
        return try await allocations(deriving: "--journald", "all", "--directory", journal.path)
    }

    private func allocations(deriving input: String...) async throws -> Int {
        let running = try RunningProgram(
            ["derive", "--rules", folder.url("r.yaml").path, "--id-scope", "x"] + input,
            environment: ["LD_PRELOAD": folder.url("count.so").path, "SYSTEMD_IS_FREE": "1"])
        let outcome = try await running.end()
        #expect(outcome.status == 0)
        let count = try #require(outcome.error.firstMatch(of: #/allocations (\d+)/#))
        return try #require(Int(count.output.1))
    }

    private func buildShim() throws {
        try folder.write(Self.shim, to: "count.c")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try #require(Self.compiler))
        process.arguments = ["-O1", "-shared", "-fPIC", "-o", folder.url("count.so").path, folder.url("count.c").path]
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
    }

    @Test(.enabled(if: compiler != nil, "no C compiler is here"))
    func recordsThatMatchNothingCostNoAllocationAndCallsCostAFew() async throws {
        try buildShim()
        let quiet = { (count: Int) in (0..<count).map { "cache refreshed in \($0) ms, did it n=\($0)\n" } }
        let few = try await allocations(quiet(10_000))
        // The start itself differs by a few.
        #expect(abs(try await allocations(quiet(100_000)) - few) < 100)

        let callsFew = try await allocations((0..<1_000).map(Scene.line))
        let callsMany = try await allocations((0..<11_000).map(Scene.line))
        // One of them is the digest's of the message id; the output's growth is spread over all.
        #expect(callsMany - callsFew <= 2 * 10_000)
    }

    @Test(.enabled(if: compiler != nil && JournalFolder.isAvailable, "no C compiler is here, or no journal can be written"))
    func entriesThatMatchNothingCostNoAllocationBesidesTheLibrarys() async throws {
        try buildShim()
        // Both fill whole turns, so that all memory has grown; positions are texts that are made once a turn.
        let few = try await allocations(entries: 20_000)
        #expect(try await allocations(entries: 40_000) - few < 100)
    }
}
