// SPDX-License-Identifier: Apache-2.0

#if defined(__linux__)
#define _DEFAULT_SOURCE
#include <sys/mman.h>
#endif

#include "CSurvivalKernels.h"
#include "vectors.h"

#include <string.h>

#if defined(__clang__)
#define SURVIVAL_NO_CALLS __attribute__((no_builtin("memcpy", "memmove")))
#else
#define SURVIVAL_NO_CALLS
#endif

void survival_prefer_large_pages(void *base, size_t bytes) {
#if defined(__linux__) && defined(MADV_HUGEPAGE)
  const uintptr_t page = (uintptr_t)1 << 21;
  const uintptr_t first = ((uintptr_t)base + page - 1) & ~(page - 1);
  const uintptr_t last = ((uintptr_t)base + bytes) & ~(page - 1);
  // Only whole pages; what the system makes of the advice is its own affair.
  if (last > first) (void)madvise((void *)first, last - first, MADV_HUGEPAGE);
#else
  (void)base;
  (void)bytes;
#endif
}

// A block of rows is put together in the cache, column by column, and then copied to where its rows
// belong: the columns are read in their order, and whole lines are written. A call for each row to copy
// it would cost more than the copy.
SURVIVAL_CLONES SURVIVAL_NO_CALLS
void survival_scatter(const double *const *columns, ptrdiff_t count, const int32_t *target,
                      ptrdiff_t first, ptrdiff_t rows, const double *shift, const double *scale,
                      ptrdiff_t width, double *restrict out) {
  enum { blockRows = 64 };
  double block[blockRows * survival_scatter_columns];
  for (ptrdiff_t begin = first; begin < first + rows; begin += blockRows) {
    const ptrdiff_t left = first + rows - begin, some = left < blockRows ? left : blockRows;
    for (ptrdiff_t c = 0; c < count; c++) {
      const double *column = columns[c] + begin;
      const double s = shift[c], f = scale[c];
      for (ptrdiff_t i = 0; i < some; i++) block[i * count + c] = (column[i] - s) * f;
    }
    for (ptrdiff_t i = 0; i < some; i++) {
      const ptrdiff_t row = target[begin + i];
      if (row < 0) continue;
      double *to = out + row * width;
      const double *from = block + i * count;
      ptrdiff_t c = 0;
      for (; c + 8 <= count; c += 8) *(v8 *)(to + c) = *(const v8 *)(from + c);
      for (; c + 4 <= count; c += 4) *(v4 *)(to + c) = *(const v4 *)(from + c);
      for (; c < count; c++) to[c] = from[c];
    }
  }
}

SURVIVAL_CLONES
void survival_weighted_sums(const double *value, const double *weight, ptrdiff_t count, double shift,
                            double *sum, double *spread, double *largest) {
  v8 s0 = {0, 0, 0, 0, 0, 0, 0, 0}, s1 = s0, a0 = s0, a1 = s0, m = s0;
  const i8 magnitude = {INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX,
                        INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX};
  ptrdiff_t i = 0;
  for (; i + 16 <= count; i += 16) {
    const v8 x0 = *(const v8 *)(value + i) - shift, x1 = *(const v8 *)(value + i + 8) - shift;
    const v8 y0 = (v8)((i8)x0 & magnitude), y1 = (v8)((i8)x1 & magnitude);
    const v8 w0 = *(const v8 *)(weight + i), w1 = *(const v8 *)(weight + i + 8);
    s0 += w0 * x0;
    s1 += w1 * x1;
    a0 += w0 * y0;
    a1 += w1 * y1;
    // Magnitudes compare as their bits do.
    const i8 above0 = (i8)y0 > (i8)m;
    m = (v8)(((i8)y0 & above0) | ((i8)m & ~above0));
    const i8 above1 = (i8)y1 > (i8)m;
    m = (v8)(((i8)y1 & above1) | ((i8)m & ~above1));
  }
  s0 += s1;
  a0 += a1;
  double s = SURVIVAL_SUM_8(s0), a = SURVIVAL_SUM_8(a0);
  double most = 0;
  for (int k = 0; k < 8; k++) most = m[k] > most ? m[k] : most;
  for (; i < count; i++) {
    const double x = value[i] - shift, y = x < 0 ? -x : x;
    s += weight[i] * x;
    a += weight[i] * y;
    most = y > most ? y : most;
  }
  *sum = s;
  *spread = a;
  *largest = most;
}

