import Synchronization
import Testing

@testable import HTTP

@Suite struct InboxTests {
  private let rings = Counter()

  private final class Counter: Sendable {
    let value = Atomic<Int>(0)
  }

  private func inbox() -> Inbox {
    Inbox { [rings] in rings.value.add(1, ordering: .relaxed) }
  }

  @Test func ringsOnlyASleepingLoopAndOnce() {
    let inbox = inbox()
    _ = inbox.post(.call {})
    #expect(rings.value.load(ordering: .relaxed) == 0)
    #expect(!inbox.fallAsleep())
    var batch: [Errand] = []
    inbox.drain(into: &batch)
    #expect(batch.count == 1)
    #expect(inbox.fallAsleep())
    _ = inbox.post(.call {})
    _ = inbox.post(.call {})
    #expect(rings.value.load(ordering: .relaxed) == 1)
  }

  @Test func asksForOneReaderAfterTheEnd() {
    let inbox = inbox()
    _ = inbox.post(.call {})
    #expect(!inbox.close())
    var batch: [Errand] = []
    inbox.drain(into: &batch)
    #expect(inbox.close())
    #expect(inbox.post(.call {}) == .wanted)
    #expect(inbox.post(.call {}) == .present)
    #expect(inbox.takeStraggler() != nil)
    #expect(inbox.takeStraggler() != nil)
    #expect(inbox.takeStraggler() == nil)
    #expect(inbox.post(.call {}) == .wanted)
    #expect(rings.value.load(ordering: .relaxed) == 0)
  }
}
