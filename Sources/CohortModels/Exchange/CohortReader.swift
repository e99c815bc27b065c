// SPDX-License-Identifier: Apache-2.0

/// Puts a cohort together from tables or JSON, and collects every fault of form.
struct CohortReader {
  private var findings: [Finding] = []

  /// Notes that a file as a whole cannot be read.
  mutating func noteForm(_ file: String, _ found: String, row: Int? = nil, column: String = "") {
    findings.append(Finding(.fileForm, column: column, found: found, file: file, row: row))
  }

  // MARK: - Tables

  /// The cohort of CSV tables.
  mutating func cohort(
    _ files: [(name: String, bytes: [UInt8])]
  ) throws(ValidationError) -> Cohort {
    for name in CohortFiles.names where !files.contains(where: { $0.name == name }) {
      // A file that could not be read has been noted already.
      if !findings.contains(where: { $0.file == name }) { noteForm(name, "no such file") }
    }
    for file in files where !CohortFiles.names.contains(file.name) {
      noteForm(file.name, "a file that the data dictionary does not know")
    }
    func bytes(_ table: String) -> [UInt8]? { files.first { $0.name == table + ".csv" }?.bytes }

    let studies = rows(Study.self, bytes(Study.tableName))
    let studyFile = Study.tableName + ".csv"
    if studies.count != 1, !findings.contains(where: { $0.file == studyFile }) {
      noteForm(studyFile, "\(studies.count) rows; the study has one")
    }
    let subjectRows = rows(Subject.self, bytes(Subject.tableName))
    var subjects = subjectRows.map(\.record)
    var places = [String: Int](minimumCapacity: subjects.count)
    for (place, row) in subjectRows.enumerated() {
      guard places.updateValue(place, forKey: row.record.subjectID) != nil else { continue }
      findings.append(
        Finding(
          .duplicateSubject, subjectID: row.record.subjectID, column: "subjectID",
          found: "a second row of the subject", file: Subject.tableName + ".csv", row: row.number))
    }
    add(rows(Toxicity.self, bytes(Toxicity.tableName), isChild: true), to: &subjects, places) {
      $0.toxicities.append($1)
    }
    add(rows(Assessment.self, bytes(Assessment.tableName), isChild: true), to: &subjects, places) {
      $0.assessments.append($1)
    }
    add(
      rows(Consolidation.self, bytes(Consolidation.tableName), isChild: true), to: &subjects,
      places
    ) { $0.consolidations.append($1) }
    add(rows(Relapse.self, bytes(Relapse.tableName), isChild: true), to: &subjects, places) {
      $0.relapses.append($1)
    }
    guard findings.isEmpty, let study = studies.first?.record else {
      throw ValidationError(findings: findings)
    }
    return Cohort(study: study, subjects: subjects)
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
    do {
      let table = try CSVTable(file: file, bytes: bytes, allowsNoRows: true)
      guard hasColumns(expected, table) else { return [] }
      var columns = [[String]]()
      for name in names { columns.append(try table.column(name)) }
      // A table of which subjects are rows names its subject in a column of its own.
      let subjects = expected.first == "subjectID" ? try table.column("subjectID") : nil
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
      return rows
    } catch {
      noteForm(file, error.message)
      return []
    }
  }

  /// The records of an ADTTE data set, and the variables that were passed over.
  mutating func records(
    _ bytes: [UInt8], file: String
  ) throws(ValidationError) -> ([ADTTERecord], ignored: [String]) {
    var records = [ADTTERecord]()
    var ignored = [String]()
    let names = DataDictionary.columns(of: ADTTERecord.self).map(\.name)
    do {
      let table = try CSVTable(file: file, bytes: bytes, allowsNoRows: true)
      for name in ADTTERecord.required where !table.hasColumn(name) {
        noteForm(file, "no such variable", row: 1, column: name)
      }
      ignored = table.header.filter { !names.contains($0) }
      let columns = names.map { table.hasColumn($0) ? try? table.column($0) : nil }
      let subjects = table.hasColumn("USUBJID") ? try table.column("USUBJID") : []
      var reader = FieldReader(file: file)
      for row in subjects.indices {
        reader.cells.removeAll(keepingCapacity: true)
        for column in columns { reader.cells.append(column?[row] ?? "") }
        reader.row = table.rowNumbers[row]
        reader.subjectID = subjects[row]
        records.append(reader.record(ADTTERecord.self))
      }
      findings += reader.findings
    } catch {
      noteForm(file, error.message)
    }
    guard findings.isEmpty else { throw ValidationError(findings: findings) }
    return (records, ignored)
  }

