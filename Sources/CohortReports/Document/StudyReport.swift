// SPDX-License-Identifier: Apache-2.0

/// The report of a study: what was found, in an order for reading.
///
/// ```swift
/// let findings = TransplantAnalysis().applied(to: try TransplantCohort.load())
/// let report = StudyReport(findings)
/// print(report)  // as text
/// let page = report.html()
/// let numbers = report.json()
/// ```
///
/// One value serves every output, so that text, page and files of numbers cannot disagree. A number is
/// held with all its digits, and rounded where it is shown. Nothing is estimated here: a report is made
/// from results.
public struct StudyReport: Sendable {
  /// The name of the study in file names and data: letters, digits and hyphens.
  public var identifier: String
  /// The title.
  public var title: String
  /// One sentence under the title.
  public var subtitle: String
  /// Whether the subjects are synthetic, which every output then says.
  public var isSynthetic: Bool
  /// The sections in order.
  public var sections: [Section]

  /// Creates a report.
  /// - Parameters:
  ///   - identifier: The name of the study in file names and data: letters, digits and hyphens.
  ///   - title: The title.
  ///   - subtitle: One sentence under the title.
  ///   - isSynthetic: Whether the subjects are synthetic.
  ///   - sections: The sections in order.
  public init(
    identifier: String, title: String, subtitle: String = "", isSynthetic: Bool = false,
    sections: [Section]
  ) {
    self.identifier = identifier
    self.title = title
    self.subtitle = subtitle
    self.isSynthetic = isSynthetic
    self.sections = sections
  }

  /// All tables in order, those behind figures included.
  public var tables: [Table] {
    sections.flatMap(\.blocks).compactMap { block in
      switch block {
      case .table(let table): table
      case .figure(let figure): figure.data
      case .heading, .paragraph, .note, .definitions: nil
      }
    }
  }

  /// What a reader of synthetic data is to know.
  static let syntheticWarning =
    "Synthetic data. The subjects are nobody: they were drawn at random so that their statistics "
    + "are like published ones, and no number here is a finding about patients."
}

extension StudyReport {
  /// A part of a report that the table of contents names.
  public struct Section: Sendable {
    /// The name of the section in links and data: letters, digits and hyphens.
    public var identifier: String
    /// The title.
    public var title: String
    /// What the section consists of, in order.
    public var blocks: [Block]

    /// Creates a section.
    /// - Parameters:
    ///   - identifier: The name of the section in links and data; unique in a report.
    ///   - title: The title.
    ///   - blocks: What the section consists of, in order.
    public init(_ identifier: String, title: String, blocks: [Block]) {
      self.identifier = identifier
      self.title = title
      self.blocks = blocks
    }
  }

  /// A piece of a section.
  public enum Block: Sendable {
    /// A heading within the section.
    case heading(String)
    /// A paragraph.
    case paragraph(String)
    /// A sentence that must not be overlooked, or that says how numbers came about.
    case note(NoteKind, String)
    /// Terms and what they mean here.
    case definitions([Definition])
    /// A table.
    case table(Table)
    /// A figure.
    case figure(Figure)
  }

  /// How much a note matters.
  public enum NoteKind: String, Hashable, Sendable, Codable, CaseIterable {
    /// How a number came about.
    case method
    /// A reason to doubt a number although there is one.
    case warning
    /// Why there is no number.
    case refusal
  }

  /// A term and what it means here.
  public struct Definition: Hashable, Sendable {
    /// The term.
    public var term: String
    /// What it means here, in sentences.
    public var meaning: String

    /// Creates a definition.
    /// - Parameters:
    ///   - term: The term.
    ///   - meaning: What it means here, in sentences.
    public init(_ term: String, _ meaning: String) {
      self.term = term
      self.meaning = meaning
    }
  }
}
