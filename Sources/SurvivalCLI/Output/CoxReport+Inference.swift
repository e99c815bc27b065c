// SPDX-License-Identifier: Apache-2.0

internal import CohortReports
internal import SurvivalKit

/// Contrasts, joint tests, profile intervals and information criteria of a Cox model.
extension CoxReport {
  /// The members of the JSON beyond the documented ones.
  var furtherMembers: [(key: String, value: JSON)] {
    var members: [(key: String, value: JSON)] = []
    // With probability weights, and for a subdistribution, they have no meaning.
    if estimates.weightKind != .probability, estimates.subdistributionCause == nil,
      !estimates.coefficients.isEmpty
    {
      members.append(
        (
          "informationCriteria",
          .object([
            ("akaike", .number(estimates.akaikeInformationCriterion)),
            ("bayesian", .number(estimates.bayesianInformationCriterion)),
          ])
        ))
    }
    if !inference.splines.isEmpty {
      members.append(
        (
          "splines",
          .array(
            inference.splines.map { spline in
              .object([
                ("column", .string(spline.column)),
                ("knots", .array(spline.knots.map { .number($0) })),
              ])
            })
        ))
    }
    if !inference.contrasts.isEmpty {
      members.append(("contrasts", .array(inference.contrasts.map(json))))
    }
    if let test = inference.contrastTest { members.append(("contrastTest", json(of: test))) }
    if !inference.jointTests.isEmpty {
      members.append(("jointTests", .array(inference.jointTests.map(json))))
    }
    if let profiles = inference.profileIntervals {
      members.append(
        (
          "profileIntervals",
          .array(
            profiles.map { profile in
              .object([
                ("name", .string(profile.name)), ("lower", .number(profile.lowerHazardRatio)),
                ("upper", .number(profile.upperHazardRatio)),
              ])
            })
        ))
    }
    if let direction = estimates.monotoneDirection {
      members.append(
        (
          "monotoneDirection",
          .array(
            direction.terms.map {
              .object([("name", .string($0.name)), ("factor", .number($0.factor))])
            })
        ))
    }
    return members
  }

  private func json(of contrast: CoxInference.Contrast) -> JSON {
    let limits = contrast.value.hazardRatioInterval(level: level)
    return .object([
      (
        "factors",
        .object(
          contrast.value.factors.keys.sorted().map {
            ($0, .number(contrast.value.factors[$0]))
          })
      ),
      ("estimate", .number(contrast.value.estimate)),
      ("standardError", .number(contrast.value.standardError)), ("z", .number(contrast.value.z)),
      ("pValue", .number(contrast.value.pValue)),
      ("hazardRatio", .number(contrast.value.hazardRatio)), ("lower", .number(limits.lower)),
      ("upper", .number(limits.upper)),
    ])
  }

  private func json(of test: CoxInference.JointTest) -> JSON {
    .object([
      ("coefficients", .array(test.coefficients.map { .string($0) })),
      ("wald", json(of: test.wald)),
      ("likelihoodRatio", test.likelihoodRatio.map(json) ?? .null),
    ])
  }

  /// The parts of the text, in the order of the JSON.
  var inferenceTexts: [String] {
    var blocks = [String]()
    if estimates.weightKind != .probability, estimates.subdistributionCause == nil,
      !estimates.coefficients.isEmpty
    {
      let values = [
        estimates.akaikeInformationCriterion, estimates.bayesianInformationCriterion,
      ].map { NumberFormatting.fixed($0, digits: 2) }
      blocks.append("AIC \(values[0]), BIC \(values[1])")
    }
    if !inference.contrasts.isEmpty { blocks.append(contrastText) }
    if !inference.jointTests.isEmpty { blocks.append(jointText) }
    if let profiles = inference.profileIntervals { blocks.append(text(of: profiles)) }
    return blocks
  }

  private var contrastText: String {
    let values = inference.contrasts.map(\.value)
    let limits = values.map { $0.hazardRatioInterval(level: level) }
    let percent = NumberFormatting.percent(level)
    var text =
      "Contrasts\n"
      + Self.table([
        (.text(""), inference.contrasts.map(\.label)),
        (.number("coef"), NumberFormatting.column(values.map(\.estimate), digits: 4)),
        (.number("exp(coef)"), NumberFormatting.column(values.map(\.hazardRatio), digits: 4)),
        (.number("lower \(percent)"), NumberFormatting.column(limits.map(\.lower), digits: 4)),
        (.number("upper \(percent)"), NumberFormatting.column(limits.map(\.upper), digits: 4)),
        (.number("z"), NumberFormatting.column(values.map(\.z), digits: 3)),
        (
          .number("p"),
          values.map { $0.pValue.map { NumberFormatting.pValue($0, digits: 3) } ?? "NA" }
        ),
      ])
    if let test = inference.contrastTest {
      text +=
        "\nAll of them 0: Wald test \(NumberFormatting.significant(test.statistic, digits: 4)) "
      text += "on \(test.degreesOfFreedom) df, \(NumberFormatting.pStatement(test.pValue))"
    }
    return text
  }

  private var jointText: String {
    let tests = inference.jointTests
    var columns: [(TextTable.Column, [String])] = [
      (.text(""), tests.map(\.label)),
      (.number("df"), tests.map { "\($0.wald.degreesOfFreedom)" }),
      (.number("Wald"), NumberFormatting.column(tests.map(\.wald.statistic), digits: 4)),
      (.number("p"), tests.map { NumberFormatting.pValue($0.wald.pValue, digits: 3) }),
    ]
    if tests.contains(where: { $0.likelihoodRatio != nil }) {
      columns += [
        (
          .number("likelihood ratio"),
          NumberFormatting.column(tests.map { $0.likelihoodRatio?.statistic }, digits: 4)
        ),
        (
          .number("p"),
          tests.map {
            $0.likelihoodRatio.map { NumberFormatting.pValue($0.pValue, digits: 3) } ?? "NA"
          }
        ),
      ]
    }
    return "Joint tests\n" + Self.table(columns)
  }

  private func text(of profiles: [ProfileInterval]) -> String {
    let percent = NumberFormatting.percent(level)
    let limits = { (values: [Double?]) -> [String] in
      NumberFormatting.column(values.map { $0 ?? .infinity }, digits: 4)
    }
    return "Hazard ratios, limits by profile likelihood\n"
      + Self.table([
        (.text(""), profiles.map(\.name)),
        (.number("lower \(percent)"), limits(profiles.map(\.lowerHazardRatio))),
        (.number("upper \(percent)"), limits(profiles.map(\.upperHazardRatio))),
      ])
  }

  private static func table(_ columns: [(TextTable.Column, [String])]) -> String {
    var table = TextTable(columns: columns.map(\.0))
    for row in columns[0].1.indices { table.append(columns.map { $0.1[row] }) }
    return table.fitted().description
  }
}
