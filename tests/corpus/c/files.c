// Files: openat and friends, links, directories, locks of three kinds, rename forms, sparse files,
// times, unnamed files, fifos.
#define _GNU_SOURCE
#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void put(const char* path, const char* text) {
  FILE* file = fopen(path, "w");
  assert(file && fputs(text, file) >= 0 && fclose(file) == 0);
}

int main(void) {
  char folder[] = "/tmp/corpusXXXXXX", text[64] = "", path[PATH_MAX];
  assert(mkdtemp(folder) && chdir(folder) == 0 && getcwd(path, sizeof path) &&
         !strcmp(path, folder));
  put("a", "first");
  put("b", "second");
  assert(renameat2(AT_FDCWD, "a", AT_FDCWD, "b", RENAME_EXCHANGE) == 0);
  assert(renameat2(AT_FDCWD, "a", AT_FDCWD, "b", RENAME_NOREPLACE) == -1 && errno == EEXIST);
  int fd = open("a", O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  assert(read(fd, text, 6) == 6);
  printf("exchanged: %s\n", text);
  assert(rename("a", "b") == 0 && link("b", "hard") == 0 && symlink("b", "soft") == 0);
  struct stat status;
  struct statx extended;
  assert(stat("soft", &status) == 0 && status.st_nlink == 2 && lstat("soft", &status) == 0 &&
         S_ISLNK(status.st_mode));
  assert(statx(AT_FDCWD, "b", 0, STATX_ALL, &extended) == 0 && extended.stx_size == 6);
  assert(open("soft", O_RDONLY | O_NOFOLLOW) == -1 && errno == ELOOP && realpath("soft", path));
  assert(access("b", R_OK | W_OK) == 0 && faccessat(AT_FDCWD, "b", X_OK, AT_EACCESS) == -1 &&
         chmod("b", 0755) == 0);
  assert(fchmodat(AT_FDCWD, "b", 0600, 0) == 0 && umask(077) >= 0 &&
         chown("b", getuid(), getgid()) == 0);
  struct timespec times[2] = {{1000, 1}, {2000, 2}};
  assert(utimensat(AT_FDCWD, "b", times, 0) == 0 && stat("b", &status) == 0 &&
         status.st_mtim.tv_sec == 2000 && status.st_mtim.tv_nsec == 2);

  int mine = open("lock", O_RDWR | O_CREAT, 0600), other = open("lock", O_RDWR);
  assert(flock(mine, LOCK_EX) == 0 && flock(other, LOCK_EX | LOCK_NB) == -1 &&
         errno == EWOULDBLOCK && flock(mine, LOCK_UN) == 0);
  struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
  assert(fcntl(mine, F_OFD_SETLK, &whole) == 0 && fcntl(other, F_OFD_SETLK, &whole) == -1);
  whole.l_type = F_UNLCK;
  assert(fcntl(mine, F_OFD_SETLK, &whole) == 0 && lockf(mine, F_LOCK, 10) == 0);
  if (fork() == 0)
    _exit(lockf(other, F_TEST, 10) == -1 ? 7 : 1);
  int code;
  wait(&code);
  printf("locks %d\n", WEXITSTATUS(code));

  fd = open("sparse", O_RDWR | O_CREAT | O_EXCL, 0600);
  assert(ftruncate(fd, 4 << 20) == 0 && fallocate(fd, 0, 1 << 20, 4096) == 0 &&
         pwrite(fd, "x", 1, (4 << 20) - 1) == 1);
  assert(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 1 << 20, 4096) == 0 &&
         posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL) == 0);
  printf("data from %ld\n", (long)lseek(fd, 2 << 20, SEEK_DATA));
  char* mapped = mmap(NULL, 4 << 20, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  strcpy(mapped + 5000, "mapped");
  assert(msync(mapped, 4 << 20, MS_SYNC) == 0 && pread(fd, text, 7, 5000) == 7 &&
         munmap(mapped, 4 << 20) == 0);
  puts(text);
  fd = open(".", O_TMPFILE | O_RDWR, 0600);
  assert(fd >= 0 && write(fd, "unnamed", 7) == 7);
  snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  assert(linkat(AT_FDCWD, path, AT_FDCWD, "named", AT_SYMLINK_FOLLOW) == 0 &&
         stat("named", &status) == 0);
  printf("unnamed, then named: %ld\n", (long)status.st_size);

  assert(mkdir("d", 0700) == 0);
  int at = open("d", O_DIRECTORY | O_PATH);
  for (int i = 0; i < 300; ++i) {
    snprintf(text, sizeof text, "%03d", i);
    int made = openat(at, text, O_WRONLY | O_CREAT, 0600);
    assert(made >= 0 && close(made) == 0);
  }
  struct dirent** names;
  int count = scandir("d", &names, NULL, alphasort);
  printf("entries %d, last %s\n", count, names[count - 1]->d_name);
  glob_t matches;
  assert(glob("d/*7", 0, NULL, &matches) == 0);
  printf("matches %zu\n", matches.gl_pathc);
  char* roots[] = {"d", NULL};
  FTS* walk = fts_open(roots, FTS_PHYSICAL, NULL);
  int removed = 0;
  for (FTSENT* entry; (entry = fts_read(walk));)
    if (entry->fts_info == FTS_F)
      removed += unlink(entry->fts_accpath) == 0;
  fts_close(walk);
  assert(rmdir("d") == 0);
  printf("removed %d\n", removed);
  assert(mkfifo("fifo", 0600) == 0);
  if (fork() == 0) {
    int out = open("fifo", O_WRONLY);
    assert(write(out, "fifo", 5) == 5);
    _exit(0);
  }
  fd = open("fifo", O_RDONLY);
  assert(read(fd, text, 5) == 5);
  wait(NULL);
  puts(text);
  struct statvfs system_;
  assert(statvfs(".", &system_) == 0 && system_.f_blocks > 0);
  FILE* temporary = tmpfile();
  assert(temporary && fprintf(temporary, "%d", 42) == 2);
  rewind(temporary);
  int number;
  assert(fscanf(temporary, "%d", &number) == 1 && number == 42);
  assert(open("/etc/new", O_WRONLY | O_CREAT, 0600) == -1 || geteuid() == 0);
  char command[PATH_MAX];
  snprintf(command, sizeof command, "rm -r %s", folder);
  assert(chdir("/") == 0 && system(command) == 0);
}
