// SPDX-License-Identifier: Apache-2.0

#include "CSurvivalKernels.h"

#include <string.h>

#if defined(__x86_64__) && defined(__linux__)
#define SURVIVAL_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define SURVIVAL_CLONES
#endif
#if defined(__GNUC__)
#define SURVIVAL_IN_ORDER __asm__ volatile("" ::: "memory")
#else
#define SURVIVAL_IN_ORDER
#endif
#define SURVIVAL_INLINE static inline __attribute__((always_inline))

// Four doubles; on a machine with narrower registers the compiler uses several.
typedef double v4 __attribute__((vector_size(32), aligned(8)));
typedef int64_t i4 __attribute__((vector_size(32), aligned(8)));

// Rows are handled in blocks that stay in the second-level cache once they are packed.
enum { blockRows = 192, panel = 12, strip = 4 };

static ptrdiff_t padded(ptrdiff_t width, ptrdiff_t unit) { return (width + unit - 1) / unit * unit; }

ptrdiff_t survival_gram_size(ptrdiff_t width) { return padded(width, strip) * padded(width, panel); }

ptrdiff_t survival_gram_scratch(ptrdiff_t width) {
  return blockRows * (padded(width, strip) + padded(width, panel));
}

double survival_gram_element(const double *gram, ptrdiff_t width, ptrdiff_t row, ptrdiff_t column) {
  return gram[row * padded(width, panel) + column];
}

// c[a][b] += sum over i of y[i][a] * x[i][b]: four rows of c, `vectors` times four columns. All
// accumulators stay in registers.
SURVIVAL_INLINE void tile(const double *y, const double *x, ptrdiff_t count, double *c,
                          ptrdiff_t stride, int vectors) {
  v4 c0[3], c1[3], c2[3], c3[3], column[3];
  for (int b = 0; b < vectors; b++) {
    c0[b] = c1[b] = c2[b] = c3[b] = (v4){0, 0, 0, 0};
  }
  for (ptrdiff_t i = 0; i < count; i++) {
    for (int b = 0; b < vectors; b++) column[b] = *(const v4 *)(x + 4 * b);
    // One factor at a time: with three vectors of columns all sixteen registers are in use, and a
    // load that the compiler moves ahead would cost one of the sums its register.
    v4 factor = (v4){y[0], y[0], y[0], y[0]};
    for (int b = 0; b < vectors; b++) c0[b] += factor * column[b];
    SURVIVAL_IN_ORDER;
    factor = (v4){y[1], y[1], y[1], y[1]};
    for (int b = 0; b < vectors; b++) c1[b] += factor * column[b];
    SURVIVAL_IN_ORDER;
    factor = (v4){y[2], y[2], y[2], y[2]};
    for (int b = 0; b < vectors; b++) c2[b] += factor * column[b];
    SURVIVAL_IN_ORDER;
    factor = (v4){y[3], y[3], y[3], y[3]};
    for (int b = 0; b < vectors; b++) c3[b] += factor * column[b];
    y += strip;
    x += 4 * vectors;
  }
  for (int b = 0; b < vectors; b++) {
    *(v4 *)(c + 4 * b) += c0[b];
    *(v4 *)(c + stride + 4 * b) += c1[b];
    *(v4 *)(c + 2 * stride + 4 * b) += c2[b];
    *(v4 *)(c + 3 * stride + 4 * b) += c3[b];
  }
}

// Copies `vectors` times four columns, times `weight` if given. The last four may be fewer: then the
// load takes in the beginning of the next row, which `mask` clears, and the last row goes by element.
SURVIVAL_INLINE void pack(const double *in, const double *weight, ptrdiff_t count, ptrdiff_t width,
                          ptrdiff_t used, double *out, int vectors) {
  i4 mask;
  for (int a = 0; a < 4; a++) mask[a] = 4 * (vectors - 1) + a < used ? -1 : 0;
  const int hasTail = used < 4 * vectors;
  const ptrdiff_t whole = hasTail ? count - 1 : count;
  for (ptrdiff_t i = 0; i < whole; i++) {
    const double w = weight ? weight[i] : 1;
    for (int b = 0; b < vectors; b++) {
      v4 x = *(const v4 *)(in + 4 * b);
      if (weight) x *= w;
      if (b == vectors - 1) x = (v4)((i4)x & mask);
      *(v4 *)(out + 4 * b) = x;
    }
    in += width;
    out += 4 * vectors;
  }
  for (ptrdiff_t i = whole; i < count; i++) {
    for (ptrdiff_t a = 0; a < 4 * vectors; a++) {
      out[a] = a < used ? (weight ? weight[i] : 1) * in[a] : 0;
    }
  }
}

