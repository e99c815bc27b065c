// SPDX-License-Identifier: Apache-2.0

import SurvivalKit

// The records and endpoints of the articles, verbatim.

// MARK: - Getting started

enum Arm: String, CaseIterable, Codable, Sendable {
  case maintained, nonmaintained
}

struct Remission: Sendable {
  var weeks: Double
  var hasRelapsed: Bool
  var arm: Arm
}

extension Endpoint<Remission> {
  static let relapse = Endpoint("relapse", time: \.weeks, event: \.hasRelapsed)
}

// MARK: - Time-varying covariates

struct Candidate: Sendable {
  var days: Double
  var hasDied: Bool
  var transplantDay: Double?
}

struct CandidateInterval: Sendable {
  var patient: Int
  var followUp: FollowUp
  var isTransplanted: Bool
}

extension Endpoint<CandidateInterval> {
  static let death = Endpoint("death") { $0.followUp }
}

struct HeartInterval: Sendable {
  var patient: Int
  var start: Double
  var stop: Double
  var hasDied: Bool
  var age: Double
  var year: Double
  var hadSurgery: Bool
  var isTransplanted: Bool
}

extension Endpoint<HeartInterval> {
  static let death = Endpoint("death", entry: \.start, exit: \.stop, event: \.hasDied)
}

// MARK: - Missing data

struct BlastPatient: Sendable {
  var months: Double?
  var hasDied: Bool
  var isEligible: Bool
  var blasts: Double?
}

extension Endpoint<BlastPatient> {
  static let overallSurvival = Endpoint("overall survival", time: \.months, event: \.hasDied)

  static let eligibleSurvival = Endpoint("overall survival, eligible patients") { patient in
    guard patient.isEligible, let months = patient.months else { return nil }
    return try FollowUp(time: months, isEvent: patient.hasDied)
  }
}

// MARK: - Reading a Cox fit

enum Sex: String, CaseIterable, Codable, Sendable {
  case male, female
}

struct LungPatient: Sendable {
  var days: Double
  var hasDied: Bool
  var age: Double
  var sex: Sex
  var performanceStatus: Double?
}

extension Endpoint<LungPatient> {
  static let overallSurvival = Endpoint("overall survival", time: \.days, event: \.hasDied)
}
