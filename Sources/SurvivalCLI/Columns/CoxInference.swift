// SPDX-License-Identifier: Apache-2.0

internal import SurvivalKit

/// What was asked about the coefficients of a Cox model besides the coefficients themselves.
struct CoxInference {
  /// A sum of multiples of coefficients.
  struct Contrast {
    /// As it was asked for.
    let label: String
    let value: LinearContrast
  }

  /// A test that several coefficients are all 0.
  struct JointTest {
    /// As it was asked for.
    let label: String
    let coefficients: [String]
    let wald: ChiSquaredTest
    /// `nil` for a robust fit, which has no likelihood ratio.
    let likelihoodRatio: ChiSquaredTest?
  }

  let contrasts: [Contrast]
  /// That all contrasts are 0; `nil` unless there are several.
  let contrastTest: ChiSquaredTest?
  let jointTests: [JointTest]
  /// One for each coefficient that is not aliased; `nil` when not asked for.
  let profileIntervals: [ProfileInterval]?
  let splines: [(column: String, knots: [Double])]

  /// Nothing further is asked.
  init() {
    (contrasts, contrastTest, jointTests, profileIntervals, splines) = ([], nil, [], nil, [])
  }

  /// Asks a fit.
  /// - Parameters:
  ///   - fit: The fit.
  ///   - coding: Its terms.
  ///   - contrasts: The factors of each contrast, by the names of coefficients.
  ///   - jointTests: The names of terms or coefficients of each test.
  ///   - profileLevel: The level of profile intervals; `nil` for none.
  /// - Throws: ``SurvivalError`` for what the fit has no answer to.
  init(
    _ fit: CoxRegression, coding: DesignCoding, contrasts: [NamedNumbers], jointTests: [String],
    profileLevel: Double?
  ) throws {
    let factors = contrasts.map { contrast in
      Dictionary(contrast.values.map { ($0.name, $0.number) }) { first, _ in first }
    }
    self.contrasts = try zip(contrasts, factors).map {
      Contrast(label: $0.label, value: try fit.contrast($1))
    }
    contrastTest =
      contrasts.count > 1 ? try fit.estimates.jointWaldTest(ofContrasts: factors) : nil
    self.jointTests = try jointTests.map { text in
      let names = coding.coefficients(of: text)
      return JointTest(
        label: text, coefficients: names, wald: try fit.jointWaldTest(of: names),
        likelihoodRatio: fit.isRobust ? nil : try fit.jointLikelihoodRatioTest(of: names))
    }
    profileIntervals = try profileLevel.map { level in
      try fit.coefficients.filter { !$0.isAliased }.map {
        try fit.profileInterval(of: $0.name, level: level)
      }
    }
    splines = coding.splines
  }
}
