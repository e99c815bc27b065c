// SPDX-License-Identifier: Apache-2.0

internal import CohortModels
internal import SurvivalKit
internal import SurvivalPlots

extension Presentation {
  /// A model: its hazard ratios as table and figure, its doubts, and whether hazards are proportional;
  /// the names of tables and figures begin with the key.
  func blocks(_ key: String, _ model: HazardModel, _ title: String) -> [StudyReport.Block] {
    var blocks: [StudyReport.Block] = [.table(table("\(key)-cox", model, title))]
    blocks += doubts(model)
    blocks.append(
      .figure(
        StudyReport.Figure(
          "\(key)-forest", caption: "\(title): forest plot",
          drawing: ForestPlot(
            model.estimates, references: model.references.map { ($0.factor, $0.level) },
            level: level))))
    if let penalized = model.penalized {
      blocks += penalized.blocks("Firth's penalized estimates, \(title)") { estimates in
        [.table(table("\(key)-firth", estimates, model, "\(title), with Firth's penalty"))]
      }
    }
    if let test = model.proportionalHazards {
      blocks += test.blocks("Test of proportional hazards, \(title)") {
        [.table(.proportionalHazards("\(key)-proportional", $0, title))]
      }
    }
    return blocks
  }

  /// What must be said beside the estimates.
  func doubts(_ model: HazardModel) -> [StudyReport.Block] {
    let diagnostics = model.estimates.diagnostics
    // What the fit says of collinear and unbounded terms is more than the rule does.
    let findings = model.findings.filter { $0.rule != .collinearTerms || diagnostics.isEmpty }
    return diagnostics.map {
      StudyReport.Block.note(.warning, "\($0.message.capitalizedStart).")
    } + findings.map { .note(.warning, warning($0)) }
  }

  private func warning(_ finding: Finding) -> String {
    guard finding.rule == .tooManyTerms else { return "\(finding)." }
    return "Few events: \(finding.found). With fewer than 10 for each, estimates are unstable and "
      + "often too extreme (rule \(finding.code))."
  }

  /// The ratios of a model, the levels of a factor under its name.
  func table(
    _ identifier: String, _ model: HazardModel, _ title: String, ratio: String = "hazard ratio"
  ) -> StudyReport.Table {
    table(identifier, model.estimates, model, title, ratio: ratio)
  }

  private func table(
    _ identifier: String, _ estimates: CoxEstimates, _ model: HazardModel, _ title: String,
    ratio: String = "hazard ratio"
  ) -> StudyReport.Table {
    StudyReport.Table(
      identifier, caption: "\(title): \(ratio)s", labelTitle: "Covariate",
      columns: [
        .init("hazardRatio", withInterval("Hazard ratio")), .init("pValue", "p"),
        .init("coefficient", "Coefficient"),
        .init("standardError", estimates.isRobust ? "Robust SE" : "SE"),
        .init("z", "z", isDetail: true),
      ],
      rows: rows(estimates, model) { cells($0, profile: model.profile(of: $0)) },
      notes: [numbers(estimates, model)])
  }

  /// The rows of a model: a factor has its levels under it, and the joint test of them beside it.
  func rows(
    _ estimates: CoxEstimates, _ model: HazardModel,
    _ cells: (CoxCoefficient) -> [StudyReport.Cell]
  ) -> [StudyReport.Row] {
    var rows = [StudyReport.Row]()
    var open: String?
    for coefficient in estimates.coefficients {
      let factor = model.references.first {
        coefficient.name.hasPrefix("\($0.factor)[") && coefficient.name.hasSuffix("]")
      }
      guard let factor else {
        open = nil
        rows.append(StudyReport.Row(coefficient.name, cells(coefficient)))
        continue
      }
      if open != factor.factor {
        open = factor.factor
        let term = model.terms.first { $0.name == factor.factor && $0.coefficients.count > 1 }
        let test = term.flatMap { ($0.likelihoodRatioTest ?? $0.waldTest).value }
        let joint = test.map { [.empty, StudyReport.Cell.pValue($0.pValue)] } ?? []
        rows.append(
          StudyReport.Row(
            factor.factor, joint,
            children: [StudyReport.Row(factor.level, [.text("reference")])]))
      }
      let level = String(coefficient.name.dropFirst(factor.factor.count + 1).dropLast())
      rows[rows.count - 1].children.append(StudyReport.Row(level, cells(coefficient)))
    }
    return rows
  }

