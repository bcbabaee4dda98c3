// What the method costs without the program around it: one scan for the literals of all patterns, and PCRE2 with its JIT on the
// lines that hold one. Captures are counted and thrown away; with `calls` a call is written of each match, as plainly as C can: an id
// that is a hash of the line, and the captures between constant texts, taken to need no escapes. One thread.
//
// usage: bench-pcre2 PATTERNS LOG [calls]    PATTERNS has one a line, each beginning " event=NAME "; prints matches and milliseconds,
//        and the calls go to /dev/null
// build: cc -O2 -o bench-pcre2 bench-pcre2.c -lpcre2-8 -lhs -lcrypto

#define _GNU_SOURCE
#define PCRE2_CODE_UNIT_WIDTH 8
#define OPENSSL_API_COMPAT 10100
#include <hs/hs.h>
#include <openssl/sha.h>
#include <pcre2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PATTERNS_MAX = 1000, BLOCK_BYTES = 1 << 20, HASHED_BESIDE_LINE_BYTES = 90, OUTPUT_BYTES = 256 << 10, CALL_BYTES_MAX = 4096 };

static pcre2_code *codes[PATTERNS_MAX];
static pcre2_match_data *match;
static const char *block;
static size_t block_bytes;
static unsigned long matches, captures;
static FILE *calls;
static char *output;
static size_t output_bytes;

static void put(const char *text, size_t count) {
    memcpy(output + output_bytes, text, count);
    output_bytes += count;
}

#define PUT(text) put(text, sizeof text - 1)

static void put_capture(const char *line, int group) {
    PCRE2_SIZE *places = pcre2_get_ovector_pointer(match);
    put(line + places[2 * group], places[2 * group + 1] - places[2 * group]);
}

static void put_call(const char *line, size_t count) {
    static unsigned char hashed[HASHED_BESIDE_LINE_BYTES + 1024];
    unsigned char digest[SHA256_DIGEST_LENGTH];
    if (count > 1024) count = 1024;
    memcpy(hashed + HASHED_BESIDE_LINE_BYTES, line, count);
    SHA256_CTX hash;
    SHA256_Init(&hash);
    SHA256_Update(&hash, hashed, HASHED_BESIDE_LINE_BYTES + count);
    SHA256_Final(digest, &hash);
    char id[26];
    unsigned __int128 number;
    memcpy(&number, digest, sizeof number);
    for (int place = 25; place >= 0; place--, number >>= 5) id[place] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"[number & 31];
    PUT("{\"type\":\"track\",\"messageId\":\"");
    put(id, sizeof id);
    PUT("\",\"timestamp\":\"2026-01-01T00:00:00.000Z\",\"userId\":\"");
    put_capture(line, 1);
    PUT("\",\"event\":\"Bench Order Created\",\"properties\":{\"ip\":\"");
    put_capture(line, 2);
    PUT("\",\"value\":");
    put_capture(line, 3);
    PUT("},\"context\":{\"library\":{\"name\":\"eventail\",\"version\":\"0.1.0\"}}}\n");
    if (output_bytes > OUTPUT_BYTES - CALL_BYTES_MAX) {
        fwrite(output, 1, output_bytes, calls);
        output_bytes = 0;
    }
}

static int confirm(unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void *context) {
    (void)from, (void)flags, (void)context;
    const char *line = memrchr(block, '\n', to - 1), *end = memchr(block + to, '\n', block_bytes - to);
    line = line ? line + 1 : block;
    if (!end) end = block + block_bytes;
    int count = pcre2_jit_match(codes[id], (PCRE2_SPTR)line, end - line, 0, 0, match, NULL);
    if (count > 0) matches++, captures += count;
    if (count == 4 && calls && end - line < CALL_BYTES_MAX / 2) put_call(line, end - line);
    return 0;
}

static double milliseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

int main(int argc, char **argv) {
    if (argc != 3 && argc != 4) return fputs("usage: bench-pcre2 PATTERNS LOG [calls]\n", stderr), 2;
    if (argc == 4) calls = fopen("/dev/null", "w"), output = malloc(OUTPUT_BYTES);
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
