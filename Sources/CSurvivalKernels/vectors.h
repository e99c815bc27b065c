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
#if defined(__x86_64__) && defined(__linux__)
#define SURVIVAL_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define SURVIVAL_CLONES
#endif
#endif

#define SURVIVAL_INLINE static inline __attribute__((always_inline))

// Four numbers; on a machine with narrower registers the compiler uses several.
typedef double v4 __attribute__((vector_size(32), aligned(8)));
typedef int64_t i4 __attribute__((vector_size(32), aligned(8)));

#endif
