// A receiver that costs next to nothing, for benchmarks: it reads each request, counts how often a text occurs in the bodies, and
// answers 200. A thread for each connection.
//
// usage: bench-sink PORT-FILE TEXT    writes its port to PORT-FILE; GET gives the count; ends on SIGTERM
// build: cc -O2 -pthread -o bench-sink bench-sink.c

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

static const char *needle;
static size_t needle_bytes;
static atomic_ulong found;

enum { HEAD_BYTES_MAX = 64 << 10 };

static unsigned long count(const char *text, size_t bytes) {
    unsigned long n = 0;
    for (const char *end = text + bytes; (text = memmem(text, end - text, needle, needle_bytes)); text += needle_bytes) n++;
    return n;
}

// One more read into the buffer, which grows as it must. 0 at the end of the connection.
static ssize_t fill(int fd, char **buffer, size_t *capacity, size_t filled) {
    if (*capacity - filled < HEAD_BYTES_MAX) {
        *capacity = 2 * *capacity + HEAD_BYTES_MAX;
        if (!(*buffer = realloc(*buffer, *capacity + 1))) exit(1);
    }
    return read(fd, *buffer + filled, *capacity - filled);
}

static void *serve(void *argument) {
    int fd = (int)(long)argument;
    size_t capacity = 0, filled = 0;
    char *buffer = NULL;
    for (;;) {
        char *body;
        while (!filled || !(body = memmem(buffer, filled, "\r\n\r\n", 4))) {
            ssize_t n = fill(fd, &buffer, &capacity, filled);
            if (n <= 0) goto done;
            filled += n;
        }
        size_t head = body + 4 - buffer;
        buffer[head - 1] = 0;
        char *length = strcasestr(buffer, "\r\ncontent-length:");
        size_t whole = head + (length ? strtoul(length + 17, NULL, 10) : 0);
        while (filled < whole) {
            ssize_t n = fill(fd, &buffer, &capacity, filled);
            if (n <= 0) goto done;
            filled += n;
        }
        char answer[128], text[32];
        found += count(buffer + head, whole - head);
        int text_bytes = snprintf(text, sizeof text, "%lu", found);
        int bytes = snprintf(answer, sizeof answer, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", text_bytes, text);
        if (buffer[0] != 'G') bytes = snprintf(answer, sizeof answer, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
        if (write(fd, answer, bytes) != bytes) goto done;
        memmove(buffer, buffer + whole, filled - whole);
        filled -= whole;
    }
done:
    free(buffer);
    close(fd);
    return NULL;
}

int main(int argc, char **argv) {
    if (argc != 3) return fputs("usage: bench-sink PORT-FILE TEXT\n", stderr), 2;
    needle = argv[2];
    needle_bytes = strlen(needle);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(listener, (void *)&address, size) || listen(listener, 64) || getsockname(listener, (void *)&address, &size)) return 1;
    char temporary[4096];
    snprintf(temporary, sizeof temporary, "%s.new", argv[1]);
    FILE *file = fopen(temporary, "w");
    if (!file) return perror(temporary), 1;
    fprintf(file, "%d\n", ntohs(address.sin_port));
    fclose(file);
    rename(temporary, argv[1]);
    for (;;) {
        int fd = accept(listener, NULL, NULL);
        pthread_t thread;
        if (fd >= 0 && !pthread_create(&thread, NULL, serve, (void *)(long)fd)) pthread_detach(thread);
    }
}
