// SPDX-License-Identifier: Apache-2.0
//
// The weighted Gram product on processors with 32 registers of eight numbers.

#include "gram_512.h"
#include "vectors.h"

#if SURVIVAL_HAS_512

// Rows first up to last of the lower triangle, of rows with up to 24 columns: with 32 registers of eight
// numbers all their sums stay in registers, and rows are read once.
SURVIVAL_INLINE void add_triangle(const double *rows, const double *weight, ptrdiff_t count,
                                  ptrdiff_t width, double *gram, ptrdiff_t stride, int first,
                                  int last) {
  const v8 zero = {0, 0, 0, 0, 0, 0, 0, 0};
  // Where the sums are few, two rows at a time keep the multipliers busy.
  const int turns = last <= 8 ? 2 : 1;
  v8 c[2][24];
#pragma clang loop unroll(full)
  for (int k = 0; k < 24; k++) c[0][k] = c[1][k] = zero;
  ptrdiff_t i = 0;
  for (; i + turns <= count; i += turns) {
#pragma clang loop unroll(full)
    for (int t = 0; t < turns; t++) {
      v8 y[3];
#pragma clang loop unroll(full)
      for (int b = 0; b <= (last - 1) / 8; b++) {
        y[b] = *(const v8 *)(rows + 8 * b);
        if (weight) y[b] *= weight[i + t];
      }
      int k = 0;
#pragma clang loop unroll(full)
      for (int a = first; a < last; a++) {
#pragma clang loop unroll(full)
        for (int b = 0; b <= a / 8; b++) c[t][k++] += rows[a] * y[b];
      }
      rows += width;
    }
  }
  if (i < count) {
    const v8 y = *(const v8 *)rows * (weight ? weight[i] : 1);
#pragma clang loop unroll(full)
    for (int a = first; a < last; a++) c[0][a - first] += rows[a] * y;
  }
  int k = 0;
#pragma clang loop unroll(full)
  for (int a = first; a < last; a++) {
#pragma clang loop unroll(full)
    for (int b = 0; b <= a; b++) {
      const v8 sum = turns == 2 ? c[0][k + b / 8] + c[1][k + b / 8] : c[0][k + b / 8];
      gram[b * stride + a] += sum[b % 8];
    }
    k += a / 8 + 1;
  }
}

SURVIVAL_512
void survival_add_narrow_512(const double *rows, const double *weight, ptrdiff_t count,
                             ptrdiff_t width, double *gram, ptrdiff_t stride) {
#define SURVIVAL_TRIANGLE(first, last)                                                  \
  do {                                                                                  \
    if (weight) add_triangle(rows, weight, count, width, gram, stride, first, last);    \
    else add_triangle(rows, NULL, count, width, gram, stride, first, last);             \
  } while (0)
#define SURVIVAL_UP_TO(last)                  \
  case last:                                  \
    SURVIVAL_TRIANGLE(0, last);               \
    break
#define SURVIVAL_BEYOND_16(last)              \
  case last:                                  \
    SURVIVAL_TRIANGLE(0, 16);                 \
    SURVIVAL_TRIANGLE(16, last);              \
    break
  switch (width) {
    SURVIVAL_UP_TO(1);
    SURVIVAL_UP_TO(2);
    SURVIVAL_UP_TO(3);
    SURVIVAL_UP_TO(4);
    SURVIVAL_UP_TO(5);
    SURVIVAL_UP_TO(6);
    SURVIVAL_UP_TO(7);
    SURVIVAL_UP_TO(8);
    SURVIVAL_UP_TO(9);
    SURVIVAL_UP_TO(10);
    SURVIVAL_UP_TO(11);
    SURVIVAL_UP_TO(12);
    SURVIVAL_UP_TO(13);
    SURVIVAL_UP_TO(14);
    SURVIVAL_UP_TO(15);
    SURVIVAL_UP_TO(16);
    SURVIVAL_BEYOND_16(17);
    SURVIVAL_BEYOND_16(18);
    SURVIVAL_BEYOND_16(19);
    SURVIVAL_BEYOND_16(20);
    SURVIVAL_BEYOND_16(21);
    SURVIVAL_BEYOND_16(22);
    SURVIVAL_BEYOND_16(23);
    SURVIVAL_BEYOND_16(24);
  }
#undef SURVIVAL_BEYOND_16
#undef SURVIVAL_UP_TO
#undef SURVIVAL_TRIANGLE
}
// c[a][b] += sum over i of y[i][a] * x[i][b]: eight rows of c, `vectors` times eight columns.
SURVIVAL_INLINE void tile_512(const double *y, const double *x, ptrdiff_t xStride, ptrdiff_t count,
                              double *c, ptrdiff_t stride, int vectors) {
  const v8 zero = {0, 0, 0, 0, 0, 0, 0, 0};
  v8 sum[8][3];
#pragma clang loop unroll(full)
  for (int a = 0; a < 8; a++) {
    for (int b = 0; b < vectors; b++) sum[a][b] = zero;
  }
  for (ptrdiff_t i = 0; i < count; i++) {
    v8 column[3];
    for (int b = 0; b < vectors; b++) column[b] = *(const v8 *)(x + 8 * b);
#pragma clang loop unroll(full)
    for (int a = 0; a < 8; a++) {
      for (int b = 0; b < vectors; b++) sum[a][b] += y[a] * column[b];
    }
    y += 8;
    x += xStride;
  }
#pragma clang loop unroll(full)
  for (int a = 0; a < 8; a++) {
    for (int b = 0; b < vectors; b++) *(v8 *)(c + a * stride + 8 * b) += sum[a][b];
  }
}

