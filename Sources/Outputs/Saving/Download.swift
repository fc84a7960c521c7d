import Model

/// Brings one output into its part file.
struct Download: Sendable {
  let run: OutputRun
  let part: PartFile
  let room: FileRoom
  let turn: Turn

  private var time: any TimeSource { run.workshop.time }

  func run() async throws(SaveFailure) -> WholeFile {
    let (notes, noting) = AsyncStream<PartialFile>.makeStream(bufferingPolicy: .bufferingNewest(1))
    // What the server tells is written down as soon as it comes, and before anything later is: else a late note
    // would follow that of the whole file.
    async let noted: Void = note(notes)
    let outcome: Result<WholeFile, SaveFailure>
    do throws(SaveFailure) { outcome = .success(try await fetch(noting)) } catch { outcome = .failure(error) }
    noting.finish()
    await noted
    if case .failure = outcome { part.close() }
    return try outcome.get()
  }

  private func note(_ notes: AsyncStream<PartialFile>) async {
    var last: PartialFile?
    for await partial in notes where partial != last {
      last = partial
      // A note that is lost costs no more than bytes.
      try? await run.workshop.store.note(.partial(partial), of: run.index, task: run.save.row)
    }
  }

  private func fetch(_ noting: AsyncStream<PartialFile>.Continuation) async throws(SaveFailure) -> WholeFile {
    let size = try await open()
    let fetch = Fetch(
      run.output, base: run.site.base, partial: run.partial(at: part.place), kept: size,
      rules: run.site.rules,
      now: time.now)
    let path = part.place.path
    let sink = FetchSink(
      fetch, into: part, room: room, time: time,
      told: { validator, length, contentType in
        noting.yield(
          PartialFile(path: path, validator: validator, length: length, contentType: contentType))
      },
      progress: { [run] bytes, total in run.tell(bytes: bytes, total: total) })
    if fetch.kept > 0 { try await takeUp(fetch.kept, sink) }
    var step = sink.step { $0.next() }
    while true {
      switch step {
      case .ask(let ask): step = try await send(ask, sink)
      case .wait(let duration):
        try await reopen(after: duration, sink)
        step = sink.step { $0.next() }
      case .renew(let wait):
        try await reopen(after: wait, sink)
        let old = sink.step { $0.address.url }
        let renewal = await run.renewals.outputs(insteadOf: old, at: run.index)
        if Task.isCancelled { throw .stopped }
        step = sink.step { $0.renewed(renewal, at: run.index, time.now) }
      case .fail(let reason):
        part.remove()
        throw .failed(reason: reason)
      case .done: return try await finish(sink)
      }
    }
  }

  private func send(_ ask: Fetch.Ask, _ sink: FetchSink) async throws(SaveFailure) -> Fetch.Step {
    let request = run.site.request(ask, sink: sink)
    do throws(HTTPError) {
      let response = try await run.workshop.transport.send(request)
      if let refusal = sink.takeRefusal() { return .fail(reason: refusal) }
      let (now, wall) = (time.now, time.wall)
      return sink.step { $0.end(response, at: now, wall: wall) }
    } catch {
      if Task.isCancelled { throw .stopped }
      var error = error
      if let refusal = sink.takeRefusal() { error = HTTPError(.refused, refusal) }
      run.workshop.log.debug(
        "a file breaks off",
        metadata: ["task": "\(run.save.ref)", "output": "\(run.index)", "error": "\(error)"])
      let now = time.now
      return sink.step { $0.end(error, at: now) }
    }
  }

  private func finish(_ sink: FetchSink) async throws(SaveFailure) -> WholeFile {
    do throws(FileTrouble) {
      try await Blocking.run { [part] _ throws(FileTrouble) in try part.sync() }
    } catch {
      throw .failed(reason: error.description)
    }
    let fetch = sink.step { $0 }
    run.tell(bytes: fetch.kept, total: fetch.kept)
    return WholeFile(
      bytes: fetch.kept, sha256: part.sha256, contentType: fetch.contentType, validator: fetch.validator,
      room: room)
  }

  // MARK: The part file

  /// Opens the part file; where another process has it, once that has let go.
  private func open() async throws(SaveFailure) -> Int64 {
    let deadline = time.now + run.site.settings.giveUpAfter
    while true {
      do throws(FileTrouble) {
        return try await Blocking.run { [part] _ throws(FileTrouble) in try part.open() }
      } catch {
        guard error.kind == .busy, time.now < deadline else { throw .failed(reason: error.description) }
        try await run.pause(.seconds(5), turn)
      }
    }
  }

  /// Waits, and lets go of the file meanwhile: it may be long, and there may be many.
  private func reopen(after duration: Duration, _ sink: FetchSink) async throws(SaveFailure) {
    if duration <= .zero { return }
    part.close()
    try await run.pause(duration, turn)
    let size = try await open()
    let kept = sink.step { $0.kept }
    if kept == 0 { return }
    if size == kept { try await takeUp(kept, sink) } else { sink.step { $0.lose() } }
  }

  /// Reads what is in the part file for its sum, where that is not known.
  private func takeUp(_ kept: Int64, _ sink: FetchSink) async throws(SaveFailure) {
    do throws(FileTrouble) {
      try await Blocking.run { [part] isCancelled throws(FileTrouble) in
        try part.takeUp(unless: isCancelled)
      }
    } catch {
      throw .failed(reason: error.description)
    }
    if Task.isCancelled { throw .stopped }
    if part.count != kept { sink.step { $0.lose() } }
  }
}

extension OutputRun {
  /// Tells whoever watches how far the file is.
  func tell(bytes: Int64, total: Int64?) {
    workshop.observer?.progress(
      save.ref, output: index, of: save.outputs.count, bytes: bytes, total: total)
  }
}
