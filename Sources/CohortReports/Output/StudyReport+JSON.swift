// SPDX-License-Identifier: Apache-2.0

internal import SurvivalKit

extension StudyReport {
  /// All sections as JSON: every number with all its digits, what is undefined as `null`.
  ///
  /// An object with `report`, `title`, `subtitle`, `synthetic`, `software` (`name`, `version`) and
  /// `sections`. A section has `id`, `title` and `blocks`; a block has a `kind` (`heading`, `paragraph`,
  /// `note`, `definitions`, `table` or `figure`) and what belongs to it. A table has `id`, `caption`,
  /// `columns` (`key`, `title`, and `shown`: whether text and page have it), `notes` and `rows`; a row has `label`, `parent` (the label of the row
  /// that it belongs under) and `values`, an object by the keys of the columns.
  /// - Returns: One document, with a newline at its end.
  public func json() -> String {
    JSON.object([
      ("report", .string(identifier)), ("title", .string(title)), ("subtitle", .string(subtitle)),
      ("synthetic", .bool(isSynthetic)),
      (
        "software",
        .object([
          ("name", .string("SurvivalKit")), ("version", .string(SurvivalKitVersion.current)),
        ])
      ),
      ("sections", .array(sections.map(\.json))),
    ]).text() + "\n"
  }
}

extension StudyReport.Section {
  fileprivate var json: JSON {
    .object([
      ("id", .string(identifier)), ("title", .string(title)),
      ("blocks", .array(blocks.map(\.json))),
    ])
  }
}

extension StudyReport.Block {
  fileprivate var json: JSON {
    func block(_ kind: String, _ members: [(key: String, value: JSON)]) -> JSON {
      .object([("kind", .string(kind))] + members)
    }
    switch self {
    case .heading(let text): return block("heading", [("text", .string(text))])
    case .paragraph(let text): return block("paragraph", [("text", .string(text))])
    case .note(let kind, let text):
      return block("note", [("note", .string(kind.rawValue)), ("text", .string(text))])
    case .definitions(let list):
      return block(
        "definitions",
        [
          (
            "definitions",
            .array(
              list.map {
                .object([("term", .string($0.term)), ("meaning", .string($0.meaning))])
              })
          )
        ])
    case .table(let table): return block("table", table.jsonMembers)
    case .figure(let figure):
      return block(
        "figure",
        [
          ("id", .string(figure.identifier)), ("caption", .string(figure.caption)),
          ("data", figure.data.map { .object($0.jsonMembers) } ?? .null),
        ])
    }
  }
}

extension StudyReport.Table {
  fileprivate var jsonMembers: [(key: String, value: JSON)] {
    [
      ("id", .string(identifier)), ("caption", .string(caption)),
      (
        "columns",
        .array(
          columns.map {
            .object([
              ("key", .string($0.key)), ("title", .string($0.title)),
              ("shown", .bool(!$0.isDetail)),
            ])
          })
      ),
      (
        "rows",
        .array(
          flatRows.map { row, parent, _ in
            .object([
              ("label", .string(row.label)), ("parent", parent.map { .string($0) } ?? .null),
              (
                "values",
                .object(columns.indices.map { (columns[$0].key, row.cell($0).json) })
              ),
            ])
          })
      ),
      ("notes", .array(notes.map { .string($0) })),
    ]
  }
}

extension StudyReport.Cell {
  /// The cell in one value: an object where it has several parts.
  fileprivate var json: JSON {
    let parts = parts
    guard let first = parts.first else { return .null }
    return first.name.isEmpty ? first.value : .object(parts.map { ($0.name, $0.value) })
  }
}