// Four rows at a time, so that a part of the vector is loaded once for four and their sums across are
// taken together; a row's sum has the same bits wherever it stands. The vector is followed by zeros, which
// meet what is read beyond the end of a row.
SURVIVAL_CLONES
void survival_row_products(const double *rows, ptrdiff_t count, ptrdiff_t width,
                           const double *vector, const double *offset, double *result) {
  ptrdiff_t i = 0;
  for (; i + 4 <= count; i += 4) {
    const double *r0 = rows + i * width, *r1 = r0 + width, *r2 = r1 + width, *r3 = r2 + width;
    v4 s0 = {0, 0, 0, 0}, s1 = s0, s2 = s0, s3 = s0;
    for (ptrdiff_t j = 0; j < width; j += 4) {
      const v4 x = *(const v4 *)(vector + j);
      s0 += *(const v4 *)(r0 + j) * x;
      s1 += *(const v4 *)(r1 + j) * x;
      s2 += *(const v4 *)(r2 + j) * x;
      s3 += *(const v4 *)(r3 + j) * x;
    }
    const v4 a = __builtin_shufflevector(s0, s1, 0, 4, 2, 6);
    const v4 b = __builtin_shufflevector(s0, s1, 1, 5, 3, 7);
    const v4 c = __builtin_shufflevector(s2, s3, 0, 4, 2, 6);
    const v4 d = __builtin_shufflevector(s2, s3, 1, 5, 3, 7);
    const v4 e = a + b, f = c + d;
    const v4 sum =
        __builtin_shufflevector(e, f, 0, 1, 4, 5) + __builtin_shufflevector(e, f, 2, 3, 6, 7);
    *(v4 *)(result + i) = *(const v4 *)(offset + i) + sum;
  }
  for (; i < count; i++) {
    const double *row = rows + i * width;
    v4 s = {0, 0, 0, 0};
    for (ptrdiff_t j = 0; j < width; j += 4) s += *(const v4 *)(row + j) * *(const v4 *)(vector + j);
    result[i] = offset[i] + ((s[0] + s[1]) + (s[2] + s[3]));
  }
}

// exp(x) = 2^k exp(r) with k the nearest integer to x / log 2 and |r| <= log(2) / 2; the Taylor
// polynomial of degree 13 leaves less than 5e-18.
SURVIVAL_CLONES
int survival_weighted_exponentials(const double *value, const double *weight,
                                   const double *eventWeight, double reference, double limit,
                                   ptrdiff_t count, double *result, double *gained) {
  const double magic = 6755399441055744.0;  // 1.5 * 2^52: adding it rounds to an integer
  i8 within = {-1, -1, -1, -1, -1, -1, -1, -1};
  const v8 zero = {0, 0, 0, 0, 0, 0, 0, 0};
  v8 gain = zero;
  for (ptrdiff_t i = 0; i < count; i += 8) {
    const ptrdiff_t some = count - i < 8 ? count - i : 8;
    v8 x = zero + reference, w = zero, events = zero;
    if (some == 8) {
      x = *(const v8 *)(value + i);
      w = *(const v8 *)(weight + i);
      events = *(const v8 *)(eventWeight + i);
    } else {
      for (ptrdiff_t a = 0; a < some; a++) {
        x[a] = value[i + a];
        w[a] = weight[i + a];
        events[a] = eventWeight[i + a];
      }
    }
    x -= reference;
    gain += events * x;
    within &= (x < limit) & (x > -limit);
    const i8 tiny = x < -708.0;
    const i8 huge = x > 709.0;
    x = (v8)(((i8)x & ~tiny) & ~huge);
    const v8 shifted = x * 1.4426950408889634074 + magic;
    const v8 k = shifted - magic;
    const v8 r = (x - k * 0x1.62e42fefa38p-1) - k * 0x1.ef35793c7673p-45;
    v8 e = zero + 1.0 / 6227020800.0;
    e = e * r + 1.0 / 479001600.0;
    e = e * r + 1.0 / 39916800.0;
    e = e * r + 1.0 / 3628800.0;
    e = e * r + 1.0 / 362880.0;
    e = e * r + 1.0 / 40320.0;
    e = e * r + 1.0 / 5040.0;
    e = e * r + 1.0 / 720.0;
    e = e * r + 1.0 / 120.0;
    e = e * r + 1.0 / 24.0;
    e = e * r + 1.0 / 6.0;
    e = e * r + 0.5;
    e = e * r * r + r + 1.0;
    // The integer sits in the low bits of `shifted`; 2^k by adding it to the exponent.
    const i8 power = (i8)shifted << 52;
    e = (v8)((i8)e + power);
    e = (v8)((i8)e & ~tiny);
    // Infinite where the exponent is.
    e = (v8)(((i8)e & ~huge) | (huge & INT64_C(0x7ff0000000000000)));
    e *= w;
    if (some == 8) *(v8 *)(result + i) = e;
    else for (ptrdiff_t a = 0; a < some; a++) result[i + a] = e[a];
  }
  *gained += SURVIVAL_SUM_8(gain);
  int64_t all = -1;
  for (int a = 0; a < 8; a++) all &= within[a];
  return all != 0;
}

SURVIVAL_CLONES
double survival_sum(const double *value, ptrdiff_t count) {
  v4 s0 = {0, 0, 0, 0}, s1 = s0;
  ptrdiff_t i = 0;
  for (; i + 8 <= count; i += 8) {
    s0 += *(const v4 *)(value + i);
    s1 += *(const v4 *)(value + i + 4);
  }
  s0 += s1;
  double sum = (s0[0] + s0[1]) + (s0[2] + s0[3]);
  for (; i < count; i++) sum += value[i];
  return sum;
}
