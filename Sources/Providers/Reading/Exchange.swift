/// The HTTP side of the answers that are read together.
struct Exchange: Sendable {
  /// The status of the answer to the poll.
  var http: Int
  /// That of the answer to the second request, where there was one.
  var resultHTTP: Int?
  /// Whether only the cases that name the answer's HTTP status can give a task's status: the answer is an error
  /// otherwise.
  var isNamed = false
}
