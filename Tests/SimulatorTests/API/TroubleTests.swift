import Model
import TestSupport
import Testing

@testable import Simulator

@Suite struct TroubleTests {
  @Test(arguments: [0, 0.05, 0.5, 1]) func theShareIsKept(share: Double) {
    let made = (0..<4000).count { Trouble.of(seed: 1, share: share, key: "a", number: $0) != nil }
    #expect(abs(Double(made) / 4000 - share) < 0.03)
  }

  @Test func everyKindComes() {
    let made = Set((0..<2000).compactMap { Trouble.of(seed: 1, share: 1, key: "a", number: $0) })
    #expect(made == Set(Trouble.allCases))
  }

  @Test(
    arguments: [
      (.internalError, 500, "application/json", .whole), (.badGateway, 502, "text/html", .whole),
      (.unavailable, 503, "application/json", .whole), (.gatewayTimeout, 504, "text/html", .whole),
      (.originTimeout, 524, "text/html", .whole), (.dropped, 0, nil, .dropped),
      (.cut, 200, "text/plain", .cut),
      (.hanging, 0, nil, .dropped),
    ] as [(Trouble, Int, String?, Reply.Ending)])
  func eachLooksLikeItself(trouble: Trouble, status: Int, type: String?, ending: Reply.Ending) {
    let reply = trouble.reply { Reply(200, "text/plain", Array("truth".utf8)) }
    #expect(reply.status == status && reply.ending == ending)
    #expect(reply.header("content-type") == type)
    #expect(reply.delay == (trouble == .hanging ? Trouble.hang : .zero))
  }

  @Test func whatATaskMeetsDoesNotDependOnOthers() {
    func fates(others: Bool) -> [Int] {
      let api = SimulatedAPI(SimulatorOptions(errors: 0.5), time: ManualTime())
      return (0..<60).map { round in
        if others { for other in 0..<(round % 5) { _ = api.answer(Call("GET", "/v1/tasks/sim-x\(other)")) } }
        return api.answer(Call("GET", "/v1/tasks/sim-1")).status
      }
    }
    #expect(fates(others: false) == fates(others: true))
  }

  @Test func aCreationInTroubleMakesNoTask() {
    let api = SimulatedAPI(SimulatorOptions(errors: 1), time: ManualTime())
    let replies = (0..<300).map { _ in api.answer(Call("POST", "/v1/image_to_video", body: Array("{}".utf8)))
    }
    #expect(replies.allSatisfy { $0.status >= 500 || $0.ending == .dropped })
    #expect(api.stats.created == 0)
    #expect(api.stats.troubles["cut"] == nil)
    #expect(api.stats.troubles.values.reduce(0, +) == 300)
  }

  @Test func answersTakeAboutTheirLatency() {
    let delays = (0..<2000).map { Trouble.delay(seed: 1, latency: .milliseconds(100), number: $0) }
    let slow = delays.count { $0 > .milliseconds(150) }
    #expect(delays.allSatisfy { $0 >= .milliseconds(50) && $0 <= .milliseconds(1200) })
    #expect((5...50).contains(slow))
    #expect(Set(delays).count > 1900)
    #expect(Trouble.delay(seed: 1, latency: .zero, number: 1) == .zero)
  }
}
