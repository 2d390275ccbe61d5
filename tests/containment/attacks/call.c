/* SPDX-License-Identifier: Apache-2.0
 *
 * System calls that no program of a box gets an answer to from the kernel. Each is made with
 * arguments that do no harm where the kernel takes it up: it then succeeds in something small, or
 * complains of the arguments. Either shows that nothing stood before it. */
#include "attack.h"

#include <fcntl.h>
#include <linux/aio_abi.h>
#include <linux/keyctl.h>
#include <linux/perf_event.h>
#include <sys/stat.h>
#include <sys/timex.h>
#include <time.h>

#ifndef SYS_open_tree_attr
#define SYS_open_tree_attr 467
#define SYS_file_getattr 468
#define SYS_file_setattr 469
#endif
enum { cachestat_number = 451, statmount_number = 457, listmount_number = 458 };

#define AT(pointer) ((long)(pointer))

static struct perf_event_attr clock_event = {.type = PERF_TYPE_SOFTWARE,
                                             .config = PERF_COUNT_SW_CPU_CLOCK,
                                             .size = sizeof(struct perf_event_attr)};
static aio_context_t io_context;
static struct timex no_change; /* modes 0: only asks */
static struct timespec no_time = {0, -1};
static char room[256];
static const char nowhere[] = "/nowhere/at/all";

static const struct call {
  const char* name;
  long number;
  long arguments[5];
} calls[] = {
    {"bpf", SYS_bpf, {0xffff, 0, 0}},
    {"io_uring_setup", SYS_io_uring_setup, {1, 0}},
    {"io_uring_enter", SYS_io_uring_enter, {-1, 0, 0, 0, 0}},
    {"io_uring_register", SYS_io_uring_register, {-1, 0, 0, 0}},
    {"userfaultfd", SYS_userfaultfd, {0}},
    {"userfaultfd-user", SYS_userfaultfd, {1}},
    {"perf_event_open", SYS_perf_event_open, {AT(&clock_event), 0, -1, -1, 0}},
    {"perf_event_open-cpu", SYS_perf_event_open, {AT(&clock_event), -1, 0, -1, 0}},
    {"add_key", SYS_add_key, {AT("user"), AT("attack"), AT("x"), 1, KEY_SPEC_PROCESS_KEYRING}},
    {"request_key", SYS_request_key, {AT("user"), AT("attack"), 0, KEY_SPEC_PROCESS_KEYRING}},
    {"keyctl", SYS_keyctl, {KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 0}},
    {"mount", SYS_mount, {0, 0, 0, 0, 0}},
    {"umount2", SYS_umount2, {AT(nowhere), 0}},
    {"pivot_root", SYS_pivot_root, {AT(nowhere), AT(nowhere)}},
    {"fsopen", SYS_fsopen, {AT("tmpfs"), 0}},
    {"fsconfig", SYS_fsconfig, {-1, 6, 0, 0, 0}},
    {"fsmount", SYS_fsmount, {-1, 0, 0}},
    {"fspick", SYS_fspick, {-1, AT(""), 0}},
    {"open_tree", SYS_open_tree, {AT_FDCWD, AT("/"), 0}},
    {"open_tree_attr", SYS_open_tree_attr, {AT_FDCWD, AT("/"), 0, 0, 0}},
    {"move_mount", SYS_move_mount, {-1, AT(""), -1, AT(""), 0}},
    {"mount_setattr", SYS_mount_setattr, {-1, AT(""), 0, 0, 0}},
    {"statmount", statmount_number, {0, 0, 0, 0}},
    {"listmount", listmount_number, {0, 0, 0, 0}},
    {"init_module", SYS_init_module, {0, 0, AT("")}},
    {"finit_module", SYS_finit_module, {-1, AT(""), 0}},
    {"delete_module", SYS_delete_module, {AT("no_such_module"), O_NONBLOCK}},
    {"kexec_load", SYS_kexec_load, {0, 0, 0, 0xff}},
    {"kexec_file_load", SYS_kexec_file_load, {-1, -1, 0, 0, 0xffff}},
    {"reboot", SYS_reboot, {0, 0, 0, 0}},
    {"swapon", SYS_swapon, {AT(nowhere), 0}},
    {"swapoff", SYS_swapoff, {AT(nowhere)}},
    {"acct", SYS_acct, {AT(nowhere)}},
    {"quotactl", SYS_quotactl, {-1, AT(nowhere), 0, 0}},
    {"quotactl_fd", SYS_quotactl_fd, {-1, 0, 0, 0}},
    {"ioperm", SYS_ioperm, {0x80, 1, 1}},
    {"iopl", SYS_iopl, {3}},
    {"syslog", SYS_syslog, {10, 0, 0}},
    {"adjtimex", SYS_adjtimex, {AT(&no_change)}},
    {"clock_adjtime", SYS_clock_adjtime, {CLOCK_REALTIME, AT(&no_change)}},
    {"clock_settime", SYS_clock_settime, {CLOCK_REALTIME, AT(&no_time)}},
    {"settimeofday", SYS_settimeofday, {AT(&no_time), 0}},
    {"sethostname", SYS_sethostname, {AT("taken"), 5}},
    {"setdomainname", SYS_setdomainname, {AT("taken"), 5}},
    {"lookup_dcookie", 212, {0, AT(room), sizeof room}},
    {"process_mrelease", SYS_process_mrelease, {-1, 0}},
    {"process_madvise", SYS_process_madvise, {-1, 0, 0, 0, 0}},
    {"pidfd_getfd", SYS_pidfd_getfd, {-1, 0, 0}},
    {"kcmp", SYS_kcmp, {1, 1, 1, 0, 0}},
    {"fanotify_init", SYS_fanotify_init, {0, 0}},
    {"fanotify_mark", SYS_fanotify_mark, {-1, 1, 1, AT_FDCWD, AT("/")}},
    {"inotify_init", SYS_inotify_init, {0}},
    {"inotify_init1", SYS_inotify_init1, {0}},
    {"inotify_add_watch", SYS_inotify_add_watch, {-1, AT("/"), 1}},
    {"inotify_rm_watch", SYS_inotify_rm_watch, {-1, 1}},
    {"io_setup", SYS_io_setup, {1, AT(&io_context)}},
    {"io_submit", SYS_io_submit, {0, 0, 0}},
    {"io_getevents", SYS_io_getevents, {0, 0, 0, 0, 0}},
    {"io_cancel", SYS_io_cancel, {0, 0, 0}},
    {"io_destroy", SYS_io_destroy, {0}},
    {"name_to_handle_at", SYS_name_to_handle_at, {AT_FDCWD, AT("/"), 0, 0, 0}},
    {"open_by_handle_at", SYS_open_by_handle_at, {-1, 0, 0}},
    {"vmsplice", SYS_vmsplice, {-1, 0, 0, 0}},
    {"memfd_secret", SYS_memfd_secret, {0}},
    {"modify_ldt", SYS_modify_ldt, {0, AT(room), sizeof room}},
    {"map_shadow_stack", 453, {0, 4096, 0}},
    {"set_mempolicy", SYS_set_mempolicy, {0, 0, 0}},
    {"get_mempolicy", SYS_get_mempolicy, {0, 0, 0, 0, 0}},
    {"mbind", SYS_mbind, {1, 1, 0, 0, 0}},
    {"move_pages", SYS_move_pages, {0, 0, 0, 0, 0}},
    {"migrate_pages", SYS_migrate_pages, {0, 0, 0, 0}},
    {"set_mempolicy_home_node", SYS_set_mempolicy_home_node, {1, 1, 0, 1}},
    {"cachestat", cachestat_number, {-1, 0, 0, 0}},
    {"file_getattr", SYS_file_getattr, {-1, 0, 0, 0, 0}},
    {"file_setattr", SYS_file_setattr, {-1, 0, 0, 0, 0}},
    {"lsm_get_self_attr", 459, {0, 0, 0, 0}},
    {"lsm_set_self_attr", 460, {0, 0, 0, 0}},
    {"lsm_list_modules", 461, {0, 0, 0}},
    {"ustat", SYS_ustat, {0, AT(room)}},
    {"sysfs", SYS_sysfs, {3, 0, 0}},
    {"vhangup", SYS_vhangup, {0}},
    {"process_vm_readv", SYS_process_vm_readv, {1, 0, 0, 0, 0}},
    {"process_vm_writev", SYS_process_vm_writev, {1, 0, 0, 0, 0}},
};

