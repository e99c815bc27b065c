// SPDX-License-Identifier: Apache-2.0
//
// Sorting the rows of strata, each by itself, in the cache where it is short.

#include "CSurvivalKernels.h"

#include <string.h>

// What is sorted: the value descending, then events first, and in the low half the row.
#define SURVIVAL_PACKED(largest, value, isCensored, row) \
  ((((uint64_t)((largest) - (int64_t)(value)) << 1 | (uint64_t)(isCensored)) << 32) | (uint32_t)(row))

// Sorts by the `bits` bits above the row; returns where the sorted keys are.
static uint64_t *sort_packed(uint64_t *keys, uint64_t *other, ptrdiff_t count, int bits) {
  if (count <= 16) {
    for (ptrdiff_t i = 1; i < count; i++) {
      const uint64_t key = keys[i];
      ptrdiff_t j = i;
      for (; j > 0 && keys[j - 1] >> 32 > key >> 32; j--) keys[j] = keys[j - 1];
      keys[j] = key;
    }
    return keys;
  }
  // Digits in proportion to the rows: counting them should not cost more than moving them.
  int most = 6;
  while (most < 11 && (ptrdiff_t)1 << most < count) most++;
  const int passes = (bits + most - 1) / most;
  int shift = 32;
  for (int pass = 0; pass < passes; pass++) {
    const int digit = (bits - (shift - 32) + (passes - pass) - 1) / (passes - pass);
    const uint64_t mask = ((uint64_t)1 << digit) - 1;
    uint32_t next[2048];
    memset(next, 0, (size_t)(mask + 1) * sizeof *next);
    for (ptrdiff_t i = 0; i < count; i++) next[keys[i] >> shift & mask]++;
    uint32_t sum = 0;
    for (uint64_t d = 0; d <= mask; d++) {
      const uint32_t some = next[d];
      next[d] = sum;
      sum += some;
    }
    for (ptrdiff_t i = 0; i < count; i++) other[next[keys[i] >> shift & mask]++] = keys[i];
    uint64_t *const before = keys;
    keys = other;
    other = before;
    shift += digit;
  }
  return keys;
}

int survival_count_codes(const int32_t *rows, ptrdiff_t count, ptrdiff_t rowLimit,
                         const ptrdiff_t *code, ptrdiff_t codes, ptrdiff_t *counts) {
  memset(counts, 0, (size_t)codes * sizeof *counts);
  for (ptrdiff_t i = 0; i < count; i++) {
    if ((uint64_t)rows[i] >= (uint64_t)rowLimit) return 0;
    const ptrdiff_t stratum = code[rows[i]];
    if ((uint64_t)stratum >= (uint64_t)codes) return 0;
    counts[stratum]++;
  }
  return 1;
}

void survival_sort_strata(const double *value, const int32_t *rows, ptrdiff_t count,
                          int64_t largest, const ptrdiff_t *code, const bool *event,
                          const ptrdiff_t *ends, ptrdiff_t first, ptrdiff_t last, ptrdiff_t *next,
                          uint64_t *keys, uint64_t *other, ptrdiff_t spare, int32_t *order,
                          double *slotTime, ptrdiff_t *start, ptrdiff_t *eventEnd,
                          ptrdiff_t *slotCount) {
  // Each row of the strata goes to the next place of its own; the others to a place that nobody reads.
  for (ptrdiff_t s = first; s < last; s++) next[s - first] = s > 0 ? ends[s - 1] : 0;
  next[last - first] = spare;
  for (ptrdiff_t i = 0; i < count; i++) {
    const ptrdiff_t row = rows[i], stratum = code[row];
    const ptrdiff_t isOwn = (stratum >= first) & (stratum < last);
    ptrdiff_t *const place = next + (isOwn ? stratum - first : last - first);
    keys[*place] = SURVIVAL_PACKED(largest, value[row], event && !event[row], row);
    *place += isOwn;
  }
  int bits = 1;
  while (bits < 32 && (uint64_t)largest >> (bits - 1) != 0) bits++;
  for (ptrdiff_t s = first; s < last; s++) {
    const ptrdiff_t begin = s > 0 ? ends[s - 1] : 0, rowCount = ends[s] - begin;
    const uint64_t *sorted = sort_packed(keys + begin, other + begin, rowCount, bits);
    ptrdiff_t slots = -1;
    uint64_t before = 0;
    for (ptrdiff_t i = 0; i < rowCount; i++) {
      const uint64_t key = sorted[i] >> 33;
      order[begin + i] = (int32_t)(sorted[i] & 0xffffffff);
      // What is written for the slot in hand is right once its last row was seen.
      const int isNew = (i == 0) | (key != before);
      slots += isNew;
      before = key;
      if (!slotTime) continue;
      const ptrdiff_t slot = begin + slots;
      slotTime[slot] = (double)(largest - (int64_t)key);
      start[slot] = isNew ? begin + i : start[slot];
      eventEnd[slot] = (isNew ? begin + i : eventEnd[slot]) + !(sorted[i] >> 32 & 1);
    }
    if (slotTime) slotCount[s] = slots + 1;
  }
}
