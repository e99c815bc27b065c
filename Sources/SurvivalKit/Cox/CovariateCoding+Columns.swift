// SPDX-License-Identifier: Apache-2.0

extension CovariateCoding {
  /// The codings of terms, as the records in use have them.
  static func codings(
    _ covariates: [Covariate<Record>], _ records: [Record], _ rows: [Int]
  ) throws(SurvivalError) -> [CovariateCoding] {
    var result = [CovariateCoding]()
    for covariate in covariates { result.append(try covariate.coding(records, rows)) }
    return result
  }

  /// The columns of terms whose values are those of the records in use.
  static func columns(
    _ codings: [CovariateCoding], _ records: [Record], _ rows: [Int]
  ) -> [(name: String, values: [Double])] {
    codings.flatMap { $0.columns(records, rows) }
  }

  /// The columns of the term, whose values are those of the records in use.
  func columns(_ records: [Record], _ rows: [Int]) -> [(name: String, values: [Double])] {
    guard let number else { return columns(rows.compactMap { values(records[$0]) }) }
    var column = [Double]()
    column.reserveCapacity(rows.count)
    for row in rows {
      if let value = number(records[row]) { column.append(value) }
    }
    return [(name, column)]
  }

  /// The columns of the term, given its values row by row.
  func columns(_ rows: [[Double]]) -> [(name: String, values: [Double])] {
    names.enumerated().map { position, name in (name, rows.map { $0[position] }) }
  }
}

extension RecordReader {
  /// Decides which records have what a model over records needs.
  init(
    _ records: [Record], endpoint: Endpoint<Record>, covariates: [Covariate<Record>],
    offset: (@Sendable (Record) -> Double?)? = nil, weights: RecordWeights<Record>?,
    groupings: [RecordGrouping<Record>?]
  ) throws(SurvivalError) {
    var required: [(name: String, isPresent: @Sendable (Record) -> Bool)] =
      covariates.map { ($0.name, $0.isPresent) }
    if let offset { required.append(("offset", { offset($0) != nil })) }
    if let weights { required.append(("weights", { weights.value($0) != nil })) }
    for case let grouping? in groupings { required.append((grouping.name, grouping.isPresent)) }
    try self.init(records, endpoint: endpoint, required: required)
  }
}
