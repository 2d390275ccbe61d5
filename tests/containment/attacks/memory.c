/* SPDX-License-Identifier: Apache-2.0 */
#include "attack.h"

const struct verb memory_verbs[] = {{NULL, NULL}};
