// statfs(2), which the standard module map of glibc leaves out.
#include <sys/vfs.h>
