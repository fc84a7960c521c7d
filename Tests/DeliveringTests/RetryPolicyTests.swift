import Model
import TestSupport
import Testing

@testable import Delivering

@Suite struct RetryPolicyTests {
  @Test func theDefaultScheduleIsThatOfStandardWebhooks() {
    let waits = (1...10).map { RetryPolicy.webhook.wait(after: $0) }
    #expect(
      waits == [
        .seconds(5), .seconds(300), .seconds(1800), .hours(2), .hours(5), .hours(10), .hours(14), .hours(20),
        .hours(24), nil,
      ])
  }

  @Test func backoffDoublesUpToItsMost() {
    let policy = RetryPolicy.backoff(attempts: 6, first: .seconds(1), most: .seconds(5))
    #expect(
      (1...6).map { policy.wait(after: $0) }
        == [.seconds(1), .seconds(2), .seconds(4), .seconds(5), .seconds(5), nil])
    #expect(RetryPolicy.backoff(attempts: 1, first: .seconds(1), most: .seconds(1)).wait(after: 1) == nil)
    let long = RetryPolicy.backoff(attempts: 10_000, first: .seconds(1), most: .hours(1))
    #expect(long.wait(after: 9_000) == .hours(1))
  }
}
