// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import CohortModels
internal import CohortReports
internal import SurvivalKit
internal import SurvivalPlots

/// `survival cox`: the proportional-hazards model.
struct CoxCommand: AnalysisCommand {
  static let configuration = CommandConfiguration(
    commandName: "cox", abstract: "Cox's proportional-hazards model.",
    discussion: """
      JSON holds everything that is asked for. Text shows residuals by their quartiles only. CSV \
      holds the coefficients, whatever else is asked for.

      With --concordance or --concordance-up-to the JSON of the concordance has three more keys: \
      weighting, upTo, and standardErrorOfKnownWeights, which is R's. With --expected the JSON has \
      expectedEvents: estimate and standardError for each row used, null for one of weight 0.

      With --new-data each row of a second file, numbered from 1 after its header, is given the \
      survival that the model predicts. It needs the columns of the covariates, factors, strata and \
      offset, with levels of factors and strata that the fit has seen and nothing missing. The linear \
      predictor is not centred: it is 0 where all covariates are 0, as that of R's \
      predict(type = "lp", reference = "zero"), and holds the offset as it is. Limits are those of R's \
      survfit with conf.type "log". Beyond the last time at which anybody of the stratum was observed \
      nothing is said.

      Coefficients are named as they are printed: a column, F[LEVEL] for a level of a factor, \
      COL[KNOT] for a spline, whose coefficients are log hazard ratios of the knots to the first one. \
      --contrast takes these names; --joint-test also takes a factor or a spline as a whole.

      Example: survival cox lung.csv --time time --event status --event-value 2 \
      --covariates age,ph.ecog --factors sex=1 --interactions sex:age \
      --proportional-hazards km --new-data new.csv --at 180,365
      """)

  @OptionGroup(title: "Data and output") var options: DataOptions

  @OptionGroup(title: "Model") var terms: TermOptions

  @Option(
    help: ArgumentHelp(
      "Columns of numbers as natural cubic splines, each with its degrees of freedom.",
      valueName: "col:df,…"))
  var splines: [String] = []

  @Option(help: "How tied events are treated.")
  var ties = TieMethod.efron

  @Option(help: "Firth's penalty keeps estimates finite where the likelihood rises without end.")
  var penalty = CoxPenalty.none

  @Flag(help: "Robust standard errors, with every row on its own unless --cluster is given.")
  var robust = false

  @Option(
    help: ArgumentHelp(
      "Test whether coefficients change with time on this scale; a factor is one term.",
      valueName: "scale"))
  var proportionalHazards: TimeTransform?

  @Option(help: "How much the pairs of an event time count in the concordance; uno is Uno's C.")
  var concordance = ConcordanceWeight.harrell

  @Option(
    help: ArgumentHelp("The last time whose events count in the concordance.", valueName: "t"))
  var concordanceUpTo: Double?

  @Flag(help: "The expected number of events of each row used, in the file's order; JSON only.")
  var expected = false

  @Option(
    help: ArgumentHelp(
      "Residuals: one for each row used, in the file's order; Schoenfeld's for each event, by time "
        + "across strata (in SurvivalKit by stratum, then time).", valueName: "kind"))
  var residuals: CoxResidualKind?

  @Option(
    help: ArgumentHelp(
      "A sum of multiples of coefficients, by their names; may be repeated, and then all are tested "
        + "jointly, too.", valueName: "a=1,b=-1"))
  var contrast: [String] = []

  @Option(
    help: ArgumentHelp(
      "Terms or coefficients to be tested jointly; may be repeated.", valueName: "term,…"))
  var jointTest: [String] = []

  @Flag(help: "Confidence limits of the hazard ratios by profile likelihood, too.")
  var profileIntervals = false

  @Option(
    help: ArgumentHelp("A second CSV file, whose rows' survival is predicted.", valueName: "file"))
  var newData: String?

  @Option(
    help: ArgumentHelp(
      "Draw the hazard ratios with their limits into this file as well.", valueName: "file.svg"),
    transform: FigureFile.init)
  var plot: FigureFile?

  @Option(
    help: ArgumentHelp("The times of the predictions; needs --new-data.", valueName: "t1,t2,…"))
  var at: NumberList?

