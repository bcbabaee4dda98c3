// zlib: gzip members.
#include <zlib.h>
