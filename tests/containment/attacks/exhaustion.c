/* SPDX-License-Identifier: Apache-2.0 */
#include "attack.h"

const struct verb exhaustion_verbs[] = {{NULL, NULL}};
