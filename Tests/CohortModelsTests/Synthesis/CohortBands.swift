// SPDX-License-Identifier: Apache-2.0

import CohortModels
import Foundation
import SurvivalKit

/// One statistic of a cohort, with where it must lie.
struct CohortBand {
  let name: String
  let source: String
  let range: ClosedRange<Double>
  let value: Double

  var holds: Bool { range.contains(value) }
}

/// The statistics of a cohort of the study that are printed somewhere, and the bands for them.
///
/// Sources: S1 Blood Advances 2024;8(23):6139 (abstract), S2 its conference predecessor, S3 ASCO Post on
/// the first report of the 189, S4 and S5 the papers on CNS disease and on social determinants, S6 the
/// abstract on consolidation, 76 the first report of 76 patients. A: assumed, from no paper.
struct CohortBands {
  private(set) var all: [CohortBand] = []
  private let infused: [ValidatedSubject]
  private let policies = EndpointPolicies()

  /// Computes the bands; stops early, with a band that does not hold, when `stopsEarly`.
  init(_ cohort: ValidatedCohort, stopsEarly: Bool = false) throws {
    infused = cohort.infused
    add("infused", "S3", exactly: 189, Double(infused.count))
    add("apheresed", "S3", exactly: 204, Double(cohort.subjects.count))
    try baseline()
    if stopsEarly, !all.allSatisfy(\.holds) { return }
    try curves()
    if stopsEarly, !all.allSatisfy(\.holds) { return }
    try models()
  }

  private mutating func add(
    _ name: String, _ source: String, _ range: ClosedRange<Double>, _ value: Double
  ) {
    all.append(CohortBand(name: name, source: source, range: range, value: value))
  }

  private mutating func add(_ name: String, _ source: String, exactly count: Int, _ value: Double) {
    add(name, source, Double(count)...Double(count), value)
  }

  private func count(_ property: (ValidatedSubject) -> Bool) -> Double {
    Double(infused.count(where: property))
  }

  private var exposed: [ValidatedSubject] { infused.filter { $0.inotuzumabArm == .exposed } }
  private var naive: [ValidatedSubject] { infused.filter { $0.inotuzumabArm == .naive } }

