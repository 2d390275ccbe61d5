/* SPDX-License-Identifier: Apache-2.0 */
#include "attack.h"

const struct verb time_verbs[] = {{NULL, NULL}};
