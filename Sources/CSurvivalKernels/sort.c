// SPDX-License-Identifier: Apache-2.0

#include "CSurvivalKernels.h"

#include <string.h>

void survival_sort(uint64_t *keys, int32_t *order, uint64_t *otherKeys, int32_t *otherOrder,
                   ptrdiff_t count) {
  uint64_t differ = 0;
  for (ptrdiff_t i = 1; i < count; i++) differ |= keys[i] ^ keys[0];
  uint64_t *from = keys, *to = otherKeys;
  int32_t *fromOrder = order, *toOrder = otherOrder;
  int shift = 0;
  while (shift < 64 && differ >> shift != 0) {
    // A digit begins at the next bit that differs. What is left is cut into equal digits.
    while (!(differ >> shift & 1)) shift++;
    int left = 64 - shift;
    while (!(differ >> (shift + left - 1) & 1)) left--;
    const int passes = (left + 10) / 11, bits = (left + passes - 1) / passes;
    const uint64_t mask = ((uint64_t)1 << bits) - 1;
    uint32_t next[2048];
    memset(next, 0, sizeof next);
    for (ptrdiff_t i = 0; i < count; i++) next[from[i] >> shift & mask]++;
    uint32_t sum = 0;
    for (uint64_t digit = 0; digit <= mask; digit++) {
      const uint32_t some = next[digit];
      next[digit] = sum;
      sum += some;
    }
    for (ptrdiff_t i = 0; i < count; i++) {
      const uint64_t key = from[i];
      const uint32_t position = next[key >> shift & mask]++;
      to[position] = key;
      toOrder[position] = fromOrder[i];
    }
    uint64_t *const keysBefore = from;
    from = to;
    to = keysBefore;
    int32_t *const orderBefore = fromOrder;
    fromOrder = toOrder;
    toOrder = orderBefore;
    shift += bits;
  }
  if (from != keys) {
    memcpy(keys, from, (size_t)count * sizeof *keys);
    memcpy(order, fromOrder, (size_t)count * sizeof *order);
  }
}

int64_t survival_largest_whole(const double *value, const int32_t *rows, ptrdiff_t count) {
  const double limit = 0x1p40;
  double largest = 0;
  int isWhole = 1;
  for (ptrdiff_t i = 0; i < count; i++) {
    const double x = value[rows[i]];
    isWhole &= (x >= 0) & (x < limit);
    const double inside = x < limit ? x : 0;
    isWhole &= (double)(int64_t)inside == inside;
    largest = inside > largest ? inside : largest;
  }
  return isWhole ? (int64_t)largest : -1;
}

void survival_whole_keys(const double *value, const int32_t *rows, ptrdiff_t count, int64_t largest,
                         const bool *event, uint64_t *keys) {
  for (ptrdiff_t i = 0; i < count; i++) {
    const ptrdiff_t row = rows[i];
    const uint64_t key = (uint64_t)(largest - (int64_t)value[row]);
    keys[i] = key << 1 | (uint64_t)(event && !event[row]);
  }
}

ptrdiff_t survival_find_key_slots(const uint64_t *keys, ptrdiff_t first, ptrdiff_t end,
                                  int64_t largest, double *slotTime, ptrdiff_t *start,
                                  ptrdiff_t *eventEnd) {
  ptrdiff_t count = -1;
  uint64_t before = 0;
  // What is written for the slot in hand is right once its last row was seen: no branch for a row.
  for (ptrdiff_t i = first; i < end; i++) {
    const uint64_t key = keys[i] >> 1;
    const int isNew = (i == first) | (key != before);
    count += isNew;
    before = key;
    slotTime[count] = (double)(largest - (int64_t)key);
    start[count] = isNew ? i : start[count];
    const ptrdiff_t dead = (isNew ? i : eventEnd[count]) + !(keys[i] & 1);
    eventEnd[count] = dead;
  }
  return count + 1;
}

ptrdiff_t survival_find_slots(const int32_t *order, const double *time, const bool *event,
                              ptrdiff_t first, ptrdiff_t end, double *slotTime, ptrdiff_t *start,
                              ptrdiff_t *eventEnd) {
  ptrdiff_t count = 0, i = first;
  while (i < end) {
    const double now = time[order[i]];
    slotTime[count] = now;
    start[count] = i;
    while (i < end && event[order[i]] && time[order[i]] == now) i++;
    eventEnd[count] = i;
    while (i < end && time[order[i]] == now) i++;
    count++;
  }
  return count;
}

ptrdiff_t survival_event_weights(const int32_t *order, const bool *event, const double *weight,
                                 ptrdiff_t count, double *result) {
  ptrdiff_t events = 0;
  for (ptrdiff_t i = 0; i < count; i++) {
    // No branch: who has the event cannot be guessed.
    const bool isEvent = event[order[i]];
    result[i] = weight[i] * (double)isEvent;
    events += isEvent;
  }
  return events;
}