// Adds one block. The rows are copied into panels of up to 12 columns, and times their weights into
// strips of 4, so that a tile reads both without gaps.
SURVIVAL_INLINE void add_block(const double *rows, const double *weight, ptrdiff_t count,
                               ptrdiff_t width, double *gram, double *scratch) {
  const ptrdiff_t stride = padded(width, panel);
  double *strips = scratch;
  double *panels = scratch + blockRows * padded(width, strip);
  for (ptrdiff_t j = 0; j < width; j += strip) {
    pack(rows + j, weight, count, width, width - j < strip ? width - j : strip,
         strips + j * blockRows, 1);
  }
  for (ptrdiff_t l = 0; l < width; l += panel) {
    const ptrdiff_t used = width - l < panel ? width - l : panel;
    const int vectors = (int)((used + 3) / 4);
    double *x = panels + l * blockRows;
    if (vectors == 3) pack(rows + l, NULL, count, width, used, x, 3);
    else if (vectors == 2) pack(rows + l, NULL, count, width, used, x, 2);
    else pack(rows + l, NULL, count, width, used, x, 1);
    for (ptrdiff_t j = 0; j < l + used; j += strip) {
      const double *y = strips + j * blockRows;
      double *c = gram + j * stride + l;
      if (vectors == 3) tile(y, x, count, c, stride, 3);
      else if (vectors == 2) tile(y, x, count, c, stride, 2);
      else tile(y, x, count, c, stride, 1);
    }
  }
}

SURVIVAL_CLONES
void survival_gram_add(const double *rows, const double *weight, ptrdiff_t count, ptrdiff_t width,
                       double *gram, double *scratch) {
  for (ptrdiff_t i = 0; i < count; i += blockRows) {
    const ptrdiff_t some = count - i < blockRows ? count - i : blockRows;
    add_block(rows + i * width, weight + i, some, width, gram, scratch);
  }
}

enum { vectorRows = 128 };

ptrdiff_t survival_vector_scratch(ptrdiff_t width) { return vectorRows * width; }

// sum += the weighted rows, four at a time so that a sum is loaded and stored once for four.
SURVIVAL_INLINE void add_rows(const double *rows, const double *weight, ptrdiff_t count,
                              ptrdiff_t width, double *restrict sum) {
  ptrdiff_t i = 0;
  for (; i + 4 <= count; i += 4) {
    const double w0 = weight[i], w1 = weight[i + 1], w2 = weight[i + 2], w3 = weight[i + 3];
    const double *r0 = rows + i * width, *r1 = r0 + width, *r2 = r1 + width, *r3 = r2 + width;
    ptrdiff_t j = 0;
    for (; j + 4 <= width; j += 4) {
      v4 s = *(const v4 *)(sum + j);
      s += w0 * *(const v4 *)(r0 + j);
      s += w1 * *(const v4 *)(r1 + j);
      s += w2 * *(const v4 *)(r2 + j);
      s += w3 * *(const v4 *)(r3 + j);
      *(v4 *)(sum + j) = s;
    }
    for (; j < width; j++) {
      double s = sum[j];
      s += w0 * r0[j];
      s += w1 * r1[j];
      s += w2 * r2[j];
      s += w3 * r3[j];
      sum[j] = s;
    }
  }
  for (; i < count; i++) {
    const double w = weight[i];
    const double *row = rows + i * width;
    for (ptrdiff_t j = 0; j < width; j++) sum[j] += w * row[j];
  }
}

