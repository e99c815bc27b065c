// SPDX-License-Identifier: Apache-2.0

#include "CSurvivalKernels.h"

#include <math.h>

#if defined(__x86_64__) && defined(__linux__)
#define SURVIVAL_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define SURVIVAL_CLONES
#endif

typedef double v4 __attribute__((vector_size(32), aligned(8)));
typedef int64_t i4 __attribute__((vector_size(32), aligned(8)));

#define SURVIVAL_ACROSS(x) (((x)[0] + (x)[1]) + ((x)[2] + (x)[3]))

double survival_slot_sums(const double *risk, const double *weight, const double *predictor,
                          double reference, const int64_t *start, const int64_t *special,
                          const uint8_t *reset, ptrdiff_t count, double sum, double *dying,
                          double *others, double *value) {
  double gained = 0;
  for (ptrdiff_t k = 0; k < count; k++) {
    if (reset[k]) sum = 0;
    double first = 0, rest = 0;
    int64_t i = start[k];
    for (const int64_t middle = i + special[k]; i < middle; i++) {
      first += risk[i];
      gained += weight[i] * (predictor[i] - reference);
    }
    for (const int64_t end = start[k + 1]; i < end; i++) rest += risk[i];
    dying[k] = first;
    others[k] = rest;
    sum += first + rest;
  }
  *value += gained;
  return sum;
}

// Adds a term to high + low without loss (Knuth's two-sum).
#define SURVIVAL_ADD(term)                               \
  do {                                                   \
    const double t = (term), s = high + t, part = s - high; \
    low += (high - (s - part)) + (t - part);             \
    high = s;                                            \
  } while (0)

int survival_running_risks(const double *dying, const double *others, const int64_t *special,
                           const uint8_t *reset, const int32_t *leaving,
                           const int64_t *leavingStart, const double *risk, ptrdiff_t count,
                           double carried, double *total) {
  double high = carried, low = 0, peak = carried;
  int isSafe = 1;
  for (ptrdiff_t k = 0; k < count; k++) {
    if (reset[k]) high = low = peak = 0;
    SURVIVAL_ADD(dying[k]);
    SURVIVAL_ADD(others[k]);
    if (leaving) {
      for (int64_t i = leavingStart[k]; i < leavingStart[k + 1]; i++) SURVIVAL_ADD(-risk[leaving[i]]);
      peak = high + low > peak ? high + low : peak;
    }
    const double sum = high + low;
    total[k] = sum;
    // What is left after so much was taken away may be rounding.
    if (special[k] > 0) isSafe &= (sum >= 1e-6 * peak) & (sum > 0x1p-1000) & (sum < 0x1p1000);
  }
  return isSafe;
}

// A product is kept as a number from 1 to 2 and an exponent, four at a time.
SURVIVAL_CLONES
double survival_single_hazards(const double *total, const double *weight, ptrdiff_t count,
                               double *hazard, double *own, double *first) {
  const i4 significand = {0xfffffffffffff, 0xfffffffffffff, 0xfffffffffffff, 0xfffffffffffff};
  const v4 zero = {0, 0, 0, 0}, one = zero + 1;
  v4 product = one;
  i4 exponent = {0, 0, 0, 0};
  double sum = 0;
  ptrdiff_t k = 0;
  for (; k + 4 <= count; k += 4) {
    const v4 phi = *(const v4 *)(total + k), w = *(const v4 *)(weight + k);
    const i4 counts = w != 0;
    const v4 inverse = (v4)((i4)(one / phi) & counts);
    const v4 h = w * inverse;
    *(v4 *)(hazard + k) = h;
    *(v4 *)(own + k) = h;
    *(v4 *)(first + k) = inverse;
    const i4 isOne = w == 1;
    const i4 bits = ((i4)phi & isOne) | ((i4)one & ~isOne);
    exponent += (bits >> 52) - 1023;
    product *= (v4)((bits & significand) | (i4)one);
    if (k % 512 == 508) {
      sum += log(product[0]) + log(product[1]) + log(product[2]) + log(product[3]);
      product = one;
    }
    const i4 others = counts & ~isOne;
    if (others[0] | others[1] | others[2] | others[3]) {
      for (int a = 0; a < 4; a++) {
        if (!others[a]) continue;
        sum += w[a] * log(phi[a]);
        first[k + a] *= sqrt(w[a]);
      }
    }
  }
  for (; k < count; k++) {
    const double w = weight[k], inverse = w != 0 ? 1 / total[k] : 0;
    hazard[k] = own[k] = w * inverse;
    first[k] = sqrt(w) * inverse;
    if (w != 0) sum += w * log(total[k]);
  }
  sum += log(product[0]) + log(product[1]) + log(product[2]) + log(product[3]);
  return sum + (double)(exponent[0] + exponent[1] + exponent[2] + exponent[3]) * 0x1.62e42fefa39efp-1;
}

