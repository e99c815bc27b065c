// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SurvivalKit

@Suite("Near-ties of times")
struct TimeMergingTests {
  private func merged(
    _ times: [Double], _ merging: TimeMerging = .standard
  ) throws -> SurvivalData {
    try SurvivalData(times: times, events: times.map { _ in true }, merging: merging)
  }

  @Test("the smallest time of a near-tie stands for it")
  func pair() throws {
    let data = try merged([1 + 1e-9, 1, 2])
    #expect(data.times == [1, 1, 2])
    #expect(data.mergedTimes.count == 1)
    expectClose(data.mergedTimes.largestGap * 1e9, 1, within: 1e-6)
  }

  @Test("the limit is 2⁻²⁶ absolutely, or relative to the mean of all distinct times")
  func limit() throws {
    // R: tolerance sqrt(.Machine$double.eps), dy <= tol or dy / mean(abs(y)) <= tol.
    #expect(try merged([0.25, 0.25 + 0x1p-26]).mergedTimes.count == 1)
    #expect(try merged([0.25, 0.25 + 0x1.1p-26]).mergedTimes.count == 0)
    #expect(try merged([1000, 1000 + 1e-5]).mergedTimes.count == 1)
    #expect(try merged([1000, 1000 + 2e-5]).mergedTimes.count == 0)
    // As in R, unrelated rows raise the mean and with it the limit.
    #expect(try merged([1, 1 + 1e-6, 2]).mergedTimes.count == 0)
    #expect(try merged([1, 1 + 1e-6, 2, 1000]).mergedTimes.count == 1)
  }

  @Test("chains merge as a whole, and count every pair")
  func chain() throws {
    let step = 1e-8
    let data = try merged([1, 1 + step, 1 + 2 * step, 1 + 3 * step, 2])
    #expect(data.times == [1, 1, 1, 1, 2])
    #expect(data.mergedTimes.count == 3)
    #expect(data.mergedTimes.largestGap < 1.1e-8)
  }

  @Test("ages in years that differ by rounding only are one time")
  func years() throws {
    let (birth, day) = (1000.0, 20_002.0)
    let (one, other) = ((day - birth) / 365.25, day / 365.25 - birth / 365.25)
    #expect(one != other)
    #expect(try Set(merged([one, other]).times).count == 1)
    #expect(try Set(merged([one, other], .exact).times).count == 2)
    #expect(try merged([one, other], .exact).mergedTimes == MergedTimes.none)
  }

  @Test("a tolerance of your own; none merges nothing")
  func tolerance() throws {
    #expect(try merged([1, 1.05, 2], .relative(tolerance: 0.1)).times == [1, 1, 2])
    #expect(try merged([1, 1 + 1e-12], .relative(tolerance: 0)).mergedTimes.count == 0)
  }

  @Test("entries and exits merge together, whole numbers and infinities never")
  func columns() throws {
    let data = try SurvivalData(
      starts: [-.infinity, 2 + 1e-9, 0.5], stops: [2, 5, .infinity], events: [true, true, false])
    #expect(data.entries == [-.infinity, 2, 0.5])
    #expect(data.times == [2, 5, .infinity])
    #expect(data.mergedTimes.count == 1)
    #expect(try merged([0, 1, 2, 33_000_000]).mergedTimes == MergedTimes.none)
    #expect(try merged([0, -0.0]).mergedTimes == MergedTimes.none)
    #expect(try merged([]).mergedTimes == MergedTimes.none)
    // Large whole numbers can be near-ties, as in R.
    #expect(try merged([1e9, 1e9 + 1]).mergedTimes.count == 1)
  }

  @Test("an interval that merging leaves without length is an error that names its rows")
  func collapsed() throws {
    let starts: [Double] = [0, 1, 0, 2]
    let stops: [Double] = [1, 1 + 1e-9, 3, 2 + 1e-9]
    let events = [true, true, false, false]
    let error = expectError(.invalidData) {
      try SurvivalData(starts: starts, stops: stops, events: events)
    }
    #expect(error?.problems.map(\.index) == [1, 3])
    #expect(error?.problems.first?.column == "entry")
    #expect(error?.description.contains("row 2") == true)
    #expect(error?.text(firstRow: 2).contains("row 5") == true)
    let exact = try SurvivalData(starts: starts, stops: stops, events: events, merging: .exact)
    #expect(exact.times == stops)
  }

  @Test("merged times make one step of a curve")
  func curve() throws {
    let data = try merged([0.1 + 0.2, 0.3, 1])
    let curve = try #require(KaplanMeier.curves(of: data).curves.first)
    #expect(curve.times == [0.3, 1])
    expectClose(curve.survival[0], 1.0 / 3, within: 1e-15)
    let fit = try CoxRegression.fit(data, design: DesignMatrix([("x", [0, 1, 0.5])]))
    #expect(fit.mergedTimes.count == 1)
    #expect(fit.diagnostics.map(\.code).contains(.timesMerged))
  }
}
