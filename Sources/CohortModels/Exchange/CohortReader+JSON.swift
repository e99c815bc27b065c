// SPDX-License-Identifier: Apache-2.0

extension CohortReader {
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
    return try checked(cohort)
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
    let places = columnPlaces(of: Row.self)
    var cells = [String](repeating: "", count: places.count)
    for (name, value) in members {
      guard let position = places[name] else {
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
      subjectID.isEmpty ? places["subjectID"].map { cells[$0] } ?? "" : subjectID
    let record = reader.record(Row.self)
    findings += reader.findings
    return record
  }
}
