/// How one task API is asked and read.
package protocol Provider: Sendable {
  /// The provider's own words for its statuses, for config checks: each as the API spells it.
  var vocabulary: [String] { get }

  /// The request that asks for a task. `id` has passed `TaskID.refusal`.
  func request(for id: String) -> HTTPRequest

  /// What an answer means.
  func read(_ response: HTTPResponse) -> PollReading
}
