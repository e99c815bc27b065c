// SPDX-License-Identifier: Apache-2.0
//
// Kernels over matrices stored row by row, for what Swift cannot express: one source compiled for
// several levels of the x86-64 instruction set, chosen when the program is loaded. Not an API.

#ifndef SURVIVAL_KERNELS_H
#define SURVIVAL_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// out[target[i] * width + c] = (columns[c][i] - shift[c]) * scale[c] for first <= i < first + rows and
// c < count; rows with a negative target are left out. At most survival_scatter_columns at once.
enum { survival_scatter_columns = 32 };
void survival_scatter(const double *const *columns, ptrdiff_t count, const int32_t *target,
                      ptrdiff_t first, ptrdiff_t rows, const double *shift, const double *scale,
                      ptrdiff_t width, double *out);

// Sorts by 64-bit keys, ascending and stably, by digits of up to 11 bits; digits in which all keys agree
// cost nothing. `order` goes along. The other two arrays are room to work in.
void survival_sort(uint64_t *keys, int32_t *order, uint64_t *otherKeys, int32_t *otherOrder,
                   ptrdiff_t count);

// Cuts sorted rows order[first] up to order[end] where their times change: slot k of those found has the
// time slotTime[k], begins at position start[k], and its rows up to eventEnd[k] have the event, which come
// before the others. Returns how many slots there are.
ptrdiff_t survival_find_slots(const int32_t *order, const double *time, const bool *event,
                              ptrdiff_t first, ptrdiff_t end, double *slotTime, ptrdiff_t *start,
                              ptrdiff_t *eventEnd);

// The largest of value[rows[i]] if all are whole numbers from 0 up to 2^40,
// else -1.
int64_t survival_largest_whole(const double *value, const int32_t *rows, ptrdiff_t count);

// Keys that ascend by such a value descending, then with events first (event may be NULL):
// (largest - value) * 2 + (0 for an event, else 1).
void survival_whole_keys(const double *value, const int32_t *rows, ptrdiff_t count, int64_t largest,
                         const bool *event, uint64_t *keys);

// What survival_find_slots finds, from the sorted keys.
ptrdiff_t survival_find_key_slots(const uint64_t *keys, ptrdiff_t first, ptrdiff_t end,
                                  int64_t largest, double *slotTime, ptrdiff_t *start,
                                  ptrdiff_t *eventEnd);

// counts[c] = how many of the rows have the code c, for codes 0 up to `codes`. Returns 0 when a row is not
// from 0 up to rowLimit, or its code is another.
int survival_count_codes(const int32_t *rows, ptrdiff_t count, ptrdiff_t rowLimit,
                         const ptrdiff_t *code, ptrdiff_t codes, ptrdiff_t *counts);

// Sorts those of the rows whose code is from first up to last by their code, then by such a value descending,
// largest below 2^30, then with events first (event may be NULL), and cuts each code's rows into slots, as
// survival_find_slots does. The rows of code c end at ends[c]. The slots of a code are written from where
// its rows begin, slotCount[c] of them; none where slotTime is NULL. `next` has last - first + 1 places,
// `keys` and `other` one for each row, and `keys` one at `spare` besides, of which no two calls at a time
// may share any.
void survival_sort_strata(const double *value, const int32_t *rows, ptrdiff_t count,
                          int64_t largest, const ptrdiff_t *code, const bool *event,
                          const ptrdiff_t *ends, ptrdiff_t first, ptrdiff_t last, ptrdiff_t *next,
                          uint64_t *keys, uint64_t *other, ptrdiff_t spare, int32_t *order,
                          double *slotTime, ptrdiff_t *start, ptrdiff_t *eventEnd,
                          ptrdiff_t *slotCount);

// result[i] = weight[i] where event[order[i]], else 0. Returns how many events there are.
ptrdiff_t survival_event_weights(const int32_t *order, const bool *event, const double *weight,
                                 ptrdiff_t count, double *result);

// Asks for large pages for memory about to be filled, where the system has them for the asking: a page
// of 4 KB at a time, a large matrix costs more to have than to compute.
void survival_prefer_large_pages(void *base, size_t bytes);

// *sum = sum of weight[i] * (value[i] - shift), *spread = sum of weight[i] * |value[i] - shift|,
// *largest = the largest |value[i] - shift|.
void survival_weighted_sums(const double *value, const double *weight, ptrdiff_t count, double shift,
                            double *sum, double *spread, double *largest);

// Functions that say so read up to this many numbers beyond the end of the last row, so that the last few
// columns of a row go as one vector like the others.
enum { survival_beyond = 7 };

// result[i] = offset[i] + sum over j of rows[i * width + j] * vector[j]; reads beyond the last row, and of
// the vector, which is followed by zeros.
void survival_row_products(const double *rows, ptrdiff_t count, ptrdiff_t width,
                           const double *vector, const double *offset, double *result);

// result[i] = weight[i] * exp(value[i] - reference), to about one unit in the last place; exponents
// below -708 give 0. *gained gains the sum of eventWeight[i] * (value[i] - reference). Returns whether
// all exponents lie between -limit and limit.
int survival_weighted_exponentials(const double *value, const double *weight,
                                   const double *eventWeight, double reference, double limit,
                                   ptrdiff_t count, double *result, double *gained);

