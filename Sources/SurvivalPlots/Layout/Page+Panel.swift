// SPDX-License-Identifier: Apache-2.0

extension Page {
  /// Length of the marks on axes.
  static var tickLength: Double { 5 }

  /// The room that an axis on the left needs for labels and title.
  func leftRoom(for axis: Axis) -> Double {
    let labels = axis.ticks.reduce(0) { Swift.max($0, TextWidth.of($1.label, size: size)) }
    return labels + Self.tickLength + 5 + (axis.title.isEmpty ? 0 : lineHeight + 4)
  }

  /// The widest label of ticks.
  func widestLabel(_ ticks: [Tick]) -> Double {
    ticks.reduce(0) { Swift.max($0, TextWidth.of($1.label, size: size)) }
  }

  /// Whether labels at ticks of an axis stand apart, when the axis is so long and no label wider.
  func areApart(_ ticks: [Tick], on axis: Axis, length: Double, width: Double) -> Bool {
    zip(ticks, ticks.dropFirst()).allSatisfy { one, next in
      (axis.share(next.value) - axis.share(one.value)) * length >= width + size * 0.8
    }
  }

  /// The ticks of an axis on which labels of a given or greater width stand apart.
  func ticks(
    for axis: Axis, steps: TickSteps = .decimal, length: Double, limit: Int = 9,
    width: @escaping ([Tick]) -> Double = { _ in 0 }
  ) -> [Tick] {
    let fits = { (ticks: [Tick]) -> Bool in
      areApart(
        ticks, on: axis, length: length, width: Swift.max(widestLabel(ticks), width(ticks)))
    }
    switch axis.scale {
    case .linear:
      return Ticks.linear(
        from: axis.lower, to: axis.upper, steps: steps, limit: limit, fits: fits)
    case .logarithmic:
      return Ticks.logarithmic(from: axis.lower, to: axis.upper, limit: limit, fits: fits)
    }
  }

  /// The ticks of a vertical axis of a height.
  func verticalTicks(for axis: Axis, height: Double) -> [Tick] {
    let limit = Swift.max(2, Swift.min(7, Int(height / (size * 3.2))))
    switch axis.scale {
    case .linear: return Ticks.linear(from: axis.lower, to: axis.upper, limit: limit)
    case .logarithmic: return Ticks.logarithmic(from: axis.lower, to: axis.upper, limit: limit)
    }
  }

  /// Draws grid lines, axes, ticks, labels and titles of a panel, and fills the page to below them.
  mutating func addAxes(of panel: Panel, showsGrid: Bool = true, showsVerticalGrid: Bool = false) {
    if showsGrid {
      canvas.begin("sk-grid", stroke: .grid, width: 0.8)
      for tick in panel.yAxis.ticks {
        let y = panel.y(tick.value)
        canvas.line(x1: panel.left, y1: y, x2: panel.right, y2: y)
      }
      if showsVerticalGrid {
        for tick in panel.xAxis.ticks {
          let x = panel.x(tick.value)
          canvas.line(x1: x, y1: panel.top, x2: x, y2: panel.bottom)
        }
      }
      canvas.end()
    }
    addVerticalAxis(of: panel)
    addHorizontalAxis(of: panel)
  }

  private mutating func addVerticalAxis(of panel: Panel) {
    let axis = panel.yAxis
    canvas.begin("sk-axis sk-y-axis")
    canvas.line(
      x1: panel.left, y1: panel.top, x2: panel.left, y2: panel.bottom, stroke: .ink, width: 1)
    for tick in axis.ticks {
      let y = panel.y(tick.value)
      canvas.line(
        x1: panel.left - Self.tickLength, y1: y, x2: panel.left, y2: y, stroke: .ink, width: 1,
        class: "sk-tick")
      canvas.text(
        tick.label, x: panel.left - Self.tickLength - 3, y: y + size * 0.35, anchor: .end)
    }
    if !axis.title.isEmpty {
      let labels = widestLabel(axis.ticks)
      let height = panel.bottom - panel.top
      let fitted = FittedText(axis.title, width: height + 20, size: size)
      canvas.text(
        fitted.lines[0], x: panel.left - Self.tickLength - labels - 9 - size * 0.2,
        y: (panel.top + panel.bottom) / 2, anchor: .middle, isVertical: true,
        tooltip: fitted.fullText)
    }
    canvas.end()
  }

  /// Draws the axis under a panel, with its title, and fills the page to below it.
  mutating func addHorizontalAxis(of panel: Panel) {
    let axis = panel.xAxis
    canvas.begin("sk-axis sk-x-axis")
    canvas.line(
      x1: panel.left, y1: panel.bottom, x2: panel.right, y2: panel.bottom, stroke: .ink, width: 1)
    for tick in axis.ticks {
      let x = panel.x(tick.value)
      canvas.line(
        x1: x, y1: panel.bottom, x2: x, y2: panel.bottom + Self.tickLength, stroke: .ink,
        width: 1, class: "sk-tick")
      canvas.text(
        tick.label, x: x, y: panel.bottom + Self.tickLength + 2 + size, anchor: .middle)
    }
    y = panel.bottom + Self.tickLength + 2 + lineHeight
    if !axis.title.isEmpty {
      let fitted = FittedText(axis.title, width: room, size: size)
      let half = fitted.width(size: size) / 2
      let middle = (panel.left + panel.right) / 2
      canvas.text(
        fitted.lines[0], x: Swift.min(Swift.max(middle, left + half), right - half),
        y: baseline(y) + 1, anchor: .middle, tooltip: fitted.fullText)
      y += lineHeight + 2
    }
    canvas.end()
  }
}