  /// Whether a table has the columns of the dictionary and no others.
  private mutating func hasColumns(_ expected: [String], _ table: CSVTable) -> Bool {
    let absent = expected.filter { !table.hasColumn($0) }
    if table.header.count == 1, let only = table.header.first,
      only.contains(where: { ";\t|".contains($0) })
    {
      noteForm(table.file, "one column, \(ImportError.quoted(only)); separate fields by commas")
      return false
    }
    for name in absent { noteForm(table.file, "no such column", row: 1, column: name) }
    let foreign = table.header.filter { !expected.contains($0) }
    for name in foreign {
      noteForm(
        table.file, "a column \(ImportError.quoted(name)) that the data dictionary does not know",
        row: 1)
    }
    return absent.isEmpty && foreign.isEmpty
  }

  private mutating func add<Row: TableRow>(
    _ rows: [NumberedRow<Row>], to subjects: inout [Subject], _ places: [String: Int],
    _ append: (inout Subject, Row) -> Void
  ) {
    for row in rows {
      if let place = places[row.subjectID] {
        append(&subjects[place], row.record)
      } else {
        findings.append(
          Finding(
            .rowWithoutSubject, subjectID: row.subjectID, column: "subjectID",
            found: ImportError.quoted(row.subjectID), file: Row.tableName + ".csv",
            row: row.number))
      }
    }
  }

  // MARK: - JSON

  /// The cohort of a JSON document.
  mutating func cohort(json bytes: [UInt8], file: String) throws(ValidationError) -> Cohort {
    var cohort = Cohort(study: Study(), subjects: [])
    do throws(JSONText.Fault) {
      guard case .object(let members) = try JSONText(bytes) else {
        throw JSONText.Fault(line: 1, message: "an object with study and subjects is expected")
      }
      for name in ["study", "subjects"] where !members.contains(where: { $0.name == name }) {
        noteForm(file, "no such member", column: name)
      }
      for (name, value) in members {
        switch (name, value) {
        case ("study", .object(let fields)):
          cohort.study = record(Study.self, fields, file: file, row: 0)
        case ("subjects", .array(let values)):
          for (index, value) in values.enumerated() {
            guard case .object(let fields) = value else {
              noteForm(file, "a subject that is not an object", row: index + 1)
              continue
            }
            cohort.subjects.append(subject(fields, file: file, row: index + 1))
          }
        default: noteForm(file, "a member that cannot be", column: name)
        }
      }
    } catch {
      noteForm(file, "line \(error.line): \(error.message)")
    }
    guard findings.isEmpty else { throw ValidationError(findings: findings) }
    return cohort
  }

  private typealias Members = [(name: String, value: JSONText)]

  private mutating func subject(_ members: Members, file: String, row: Int) -> Subject {
    let own = members.filter { !CohortFiles.childNames.contains($0.name) }
    var subject = record(Subject.self, own, file: file, row: row)
    let name = subject.subjectID
    for (table, value) in members where CohortFiles.childNames.contains(table) {
      guard case .array(let values) = value else {
        noteForm(file, "no list", row: row, column: table)
        continue
      }
      for (index, value) in values.enumerated() {
        let path = "\(table)[\(index + 1)]"
        guard case .object(let fields) = value else {
          noteForm(file, "no object", row: row, column: path)
          continue
        }
        func child<Row: TableRow>(_ type: Row.Type) -> Row {
          record(type, fields, file: file, row: row, subjectID: name, path: path + ".")
        }
        switch table {
        case Toxicity.tableName: subject.toxicities.append(child(Toxicity.self))
        case Assessment.tableName: subject.assessments.append(child(Assessment.self))
        case Consolidation.tableName: subject.consolidations.append(child(Consolidation.self))
        default: subject.relapses.append(child(Relapse.self))
        }
      }
    }
    return subject
  }

  private mutating func record<Row: TableRow>(
    _: Row.Type, _ members: Members, file: String, row: Int, subjectID: String = "",
    path: String = ""
  ) -> Row {
    let names = DataDictionary.columns(of: Row.self).map(\.name)
    var cells = [String](repeating: "", count: names.count)
    for (name, value) in members {
      guard let position = names.firstIndex(of: name) else {
        noteForm(
          file, "a member that the data dictionary does not know", row: row, column: path + name)
        continue
      }
      switch value {
      case .string(let text), .number(let text): cells[position] = text
      case .null: break
      default: noteForm(file, "a value that is no text or number", row: row, column: path + name)
      }
    }
    var reader = FieldReader(file: file)
    reader.cells = cells
    reader.row = row
    reader.path = path
    reader.subjectID =
      subjectID.isEmpty ? names.firstIndex(of: "subjectID").map { cells[$0] } ?? "" : subjectID
    let record = reader.record(Row.self)
    findings += reader.findings
    return record
  }
}
