/* SPDX-License-Identifier: Apache-2.0
 *
 * More memory than a box has, in each way that the kernel has to hold it. */
#include "attack.h"

#include <elf.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stddef.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

enum { page = 4096, mib = 1 << 20 };

static void touch(char* from, size_t bytes) {
  for (size_t i = 0; i < bytes; i += page) {
    ((volatile char*)from)[i] = 1;
  }
}

static char* map_or_stop(size_t bytes, int flags, int file) {
  char* at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, flags, file, 0);
  if (at == MAP_FAILED) {
    observe("mmap", -1);
    _exit(contained_status);
  }
  return at;
}

static void touch_heap(char** arguments) {
  for (long left = number(arguments, 0, 64); left > 0; --left) {
    char* bytes = malloc(mib);
    if (bytes == NULL) {
      observe("malloc", -1);
      return;
    }
    touch(bytes, mib);
  }
  escaped("all of it was there");
}

/* Each child is small, all together are not. */
static void touch_by_children(char** arguments) {
  const long children = number(arguments, 0, 8);
  const size_t bytes = (size_t)number(arguments, 1, 8) * mib;
  int ready[2];
  if (pipe(ready) != 0) {
    unable("pipe");
  }
  for (long i = 0; i < children; ++i) {
    if (fork() == 0) {
      close(ready[0]);
      touch(map_or_stop(bytes, MAP_PRIVATE | MAP_ANONYMOUS, -1), bytes);
      for (;;) {
        write(ready[1], "x", 1);
        pause();
      }
    }
  }
  close(ready[1]);
  char byte;
  for (long i = 0; i < children; ++i) {
    if (read(ready[0], &byte, 1) != 1) {
      return;
    }
  }
  escaped("all children have theirs at once");
}

/* A program whose data is larger than the box: the kernel makes it before the first instruction
 * runs. It touches every page and exits as one that escaped. */
static void huge_data(char** arguments) {
  const uint64_t start = 0x10000000;
  const uint64_t bytes = (uint64_t)number(arguments, 0, 64) * mib;
  unsigned char code[] = {
      0x48, 0xbf,           0,    0,    0,    0,    0,    0, 0, 0, /* mov rdi, data */
      0x48, 0xb9,           0,    0,    0,    0,    0,    0, 0, 0, /* mov rcx, pages */
      0xc6, 0x07,           0x01,                                  /* mov byte [rdi], 1 */
      0x48, 0x81,           0xc7, 0x00, 0x10, 0x00, 0x00,          /* add rdi, 4096 */
      0x48, 0xff,           0xc9,                                  /* dec rcx */
      0x75, 0xf1,                                                  /* jnz mov */
      0xbf, escaped_status, 0,    0,    0,                         /* mov edi, status */
      0xb8, SYS_exit,       0,    0,    0,    0x0f, 0x05};
  const uint64_t data = start + page;
  const uint64_t pages = bytes / page;
  memcpy(code + 2, &data, sizeof data);
  memcpy(code + 12, &pages, sizeof pages);
  struct image {
    Elf64_Ehdr head;
    Elf64_Phdr segments[1];
    unsigned char code[sizeof code];
  } program = {.head = {.e_ident = {0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
                        .e_type = ET_EXEC,
                        .e_machine = EM_X86_64,
                        .e_version = EV_CURRENT,
                        .e_entry = start + offsetof(struct image, code),
                        .e_phoff = offsetof(struct image, segments),
                        .e_ehsize = sizeof(Elf64_Ehdr),
                        .e_phentsize = sizeof(Elf64_Phdr),
                        .e_phnum = 1},
               .segments = {{.p_type = PT_LOAD,
                             .p_flags = PF_R | PF_W | PF_X,
                             .p_vaddr = start,
                             .p_filesz = sizeof program,
                             .p_memsz = page + bytes,
                             .p_align = page}}};
  memcpy(program.code, code, sizeof code);
  const int file = open("huge", O_WRONLY | O_CREAT | O_TRUNC, 0755);
  if (write(file, &program, sizeof program) != sizeof program || close(file) != 0) {
    unable("write program");
  }
  execl("./huge", "./huge", NULL);
  unable("execve");
}

/* Address space is free: only what is touched counts. */
static void reserve(char** arguments) {
  const size_t bytes = (size_t)number(arguments, 0, 1024) << 30;
  char* all =
      mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  observe("mmap", all == MAP_FAILED ? -1 : 0);
  if (all != MAP_FAILED) {
    touch(all, mib);
  }
}

/* Nothing but reads of memory that is not there: what fills is the tables that say so. */
static void page_tables(char** arguments) {
  const size_t step = 2 * mib; /* one table each */
  const size_t bytes = (size_t)number(arguments, 0, 64) * mib / page * step;
  const char* all =
      mmap(NULL, bytes, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (all == MAP_FAILED || madvise((void*)all, bytes, MADV_NOHUGEPAGE) != 0) {
    unable("mmap");
  }
  for (size_t at = 0; at < bytes; at += step) {
    (void)((volatile const char*)all)[at];
  }
  escaped("all tables are there");
}

static int recurse(long left) {
  volatile char frame[page];
  frame[0] = frame[page - 1] = (char)left;
  return left == 0 ? frame[0] : recurse(left - 1) + frame[page - 1];
}

static void deep_stack(char** arguments) {
  const struct rlimit unlimited = {RLIM_INFINITY, RLIM_INFINITY};
  observe("setrlimit", setrlimit(RLIMIT_STACK, &unlimited));
  recurse(number(arguments, 0, 64) * mib / page);
  escaped("all of the stack was there");
}

static void hold_shared(size_t bytes) {
  touch(map_or_stop(bytes, MAP_SHARED | MAP_ANONYMOUS, -1), bytes);
}

static void hold_memfd(size_t bytes) {
  const int file = (int)syscall(SYS_memfd_create, "hold", 0);
  if (ftruncate(file, (off_t)bytes) != 0) {
    unable("memfd");
  }
  touch(map_or_stop(bytes, MAP_SHARED, file), bytes);
}

static void hold_system_v(size_t bytes) {
  const int segment = shmget(IPC_PRIVATE, bytes, IPC_CREAT | 0600);
  char* at = shmat(segment, NULL, 0);
  if (at == (char*)-1) {
    unable("shmat");
  }
  touch(at, bytes);
}

static void hold_pipes(size_t bytes) {
  char block[page];
  memset(block, 1, sizeof block);
  for (size_t held = 0; held < bytes;) {
    int ends[2];
    if (pipe2(ends, O_NONBLOCK) != 0) {
      observe("pipe", -1);
      _exit(contained_status);
    }
    while (write(ends[1], block, sizeof block) > 0) {
      held += sizeof block;
    }
  }
}

static void hold_sockets(size_t bytes) {
  char block[16 * 1024];
  memset(block, 1, sizeof block);
  for (size_t held = 0; held < bytes;) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends) != 0) {
      observe("socketpair", -1);
      _exit(contained_status);
    }
    for (long sent = 0; (sent = write(ends[1], block, sizeof block)) > 0;) {
      held += (size_t)sent;
    }
  }
}

