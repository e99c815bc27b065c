// SPDX-License-Identifier: Apache-2.0

// The four LAPACK and BLAS routines that SurvivalLinearAlgebra calls on Linux. An implementation
// detail: nothing outside that target imports it.
//
// The prototypes are our own because Debian's liblapack-dev brings no header. They follow gfortran's
// calling convention (version 8 and later):
//
// - every argument is a pointer, and integers have 32 bits (LP64, Debian's default);
// - each CHARACTER argument has a hidden length, a size_t after the last argument, here always 1.
//   Leaving it out is undefined behaviour: https://github.com/OpenMathLib/OpenBLAS/issues/2154
//
// The C names carry a prefix, and the label after each prototype the Fortran symbol, so that no other
// module's declaration of the same routine can conflict with these.

#ifndef CSURVIVALLAPACK_H
#define CSURVIVALLAPACK_H

#include <stddef.h>
#include <stdint.h>

// Cholesky factor of a symmetric positive definite matrix.
// info > 0: the leading minor of that order is not positive definite.
void survival_dpotrf(
    const char *uplo, const int32_t *n, double *a, const int32_t *lda, int32_t *info,
    size_t uplo_length) __asm__("dpotrf_");

// Solves A·X = B, given the Cholesky factor of A; B is overwritten by X.
void survival_dpotrs(
    const char *uplo, const int32_t *n, const int32_t *nrhs, const double *a, const int32_t *lda,
    double *b, const int32_t *ldb, int32_t *info, size_t uplo_length) __asm__("dpotrs_");

// One triangle of A⁻¹, given the Cholesky factor of A, which it overwrites.
void survival_dpotri(
    const char *uplo, const int32_t *n, double *a, const int32_t *lda, int32_t *info,
    size_t uplo_length) __asm__("dpotri_");

// y ← alpha·A·x + beta·y, or with the transpose of A.
void survival_dgemv(
    const char *trans, const int32_t *m, const int32_t *n, const double *alpha, const double *a,
    const int32_t *lda, const double *x, const int32_t *incx, const double *beta, double *y,
    const int32_t *incy, size_t trans_length) __asm__("dgemv_");

#endif