// The logarithms are taken of products of 64 factors, each of which lies between 1 / count and 1.
SURVIVAL_CLONES
void survival_tie_sums(ptrdiff_t count, double dying, double bystanders, double *sums) {
  const v4 zero = {0, 0, 0, 0}, one = zero + 1;
  const double step = 1 / (double)count, unit = 1 / (bystanders + dying);
  v4 h1 = zero, hc = zero, s0 = zero, s1 = zero, s2 = zero, product = one;
  v4 index = {0, 1, 2, 3};
  double logarithm = 0;
  int factors = 0;
  for (ptrdiff_t k = 0; k < count; k += 4) {
    const i4 within = index < (double)count;
    const v4 c = (v4)((i4)(1 - index * step) & within);
    const v4 total = bystanders + c * dying;
    const v4 h = (v4)((i4)(one / total) & within);
    const v4 share = h * c, square = h * h;
    h1 += h;
    hc += share;
    s0 += square;
    s1 += h * share;
    s2 += share * share;
    product *= (v4)(((i4)(total * unit) & within) | ((i4)one & ~within));
    if (++factors == 16) {
      logarithm += log((product[0] * product[1]) * (product[2] * product[3]));
      product = one;
      factors = 0;
    }
    index += 4;
  }
  logarithm += log((product[0] * product[1]) * (product[2] * product[3]));
  sums[0] = logarithm;
  sums[1] = SURVIVAL_ACROSS(h1);
  sums[2] = SURVIVAL_ACROSS(hc);
  sums[3] = SURVIVAL_ACROSS(s0);
  sums[4] = SURVIVAL_ACROSS(s1);
  sums[5] = SURVIVAL_ACROSS(s2);
}

int survival_row_weights(const double *risk, const double *weight, const int64_t *start,
                         const int64_t *special, const double *cumulative, const double *hazard,
                         const double *own, const int32_t *entry, const double *earlier,
                         ptrdiff_t count, double *information, double *gradient) {
  int isSafe = 1;
  for (ptrdiff_t k = 0; k < count; k++) {
    const double all = cumulative[k], part = all - hazard[k] + own[k];
    const double ownPart = part > 0 ? part : 0;
    int64_t i = start[k];
    const int64_t middle = i + special[k], end = start[k + 1];
    if (!entry) {
      for (; i < middle; i++) {
        const double w = risk[i] * ownPart;
        information[i] = w;
        gradient[i] = weight[i] - w;
      }
      for (; i < end; i++) {
        const double w = risk[i] * all;
        information[i] = w;
        gradient[i] = -w;
      }
      continue;
    }
    for (; i < end; i++) {
      double lived = i < middle ? ownPart : all;
      if (entry[i] >= 0) {
        const double before = earlier[entry[i]];
        lived -= before;
        isSafe &= !(lived > 0 && lived < 1e-9 * before);
      }
      const double w = risk[i] * (lived > 0 ? lived : 0);
      information[i] = w;
      gradient[i] = (i < middle ? weight[i] : 0) - w;
    }
  }
  return isSafe;
}
