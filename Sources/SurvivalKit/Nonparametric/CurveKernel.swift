// SPDX-License-Identifier: Apache-2.0

internal import RealModule
internal import SurvivalKernels

/// The estimation of one curve from one stratum of a risk table.
///
/// Runs over the slots in the order of time. Each estimator is a hazard increment, a variance
/// increment and a factor for the survival probability.
struct CurveKernel {
  let data: SurvivalData
  let table: RiskTable
  let counts: RiskCounts
  let estimator: CurveEstimator
  let variance: CurveVariance
  let isReversed: Bool
  let startTime: Double?

  /// One increment of log Ŝ and of Λ̂, with variances.
  private struct Increment {
    var hazard = 0.0
    var hazardVariance = 0.0
    var survivalFactor = 1.0
    var logVariance = 0.0
  }

  /// The curve of a stratum of the table.
  /// - Complexity: O(*m*), and O(*n*) more with a robust variance.
  func curve(stratum: Int, group: String) -> SurvivalCurve {
    let range = table.strata[stratum]
    let slots = range.reversed().filter { table.slotTimes[$0].isFinite }
    var times = [Double]()
    var (atRisk, events, censored, entered) = ([Double](), [Double](), [Double](), [Double]())
    var (survival, hazards) = ([Double](), [Double]())
    var (hazardVariances, logVariances) = ([Double](), [Double]())
    times.reserveCapacity(slots.count)
    var state = (survival: 1.0, hazard: 0.0, hazardVariance: 0.0, logVariance: 0.0)
    for slot in slots {
      let deaths = isReversed ? counts.censored[slot] : counts.events[slot]
      let others = isReversed ? counts.events[slot] : counts.censored[slot]
      // Censoring follows events of the same time: who has died is not at risk of being censored.
      let risk = isReversed ? counts.afterEvents[slot] : counts.atRisk[slot]
      if deaths > 0 {
        let step = increment(
          deaths: deaths, tied: tied(slot), atRisk: risk, survivors: survivors(slot))
        state.hazard += step.hazard
        state.hazardVariance += step.hazardVariance
        state.logVariance += step.logVariance
        state.survival *= step.survivalFactor
      }
      times.append(table.slotTimes[slot])
      atRisk.append(risk)
      events.append(deaths)
      censored.append(others)
      entered.append(counts.entered[slot])
      hazards.append(state.hazard)
      hazardVariances.append(state.hazardVariance)
      logVariances.append(state.logVariance)
      survival.append(
        estimator == .kaplanMeier ? state.survival : Double.exp(-state.hazard))
    }
    var influence: CurveInfluence?
    if variance == .robust {
      var robust = CurveInfluence(
        data: data, table: table, stratum: stratum, slots: slots, isReversed: isReversed,
        continued: counts.continued)
      robust.setIncrements(
        slots.indices.map {
          influenceIncrement(
            deaths: events[$0], tied: tied(slots[$0]), atRisk: atRisk[$0],
            survivors: survivors(slots[$0]))
        })
      hazardVariances = robust.hazardVariances()
      logVariances = estimator == .kaplanMeier ? robust.logVariances() : hazardVariances
      influence = robust
    }
    let rows = rowsOf(stratum)
    let origin = startTime ?? Swift.min(0, earliestStart(stratum, times))
    return SurvivalCurve(
      group: group, estimator: estimator, variance: variance, weightKind: data.weightKind,
      isReversed: isReversed, startTime: origin,
      rowCount: rows.count,
      subjectCount: data.subjects.map { subjects in
        Set(rows.map { subjects.codes[Int(table.order[$0])] }).count
      } ?? rows.count,
      times: times, atRisk: atRisk, events: events, censored: censored, entered: entered,
      survival: survival, cumulativeHazard: hazards, hazardVariance: hazardVariances,
      logVariance: logVariances, lateEntries: lateEntries(stratum, after: origin),
      influence: influence)
  }

  private func tied(_ slot: Int) -> Double {
    isReversed ? counts.tiedCensored[slot] : counts.tiedEvents[slot]
  }

