// SPDX-License-Identifier: Apache-2.0

extension CoxEstimates: CustomStringConvertible {
  /// What R prints of `summary(coxph)`: numbers, coefficients, hazard ratios, tests; and doubts.
  public var description: String { text() }

  /// The fit as text.
  /// - Parameters:
  ///   - level: The level of confidence of the intervals.
  ///   - references: The factors of the model, each with the level that others are compared with.
  ///   - concordance: The concordance of the fit, if it is to be shown.
  /// - Returns: Lines of at most 80 columns.
  package func text(
    level: Double = 0.95, references: [(factor: String, level: String)] = [],
    concordance: Concordance? = nil
  ) -> String {
    var blocks = [heading]
    if coefficients.isEmpty {
      blocks.append(
        "null model, without coefficients: log likelihood "
          + NumberFormatting.fixed(nullLogLikelihood, digits: 4))
    } else {
      blocks.append(coefficientTable.description)
      var ratios = hazardRatioTable(level).description
      if !references.isEmpty {
        let list = references.map { "\($0.factor) = \($0.level)" }.joined(separator: ", ")
        ratios += "\n" + TextLayout.wrapped("Reference: \(list)", indentation: 2)
      }
      blocks.append(ratios)
      if let concordance { blocks.append(concordance.line) }
      blocks.append(testTable.description + (isRobust ? "\n" + robustNote : ""))
    }
    blocks.append(conventions)
    if !diagnostics.isEmpty {
      blocks.append(
        diagnostics.map { TextLayout.wrapped("! \($0.message).", indentation: 2) }
          .joined(separator: "\n"))
    }
    return blocks.joined(separator: "\n\n")
  }

  private var heading: String {
    var title = subdistributionCause == nil ? "Cox model" : "Fine–Gray model"
    if !endpoint.isEmpty { title += " of \(endpoint)" }
    if let subdistributionCause { title += ", cause \(subdistributionCause)" }
    var numbers = ["n = \(subjectCount)"]
    if subjectCount != rowCount { numbers.append(NumberFormatting.quantity(rowCount, "row")) }
    numbers.append(NumberFormatting.quantity(eventCount, "event"))
    if stratumCount > 1 { numbers.append("\(stratumCount) strata") }
    return TextLayout.wrapped(title) + "\n"
      + TextLayout.wrapped(
        "\(numbers.joined(separator: ", ")); \(exclusions)", indentation: 2)
  }

  private var coefficientTable: TextTable {
    let estimates = coefficients.map(\.shownEstimate)
    let isKnown = coefficients.map { !$0.isAliased && !$0.isInfinite }
    func known(_ value: (CoxCoefficient) -> Double?) -> [Double?] {
      zip(coefficients, isKnown).map { $1 ? value($0) : nil }
    }
    var columns: [(TextTable.Column, [String])] = [
      (.text(""), coefficients.map(\.name)),
      (.number("coef"), NumberFormatting.column(estimates, digits: 4)),
      (
        .number("exp(coef)"),
        NumberFormatting.column(coefficients.map(\.shownHazardRatio), digits: 4)
      ),
      (.number("se(coef)"), NumberFormatting.column(known(\.modelStandardError), digits: 4)),
    ]
    if isRobust {
      columns.append(
        (
          .number("robust se"),
          NumberFormatting.column(known(\.robustStandardError), digits: 4)
        ))
    }
    columns += [
      (.number("z"), NumberFormatting.column(known(\.z), digits: 3)),
      (
        .number("p"),
        known(\.pValue).map { $0.map { NumberFormatting.pValue($0, digits: 3) } ?? "NA" }
      ),
    ]
    return Self.table(columns)
  }

  private func hazardRatioTable(_ level: Double) -> TextTable {
    let percent = NumberFormatting.percent(level)
    let limits = coefficients.map { coefficient in
      coefficient.isInfinite ? nil : coefficient.hazardRatioInterval(level: level)
    }
    return Self.table([
      (.text(""), coefficients.map(\.name)),
      (
        .number(
          subdistributionCause == nil ? "hazard ratio" : "subdistribution hazard ratio"),
        NumberFormatting.column(coefficients.map(\.shownHazardRatio), digits: 4)
      ),
      (.number("lower \(percent)"), NumberFormatting.column(limits.map { $0?.lower }, digits: 4)),
      (.number("upper \(percent)"), NumberFormatting.column(limits.map { $0?.upper }, digits: 4)),
    ])
  }

