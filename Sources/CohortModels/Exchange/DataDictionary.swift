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
    /// The name of the list that the codes are of; empty for other kinds.
    public let codeList: String
  }

  /// One table.
  public struct Table: Hashable, Sendable, Codable {
    /// The name, and the name of the file without `.csv`.
    public let name: String
    /// The columns in their order.
    public let columns: [Column]
  }

  /// One code of a list.
  public struct Code: Hashable, Sendable, Codable {
    /// The list, by the name of its enumeration.
    public let list: String
    /// The code, as files hold it.
    public let code: String
    /// The code in words.
    public let label: String
    /// The concept of a public terminology that it stands for; `nil` where none is known to us.
    public let concept: String?
  }

  /// The tables: the study, the subjects, and what happened to them.
  public let tables: [Table]
  /// The codes of all lists, in the order in which the tables use the lists.
  ///
  /// Every list allows `unknown` and `notApplicable` besides.
  public let codes: [Code]

  /// The dictionary of this version.
  public static let current: DataDictionary = {
    var codes = [Code]()
    func table<Row: TableRow>(_: Row.Type, isChild: Bool = false) -> Table {
      var lister = FieldLister()
      Row().show(&lister)
      for code in lister.codes where !codes.contains(code) { codes.append(code) }
      let subject = Column(
        name: "subjectID", meaning: "The subject, as in subjects", kind: "text", unit: "",
        expectation: "everyone", allowed: [], codeList: "")
      return Table(name: Row.tableName, columns: (isChild ? [subject] : []) + lister.columns)
    }
    let tables = [
      table(Study.self), table(Subject.self), table(Toxicity.self, isChild: true),
      table(Assessment.self, isChild: true), table(Consolidation.self, isChild: true),
      table(Relapse.self, isChild: true),
    ]
    return DataDictionary(tables: tables, codes: codes)
  }()

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

extension DataDictionary {
  /// The codes as a CSV table: list, code, label, concept.
  public func codesCSV() -> String {
    var writer = FieldWriter(.csv)
    writer.raw("list,code,label,concept\n")
    for code in codes {
      writer.begin()
      for (name, text) in [
        ("list", code.list), ("code", code.code), ("label", code.label),
        ("concept", code.concept ?? ""),
      ] {
        writer.begin(name)
        writer.write(text)
      }
      writer.raw("\n")
    }
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  /// The codes as Markdown, one table for all lists.
  public func codesMarkdown() -> String {
    let rows = codes.map { "| \($0.list) | \($0.code) | \($0.label) | \($0.concept ?? "") |" }
    return (["| list | code | label | concept |", "|---|---|---|---|"] + rows)
      .joined(separator: "\n") + "\n"
  }
}

/// Lists the fields of a record.
struct FieldLister: FieldExchange {
  private(set) var columns: [DataDictionary.Column] = []
  private(set) var codes: [DataDictionary.Code] = []

  private mutating func add(
    _ field: Field, _ kind: String, _ allowed: [String] = [], codeList: String = ""
  ) {
    let range = field.range.map {
      [
        "\(FieldText.number($0.lowerBound))–"
          + FieldText.number($0.upperBound)
      ]
    }
    columns.append(
      DataDictionary.Column(
        name: field.name, meaning: field.meaning, kind: kind, unit: field.unit,
        expectation: field.expectation.rawValue, allowed: range ?? allowed,
        codeList: codeList))
  }

  mutating func text(_ field: Field, _: inout String) { add(field, "text") }
  mutating func text(_ field: Field, _: inout String?) { add(field, "text") }
  mutating func day(_ field: Field, _: inout CalendarDay?) { add(field, "day") }
  mutating func integer(_ field: Field, _: inout Int?) { add(field, "integer") }
  mutating func number(_ field: Field, _: inout Double?) { add(field, "number") }
  mutating func flag(_ field: Field, _: inout Bool?) { add(field, "yes/no") }
  mutating func code<Code: CodeList>(_ field: Field, _: inout Coded<Code>?) {
    addCodes(of: Code.self, field, "code")
  }
  mutating func codes<Code: CodeList>(_ field: Field, _: inout Coded<Set<Code>>?) {
    addCodes(of: Code.self, field, "codes")
  }

  private mutating func addCodes<Code: CodeList>(of _: Code.Type, _ field: Field, _ kind: String) {
    let list = String(describing: Code.self)
    add(field, kind, Code.allCases.map(\.rawValue), codeList: list)
    codes += Code.allCases.map {
      DataDictionary.Code(list: list, code: $0.rawValue, label: $0.label, concept: $0.concept)
    }
  }
}
