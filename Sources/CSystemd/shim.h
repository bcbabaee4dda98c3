// libsystemd: the journal, the service manager's notifications, the machine's id, the unit of a process.
#include <systemd/sd-daemon.h>
#include <systemd/sd-id128.h>
#include <systemd/sd-journal.h>
#include <systemd/sd-login.h>
