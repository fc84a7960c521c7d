import Model

/// Sees how far copies are: for progress bars. Called on the transport's thread, so it must be quick.
package protocol SaveObserver: Sendable {
  /// Bytes of an output that are there, at most ten times a second and at its end.
  /// - Parameters:
  ///   - output: its place among the task's outputs, from 0.
  ///   - count: how many outputs the task has.
  ///   - total: nil where the server does not tell.
  func progress(_ ref: TaskRef, output: Int, of count: Int, bytes: Int64, total: Int64?)

  /// The saving of a task's outputs has come to its end, as the event says.
  func ended(_ event: Event)
}
