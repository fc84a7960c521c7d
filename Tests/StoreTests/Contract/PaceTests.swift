import Model
import Testing

/// What was learnt of how long tasks take.
@Suite struct PaceTests {
  private func pace(_ source: String, _ kind: String, _ model: [UInt8], at seconds: Int64) -> LearntPace {
    LearntPace(source: source, kind: kind, model: model, usedAt: Timestamp(milliseconds: seconds * 1000))
  }

  @Test(arguments: Backing.allCases)
  func whatIsKeptComesBack(backing: Backing) async throws {
    try await backing.use { bench in
      #expect(try await bench.store.paces(limit: 10).isEmpty)
      let first = pace("runway", "", [1, 0, 255], at: 1)
      let kind = pace("runway", "labels.m=ü\0x", [], at: 2)
      let other = pace("kling", "", [7], at: 3)
      try await bench.store.keep([])
      try await bench.store.keep([first, kind, other])
      #expect(try await bench.store.paces(limit: 10) == [kind, first, other])
      let later = pace("runway", "", [2], at: 9)
      try await bench.store.keep([later])
      #expect(try await bench.store.paces(limit: 10) == [later, kind, other])
      #expect(try await bench.store.paces(limit: 1) == [later, other], "of each source")
    }
  }

  @Test(arguments: Backing.allCases)
  func whatTaughtLongAgoGoes(backing: Backing) async throws {
    try await backing.use { bench in
      try await bench.store.keep([pace("runway", "", [1], at: 100), pace("runway", "old", [1], at: 50)])
      #expect(try await bench.store.sweep(endedBefore: Timestamp(milliseconds: 100_000)) == 0)
      #expect(try await bench.store.paces(limit: 10).map(\.kind) == [""])
    }
  }
}