  private var testTable: TextTable {
    // Where a coefficient is infinite, the Wald statistic is an accident of where the iteration ended.
    let hasWald = !coefficients.contains(where: \.isInfinite)
    var tests: [(name: String, test: ChiSquaredTest?, degreesOfFreedom: Int)] = [
      ("Likelihood ratio test", likelihoodRatioTest, likelihoodRatioTest.degreesOfFreedom),
      ("Wald test", hasWald ? waldTest : nil, waldTest.degreesOfFreedom),
      ("Score (log-rank) test", scoreTest, scoreTest.degreesOfFreedom),
    ]
    if let robustScoreTest {
      tests.append(("Robust score test", robustScoreTest, robustScoreTest.degreesOfFreedom))
    }
    let statistics = NumberFormatting.column(tests.map { $0.test?.statistic }, digits: 4)
    var table = TextTable(columns: [.text(""), .number(""), .text(""), .text("")])
    for (row, test) in tests.enumerated() {
      table.append([
        test.name, statistics[row], "on \(test.degreesOfFreedom) df",
        test.test.map { NumberFormatting.pStatement($0.pValue) } ?? "p = NA",
      ])
    }
    return table
  }

  private var robustNote: String {
    TextLayout.wrapped(
      "The likelihood ratio and score tests take rows as independent and counting once; the Wald "
        + "and robust score tests do not.")
  }

  private var conventions: String {
    var parts = ["Ties: \(ties.title)."]
    if !coefficients.isEmpty {
      let steps = Swift.max(0, iterations.count - 1)
      let values = [nullLogLikelihood, logLikelihood].map {
        NumberFormatting.fixed($0, digits: 4)
      }
      parts.append(
        "Log likelihood \(values[0]) without and \(values[1]) with the covariates, "
          + "after \(NumberFormatting.quantity(steps, "iteration")).")
    }
    if penalty == .firth {
      parts.append("Firth's penalty is part of the log likelihoods and their test.")
    }
    if let weights = weightKind.sentence { parts.append(weights) }
    return TextLayout.wrapped(parts.joined(separator: " "))
  }

  private static func table(_ columns: [(TextTable.Column, [String])]) -> TextTable {
    var table = TextTable(columns: columns.map(\.0))
    for row in columns[0].1.indices { table.append(columns.map { $0.1[row] }) }
    return table.fitted()
  }
}

extension CoxCoefficient {
  /// The estimate as it is printed: infinite if it is, not where the iteration happened to stop, and
  /// none where any would do.
  var shownEstimate: Double? {
    switch infiniteLimit {
    case nil: estimate
    case .positive: .infinity
    case .negative: -.infinity
    case .undetermined: nil
    }
  }

  /// The hazard ratio as it is printed: 0 or infinite when the coefficient is infinite.
  var shownHazardRatio: Double? {
    switch infiniteLimit {
    case nil: hazardRatio
    case .positive: .infinity
    case .negative: 0
    case .undetermined: nil
    }
  }
}

extension Concordance {
  /// The estimate and its standard error in three places, as R prints them under a Cox model.
  fileprivate var line: String {
    let limit = lastTime.map { " up to \(NumberFormatting.significant($0, digits: 7))" } ?? ""
    let weights = weighting == .harrell ? "" : ", weights \(weighting.rawValue)"
    return "Concordance\(limit)\(weights) \(NumberFormatting.fixed(estimate, digits: 3)) "
      + "(se \(NumberFormatting.fixed(standardError, digits: 3)))"
  }
}

extension TieMethod {
  /// The name as it is printed.
  package var title: String {
    switch self {
    case .efron: "Efron"
    case .breslow: "Breslow"
    case .exact: "exact, discrete time"
    case .exactMarginal: "exact, averaged over orders"
    }
  }
}
