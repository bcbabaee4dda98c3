// What the method costs without the program around it: one scan for the literals of all patterns, and PCRE2 with its JIT on the
// lines that hold one. Captures are counted and thrown away. One thread.
//
// usage: bench-pcre2 PATTERNS LOG    PATTERNS has one a line, each beginning " event=NAME "; prints matches and milliseconds
// build: cc -O2 -o bench-pcre2 bench-pcre2.c -lpcre2-8 -lhs

#define _GNU_SOURCE
#define PCRE2_CODE_UNIT_WIDTH 8
#include <hs/hs.h>
#include <pcre2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PATTERNS_MAX = 1000, BLOCK_BYTES = 1 << 20 };

static pcre2_code *codes[PATTERNS_MAX];
static pcre2_match_data *match;
static const char *block;
static size_t block_bytes;
static unsigned long matches, captures;

static int confirm(unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void *context) {
    (void)from, (void)flags, (void)context;
    const char *line = memrchr(block, '\n', to - 1), *end = memchr(block + to, '\n', block_bytes - to);
    line = line ? line + 1 : block;
    if (!end) end = block + block_bytes;
    int count = pcre2_jit_match(codes[id], (PCRE2_SPTR)line, end - line, 0, 0, match, NULL);
    if (count > 0) matches++, captures += count;
    return 0;
}

static double milliseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

int main(int argc, char **argv) {
    if (argc != 3) return fputs("usage: bench-pcre2 PATTERNS LOG\n", stderr), 2;
    static const char *literals[PATTERNS_MAX];
    static size_t lengths[PATTERNS_MAX];
    static unsigned ids[PATTERNS_MAX], flags[PATTERNS_MAX];
    unsigned count = 0;
    double start = milliseconds();
    FILE *patterns = fopen(argv[1], "r"), *log = fopen(argv[2], "r");
    if (!patterns || !log) return perror("bench-pcre2"), 1;
    char *text = NULL;
    size_t capacity = 0;
    for (ssize_t n; count < PATTERNS_MAX && (n = getline(&text, &capacity, patterns)) > 0; count++) {
        text[n - 1] = 0;
        int error;
        PCRE2_SIZE place;
        if (!(codes[count] = pcre2_compile((PCRE2_SPTR)text, n - 1, 0, &error, &place, NULL))) return 1;
        pcre2_jit_compile(codes[count], PCRE2_JIT_COMPLETE);
        lengths[count] = strchr(text + 1, ' ') + 1 - text;
        literals[count] = strndup(text, lengths[count]);
        ids[count] = count;
    }
    match = pcre2_match_data_create(20, NULL);
    hs_database_t *database;
    hs_compile_error_t *problem;
    if (hs_compile_lit_multi(literals, flags, ids, lengths, count, HS_MODE_BLOCK, NULL, &database, &problem)) return 1;
    hs_scratch_t *scratch = NULL;
    hs_alloc_scratch(database, &scratch);
    char *buffer = malloc(2 * BLOCK_BYTES);
    size_t rest = 0;
    for (size_t n; (n = fread(buffer + rest, 1, BLOCK_BYTES, log)) > 0;) {
        const char *end = memrchr(buffer, '\n', rest + n);
        size_t whole = end ? end + 1 - buffer : 0;
        block = buffer, block_bytes = whole;
        if (whole) hs_scan(database, buffer, whole, 0, scratch, confirm, NULL);
        rest += n - whole;
        memmove(buffer, buffer + whole, rest);
    }
    printf("%lu %.0f\n", matches, milliseconds() - start);
}
