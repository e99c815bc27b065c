// SPDX-License-Identifier: Apache-2.0

import CohortModels
import SurvivalKit

/// The statistics of a cohort of the study that are printed somewhere, and the bands for them.
///
/// Sources:
/// - S1 Blood Advances 2024;8(23):6139, abstract;
/// - S2 its predecessor at a conference, of 152 patients of whom 83 were exposed;
/// - S3 the first report of the 189, as ASCO Post retells it;
/// - S4 the paper on CNS disease, S5 that on social determinants, of the same 189;
/// - S6 the abstract on consolidation, of 281 patients;
/// - S8 the first report of the register, of 76 patients;
/// - A assumed, printed nowhere; D follows by arithmetic from what is printed.
struct CohortBands {
  let cohort: ValidatedCohort
  let infused: [ValidatedSubject]
  let exposed: [ValidatedSubject]
  let naive: [ValidatedSubject]
  private(set) var bands: [CohortBand] = []

  init(_ cohort: ValidatedCohort) {
    self.cohort = cohort
    infused = cohort.infused
    exposed = infused.filter { $0.inotuzumabArm == .exposed }
    naive = infused.filter { $0.inotuzumabArm == .naive }
  }

  /// All bands in the order of their numbers.
  static func all(_ cohort: ValidatedCohort) throws -> [CohortBand] {
    var bands = CohortBands(cohort)
    try bands.addPatients()
    try bands.addToxicities()
    try bands.addCourses()
    try bands.addModels()
    return bands.bands.enumerated().sorted {
      ($0.element.number, $0.offset) < ($1.element.number, $1.offset)
    }.map(\.element)
  }

  // MARK: - Adding

  mutating func add(
    _ number: Int, _ name: String, _ target: String, _ source: String,
    _ range: ClosedRange<Double>, _ value: Double?
  ) {
    bands.append(
      CohortBand(
        number: number, name: name, target: target, source: source, range: range,
        value: value ?? .nan))
  }

  mutating func add(
    _ number: Int, _ name: String, _ source: String, exactly count: Int, _ found: Int
  ) {
    add(number, name, "\(count)", source, Double(count)...Double(count), Double(found))
  }

  // MARK: - Statistics

  func count(_ property: (ValidatedSubject) -> Bool) -> Int { infused.count(where: property) }

  func isInRemission(_ subject: ValidatedSubject) -> Bool {
    subject.day28()?.response.isRemission == true
  }

  /// Fisher's exact test of a share in the two arms.
  func fisher(
    among population: (ValidatedSubject) -> Bool = { _ in true },
    _ property: (ValidatedSubject) -> Bool
  ) throws -> Double {
    let counts = [exposed, naive].map { arm in
      let members = arm.filter(population)
      let count = members.count(where: property)
      return [count, members.count - count]
    }
    // With nobody, or everybody, the arms do not differ.
    let totals = [counts[0][0] + counts[1][0], counts[0][1] + counts[1][1]]
    return totals.contains(0) ? 1 : try ContingencyTable(counts).fisherTest().pValue
  }

  // MARK: - Patients: targets 1 to 10 and 23

  mutating func addPatients() throws {
    add(1, "infused", "S3", exactly: 189, infused.count)
    add(1, "with apheresis", "S3", exactly: 204, cohort.subjects.count)
    add(2, "male", "S5", exactly: 108, count { $0.demographics.sex?.value == .male })
    let races = [
      "non-Hispanic White", "Hispanic", "non-Hispanic Black", "Asian or Pacific", "other",
    ]
    for ((race, name), number) in zip(zip(RaceEthnicity.allCases, races), [104, 57, 13, 11, 4]) {
      add(2, name, "S5", exactly: number, count { $0.demographics.raceEthnicity?.value == race })
    }
    add(3, "exposed to inotuzumab", "A, S2's share", exactly: 103, exposed.count)
    add(3, "naive", "A, S2's share", exactly: 86, naive.count)
    add(
      4, "bridging among the exposed", "A, S2's share", exactly: 29,
      count { $0.inotuzumabTiming == .bridging })
    let doses = try OrderedSample(
      exposed.compactMap { $0.priorTherapy.inotuzumabDoses.map(Double.init) })
    add(5, "doses, median", "3", "S2", 3...3, try doses.quantile(0.5))
    add(5, "doses, fewest", "1", "S2", 1...1, doses.values.first)
    add(5, "doses, most", "22", "S2", 22...22, doses.values.last)
    let lines = [exposed, naive].map { $0.map { Double($0.priorTherapy.lines ?? 0) } }
    add(
      6, "prior lines, exposed, median", "4", "S2", 4...4, try OrderedSample(lines[0]).quantile(0.5)
    )
    add(
      6, "prior lines, naive, median", "3", "S2", 3...3, try OrderedSample(lines[1]).quantile(0.5))
    add(
      6, "prior lines, rank-sum p", ".02", "S1", 0.005...0.05,
      try RankSumTest(lines[0], lines[1]).pValue)
    let isActive = { (subject: ValidatedSubject) in subject.hadActiveMarrow == true }
    add(7, "active marrow, exposed", "A", exactly: 67, exposed.count(where: isActive))
    add(7, "active marrow, naive", "A", exactly: 42, naive.count(where: isActive))
    add(7, "active marrow, Fisher's p", ".03", "S1", 0.01...0.05, try fisher(isActive))
    add(
      8, "infused in morphologic remission", "S3", exactly: 79,
      count { $0.preInfusion.isMorphologicRemission == true })
    add(
      9, "CNS disease", "S4", exactly: 31,
      count { [.cns2, .cns3].contains($0.preApheresis.cns?.value) })
    try addResponses()
    try addShares()
  }

