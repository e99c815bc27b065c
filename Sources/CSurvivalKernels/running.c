// SPDX-License-Identifier: Apache-2.0
//
// Weighted sums of rows, and the Gram product of such sums as they run on.

#include "CSurvivalKernels.h"
#include "gram_512.h"
#include "vectors.h"

#include <string.h>

enum { vectorRows = 128 };

ptrdiff_t survival_vector_scratch(ptrdiff_t width) { return vectorRows * width + survival_beyond; }

// sum += the weighted rows, four at a time so that a sum is loaded and stored once for four.
SURVIVAL_INLINE void add_rows(const double *rows, const double *weight, ptrdiff_t count,
                              ptrdiff_t width, double *restrict sum) {
  ptrdiff_t i = 0;
  for (; i + 4 <= count; i += 4) {
    const double w0 = weight[i], w1 = weight[i + 1], w2 = weight[i + 2], w3 = weight[i + 3];
    const double *r0 = rows + i * width, *r1 = r0 + width, *r2 = r1 + width, *r3 = r2 + width;
    for (ptrdiff_t j = 0; j < width; j += 4) {
      v4 s = *(const v4 *)(sum + j);
      s += w0 * *(const v4 *)(r0 + j);
      s += w1 * *(const v4 *)(r1 + j);
      s += w2 * *(const v4 *)(r2 + j);
      s += w3 * *(const v4 *)(r3 + j);
      *(v4 *)(sum + j) = s;
    }
  }
  for (; i < count; i++) {
    const double w = weight[i];
    const double *row = rows + i * width;
    for (ptrdiff_t j = 0; j < width; j += 4) *(v4 *)(sum + j) += w * *(const v4 *)(row + j);
  }
}

// The same with the sums of narrow rows, `vectors` of eight, in registers; two of each, so that one addition
// need not wait for the other. What they take in beyond the end of a row is left there.
SURVIVAL_INLINE void add_narrow_rows(const double *rows, const double *weight, ptrdiff_t count,
                                     ptrdiff_t width, double *restrict sum, int vectors) {
  v8 s0[narrow / 8], s1[narrow / 8];
  for (int b = 0; b < vectors; b++) s0[b] = s1[b] = (v8){0, 0, 0, 0, 0, 0, 0, 0};
  ptrdiff_t i = 0;
  for (; i + 2 <= count; i += 2) {
    for (int b = 0; b < vectors; b++) {
      s0[b] += weight[i] * *(const v8 *)(rows + 8 * b);
      s1[b] += weight[i + 1] * *(const v8 *)(rows + width + 8 * b);
    }
    rows += 2 * width;
  }
  if (i < count) {
    for (int b = 0; b < vectors; b++) s0[b] += weight[i] * *(const v8 *)(rows + 8 * b);
  }
  for (int b = 0; b < vectors; b++) s0[b] += s1[b];
  for (ptrdiff_t j = 0; j < width; j++) sum[j] += s0[j / 8][j % 8];
}

SURVIVAL_CLONES
void survival_add_weighted_rows(const double *rows, ptrdiff_t count, ptrdiff_t width,
                                const double *weight, double *sum) {
  if (width <= 8) add_narrow_rows(rows, weight, count, width, sum, 1);
  else if (width <= 16) add_narrow_rows(rows, weight, count, width, sum, 2);
  else if (width <= narrow) add_narrow_rows(rows, weight, count, width, sum, 3);
  else add_rows(rows, weight, count, width, sum);
}

// The running sum of narrow rows stays in registers, `count` of four doubles. What they take in beyond the
// end of a row is written beyond the end of a vector, where the next one comes.
SURVIVAL_INLINE ptrdiff_t run_narrow(
    const double *rows, ptrdiff_t width, const double *weight, const ptrdiff_t *start,
    const ptrdiff_t *eventEnd, const int32_t *leaving, const ptrdiff_t *leavingStart,
    const uint8_t *reset, const double *first, const double *share, const double *second,
    ptrdiff_t groups, double *restrict sum, double *restrict vectors, ptrdiff_t filled, double *gram,
    double *scratch, int count) {
  const v4 zero = {0, 0, 0, 0};
  v4 s[narrow / 4], d[narrow / 4];
  for (int b = 0; b < count; b++) {
    s[b] = zero;
    for (int a = 0; a < 4; a++) s[b][a] = 4 * b + a < width ? sum[4 * b + a] : 0;
  }
  for (ptrdiff_t k = 0; k < groups; k++) {
    if (reset[k]) {
      for (int b = 0; b < count; b++) s[b] = zero;
    }
    const ptrdiff_t middle = eventEnd[k], end = start[k + 1];
    ptrdiff_t i = start[k];
    double *u = vectors + filled * width;
    const int apart = (share[k] != 0) | (second[k] != 0);
    if (apart) {
      // The dying count apart.
      for (int b = 0; b < count; b++) d[b] = zero;
      for (; i < middle; i++) {
        for (int b = 0; b < count; b++) d[b] += weight[i] * *(const v4 *)(rows + i * width + 4 * b);
      }
      for (int b = 0; b < count; b++) s[b] += d[b];
    }
    for (; i < end; i++) {
      for (int b = 0; b < count; b++) s[b] += weight[i] * *(const v4 *)(rows + i * width + 4 * b);
    }
    if (leaving) {
      for (i = leavingStart[k]; i < leavingStart[k + 1]; i++) {
        const double w = weight[leaving[i]];
        const double *row = rows + (ptrdiff_t)leaving[i] * width;
        for (int b = 0; b < count; b++) s[b] -= w * *(const v4 *)(row + 4 * b);
      }
    }
    // The vector is written in any case: whether somebody dies cannot be guessed, and a wrong guess costs
    // more.
    if (apart) {
      for (int b = 0; b < count; b++) *(v4 *)(u + 4 * b) = first[k] * (s[b] - share[k] * d[b]);
      if (second[k] > 0) {
        u += width;
        for (int b = 0; b < count; b++) *(v4 *)(u + 4 * b) = second[k] * d[b];
        filled++;
      }
    } else {
      for (int b = 0; b < count; b++) *(v4 *)(u + 4 * b) = first[k] * s[b];
    }
    filled += middle > start[k];
    if (filled > vectorRows - 2) {
      survival_gram_add(vectors, NULL, filled, width, gram, scratch);
      filled = 0;
    }
  }
  for (ptrdiff_t j = 0; j < width; j++) sum[j] = s[j / 4][j % 4];
  return filled;
}