  func validate() throws {
    guard !terms.isEmpty || !splines.isEmpty else {
      throw ValidationError("a model needs --covariates, --splines, --factors or --interactions.")
    }
    for text in splines {
      let columns = NamedNumbers(text, separator: ":")?.values
      guard let columns,
        columns.allSatisfy({ (1...100).contains($0.number) && $0.number == $0.number.rounded() })
      else {
        throw ValidationError(
          "--splines takes columns with degrees of freedom, 1 to 100, such as age:4, not \(text).")
      }
    }
    for text in contrast where NamedNumbers(text, separator: "=") == nil {
      throw ValidationError(
        "--contrast takes coefficients with their factors such as age=10,sex=-1, not \(text).")
    }
    for text in contrast {
      let names = NamedNumbers(text, separator: "=")?.values.map(\.name) ?? []
      guard Set(names).count == names.count else {
        throw ValidationError("--contrast names a coefficient twice in \(text).")
      }
    }
    if let concordanceUpTo, concordanceUpTo.isNaN {
      throw ValidationError("--concordance-up-to takes a time, not \(concordanceUpTo).")
    }
    guard newData == nil || at != nil else {
      throw ValidationError("--new-data needs --at, the times at which survival is predicted.")
    }
    guard at == nil || newData != nil else {
      throw ValidationError("--at needs --new-data, the file whose rows' survival is predicted.")
    }
  }

  func answer() throws -> CoxReport {
    var reading: (columns: DesignReader, offsets: [Double?]?)?
    let study = try Study(options) { reader in
      let designTerms = try DesignTerm.terms(
        covariates: terms.covariates,
        splines: splines.compactMap { NamedNumbers($0, separator: ":") }, factors: terms.factors,
        interactions: terms.interactions, in: reader.table)
      let columns = try DesignReader(designTerms, &reader)
      let offsets = try terms.offset.map {
        try reader.numbers($0, allowed: "a finite number", where: \.isFinite)
      }
      reading = (columns, offsets)
    }
    let coding =
      try reading?.columns.coding(of: study) ?? DesignCoding(terms: [], source: TermColumns())
    // Read before the fit: a mistake in it should not have to wait for that.
    let newRows = try newData.map {
      try NewRows(contentsOf: $0, coding: coding, offset: terms.offset, study: study)
    }
    let fit = try study.file.asking {
      try CoxRegression.fit(
        study.data,
        design: DesignMatrix(coding.columns(coding.source), rowCount: study.data.count),
        strata: study.strata, offset: reading?.offsets.map(study.used), ties: ties,
        penalty: penalty, isRobust: robust ? true : nil, parallelism: options.threads)
    }
    var estimates = fit.estimates
    estimates.exclusions = study.exclusions
    estimates.endpoint = options.endpointName
    let inference = try study.file.asking {
      try CoxInference(
        fit, coding: coding, contrasts: contrast.compactMap { NamedNumbers($0, separator: "=") },
        jointTests: jointTest, profileLevel: profileIntervals ? options.level : nil)
    }
    try plot?.write(
      ForestPlot(estimates, references: coding.references, level: options.level))
    return CoxReport(
      estimates: estimates, inference: inference, references: coding.references,
      level: options.level,
      concordance: try study.file.asking { try concordance(of: fit) },
      proportionalHazards: try study.file.asking {
        try proportionalHazards.map {
          try fit.proportionalHazardsTest($0, terms: coding.columnPositions)
        }
      },
      residuals: try study.file.asking { try residuals.map { try fit.residuals($0) } },
      expected: try study.file.asking { expected ? try fit.expectedEvents() : nil },
      predictions: try newRows.map {
        try Prediction.predictions(
          for: $0, of: fit, coding: coding, at: at?.values ?? [], level: options.level)
      })
  }

  /// The concordance; `nil` when no two rows can be compared, which is no reason to give no answer.
  private func concordance(of fit: CoxRegression) throws -> Concordance? {
    do {
      return try fit.concordance(weighting: concordance, upTo: concordanceUpTo)
    } catch let error where error.code == .notEstimable {
      return nil
    }
  }
}
