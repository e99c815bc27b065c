// SPDX-License-Identifier: Apache-2.0

extension CoxFit {
  /// The survival that the model predicts for a record.
  ///
  /// For many records, pass the ``CoxRegression/baselineHazards()`` once and for all: a curve then
  /// shares them and holds *p* numbers of its own, so any number of curves can be walked through one by
  /// one (``PredictedCurve/steps``).
  /// - Parameters:
  ///   - record: A record, of the fit or new.
  ///   - baselines: The baseline hazards of the strata; computed when `nil`.
  /// - Returns: The curve, in the stratum of the record.
  /// - Throws: ``SurvivalError`` as ``designRow(for:)``, or with code `unknownLevel` for a stratum that
  ///   the fit has not seen.
  /// - Complexity: O(*p*), and O(*n* *p*) when the baselines are to be computed.
  public func survivalCurve(
    for record: Record, baselines: [BaselineHazard]? = nil
  ) throws(SurvivalError) -> PredictedCurve {
    let row = try designRow(for: record)
    return try regression.survivalCurve(
      for: row, offset: try knownPart(of: record),
      baseline: try baseline(of: record, among: baselines ?? regression.baselineHazards()))
  }

  /// The survival that the model predicts for a record in each of the strata, whatever its own.
  /// - Parameters:
  ///   - record: A record, of the fit or new; its stratum may be missing.
  ///   - baselines: The baseline hazards of the strata; computed when `nil`.
  /// - Returns: One curve for each stratum, which ``BaselineHazard/stratum`` of its baseline names.
  /// - Throws: ``SurvivalError`` as ``designRow(for:)``.
  public func survivalCurves(
    for record: Record, baselines: [BaselineHazard]? = nil
  ) throws(SurvivalError) -> [PredictedCurve] {
    let row = try designRow(for: record)
    let offset = try knownPart(of: record)
    var curves = [PredictedCurve]()
    for baseline in baselines ?? regression.baselineHazards() {
      curves.append(try regression.survivalCurve(for: row, offset: offset, baseline: baseline))
    }
    return curves
  }

  /// The survival that the model predicts for one person whose covariates change with time.
  ///
  /// Each record is an interval (entry, exit] with the covariates that hold there, as in the data of a
  /// fit with several records to a person; whether it ends with the event does not matter.
  /// - Parameters:
  ///   - records: The intervals of one person, in any order; without gaps and overlaps.
  ///   - baselines: The baseline hazards of the strata; computed when `nil`.
  ///   - allowsStratumChange: Whether the person may pass from one stratum to another.
  /// - Returns: The curve, which begins, at 1, where the first interval does.
  /// - Throws: ``SurvivalError`` as
  ///   ``CoxRegression/survivalCurve(along:allowsStratumChange:)`` and
  ///   ``survivalCurve(for:baselines:)``, with the positions of the records in question.
  /// - Complexity: O(*k* (*p* + log *k*)) for *k* records, and O(*n* *p*) when the baselines are to be
  ///   computed.
  public func survivalCurve(
    along records: [Record], baselines: [BaselineHazard]? = nil, allowsStratumChange: Bool = false
  ) throws(SurvivalError) -> PredictedCurve {
    let all = baselines ?? regression.baselineHazards()
    var intervals = [(position: Int, interval: CovariateInterval)]()
    for (position, record) in records.enumerated() {
      do {
        let followUp = try followUp(of: record)
        intervals.append(
          (
            position,
            CovariateInterval(
              from: followUp.entry ?? -.infinity, to: followUp.exit,
              covariates: try designRow(for: record), offset: try knownPart(of: record),
              baseline: try baseline(of: record, among: all))
          ))
      } catch {
        throw SurvivalError(
          error.code, "interval \(position + 1) of the path: \(error.message)",
          problems: error.problems.map { $0.at(position) })
      }
    }
    intervals.sort { ($0.interval.start, $0.position) < ($1.interval.start, $1.position) }
    do {
      return try regression.survivalCurve(
        along: intervals.map(\.interval), allowsStratumChange: allowsStratumChange)
    } catch {
      throw SurvivalError(
        error.code, error.message,
        problems: error.problems.map { problem in
          problem.index.map { problem.at(intervals[$0].position) } ?? problem
        })
    }
  }

  /// The survival that the model predicts for a record, by the product-limit estimate.
  /// - Parameter record: A record, of the fit or new.
  /// - Returns: The curve, in the stratum of the record.
  /// - Throws: ``SurvivalError`` as ``survivalCurve(for:baselines:)``.
  /// - Complexity: O(*n* *p*); with delayed entry another factor log *m*.
  public func productLimitSurvival(
    for record: Record
  ) throws(SurvivalError) -> ProductLimitSurvival {
    let row = try designRow(for: record)
    let strata = regression.strata?.levels ?? [""]
    let name = try stratum(of: record)
    guard let position = strata.firstIndex(of: name) else {
      throw SurvivalError.unknownStratum(name, among: strata)
    }
    return try regression.productLimitSurvival(
      for: row, offset: try knownPart(of: record), stratum: position)
  }

  /// The baseline hazard of the stratum of a record.
  private func baseline(
    of record: Record, among baselines: [BaselineHazard]
  ) throws(SurvivalError) -> BaselineHazard {
    let name = try stratum(of: record)
    guard let baseline = baselines.first(where: { $0.stratum == name }) else {
      throw SurvivalError.unknownStratum(name, among: baselines.map(\.stratum))
    }
    return baseline
  }

  /// The name of the stratum of a record.
  private func stratum(of record: Record) throws(SurvivalError) -> String {
    var labels = [String]()
    for grouping in model.strata {
      guard let label = grouping.label(record) else {
        throw SurvivalError(.invalidData, "the record has no \(grouping.name), which is a stratum")
      }
      labels.append("\(grouping.name)=\(label)")
    }
    return labels.joined(separator: ", ")
  }
}
