// SPDX-License-Identifier: Apache-2.0
//
// The rate of the Gram product X'X in GFLOP/s, counted as n p (p + 1), on one thread: ours and that of
// the BLAS libraries named on the command line. Usage: gram NAME=LIBRARY ...
// With "limit P N ITERATIONS" last, the time of ITERATIONS + 1 calls of each library's dsyrk instead.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "CSurvivalKernels.h"

typedef void syrk(const char *, const char *, const int *, const int *, const double *,
                  const double *, const int *, const double *, double *, const int *);

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

// The fastest of several runs: what the machine can do when nobody disturbs it.
static double best(syrk *dsyrk, int n, int p, const double *x, const double *w, double *c) {
  double least = 1e99, began = now();
  double *gram = calloc((size_t)survival_gram_size(p), sizeof(double));
  double *scratch = malloc((size_t)survival_gram_scratch(p) * sizeof(double));
  const double one = 1, zero = 0;
  for (int run = 0; run < 3 || (now() - began < 0.5 && run < 100); run++) {
    const double start = now();
    if (dsyrk) dsyrk("L", "N", &p, &n, &one, x, &p, &zero, c, &p);
    else survival_gram_add(x, w, n, p, gram, scratch);
    const double seconds = now() - start;
    least = seconds < least ? seconds : least;
  }
  free(gram);
  free(scratch);
  return least;
}

int main(int argc, char **argv) {
  int libraries = 0;
  syrk *dsyrk[8];
  for (int i = 1; i < argc && strchr(argv[i], '='); i++) {
    char *path = strchr(argv[i], '=') + 1;
    void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!handle) return fprintf(stderr, "%s\n", dlerror()), 1;
    dsyrk[libraries] = (syrk *)dlsym(handle, "dsyrk_");
    if (!dsyrk[libraries++]) return fprintf(stderr, "no dsyrk in %s\n", path), 1;
  }
  const int isLimit = argc == libraries + 5 && strcmp(argv[libraries + 1], "limit") == 0;
  const int sizes[] = {5, 10, 20, 50, 100, 200, 400};
  const int count = isLimit ? 1 : 7;
  if (!isLimit) {
    printf("%6s%10s", "p", "ours");
    for (int k = 0; k < libraries; k++) printf("%12.*s", (int)strcspn(argv[k + 1], "="), argv[k + 1]);
    printf("\n");
  }
  for (int s = 0; s < count; s++) {
    const int p = isLimit ? atoi(argv[libraries + 2]) : sizes[s];
    const int n = isLimit ? atoi(argv[libraries + 3]) : 4000000 / p;
    double *x = malloc((size_t)n * (size_t)p * sizeof(double));
    double *w = malloc((size_t)n * sizeof(double)), *c = malloc((size_t)p * (size_t)p * sizeof(double));
    for (long i = 0; i < (long)n * p; i++) x[i] = (double)rand() / RAND_MAX - 0.5;
    for (int i = 0; i < n; i++) w[i] = 1;
    if (isLimit) {
      const int calls = atoi(argv[libraries + 4]) + 1;
      for (int k = 0; k < libraries; k++) {
        printf("%.*s dsyrk %d x %d, %d calls: %.4f s\n", (int)strcspn(argv[k + 1], "="), argv[k + 1],
               n, p, calls, calls * best(dsyrk[k], n, p, x, w, c));
      }
    } else {
      const double work = (double)n * p * (p + 1) * 1e-9;
      printf("%6d%10.1f", p, work / best(NULL, n, p, x, w, c));
      for (int k = 0; k < libraries; k++) printf("%12.1f", work / best(dsyrk[k], n, p, x, w, c));
      printf("\n");
    }
    free(x);
    free(w);
    free(c);
  }
  return 0;
}
