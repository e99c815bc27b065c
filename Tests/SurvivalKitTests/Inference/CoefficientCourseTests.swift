// SPDX-License-Identifier: Apache-2.0

import RealModule
import Testing

@testable import SurvivalKit

/// A case of courses.json, written by make-courses.R: what `plot(cox.zph(fit))` draws.
struct CourseCase: Decodable, Sendable {
  struct Course: Decodable, Sendable {
    let name: String
    let residuals, times, positions, value, error: [Double]
  }

  struct Marks: Decodable, Sendable {
    let time, position: [Double?]
  }

  let name: String
  let df: [Int]
  let grid: [Double]
  let courses: [Course]
  let marks: Marks
}

@Suite("How coefficients go with time")
struct CoefficientCourseTests {
  private static func veteran() throws -> (data: SurvivalData, design: DesignMatrix) {
    let table = try ReferenceTable(name: "veteran")
    let cells = try table.text("celltype")
    let levels = ["large", "smallcell", "squamous"]
    let columns =
      [("karno", try table.numbers("karno")), ("age", try table.numbers("age"))]
      + levels.map { level in ("celltype[\(level)]", cells.map { $0 == level ? 1.0 : 0 }) }
    return (
      try SurvivalData(times: table.numbers("time"), events: table.events("status", value: 1)),
      try DesignMatrix(columns)
    )
  }

  private static let terms = [
    (name: "karno", columns: [0]), (name: "age", columns: [1]),
    (name: "celltype", columns: [2, 3, 4]),
  ]

  /// The courses that a case describes.
  private static func courses(_ reference: CourseCase) throws -> [CoefficientCourse] {
    let df = reference.df[0]
    let (data, design) = try veteran()
    switch reference.name {
    case "veteran, sqrt":
      return try CoxRegression.fit(data, design: design).coefficientCourses(
        { $0.squareRoot() }, terms: terms, degreesOfFreedom: df)
    case "veteran, singly, df 2":
      return try CoxRegression.fit(data, design: design).coefficientCourses(degreesOfFreedom: df)
    case "veteran, breslow, strata":
      let table = try ReferenceTable(name: "veteran")
      let cells = try table.text("celltype")
      let karno = try table.numbers("karno")
      let q = zip(karno, cells).map { $1 == "large" ? 0 : $0.truncatingRemainder(dividingBy: 3) }
      return try CoxRegression.fit(
        data, design: DesignMatrix([("karno", karno), ("q", q)]), strata: Grouping(cells),
        ties: .breslow
      ).coefficientCourses(degreesOfFreedom: df)
    case "heart, late":
      let table = try ReferenceTable(name: "heart")
      return try CoxRegression.fit(
        table.survivalData(time: "stop", event: "event", eventValue: 1, entry: "start"),
        design: table.design(["age", "year", "surgery"])
      ).coefficientCourses(.identity, degreesOfFreedom: df)
    default:
      let name = reference.name.split(separator: " ")[1].split(separator: ",")[0]
      return try CoxRegression.fit(data, design: design).coefficientCourses(
        name == "df" ? .kaplanMeier : #require(TimeTransform(rawValue: String(name))),
        terms: terms, degreesOfFreedom: df)
    }
  }

  @Test("residuals, lines, their errors and the marks of the axis equal R's, to 1e-9")
  func agrees() throws {
    let cases: [CourseCase] = try ReferenceFixtures.cases("courses")
    #expect(cases.count == 9)
    var worst = ReferenceDifferences()
    for reference in cases {
      let courses = try Self.courses(reference)
      try #require(courses.count == reference.courses.count, "\(reference.name)")
      for (own, other) in zip(courses, reference.courses) {
        let at = "\(reference.name), \(own.name)"
        // Residuals at one time come in either order.
        func sorted(_ times: [Double], _ values: [Double]) -> [Double] {
          zip(times, values).sorted { $0 < $1 }.map(\.1)
        }
        let size = other.residuals.reduce(0) { max($0, abs($1)) }
        worst.compare(
          "residuals", sorted(own.residuals.map(\.time), own.residuals.map(\.value)),
          sorted(other.times, other.residuals), scale: size, at: at)
        worst.compare(
          "positions", own.residuals.map(\.position).sorted(), other.positions.sorted(), at: at)
        worst.compare("grid", own.line.map(\.position), reference.grid, scale: 1, at: at)
        worst.compare(
          "line", own.line.map(\.value), other.value,
          scale: other.value.reduce(0) { max($0, abs($1)) }, at: at)
        worst.compare("error", own.line.map(\.standardError), other.error, at: at)
        // R writes a mark that lies outside the range as NA.
        let marks = zip(reference.marks.time, reference.marks.position).filter { $1 != nil }
        worst.compare(
          "mark, time", own.marks.map(\.time), marks.map(\.0), scale: 1, at: at)
        worst.compare(
          "mark, position", own.marks.map { Optional($0.position) }, marks.map(\.1), scale: 1,
          at: at)
      }
    }
    let failures = worst.failures(above: 1e-9)
    #expect(failures.isEmpty, "\(failures.joined(separator: "\n"))")
  }

