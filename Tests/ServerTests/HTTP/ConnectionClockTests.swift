import NIOCore
import Testing

@testable import Server

@Suite struct ConnectionClockTests {
  private static func at(_ seconds: Int) -> NIODeadline {
    .uptimeNanoseconds(UInt64(seconds) * 1_000_000_000)
  }
  private static func clock() -> ConnectionClock { ConnectionClock(limits: ServerLimits(), now: at(100)) }

  @Test func aNewConnectionMustSendAHead() {
    var clock = Self.clock()
    #expect(clock.deadline == Self.at(130))
    for second in 101..<120 { clock.bytes(at: Self.at(second)) }
    #expect(clock.deadline == Self.at(130))
  }

  @Test func anAnswerMayTakeItsTime() {
    var clock = Self.clock()
    clock.head(at: Self.at(110))
    #expect(clock.deadline == Self.at(170))
    let isTaken = clock.body(1000, at: Self.at(150))
    #expect(isTaken)
    #expect(clock.deadline == Self.at(210))
    clock.requestEnded(at: Self.at(160))
    #expect(clock.deadline == nil)
    clock.answerEnded(at: Self.at(500))
    #expect(clock.deadline == Self.at(560))
  }

  @Test func theNextHeadHasItsOwnTime() {
    var clock = Self.clock()
    clock.head(at: Self.at(110))
    clock.requestEnded(at: Self.at(110))
    clock.answerEnded(at: Self.at(120))
    clock.bytes(at: Self.at(170))
    clock.bytes(at: Self.at(190))
    #expect(clock.deadline == Self.at(200))
    clock.head(at: Self.at(195))
    clock.requestEnded(at: Self.at(195))
    #expect(clock.deadline == nil)
  }

  @Test func pipelinedRequestsAreCounted() {
    var clock = Self.clock()
    for _ in 0..<2 {
      clock.head(at: Self.at(110))
      clock.requestEnded(at: Self.at(110))
    }
    clock.answerEnded(at: Self.at(120))
    #expect(clock.deadline == nil && clock.open == 1)
    clock.answerEnded(at: Self.at(130))
    #expect(clock.deadline == Self.at(190))
  }

  @Test func whatComesOfAnAnsweredRequestIsBounded() {
    var clock = Self.clock()
    clock.head(at: Self.at(110))
    clock.answerEnded(at: Self.at(110))
    #expect(clock.deadline == Self.at(115))
    let isTaken = clock.body(1 << 20, at: Self.at(112))
    #expect(isTaken)
    #expect(clock.deadline == Self.at(115))
    let isMoreTaken = clock.body(1, at: Self.at(113))
    #expect(!isMoreTaken)
    clock.requestEnded(at: Self.at(114))
    #expect(clock.deadline == Self.at(174))
  }

  @Test func aPeerMustTakeWhatItAskedFor() {
    var clock = Self.clock()
    clock.head(at: Self.at(110))
    clock.requestEnded(at: Self.at(110))
    clock.writable(false, at: Self.at(120))
    clock.writable(false, at: Self.at(130))
    #expect(clock.deadline == Self.at(180))
    clock.writable(true, at: Self.at(150))
    #expect(clock.deadline == nil)
  }

  @Test func aPeerHasToCloseInItsTurn() {
    var clock = Self.clock()
    clock.head(at: Self.at(110))
    clock.requestEnded(at: Self.at(110))
    clock.answerEnded(at: Self.at(120))
    clock.ended(at: Self.at(120))
    clock.ended(at: Self.at(123))
    clock.bytes(at: Self.at(124))
    #expect(clock.deadline == Self.at(125))
  }
}
