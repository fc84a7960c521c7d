import Delivering
import Foundation
import Hooks
import Model
import Outputs
import Synchronization
import Watching

/// What `watch` shows of its tasks, and the status it ends with.
final class Follower: WatchObserver, DeliveryObserver, SaveObserver {
  enum Style: Sendable {
    /// A line per task, drawn again in place.
    case board(colour: Bool)
    /// A line per transition.
    case lines
    /// A JSON object per transition.
    case json
  }

  private struct State {
    var board: Board
    var open: Set<String>
    var status: ExitStatus = .fine
    var drawn = 0
    var causes: Set<String> = []
    var waiters: [CheckedContinuation<Void, Never>] = []
  }

  /// Each once, in order.
  let ids: [String]
  private let style: Style
  private let time = SystemTime()
  private let state: Mutex<State>

  init(ids: [String], style: Style) {
    var seen: Set<String> = []
    self.ids = ids.filter { seen.insert($0).inserted }
    self.style = style
    var colour = false
    if case .board(let wanted) = style { colour = wanted }
    state = Mutex(State(board: Board(ids: self.ids, at: time.now, colour: colour), open: seen))
  }

  func saw(_ observation: Observation, of task: TaskRef) {
    state.withLock { $0.board.saw(observation, of: task.id, at: time.now) }
  }

  /// Polls that fail are made again; each cause is told once, as it may be the address that is wrong.
  func missed(_ task: TaskRef, _ reason: String) {
    let isNew = state.withLock { $0.causes.count < 20 && $0.causes.insert(reason).inserted }
    if isNew { say("taskhook: \(task.id): \(reason); asked again") }
  }

  func attempted(_ delivery: ClaimedDelivery, hook: String, settlement: Settlement) {
    guard let error = settlement.attempt.error else { return }
    switch settlement.result {
    case .delivered, .retry: break
    case .dead: say("taskhook: --\(hook) failed for \(delivery.event.taskID ?? ""): \(error)")
    }
  }

  /// Events that are recorded.
  func told(_ events: [BoundEvent]) {
    for bound in events {
      let event = bound.event
      show(event)
      state.withLock { state in
        guard let id = event.taskID else {
          if event.type == .sourceDown {
            state.status = .unavailable
            state.open.removeAll()
          }
          return
        }
        // Its files are yet to come.
        if bound.save != nil { return }
        guard let end = Self.status(endedBy: event) else { return }
        switch event.type {
        case .task: break
        case .saved: state.board.saved(id, note: "saved")
        default: state.board.ended(id, note: event.reason ?? "", at: time.now)
        }
        state.open.remove(id)
        // A failed task weighs more than one that was given up.
        if state.status == .fine || end == .taskFailed { state.status = end == .fine ? state.status : end }
      }
    }
    if state.withLock({ $0.open.isEmpty }) { release() }
  }

  func progress(_ ref: TaskRef, output: Int, of count: Int, bytes: Int64, total: Int64?) {
    state.withLock { $0.board.saving(output, of: count, bytes: bytes, total: total, task: ref.id) }
  }

  /// What came of it is told as an event.
  func ended(_ event: Event) {}

  private func release() {
    let waiters = state.withLock { state in
      defer { state.waiters.removeAll() }
      return state.waiters
    }
    for waiter in waiters { waiter.resume() }
  }

  /// Returns once all tasks have ended, or the caller was cancelled: the status to leave with.
  func ended() async -> Int32 {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let done = state.withLock { state in
          if state.open.isEmpty || Task.isCancelled { return true }
          state.waiters.append(continuation)
          return false
        }
        if done { continuation.resume() }
      }
    } onCancel: {
      release()
    }
    return state.withLock { $0.status.rawValue }
  }

  /// Draws the board again and again until cancelled.
  func draw() async -> Int32? {
    guard case .board = style else { return nil }
    while !Task.isCancelled {
      drawOnce()
      try? await Task.sleep(for: .milliseconds(200))
    }
    return nil
  }

  func drawOnce() {
    guard case .board = style else { return }
    let size = Terminal.size
    state.withLock { state in
      let lines = state.board.lines(width: size.columns, height: size.rows, now: time.now)
      let up = state.drawn > 0 ? "\u{1B}[\(state.drawn)A" : ""
      let text = up + "\r" + lines.map { $0 + "\u{1B}[K\n" }.joined() + "\u{1B}[J"
      StandardOutput.write(Array(text.utf8))
      state.drawn = lines.count
    }
  }

  private func show(_ event: Event) {
    guard event.taskID != nil else {
      if event.type == .sourceDown { say("taskhook: the API cannot be used: \(event.reason ?? "")") }
      return
    }
    switch style {
    case .board: break
    case .json:
      StandardOutput.write(OneLine.json(EventBody.event.render(.event(event))) + [UInt8(ascii: "\n")])
    case .lines:
      StandardOutput.say(Self.line(event))
    }
  }

  /// A message beside the board.
  private func say(_ line: String) {
    state.withLock { state in
      if case .board = style, state.drawn > 0 { StandardOutput.write(Array("\u{1B}[J".utf8)) }
      StandardError.say(Printable.line(line))
      if case .board = style { state.drawn = 0 }
    }
  }

  /// `2026-05-01T12:47:47.351Z ID PENDING -> RUNNING`
  static func line(_ event: Event) -> String {
    var line = event.timestamp.iso8601 + " " + Printable.line(event.taskID ?? event.source) + " "
    if event.type.isTransition {
      line += Printable.line("\(event.previousStatus.map { $0 + " -> " } ?? "")\(event.status ?? "")")
      if event.state == .unknown { line += " (unknown)" }
    } else {
      line += event.type.name + (event.reason.map { ": " + Printable.line($0) } ?? "")
      if event.type == .saved {
        line += ": " + event.files.map { Printable.line($0.path) }.joined(separator: ", ")
      }
    }
    return line
  }

  private static func status(endedBy event: Event) -> ExitStatus? {
    switch event.type {
    case .task(.succeeded), .saved: .fine
    case .task(.failed), .task(.cancelled), .task(.expired): .taskFailed
    case .notFound, .lost, .timedOut, .saveFailed: .gaveUp
    case .task, .progress, .stalled, .sourceDown, .sourceUp, .hookDown, .hookUp,
      .deliveryDead:
      nil
    }
  }
}

enum Terminal {
  /// Of standard output; 80 by 24 where it does not tell.
  static var size: (columns: Int, rows: Int) {
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return (80, 24) }
    return (Int(size.ws_col), Int(size.ws_row))
  }
}
