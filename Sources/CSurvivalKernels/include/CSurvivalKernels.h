// SPDX-License-Identifier: Apache-2.0
//
// Kernels over matrices stored row by row, for what Swift cannot express: one source compiled for
// several levels of the x86-64 instruction set, chosen when the program is loaded. Not an API.

#ifndef SURVIVAL_KERNELS_H
#define SURVIVAL_KERNELS_H

#include <stddef.h>
#include <stdint.h>

// target[i * width + c] = (columns[c][order[i]] - shift[c]) * scale[c] for the columns c < count and the
// rows i < rows. Up to eight columns at once fill whole lines of the cache.
void survival_gather(const double *const *columns, ptrdiff_t count, const int32_t *order,
                     ptrdiff_t rows, const double *shift, const double *scale, ptrdiff_t width,
                     double *target);

// *sum = sum of weight[i] * (value[i] - shift), *spread = sum of weight[i] * |value[i] - shift|,
// *largest = the largest |value[i] - shift|.
void survival_weighted_sums(const double *value, const double *weight, ptrdiff_t count, double shift,
                            double *sum, double *spread, double *largest);

// result[i] = offset[i] + sum over j of rows[i * width + j] * vector[j]
void survival_row_products(const double *rows, ptrdiff_t count, ptrdiff_t width,
                           const double *vector, const double *offset, double *result);

// result[i] = weight[i] * exp(value[i] - reference), to about one unit in the last place;
// exponents below -708 give 0.
void survival_weighted_exponentials(const double *value, const double *weight, double reference,
                                    ptrdiff_t count, double *result);

// sum[j] += sum over i of weight[i] * rows[i * width + j]
void survival_add_weighted_rows(const double *rows, ptrdiff_t count, ptrdiff_t width,
                                const double *weight, double *sum);

// The number of doubles of a Gram accumulator and of the scratch space that adding to it needs.
ptrdiff_t survival_gram_size(ptrdiff_t width);
ptrdiff_t survival_gram_scratch(ptrdiff_t width);

// gram += sum over i of weight[i] * rows[i] rows[i]^T; the weights may be negative.
void survival_gram_add(const double *rows, const double *weight, ptrdiff_t count, ptrdiff_t width,
                       double *gram, double *scratch);

// The element (row, column) of an accumulator, row <= column.
double survival_gram_element(const double *gram, ptrdiff_t width, ptrdiff_t row, ptrdiff_t column);

// Runs through consecutive groups of rows while `sum` is the running weighted sum of the rows so far.
// Group k holds the rows from start[k] up to start[k + 1], of which the first `special[k]` are also
// summed on their own. Before them the rows leaving[leavingStart[k]] up to
// leaving[leavingStart[k + 1]] are taken out of the sum (leaving may be NULL). Where reset[k] is
// not 0 the sum begins anew. After the rows of the group are in,
//
//   gram -= u u^T + v v^T,   u = first[k] * (sum - share[k] * specialSum),   v = second[k] * specialSum
//
// and squares[j] gains u[j]^2 + v[j]^2. `vectors` has the room that survival_vector_scratch gives.
ptrdiff_t survival_vector_scratch(ptrdiff_t width);
void survival_gram_subtract_running(const double *rows, ptrdiff_t width, const double *weight,
                                    const int64_t *start, const int64_t *special,
                                    const int32_t *leaving, const int64_t *leavingStart,
                                    const uint8_t *reset, const double *first, const double *share,
                                    const double *second, ptrdiff_t groups, double *sum,
                                    double *specialSum, double *vectors, double *squares,
                                    double *gram, double *scratch);

#endif
