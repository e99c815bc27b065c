// SPDX-License-Identifier: Apache-2.0

internal import CohortModels
internal import SurvivalKit
internal import SurvivalPlots

/// A hazard ratio under a name, or the reason why there is none.
struct NamedEffect {
  var name: String
  var effect: AnalysisPart<HazardEffect>
}

extension Presentation {
  /// The columns of tables of hazard ratios.
  var effectColumns: [StudyReport.Column] {
    [
      .init("hazardRatio", withInterval("Hazard ratio")), .init("pValue", "p"),
      .init("events", "Events"), .init("subjects", "Patients"),
      .init("coefficient", "Coefficient", isDetail: true),
      .init("standardError", "SE", isDetail: true),
    ]
  }

  /// The cells of a hazard ratio; none where there is none.
  func cells(_ effect: AnalysisPart<HazardEffect>) -> [StudyReport.Cell] {
    guard let effect = effect.value else { return [.text("not estimated")] }
    let ratio = cells(effect.coefficient, profile: effect.profileInterval)
    func cell(_ position: Int) -> StudyReport.Cell {
      position < ratio.count ? ratio[position] : .empty
    }
    return [
      ratio[0], cell(1), .count(Double(effect.eventCount)), .count(Double(effect.subjectCount)),
      cell(2), cell(3),
    ]
  }

  /// The row of a figure of hazard ratios; `nil` where there is none.
  func forestRow(_ named: NamedEffect) -> ForestPlot.Row? {
    named.effect.value.map {
      ForestPlot.Row(
        $0.coefficient, label: named.name, level: level,
        detail: "\($0.eventCount) / \($0.subjectCount)")
    }
  }

  /// Hazard ratios as a table, and as a figure; with a note for each that could not be estimated.
  func effectBlocks(
    _ key: String, caption: String, label: String, _ effects: [NamedEffect],
    below: String? = nil, above: String? = nil, showsTable: Bool = true
  ) -> [StudyReport.Block] {
    let table = StudyReport.Table(
      "\(key)-effects", caption: caption, labelTitle: label, columns: effectColumns,
      rows: effects.map { StudyReport.Row($0.name, cells($0.effect)) })
    var blocks: [StudyReport.Block] = showsTable ? [.table(table)] : []
    blocks += refusals(effects)
    let rows = effects.compactMap(forestRow)
    guard !rows.isEmpty else { return blocks }
    var drawing = ForestPlot(rows, level: level)
    drawing.detailTitle = "Events / N"
    drawing.below = below
    drawing.above = above
    blocks.append(
      .figure(
        StudyReport.Figure(
          "\(key)-forest", caption: showsTable ? "\(caption): forest plot" : caption,
          drawing: drawing, data: showsTable ? nil : table)))
    return blocks
  }

  /// The reasons why effects could not be estimated.
  func refusals(_ effects: [NamedEffect]) -> [StudyReport.Block] {
    effects.compactMap { named in
      named.effect.reason.map { .note(.refusal, "\(named.name): \($0.message).") }
    }
  }

  /// The effect of an exposure in subgroups, with the tests of interaction.
  func blocks(
    _ key: String, _ subgroups: [SubgroupEffects], overall: AnalysisPart<HazardEffect>,
    _ title: String, below: String? = nil, above: String? = nil
  ) -> [StudyReport.Block] {
    let table = StudyReport.Table(
      "\(key)-subgroups", caption: title, labelTitle: "Subgroup",
      columns: effectColumns + [.init("interactionPValue", "p, interaction")],
      rows: [StudyReport.Row("Overall", cells(overall))]
        + subgroups.map { subgroup in
          StudyReport.Row(
            subgroup.variable,
            [StudyReport.Cell](repeating: .empty, count: effectColumns.count)
              + [.pValue(subgroup.interaction.value?.pValue)],
            children: subgroup.levels.map { StudyReport.Row($0.name, cells($0.effect)) })
        },
      notes: [
        "p, interaction: likelihood-ratio test that the hazard ratio is the same at every level. "
          + "The p-values of levels are not adjusted for their number, and none of them is a finding "
          + "on its own."
      ])
    var drawing = ForestPlot(
      subgroups: subgroups.map { subgroup in
        ForestPlot.Subgroup(
          subgroup.variable,
          rows: subgroup.levels.compactMap {
            forestRow(NamedEffect(name: $0.name, effect: $0.effect))
          }, interactionPValue: subgroup.interaction.value?.pValue)
      }, overall: forestRow(NamedEffect(name: "Overall", effect: overall)), level: level)
    drawing.detailTitle = "Events / N"
    drawing.below = below
    drawing.above = above
    var blocks: [StudyReport.Block] = [
      .figure(
        StudyReport.Figure(
          "\(key)-subgroup-forest", caption: "\(title): forest plot", drawing: drawing)),
      .table(table),
    ]
    for subgroup in subgroups {
      blocks += refusals(
        subgroup.levels.map {
          NamedEffect(name: "\(subgroup.variable), \($0.name)", effect: $0.effect)
        })
      if let reason = subgroup.interaction.reason {
        blocks.append(.note(.refusal, "Interaction, \(subgroup.variable): \(reason.message)."))
      }
    }
    return blocks
  }
}
