// SPDX-License-Identifier: Apache-2.0

internal import SurvivalLinearAlgebra

/// What is made of a maximum, whichever likelihood it is of: coefficients with their covariances in the
/// units of the columns, tests, and what deserves doubt.
struct CoxAssembly {
  /// The names of all columns, and what each was multiplied by.
  let names: [String]
  let scales: [Double]
  /// Which columns are combinations of others, and which are kept.
  let elimination: OrderedElimination
  /// The covariance of the kept columns' coefficients, and the robust one; both scaled.
  let inverse: Matrix
  let robust: Matrix?

  /// Puts the parts together; `squares`, the sum over clusters of squared influences on the score, is B
  /// in the robust covariance V B V: Lin & Wei (1989), doi:10.1080/01621459.1989.10478874.
  init(
    names: [String], scales: [Double], elimination: OrderedElimination, inverse: Matrix,
    squares: Matrix?
  ) {
    self.names = names
    self.scales = scales
    self.elimination = elimination
    self.inverse = inverse
    robust = squares.map { Self.sandwich(inverse, $0) }
  }

  private static func sandwich(_ inverse: Matrix, _ squares: Matrix) -> Matrix {
    let k = inverse.rows
    var result = Matrix(rows: k, columns: k)
    for i in 0..<k {
      let row = squares.multiplied(by: Array(inverse.column(i)))
      for j in 0...i {
        let value = zip(inverse.column(j), row).reduce(0) { $0 + $1.0 * $1.1 }
        result[i, j] = value
        result[j, i] = value
      }
    }
    return result
  }

  var modelCovariance: [[Double]] { rescaled(inverse) }
  var robustCovariance: [[Double]]? { robust.map(rescaled) }

  private func rescaled(_ matrix: Matrix) -> [[Double]] {
    let kept = elimination.kept
    return kept.indices.map { i in
      kept.indices.map { matrix[i, $0] * scales[kept[i]] * scales[kept[$0]] }
    }
  }

  /// - Throws: ``SurvivalError`` with code `overflow` for a variance that is not a number.
  func checkVariances() throws(SurvivalError) {
    for (i, column) in elimination.kept.enumerated() {
      let variance = inverse[i, i] * scales[column] * scales[column]
      guard variance > 0, variance.isFinite else {
        throw SurvivalError(
          .overflow,
          "the variance of the coefficient of \(names[column]) leaves the range of numbers; "
            + "measure the covariate in another unit")
      }
    }
  }

  /// The coefficients at a point; `limits` says which of them are infinite.
  func coefficients(at point: [Double], limits: (Int) -> InfiniteLimit?) -> [CoxCoefficient] {
    let (model, robust) = (modelCovariance, robustCovariance)
    return names.indices.map { column in
      guard let i = elimination.kept.firstIndex(of: column) else {
        return CoxCoefficient(
          name: names[column], estimate: nil, standardError: nil, modelStandardError: nil,
          robustStandardError: nil, isAliased: true, infiniteLimit: nil)
      }
      let modelError = model[i][i].squareRoot()
      let robustError = robust.map { Swift.max(0, $0[i][i]).squareRoot() }
      return CoxCoefficient(
        name: names[column], estimate: point[column] * scales[column],
        standardError: robustError ?? modelError, modelStandardError: modelError,
        robustStandardError: robustError, isAliased: false, infiniteLimit: limits(column))
    }
  }

  /// The Wald test βᵀ V⁻¹ β, without V: with V = I⁻¹ it is βᵀ I β, with V = I⁻¹ B I⁻¹ (Iβ)ᵀ B⁻ (Iβ).
  ///
  /// Nearly collinear columns would cost V, and then its inverse, as many digits each.
  func waldTest(
    at point: [Double], _ final: CoxPartialLikelihood.ScaledEvaluation, squares: Matrix?
  ) -> ChiSquaredTest {
    let kept = elimination.kept
    let free = kept.map { point[$0] }
    let image = final.information.submatrix(rows: kept, columns: kept).multiplied(by: free)
    guard let squares else {
      return ChiSquaredTest(
        zip(free, image).reduce(0) { $0 + $1.0 * $1.1 }, degreesOfFreedom: kept.count)
    }
    let form = OrderedElimination(squares)?.quadraticFormOfInverse(image)
    return ChiSquaredTest(form?.value ?? 0, degreesOfFreedom: form?.rank ?? kept.count)
  }

  /// The score test Uᵀ I⁻¹ U of the null model.
  func scoreTest(_ null: CoxPartialLikelihood.ScaledEvaluation) -> ChiSquaredTest {
    let kept = elimination.kept
    return scoreTest(null, squares: null.information.submatrix(rows: kept, columns: kept))
      ?? ChiSquaredTest(0, degreesOfFreedom: kept.count)
  }

  /// The score test Uᵀ B⁻ U; `nil` when B cannot be inverted at all.
  func scoreTest(
    _ null: CoxPartialLikelihood.ScaledEvaluation, squares: Matrix
  ) -> ChiSquaredTest? {
    let gradient = elimination.kept.map { null.gradient[$0] }
    return OrderedElimination(squares).map {
      let form = $0.quadraticFormOfInverse(gradient)
      return ChiSquaredTest(form.value, degreesOfFreedom: form.rank)
    }
  }

  /// What deserves doubt: of the columns, of the strata, given by name, by number and by which have no
  /// event, of the rows, and what is said of infinite coefficients.
  func diagnostics(
    _ data: SurvivalData, rowCount: Int, eventCount: Int,
    strata: (levels: [String]?, count: Int, withoutEvents: [Int]), infinite: CoxDiagnostic?
  ) -> [CoxDiagnostic] {
    var result = elimination.aliased.map { column in
      let terms = column.combination.map { term -> String in
        let factor = term.coefficient * scales[term.column] / scales[column.column]
        return "\(NumberFormatting.significant(factor, digits: 4)) × \(names[term.column])"
      }
      let meaning =
        terms.isEmpty
        ? "does not vary within the risk sets"
        : "is, within the risk sets, a constant plus \(terms.joined(separator: " + "))"
      return CoxDiagnostic(
        code: .aliasedColumn,
        message: "\(names[column.column]) \(meaning), so it has no coefficient of its own")
    }
    if let infinite { result.append(infinite) }
    let empty = strata.withoutEvents
    if !empty.isEmpty {
      let labels = empty.prefix(5).map { strata.levels?[$0] ?? "" }.joined(separator: "; ")
      result.append(
        CoxDiagnostic(
          code: .stratumWithoutEvents,
          message: "\(empty.count) of \(strata.count) strata have no event and tell nothing: "
            + "\(labels)\(empty.count > 5 ? "; …" : "")"))
    }
    let merged = data.mergedTimes
    if merged.count > 0 {
      result.append(
        CoxDiagnostic(
          code: .timesMerged,
          message: "\(merged.count) pair(s) of times at most \(merged.largestGap) apart were "
            + "taken as one"))
    }
    let absent = data.count - rowCount
    if absent > 0 {
      result.append(
        CoxDiagnostic(
          code: .zeroWeights, message: "\(absent) row(s) have weight 0 and were left out"))
    }
    if eventCount <= elimination.kept.count, !elimination.kept.isEmpty {
      result.append(
        CoxDiagnostic(
          code: .fewEvents,
          message: "\(eventCount) event(s) cannot support \(elimination.kept.count) coefficients"))
    }
    return result
  }
}
