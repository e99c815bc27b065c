// SPDX-License-Identifier: Apache-2.0

/// The group of every row: arms, strata, clusters or subjects.
///
/// Levels are ordered as the type of the labels says: in the order of `allCases` for a
/// `CaseIterable` type, ascending for a `Comparable` type (numbers as numbers), false before true,
/// otherwise in order of first appearance. Levels that no row has are left out.
public struct Grouping: Hashable, Sendable, Codable {
  /// The names of the levels, in order.
  public let levels: [String]
  /// For each row, the position of its level in ``levels``.
  public let codes: [Int]

  /// The number of rows.
  public var count: Int { codes.count }

  /// Groups rows by their labels.
  /// - Parameter labels: The label of every row: strings, numbers, Booleans or an enumeration.
  /// - Complexity: O(*n* + *k* log *k*) for *n* rows and *k* levels.
  public init<Label: Hashable & Sendable>(_ labels: [Label]) {
    // Numbers and texts are the usual labels of many levels: code that is made for them is faster.
    if let numbers = labels as? [Int] {
      self.init(coding: numbers)
    } else if let texts = labels as? [String] {
      self.init(coding: texts)
    } else {
      self.init(coding: labels)
    }
  }

  private init<Label: Hashable & Sendable>(coding labels: [Label]) {
    var coder = LevelCoder<Label>()
    let codes = labels.map { coder.code($0) }
    let (levels, positions) = coder.ordered()
    self.levels = LevelOrder.names(levels)
    self.codes = codes.map { positions[$0] }
  }

  /// Groups rows by labels whose order is known.
  init<Label: Hashable & Sendable>(_ labels: [Label], levels: [Label]) {
    var position = [Label: Int](minimumCapacity: levels.count)
    for (index, level) in levels.enumerated() { position[level] = index }
    self.levels = levels.map(LevelOrder.name)
    self.codes = labels.map { position[$0] ?? 0 }
  }

  /// Groups rows by codes that are known to be valid.
  init(codes: [Int], levels: [String]) {
    self.codes = codes
    self.levels = levels
  }

  /// The groups formed by every combination of two groupings that occurs, the first varying slowest.
  /// - Parameter other: Another grouping of the same rows.
  /// - Returns: A grouping whose levels are named `first, second`.
  /// - Throws: ``SurvivalError`` with code `mismatchedLengths` when the row counts differ.
  public func crossed(with other: Grouping) throws(SurvivalError) -> Grouping {
    guard count == other.count else {
      throw SurvivalError(
        .mismatchedLengths, "two groupings of \(count) and \(other.count) rows cannot be crossed")
    }
    let width = Swift.max(1, other.levels.count)
    let pairs = codes.indices.map { codes[$0] * width + other.codes[$0] }
    let used = Set(pairs).sorted()
    var position = [Int: Int](minimumCapacity: used.count)
    for (index, pair) in used.enumerated() { position[pair] = index }
    return Grouping(
      codes: pairs.map { position[$0] ?? 0 },
      levels: used.map { "\(levels[$0 / width]), \(other.levels[$0 % width])" })
  }
}

extension Grouping {
  private enum CodingKeys: String, CodingKey { case levels, codes }

  /// Decodes a grouping and checks it: every code is the position of a level.
  /// - Parameter decoder: The decoder to read from.
  /// - Throws: A decoding error, or ``SurvivalError`` that lists every row without a level.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let levels = try container.decode([String].self, forKey: .levels)
    let codes = try container.decode([Int].self, forKey: .codes)
    let problems = codes.indices.filter { !levels.indices.contains(codes[$0]) }.map {
      SurvivalError.RowProblem(
        index: $0, column: "codes", found: "\(codes[$0])",
        allowed: "the position of one of \(levels.count) levels, from 0")
    }
    guard problems.isEmpty else {
      throw SurvivalError(
        .invalidData, "\(problems.count) row(s) have no level", problems: problems)
    }
    self.init(codes: codes, levels: levels)
  }
}

/// The one rule by which levels are ordered and named.
enum LevelOrder {
  /// The distinct labels, in the order their type suggests.
  static func ordered<Label: Hashable & Sendable>(_ labels: [Label]) -> [Label] {
    var seen = Set<Label>()
    let distinct = labels.filter { seen.insert($0).inserted }
    if let type = Label.self as? any CaseIterable.Type, let cases = allCases(of: type) as? [Label] {
      return cases.filter(seen.contains)
    }
    if let answers = distinct as? [Bool],
      let ordered = answers.sorted(by: { !$0 && $1 }) as? [Label]
    {
      return ordered
    }
    guard let first = distinct.first as? any Comparable else { return distinct }
    return sorted(distinct, like: first) ?? distinct
  }

  /// The name of a level: its description, where its type has one of its own; else the raw value of an
  /// enumeration of strings.
  static func name<Label>(_ label: Label) -> String {
    if let raw = label as? any RawRepresentable, let text = raw.rawValue as? String {
      return (label as? any CustomStringConvertible)?.description ?? text
    }
    if let number = label as? Double, number == number.rounded(), abs(number) < 1e15 {
      return "\(Int(number))"
    }
    return String(describing: label)
  }

  /// The names of levels.
  static func names<Label>(_ labels: [Label]) -> [String] {
    if let texts = labels as? [String] { return texts }
    if let numbers = labels as? [Int] { return numbers.map { "\($0)" } }
    return labels.map(name)
  }

  private static func allCases<T: CaseIterable>(of type: T.Type) -> [Any] { Array(type.allCases) }

  private static func sorted<Label, Value: Comparable>(
    _ labels: [Label], like _: Value
  ) -> [Label]? {
    guard let values = labels as? [Value] else { return nil }
    return values.sorted() as? [Label]
  }
}

/// Codes of labels, each looked up once.
struct LevelCoder<Label: Hashable & Sendable> {
  private var codes: [Label: Int] = [:]
  private var labels: [Label] = []

  /// The code of a label: how many others were met before it.
  mutating func code(_ label: Label) -> Int {
    if let code = codes[label] { return code }
    codes[label] = labels.count
    labels.append(label)
    return labels.count - 1
  }

  /// The labels in the order their type suggests, and the position of each code among them.
  func ordered() -> (levels: [Label], positions: [Int]) {
    let levels = LevelOrder.ordered(labels)
    var positions = [Int](repeating: 0, count: labels.count)
    for (position, level) in levels.enumerated() { positions[codes[level] ?? 0] = position }
    return (levels, positions)
  }
}
