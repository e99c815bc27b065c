// SPDX-License-Identifier: Apache-2.0

/// Where a coefficient goes when the likelihood rises without end.
public enum InfiniteLimit: String, Hashable, Sendable, Codable {
  /// To +∞.
  case positive
  /// To −∞.
  case negative
  /// Either way: along one direction it rises, along another it falls, so that every value of it,
  /// finite ones included, is compatible with a likelihood as large as it can be.
  case undetermined
}

/// The proof that a Cox likelihood has no finite maximum: a direction along which it rises without end.
///
///     γᵀxᵢ ≥ γᵀxⱼ   for every event i and every j at risk at its time, for some with inequality
///
/// Under the exact rules for ties *j* are those at risk who do not die at that time. The direction was
/// checked over all risk sets. A product γᵀx of several columns is rounded: differences of up to
/// 2⁻⁴³ Σ|γₖxₖ| for each of the two rows, with columns measured from their means, pass as equal, and
/// none when there is one column.
public struct MonotoneDirection: Hashable, Sendable, Codable {
  /// The name and factor γₖ of each coefficient that takes part; the largest factor is 1 or −1.
  public let terms: [Term]

  /// A coefficient in a direction.
  public struct Term: Hashable, Sendable, Codable {
    /// The name of the coefficient.
    public let name: String
    /// Its factor, in the units of the design.
    public let factor: Double
  }

  /// A direction in the units of the design.
  init(names: [String], factors: [Double]) {
    let largest = factors.reduce(0) { Swift.max($0, abs($1)) }
    terms = zip(names, factors).filter { $1 != 0 }.map {
      Term(name: $0, factor: $1 / largest)
    }
  }
}

extension MonotoneDirection: CustomStringConvertible {
  /// The combination, such as `age − 0.5 sex`.
  public var description: String {
    var text = ""
    for (index, term) in terms.enumerated() {
      let size = NumberFormatting.significant(abs(term.factor), digits: 4)
      let sign = term.factor < 0 ? "−" : "+"
      text += index == 0 ? (term.factor < 0 ? "−" : "") : " \(sign) "
      text += (size == "1" ? "" : "\(size) ") + term.name
    }
    return text
  }
}

/// What is known of a likelihood without a finite maximum.
struct InfiniteMaximum {
  let direction: MonotoneDirection
  /// Where coefficients go, by column; the others are finite.
  let limits: [Int: InfiniteLimit]

  /// The doubt that a fit carries, with what still holds and what may be asked for instead.
  func diagnostic(_ names: [String], ties: TieMethod, isRobust: Bool) -> CoxDiagnostic {
    let columns = limits.keys.sorted()
    let known = columns.filter { limits[$0] != .undetermined }.map {
      "\(names[$0]) → \(limits[$0] == .negative ? "−" : "+")∞"
    }
    let undetermined = columns.filter { limits[$0] == .undetermined }.map { names[$0] }
    var message = "the likelihood rises without end"
    if !known.isEmpty { message += ": \(known.joined(separator: ", "))" }
    if !undetermined.isEmpty {
      message += "; it determines no value of \(undetermined.joined(separator: ", "))"
    }
    message += ". Everyone who had the event had the largest value of "
    message += direction.terms.count == 1 ? "\(direction)" : "the combination \(direction)"
    var holding = [isRobust ? "the robust score test holds" : "the likelihood-ratio test holds"]
    if !isRobust, !known.isEmpty { holding.append("profile intervals have a finite end") }
    if !isRobust, !ties.isExact { holding.append("Firth's penalty gives finite estimates") }
    message +=
      " among those at risk. Estimates, standard errors and Wald tests of these coefficients mean "
      + "nothing; " + holding.joined(separator: ", ")
    return CoxDiagnostic(code: .infiniteCoefficient, message: message)
  }
}
