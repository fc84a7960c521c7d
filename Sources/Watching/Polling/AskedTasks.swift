import Model

/// What the API last said of those watched tasks that somebody asked for, and who waits for what it says next. Tasks
/// nobody asks for are not in it, and one that nobody asked for in five minutes is dropped: there may be a million.
struct AskedTasks: Sendable {
  typealias Waiter = @Sendable (LatestAnswer?) -> Void

  /// Unasked for so long, an answer is dropped.
  static let keptFor: Duration = .seconds(300)
  /// Most bytes of all answers together.
  static let mostBytes = 64 << 20

  private struct Entry: Sendable {
    var answer: LatestAnswer?
    var askedAt: Moment
    var waiters: [(number: Int, end: Waiter)] = []
  }

  private var entries: [Int64: Entry] = [:]
  private var bytes = 0
  private var sweptAt: Moment?
  private var count = 0

  var isEmpty: Bool { entries.isEmpty }
  /// Rows with an answer, for tests.
  var kept: Int { entries.values.count { $0.answer != nil } }

  func holds(_ row: Int64) -> Bool { entries[row] != nil }

  /// The answer where it is not older than a moment.
  mutating func answer(of row: Int64, since moment: Moment, at now: Moment) -> LatestAnswer? {
    sweep(at: now)
    entries[row, default: Entry(askedAt: now)].askedAt = now
    guard let answer = entries[row]?.answer, answer.at >= moment else { return nil }
    return answer
  }

  /// Someone waits for the next answer; answers the number that `leave` takes.
  mutating func wait(for row: Int64, at now: Moment, _ end: @escaping Waiter) -> Int {
    count += 1
    entries[row, default: Entry(askedAt: now)].waiters.append((count, end))
    return count
  }

  /// A waiter has had enough: it is told that there is none.
  mutating func leave(_ row: Int64, _ number: Int) {
    guard let index = entries[row]?.waiters.firstIndex(where: { $0.number == number }) else { return }
    entries[row]?.waiters.remove(at: index).end(nil)
  }

  /// The API answered: all who wait are told. `answer` nil where nothing came that is of use to others.
  mutating func tell(_ row: Int64, _ answer: LatestAnswer?) {
    guard var entry = entries[row] else { return }
    if let answer {
      bytes += answer.response.body.count - (entry.answer?.response.body.count ?? 0)
      entry.answer = answer
    }
    let waiters = entry.waiters
    entry.waiters = []
    entries[row] = entry
    for waiter in waiters { waiter.end(answer) }
  }

  /// The task is watched no more.
  mutating func end(_ row: Int64) {
    guard let entry = entries.removeValue(forKey: row) else { return }
    bytes -= entry.answer?.response.body.count ?? 0
    for waiter in entry.waiters { waiter.end(entry.answer) }
  }

  mutating func endAll() { for row in entries.keys { end(row) } }

  private mutating func sweep(at now: Moment) {
    guard bytes > Self.mostBytes || sweptAt.map({ now - $0 > .seconds(60) }) != false else { return }
    sweptAt = now
    let idle = entries.filter { $0.value.waiters.isEmpty }
    for (row, entry) in idle where now - entry.askedAt > Self.keptFor { end(row) }
    for (row, _) in idle.sorted(by: { $0.value.askedAt < $1.value.askedAt }) where bytes > Self.mostBytes / 2
    {
      end(row)
    }
  }
}
