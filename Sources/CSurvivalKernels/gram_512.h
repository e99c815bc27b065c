// SPDX-License-Identifier: Apache-2.0

#ifndef SURVIVAL_GRAM_512_H
#define SURVIVAL_GRAM_512_H

#include <stddef.h>

#include "vectors.h"

// Rows up to this width are read where they stand; copying them would cost more than it saves.
enum { narrow = 24 };

#if SURVIVAL_HAS_512
// The upper triangle of gram, whose rows are `stride` apart, += sum over i of weight[i] * rows[i] rows[i]^T
// for narrow rows, without the weights where they are NULL. Reads beyond the last row.
void survival_add_narrow_512(const double *rows, const double *weight, ptrdiff_t count,
                             ptrdiff_t width, double *gram, ptrdiff_t stride);

// The same for rows of any width, with room for the rows twice over, padded to 8 and to 24 columns.
void survival_add_wide_512(const double *rows, const double *weight, ptrdiff_t count,
                           ptrdiff_t width, double *gram, ptrdiff_t stride, double *scratch);
#endif

#endif
