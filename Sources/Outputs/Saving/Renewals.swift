import Model

/// Asks the API once for the addresses of a task's outputs where several of them have run out.
actor Renewals {
  private let renewer: any OutputRenewer
  private let task: TaskAddress
  private let source: String
  private var latest: [TaskOutput]
  private var running: Task<OutputRenewal, Never>?

  init(_ save: PendingSave, renewer: any OutputRenewer) {
    self.renewer = renewer
    task = TaskAddress(id: save.ref.id, url: save.url)
    source = save.ref.source
    latest = save.outputs
  }

  /// - Parameter old: the address of this output that has run out.
  func outputs(insteadOf old: String, at index: Int) async -> OutputRenewal {
    if index < latest.count, latest[index].url != old { return .outputs(latest) }
    let asking =
      running
      ?? Task { [renewer, task, source] in await renewer.outputs(of: task, source: source) }
    running = asking
    let renewal = await withTaskCancellationHandler {
      await asking.value
    } onCancel: {
      asking.cancel()
    }
    if running == asking { running = nil }
    if case .outputs(let outputs) = renewal { latest = outputs }
    return renewal
  }
}
