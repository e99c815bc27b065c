// SPDX-License-Identifier: Apache-2.0

/// The cohort of the bone-marrow-transplant study, or a file of the same shape.
///
/// ```swift
/// let patients = try TransplantCohort.load()
/// print(TransplantAnalysis().applied(to: patients))
/// ```
public enum TransplantCohort {
  /// The columns of the file, in the order of the published table.
  static let columns = [
    "id", "group", "t1", "t2", "d1", "d2", "d3", "ta", "da", "tc", "dc", "tp", "dp", "z1", "z2",
    "z3", "z4", "z5", "z6", "z7", "z8", "z9", "z10",
  ]

  /// The 137 patients of the study, which come with the package.
  /// - Returns: The patients in the order of the published table.
  /// - Throws: ``ImportError`` if the embedded file were damaged.
  public static func load() throws(ImportError) -> [TransplantPatient] {
    let table = try CSVTable(
      file: "bone-marrow-transplant.csv", bytes: PackageResources.bone_marrow_transplant_csv)
    return try patients(in: table)
  }

  /// The patients of a file with the same columns, in any order.
  /// - Parameter path: Where the CSV file is.
  /// - Returns: The patients in the order of the file.
  /// - Throws: ``ImportError`` that lists every value that cannot be: codes and indicators outside
  ///   their range, numbers that are missing or impossible, `d3` other than `d1` or `d2`, disease-free
  ///   survival that is longer than survival, and patients listed twice.
  public static func read(from path: String) throws(ImportError) -> [TransplantPatient] {
    try patients(in: CSVTable(contentsOf: path))
  }

  static func patients(in table: CSVTable) throws(ImportError) -> [TransplantPatient] {
    var reader = try RowReader(table, columns: columns)
    var patients = [TransplantPatient]()
    var seen = Set<Int>()
    for row in 0..<table.rowCount {
      reader.row = row
      guard let patient = patient(&reader) else { continue }
      if !seen.insert(patient.id).inserted {
        reader.refuse("id", "a number that no earlier patient has")
      }
      patients.append(patient)
    }
    guard reader.problems.isEmpty else {
      throw ImportError(file: table.file, problems: reader.problems)
    }
    return patients
  }

  /// The patient of the reader's row; `nil`, with the problems noted, when a value cannot be.
  private static func patient(_ reader: inout RowReader) -> TransplantPatient? {
    // All columns are read before any is missed, so that every problem of the row is noted.
    let id = reader.integer("id")
    let riskGroup = reader.code("group", of: RiskGroup.self)
    let hospital = reader.code("z9", of: Hospital.self)
    let death = reader.outcome(days: "t1", indicator: "d1")
    let relapse = reader.outcome(days: "t2", indicator: "d2")
    let hasRelapsedOrDied = reader.flag("d3")
    let acute = reader.outcome(days: "ta", indicator: "da")
    let chronic = reader.outcome(days: "tc", indicator: "dc")
    let platelets = reader.outcome(days: "tp", indicator: "dp")
    let patient = person(&reader, age: "z1", male: "z3", cytomegalovirus: "z5")
    let donor = person(&reader, age: "z2", male: "z4", cytomegalovirus: "z6")
    let waitingDays = reader.number("z7", in: 0...40_000, unit: "days")
    let isFAB4Or5 = reader.flag("z8")
    let hadMethotrexate = reader.flag("z10")
    if let death, let relapse, relapse.days > death.days {
      reader.refuse("t2", "a time of disease-free survival no longer than t1, that of survival")
    }
    if let death, let relapse, let hasRelapsedOrDied,
      hasRelapsedOrDied != (death.hasOccurred || relapse.hasOccurred)
    {
      reader.refuse("d3", "1 if d1 or d2 is 1, and 0 otherwise")
    }
    guard let id, let riskGroup, let hospital, let death, let relapse, let acute, let chronic,
      let platelets, let patient, let donor, let waitingDays, let isFAB4Or5, let hadMethotrexate
    else { return nil }
    return TransplantPatient(
      id: id, riskGroup: riskGroup, hospital: hospital, death: death, relapse: relapse,
      acuteGraftVersusHost: acute, chronicGraftVersusHost: chronic, plateletRecovery: platelets,
      patient: patient, donor: donor, waitingDays: waitingDays, isFAB4Or5: isFAB4Or5,
      hadMethotrexate: hadMethotrexate)
  }

  private static func person(
    _ reader: inout RowReader, age: String, male: String, cytomegalovirus: String
  ) -> Person? {
    let age = reader.number(age, in: 0...120, unit: "years")
    let isMale = reader.flag(male)
    let isPositive = reader.flag(cytomegalovirus)
    guard let age, let isMale, let isPositive else { return nil }
    return Person(age: age, sex: isMale ? .male : .female, isCMVPositive: isPositive)
  }
}
