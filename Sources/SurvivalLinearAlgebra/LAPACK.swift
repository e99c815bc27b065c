// SPDX-License-Identifier: Apache-2.0

#if canImport(Accelerate)
  internal import Accelerate
#else
  internal import CSurvivalLAPACK
#endif

/// The only calls from Swift into LAPACK and BLAS.
///
/// Matrices are column-major without padding; of symmetric ones the lower triangle is used. The two
/// platforms differ in one thing: Fortran compilers append the length of each character argument,
/// Accelerate's C interface does not.
enum LAPACK {
  private static let lower = CChar(UInt8(ascii: "L"))
  private static let asIs = CChar(UInt8(ascii: "N"))
  private static let transpose = CChar(UInt8(ascii: "T"))

  /// Overwrites the lower triangle of a symmetric matrix by its Cholesky factor.
  ///
  /// - Returns: Whether the matrix was positive definite.
  static func factorize(_ matrix: inout [Double], order: Int) -> Bool {
    var (uplo, n, leading) = (lower, BackendInteger(order), leadingDimension(order))
    var info: BackendInteger = 0
    #if canImport(Accelerate)
      dpotrf_(&uplo, &n, &matrix, &leading, &info)
    #else
      survival_dpotrf(&uplo, &n, &matrix, &leading, &info, 1)
    #endif
    precondition(info >= 0, "dpotrf refused its argument \(-info)")
    return info == 0
  }

  /// Overwrites a right-hand side by the solution, given the Cholesky factor.
  static func solve(factor: [Double], order: Int, _ vector: inout [Double]) {
    var (uplo, n, leading) = (lower, BackendInteger(order), leadingDimension(order))
    var (count, info): (BackendInteger, BackendInteger) = (1, 0)
    var leadingOfVector = leading
    #if canImport(Accelerate)
      dpotrs_(&uplo, &n, &count, factor, &leading, &vector, &leadingOfVector, &info)
    #else
      survival_dpotrs(&uplo, &n, &count, factor, &leading, &vector, &leadingOfVector, &info, 1)
    #endif
    precondition(info == 0, "dpotrs refused its argument \(-info)")
  }

  /// Overwrites a Cholesky factor by the lower triangle of the inverse matrix.
  static func invert(factor: inout [Double], order: Int) {
    var (uplo, n, leading) = (lower, BackendInteger(order), leadingDimension(order))
    var info: BackendInteger = 0
    #if canImport(Accelerate)
      dpotri_(&uplo, &n, &factor, &leading, &info)
    #else
      survival_dpotri(&uplo, &n, &factor, &leading, &info, 1)
    #endif
    precondition(info == 0, "dpotri refused its argument or met a zero pivot: \(info)")
  }

  /// A matrix, or its transpose, times a vector.
  static func product(
    _ matrix: [Double], rows: Int, columns: Int, transposed: Bool, _ vector: [Double]
  ) -> [Double] {
    var trans = transposed ? transpose : asIs
    var (m, n, leading) = (BackendInteger(rows), BackendInteger(columns), leadingDimension(rows))
    var (alpha, beta) = (1.0, 0.0)
    var (stride, resultStride): (BackendInteger, BackendInteger) = (1, 1)
    var result = [Double](repeating: 0, count: transposed ? columns : rows)
    #if canImport(Accelerate)
      dgemv_(
        &trans, &m, &n, &alpha, matrix, &leading, vector, &stride, &beta, &result, &resultStride)
    #else
      survival_dgemv(
        &trans, &m, &n, &alpha, matrix, &leading, vector, &stride, &beta, &result, &resultStride,
        1)
    #endif
    return result
  }

  /// LAPACK stops the program at a leading dimension of 0, even if there is nothing to do.
  private static func leadingDimension(_ rows: Int) -> BackendInteger {
    BackendInteger(max(rows, 1))
  }
}
