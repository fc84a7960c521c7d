import Model
import TestSupport
import Testing

@testable import Watching

@Suite struct PaceBookTests {
  private func wait(
    _ book: PaceBook, _ kind: PaceBook.KindNumber = .common, age: Double, state: TaskState = .running,
    plain: Double = 6, report: ProgressModel.Report? = nil, isTimely: Bool = false
  ) -> Double {
    book.wait(of: kind, in: state, age: age, plain: plain, report: report, isTimely: isTimely)
  }

  private func taught(
    _ book: PaceBook = PaceBook(WatchRules(), batch: 1), kind: String? = nil, at end: Double
  )
    -> PaceBook
  {
    var book = book
    let number = kind.map { book.number(of: $0) } ?? .common
    for _ in 0..<60 { book.learn(number, .running, from: end - 3, to: end + 3, after: nil) }
    return book
  }

  @Test func withoutKnowledgeWaitsArePlain() {
    let book = PaceBook(WatchRules(), batch: 1)
    #expect(book.isPlain)
    for plain in [6.0, 13, 60] { #expect(wait(book, age: 100, plain: plain) == plain) }
  }

  @Test func waitsStayWithinTheirBounds() {
    let book = taught(at: 300)
    #expect(wait(book, age: 0) > 40, "nothing ends so soon")
    #expect(wait(book, age: 300) == 6)
    #expect(wait(book, age: 100_000) >= 6)
    #expect(wait(book, age: .nan) == 6, "a task of unknown age goes by the plain pace")
    #expect(wait(book, age: 0, isTimely: true) == 6, "who waits for progress does not wait longer")
    #expect(wait(book, age: 0, state: .pending) == 6, "another state is another thing")
  }

  @Test func kindsDifferAndBeginAsTheCommonOne() {
    var book = taught(at: 300)
    let new = book.number(of: "labels.m=new")
    #expect(wait(book, new, age: 0) == wait(book, age: 0) && wait(book, age: 0) > 40)
    book = taught(book, kind: "labels.m=quick", at: 12)
    let quick = book.number(of: "labels.m=quick")
    #expect(wait(book, quick, age: 9) == 6)
    #expect(wait(book, quick, age: 0) < 13)
  }

  @Test func theKindThatWasNotMetForLongestGives() {
    var book = PaceBook(WatchRules(), batch: 1)
    let first = book.number(of: "0")
    for name in 1..<(PaceBook.capacity - 1) { _ = book.number(of: "\(name)") }
    #expect(book.kinds.count == PaceBook.capacity)
    #expect(book.number(of: "0") == first)
    _ = book.number(of: "one more")
    #expect(book.kinds.count == PaceBook.capacity)
    #expect(book.number(of: "0") == first, "it was met since")
    #expect(!book.kinds.contains { $0.name == "1" })
  }

  @Test func aNumberThatOutlivedItsKindMeansTheCommonOne() {
    var book = taught(taught(kind: "old", at: 12), at: 300)
    let old = book.number(of: "old")
    let before = wait(book, old, age: 0)
    for name in 0..<PaceBook.capacity { _ = book.number(of: "\(name)") }
    #expect(wait(book, old, age: 0) == wait(book, age: 0) && wait(book, old, age: 0) != before)
  }

  @Test func whatIsWrittenIsReadAgain() throws {
    var book = taught(kind: "labels.m=a", at: 40)
    let report = try #require(ProgressModel.Report(progress: 0.5, age: 20))
    for _ in 0..<20 { book.learn(.common, .running, from: 36, to: 42, after: report) }
    book.learn(.common, .pending, from: 1, to: 2, after: nil)
    let news = book.takeNews(limit: 10)
    #expect(news.map(\.name) == ["", "labels.m=a"])
    #expect(book.takeNews(limit: 10).isEmpty)
    var other = PaceBook(WatchRules(), batch: 1)
    for pace in news { other.recall(pace.name, pace.model) }
    #expect(other.takeNews(limit: 10).isEmpty, "the store knows it")
    for age in stride(from: 0.0, to: 100, by: 3) {
      for kind in ["", "labels.m=a"] {
        let pair = [book, other].map { book in
          var book = book
          return wait(book, kind.isEmpty ? .common : book.number(of: kind), age: age, report: report)
        }
        #expect(abs(pair[0] - pair[1]) < 0.25 * pair[0], "at \(age) s: \(pair)")
      }
    }
  }

  @Test func brokenBytesAreAsNothing() {
    var book = taught(at: 40)
    let whole = book.takeNews(limit: 1)[0].model
    for cut in 1..<whole.count {
      #expect(
        PaceCoding.read(Array(whole.prefix(cut)), prior: { _ in .unknown(every: 6, price: 1) }) == nil
          || cut == 1)
    }
    var generator = SeededRandom(seed: 5)
    for _ in 0..<300 {
      var bytes = whole
      bytes[Int.random(in: 0..<whole.count, using: &generator)] = .random(in: 0...255, using: &generator)
      var other = PaceBook(WatchRules(), batch: 1)
      other.recall("", bytes)
      let wait = wait(other, age: 30)
      #expect(wait >= 6 && wait <= 60)
    }
  }

  // MARK: The budget

  @Test func waitsGrowUntilTheyFit() {
    var rules = WatchRules()
    rules.rate = Rate(10, per: .seconds(1))
    var book = PaceBook(rules, batch: 1)
    for _ in 0..<2000 { book.note(wait: wait(book, age: .nan), tasks: 120) }
    #expect(abs(wait(book, age: .nan) - 12) < 0.1, "120 tasks at 10/s")
    for _ in 0..<2000 { book.note(wait: wait(book, age: .nan), tasks: 6000) }
    #expect(wait(book, age: .nan) == 60)
    for _ in 0..<20_000 { book.note(wait: wait(book, age: .nan), tasks: 50) }
    #expect(wait(book, age: .nan) == 6 && book.stretch == 1)
  }

  @Test func oneRequestForManyTasksIsOnePoll() {
    var rules = WatchRules()
    rules.rate = Rate(1, per: .seconds(1))
    var book = PaceBook(rules, batch: 50)
    for _ in 0..<2000 { book.note(wait: wait(book, age: .nan), tasks: 200) }
    #expect(wait(book, age: .nan) == 6)
  }
}
