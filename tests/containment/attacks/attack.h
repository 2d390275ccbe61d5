/* SPDX-License-Identifier: Apache-2.0
 *
 * What the attacks have in common. An attack tries what a box must not allow and says what it saw,
 * one line a step:
 *   PROBE STEP rc=N errno=NAME
 * It exits with 0 when nothing that is forbidden succeeded, 10 when something did, 11 when it could
 * not tell. Calls are raw where the C library would hide an error. */
#pragma once

#define _GNU_SOURCE
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

enum { contained_status = 0, escaped_status = 10, unable_status = 11 };

struct verb {
  const char* name;
  void (*run)(char** arguments);
};

/* A step that must fail: success is an escape. */
long attempt(const char* step, long result);
/* A step whose outcome the table looks at, or nobody. */
long observe(const char* step, long result);
/* A step whose arguments the kernel itself refuses, so that it does no harm: whatever is not a
 * refusal to this caller (EPERM, EACCES, ENOSYS) shows that the way was open. */
long refused(const char* step, long result);
/* Says something that is no result of a call. */
void note(const char* step, const char* text);
/* The forbidden has happened. */
void escaped(const char* what);
/* Without this the attack cannot tell. */
_Noreturn void unable(const char* why);

/* The number among the arguments, or the default. */
long number(char** arguments, int index, long otherwise);

/* Whom to harm: the bystander of a cage, process 1 of a box. */
pid_t victim(void);
void sleep_ms(long ms);
/* Memory that the children of the caller see as well. */
void* shared_page(void);

/* Ends with a verb that has no name. */
extern const struct verb filesystem_verbs[];
extern const struct verb next_box_verbs[];
extern const struct verb kernel_view_verbs[];
extern const struct verb process_verbs[];
extern const struct verb tracing_verbs[];
extern const struct verb memory_verbs[];
extern const struct verb disk_verbs[];
extern const struct verb exhaustion_verbs[];
extern const struct verb time_verbs[];
extern const struct verb network_verbs[];
extern const struct verb privilege_verbs[];
extern const struct verb call_verbs[];
extern const struct verb argument_verbs[];
extern const struct verb machine_verbs[];
extern const struct verb terminal_verbs[];
extern const struct verb descriptor_verbs[];
extern const struct verb leaving_verbs[];
extern const struct verb posture_verbs[];
