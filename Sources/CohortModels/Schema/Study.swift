// SPDX-License-Identifier: Apache-2.0

/// What holds for a study as a whole.
public struct Study: Codable, Hashable, Sendable {
  /// The name of the study in tables and files (STUDYID).
  public var studyID = ""
  /// The title, in words.
  public var title = ""
  /// The last day whose events count; `nil` when not recorded.
  public var dataLock: CalendarDay?
  /// The least age in years at which somebody could take part.
  public var minimumAgeYears: Int? = 18
  /// Whether the subjects were drawn by ``SyntheticCohort`` and are nobody; `nil` when not recorded.
  public var isSynthetic: Bool?

  /// A study of which nothing is recorded yet.
  public init() {}
}

/// A study and its subjects as they were recorded, right or wrong.
///
/// Nothing is checked here: that is what ``ValidatedCohort`` is for, which alone can be analysed.
public struct Cohort: Codable, Hashable, Sendable {
  /// The study.
  public var study: Study
  /// The subjects, in the order of the file.
  public var subjects: [Subject]

  /// Creates a cohort.
  /// - Parameters:
  ///   - study: The study.
  ///   - subjects: The subjects.
  public init(study: Study, subjects: [Subject]) {
    self.study = study
    self.subjects = subjects
  }
}

extension Study: TableRow {
  static let tableName = "study"

  mutating func exchange(_ fields: inout some FieldExchange) {
    fields.text(Field("studyID", "Name of the study (STUDYID)", .everyone), &studyID)
    fields.text(Field("title", "Title"), &title)
    fields.day(Field("dataLock", "Last day whose events count", .everyone), &dataLock)
    fields.integer(
      Field("minimumAgeYears", "Least age of a subject", unit: "years", range: 0...110),
      &minimumAgeYears)
    fields.flag(Field("synthetic", "Whether the subjects are drawn and nobody"), &isSynthetic)
  }
}
