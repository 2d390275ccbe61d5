/* SPDX-License-Identifier: Apache-2.0 */
#include "attack.h"

const struct verb privilege_verbs[] = {{NULL, NULL}};
