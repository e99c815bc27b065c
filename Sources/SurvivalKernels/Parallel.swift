// SPDX-License-Identifier: Apache-2.0

internal import Dispatch

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Work in parts on several threads, in a way that the result cannot depend on their number.
package enum Parallel {
  /// The number of processors that may be used.
  package static var processorCount: Int { Swift.max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }

  /// Runs a body for each part; parts are dealt to the threads in turn.
  ///
  /// The body writes only what belongs to its part; who adds the parts up does so in their order.
  package static func forEachPart(
    _ parts: Int, threads: Int, _ body: @Sendable (Int) -> Void
  ) {
    let workers = Swift.min(parts, threads)
    guard workers > 1 else {
      for part in 0..<parts { body(part) }
      return
    }
    DispatchQueue.concurrentPerform(iterations: workers) { worker in
      for part in stride(from: worker, to: parts, by: workers) { body(part) }
    }
  }
}
