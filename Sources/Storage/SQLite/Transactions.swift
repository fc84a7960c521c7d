import DequeModule
import Dispatch
import GRDB
import Model
import Synchronization

/// The connections of a store, and the only place that begins, commits or rolls back.
///
/// A commit costs a flush of the disk, whatever is in it. So operations that write line up while a
/// transaction runs, and the next one takes along all that wait, up to `most` of weight. Every operation is
/// a function of the database alone and may be run again: where one of them fails, the transaction is
/// rolled back and run once more with each operation in a savepoint of its own, so that the failure is only
/// that operation's. Where the transaction as a whole fails (disk full, lock not granted), all fail.
///
/// Operations are not cancelled with the task that asked for them: what was handed in is written.
final class Transactions: Sendable {
  /// Which connection reads: one for what the daemon asks for all the time, one for listings.
  enum Reader { case quick, slow }

  /// Weight of one transaction. 2,000 small operations take about 20 ms.
  static let most = 2000

  private struct Job: Sendable {
    var weight: Int
    var run: @Sendable (Database) throws -> Void
    var finish: @Sendable (StoreError?) -> Void
  }

  private struct Line {
    var waiting: Deque<Job> = []
    var isServed = false
    var isClosed = false
  }

  private let writer: DatabaseQueue
  private let quick: DatabaseQueue
  private let slow: DatabaseQueue
  private let place: Place
  private let names: Names
  private let line = Mutex(Line())
  private let commits = Atomic<Int>(0)
  private let committed: @Sendable (Int) -> Void

  /// `quick` and `slow` are other connections to the writer's database, or the writer itself.
  /// `committed` is told how many operations shared a transaction.
  init(
    writer: DatabaseQueue, quick: DatabaseQueue, slow: DatabaseQueue, place: Place, names: Names,
    committed: @escaping @Sendable (Int) -> Void = { _ in }
  ) {
    self.writer = writer
    self.quick = quick
    self.slow = slow
    self.place = place
    self.names = names
    self.committed = committed
  }

  /// How many write transactions were committed so far.
  var count: Int { commits.load(ordering: .relaxed) }

  /// Runs `body` in a transaction that it may share with others. `body` may be run more than once.
  func write<T: Sendable>(
    weight: Int = 1, _ body: @escaping @Sendable (Database) throws -> T
  ) async throws(StoreError) -> T {
    let result: Result<T, StoreError> = await withCheckedContinuation { continuation in
      let value = Slot<T>()
      let job = Job(weight: weight) { db in
        value.fill(try body(db))
      } finish: { error in
        continuation.resume(returning: error.map(Result.failure) ?? value.take())
      }
      let place = line.withLock { line -> (taken: Bool, mustServe: Bool) in
        if line.isClosed { return (false, false) }
        line.waiting.append(job)
        defer { line.isServed = true }
        return (true, !line.isServed)
      }
      if !place.taken { job.finish(closed) }
      if place.mustServe { serveLater() }
    }
    return try result.get()
  }

  /// Runs `body` on a consistent view of what is committed.
  func read<T: Sendable>(
    _ reader: Reader, _ body: @escaping @Sendable (Database) throws -> T
  ) async throws(StoreError) -> T {
    let connection = reader == .quick ? quick : slow
    let result: Result<T, StoreError> = await withCheckedContinuation { continuation in
      connection.asyncWriteWithoutTransaction { [self] db in
        if line.withLock({ $0.isClosed }) { return continuation.resume(returning: .failure(closed)) }
        do {
          var value: T?
          try db.inTransaction(.deferred) {
            value = try body(db)
            return .commit
          }
          continuation.resume(returning: .success(value!))
        } catch {
          continuation.resume(returning: .failure(place.fault(error)))
        }
      }
    }
    return try result.get()
  }

  /// Writes what still waits, moves the journal into the file and closes it. Answers whether it was open.
  func close() async throws(StoreError) -> Bool {
    let last = line.withLock { line in
      defer { line.isClosed = true }
      return !line.isClosed
    }
    if !last { return false }
    // Nothing lines up any more; the queue of the writer is served in order, so the line is worked off when
    // this turn comes, unless it is still served in several turns.
    await drained()
    let result: Result<Void, StoreError> = await withCheckedContinuation { continuation in
      DispatchQueue.global().async { [self] in
        do {
          if quick !== writer { try quick.close() }
          if slow !== writer { try slow.close() }
          // The last connection to close moves the journal into the file and removes it.
          try writer.close()
          continuation.resume(returning: .success(()))
        } catch {
          continuation.resume(returning: .failure(place.fault(error)))
        }
      }
    }
    try result.get()
    return true
  }

  private var closed: StoreError { StoreError(.fault, "\(place.name) is closed already") }

  private func drained() async {
    while line.withLock({ $0.isServed }) {
      await withCheckedContinuation { continuation in
        writer.asyncWriteWithoutTransaction { _ in continuation.resume() }
      }
    }
  }

  private func serveLater() {
    writer.asyncWriteWithoutTransaction { [self] db in serve(db) }
  }

  private func serve(_ db: Database) {
    let batch = line.withLock { line in
      var batch: [Job] = []
      var weight = 0
      while weight < Self.most, let job = line.waiting.popFirst() {
        batch.append(job)
        weight += job.weight
      }
      return batch
    }
    let errors = perform(batch, db)
    for (job, error) in zip(batch, errors) { job.finish(error.map(place.fault)) }
    let more = line.withLock { line in
      line.isServed = !line.waiting.isEmpty
      return line.isServed
    }
    // One transaction a turn: where readers share the connection they get theirs in between.
    if more { serveLater() }
  }

  private func perform(_ batch: [Job], _ db: Database) -> [(any Error)?] {
    do {
      try commit(db) { for job in batch { try job.run(db) } }
      committed(batch.count)
      return batch.map { _ in nil }
    } catch  where batch.count == 1 || error.failsTransaction {
      return batch.map { _ in error }
    } catch {
      return performApart(batch, db)
    }
  }

  private func performApart(_ batch: [Job], _ db: Database) -> [(any Error)?] {
    var errors: [(any Error)?] = batch.map { _ in nil }
    do {
      try commit(db) {
        for (index, job) in batch.enumerated() {
          do {
            try db.inSavepoint {
              try job.run(db)
              return .commit
            }
          } catch  where !error.failsTransaction {
            names.forget()
            errors[index] = error
          }
        }
      }
      committed(batch.count)
      return errors
    } catch {
      return batch.map { _ in error }
    }
  }

  private func commit(_ db: Database, _ body: () throws -> Void) throws {
    do {
      try db.inTransaction(.immediate) {
        try body()
        return .commit
      }
      commits.add(1, ordering: .relaxed)
    } catch {
      // Numbers given to names within the transaction are void.
      names.forget()
      throw error
    }
  }
}

/// A place for a value that is made on another thread.
private final class Slot<T: Sendable>: Sendable {
  private let value = Mutex<T?>(nil)

  func fill(_ value: T) { self.value.withLock { $0 = value } }

  func take() -> Result<T, StoreError> {
    guard let value = value.withLock({ $0 }) else {
      return .failure(StoreError(.fault, "an operation of the store ended without an answer"))
    }
    return .success(value)
  }
}
