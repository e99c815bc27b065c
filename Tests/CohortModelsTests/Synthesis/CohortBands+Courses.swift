// SPDX-License-Identifier: Apache-2.0

import CohortModels
import SurvivalKit

/// The bands for what happened after infusion.
extension CohortBands {
  private typealias StudyEndpoint = Endpoint<ValidatedSubject>

  // MARK: - Consolidation and curves: targets 12 to 15

  mutating func addCourses() throws {
    let remissions = infused.filter(isInRemission)
    func percent(_ kinds: Set<ConsolidationKind>, _ arm: InotuzumabArm? = nil) -> Double {
      let members = remissions.filter { arm == nil || $0.inotuzumabArm == arm }
      let count = members.count { $0.consolidationDay(kinds) != nil }
      return 100 * Double(count) / Double(members.count)
    }
    let all = Set(ConsolidationKind.allCases)
    add(
      12, "consolidated in remission, naive less exposed, %", "naive more", "S1", 1...100,
      percent(all, .naive) - percent(all, .exposed))
    add(
      12, "consolidated in remission, Fisher's p", ".005", "S1", 0.001...0.01,
      try fisher(among: isInRemission) { $0.consolidationDay() != nil })
    add(12, "transplant in remission, %", "22", "S6", 17...27, percent([.alloTransplant]))
    add(
      12, "other consolidation in remission, %", "17", "S6", 12...22,
      percent([.tyrosineKinaseInhibitor, .otherMaintenance]))

    let survival = StudyEndpoint.study(.overallSurvival)
    let reversed = try KaplanMeier(endpoint: survival, isReversed: true).fitted(to: infused)
    add(
      13, "follow-up, reverse Kaplan–Meier median, months", "11.4", "S3", 10.9...11.9,
      reversed.curves[0].median().estimate)
    let progression = StudyEndpoint.study(.progressionFreeSurvival)
    let progressionFree = try KaplanMeier(endpoint: progression).fitted(to: infused).curves[0]
    let overall = try KaplanMeier(endpoint: survival).fitted(to: infused).curves[0]
    add(14, "PFS, median, months", "9.5", "S3", 8...11, progressionFree.median().estimate)
    add(14, "PFS at 6 months", ".59", "S3", 0.56...0.62, progressionFree.probability(at: 6))
    add(14, "PFS at 12 months", ".48", "S3", 0.45...0.51, progressionFree.probability(at: 12))
    add(
      15, "least of OS while followed; its median is not reached", "above .5", "S3", 0.5001...1,
      overall.survival.last)
    add(15, "OS at 6 months", ".78", "S3", 0.75...0.81, overall.probability(at: 6))
    add(15, "OS at 12 months", ".63", "S3", 0.60...0.66, overall.probability(at: 12))
  }

  // MARK: - Comparisons and models: targets 16 to 21

  mutating func addModels() throws {
    let progression = StudyEndpoint.study(.progressionFreeSurvival)
    let survival = StudyEndpoint.study(.overallSurvival)
    try addComparisons(
      "PFS", progression,
      [
        (".013", 0.005...0.03), ("1.64 to 1.75", 1.6...1.8), (".002", 0...0.01), (".51", 0.2...1),
      ])
    try addComparisons(
      "OS", survival,
      [
        (".006", 0.001...0.015), ("1.93 to 2.2", 1.9...2.2), ("below .0001", 0...0.001),
        (".86", 0.2...1),
      ])
    let exposure = try Self.adjusted(infused)[coefficient: "exposed"]
    add(
      17, "PFS, adjusted hazard ratio of exposure", "1.20", "S1", 1.1...1.3, exposure?.hazardRatio)
    let limits = exposure?.hazardRatioInterval()
    add(17, "PFS, adjusted hazard ratio, lower limit", "0.71", "S1", 0.5...1, limits?.lower)
    add(17, "PFS, adjusted hazard ratio, upper limit", "2.03", "S1", 1...2.5, limits?.upper)
    add(
      17, "PFS, adjusted log hazard ratio, standard error", "0.27", "D, S1", 0.20...0.28,
      exposure?.standardError)
    let transplant = try Self.adjusted(infused, kinds: [.alloTransplant])[
      coefficient: "consolidated"]
    add(
      20, "PFS, hazard ratio of transplant in time", "0.34", "S3", 0.24...0.44,
      transplant?.hazardRatio)
    add(
      20, "PFS, hazard ratio of transplant, upper limit", "0.85", "S3", 0...0.999,
      transplant?.hazardRatioInterval()?.upper)
    let races = infused.filter {
      [.nonHispanicWhite, .nonHispanicBlack].contains($0.demographics.raceEthnicity?.value)
    }
    let race = CoxModel(
      endpoint: survival,
      covariates: [
        .indicator("Black") { $0.demographics.raceEthnicity?.value == .nonHispanicBlack }
      ])
    add(
      21, "OS, hazard ratio, non-Hispanic Black to White", "3.48 (1.01 to 12.03)", "S5",
      1.01...12.03, try race.fitted(to: races)[coefficient: "Black"]?.hazardRatio)
  }

  /// By exposure, and among the exposed by response to inotuzumab and by its timing.
  private mutating func addComparisons(
    _ name: String, _ endpoint: Endpoint<ValidatedSubject>,
    _ targets: [(text: String, range: ClosedRange<Double>)]
  ) throws {
    let test = LogRankTest(endpoint: endpoint)
    add(
      16, "\(name), exposed and naive, log-rank p", targets[0].text, "S1", targets[0].range,
      try test.applied(to: infused, groupedBy: { $0.inotuzumabArm }).pValue)
    let model = CoxModel(
      endpoint: endpoint, covariates: [.indicator("exposed") { $0.inotuzumabArm == .exposed }])
    add(
      16, "\(name), hazard ratio of exposure", targets[1].text, "D, S1", targets[1].range,
      try model.fitted(to: infused)[coefficient: "exposed"]?.hazardRatio)
    let known = exposed.filter { $0.isInotuzumabResponder != nil }
    add(
      18, "\(name), response to inotuzumab, log-rank p", targets[2].text, "S1", targets[2].range,
      try test.applied(to: known, groupedBy: { $0.isInotuzumabResponder }).pValue)
    let response = CoxModel(
      endpoint: endpoint,
      covariates: [.indicator("refractory") { $0.isInotuzumabResponder == false }])
    add(
      18, "\(name), hazard ratio, refractory to responders", "above 1", "S1", 1...20,
      try response.fitted(to: known)[coefficient: "refractory"]?.hazardRatio)
    add(
      19, "\(name), bridging or earlier, log-rank p", targets[3].text, "S1", targets[3].range,
      try test.applied(to: exposed, groupedBy: { $0.inotuzumabTiming }).pValue)
  }

  /// The Cox model of progression-free survival with the measured confounders, and consolidation as a
  /// covariate that changes with time.
  static func adjusted(
    _ subjects: [ValidatedSubject],
    kinds: Set<ConsolidationKind> = Set(ConsolidationKind.allCases)
  ) throws -> CoxFit<ConsolidationInterval> {
    try CoxModel(
      endpoint: .history,
      covariates: [
        .indicator("exposed") { $0.subject.inotuzumabArm == .exposed },
        .indicator("active") { $0.subject.hadActiveMarrow == true },
        .numeric("lines") { $0.subject.priorTherapy.lines.map(Double.init) },
        .indicator("consolidated") { $0.isConsolidated },
      ]
    ).fitted(to: ConsolidationHistory(of: subjects, .progressionFreeSurvival, kinds: kinds).rows)
  }
}