// Copies `vectors` times eight columns, of which `used` are there, times `weight` if given.
SURVIVAL_INLINE void pack_512(const double *in, const double *weight, ptrdiff_t count,
                              ptrdiff_t width, ptrdiff_t used, double *out, int vectors) {
  i8 mask;
  for (int a = 0; a < 8; a++) mask[a] = 8 * (vectors - 1) + a < used ? -1 : 0;
  for (ptrdiff_t i = 0; i < count; i++) {
    for (int b = 0; b < vectors; b++) {
      v8 x = *(const v8 *)(in + 8 * b);
      if (weight) x *= weight[i];
      if (b == vectors - 1) x = (v8)((i8)x & mask);
      *(v8 *)(out + 8 * b) = x;
    }
    in += width;
    out += 8 * vectors;
  }
}

SURVIVAL_512
void survival_add_wide_512(const double *rows, const double *weight, ptrdiff_t count,
                           ptrdiff_t width, double *gram, ptrdiff_t stride, double *scratch) {
  enum { strip = 8, panel = 24 };
  double *strips = scratch;
  double *panels = scratch + count * ((width + strip - 1) / strip * strip);
  for (ptrdiff_t j = 0; j < width; j += strip) {
    const ptrdiff_t used = width - j < strip ? width - j : strip;
    if (weight) pack_512(rows + j, weight, count, width, used, strips + j * count, 1);
    else pack_512(rows + j, NULL, count, width, used, strips + j * count, 1);
  }
  for (ptrdiff_t l = 0; l < width; l += panel) {
    const ptrdiff_t used = width - l < panel ? width - l : panel;
    const int vectors = (int)((used + 7) / 8);
    if (vectors == 3) pack_512(rows + l, NULL, count, width, used, panels, 3);
    else if (vectors == 2) pack_512(rows + l, NULL, count, width, used, panels, 2);
    else pack_512(rows + l, NULL, count, width, used, panels, 1);
    for (ptrdiff_t j = 0; j < l + 8 * vectors; j += strip) {
      // What lies below the diagonal is not computed where that saves a vector.
      const int below = j < l ? 0 : (int)((j - l) / 8), left = vectors - below;
      const double *y = strips + j * count, *x = panels + 8 * below;
      double *c = gram + j * stride + l + 8 * below;
      if (left == 3) tile_512(y, x, 8 * vectors, count, c, stride, 3);
      else if (left == 2) tile_512(y, x, 8 * vectors, count, c, stride, 2);
      else tile_512(y, x, 8 * vectors, count, c, stride, 1);
    }
  }
}
#endif
