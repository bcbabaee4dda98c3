// libsystemd: the journal, the service manager's notifications, the machine's id.
#include <systemd/sd-daemon.h>
#include <systemd/sd-id128.h>
#include <systemd/sd-journal.h>
