// SPDX-License-Identifier: Apache-2.0

/// What a walk over the risk sets of a likelihood keeps of each, and what it does at an event time.
///
/// Rows are only ever added to what is kept, never taken out of it.
protocol RiskSetWalker {
  /// What is kept of the bystanders of an event time: those at risk who do not die then.
  associatedtype Bystanders

  /// What is kept of nobody.
  func nobody() -> Bystanders

  /// Adds a row, by its position in the risk table.
  func add(_ position: Int, to bystanders: inout Bystanders)

  /// Looks at one event time, those who die then, and the others at risk.
  mutating func visit(
    _ event: Int, stratum: Int, deaths: Range<Int>, bystanders: inout Bystanders)

  /// Adds those who died at the event time just visited, who are bystanders of the times before.
  func addDeaths(_ deaths: Range<Int>, to bystanders: inout Bystanders)

  /// Whether nothing that is still to come can matter.
  var isDone: Bool { get }
}

extension RiskSetWalker {
  var isDone: Bool { false }
}

extension CoxPartialLikelihood {
  /// Shows all risk sets to a walker, stratum by stratum.
  ///
  /// Without late entries by one backward scan over each stratum, in which the risk set only grows;
  /// with them by a walk through the tree of the stratum, where the bystanders of an event time lie on
  /// the path to its leaf.
  /// - Complexity: O(*n*) additions; with late entries O(*n* log *m*).
  func walk<Walker: RiskSetWalker>(_ walker: inout Walker) {
    for stratum in table.strata.indices where !times.strata[stratum].isEmpty {
      guard !walker.isDone else { return }
      if let tree = tree(of: stratum) {
        var depth = 1
        while 1 << (depth - 1) < tree.leafCount { depth += 1 }
        var path = (0..<depth).map { _ in walker.nobody() }
        descend(1, level: 0, stratum, tree, &path, &walker)
      } else {
        scanBackward(stratum, &walker)
      }
    }
  }

  private func scanBackward<Walker: RiskSetWalker>(_ stratum: Int, _ walker: inout Walker) {
    var bystanders = walker.nobody()
    var event = times.strata[stratum].upperBound
    for slot in table.strata[stratum] {
      for position in table.censoredPositions(slot) { walker.add(position, to: &bystanders) }
      let deaths = table.eventPositions(slot)
      guard !deaths.isEmpty else { continue }
      event -= 1
      walker.visit(event, stratum: stratum, deaths: deaths, bystanders: &bystanders)
      if walker.isDone { return }
      walker.addDeaths(deaths, to: &bystanders)
    }
  }

  private func descend<Walker: RiskSetWalker>(
    _ node: Int, level: Int, _ stratum: Int, _ tree: RiskTree,
    _ path: inout [Walker.Bystanders], _ walker: inout Walker
  ) {
    let events = times.strata[stratum]
    // The first leaf below the node: nothing to do when it lies beyond the last event time.
    var leaf = node
    while leaf < tree.leafCount { leaf *= 2 }
    guard leaf - tree.leafCount < events.count, !walker.isDone else { return }
    if level > 0 { path[level] = path[level - 1] }
    for index in tree.starts[node]..<tree.starts[node + 1] {
      walker.add(Int(tree.rows[index]), to: &path[level])
    }
    if node >= tree.leafCount {
      let event = events.lowerBound + node - tree.leafCount
      walker.visit(
        event, stratum: stratum, deaths: table.eventPositions(times.slots[event]),
        bystanders: &path[level])
    } else {
      descend(2 * node, level: level + 1, stratum, tree, &path, &walker)
      descend(2 * node + 1, level: level + 1, stratum, tree, &path, &walker)
    }
  }
}