/* Datagrams to oneself that nobody reads. */
static void hold_datagrams(size_t bytes) {
  char block[32 * 1024];
  memset(block, 1, sizeof block);
  for (size_t held = 0; held < bytes;) {
    struct sockaddr_in self = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof self;
    const int socket_ = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    if (bind(socket_, (struct sockaddr*)&self, size) != 0 ||
        getsockname(socket_, (struct sockaddr*)&self, &size) != 0) {
      observe("bind", -1);
      _exit(contained_status);
    }
    /* What does not fit is dropped without a word: only what can be read is held, and two fit. */
    char first;
    const int sent = sendto(socket_, block, sizeof block, 0, (struct sockaddr*)&self, size) > 0 &&
                     sendto(socket_, block, sizeof block, 0, (struct sockaddr*)&self, size) > 0;
    struct pollfd readable = {.fd = socket_, .events = POLLIN};
    if (!sent || poll(&readable, 1, 1000) != 1 ||
        recv(socket_, &first, 1, MSG_DONTWAIT | MSG_PEEK) != 1) {
      errno = ENOBUFS;
      observe("send", -1);
      _exit(contained_status);
    }
    held += 2 * sizeof block;
  }
}

static void hold_messages(size_t bytes) {
  static struct {
    long type;
    char text[8192];
  } message = {.type = 1};
  for (size_t held = 0; held < bytes;) {
    const int queue = msgget(IPC_PRIVATE, IPC_CREAT | 0600);
    if (queue < 0) {
      observe("msgget", -1);
      _exit(contained_status);
    }
    while (msgsnd(queue, &message, sizeof message.text, IPC_NOWAIT) == 0) {
      held += sizeof message.text;
    }
  }
}

static const struct {
  const char* name;
  void (*hold)(size_t bytes);
} ways[] = {{"shared", hold_shared},     {"memfd", hold_memfd},
            {"system-v", hold_system_v}, {"pipes", hold_pipes},
            {"sockets", hold_sockets},   {"datagrams", hold_datagrams},
            {"messages", hold_messages}, {NULL, NULL}};

static void use_all_descriptors(void) {
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
}

static void hold(char** arguments) {
  use_all_descriptors();
  for (int i = 0; arguments[0] != NULL && ways[i].name != NULL; ++i) {
    if (strcmp(ways[i].name, arguments[0]) == 0) {
      ways[i].hold((size_t)number(arguments, 1, 64) * mib);
      escaped("all of it is held");
      return;
    }
  }
  unable("there is no such way");
}

/* Memory that stays when the program has ended. */
static void leave_system_v(char** arguments) {
  hold_system_v((size_t)number(arguments, 0, 16) * mib);
}

const struct verb memory_verbs[] = {{"touch-heap", touch_heap},
                                    {"touch-by-children", touch_by_children},
                                    {"huge-data", huge_data},
                                    {"reserve", reserve},
                                    {"page-tables", page_tables},
                                    {"deep-stack", deep_stack},
                                    {"hold", hold},
                                    {"leave-system-v", leave_system_v},
                                    {NULL, NULL}};
