/* SPDX-License-Identifier: Apache-2.0 */
/* What every kernel file starts from. */
#ifndef MSC_BASE_H
#define MSC_BASE_H

#include <stdint.h>

/* In front of every kernel function: nothing here, `static` in a generated file. */
#define MSC_KERNEL

#endif
