// A receiver for measurements that costs next to nothing: it reads each request to its end by Content-Length and answers 200, or 503
// while the file `down` exists. At most 64 connections, one thread; nothing of what it reads is looked at.
//
// usage: bench-sink FOLDER      writes its port to FOLDER/port, looks for FOLDER/down

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CONNECTIONS = 64, HEAD_MAX = 16 << 10 };

typedef struct {
    char head[HEAD_MAX + 1];
    size_t used;     // bytes of the head so far
    long body_left;  // of the body; -1: the head is not complete
} Connection;

static const char OK[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
static const char DOWN[] = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n";
static char buffer[1 << 20], down[4096];

static int answer(int descriptor) {
    const char *text = access(down, F_OK) == 0 ? DOWN : OK;
    return write(descriptor, text, strlen(text)) == (ssize_t)strlen(text);
}

// Takes bytes that arrived; returns 0 for what is no request.
static int take(Connection *connection, int descriptor, const char *bytes, size_t count) {
    while (count > 0) {
        if (connection->body_left < 0) {
            size_t before = connection->used, room = HEAD_MAX - before, part = count < room ? count : room;
            if (part == 0) return 0;
            memcpy(connection->head + before, bytes, part);
            connection->used += part;
            connection->head[connection->used] = 0;
            char *end = strstr(connection->head, "\r\n\r\n");
            if (!end) {
                bytes += part, count -= part;
                continue;
            }
            size_t head = (size_t)(end + 4 - connection->head) - before;
            bytes += head, count -= head;
            char *length = strcasestr(connection->head, "\r\ncontent-length:");
            connection->body_left = length && length < end ? strtol(length + 17, NULL, 10) : 0;
        } else {
            size_t part = (size_t)connection->body_left < count ? (size_t)connection->body_left : count;
            bytes += part, count -= part, connection->body_left -= (long)part;
        }
        if (connection->body_left == 0) {
            if (!answer(descriptor)) return 0;
            connection->used = 0, connection->body_left = -1;
        }
    }
    return 1;
}

int main(int count, char **arguments) {
    if (count != 2) return fprintf(stderr, "usage: bench-sink FOLDER\n"), 2;
    char port[4096], new_port[4096];
    snprintf(down, sizeof down, "%s/down", arguments[1]);
    snprintf(port, sizeof port, "%s/port", arguments[1]);
    snprintf(new_port, sizeof new_port, "%s/port.new", arguments[1]);

    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(listener, (struct sockaddr *)&address, size) || listen(listener, CONNECTIONS)) return perror("bench-sink"), 1;
    getsockname(listener, (struct sockaddr *)&address, &size);
    FILE *file = fopen(new_port, "w");
    if (!file || fprintf(file, "%d", ntohs(address.sin_port)) < 0 || fclose(file) || rename(new_port, port))
        return perror(port), 1;

    static struct pollfd polled[CONNECTIONS + 1];
    static Connection connections[CONNECTIONS + 1];
    for (int index = 0; index <= CONNECTIONS; index++) polled[index].fd = -1, polled[index].events = POLLIN;
    polled[0].fd = listener;
    while (poll(polled, CONNECTIONS + 1, -1) > 0) {
        if (polled[0].revents) {
            int descriptor = accept(listener, NULL, NULL), on = 1, index = 1;
            while (index <= CONNECTIONS && polled[index].fd >= 0) index++;
            if (index > CONNECTIONS) {
                close(descriptor);
            } else {
                setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
                polled[index].fd = descriptor, polled[index].revents = 0;
                connections[index].used = 0, connections[index].body_left = -1;
            }
        }
        for (int index = 1; index <= CONNECTIONS; index++) {
            if (polled[index].fd < 0 || !polled[index].revents) continue;
            ssize_t got = read(polled[index].fd, buffer, sizeof buffer);
            if (got > 0 && take(&connections[index], polled[index].fd, buffer, (size_t)got)) continue;
            close(polled[index].fd);
            polled[index].fd = -1;
        }
    }
    return 1;
}