  private mutating func addResponses() throws {
    let isEvaluable = { (subject: ValidatedSubject) in subject.day28() != nil }
    let isClear = { (subject: ValidatedSubject) in
      guard let day28 = subject.day28(), day28.response.isRemission else { return false }
      return day28.assessment.residualDisease.status == .negative
    }
    add(10, "evaluable on day 28", "S3", exactly: 168, count(isEvaluable))
    add(10, "complete remission on day 28", "S3", exactly: 151, count(isInRemission))
    add(10, "these, MRD-negative", "S3", exactly: 119, count(isClear))
    for (name, property) in [("remission", isInRemission), ("MRD-negative remission", isClear)] {
      add(
        10, "\(name), arms, Fisher's p", "comparable", "S1", 0.1...1,
        try fisher(among: isEvaluable, property))
    }
  }

  private mutating func addShares() throws {
    let waits = infused.compactMap { subject in
      subject.product.apheresisDay.flatMap { day in
        subject.product.infusionDay.map { Double($0 - day) }
      }
    }
    add(
      23, "apheresis to infusion, median days", "31", "S8", 30...32,
      try OrderedSample(waits).quantile(0.5))
    let ages = try OrderedSample(infused.compactMap { $0.demographics.ageYears.map(Double.init) })
    add(23, "age, median", "44 to 46", "S8, S7", 44...46, try ages.quantile(0.5))
    add(23, "age, youngest", "18", "S8", 18...18, ages.values.first)
    add(23, "age, oldest", "81", "S8", 81...81, ages.values.last)
    let shares: [(String, Double, (ValidatedSubject) -> Bool)] = [
      (
        "fludarabine and cyclophosphamide, %", 88,
        { $0.product.lymphodepletionRegimen?.value == .fludarabineCyclophosphamide }
      ),
      ("Ph-negative, %", 71, { $0.disease.philadelphia?.value == .negative }),
      ("prior blinatumomab, %", 53, { $0.priorTherapy.hadBlinatumomab == true }),
      ("prior transplant, %", 46, { $0.priorTherapy.hadAlloTransplant == true }),
    ]
    for (name, percent, property) in shares {
      add(
        23, name, "\(Int(percent))", "S8", percent - 1...percent + 1,
        100 * Double(count(property)) / Double(infused.count))
    }
  }

  // MARK: - Toxicities: targets 11 and 22

  mutating func addToxicities() throws {
    for (kind, any, severe, onset, duration) in [
      (ToxicityKind.crs, 157, 20, 5, 4), (.icans, 106, 58, 7, 3),
    ] {
      let name = kind.rawValue.uppercased()
      func grade(_ subject: ValidatedSubject) -> Int {
        subject.toxicities.first { $0.kind?.value == kind }?.maximumGrade ?? 0
      }
      add(11, "\(name), any grade", "D, S4", exactly: any, count { grade($0) >= 1 })
      add(11, "\(name), grade 3–4", "D, S4", exactly: severe, count { (3...4).contains(grade($0)) })
      for (degree, least) in [("any grade", 1), ("grade 3–4", 3)] {
        add(
          11, "\(name), \(degree), arms, Fisher's p", "comparable", "S1", 0.1...1,
          try fisher { grade($0) >= least })
      }
      var (onsets, durations) = ([Double](), [Double]())
      for subject in infused {
        for toxicity in subject.toxicities where toxicity.kind?.value == kind {
          guard let infusion = subject.product.infusionDay, let first = toxicity.onsetDay else {
            continue
          }
          onsets.append(Double(first - infusion))
          if let last = toxicity.resolvedDay { durations.append(Double(last - first)) }
        }
      }
      let source = "S4, of 34"
      add(
        22, "\(name), onset, median day", "\(onset)", source, Double(onset)...Double(onset),
        try OrderedSample(onsets).quantile(0.5))
      add(
        22, "\(name), duration, median days", "\(duration)", source,
        Double(duration)...Double(duration), try OrderedSample(durations).quantile(0.5))
    }
  }
}
