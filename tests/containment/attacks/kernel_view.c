/* SPDX-License-Identifier: Apache-2.0 */
#include "attack.h"

const struct verb kernel_view_verbs[] = {{NULL, NULL}};
