// liblzma: xz streams.
#include <lzma.h>
