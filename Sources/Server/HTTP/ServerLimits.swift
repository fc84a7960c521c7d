/// What the server bears from its callers.
package struct ServerLimits: Sendable, Equatable {
  /// Bytes of a request's header lines together, names and values.
  package var headers = 16 << 10
  /// Bytes of a body that is read as a whole.
  package var body = 8 << 20
  /// How long the head of a request may take to come; a new connection has begun one.
  package var headTime = Duration.seconds(30)
  /// How long a connection may be open without a request, a body may stand still, an answer may wait to be read.
  package var idleTime = Duration.seconds(60)
  /// What may still come of a body once its request was answered: bytes, and for how long.
  package var lateBytes = 1 << 20
  package var lateTime = Duration.seconds(5)
  /// Connections at once; more are closed as they come.
  package var connections = 4096
  /// How long requests that run when the server stops may take to end.
  package var patience = Duration.seconds(2)

  package init() {}
}