SURVIVAL_CLONES
void survival_add_weighted_rows(const double *rows, ptrdiff_t count, ptrdiff_t width,
                                const double *weight, double *sum) {
  add_rows(rows, weight, count, width, sum);
}

SURVIVAL_CLONES
void survival_gram_subtract(const double *vectors, ptrdiff_t count, ptrdiff_t width, double *gram,
                            double *scratch) {
  double minus[vectorRows];
  for (ptrdiff_t i = 0; i < count; i++) minus[i] = -1;
  if (count > 0) add_block(vectors, minus, count, width, gram, scratch);
}

SURVIVAL_CLONES
ptrdiff_t survival_gram_subtract_running(
    const double *rows, ptrdiff_t width, const double *weight, const int64_t *start,
    const int64_t *special, const int32_t *leaving, const int64_t *leavingStart,
    const uint8_t *reset, const double *first, const double *share, const double *second,
    ptrdiff_t groups, double *restrict sum, double *restrict specialSum, double *restrict vectors,
    ptrdiff_t filled, double *restrict squares, double *gram, double *scratch) {
  for (ptrdiff_t k = 0; k < groups; k++) {
    if (reset[k]) memset(sum, 0, (size_t)width * sizeof(double));
    const double a = first[k], b = share[k], c = second[k];
    // Where the dying do not count apart, they are rows like the others.
    const int isPlain = b == 0 && c == 0;
    if (isPlain && start[k + 1] - start[k] == 1 && (!leaving || leavingStart[k] == leavingStart[k + 1])) {
      // The commonest group by far where times hardly tie: one row, one pass.
      const double w = weight[start[k]];
      const double *row = rows + start[k] * width;
      ptrdiff_t j = 0;
      if (special[k] == 0) {
        for (; j + 4 <= width; j += 4) *(v4 *)(sum + j) += w * *(const v4 *)(row + j);
        for (; j < width; j++) sum[j] += w * row[j];
        continue;
      }
      double *u = vectors + filled * width;
      for (; j + 4 <= width; j += 4) {
        const v4 s = *(v4 *)(sum + j) + w * *(const v4 *)(row + j), product = a * s;
        *(v4 *)(sum + j) = s;
        *(v4 *)(u + j) = product;
        *(v4 *)(squares + j) += product * product;
      }
      for (; j < width; j++) {
        const double s = sum[j] + w * row[j], product = a * s;
        sum[j] = s;
        u[j] = product;
        squares[j] += product * product;
      }
      if (++filled > vectorRows - 2) {
        survival_gram_subtract(vectors, filled, width, gram, scratch);
        filled = 0;
      }
      continue;
    }
    const int64_t own = isPlain ? start[k] : start[k] + special[k];
    if (!isPlain) {
      memset(specialSum, 0, (size_t)width * sizeof(double));
      add_rows(rows + start[k] * width, weight + start[k], special[k], width, specialSum);
    }
    add_rows(rows + own * width, weight + own, start[k + 1] - own, width, sum);
    if (leaving) {
      for (int64_t i = leavingStart[k]; i < leavingStart[k + 1]; i++) {
        const double w = weight[leaving[i]];
        const double *row = rows + (ptrdiff_t)leaving[i] * width;
        for (ptrdiff_t j = 0; j < width; j++) sum[j] -= w * row[j];
      }
    }
    if (special[k] == 0) continue;
    double *u = vectors + filled * width;
    if (isPlain) {
      for (ptrdiff_t j = 0; j < width; j++) {
        u[j] = a * sum[j];
        squares[j] += u[j] * u[j];
      }
    } else {
      for (ptrdiff_t j = 0; j < width; j++) {
        sum[j] += specialSum[j];
        u[j] = a * (sum[j] - b * specialSum[j]);
        squares[j] += u[j] * u[j];
      }
    }
    filled++;
    if (c > 0) {
      double *v = vectors + filled * width;
      for (ptrdiff_t j = 0; j < width; j++) {
        v[j] = c * specialSum[j];
        squares[j] += v[j] * v[j];
      }
      filled++;
    }
    if (filled > vectorRows - 2) {
      survival_gram_subtract(vectors, filled, width, gram, scratch);
      filled = 0;
    }
  }
  return filled;
}