  private func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    guard !sorted.isEmpty else { return .nan }
    return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
  }

  /// Pearson's chi-squared test of a share in the two arms, without correction.
  private func pValue(
    among population: (ValidatedSubject) -> Bool = { _ in true },
    _ property: (ValidatedSubject) -> Bool
  ) -> Double {
    let (first, second) = (exposed.filter(population), naive.filter(population))
    let (a, c) = (Double(first.count(where: property)), Double(second.count(where: property)))
    let (b, d) = (Double(first.count) - a, Double(second.count) - c)
    let margins = (a + b) * (c + d) * (a + c) * (b + d)
    guard margins > 0 else { return 1 }
    let difference = a * d - b * c
    return erfc((difference * difference * (a + b + c + d) / margins / 2).squareRoot())
  }

  /// Wilcoxon's rank-sum test of the two arms with the correction for ties.
  private func rankSumP(_ value: (ValidatedSubject) -> Double) -> Double {
    let (first, second) = (exposed.map(value), naive.map(value))
    let whole = first + second
    let size = Double(whole.count)
    func rank(_ value: Double) -> Double {
      let (below, equal) = whole.reduce((0.0, 0.0)) {
        ($0.0 + ($1 < value ? 1 : 0), $0.1 + ($1 == value ? 1 : 0))
      }
      return below + (equal + 1) / 2
    }
    let sum = first.reduce(0) { $0 + rank($1) }
    let (m, n) = (Double(first.count), Double(second.count))
    var ties = 0.0
    for value in Set(whole) {
      let equal = Double(whole.count { $0 == value })
      ties += equal * equal * equal - equal
    }
    let variance = m * n / 12 * (size + 1 - ties / (size * (size - 1)))
    return erfc(abs(sum - m * (size + 1) / 2) / (2 * variance).squareRoot())
  }

  private func grade(_ kind: ToxicityKind, _ subject: ValidatedSubject) -> Int {
    subject.toxicities.first { $0.kind?.value == kind }?.maximumGrade ?? 0
  }

  private func isInRemission(_ subject: ValidatedSubject) -> Bool {
    subject.day28()?.response.isRemission == true
  }

  private mutating func baseline() throws {
    add("male", "S5", exactly: 108, count { $0.demographics.sex?.value == .male })
    for (race, number) in zip(RaceEthnicity.allCases, [104, 57, 13, 11, 4]) {
      add(
        race.rawValue, "S5", exactly: number,
        count { $0.demographics.raceEthnicity?.value == race })
    }
    add("exposed to inotuzumab", "A, from S2", exactly: 103, Double(exposed.count))
    add("of these bridging", "A, from S2", exactly: 29, count { $0.inotuzumabTiming == .bridging })
    let doses = exposed.compactMap { $0.priorTherapy.inotuzumabDoses.map(Double.init) }
    add("doses, median", "S2", 3...3, median(doses))
    add("doses, least", "S2", 1...1, doses.min() ?? 0)
    add("doses, most", "S2", 15...22, doses.max() ?? 0)
    let lines = { (subject: ValidatedSubject) in Double(subject.priorTherapy.lines ?? 0) }
    add("prior lines, exposed, median", "S2", 4...4, median(exposed.map(lines)))
    add("prior lines, naive, median", "S2", 3...3, median(naive.map(lines)))
    add("prior lines, rank-sum p", "S1: .02", 0.005...0.05, rankSumP(lines))
    add(
      "active marrow, exposed", "A", exactly: 67,
      Double(exposed.count { $0.hadActiveMarrow == true }))
    add(
      "active marrow, naive", "A", exactly: 42, Double(naive.count { $0.hadActiveMarrow == true }))
    add("active marrow, p", "S1: .03", 0.01...0.05, pValue { $0.hadActiveMarrow == true })
    add(
      "infused in morphologic remission", "S3", exactly: 79,
      count { $0.preInfusion.isMorphologicRemission == true })
    add(
      "CNS involved", "S4", exactly: 31,
      count { [.cns2, .cns3].contains($0.preApheresis.cns?.value) })
    add("evaluable on day 28", "S3", exactly: 168, count { $0.day28() != nil })
    add("remission on day 28", "S3", exactly: 151, count(isInRemission))
    let isClear = { (subject: ValidatedSubject) in
      isInRemission(subject) && subject.day28()?.assessment.residualDisease.status == .negative
    }
    add("of these MRD-negative", "S3", exactly: 119, count(isClear))
    add(
      "remission, p between arms", "S1: comparable", 0.1...1,
      pValue(
        among: { $0.day28() != nil }, isInRemission))
    add(
      "MRD-negative, p between arms", "S1: comparable", 0.1...1,
      pValue(
        among: { $0.day28() != nil }, isClear))
    for (kind, any, severe) in [(ToxicityKind.crs, 157, 20), (.icans, 106, 58)] {
      let name = kind.rawValue.uppercased()
      add("\(name), any grade", "S4", exactly: any, count { grade(kind, $0) >= 1 })
      add("\(name), grade 3–4", "S4", exactly: severe, count { (3...4).contains(grade(kind, $0)) })
      add("\(name), p between arms", "S1: comparable", 0.1...1, pValue { grade(kind, $0) >= 1 })
      add(
        "\(name) grade 3–4, p between arms", "S1: comparable", 0.1...1,
        pValue { grade(kind, $0) >= 3 })
      let rows = infused.flatMap { subject in
        subject.toxicities.filter { $0.kind?.value == kind }.map {
          ($0, subject.product.infusionDay)
        }
      }
      let onsets = rows.compactMap { row, infusion in
        infusion.flatMap { day in row.onsetDay.map { Double($0 - day) } }
      }
      let durations = rows.compactMap { row, _ in
        row.onsetDay.flatMap { day in row.resolvedDay.map { Double($0 - day) } }
      }
      add(
        "\(name), onset, median day", "S4, CNS subset", kind == .crs ? 5...5 : 7...7, median(onsets)
      )
      add(
        "\(name), duration, median days", "S4, CNS subset", kind == .crs ? 4...4 : 3...3,
        median(durations))
    }
    let remissions = infused.filter(isInRemission)
    func consolidated(_ kinds: Set<ConsolidationKind>) -> Double {
      Double(remissions.count { $0.consolidationDay(kinds) != nil }) / Double(remissions.count)
    }
    add("transplant in remission", "S6: 22 %", 0.17...0.27, consolidated([.alloTransplant]))
    add(
      "maintenance in remission", "S6: 17 %", 0.12...0.22,
      consolidated([.tyrosineKinaseInhibitor, .otherMaintenance]))
    add(
      "consolidation, p between arms", "S1: .005", 0.001...0.01,
      pValue(among: isInRemission) { $0.consolidationDay() != nil })
    let waits = infused.compactMap { subject in
      subject.product.apheresisDay.flatMap { day in
        subject.product.infusionDay.map { Double($0 - day) }
      }
    }
    add("apheresis to infusion, median days", "76: 31", 29...33, median(waits))
    add(
      "fludarabine and cyclophosphamide", "76: 88 %", 0.87...0.89,
      count { $0.product.lymphodepletionRegimen?.value == .fludarabineCyclophosphamide } / 189)
    let ages = infused.compactMap { $0.demographics.ageYears.map(Double.init) }
    add("age, median", "76: 44", 44...46, median(ages))
    add("age, least", "76: 18", 18...20, ages.min() ?? 0)
    add("age, most", "76: 81", 75...81, ages.max() ?? 0)
    add(
      "Ph-negative", "76: 71 %", 0.70...0.72,
      count { $0.disease.philadelphia?.value == .negative } / 189)
    add(
      "prior blinatumomab", "76: 53 %", 0.52...0.54,
      count { $0.priorTherapy.hadBlinatumomab == true } / 189)
    add(
      "prior transplant", "76: 46 %", 0.45...0.47,
      count { $0.priorTherapy.hadAlloTransplant == true } / 189)
  }

  private mutating func curves() throws {
    let survival = Endpoint<ValidatedSubject>.study(.overallSurvival)
    let progression = Endpoint<ValidatedSubject>.study(.progressionFreeSurvival)
    let followUp = try KaplanMeier(endpoint: survival, isReversed: true).fitted(to: infused)
    add(
      "median follow-up, months", "S3: 11.4", 10.9...11.9,
      followUp.curves[0].median().estimate ?? .nan)
    let pfs = try KaplanMeier(endpoint: progression).fitted(to: infused).curves[0]
    add("PFS, median, months", "S3: 9.5", 8...11, pfs.median().estimate ?? .nan)
    add("PFS at 6 months", "S3: .59", 0.56...0.62, pfs.probability(at: 6) ?? .nan)
    add("PFS at 12 months", "S3: .48", 0.45...0.51, pfs.probability(at: 12) ?? .nan)
    let os = try KaplanMeier(endpoint: survival).fitted(to: infused).curves[0]
    add(
      "OS, median not reached (1)", "S3", 1...1, os.median().estimate == nil ? 1 : 0)
    add("OS at 6 months", "S3: .78", 0.75...0.81, os.probability(at: 6) ?? .nan)
    add("OS at 12 months", "S3: .63", 0.60...0.66, os.probability(at: 12) ?? .nan)
    for (name, endpoint, p, ratio, sources) in [
      ("PFS", progression, 0.005...0.03, 1.6...1.8, ("S1: .013", "from S1's p")),
      ("OS", survival, 0.001...0.015, 1.9...2.2, ("S1: .006", "from S1's p")),
    ] {
      let test = try LogRankTest(endpoint: endpoint).applied(
        to: infused, groupedBy: { $0.inotuzumabArm })
      add("\(name), log-rank p between arms", sources.0, p, test.pValue)
      let fit = try CoxModel(
        endpoint: endpoint, covariates: [.indicator("exposed") { $0.inotuzumabArm == .exposed }]
      ).fitted(to: infused)
      add(
        "\(name), hazard ratio of exposure", sources.1, ratio,
        fit[coefficient: "exposed"]?.hazardRatio ?? .nan)
      let responders = exposed.filter { $0.isInotuzumabResponder != nil }
      let response = try LogRankTest(endpoint: endpoint).applied(
        to: responders, groupedBy: { $0.isInotuzumabResponder })
      add(
        "\(name), p of response to inotuzumab", name == "PFS" ? "S1: .002" : "S1: < .0001",
        0...(name == "PFS" ? 0.01 : 0.001), response.pValue)
      let timing = try LogRankTest(endpoint: endpoint).applied(
        to: exposed, groupedBy: { $0.inotuzumabTiming })
      add(
        "\(name), p of bridging or earlier", name == "PFS" ? "S1: .51" : "S1: .86", 0.2...1,
        timing.pValue)
    }
  }

  private mutating func models() throws {
    let adjusted = try Self.adjusted(infused)
    let exposure = adjusted[coefficient: "exposed"]
    add("PFS, adjusted hazard ratio", "S1: 1.20", 1.1...1.3, exposure?.hazardRatio ?? .nan)
    let limits = exposure?.hazardRatioInterval()
    add("its lower limit", "S1: 0.71", 0.5...1, limits?.lower ?? .nan)
    add("its upper limit", "S1: 2.03", 1...2.5, limits?.upper ?? .nan)
    add("its standard error", "S1: 0.27", 0.2...0.28, exposure?.standardError ?? .nan)
    let transplant = try Self.adjusted(infused, kinds: [.alloTransplant])[
      coefficient: "consolidated"]
    add(
      "PFS, hazard ratio of transplant, in time", "S3: 0.34", 0.24...0.44,
      transplant?.hazardRatio ?? .nan)
    add(
      "its upper limit below 1", "S3: 0.85", 0...0.999,
      transplant?.hazardRatioInterval()?.upper ?? .nan)
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
