// SPDX-License-Identifier: Apache-2.0

/// A cohort as files: a folder of CSV tables, or one JSON document.
///
/// The tables are `study.csv` with one row, `subjects.csv` with a row for each subject, and
/// `toxicities.csv`, `assessments.csv`, `consolidations.csv` and `relapses.csv`, whose first column is
/// the `subjectID`. The JSON document has the same names: `{"study": {…}, "subjects": [{…,
/// "relapses": [{…}]}]}`. Columns and codes are those of <doc:TablesOfSubjects>; a cohort that is written
/// and read again is the same.
public enum CohortFiles {
  /// The names of the files of a cohort.
  public static let names = tableNames.map { $0 + ".csv" }

  static let childNames = [
    Toxicity.tableName, Assessment.tableName, Consolidation.tableName, Relapse.tableName,
  ]
  private static let tableNames = [Study.tableName, Subject.tableName] + childNames

  /// Reads a folder of CSV tables.
  /// - Parameter folder: Where the folder is.
  /// - Returns: The cohort, unchecked but for the form of the files.
  /// - Throws: ``ValidationError`` with every text that cannot be: its file, row, column and value, and
  ///   what is allowed. When all rows have their form and subject, findings of the rules of ``ValidationRule`` for
  ///   those subjects of whom every text could be read are among them.
  /// - Complexity: O(number of bytes).
  public static func read(from folder: String) throws(ValidationError) -> Cohort {
    var reader = CohortReader()
    return try reader.cohort(inFolder: folder)
  }

  /// Writes the CSV tables into a folder, which is made if it is not there.
  /// - Parameters:
  ///   - cohort: The cohort.
  ///   - folder: Where the folder is.
  /// - Throws: ``ImportError`` when a file cannot be written.
  public static func write(_ cohort: Cohort, to folder: String) throws(ImportError) {
    try FileBytes.write(csv(cohort), to: folder)
  }

  /// The CSV tables.
  /// - Parameter cohort: The cohort.
  /// - Returns: The name and the bytes of each file.
  public static func csv(_ cohort: Cohort) -> [(name: String, bytes: [UInt8])] {
    var files = [(name: String, bytes: [UInt8])]()
    var study = TableText(Study.self)
    study.append(cohort.study)
    files.append((names[0], study.bytes))
    var subjects = TableText(Subject.self)
    for subject in cohort.subjects { subjects.append(subject) }
    files.append((names[1], subjects.bytes))
    func add<Row: TableRow>(_: Row.Type, _ rows: (Subject) -> [Row]) {
      var table = TableText(Row.self, isChild: true)
      for subject in cohort.subjects {
        for row in rows(subject) { table.append(row, of: subject.subjectID) }
      }
      files.append((Row.tableName + ".csv", table.bytes))
    }
    add(Toxicity.self) { $0.toxicities }
    add(Assessment.self) { $0.assessments }
    add(Consolidation.self) { $0.consolidations }
    add(Relapse.self) { $0.relapses }
    return files
  }

  /// Reads CSV tables that are already in memory.
  /// - Parameter files: The name and the bytes of each file.
  /// - Returns: The cohort, unchecked but for the form of the files.
  /// - Throws: ``ValidationError``, as ``read(from:)``.
  public static func read(
    csv files: [(name: String, bytes: [UInt8])]
  ) throws(ValidationError) -> Cohort {
    var reader = CohortReader()
    return try reader.cohort(files)
  }

  /// The JSON document, one subject a line.
  /// - Parameter cohort: The cohort.
  /// - Returns: Its bytes, UTF-8.
  public static func json(_ cohort: Cohort) -> [UInt8] {
    var writer = FieldWriter(.json)
    func object<Row: TableRow>(_ row: Row) {
      writer.raw("{")
      writer.begin()
      row.show(&writer)
    }
    writer.raw("{\"study\":")
    object(cohort.study)
    writer.raw("},\"subjects\":[\n")
    func children<Row: TableRow>(_ rows: [Row]) {
      guard !rows.isEmpty else { return }
      writer.raw(",\"\(Row.tableName)\":[")
      for (index, row) in rows.enumerated() {
        if index > 0 { writer.raw(",") }
        object(row)
        writer.raw("}")
      }
      writer.raw("]")
    }
    for (index, subject) in cohort.subjects.enumerated() {
      if index > 0 { writer.raw(",\n") }
      object(subject)
      children(subject.toxicities)
      children(subject.assessments)
      children(subject.consolidations)
      children(subject.relapses)
      writer.raw("}")
    }
    writer.raw("\n]}\n")
    return writer.bytes
  }

  /// Reads a JSON document.
  /// - Parameters:
  ///   - bytes: The document.
  ///   - file: Its name, for messages.
  /// - Returns: The cohort, unchecked but for its form.
  /// - Throws: ``ValidationError`` with every text that cannot be; the row is the place of the subject,
  ///   counted from 1.
  public static func read(json bytes: [UInt8], file: String) throws(ValidationError) -> Cohort {
    var reader = CohortReader()
    return try reader.cohort(json: bytes, file: file)
  }
}

/// The text of one CSV table.
struct TableText {
  private var writer = FieldWriter(.csv)
  private let isChild: Bool

  var bytes: [UInt8] { writer.bytes }

  init<Row: TableRow>(_: Row.Type, isChild: Bool = false) {
    self.isChild = isChild
    let names = (isChild ? ["subjectID"] : []) + DataDictionary.columns(of: Row.self).map(\.name)
    writer.raw(names.joined(separator: ",") + "\n")
  }

  mutating func append<Row: TableRow>(_ row: Row, of subject: String = "") {
    writer.begin()
    if isChild {
      writer.begin("subjectID")
      writer.write(subject)
    }
    row.show(&writer)
    writer.raw("\n")
  }
}
