// SPDX-License-Identifier: Apache-2.0

#include "CSurvivalKernels.h"
#include "vectors.h"

#include <string.h>

#if defined(__GNUC__)
#define SURVIVAL_IN_ORDER __asm__ volatile("" ::: "memory")
#else
#define SURVIVAL_IN_ORDER
#endif

// Rows are handled in blocks that stay in the second-level cache once they are packed.
enum { blockRows = 192, panel = 12, strip = 4 };

// Rows up to this width are read where they stand; copying them would cost more than it saves.
enum { narrow = 24 };

static ptrdiff_t padded(ptrdiff_t width, ptrdiff_t unit) { return (width + unit - 1) / unit * unit; }

ptrdiff_t survival_gram_size(ptrdiff_t width) { return padded(width, strip) * padded(width, panel); }

ptrdiff_t survival_gram_scratch(ptrdiff_t width) {
  return blockRows * (padded(width, strip) + padded(width, panel));
}

double survival_gram_element(const double *gram, ptrdiff_t width, ptrdiff_t row, ptrdiff_t column) {
  return gram[row * padded(width, panel) + column];
}

// c[a][b] += sum over i of weight[i] * y[i][a] * x[i][b], without the weights where there are none: four
// rows of c, `vectors` times four columns. All accumulators stay in registers.
SURVIVAL_INLINE void tile(const double *y, ptrdiff_t yStride, const double *x, ptrdiff_t xStride,
                          const double *weight, ptrdiff_t count, double *c, ptrdiff_t stride,
                          int vectors) {
  v4 c0[3], c1[3], c2[3], c3[3], column[3];
  for (int b = 0; b < vectors; b++) {
    c0[b] = c1[b] = c2[b] = c3[b] = (v4){0, 0, 0, 0};
  }
  for (ptrdiff_t i = 0; i < count; i++) {
    for (int b = 0; b < vectors; b++) column[b] = *(const v4 *)(x + 4 * b);
    if (weight) {
      for (int b = 0; b < vectors; b++) column[b] *= weight[i];
    }
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
    y += yStride;
    x += xStride;
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

// The tiles of one panel, `vectors` times four columns from column l on: what lies below the diagonal is
// not computed where that saves a vector.
SURVIVAL_INLINE void tiles(const double *y, ptrdiff_t yStep, ptrdiff_t yStride, const double *x,
                           ptrdiff_t xStride, const double *weight, ptrdiff_t count, ptrdiff_t l,
                           int vectors, double *gram, ptrdiff_t stride) {
  for (ptrdiff_t j = 0; j < l + 4 * vectors; j += strip) {
    const int below = j < l ? 0 : (int)((j - l) / 4);
    const double *strips = y + j * yStep, *columns = x + 4 * below;
    double *c = gram + j * stride + l + 4 * below;
    if (vectors - below == 3) tile(strips, yStride, columns, xStride, weight, count, c, stride, 3);
    else if (vectors - below == 2) tile(strips, yStride, columns, xStride, weight, count, c, stride, 2);
    else tile(strips, yStride, columns, xStride, weight, count, c, stride, 1);
  }
}

static inline int panel_vectors(ptrdiff_t width, ptrdiff_t l) {
  return (int)((width - l < panel ? width - l + 3 : panel) / 4);
}

// Adds one block of narrow rows where they stand. What a vector takes in beyond the end of a row goes to
// rows and columns of the accumulator that nobody reads.
SURVIVAL_INLINE void add_narrow(const double *rows, const double *weight, ptrdiff_t count,
                                ptrdiff_t width, double *gram) {
  const ptrdiff_t stride = padded(width, panel);
  for (ptrdiff_t l = 0; l < width; l += panel) {
    tiles(rows, 1, width, rows + l, width, weight, count, l, panel_vectors(width, l), gram, stride);
  }
}

// Adds one block. The rows are copied into panels of up to 12 columns, and times their weights into
// strips of 4, so that a tile reads both without gaps.
SURVIVAL_INLINE void add_wide(const double *rows, const double *weight, ptrdiff_t count,
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
    const int vectors = panel_vectors(width, l);
    double *x = panels + l * blockRows;
    if (vectors == 3) pack(rows + l, NULL, count, width, used, x, 3);
    else if (vectors == 2) pack(rows + l, NULL, count, width, used, x, 2);
    else pack(rows + l, NULL, count, width, used, x, 1);
    tiles(strips, blockRows, strip, x, 4 * vectors, NULL, count, l, vectors, gram, stride);
  }
}

SURVIVAL_INLINE void gram_add(const double *rows, const double *weight, ptrdiff_t count,
                              ptrdiff_t width, double *gram, double *scratch) {
  for (ptrdiff_t i = 0; i < count; i += blockRows) {
    const ptrdiff_t some = count - i < blockRows ? count - i : blockRows;
    const double *w = weight ? weight + i : NULL;
    if (width <= narrow) add_narrow(rows + i * width, w, some, width, gram);
    else add_wide(rows + i * width, w, some, width, gram, scratch);
  }
}

SURVIVAL_CLONES
void survival_gram_add(const double *rows, const double *weight, ptrdiff_t count, ptrdiff_t width,
                       double *gram, double *scratch) {
  if (weight) gram_add(rows, weight, count, width, gram, scratch);
  else gram_add(rows, NULL, count, width, gram, scratch);
}

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

SURVIVAL_CLONES
void survival_add_weighted_rows(const double *rows, ptrdiff_t count, ptrdiff_t width,
                                const double *weight, double *sum) {
  add_rows(rows, weight, count, width, sum);
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