// The sum of the values.
double survival_sum(const double *value, ptrdiff_t count);

// sum[j] += sum over i of weight[i] * rows[i * width + j]; reads beyond the last row, and leaves anything
// in as many places beyond the end of the sum.
void survival_add_weighted_rows(const double *rows, ptrdiff_t count, ptrdiff_t width,
                                const double *weight, double *sum);

// The number of doubles of a Gram accumulator and of the scratch space that adding to it needs.
ptrdiff_t survival_gram_size(ptrdiff_t width);
ptrdiff_t survival_gram_scratch(ptrdiff_t width);

// gram += sum over i of weight[i] * rows[i] rows[i]^T; the weights are 1 where they are NULL. Reads
// beyond the last row.
void survival_gram_add(const double *rows, const double *weight, ptrdiff_t count, ptrdiff_t width,
                       double *gram, double *scratch);

// The element (row, column) of an accumulator, row <= column.
double survival_gram_element(const double *gram, ptrdiff_t width, ptrdiff_t row, ptrdiff_t column);

// Runs through consecutive groups of rows while `sum` is the running weighted sum of the rows so far.
// Group k holds the rows from start[k] up to start[k + 1], of which those up to eventEnd[k] are also
// summed on their own. Before them the rows leaving[leavingStart[k]] up to
// leaving[leavingStart[k + 1]] are taken out of the sum (leaving may be NULL). Where reset[k] is
// not 0 the sum begins anew. After the rows of the group are in,
//
//   gram += u u^T + v v^T,   u = first[k] * (sum - share[k] * specialSum),   v = second[k] * specialSum
//
// unless none is summed on its own. `vectors` has the room that survival_vector_scratch gives; it
// holds `filled` of them that are not yet added, and the number that is left is returned. Reads beyond
// the last row, and leaves anything in as many places beyond the end of both sums.
ptrdiff_t survival_vector_scratch(ptrdiff_t width);
ptrdiff_t survival_gram_add_running(
    const double *rows, ptrdiff_t width, const double *weight, const ptrdiff_t *start,
    const ptrdiff_t *eventEnd, const int32_t *leaving, const ptrdiff_t *leavingStart,
    const uint8_t *reset, const double *first, const double *share, const double *second,
    ptrdiff_t groups, double *sum, double *specialSum, double *vectors, ptrdiff_t filled,
    double *gram, double *scratch);

// The functions below go through `count` slots: slot k holds the rows from start[k] up to start[k + 1].
// The event weight of a row is its weight if it dies, else 0. Where reset[k] is not 0 sums begin anew.

// total[k] = carried + the risks of the rows of the slots up to k, less those of the rows
// leaving[leavingStart[k]] up to leaving[leavingStart[k + 1]] of those slots (leaving may be NULL);
// slotWeight[k] = the weight of the rows of slot k that die.
// Returns whether the digits of every total at which somebody dies can be trusted.
int survival_running_risks(const double *risk, const double *eventWeight, const ptrdiff_t *start,
                           const uint8_t *reset, const int32_t *leaving,
                           const ptrdiff_t *leavingStart, ptrdiff_t count, double carried,
                           double *total, double *slotWeight);

// The same with carried 0 where no row leaves and sums begin anew within a thousand rows.
int survival_short_running_risks(const double *risk, const double *eventWeight,
                                 const ptrdiff_t *start, const uint8_t *reset, ptrdiff_t count,
                                 double *total, double *slotWeight);

// hazard[k] = weight[k] / total[k] and first[k]^2 = weight[k] / total[k]^2; 0 where weight[k] is 0. Returns the sum of weight[k] * log(total[k]).
double survival_single_hazards(const double *total, const double *weight, ptrdiff_t count,
                               double *hazard, double *first);

// Sums over k = 0 ... count - 1 with c = 1 - k / count and phi = bystanders + c * dying, for at most 8192
// of them: log(phi / phi_0), 1 / phi, c / phi, 1 / phi^2, c / phi^2, c^2 / phi^2.
void survival_tie_sums(ptrdiff_t count, double dying, double bystanders, double *sums);

// cumulative[k] = the sum of `hazard` from slot k to the end of its stratum, the slot before the next
// beginning; `carried` comes after the last slot.
void survival_cumulative_hazards(const double *hazard, const uint8_t *reset, ptrdiff_t count,
                                 double carried, double *cumulative);

// What a row counts: with a = cumulative[k], less earlier[entry[i]] where entry[i] is not negative (entry
// may be NULL), information[i] = risk[i] * a and gradient[i] = eventWeight[i] - risk[i] * a.
// Returns whether the digits of every a can be trusted.
int survival_row_weights(const double *risk, const double *eventWeight, const ptrdiff_t *start,
                         const double *cumulative, const int32_t *entry, const double *earlier,
                         ptrdiff_t count, double *information, double *gradient);

// The same for the rows from start up to eventEnd, which die together and live through one hazard.
int survival_tied_row_weights(const double *risk, const double *eventWeight, ptrdiff_t start,
                              ptrdiff_t eventEnd, double hazard, const int32_t *entry,
                              const double *earlier, double *information, double *gradient);

#endif
