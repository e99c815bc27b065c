// SPDX-License-Identifier: Apache-2.0

/// One adult whose T-cells were collected for brexucabtagene autoleucel, infused or not.
///
/// The parts follow the course of the disease. Every value may be missing; a missing optional says
/// that nothing was recorded. Days are calendar days and durations are derived from them. The names
/// of the columns, units and codes are in <doc:TablesOfSubjects>.
public struct Subject: Codable, Hashable, Sendable {
  /// The name of the subject, of which no other subject of the study has the same.
  public var subjectID = ""
  /// The name of the hospital.
  public var siteID = ""
  /// Age, sex and circumstances.
  public var demographics = Demographics()
  /// The leukemia.
  public var disease = Disease()
  /// The burden of disease before apheresis.
  public var preApheresis = DiseaseStatus()
  /// The burden of disease before infusion, after any bridging.
  public var preInfusion = DiseaseStatus()
  /// What was given before apheresis or as bridging.
  public var priorTherapy = PriorTherapy()
  /// Apheresis, bridging, lymphodepletion and infusion.
  public var product = CellProduct()
  /// What was given for toxicities.
  public var toxicityCare = ToxicityCare()
  /// The death, if there was one.
  public var death = Death()
  /// When the subject was last seen.
  public var lastContact = LastContact()
  /// Names of columns whose day was estimated, such as `diagnosisDay`, separated by semicolons.
  public var estimatedDates: String? { didSet { estimatedDates = estimatedDates.nonempty } }

  /// Toxicities by kind, with the worst grade; a row of grade 0 says that there was none.
  public var toxicities: [Toxicity] = []
  /// Assessments of the disease after infusion.
  public var assessments: [Assessment] = []
  /// Transplants and maintenance after infusion.
  public var consolidations: [Consolidation] = []
  /// Relapses and progressions after infusion.
  public var relapses: [Relapse] = []

  /// A subject of whom nothing is recorded yet.
  public init() {}

  /// Whether the subject has died, on a day that may be missing.
  public var hasDied: Bool { death.day != nil || death.cause != nil }
}

extension Subject: TableRow {
  static let tableName = "subjects"

  mutating func exchange(_ fields: inout some FieldExchange) {
    fields.text(Field("subjectID", "Name of the subject, unique in the study"), &subjectID)
    fields.text(Field("siteID", "Name of the hospital"), &siteID)
    demographics.exchange(&fields)
    disease.exchange(&fields)
    preApheresis.exchange(&fields, prefix: "preApheresis", .everyone)
    preInfusion.exchange(&fields, prefix: "preInfusion", .infused)
    priorTherapy.exchange(&fields)
    product.exchange(&fields)
    toxicityCare.exchange(&fields)
    death.exchange(&fields)
    lastContact.exchange(&fields)
    fields.text(
      Field("estimatedDates", "Columns whose day was estimated, separated by semicolons"),
      &estimatedDates)
  }
}

extension String? {
  /// The text, or `nil` when it is empty: an empty cell is nothing recorded.
  var nonempty: String? { self?.isEmpty == true ? nil : self }
}
