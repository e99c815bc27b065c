// SPDX-License-Identifier: Apache-2.0

/// Puts a cohort together from tables or JSON, and collects every fault of form.
///
/// A fault of one cell or row does not hide the others: the subjects that could be read whole are
/// checked by the rules as well, so that what is thrown lists all there is to mend.
struct CohortReader {
  var findings: [Finding] = []
  /// The places of the columns of each table by their names, once they were asked for.
  private var columnPlaces: [String: [String: Int]] = [:]

  /// The subjects and the numbers of the rows of each table, in the order of the file.
  private var rowNumbers: [String: [(subjectID: String, row: Int)]] = [:]

  /// The place of each column of a table.
  mutating func columnPlaces<Row: TableRow>(of _: Row.Type) -> [String: Int] {
    if let known = columnPlaces[Row.tableName] { return known }
    let names = DataDictionary.columns(of: Row.self).map(\.name)
    let places = Dictionary(
      names.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    columnPlaces[Row.tableName] = places
    return places
  }

  /// Notes that a file, or a row of it, cannot be read.
  mutating func noteForm(
    _ file: String, _ found: String, row: Int? = nil, column: String = "", allowed: String? = nil
  ) {
    findings.append(
      Finding(.fileForm, column: column, found: found, allowed: allowed, file: file, row: row))
  }

  /// The cohort, unless something was found; then all that was, and what the rules find of those
  /// subjects of whom everything could be read.
  func checked(_ cohort: Cohort) throws(ValidationError) -> Cohort {
    guard !findings.isEmpty else { return cohort }
    // Where rows or whole files are missing, a rule would speak of what is not known.
    guard !findings.contains(where: { [.fileForm, .rowWithoutSubject].contains($0.rule) }) else {
      throw ValidationError(findings: findings)
    }
    let touched = Set(findings.map(\.subjectID))
    let others = Cohort(
      study: cohort.study, subjects: cohort.subjects.filter { !touched.contains($0.subjectID) })
    // The findings without subject are of the study and of the cohort as a whole.
    let further = others.findings().filter { !$0.subjectID.isEmpty }
    throw ValidationError(findings: findings + located(further))
  }

  /// Findings of rules with the files and rows of what they speak of.
  func located(_ findings: [Finding]) -> [Finding] {
    let names = Set(findings.map(\.subjectID))
    var rows = [String: [String: [Int]]]()
    for (table, numbers) in rowNumbers {
      for (name, row) in numbers where names.contains(name) {
        rows[table, default: [:]][name, default: []].append(row)
      }
    }
    return findings.map { finding in
      let table = finding.table
      // A column as a whole has no row.
      let own = finding.rule == .missingValues ? [] : rows[table]?[finding.subjectID] ?? []
      let row = finding.place.map { own.indices.contains($0) ? own[$0] : nil }
      return finding.located(file: table + ".csv", row: row ?? (own.count == 1 ? own[0] : nil))
    }
  }

  // MARK: - Tables

  /// The cohort of a folder of CSV tables.
  mutating func cohort(inFolder folder: String) throws(ValidationError) -> Cohort {
    guard FileBytes.isFolder(folder) else {
      noteForm(
        "",
        FileBytes.exists(folder)
          ? "\(folder), which is no folder that can be read" : "no folder \(folder)",
        allowed: "a folder with " + CohortFiles.names.joined(separator: ", "))
      throw ValidationError(findings: findings)
    }
    var files = [(name: String, bytes: [UInt8])]()
    for name in CohortFiles.names where FileBytes.exists(folder + "/" + name) {
      do {
        files.append((name, try FileBytes.read(folder + "/" + name)))
      } catch {
        noteForm(name, error.message)
      }
    }
    return try cohort(files)
  }

  /// The cohort of CSV tables.
  mutating func cohort(
    _ files: [(name: String, bytes: [UInt8])]
  ) throws(ValidationError) -> Cohort {
    for name in CohortFiles.names where !files.contains(where: { $0.name == name }) {
      // A file that could not be read has been noted already.
      if !findings.contains(where: { $0.file == name }) {
        noteForm(name, "no such file in the folder")
      }
    }
    for file in files where !CohortFiles.names.contains(file.name) {
      noteForm(file.name, "a file that the data dictionary does not know")
    }
    func bytes(_ table: String) -> [UInt8]? { files.first { $0.name == table + ".csv" }?.bytes }

    let studies = rows(Study.self, bytes(Study.tableName))
    let studyFile = Study.tableName + ".csv"
    if studies.count != 1, !findings.contains(where: { $0.file == studyFile }) {
      noteForm(studyFile, "\(studies.count) rows", allowed: "one row, that of the study")
    }
    let subjectRows = rows(Subject.self, bytes(Subject.tableName))
    let subjectFile = Subject.tableName + ".csv"
    // Whether each subject has been seen; if not, nobody can say whose a row is.
    let isComplete = !findings.contains { $0.file == subjectFile && $0.rule == .fileForm }
    var subjects = subjectRows.map(\.record)
    var places = [String: Int](minimumCapacity: subjects.count)
    for (place, row) in subjectRows.enumerated() {
      let name = row.record.subjectID
      guard let first = places[name] else {
        places[name] = place
        continue
      }
      // Without a name nobody is a second one; that the name is missing is a finding of the rules.
      guard !name.isEmpty else { continue }
      findings.append(
        Finding(
          .duplicateSubject, subjectID: name, column: "subjectID",
          found: "a second row of the subject, first in row \(subjectRows[first].number)",
          file: subjectFile, row: row.number))
    }
    func add<Row: TableRow>(_: Row.Type, _ append: (inout Subject, Row) -> Void) {
      for row in rows(Row.self, bytes(Row.tableName), isChild: true) {
        if let place = places[row.subjectID] {
          append(&subjects[place], row.record)
        } else if isComplete {
          findings.append(
            Finding(
              .rowWithoutSubject, subjectID: row.subjectID, column: "subjectID",
              found: ImportError.quoted(row.subjectID), file: Row.tableName + ".csv",
              row: row.number))
        }
      }
    }
    add(Toxicity.self) { $0.toxicities.append($1) }
    add(Assessment.self) { $0.assessments.append($1) }
    add(Consolidation.self) { $0.consolidations.append($1) }
    add(Relapse.self) { $0.relapses.append($1) }
    return try checked(Cohort(study: studies.first?.record ?? Study(), subjects: subjects))
  }

  private struct NumberedRow<Row> {
    let number: Int
    let subjectID: String
    let record: Row
  }

  private mutating func rows<Row: TableRow>(
    _: Row.Type, _ bytes: [UInt8]?, isChild: Bool = false
  ) -> [NumberedRow<Row>] {
    guard let bytes else { return [] }
    let file = Row.tableName + ".csv"
    let names = DataDictionary.columns(of: Row.self).map(\.name)
    let expected = (isChild ? ["subjectID"] : []) + names
    guard let table = table(file, bytes, expected), hasColumns(expected, table) else { return [] }
    let columns = names.compactMap { table.cells($0) }
    // A table of which subjects are rows names its subject in a column of its own.
    let subjects = expected.first == "subjectID" ? table.cells("subjectID") : nil
    var reader = FieldReader(file: file)
    var rows = [NumberedRow<Row>]()
    rows.reserveCapacity(table.rowCount)
    for row in 0..<table.rowCount {
      reader.cells.removeAll(keepingCapacity: true)
      for column in columns { reader.cells.append(column[row]) }
      reader.row = table.rowNumbers[row]
      reader.subjectID = subjects?[row] ?? ""
      rows.append(
        NumberedRow(
          number: reader.row, subjectID: reader.subjectID, record: reader.record(Row.self)))
    }
    findings += reader.findings
    rowNumbers[Row.tableName] = rows.map { ($0.subjectID, $0.number) }
    return rows
  }

  /// The records of an ADTTE data set, and the variables that were passed over.
  mutating func records(
    _ bytes: [UInt8], file: String
  ) throws(ValidationError) -> ([ADTTERecord], ignored: [String]) {
    var records = [ADTTERecord]()
    var ignored = [String]()
    let names = DataDictionary.columns(of: ADTTERecord.self).map(\.name)
    if let table = table(file, bytes, ADTTERecord.required) {
      for name in ADTTERecord.required where !table.hasColumn(name) {
        noteForm(file, "no such variable", row: 1, column: name)
      }
      ignored = table.header.filter { !names.contains($0) }
      let columns = names.map { table.cells($0) }
      let subjects = table.cells("USUBJID") ?? []
      var reader = FieldReader(file: file)
      for row in subjects.indices {
        reader.cells.removeAll(keepingCapacity: true)
        for column in columns { reader.cells.append(column?[row] ?? "") }
        reader.row = table.rowNumbers[row]
        reader.subjectID = subjects[row]
        records.append(reader.record(ADTTERecord.self))
      }
      findings += reader.findings
    }
    guard findings.isEmpty else { throw ValidationError(findings: findings) }
    return (records, ignored)
  }

  /// A table with the rows that can be read; the others are noted.
  ///
  /// `nil`, noted as well, when the file is no table.
  /// Fields that are separated by something else than commas are a fault, but are divided all the same,
  /// so that what is in them can be checked.
  private mutating func table(
    _ file: String, _ bytes: [UInt8], _ expected: [String]
  ) -> CSVTable? {
    var table: CSVTable
    do throws(CSVTable.Refusal) {
      table = try CSVTable(file: file, readableRowsOf: bytes)
    } catch {
      noteForm(
        file, error.row == nil ? "a file that " + error.message : error.message, row: error.row)
      return nil
    }
    if table.header.count == 1, let only = table.header.first {
      for (separator, name) in Self.foreignSeparators where only.contains(separator) {
        guard
          let divided = try? CSVTable(file: file, readableRowsOf: bytes, separator: separator),
          expected.contains(where: { divided.hasColumn($0) })
        else { continue }
        noteForm(
          file, "fields separated by \(name)", row: 1,
          allowed: "fields separated by commas, and numbers with a decimal point")
        table = divided
        break
      }
    }
    for refused in table.refusedRows {
      var allowed: String?
      if case .fieldCount = refused.fault {
        allowed =
          "\(table.header.count) fields, as in the header; a comma within a field, "
          + "if it is no decimal comma, stands between quotation marks"
      }
      noteForm(file, refused.found, row: refused.row, allowed: allowed)
    }
    return table
  }

  private static let foreignSeparators: [(Character, name: String)] = [
    (";", "semicolons"), ("\t", "tabs"), ("|", "vertical bars"),
  ]

  /// Whether a table has the columns of the dictionary and no others.
  private mutating func hasColumns(_ expected: [String], _ table: CSVTable) -> Bool {
    let absent = expected.filter { !table.hasColumn($0) }
    for name in absent {
      noteForm(
        table.file, "no such column", row: 1, column: name,
        allowed: "the columns of the data dictionary, in any order")
    }
    let foreign = table.header.filter { !expected.contains($0) }
    for name in foreign {
      noteForm(
        table.file, "a column \(ImportError.quoted(name)) that the data dictionary does not know",
        row: 1)
    }
    return absent.isEmpty && foreign.isEmpty
  }
}
