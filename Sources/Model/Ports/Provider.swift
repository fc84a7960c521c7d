/// How one task API is asked and read.
package protocol Provider: Sendable {
  /// The provider's own words for its statuses, for config checks: each as the API spells it.
  var vocabulary: [String] { get }

  /// Most tasks that one request can ask for; 1 where each needs a request of its own.
  var batch: Int { get }

  /// The request that asks for tasks: for one, or for at most `batch` of them. Ids have passed `TaskID.refusal`.
  /// Throws where a task's own URL is none that this source may ask.
  func request(for tasks: [TaskAddress]) throws(AddressRefusal) -> HTTPRequest

  /// The same for one task: what most polls are.
  func request(for task: TaskAddress) throws(AddressRefusal) -> HTTPRequest

  /// What an answer to a request for one task means, or what has to be asked next to know.
  func read(_ response: HTTPResponse, of task: TaskAddress) -> PollStep

  /// What an answer means together with the one to the request that `.ask` brought.
  func read(_ response: HTTPResponse, result: HTTPResponse, of task: TaskAddress) -> PollReading

  /// What an answer to a request for several tasks means for each of them, in their order.
  func read(_ response: HTTPResponse, of tasks: [TaskAddress]) -> [PollReading]

  /// The least wait before the next poll that an answer asks for; nil where it asks for none. Called for every
  /// answer, also for one that says the same as the last.
  func hint(_ response: HTTPResponse) -> Duration?

  /// The output files that a task object names, in its order, each once.
  func outputs(of task: [UInt8], at address: TaskAddress) -> [TaskOutput]

  /// The headers that an output wants which the API itself serves (`TaskOutput.isOwn`): its key is among them.
  var ownHeaders: [HTTPHeader] { get }

  /// What requests of the API's clients mean; nil where nothing is known of that.
  var traffic: (any TaskTraffic)? { get }
}

extension Provider {
  package var traffic: (any TaskTraffic)? { nil }

  package func request(for task: TaskAddress) throws(AddressRefusal) -> HTTPRequest {
    try request(for: [task])
  }
}

/// What a provider has to know of a task to ask for it.
package struct TaskAddress: Sendable, Hashable {
  package var id: String
  /// Where the task is asked for, where that is not made from its id.
  package var url: String?

  package init(id: String, url: String? = nil) {
    self.id = id
    self.url = url
  }
}

/// Why a task's own URL is not asked: the key would go where the config does not say.
package struct AddressRefusal: Error, Sendable, Equatable, CustomStringConvertible {
  package let description: String

  package init(_ description: String) { self.description = description }
}

/// What follows from the answer to a poll.
package enum PollStep: Sendable {
  case read(PollReading)
  /// The answer tells half of it: this request asks for the rest.
  case ask(HTTPRequest)
}
