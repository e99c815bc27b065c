// SPDX-License-Identifier: Apache-2.0

import SurvivalKit
import Testing

/// Expects a ``SurvivalError`` of a code, and returns it for a closer look.
@discardableResult
func expectError(
  _ code: SurvivalError.Code, sourceLocation: SourceLocation = #_sourceLocation,
  _ body: () throws -> some Any
) -> SurvivalError? {
  do {
    let result = try body()
    Issue.record("no error but \(result)", sourceLocation: sourceLocation)
  } catch let error as SurvivalError {
    #expect(error.code == code, "\(error)", sourceLocation: sourceLocation)
    return error
  } catch {
    Issue.record("another error: \(error)", sourceLocation: sourceLocation)
  }
  return nil
}
