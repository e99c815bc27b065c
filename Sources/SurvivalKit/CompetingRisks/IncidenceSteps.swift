// SPDX-License-Identifier: Apache-2.0

/// What each time does to a cumulative incidence, in the terms its variances are made of.
///
/// At a time with events of weight d, d₁ of them of the cause, among a weight Y at risk, and with
/// event-free probability S before it:
///
///     F increases by S d₁/Y,   S becomes S (Y − d)/Y
struct IncidenceSteps {
  struct Step {
    /// The increment of F.
    var increment = 0.0
    /// Φ = F − F(∞) after the step: minus what is still to come.
    var tail = 0.0
    /// The event-free probability before and after.
    var before = 1.0
    var after = 1.0
    /// d₁/Y, (d − d₁)/Y and (Y − d)/Y.
    var share = 0.0
    var otherShare = 0.0
    var freeShare = 1.0
    var atRisk = 0.0
    /// The influence on log S of being at risk, d/(Y(Y − d)), and of an event, 1/(Y − d): none where
    /// nobody is left, since nothing comes after.
    var logRisk = 0.0
    var logDeath = 0.0
    /// The influence on S dH of being at risk, S d₁/Y², and of an event of the cause, S/Y.
    var hazardRisk = 0.0
    var hazardDeath = 0.0
  }

  private(set) var steps: [Step]

  /// The steps of columns with one element for each time.
  ///
  /// `survivors` is the weight that is left at risk after the events of each time.
  init(atRisk: [Double], events: [Double], otherEvents: [Double], survivors: [Double]) {
    steps = [Step](repeating: Step(), count: atRisk.count)
    var free = 1.0
    for index in atRisk.indices {
      var step = Step()
      step.before = free
      step.atRisk = atRisk[index]
      let all = events[index] + otherEvents[index]
      if all > 0 {
        let (y, left) = (atRisk[index], survivors[index])
        step.share = events[index] / y
        step.otherShare = otherEvents[index] / y
        step.freeShare = left / y
        step.increment = free * step.share
        step.hazardDeath = free / y
        step.hazardRisk = step.hazardDeath * step.share
        if left > 0 {
          step.logRisk = all / y / left
          step.logDeath = 1 / left
        }
        free *= step.freeShare
      }
      step.after = free
      steps[index] = step
    }
    var tail = 0.0
    for index in steps.indices.reversed() {
      steps[index].tail = -tail
      tail += steps[index].increment
    }
  }

  /// The variance of F after each step as a sum of independent increments.
  ///
  /// An event of the cause at *s* moves F(t) by S(s−)(1 − C), another event by −S(s−) C, where
  /// C = (F(t) − F(s))/S(s) is what those who are event-free after *s* still contribute by *t*.
  func variances(_ form: IncidenceVarianceForm) -> [Double] {
    var (constant, linear, square) = (0.0, 0.0, 0.0)
    var hasHappened = false
    return steps.map { step in
      if step.increment > 0 { hasHappened = true }
      // Both coefficients fall with Φ(t): u − bΦ, with u = δ + Φ(s)/S(s) and b = 1/S(s).
      let b = step.after > 0 ? 1 / step.after : 0
      let other = step.tail * b
      let own = 1 + other
      let terms = form.quadratic(step, own: own, other: other, slope: b)
      constant += terms.constant
      linear += terms.linear
      square += terms.square
      let phi = step.tail
      let variance = constant - 2 * phi * linear + phi * phi * square
      let size = constant + 2 * abs(phi * linear) + phi * phi * square
      // Where the terms cancel only rounding is left: no variance.
      return hasHappened && variance > size * 0x1p-48 ? variance : 0
    }
  }

  /// The variance of the area under F up to a limit; `times` are those of the steps up to it.
  func varianceOfArea(
    _ form: IncidenceVarianceForm, times: ArraySlice<Double>, end: Double
  ) -> Double {
    var variance = 0.0
    var toCome = 0.0
    for index in times.indices.reversed() {
      let step = steps[index]
      let left = end - times[index]
      let other = step.after > 0 ? -toCome / step.after : 0
      variance += form.quadratic(step, own: left + other, other: other, slope: 0).constant
      toCome += step.increment * left
    }
    return variance
  }
}

/// How the increments of a time vary.
enum IncidenceVarianceForm {
  /// As a multinomial sample: Greenwood's formula for several causes.
  case greenwood
  /// As independent counts with the correction for ties of Gray's `cuminc`.
  case aalen

  /// The variance of an event's effect, u for the cause and v for the others, both falling by the
  /// slope times Φ, as a polynomial: constant − 2Φ linear + Φ² square.
  func quadratic(
    _ step: IncidenceSteps.Step, own u: Double, other v: Double, slope b: Double
  ) -> (constant: Double, linear: Double, square: Double) {
    let (p, o, q) = (step.share, step.otherShare, step.freeShare)
    guard p + o > 0 else { return (0, 0, 0) }
    let s = step.before * step.before / step.atRisk
    switch self {
    case .greenwood:
      // Pairs of outcomes, the third being no event: nothing is subtracted.
      let constant = p * o * (u - v) * (u - v) + q * (p * u * u + o * v * v)
      return (s * constant, s * b * q * (p * u + o * v), s * b * b * q * (p + o))
    case .aalen:
      func tied(_ share: Double) -> Double {
        let y = step.atRisk
        return share * y > 1 ? share * (y - share * y) / (y - 1) : share
      }
      let (p, o) = (tied(p), tied(o))
      return (
        s * (p * u * u + o * v * v), s * b * (p * u + o * v), s * b * b * (p + o)
      )
    }
  }
}
