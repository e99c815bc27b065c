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
    forEachPart(parts, threads: threads) { part, _ in body(part) }
  }

  /// Runs a body for each part, which is also told which thread it is on, counted from 0: what it may
  /// use as room to work in, if it leaves nothing there that the next part reads.
  package static func forEachPart(
    _ parts: Int, threads: Int, _ body: @Sendable (_ part: Int, _ worker: Int) -> Void
  ) {
    let workers = workerCount(parts: parts, threads: threads)
    guard workers > 1 else {
      for part in 0..<parts { body(part, 0) }
      return
    }
    DispatchQueue.concurrentPerform(iterations: workers) { worker in
      for part in stride(from: worker, to: parts, by: workers) { body(part, worker) }
    }
  }

  /// Makes a value for each part.
  static func map<Value>(
    _ parts: Int, threads: Int, _ make: @Sendable (Int) -> Value
  ) -> [Value] {
    [Value](unsafeUninitializedCapacity: parts) { buffer, count in
      nonisolated(unsafe) let base = buffer.baseAddress
      forEachPart(parts, threads: threads) { part in
        if let base { (base + part).initialize(to: make(part)) }
      }
      count = parts
    }
  }

  /// How many threads have something to do.
  package static func workerCount(parts: Int, threads: Int) -> Int {
    Swift.max(1, Swift.min(parts, threads))
  }
}
