// SPDX-License-Identifier: Apache-2.0

#include "CSurvivalKernels.h"
#include "vectors.h"

#include <math.h>

#define SURVIVAL_ACROSS(x) (((x)[0] + (x)[1]) + ((x)[2] + (x)[3]))

// What a row lived through of a hazard, if it entered after a slot.
static inline double survival_hazard_lived(double all, int32_t entry, const double *earlier,
                                           int *isSafe) {
  if (entry < 0) return all;
  const double before = earlier[entry], lived = all - before;
  *isSafe &= !(lived > 0 && lived < 1e-9 * before);
  return lived > 0 ? lived : 0;
}

// Adds a term to high + low without loss (Knuth's two-sum).
#define SURVIVAL_ADD(term)                               \
  do {                                                   \
    const double t = (term), s = high + t, part = s - high; \
    low += (high - (s - part)) + (t - part);             \
    high = s;                                            \
  } while (0)

SURVIVAL_CLONES
int survival_running_risks(const double *risk, const double *eventWeight, const ptrdiff_t *start,
                           const uint8_t *reset, const int32_t *leaving,
                           const ptrdiff_t *leavingStart, ptrdiff_t count, double carried,
                           double *total, double *slotWeight) {
  double high = carried, low = 0, peak = carried;
  int isSafe = 1;
  for (ptrdiff_t k = 0; k < count; k++) {
    if (reset[k]) high = low = peak = 0;
    double weight = 0;
    for (ptrdiff_t i = start[k]; i < start[k + 1]; i++) {
      SURVIVAL_ADD(risk[i]);
      weight += eventWeight[i];
    }
    if (leaving) {
      for (ptrdiff_t i = leavingStart[k]; i < leavingStart[k + 1]; i++) SURVIVAL_ADD(-risk[leaving[i]]);
      peak = high + low > peak ? high + low : peak;
    }
    const double sum = high + low;
    total[k] = sum;
    slotWeight[k] = weight;
    // What is left after so much was taken away may be rounding.
    isSafe &= (weight == 0) | ((sum >= 1e-6 * peak) & (sum > 0x1p-1000) & (sum < 0x1p1000));
  }
  return isSafe;
}

// Where strata are short nothing is lost in a plain sum, and one addition waits for the other only once.
SURVIVAL_CLONES
int survival_short_running_risks(const double *risk, const double *eventWeight,
                                 const ptrdiff_t *start, const uint8_t *reset, ptrdiff_t count,
                                 double *total, double *slotWeight) {
  double sum = 0;
  int isSafe = 1;
  for (ptrdiff_t k = 0; k < count; k++) {
    if (k + 8 <= count && start[k + 8] - start[k] == 8) {
      // One row to a slot, as where times hardly tie.
      const ptrdiff_t first = start[k];
      const v8 weights = *(const v8 *)(eventWeight + first);
      for (int a = 0; a < 8; a++) {
        sum = (reset[k + a] ? 0 : sum) + risk[first + a];
        total[k + a] = sum;
      }
      *(v8 *)(slotWeight + k) = weights;
      const v8 sums = *(const v8 *)(total + k);
      const i8 trusted = (weights == 0) | ((sums > 0x1p-1000) & (sums < 0x1p1000));
      for (int a = 0; a < 8; a++) isSafe &= (int)trusted[a];
      k += 7;
      continue;
    }
    sum = reset[k] ? 0 : sum;
    double weight = 0;
    for (ptrdiff_t i = start[k]; i < start[k + 1]; i++) {
      sum += risk[i];
      weight += eventWeight[i];
    }
    total[k] = sum;
    slotWeight[k] = weight;
    isSafe &= (weight == 0) | ((sum > 0x1p-1000) & (sum < 0x1p1000));
  }
  return isSafe;
}

