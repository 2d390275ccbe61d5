/* SPDX-License-Identifier: Apache-2.0 */
#include "attack.h"

const struct verb leaving_verbs[] = {{NULL, NULL}};
