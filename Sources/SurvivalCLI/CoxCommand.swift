// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import CohortModels
internal import SurvivalKit

/// `survival cox`: the proportional-hazards model.
struct CoxCommand: AnalysisCommand {
  static let configuration = CommandConfiguration(
    commandName: "cox", abstract: "Cox's proportional-hazards model.",
    discussion: """
      Example: survival cox lung.csv --time time --event status --event-value 2 \
      --covariates age,ph.ecog --factors sex=1 --interactions sex:age
      """)

  @OptionGroup(title: "Data and output") var options: DataOptions

  @Option(
    help: ArgumentHelp("Columns of numbers, separated by commas.", valueName: "col,…"))
  var covariates: [String] = []

  @Option(
    help: ArgumentHelp(
      "Columns of categories; F=LEVEL names the reference, otherwise the first in sorted order.",
      valueName: "f,g=level,…"))
  var factors: [String] = []

  @Option(
    help: ArgumentHelp(
      "Pairs of columns whose products are added; factors are those listed under --factors.",
      valueName: "a:b,…"))
  var interactions: [String] = []

  @Option(
    help: ArgumentHelp("Column of a known part of the linear predictor.", valueName: "col"))
  var offset: String?

  @Option(help: "How tied events are treated.")
  var ties = TieMethod.efron

  @Flag(help: "Robust standard errors, with every row on its own unless --cluster is given.")
  var robust = false

  func validate() throws {
    guard !(covariates.isEmpty && factors.isEmpty && interactions.isEmpty) else {
      throw ValidationError("a model needs --covariates, --factors or --interactions.")
    }
    for pair in interactions.flatMap({ $0.split(separator: ",") }) where !pair.contains(":") {
      throw ValidationError(
        "--interactions takes pairs of columns such as age:sex, not \(pair).")
    }
  }

  func answer() throws -> CoxReport {
    var columns: DesignReader?
    var offsets: [Double?]?
    let study = try Study(options) { reader in
      let terms = try DesignTerm.terms(
        covariates: covariates, factors: factors, interactions: interactions, in: reader.table)
      columns = try DesignReader(terms, &reader)
      offsets = try offset.map {
        try reader.numbers($0, allowed: "a finite number", where: \.isFinite)
      }
    }
    let (design, references) = try columns?.design(of: study) ?? ([], [])
    let fit = try study.file.asking {
      try CoxRegression.fit(
        study.data, design: DesignMatrix(design, rowCount: study.data.count),
        strata: study.strata, offset: offsets.map(study.used), ties: ties,
        isRobust: robust ? true : nil)
    }
    var estimates = fit.estimates
    estimates.exclusions = study.exclusions
    estimates.endpoint = options.endpointName
    return CoxReport(
      estimates: estimates, references: references, level: options.level)
  }
}