static const struct call* find_call(const char* name) {
  for (size_t i = 0; name && i < sizeof calls / sizeof *calls; ++i) {
    if (strcmp(calls[i].name, name) == 0) {
      return &calls[i];
    }
  }
  unable("there is no such call");
}

static int was_refused(long result) {
  return result < 0 && (errno == EPERM || errno == ENOSYS);
}

static void make_call(char** arguments) {
  const struct call* call = find_call(arguments[0]);
  const long* with = call->arguments;
  if (!was_refused(observe(call->name,
                           syscall(call->number, with[0], with[1], with[2], with[3], with[4])))) {
    escaped("the kernel took the call up");
  }
}

/* Says 0 and does nothing; the kernel would miss the descriptor. */
static void flush(char** arguments) {
  (void)arguments;
  if (observe("syncfs", syscall(SYS_syncfs, -1)) != 0) {
    escaped("the kernel took the call up");
  }
}

/* Whatever the number, it is one that nobody knows yet. */
static void unknown_numbers(char** arguments) {
  static const long numbers[] = {-1, 340, 423, 512, 547, 600, 1000, 4096, 100000, 0x3fffffff};
  (void)arguments;
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; ++i) {
    char step[32];
    snprintf(step, sizeof step, "number%ld", numbers[i]);
    observe(step, syscall(numbers[i], 0, 0, 0, 0, 0, 0));
  }
}

const struct verb call_verbs[] = {
    {"call", make_call}, {"flush", flush}, {"unknown-numbers", unknown_numbers}, {NULL, NULL}};
