// Unix sockets: a threaded server, datagrams, passed descriptors and credentials, abstract names,
// batches, other families refused.
#define _GNU_SOURCE
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct sockaddr_un address = {AF_UNIX, "corpus.sock"};
static void* serve(void* argument) {
  int fd = (int)(long)argument;
  char line[64];
  for (ssize_t n; (n = recv(fd, line, sizeof line, 0)) > 0;) {
    for (ssize_t i = 0; i < n; ++i)
      line[i] = (char)(line[i] ^ 0x20);
    assert(send(fd, line, (size_t)n, MSG_NOSIGNAL) == n);
  }
  close(fd);
  return NULL;
}
static void* accept_all(void* argument) {
  pthread_t threads[16];
  for (int i = 0; i < 16; ++i) {
    int fd = accept4((int)(long)argument, NULL, NULL, SOCK_CLOEXEC);
    assert(fd >= 0 && pthread_create(&threads[i], NULL, serve, (void*)(long)fd) == 0);
  }
  for (int i = 0; i < 16; ++i)
    pthread_join(threads[i], NULL);
  return NULL;
}

int main(void) {
  int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  unlink(address.sun_path);
  assert(bind(listener, (const struct sockaddr*)&address, sizeof address) == 0 &&
         listen(listener, 16) == 0);
  pthread_t acceptor;
  pthread_create(&acceptor, NULL, accept_all, (void*)(long)listener);
  for (int i = 0; i < 16; ++i)
    if (fork() == 0) {
      int fd = socket(AF_UNIX, SOCK_STREAM, 0);
      assert(connect(fd, (const struct sockaddr*)&address, sizeof address) == 0);
      for (int n = 0; n < 20; ++n) {
        char answer[6] = "";
        assert(send(fd, "hello", 5, 0) == 5 && recv(fd, answer, 5, MSG_WAITALL) == 5 &&
               !strcmp(answer, "HELLO"));
      }
      _exit(0);
    }
  int good = 0;
  for (int status; wait(&status) > 0;)
    good += status == 0;
  pthread_join(acceptor, NULL);
  unlink(address.sun_path);
  printf("clients %d\n", good);

  int pair[2];
  assert(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) == 0);
  int on = 1, size = 0;
  socklen_t length = sizeof size;
  assert(setsockopt(pair[1], SOL_SOCKET, SO_PASSCRED, &on, sizeof on) == 0);
  assert(getsockopt(pair[1], SOL_SOCKET, SO_SNDBUF, &size, &length) == 0 && size > 0);
  int file = open("passed", O_RDWR | O_CREAT, 0600);
  union {
    char bytes[CMSG_SPACE(sizeof(int))];
    struct cmsghdr align;
  } control = {0};
  struct iovec data = {"fd", 2};
  struct msghdr message = {
      .msg_iov = &data, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
  struct cmsghdr* header = CMSG_FIRSTHDR(&message);
  *header = (struct cmsghdr){
      .cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
  memcpy(CMSG_DATA(header), &file, sizeof file);
  assert(sendmsg(pair[0], &message, 0) == 2);
  char space[256], text[8];
  data = (struct iovec){text, sizeof text};
  message = (struct msghdr){
      .msg_iov = &data, .msg_iovlen = 1, .msg_control = space, .msg_controllen = sizeof space};
  assert(recvmsg(pair[1], &message, MSG_CMSG_CLOEXEC) == 2);
  int rights = -1, creds = 0;
  for (header = CMSG_FIRSTHDR(&message); header; header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_type == SCM_RIGHTS)
      memcpy(&rights, CMSG_DATA(header), sizeof rights);
    if (header->cmsg_type == SCM_CREDENTIALS) {
      struct ucred who;
      memcpy(&who, CMSG_DATA(header), sizeof who);
      creds = who.pid == getpid() && who.uid == getuid();
    }
  }
  struct stat a, b;
  assert(fstat(rights, &a) == 0 && fstat(file, &b) == 0 && a.st_ino == b.st_ino &&
         unlink("passed") == 0);
  printf("passed, credentials %d\n", creds);

  struct mmsghdr batch[4] = {0};
  struct iovec parts[4] = {{"a", 1}, {"bb", 2}, {"ccc", 3}, {"dddd", 4}};
  for (int i = 0; i < 4; ++i)
    batch[i].msg_hdr = (struct msghdr){.msg_iov = &parts[i], .msg_iovlen = 1};
  assert(sendmmsg(pair[0], batch, 4, 0) == 4);
  char into[4][8];
  for (int i = 0; i < 4; ++i)
    parts[i] = (struct iovec){into[i], 8};
  assert(recvmmsg(pair[1], batch, 4, MSG_DONTWAIT, NULL) == 4);
  printf("batch %u %u\n", batch[0].msg_len, batch[3].msg_len);

  struct sockaddr_un hidden = {AF_UNIX, "\0corpus"};
  socklen_t hidden_length = offsetof(struct sockaddr_un, sun_path) + 7;
  int one = socket(AF_UNIX, SOCK_SEQPACKET, 0), two = socket(AF_UNIX, SOCK_SEQPACKET, 0);
  assert(bind(one, (struct sockaddr*)&hidden, hidden_length) == 0 && listen(one, 1) == 0);
  assert(connect(two, (struct sockaddr*)&hidden, hidden_length) == 0);
  int accepted = accept(one, NULL, NULL);
  struct ucred peer;
  length = sizeof peer;
  assert(getsockopt(accepted, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 &&
         peer.pid == getpid());
  assert(send(two, "packet", 6, 0) == 6 && recv(accepted, text, sizeof text, 0) == 6 &&
         shutdown(two, SHUT_RDWR) == 0);
  assert(recv(accepted, text, sizeof text, 0) == 0);
  puts("abstract name");
  struct addrinfo* found = NULL;
  int resolved = getaddrinfo(
      "127.0.0.1", "80", &(struct addrinfo){.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV}, &found);
  printf("numeric address %s\n", resolved ? gai_strerror(resolved) : "ok");
  freeaddrinfo(found);
}
