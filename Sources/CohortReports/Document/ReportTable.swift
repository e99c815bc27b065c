// SPDX-License-Identifier: Apache-2.0

extension StudyReport {
  /// A table: a label for each row, and cells that know their numbers.
  public struct Table: Hashable, Sendable {
    /// The name of the table in data: letters, digits and hyphens; unique in a report.
    public var identifier: String
    /// What the table shows.
    public var caption: String
    /// The heading of the labels.
    public var labelTitle: String
    /// The columns after the labels.
    public var columns: [Column]
    /// The rows in order.
    public var rows: [Row]
    /// Sentences under the table.
    public var notes: [String]

    /// Creates a table.
    /// - Parameters:
    ///   - identifier: The name of the table in data; unique in a report.
    ///   - caption: What the table shows.
    ///   - labelTitle: The heading of the labels.
    ///   - columns: The columns after the labels.
    ///   - rows: The rows in order.
    ///   - notes: Sentences under the table.
    public init(
      _ identifier: String, caption: String, labelTitle: String = "", columns: [Column],
      rows: [Row] = [], notes: [String] = []
    ) {
      self.identifier = identifier
      self.caption = caption
      self.labelTitle = labelTitle
      self.columns = columns
      self.rows = rows
      self.notes = notes
    }

    /// The positions of the columns that are shown.
    var shownColumns: [Int] { columns.indices.filter { !columns[$0].isDetail } }

    /// The rows with those under them, and how deep each is: 0 for a row of the table itself.
    var flatRows: [(row: Row, parent: String?, depth: Int)] {
      rows.flatMap { row in
        [(row, nil, 0)] + row.children.map { ($0, Optional(row.label), 1) }
      }
    }
  }

  /// A column of a table.
  public struct Column: Hashable, Sendable {
    /// The name of the column in data; unique in a table.
    public var key: String
    /// The heading.
    public var title: String
    /// Whether the cells are words, which line up at their beginning; numbers do at their end.
    public var isText: Bool
    /// Whether the column is left to the files of numbers.
    public var isDetail: Bool

    /// Creates a column.
    /// - Parameters:
    ///   - key: The name of the column in data; unique in a table.
    ///   - title: The heading.
    ///   - isText: Whether the cells are words.
    ///   - isDetail: Whether the column is left to the files of numbers.
    public init(_ key: String, _ title: String, isText: Bool = false, isDetail: Bool = false) {
      self.key = key
      self.title = title
      self.isText = isText
      self.isDetail = isDetail
    }
  }

  /// A row of a table.
  public struct Row: Hashable, Sendable {
    /// The label.
    public var label: String
    /// The cells, one for each column; those that are not there are empty.
    public var cells: [Cell]
    /// The rows that belong under this one.
    public var children: [Row]

    /// Creates a row.
    /// - Parameters:
    ///   - label: The label.
    ///   - cells: The cells, one for each column; those that are not there are empty.
    ///   - children: The rows that belong under this one.
    public init(_ label: String, _ cells: [Cell] = [], children: [Row] = []) {
      self.label = label
      self.cells = cells
      self.children = children
    }

    /// The cell of a column.
    func cell(_ column: Int) -> Cell { column < cells.count ? cells[column] : .empty }
  }
}
