// Keeps the process alive when a mapped journal file cannot be read: one that was cut short, or whose disk fails. The kernel
// then sends SIGBUS (mmap(2)), and libsystemd leaves it to the program to deal with it. As journalctl does, an empty page is put
// where the file has none, which libsystemd takes for damage.
//
// Pointers, because a signal handler may touch nothing that allocates, locks or counts references: it finds its number through
// a thread's own slot, so a fault of any other thread, or outside `run`, goes to the handler that was there before.

import Glibc

final class ReadFaults {
    /// How many pages could not be read; the handler writes it.
    private let count: UnsafeMutablePointer<Int>

    private static let slot: pthread_key_t = {
        var key = pthread_key_t()
        precondition(pthread_key_create(&key, nil) == 0, "no slot for a thread's own number")
        return key
    }()

    /// What was installed before; written once, before the handler can run.
    nonisolated(unsafe) private static var previous = sigaction()

    /// The handler is installed with the first reader, and stays.
    private static let isInstalled: Bool = {
        var action = sigaction()
        action.sa_flags = SA_SIGINFO
        action.__sigaction_handler.sa_sigaction = { _, info, _ in
            guard let address = info?.pointee._sifields._sigfault.si_addr,
                let count = pthread_getspecific(ReadFaults.slot)?.assumingMemoryBound(to: Int.self)
            else {
                // Returning repeats the access, and with it the signal.
                sigaction(SIGBUS, &ReadFaults.previous, nil)
                return
            }
            let page = UnsafeMutableRawPointer(bitPattern: UInt(bitPattern: address) & ~UInt(ReadFaults.pageBytes - 1))
            guard mmap(page, ReadFaults.pageBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != MAP_FAILED
            else {
                sigaction(SIGBUS, &ReadFaults.previous, nil)
                return
            }
            count.pointee += 1
        }
        return sigaction(SIGBUS, &action, &previous) == 0
    }()

    private static let pageBytes = Int(sysconf(Int32(_SC_PAGESIZE)))

    init() {
        count = .allocate(capacity: 1)
        count.initialize(to: 0)
        // What is only named is not made: an optimizer leaves out globals whose value nobody uses.
        precondition(Self.isInstalled && Self.pageBytes > 0, "no handler for pages that cannot be read")
    }

    deinit { count.deallocate() }

    var total: Int { count.pointee }

    /// Runs `body`; faults of this thread within it are counted rather than fatal. Not to be nested.
    func run<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
        pthread_setspecific(Self.slot, count)
        defer { pthread_setspecific(Self.slot, nil) }
        return try body()
    }
}
