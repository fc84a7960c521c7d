import Model

/// What people must know of hooks that do not deliver as they should, said on standard error beside a listing.
enum HookNotes {
  /// - Parameter only: the one hook that the listing is about; nil for all.
  static func say(of state: any StateAccess, only hook: String? = nil) async throws {
    for (name, state) in try await state.hookStates().sorted(by: { $0.key < $1.key })
    where hook == nil || hook == name {
      for line in lines(name, state, now: SystemTime().now) { StandardError.say(line) }
    }
  }

  static func lines(_ name: String, _ state: HookState, now: Moment) -> [String] {
    if let reason = state.paused {
      return [
        "hook \(name) is paused: \(Printable.line(reason)); `taskhook resume \(name)` takes the pause off"
      ]
    }
    var lines: [String] = []
    if let reason = state.down { lines.append("hook \(name) is down: \(Printable.line(reason))") }
    if let moment = state.notBefore, moment > now {
      lines.append(
        "hook \(name) waits \(Span.text(moment - now)): the receiver asked for it (Retry-After); "
          + "`taskhook resume \(name)` lifts it")
    }
    return lines
  }
}
