// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fcntl.h>
#include <stddef.h>

/// Notes what is missing, unless it `holds`.
__attribute__((format(printf, 2, 3))) void expect(int holds, const char* format, ...);
/// The beginning of a file; empty when it cannot be read.
size_t read_text(const char* path, char* text, size_t capacity);

void check_descriptors(void);
void check_status(void);
void check_refusals(void);
void check_mounts(void);
void check_host_is_hidden(void);
void check_network(void);
void check_groups(void);
