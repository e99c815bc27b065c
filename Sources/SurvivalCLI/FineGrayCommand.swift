// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import CohortModels
internal import CohortReports
internal import SurvivalKit

/// `survival finegray`: the Fine–Gray model of the cumulative incidence of one cause.
struct FineGrayCommand: AnalysisCommand {
  static let configuration = CommandConfiguration(
    commandName: "finegray",
    abstract: "The Fine–Gray model of one cause's cumulative incidence.",
    discussion: """
      The column named by --cause holds 0, or nothing, where a row was censored, and otherwise what \
      it ended with; --of says which cause is modelled. Coefficients are log ratios of the \
      subdistribution hazard. The robust standard errors count that the censoring distribution is \
      estimated, as those of R's crr; with --entry, or --variance fixed-weights, they are those of \
      coxph on the rows of finegray. Ties of event and censoring are treated as in finegray. Each of \
      the --strata has its own baseline and, unless --censoring-groups says otherwise, its own \
      censoring distribution.

      JSON is that of survival cox, with the cumulative incidence in the predictions; what is not \
      asked of such a model is null.

      Example: survival finegray data.csv --time months --cause outcome --of relapse \
      --covariates age --factors arm=control
      """)

  @OptionGroup(title: "Data and output") var options: CauseOptions

  @Option(help: ArgumentHelp("The cause whose incidence is modelled.", valueName: "cause"))
  var of: String

  @OptionGroup(title: "Model") var terms: TermOptions

  @Option(help: "How tied events are treated: efron or breslow.")
  var ties = TieMethod.efron

  @Option(help: "Which standard errors the estimates have.")
  var variance = FineGrayVariance.automatic

  @Option(
    help: ArgumentHelp(
      "Column of groups that each have a censoring distribution.", valueName: "col"))
  var censoringGroups: String?

  @Option(
    help: ArgumentHelp(
      "A second CSV file, for whose rows the incidence is predicted.", valueName: "file"))
  var newData: String?

  @Option(
    help: ArgumentHelp("The times of the predictions; needs --new-data.", valueName: "t1,t2,…"))
  var at: NumberList?

  func validate() throws {
    guard !terms.isEmpty else {
      throw ValidationError("a model needs --covariates, --factors or --interactions.")
    }
    guard (newData == nil) == (at == nil) else {
      throw ValidationError(
        "--new-data, the file, and --at, the times of its predictions, need one another.")
    }
  }

  func answer() throws -> FineGrayReport {
    var reading: (columns: DesignReader, offsets: [Double?]?, groups: [String?]?)?
    let study = try Study(options) { reader in
      let designTerms = try DesignTerm.terms(
        covariates: terms.covariates, splines: [], factors: terms.factors,
        interactions: terms.interactions,
        in: reader.table)
      let columns = try DesignReader(designTerms, &reader)
      let offsets = try terms.offset.map {
        try reader.numbers($0, allowed: "a finite number", where: \.isFinite)
      }
      reading = (columns, offsets, try censoringGroups.map { try reader.labels($0) })
    }
    let coding =
      try reading?.columns.coding(of: study) ?? DesignCoding(terms: [], source: TermColumns())
    let newRows = try newData.map {
      try NewRows(contentsOf: $0, coding: coding, offset: terms.offset, study: study)
    }
    let cause = try cause(in: study)
    let fit = try study.file.asking {
      try FineGrayRegression.fit(
        study.data, cause: cause,
        design: DesignMatrix(coding.columns(coding.source), rowCount: study.data.count),
        strata: study.strata,
        censoringGroups: reading?.groups.map { Grouping(labels: study.used($0)) },
        offset: reading?.offsets.map(study.used), ties: ties, variance: variance)
    }
    var estimates = fit.estimates
    estimates.exclusions = study.exclusions
    estimates.endpoint = options.endpointName
    return FineGrayReport(
      model: CoxReport(
        estimates: estimates, inference: CoxInference(), references: coding.references,
        level: options.level, concordance: nil, proportionalHazards: nil, residuals: nil,
        expected: nil, predictions: nil),
      predictions: try newRows.map { rows in
        try predictions(for: rows, of: fit, coding: coding, study: study)
      })
  }

  /// The cause as the data name it: 1 and 1.0 are the same number.
  private func cause(in study: Study) throws -> String {
    let levels = study.data.causes?.levels ?? []
    let number = Cell.number(of)
    guard
      let cause = levels.first(where: {
        $0 == of || (number != nil && Cell.number($0) == number)
      })
    else {
      throw CommandError(
        "\(study.file.table.file): no row has the cause \(of) in column \(options.cause); causes "
          + "are \(levels.isEmpty ? "none" : levels.joined(separator: ", "))")
    }
    return cause
  }

  private func predictions(
    for rows: NewRows, of fit: FineGrayRegression, coding: DesignCoding, study: Study
  ) throws -> [FineGrayReport.Prediction] {
    let design = coding.columns(rows.columns)
    let times = at?.values ?? []
    let levels = study.strata?.levels ?? [""]
    let baselines = try levels.indices.map { try fit.baseline(at: times, stratum: $0) }
    return try (0..<rows.table.rowCount).map { row in
      do {
        let covariates = design.map { $0.values[row] }
        let stratum = levels.firstIndex(of: rows.strata[row]) ?? 0
        let found = try fit.cumulativeIncidence(
          for: covariates, offset: rows.offsets[row], baseline: baselines[stratum])
        let predictor = zip(covariates, fit.coefficients).reduce(rows.offsets[row]) {
          $0 + $1.0 * ($1.1.estimate ?? 0)
        }
        return FineGrayReport.Prediction(
          row: row + 1, linearPredictor: predictor, points: Array(zip(times, found)))
      } catch let error as SurvivalError {
        throw CommandError(
          "\(rows.table.file), row \(rows.table.rowNumbers[row]): \(error.message)")
      }
    }
  }
}
