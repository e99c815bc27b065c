// SPDX-License-Identifier: Apache-2.0
//
// What the kernels share: how they are compiled for several levels of the instruction set, and vectors.

#ifndef SURVIVAL_VECTORS_H
#define SURVIVAL_VECTORS_H

#include <stdint.h>

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
// The choice between clones is made by code that runs before the sanitizer is ready for it.
#define SURVIVAL_CLONES
#endif
#endif

#ifndef SURVIVAL_CLONES
#if defined(__x86_64__) && defined(__GLIBC__) && defined(__clang__)
// Without the second attribute vectors of eight are cut in two on processors that have registers for them.
#define SURVIVAL_CLONES                                                                   \
  __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default"), min_vector_width(512)))
#else
#define SURVIVAL_CLONES
#endif
#endif

// What is written for 32 registers of eight numbers, and whether the processor has them.
#if defined(__x86_64__) && defined(__GLIBC__) && defined(__clang__)
#define SURVIVAL_HAS_512 1
#define SURVIVAL_512 __attribute__((target("arch=x86-64-v4"), min_vector_width(512)))
#define SURVIVAL_IS_512 \
  (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") && \
   __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw"))
#else
#define SURVIVAL_HAS_512 0
#endif

#define SURVIVAL_INLINE static inline __attribute__((always_inline))

// Four numbers; on a machine with narrower registers the compiler uses several.
typedef double v4 __attribute__((vector_size(32), aligned(8)));
typedef int64_t i4 __attribute__((vector_size(32), aligned(8)));

// Eight numbers, where nothing but registers speaks against it.
typedef double v8 __attribute__((vector_size(64), aligned(8)));
typedef int64_t i8 __attribute__((vector_size(64), aligned(8)));
#define SURVIVAL_SUM_8(x) \
  ((((x)[0] + (x)[1]) + ((x)[2] + (x)[3])) + (((x)[4] + (x)[5]) + ((x)[6] + (x)[7])))

#endif