  /// Hazard ratio, p-value, coefficient, standard error and z.
  func cells(
    _ coefficient: CoxCoefficient, profile: ProfileInterval? = nil
  ) -> [StudyReport.Cell] {
    guard !coefficient.isAliased, coefficient.estimate != nil else { return [.text("aliased")] }
    switch coefficient.infiniteLimit {
    case .positive:
      return [
        .unboundedRatio(
          isInfinite: true, limit: profile?.lowerHazardRatio, level: profile?.level)
      ]
    case .negative:
      return [
        .unboundedRatio(
          isInfinite: false, limit: profile?.upperHazardRatio, level: profile?.level)
      ]
    case .undetermined: return [.text("not determined")]
    case nil: break
    }
    return [
      .estimate(coefficient.hazardRatio, coefficient.hazardRatioInterval(level: level), .ratio),
      .pValue(coefficient.pValue), .number(coefficient.estimate, .places(4)),
      .number(coefficient.standardError, .places(4)), .number(coefficient.z, .places(2)),
    ]
  }

  /// What p beside a factor is.
  static let jointTests =
    "p beside the name of a factor: joint Wald test of its levels, or the likelihood-ratio test where one "
    + "has no finite estimate."

  /// How many the model was fitted to, and its tests as a whole, in sentences.
  private func numbers(_ estimates: CoxEstimates, _ model: HazardModel) -> String {
    func sentence(_ name: String, _ test: ChiSquaredTest) -> String {
      "\(name) \(NumberFormatting.fixed(test.statistic, digits: 2)) on "
        + "\(test.degreesOfFreedom) df, \(NumberFormatting.decimalPStatement(test.pValue))"
    }
    var counts = NumberFormatting.quantity(estimates.subjectCount, "patient")
    if estimates.subjectCount != estimates.rowCount {
      counts += ", \(NumberFormatting.quantity(estimates.rowCount, "row"))"
    }
    counts += ", \(NumberFormatting.quantity(estimates.eventCount, "event"))"
    if let ratio = model.eventsPerVariable {
      counts += " (\(NumberFormatting.significant(ratio, digits: 3)) for each degree of freedom)"
    }
    var tests = [sentence("Likelihood ratio", estimates.likelihoodRatioTest)]
    if !estimates.coefficients.contains(where: \.isInfinite) {
      tests.append(sentence("Wald", estimates.waldTest))
    }
    tests.append(sentence("score", estimates.scoreTest))
    if let robust = estimates.robustScoreTest { tests.append(sentence("robust score", robust)) }
    var sentences = ["\(counts); \(estimates.exclusions).", tests.joined(separator: "; ") + "."]
    if let concordance = model.concordance?.value {
      sentences.append(
        "Concordance \(NumberFormatting.fixed(concordance.estimate, digits: 3)) "
          + "(SE \(NumberFormatting.fixed(concordance.standardError, digits: 3))).")
    }
    if model.terms.contains(where: { $0.coefficients.count > 1 }) {
      sentences.append(Self.jointTests)
    }
    if estimates.coefficients.contains(where: \.isInfinite) {
      sentences.append(
        "0 and ∞: the likelihood rises without end; limits by profile likelihood.")
    }
    return sentences.joined(separator: " ")
  }
}

extension HazardModel {
  /// The interval of an infinite coefficient.
  func profile(of coefficient: CoxCoefficient) -> ProfileInterval? {
    profileIntervals.lazy.compactMap(\.value).first { $0.name == coefficient.name }
  }
}
