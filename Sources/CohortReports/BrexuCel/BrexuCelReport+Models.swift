// SPDX-License-Identifier: Apache-2.0

internal import CohortModels
internal import SurvivalKit
internal import SurvivalPlots

extension BrexuCelReport {
  // MARK: - Cox models

  var models: StudyReport.Section {
    var blocks = [StudyReport.Block]()
    for endpoint in endpoints {
      let name = endpoint.parameter.label
      let key = endpoint.parameter.rawValue.key
      blocks.append(.heading(name.capitalizedStart))
      blocks += univariable(key, endpoint)
      let title = "Multivariable Cox model of \(name)"
      blocks += endpoint.multivariable.blocks(title) {
        presentation.blocks("\(key)-multivariable", $0, title)
      }
      if let curves = endpoint.byArm.curves.value {
        blocks.append(.figure(presentation.logLogFigure("\(key)-loglog", curves)))
      }
    }
    return StudyReport.Section("models", title: "Cox models", blocks: blocks)
  }

  /// A model for each characteristic alone, as one table.
  private func univariable(
    _ key: String, _ endpoint: StudyEndpointFindings
  ) -> [StudyReport.Block] {
    var rows = [StudyReport.Row]()
    var notes = [StudyReport.Block]()
    for entry in endpoint.univariable {
      switch entry.model {
      case .found(let model):
        let counts: [StudyReport.Cell] = [
          .count(Double(model.estimates.eventCount)), .count(Double(model.estimates.subjectCount)),
        ]
        rows += presentation.rows(model.estimates, model) {
          Array(presentation.cells($0, profile: model.profile(of: $0)).prefix(2))
        }.map { row in
          var row = row
          row.cells += [StudyReport.Cell](
            repeating: .empty, count: Swift.max(0, 2 - row.cells.count))
          row.cells += counts
          return row
        }
        notes += presentation.doubts(model)
      case .unavailable(let reason):
        rows.append(StudyReport.Row(entry.characteristic.termName, [.text("not estimated")]))
        notes.append(
          .note(
            .refusal,
            "\(entry.characteristic.label.capitalizedStart), univariable: \(reason.message)."))
      }
    }
    return [
      .table(
        StudyReport.Table(
          "\(key)-univariable",
          caption: "Univariable Cox models of \(endpoint.parameter.label)",
          labelTitle: "Covariate",
          columns: [
            .init("hazardRatio", presentation.withInterval("Hazard ratio")), .init("pValue", "p"),
            .init("events", "Events"), .init("subjects", "Patients"),
          ], rows: rows,
          notes: [
            "Each characteristic in a model of its own. \(Presentation.jointTests)"
          ]))
    ] + notes
  }

  // MARK: - Subgroups

  var subgroups: StudyReport.Section {
    StudyReport.Section(
      "subgroups", title: "Prior inotuzumab in subgroups",
      blocks: endpoints.flatMap { endpoint in
        presentation.blocks(
          endpoint.parameter.rawValue.key, endpoint.subgroups, overall: endpoint.unadjusted,
          "\(endpoint.parameter.label.capitalizedStart): prior inotuzumab in subgroups, unadjusted",
          below: Self.lower, above: Self.higher)
      })
  }

  // MARK: - Consolidation

