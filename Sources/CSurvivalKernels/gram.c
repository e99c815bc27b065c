// SPDX-License-Identifier: Apache-2.0

#include "CSurvivalKernels.h"
#include "gram_512.h"
#include "vectors.h"

#include <string.h>

#if defined(__GNUC__)
#define SURVIVAL_IN_ORDER __asm__ volatile("" ::: "memory")
#else
#define SURVIVAL_IN_ORDER
#endif

// Rows are handled in blocks that stay in the second-level cache once they are packed.
enum { blockRows = 192, panel = 12, strip = 4 };

static ptrdiff_t padded(ptrdiff_t width, ptrdiff_t unit) { return (width + unit - 1) / unit * unit; }

// Rows and columns of the accumulator are padded to what the widest vectors take.
static ptrdiff_t stride_of(ptrdiff_t width) { return padded(width, 24); }

ptrdiff_t survival_gram_size(ptrdiff_t width) { return padded(width, 8) * stride_of(width); }

ptrdiff_t survival_gram_scratch(ptrdiff_t width) {
  return blockRows * (padded(width, 8) + stride_of(width));
}

double survival_gram_element(const double *gram, ptrdiff_t width, ptrdiff_t row, ptrdiff_t column) {
  return gram[row * stride_of(width) + column];
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
  const ptrdiff_t stride = stride_of(width);
  for (ptrdiff_t l = 0; l < width; l += panel) {
    tiles(rows, 1, width, rows + l, width, weight, count, l, panel_vectors(width, l), gram, stride);
  }
}

// Adds one block. The rows are copied into panels of up to 12 columns, and times their weights into
// strips of 4, so that a tile reads both without gaps.
SURVIVAL_INLINE void add_wide(const double *rows, const double *weight, ptrdiff_t count,
                              ptrdiff_t width, double *gram, double *scratch) {
  const ptrdiff_t stride = stride_of(width);
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
#if SURVIVAL_HAS_512
  if (width <= narrow && SURVIVAL_IS_512) {
    survival_add_narrow_512(rows, weight, count, width, gram, stride_of(width));
    return;
  }
#endif
  for (ptrdiff_t i = 0; i < count; i += blockRows) {
    const ptrdiff_t some = count - i < blockRows ? count - i : blockRows;
    const double *w = weight ? weight + i : NULL;
#if SURVIVAL_HAS_512
    if (SURVIVAL_IS_512) {
      survival_add_wide_512(rows + i * width, w, some, width, gram, stride_of(width), scratch);
      continue;
    }
#endif
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