// A product is kept as a number from 1 to 2 and an exponent, eight at a time.
SURVIVAL_CLONES
double survival_single_hazards(const double *total, const double *weight, ptrdiff_t count,
                               double *hazard, double *first) {
  const v8 zero = {0, 0, 0, 0, 0, 0, 0, 0}, one = zero + 1;
  const i8 none = {0, 0, 0, 0, 0, 0, 0, 0}, significand = none + 0xfffffffffffff;
  v8 product = one;
  i8 exponent = none;
  double sum = 0;
  ptrdiff_t k = 0;
  for (; k + 8 <= count; k += 8) {
    const v8 phi = *(const v8 *)(total + k), w = *(const v8 *)(weight + k);
    const i8 counts = w != 0;
    const v8 inverse = (v8)((i8)(one / phi) & counts);
    const v8 h = w * inverse;
    *(v8 *)(hazard + k) = h;
    *(v8 *)(first + k) = inverse;
    const i8 isOne = w == 1;
    const i8 bits = ((i8)phi & isOne) | ((i8)one & ~isOne);
    exponent += (bits >> 52) - 1023;
    product *= (v8)((bits & significand) | (i8)one);
    if (k % 1024 == 1016) {
      for (int a = 0; a < 8; a++) sum += log(product[a]);
      product = one;
    }
    const i8 others = counts & ~isOne;
    int64_t any = 0;
    for (int a = 0; a < 8; a++) any |= others[a];
    if (any) {
      for (int a = 0; a < 8; a++) {
        if (!others[a]) continue;
        sum += w[a] * log(phi[a]);
        first[k + a] *= sqrt(w[a]);
      }
    }
  }
  for (; k < count; k++) {
    const double w = weight[k], inverse = w != 0 ? 1 / total[k] : 0;
    hazard[k] = w * inverse;
    first[k] = sqrt(w) * inverse;
    if (w != 0) sum += w * log(total[k]);
  }
  int64_t power = 0;
  for (int a = 0; a < 8; a++) {
    // Two of these factors lie between 1 and 4.
    if (a % 2 == 0) sum += log(product[a] * product[a + 1]);
    power += exponent[a];
  }
  return sum + (double)power * 0x1.62e42fefa39efp-1;
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

void survival_cumulative_hazards(const double *hazard, const uint8_t *reset, ptrdiff_t count,
                                 double carried, double *cumulative) {
  double sum = carried;
  for (ptrdiff_t k = count; k-- > 0;) {
    sum += hazard[k];
    cumulative[k] = sum;
    if (reset[k]) sum = 0;
  }
}

SURVIVAL_CLONES
int survival_row_weights(const double *risk, const double *eventWeight, const ptrdiff_t *start,
                         const double *cumulative, const int32_t *entry, const double *earlier,
                         ptrdiff_t count, double *information, double *gradient) {
  int isSafe = 1;
  for (ptrdiff_t k = 0; k < count; k++) {
    const double all = cumulative[k];
    const ptrdiff_t end = start[k + 1];
    ptrdiff_t i = start[k];
    if (!entry) {
      if (k + 8 <= count && start[k + 8] - i == 8) {
        // One row to a slot, as where times hardly tie.
        const v8 w = *(const v8 *)(risk + i) * *(const v8 *)(cumulative + k);
        *(v8 *)(information + i) = w;
        *(v8 *)(gradient + i) = *(const v8 *)(eventWeight + i) - w;
        k += 7;
        continue;
      }
      for (; i < end; i++) {
        const double w = risk[i] * all;
        information[i] = w;
        gradient[i] = eventWeight[i] - w;
      }
      continue;
    }
    for (; i < end; i++) {
      const double w = risk[i] * survival_hazard_lived(all, entry[i], earlier, &isSafe);
      information[i] = w;
      gradient[i] = eventWeight[i] - w;
    }
  }
  return isSafe;
}

int survival_tied_row_weights(const double *risk, const double *eventWeight, ptrdiff_t start,
                              ptrdiff_t eventEnd, double hazard, const int32_t *entry,
                              const double *earlier, double *information, double *gradient) {
  int isSafe = 1;
  for (ptrdiff_t i = start; i < eventEnd; i++) {
    const double all = hazard > 0 ? hazard : 0;
    const double w =
        risk[i] * (entry ? survival_hazard_lived(all, entry[i], earlier, &isSafe) : all);
    information[i] = w;
    gradient[i] = eventWeight[i] - w;
  }
  return isSafe;
}