  var consolidation: StudyReport.Section {
    let found = findings.consolidation
    var effects = [NamedEffect]()
    if case .found(let any) = found.anyKind {
      effects.append(NamedEffect(name: "Any, changing with time", effect: any.effect))
    }
    var exposures = [NamedEffect]()
    if case .found(let any) = found.anyKind {
      exposures.append(NamedEffect(name: "beside any consolidation", effect: any.exposure))
    }
    if case .found(let transplant) = found.transplant {
      exposures.append(
        NamedEffect(name: "beside allogeneic transplant", effect: transplant.exposure))
    }
    if case .found(let transplant) = found.transplant {
      effects.append(
        NamedEffect(name: "Allogeneic transplant, changing with time", effect: transplant.effect))
    }
    for landmark in found.landmarks {
      effects += [
        NamedEffect(
          name: "Any by day \(landmark.days), unadjusted", effect: landmark.unadjusted),
        NamedEffect(name: "Any by day \(landmark.days), adjusted", effect: landmark.adjusted),
      ]
    }
    var blocks: [StudyReport.Block] = [
      .paragraph(
        "Who is consolidated has lived long enough to be. Taken as a baseline value, consolidation would "
          + "seem to help even if it did nothing; so it counts only from its day on, or as it was known "
          + "at a landmark, from which survival is then counted.")
    ]
    blocks += presentation.effectBlocks(
      "consolidation", caption: "Hazard ratios of consolidation, progression-free survival",
      label: "Consolidation", effects, below: "consolidated do better",
      above: "consolidated do worse")
    if !exposures.isEmpty {
      blocks.append(
        .table(
          StudyReport.Table(
            "consolidation-exposure",
            caption:
              "Hazard ratios of prior inotuzumab beside consolidation, progression-free survival",
            labelTitle: "Model", columns: presentation.effectColumns,
            rows: exposures.map { StudyReport.Row($0.name, presentation.cells($0.effect)) },
            notes: [
              "With the prespecified covariates. Consolidation may be an effect of the exposure: these are "
                + "not total effects."
            ])))
      blocks += presentation.refusals(exposures)
    }
    for (key, title, part) in [
      ("any", "Any consolidation", found.anyKind),
      ("transplant", "Allogeneic transplant", found.transplant),
    ] {
      blocks.append(.heading("\(title) as a covariate that changes with time"))
      blocks += part.blocks(title) { timeVarying("consolidation-\(key)", title, $0) }
    }
    for landmark in found.landmarks.prefix(1) {
      blocks.append(.heading("Landmark at day \(landmark.days)"))
      blocks += presentation.blocks("landmark-\(landmark.days)", landmark.comparison)
    }
    blocks += [.table(landmarkTable(found.landmarks)), .heading("Transplants in remission")]
    blocks += found.transplantIncidence.blocks("Incidence of transplant") {
      [
        .figure(
          presentation.figure(
            "transplant-incidence",
            "Transplants of patients in remission, with relapse and death competing", $0))
      ]
    }
    return StudyReport.Section("consolidation", title: "Consolidation", blocks: blocks)
  }

  private func timeVarying(
    _ key: String, _ title: String, _ found: ConsolidationFindings.TimeVarying
  ) -> [StudyReport.Block] {
    let days = found.days.value.flatMap { days -> String? in
      guard let median = days.median, let least = days.minimum, let most = days.maximum else {
        return nil
      }
      func text(_ value: Double) -> String { NumberFormatting.significant(value, digits: 4) }
      return
        " Median time from infusion to the first: \(text(median)) days (range \(text(least)) to "
        + "\(text(most)))."
    }
    var blocks: [StudyReport.Block] = [
      .paragraph(
        "\(found.consolidatedCount) were consolidated within follow-up, in \(found.rowCount) rows of time "
          + "at risk. \(found.withoutTime) had no time at risk; \(found.afterFollowUp) were consolidated "
          + "on the last day or later, which does not count.\(days ?? "")")
    ]
    blocks += found.curves.blocks("Simon–Makuch curves") { curves in
      [
        .figure(
          presentation.figure(
            "\(key)-curves",
            caption:
              "\(title): progression-free survival of those not yet and already consolidated "
              + "(Simon & Makuch)", curves))
      ]
    }
    let name = "\(title), time-varying Cox model"
    blocks += found.model.blocks(name) { presentation.blocks(key, $0, name) }
    return blocks
  }

  private func landmarkTable(_ landmarks: [ConsolidationFindings.Landmark]) -> StudyReport.Table {
    StudyReport.Table(
      "landmarks", caption: "Who is left out at each landmark", labelTitle: "Day",
      columns: [
        .init("endedBefore", "Event by then"), .init("censoredBefore", "Censored by then"),
      ],
      rows: landmarks.map {
        StudyReport.Row(
          "\($0.days)", [.count(Double($0.endedBefore)), .count(Double($0.censoredBefore))])
      })
  }
}
