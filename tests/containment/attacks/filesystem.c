/* SPDX-License-Identifier: Apache-2.0
 *
 * Out of the files that a box shows, and onto those that it shows read-only. */
#include "attack.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <sys/mount.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

static void same_root(const char* step, int directory) {
  struct stat root;
  struct stat other;
  if (stat("/", &root) != 0 || fstat(directory, &other) != 0) {
    unable("stat");
  }
  if (root.st_dev != other.st_dev || root.st_ino != other.st_ino) {
    escaped(step);
  }
}

/* Up from where we are, in every way there is. A root that is a mere chroot of a process with a
 * directory outside would let it out; `control` opens such a directory first. */
static void parents(char** arguments) {
  const int outside =
      arguments[0] && strcmp(arguments[0], "--control") == 0 ? open("/", O_PATH | O_DIRECTORY) : -1;
  if (outside >= 0 && (chroot("/box") != 0 || fchdir(outside) != 0)) {
    unable("chroot");
  }
  char up[64 * 3 + 1] = "";
  for (int i = 0; i < 64; ++i) {
    strcat(up, "../");
  }
  const int by_path = open(up, O_PATH | O_DIRECTORY);
  same_root("dots", by_path);
  same_root("slash dots", open("/..", O_PATH | O_DIRECTORY));
  for (int i = 0; i < 64; ++i) {
    if (chdir("..") != 0) {
      unable("chdir");
    }
  }
  same_root("chdir", open(".", O_PATH | O_DIRECTORY));
}

/* The idiom that leaves a chroot. */
static void leave_chroot(char** arguments) {
  (void)arguments;
  const int before = open("/", O_RDONLY | O_DIRECTORY);
  mkdir("jail", 0755);
  if (attempt("chroot", chroot("jail")) < 0) {
    return;
  }
  observe("fchdir", fchdir(before));
  for (int i = 0; i < 64; ++i) {
    if (chdir("..") != 0) {
      return;
    }
  }
  attempt("chroot back", chroot("."));
}

/* A file in every directory that is visible, but for those named in the arguments. */
static int is_listed(char** list, const char* path) {
  for (; *list; ++list) {
    if (strcmp(*list, path) == 0) {
      return 1;
    }
  }
  return 0;
}

static void try_to_create(const char* directory, char** writable) {
  char path[4096];
  snprintf(path, sizeof path, "%s/created-by-attack", directory);
  const int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_NONBLOCK, 0600);
  if (file >= 0) {
    if (!is_listed(writable, directory)) {
      escaped(directory);
    }
    close(file);
    unlink(path);
  }
}

static void walk(const char* directory, int depth, long* budget, char** writable) {
  try_to_create(directory, writable);
  DIR* entries = depth > 0 && *budget > 0 ? opendir(directory) : NULL;
  if (entries == NULL) {
    return;
  }
  for (struct dirent* entry; (entry = readdir(entries)) != NULL && --*budget > 0;) {
    if (entry->d_type != DT_DIR || entry->d_name[0] == '.') {
      continue;
    }
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", strcmp(directory, "/") == 0 ? "" : directory,
             entry->d_name);
    walk(path, depth - 1, budget, writable);
  }
  closedir(entries);
}

static void create_everywhere(char** arguments) {
  long budget = 200000;
  walk("/", 4, &budget, arguments);
}

/* Whatever is named must not be there, or not be readable. */
static void read_paths(char** arguments) {
  for (; *arguments && strncmp(*arguments, "--", 2) != 0; ++arguments) {
    char byte;
    const int file = open(*arguments, O_RDONLY | O_NONBLOCK);
    attempt(*arguments, file < 0 ? file : read(file, &byte, 1) < 0 && errno != EISDIR ? -1 : 0);
    close(file);
  }
}

/* Paths that must not even exist. */
static void find_paths(char** arguments) {
  struct stat about;
  for (; *arguments && strncmp(*arguments, "--", 2) != 0; ++arguments) {
    attempt(*arguments, lstat(*arguments, &about));
  }
}

/* Descriptors that the supervisor forgot to close, as directories to leave by. */
static void inherited_directories(char** arguments) {
  (void)arguments;
  for (int fd = 3; fd < 1024; ++fd) {
    struct stat about;
    if (fstat(fd, &about) == 0) {
      escaped("descriptor");
      observe("openat", openat(fd, "..", O_PATH));
      observe("fchdir", fchdir(fd));
    }
  }
}

