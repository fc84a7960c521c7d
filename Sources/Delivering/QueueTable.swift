import Model

/// Which queues there are, and which come and go. Pure but for the queues that it holds.
///
/// Those of hooks come and go with the config. Those of callbacks, one for each server, are made when they are first
/// needed; where one was not needed for an hour it may go, which is looked after as others come: so there are never
/// more than were needed of late.
struct QueueTable: Sendable {
  /// What was asked for while a queue could not be told.
  struct Calls: Sendable, Equatable {
    var isWanted = false
    var isResumed = false
  }

  enum Slot: Sendable {
    /// What the store has of it is being read.
    case opening(Calls)
    case open(HookQueue, used: Moment)
    /// It is being asked whether it may go.
    case closing(HookQueue, Calls)
  }

  enum Phase: Sendable { case new, running, stopped }

  /// What a call comes to.
  enum Step: Sendable {
    case tell(HookQueue)
    case open
    case nothing
  }

  /// A queue of callbacks that was not called for so long may go.
  static let idle: Duration = .seconds(3600)
  /// Time between two looks for such.
  static let pause: Duration = .seconds(600)

  var phase = Phase.new
  /// The hooks of the config by their names.
  private(set) var entries: [String: Dispatcher.Entry]
  private(set) var callbacks: Dispatcher.CallbackEntry?
  private(set) var slots: [String: Slot] = [:]
  /// Queues of hooks that the config has no more, until what ran in them has ended.
  private(set) var leaving: [String: HookQueue] = [:]
  private var nextLook = Moment(nanoseconds: 0)

  init(_ entries: [Dispatcher.Entry], callbacks: Dispatcher.CallbackEntry?) {
    self.entries = Self.byName(entries)
    self.callbacks = callbacks
  }

  private static func byName(_ entries: [Dispatcher.Entry]) -> [String: Dispatcher.Entry] {
    Dictionary(uniqueKeysWithValues: entries.map { ($0.name, $0) })
  }

  /// What a queue of this name does; nil where the config knows none.
  func entry(_ name: String) -> Dispatcher.Entry? {
    TaskCallback.isHook(name) ? callbacks?(name) : entries[name]
  }

  /// All that can be told something.
  var queues: [HookQueue] {
    slots.values.compactMap { slot in
      switch slot {
      case .opening: nil
      case .open(let queue, _), .closing(let queue, _): queue
      }
    }
  }

  /// Whether something is known to be due that no queue knows of yet.
  var isBetween: Bool {
    slots.values.contains { slot in
      switch slot {
      case .opening: true
      case .open: false
      case .closing(_, let calls): calls.isWanted
      }
    }
  }

  // MARK: Calls

  /// A queue is called for. One of callbacks that is not there is to be opened.
  mutating func call(_ name: String, resumed: Bool = false, at now: Moment) -> Step {
    if phase == .stopped { return .nothing }
    switch slots[name] {
    case .open(let queue, _):
      slots[name] = .open(queue, used: now)
      return .tell(queue)
    case .opening(var calls):
      calls.isResumed = calls.isResumed || resumed
      slots[name] = .opening(calls)
    case .closing(let queue, var calls):
      calls.isWanted = true
      calls.isResumed = calls.isResumed || resumed
      slots[name] = .closing(queue, calls)
    case nil:
      guard TaskCallback.isHook(name), callbacks != nil, !resumed else { return .nothing }
      slots[name] = .opening(Calls())
      return .open
    }
    return .nothing
  }

  /// The queue of a name that is opening is there. Answers what was asked for meanwhile; nil where it is not wanted
  /// any more, or is there already.
  mutating func opened(_ name: String, at now: Moment, make: (Dispatcher.Entry) -> HookQueue) -> (
    HookQueue, Calls
  )? {
    guard case .opening(let calls) = slots[name] else { return nil }
    guard phase == .running, let entry = entry(name) else {
      slots[name] = nil
      return nil
    }
    let queue = make(entry)
    slots[name] = .open(queue, used: now)
    return (queue, calls)
  }

  /// Puts in a queue of a hook from before the start.
  mutating func add(_ queue: HookQueue, at now: Moment) { slots[queue.name] = .open(queue, used: now) }

  // MARK: Going

  /// The queues of callbacks that may go, where it is time to look for some: each is to be asked, then `asked` told.
  mutating func idlers(at now: Moment) -> [HookQueue] {
    guard phase == .running, now >= nextLook else { return [] }
    nextLook = now + Self.pause
    var idlers: [HookQueue] = []
    for (name, slot) in slots {
      guard TaskCallback.isHook(name), case .open(let queue, let used) = slot, used + Self.idle <= now else {
        continue
      }
      slots[name] = .closing(queue, Calls())
      idlers.append(queue)
    }
    return idlers
  }

  /// A queue was asked. Answers what has been asked for meanwhile.
  mutating func asked(_ queue: HookQueue, isGone: Bool, at now: Moment) -> Calls {
    guard case .closing(_, let calls) = slots[queue.name] else { return Calls() }
    slots[queue.name] = isGone ? nil : .open(queue, used: now)
    return calls
  }

  // MARK: Another config

  struct Turn: Sendable {
    /// Queues that go on by another entry.
    var changed: [(queue: HookQueue, entry: Dispatcher.Entry)] = []
    /// Queues whose hooks are gone.
    var gone: [HookQueue] = []
    /// Names whose queues are to be opened.
    var new: [String] = []
  }

  /// Goes over to another config's hooks. `unchanged` names those that go on as they are; where `callbacks` is nil all
  /// of theirs do.
  mutating func turn(
    to hooks: [Dispatcher.Entry], unchanged: Set<String>, callbacks: Dispatcher.CallbackEntry?
  ) -> Turn {
    entries = Self.byName(hooks)
    if let callbacks { self.callbacks = callbacks }
    var turn = Turn()
    for (name, slot) in slots {
      let entry = entry(name)
      let isUnchanged = TaskCallback.isHook(name) ? callbacks == nil : unchanged.contains(name)
      switch slot {
      case .open(let queue, _), .closing(let queue, _):
        if let entry {
          if !isUnchanged { turn.changed.append((queue, entry)) }
        } else {
          slots[name] = nil
          leaving[name] = queue
          turn.gone.append(queue)
        }
      case .opening: if entry == nil { slots[name] = nil }
      }
    }
    for hook in hooks where slots[hook.name] == nil {
      slots[hook.name] = .opening(Calls())
      turn.new.append(hook.name)
    }
    return turn
  }

  /// What ran in a queue whose hook is gone has ended.
  mutating func left(_ queue: HookQueue) {
    if leaving[queue.name] === queue { leaving[queue.name] = nil }
  }
}