  @Test("rows of the events, times of the line, limits and printing")
  func result() throws {
    let (data, design) = try Self.veteran()
    let fit = try CoxRegression.fit(data, design: design)
    let courses = try fit.coefficientCourses(terms: Self.terms, level: 0.9)
    let karno = courses[0]
    #expect(karno.residuals.count == 128 && karno.line.count == 40)
    #expect(karno.residuals.allSatisfy { data.events[$0.row] && data.times[$0.row] == $0.time })
    #expect(karno.estimate == fit.coefficients[0].estimate)
    #expect(!karno.isCombined && courses[2].isCombined && courses[2].estimate == 1)
    #expect(karno.line.first?.time == 1 && karno.line.last?.time == 999)
    for point in karno.line {
      expectClose((point.upper - point.value) / point.standardError, 1.6448536269514722)
    }
    // The mean of a combined residual is its estimate, by construction nearly.
    let mean = courses[2].residuals.reduce(0) { $0 + $1.value } / 128
    #expect(abs(mean - 1) < 0.3)
    #expect(
      karno.description == """
        Coefficient of karno over time: 128 events, natural spline of 4 degrees of
        freedom over 1 − Kaplan–Meier
        time        coef  lower 90%  upper 90%
         8.2  -0.0635913   -0.08395  -0.043231
          19  -0.0622430   -0.07617  -0.048320
          32  -0.0530192   -0.06935  -0.036684
          54  -0.0329846   -0.04670  -0.019274
          99  -0.0111090   -0.02589   0.003673
         130  -0.0005815   -0.01719   0.016027
         220  -0.0036152   -0.01805   0.010815
         390  -0.0163252   -0.03925   0.006602
        """)
  }

  @Test("frequencies are as many rows; a factor times all weights changes nothing")
  func weights() throws {
    let study = RandomStudy(seed: 17)
    let weighted = try CoxRegression.fit(
      study.data(late: true, weights: study.frequency), design: study.design)
    let replicated = study.replicated
    let repeated = try CoxRegression.fit(
      replicated.data(late: true), design: replicated.design)
    for (one, other) in zip(
      try weighted.coefficientCourses(.identity), try repeated.coefficientCourses(.identity))
    {
      expectClose(one.line.map(\.value), other.line.map(\.value), within: 1e-9)
      expectClose(one.line.map(\.standardError), other.line.map(\.standardError), within: 1e-9)
    }
    // So with the residuals themselves.
    let own = try weighted.residuals(.scaledSchoenfeld).values.map { $0[0] }
    let all = try repeated.residuals(.scaledSchoenfeld).values.map { $0[0] }
    expectClose(own.max() ?? 0, all.max() ?? 1, within: 1e-9)
    let lines = try [1.0, 250].map { factor in
      try CoxRegression.fit(
        study.data(
          late: true,
          weights: .probability(ProbabilityWeights(study.weights.map { factor * $0 }))),
        design: study.design
      ).coefficientCourses(.rank)[0].line.map(\.value)
    }
    expectClose(lines[0], lines[1], within: 1e-9)
  }

  @Test("a straight line of a coefficient that changes is found")
  func change() throws {
    // Early events go with x = 1, late ones with x = 0.
    let times = (1...40).map(Double.init)
    let x = times.map { ($0 <= 20) == ($0.truncatingRemainder(dividingBy: 4) != 0) ? 1.0 : 0 }
    let fit = try CoxRegression.fit(
      SurvivalData(times: times, events: times.map { _ in true }), design: DesignMatrix([("x", x)]))
    let line = try fit.coefficientCourses(.identity, degreesOfFreedom: 2)[0].line
    #expect(line[0].value > 1 && line[39].value < -0.5)
    // Two degrees of freedom: equal steps.
    let steps = zip(line.dropFirst(), line).map { $0.value - $1.value }
    for step in steps { expectClose(step / steps[0], 1, within: 1e-9) }
  }

  @Test("what has no answer is refused, and a falling function has no marks")
  func refusals() throws {
    let (data, design) = try Self.veteran()
    let fit = try CoxRegression.fit(data, design: design)
    expectError(.invalidArgument) { try fit.coefficientCourses(degreesOfFreedom: 1) }
    expectError(.invalidArgument) { try fit.coefficientCourses(points: 1) }
    expectError(.invalidArgument) { try fit.coefficientCourses { _ in Double.nan } }
    expectError(.notEstimable) { try fit.coefficientCourses { _ in 3 } }
    let falling = try fit.coefficientCourses({ -$0 })[0]
    #expect(falling.marks.isEmpty && falling.line.allSatisfy { $0.time == nil })
    #expect(falling.description.contains("transformed time"))
    let few = try CoxRegression.fit(
      SurvivalData(times: [1, 1, 2, 2, 3, 4], events: [true, true, true, true, false, false]),
      design: DesignMatrix([("x", [1, 0, 1, 0, 1, 0])]))
    expectError(.notEstimable) { try few.coefficientCourses() }
    let exact = try CoxRegression.fit(data, design: design, ties: .exactMarginal)
    expectError(.notEstimable) { try exact.coefficientCourses() }
    let infinite = try CoxRegression.fit(
      SurvivalData(times: [1, 2, 3, 4], events: [true, true, true, true]),
      design: DesignMatrix([("x", [4, 3, 2, 1])]))
    expectError(.notEstimable) { try infinite.coefficientCourses(.identity, degreesOfFreedom: 2) }
  }
}
