// Vectorscan's literal API.
#include <hs.h>
