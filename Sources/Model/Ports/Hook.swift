/// What an event does: one action of a named rule.
package protocol Hook: Sendable {
  /// Carries out one attempt. Where the caller is cancelled, what runs is ended (a program gets SIGTERM,
  /// then SIGKILL) and `CancellationError` is thrown: such an attempt is not counted.
  func perform(_ attempt: Attempt) async throws(CancellationError) -> AttemptReport

  /// Begins an attempt on the HTTP loop whose thread this is called on, without a task of its own: thousands a second
  /// would else spend more on hops between threads than on their requests. `completion` is called once, on that
  /// thread and never before this returns: with nil where the attempt was broken off, which is not counted. What is
  /// answered breaks it off, from any thread. Nil where the hook makes its attempts by `perform` alone.
  func begin(
    _ attempt: Attempt, completion: @escaping @Sendable (AttemptReport?) -> Void
  ) -> BreakOff?
}

extension Hook {
  package func begin(
    _ attempt: Attempt, completion: @escaping @Sendable (AttemptReport?) -> Void
  ) -> BreakOff? { nil }
}

/// Ends something that runs before its time. May be called when it has ended.
package typealias BreakOff = @Sendable () -> Void

/// Which hooks an event is bound for.
package protocol EventRouter: Sendable {
  /// Names of the hooks whose rule fits, in the order of the config; then the task's own webhook, where it wants
  /// the event.
  func hooks(for event: Event) -> [String]

  /// Whether any hook could want progress events of a source; where none does, none are recorded.
  func wantsProgress(of source: String) -> Bool

  /// Whether a task's own webhook could want its progress.
  func wantsProgress(_ callback: TaskCallback) -> Bool
}

extension EventRouter {
  package func wantsProgress(_ callback: TaskCallback) -> Bool { false }
}
