/// What the requests of an API's clients have to do with its tasks: for those who stand in between. Paths follow the
/// base URL, and are percent-encoded and without their query.
package protocol TaskTraffic: Sendable {
  /// The path as the API has it: clients may leave out a prefix that all of its paths have.
  func place(_ path: String) -> String
  /// The id of the task that a GET of this path asks for, as a poll would; nil where it asks for anything else.
  func polledID(_ path: String) -> String?
  /// Whether such a request may create a task.
  func mayCreate(_ method: String, _ path: String) -> Bool
  /// The task that the answer to such a request names; nil where it names none.
  func created(by response: HTTPResponse) -> CreatedTask?
  /// The body of an answer on one task as the API's clients know it, taken out of its envelope; nil where it is so
  /// already.
  func bare(_ response: HTTPResponse) -> [UInt8]?
  /// Whether a task object, as it is kept with events, is what a client gets that asks for the task.
  var answersWithTask: Bool { get }
}

/// A task that was created in somebody's sight.
package struct CreatedTask: Sendable, Equatable {
  package var address: TaskAddress
  /// The body of the answer without its envelope, where clients know it so; nil where there is none.
  package var bare: [UInt8]?

  package init(address: TaskAddress, bare: [UInt8]? = nil) {
    self.address = address
    self.bare = bare
  }
}

/// What an API last said of a task, as it came.
package struct LatestAnswer: Sendable {
  package var response: HTTPResponse
  /// When it came.
  package var at: Moment

  package init(response: HTTPResponse, at: Moment) {
    self.response = response
    self.at = at
  }
}