  /// The weight at risk after what counts as deaths at a slot.
  private func survivors(_ slot: Int) -> Double {
    isReversed ? counts.afterCensoring[slot] : counts.afterEvents[slot]
  }

  /// The increments at a time with deaths of weight W, `tied` of them, among a weight at risk Y of
  /// which `survivors` remain.
  private func increment(
    deaths: Double, tied: Double, atRisk: Double, survivors: Double
  ) -> Increment {
    var step = Increment()
    switch estimator {
    case .kaplanMeier, .nelsonAalen:
      step.hazard = deaths / atRisk
      step.hazardVariance = deaths / atRisk / atRisk
    case .flemingHarrington:
      let sums = TieSums(
        isEfron: true, events: tied, weight: deaths, dying: deaths, bystanders: survivors)
      step.hazard = sums.hazard
      step.hazardVariance = sums.hazardVariance
    }
    if estimator == .kaplanMeier {
      step.survivalFactor = survivors / atRisk
      if variance == .aalen {
        step.logVariance = step.hazardVariance
      } else if survivors > 0 {
        step.logVariance = deaths / atRisk / survivors
      }
    } else {
      step.logVariance = step.hazardVariance
    }
    return step
  }

  /// What a death and being at risk do to the estimate at one time: the derivative of the increment
  /// with respect to the weight of a row.
  private func influenceIncrement(
    deaths: Double, tied: Double, atRisk: Double, survivors: Double
  ) -> CurveInfluence.Increment {
    guard deaths > 0 else { return CurveInfluence.Increment() }
    var step = CurveInfluence.Increment()
    if estimator == .flemingHarrington {
      let sums = TieSums(
        isEfron: true, events: tied, weight: deaths, dying: deaths, bystanders: survivors)
      step.hazardRisk = sums.hazardVariance
      // One more death adds to W in every part, and k/d of itself less to what has left.
      step.hazardDeath = sums.hazard / deaths + sums.hazardVariance * sums.meanShare
    } else {
      step.hazardRisk = deaths / atRisk / atRisk
      step.hazardDeath = 1 / atRisk
    }
    if survivors > 0 {
      step.logRisk = deaths / atRisk / survivors
      step.logDeath = 1 / survivors
    }
    if estimator != .kaplanMeier {
      (step.logRisk, step.logDeath) = (step.hazardRisk, step.hazardDeath)
    }
    return step
  }

  /// The positions of a stratum's rows in the table's order.
  private func rowsOf(_ stratum: Int) -> Range<Int> {
    let range = table.strata[stratum]
    return range.isEmpty
      ? 0..<0 : table.slotStart[range.lowerBound]..<table.slotStart[range.upperBound]
  }

  /// The earliest entry or exit of a stratum.
  private func earliestStart(_ stratum: Int, _ times: [Double]) -> Double {
    var earliest = times.first ?? 0
    if let entries = data.entries {
      for position in rowsOf(stratum) {
        let entry = entries[Int(table.order[position])]
        if entry.isFinite { earliest = Swift.min(earliest, entry) }
      }
    }
    return earliest
  }

  /// Who came under observation after the beginning of the curve, and when.
  private func lateEntries(_ stratum: Int, after origin: Double) -> [SurvivalCurve.LateEntry] {
    guard let entries = data.entries, let entryOrder = table.entryOrder else { return [] }
    let start = table.entryStart[stratum]
    let end = start + rowsOf(stratum).count
    var late = [SurvivalCurve.LateEntry]()
    for position in (start..<end).reversed() {
      let row = Int(entryOrder[position])
      let time = Swift.max(entries[row], startTime ?? -.infinity)
      guard time > origin, counts.continues.isEmpty || !counts.continues[row] else { continue }
      let weight = data.weights?.values[row] ?? 1
      if let last = late.last, last.time == time {
        late[late.count - 1] = SurvivalCurve.LateEntry(time: time, weight: last.weight + weight)
      } else {
        late.append(SurvivalCurve.LateEntry(time: time, weight: weight))
      }
    }
    return late
  }
}
