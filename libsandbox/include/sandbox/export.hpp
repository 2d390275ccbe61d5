// SPDX-License-Identifier: Apache-2.0
#pragma once

// Everything the library offers is marked with SANDBOX_API; all other symbols stay hidden.
#if defined(SANDBOX_STATIC)
#define SANDBOX_API
#else
#define SANDBOX_API __attribute__((visibility("default")))
#endif
