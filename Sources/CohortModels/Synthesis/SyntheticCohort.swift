// SPDX-License-Identifier: Apache-2.0

/// Subjects who are nobody, drawn so that their statistics are like those printed of the study.
///
/// The data are *synthetic*: they are not those of the study, and no finding in them is one about
/// patients. Study, names and files say that they are synthetic.
///
/// Counts that are printed of the 189 patients are quotas: so many places are dealt out at random, where
/// independent draws would miss the count. Prior lines, doses, ages and waits are spread evenly over
/// their distributions. Courses, and what follows from them, are independent draws, so that curves and
/// p-values of a seed scatter around what is printed. What is printed nowhere is assumed [A]: the numbers
/// in each arm, and every number of the process behind the courses.
///
/// ```swift
/// let cohort = try ValidatedCohort(SyntheticCohort.draw())
/// ```
public enum SyntheticCohort {
  /// The seed that is used when none is named: the first, from 1 upwards, with which the study's 204
  /// subjects lie in every band that what is printed allows.
  public static let shippedSeed: UInt64 = 8604
  /// The number of subjects of the study, of whom 189 were infused.
  public static let studyCount = 204

  /// Draws a cohort; equal arguments give the same cohort on every platform.
  ///
  /// With another number of subjects the printed counts are met in proportion: of 204 subjects 189 are
  /// infused, 108 of them male, and so on. Every cohort keeps every rule of ``ValidationRule`` that is an error.
  /// - Parameters:
  ///   - seed: Any number.
  ///   - count: The number of subjects, infused or not; less than 1 gives none.
  /// - Returns: The cohort.
  /// - Complexity: O(*n* log *n*) for *n* subjects.
  public static func draw(
    seed: UInt64 = shippedSeed, count: Int = studyCount
  ) -> Cohort {
    draw(seed: seed, count: count, process: SyntheticProcess())
  }

  /// Draws a cohort from a process of other numbers, to calibrate them.
  package static func draw(seed: UInt64, count: Int, process: SyntheticProcess) -> Cohort {
    var study = Study()
    study.studyID = "SYNTHETIC"
    study.title =
      "Synthetic subjects (seed \(seed)): brexucabtagene autoleucel after inotuzumab ozogamicin"
    study.dataLock = SyntheticDraw.dataLock
    study.isSynthetic = true
    var draw = SyntheticDraw(seed: seed, count: Swift.max(0, count), process: process)
    return Cohort(study: study, subjects: draw.subjects())
  }
}