SURVIVAL_INLINE ptrdiff_t run_wide(
    const double *rows, ptrdiff_t width, const double *weight, const ptrdiff_t *start,
    const ptrdiff_t *eventEnd, const int32_t *leaving, const ptrdiff_t *leavingStart,
    const uint8_t *reset, const double *first, const double *share, const double *second,
    ptrdiff_t groups, double *restrict sum, double *restrict specialSum, double *restrict vectors,
    ptrdiff_t filled, double *gram, double *scratch) {
  for (ptrdiff_t k = 0; k < groups; k++) {
    if (reset[k]) memset(sum, 0, (size_t)width * sizeof(double));
    const double a = first[k], b = share[k], c = second[k];
    const ptrdiff_t own = start[k], middle = eventEnd[k], end = start[k + 1];
    double *u = vectors + filled * width;
    // Where the dying do not count apart, they are rows like the others.
    const int isPlain = b == 0 && c == 0;
    if (isPlain) {
      add_rows(rows + own * width, weight + own, end - own, width, sum);
    } else {
      memset(specialSum, 0, (size_t)width * sizeof(double));
      add_rows(rows + own * width, weight + own, middle - own, width, specialSum);
      add_rows(rows + middle * width, weight + middle, end - middle, width, sum);
    }
    if (leaving) {
      for (ptrdiff_t i = leavingStart[k]; i < leavingStart[k + 1]; i++) {
        const double w = weight[leaving[i]];
        const double *row = rows + (ptrdiff_t)leaving[i] * width;
        for (ptrdiff_t j = 0; j < width; j++) sum[j] -= w * row[j];
      }
    }
    if (middle == own) continue;
    if (isPlain) {
      for (ptrdiff_t j = 0; j < width; j++) u[j] = a * sum[j];
    } else {
      for (ptrdiff_t j = 0; j < width; j++) {
        sum[j] += specialSum[j];
        u[j] = a * (sum[j] - b * specialSum[j]);
      }
    }
    filled++;
    if (c > 0) {
      double *v = vectors + filled * width;
      for (ptrdiff_t j = 0; j < width; j++) v[j] = c * specialSum[j];
      filled++;
    }
    if (filled > vectorRows - 2) {
      survival_gram_add(vectors, NULL, filled, width, gram, scratch);
      filled = 0;
    }
  }
  return filled;
}

SURVIVAL_CLONES
ptrdiff_t survival_gram_add_running(
    const double *rows, ptrdiff_t width, const double *weight, const ptrdiff_t *start,
    const ptrdiff_t *eventEnd, const int32_t *leaving, const ptrdiff_t *leavingStart,
    const uint8_t *reset, const double *first, const double *share, const double *second,
    ptrdiff_t groups, double *restrict sum, double *restrict specialSum, double *restrict vectors,
    ptrdiff_t filled, double *gram, double *scratch) {
#define SURVIVAL_NARROW(count)                                                                     \
  case count:                                                                                      \
    return run_narrow(rows, width, weight, start, eventEnd, leaving, leavingStart, reset, first,   \
                      share, second, groups, sum, vectors, filled, gram, scratch, count)
  switch (width > narrow ? 0 : (width + 3) / 4) {
    SURVIVAL_NARROW(1);
    SURVIVAL_NARROW(2);
    SURVIVAL_NARROW(3);
    SURVIVAL_NARROW(4);
    SURVIVAL_NARROW(5);
    SURVIVAL_NARROW(6);
  }
#undef SURVIVAL_NARROW
  return run_wide(rows, width, weight, start, eventEnd, leaving, leavingStart, reset, first, share,
                  second, groups, sum, specialSum, vectors, filled, gram, scratch);
}
