// SPDX-License-Identifier: Apache-2.0

/// What every column of every table of a cohort means: the tables that <doc:TablesOfSubjects> prints.
///
/// Made from the same declarations that read and write the files.
public struct DataDictionary: Hashable, Sendable {
  /// One column.
  public struct Column: Hashable, Sendable, Codable {
    /// The name, as in the header.
    public let name: String
    /// What the column holds.
    public let meaning: String
    /// The kind of value: `text`, `day`, `integer`, `number`, `yes/no`, `code` or `codes`.
    public let kind: String
    /// The unit; empty without one.
    public let unit: String
    /// Of whom a value is expected: `everyone`, `infused` or `optional`.
    public let expectation: String
    /// The values allowed: the codes of a list, or a range; empty for any.
    public let allowed: [String]
  }

  /// One table.
  public struct Table: Hashable, Sendable, Codable {
    /// The name, and the name of the file without `.csv`.
    public let name: String
    /// The columns in their order.
    public let columns: [Column]
  }

  /// The tables: the study, the subjects, and what happened to them.
  public let tables: [Table]

  /// The dictionary of this version.
  public static let current = DataDictionary(tables: [
    table(Study.self), table(Subject.self), childTable(Toxicity.self),
    childTable(Assessment.self), childTable(Consolidation.self), childTable(Relapse.self),
  ])

  private static func table<Row: TableRow>(_: Row.Type) -> Table {
    Table(name: Row.tableName, columns: columns(of: Row.self))
  }

  private static func childTable<Row: TableRow>(_: Row.Type) -> Table {
    let subject = Column(
      name: "subjectID", meaning: "The subject, as in subjects", kind: "text", unit: "",
      expectation: "everyone", allowed: [])
    return Table(name: Row.tableName, columns: [subject] + columns(of: Row.self))
  }

  /// The columns of a table without the subject of a child table.
  static func columns<Row: TableRow>(of _: Row.Type) -> [Column] {
    var lister = FieldLister()
    Row().show(&lister)
    return lister.columns
  }

  /// The tables as Markdown, one row for each column.
  /// - Parameter names: The tables to print.
  /// - Returns: A heading and a table for each.
  public func markdown(tables names: [String]) -> String {
    tables.filter { names.contains($0.name) }.map { table in
      let rows = table.columns.map { column in
        let type = column.unit.isEmpty ? column.kind : "\(column.kind), \(column.unit)"
        return "| \(column.name) | \(column.meaning) | \(type) | "
          + "\(column.allowed.joined(separator: ", ")) |"
      }
      return
        ([
          "### \(table.name).csv", "", "| column | meaning | type, unit | allowed |",
          "|---|---|---|---|",
        ] + rows).joined(separator: "\n")
    }.joined(separator: "\n\n") + "\n"
  }
}

/// Lists the fields of a record.
struct FieldLister: FieldExchange {
  private(set) var columns: [DataDictionary.Column] = []

  private mutating func add(_ field: Field, _ kind: String, _ allowed: [String] = []) {
    let range = field.range.map {
      [
        "\(FieldText.number($0.lowerBound))–"
          + FieldText.number($0.upperBound)
      ]
    }
    columns.append(
      DataDictionary.Column(
        name: field.name, meaning: field.meaning, kind: kind, unit: field.unit,
        expectation: field.expectation.rawValue, allowed: range ?? allowed))
  }

  mutating func text(_ field: Field, _: inout String) { add(field, "text") }
  mutating func text(_ field: Field, _: inout String?) { add(field, "text") }
  mutating func day(_ field: Field, _: inout CalendarDay?) { add(field, "day") }
  mutating func integer(_ field: Field, _: inout Int?) { add(field, "integer") }
  mutating func number(_ field: Field, _: inout Double?) { add(field, "number") }
  mutating func flag(_ field: Field, _: inout Bool?) { add(field, "yes/no") }
  mutating func code<Code: CodeList>(_ field: Field, _: inout Coded<Code>?) {
    add(field, "code", Code.allCases.map(\.rawValue))
  }
  mutating func codes<Code: CodeList>(_ field: Field, _: inout Coded<Set<Code>>?) {
    add(field, "codes", Code.allCases.map(\.rawValue))
  }
}
