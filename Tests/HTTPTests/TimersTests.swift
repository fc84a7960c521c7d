import Synchronization
import Testing

@testable import HTTP

@Suite struct TimersTests {
  @Test func givesWhatIsDueInOrder() {
    let seen = Mutex<[Int]>([])
    var timers = Timers()
    for (number, due) in [(1, 30), (2, 10), (3, 20), (4, 10), (5, 40)] {
      timers.set(due: Int64(due)) { seen.withLock { $0.append(number) } }
    }
    #expect(timers.next == 10)
    #expect(timers.take(at: 9) == nil)
    while let work = timers.take(at: 30) { work() }
    #expect(seen.withLock { $0 } == [2, 4, 3, 1])
    #expect(timers.next == 40)
    timers.removeAll()
    #expect(timers.next == nil)
  }
}