static void open_one(char** arguments) {
  const int directory = open("/", O_RDONLY | O_DIRECTORY);
  dup2(directory, 17);
  inherited_directories(arguments);
}

static void change_mounts(char** arguments) {
  (void)arguments;
  attempt("remount", mount(NULL, "/", NULL, MS_REMOUNT | MS_BIND, NULL));
  attempt("bind", mount("/", "/tmp", NULL, MS_BIND, NULL));
  attempt("tmpfs", mount("none", "/tmp", "tmpfs", 0, NULL));
  attempt("umount", umount2("/tmp", MNT_DETACH));
  attempt("umount root", umount2("/", MNT_DETACH));
  struct mount_attr attributes = {0};
  attributes.attr_clr = MOUNT_ATTR_RDONLY;
  attempt("mount_setattr",
          syscall(SYS_mount_setattr, AT_FDCWD, "/", 0, &attributes, sizeof attributes));
  attempt("open_tree", syscall(SYS_open_tree, AT_FDCWD, "/", 1 /* OPEN_TREE_CLONE */));
  attempt("pivot_root", syscall(SYS_pivot_root, "/tmp", "/tmp"));
}

/* Only the harmless devices, and none that a program makes. */
static void devices(char** arguments) {
  static const char* const harmless[] = {"null", "zero", "full", "random", "urandom"};
  (void)arguments;
  DIR* entries = opendir("/dev");
  if (entries == NULL) {
    unable("opendir /dev");
  }
  for (struct dirent* entry; (entry = readdir(entries)) != NULL;) {
    char path[512];
    struct stat about;
    snprintf(path, sizeof path, "/dev/%s", entry->d_name);
    int known = 0;
    for (size_t i = 0; i < sizeof harmless / sizeof *harmless; ++i) {
      known |= strcmp(entry->d_name, harmless[i]) == 0;
    }
    if (!known && lstat(path, &about) == 0 && (S_ISCHR(about.st_mode) || S_ISBLK(about.st_mode)) &&
        open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY) >= 0) {
      escaped(path);
    }
  }
  closedir(entries);
}

static void make_devices(char** arguments) {
  (void)arguments;
  attempt("memory", mknod("memory", S_IFCHR | 0600, makedev(1, 1)));
  attempt("disk", mknod("disk", S_IFBLK | 0600, makedev(8, 0)));
  attempt("null", mknod("null", S_IFCHR | 0600, makedev(1, 3)));
  observe("fifo", mknod("fifo", S_IFIFO | 0600, 0));
}

/* By handle instead of by name: no directory is asked for its permission. */
static void by_handle(char** arguments) {
  (void)arguments;
  struct {
    struct file_handle head;
    unsigned char bytes[128];
  } handle = {.head = {.handle_bytes = 128}};
  int mount_id;
  observe("name_to_handle_at", name_to_handle_at(AT_FDCWD, "/", &handle.head, &mount_id, 0));
  const int root = open("/", O_RDONLY | O_DIRECTORY);
  attempt("open_by_handle_at", open_by_handle_at(root, &handle.head, O_RDONLY));
}

static void links_from_outside(char** arguments) {
  attempt("hard link", linkat(AT_FDCWD, arguments[0], AT_FDCWD, "stolen", 0));
  attempt("open link", symlink(arguments[0], "pointer") == 0 ? open("pointer", O_WRONLY) : -1);
}

static void change_owner(char** arguments) {
  attempt("chmod", chmod(arguments[0], 0777));
  attempt("chown", chown(arguments[0], 1000, 1000));
  attempt("truncate", truncate(arguments[0], 0));
  attempt("utimes", utimensat(AT_FDCWD, arguments[0], NULL, 0));
  attempt("unlink", unlink(arguments[0]));
  attempt("rename", rename(arguments[0], "/tmp/gone"));
}

static void touch(char** arguments) {
  attempt("utimes", utimensat(AT_FDCWD, arguments[0], NULL, 0));
}

const struct verb filesystem_verbs[] = {{"parents", parents},
                                        {"leave-chroot", leave_chroot},
                                        {"create-everywhere", create_everywhere},
                                        {"read", read_paths},
                                        {"find", find_paths},
                                        {"inherited-directories", inherited_directories},
                                        {"inherited-directories-control", open_one},
                                        {"change-mounts", change_mounts},
                                        {"devices", devices},
                                        {"make-devices", make_devices},
                                        {"by-handle", by_handle},
                                        {"link-from-outside", links_from_outside},
                                        {"change-owner", change_owner},
                                        {"touch", touch},
                                        {NULL, NULL}};
