import Foundation
import Synchronization

/// What goes to a program and comes from it: our ends of its pipes. Nothing here blocks; whoever sees that an end is
/// ready says so.
final class CommandTraffic: Sendable {
  enum Stream: Sendable { case input, output, error }

  /// What comes out of a pipe once the program has ended, at most: others that it left behind may go on writing. More
  /// than a pipe holds unless it was enlarged (pipe(7): 64 KiB, up to 1 MiB).
  static let afterEnd = 1 << 20
  /// Bytes taken from a pipe at once: what one holds usually.
  private static let piece = 64 << 10

  private struct State {
    var input: [UInt8]
    var written = 0
    /// Nil once closed.
    var inputEnd: Int32?
    var outputEnd: Int32?
    var errorEnd: Int32?
    var output: Output
    var error: Output
  }

  private let state: Mutex<State>

  /// Writes what of `input` fits into the pipe: of most inputs all, before the program has begun.
  init(_ pipes: CommandPipes, input: [UInt8], limit: Int) {
    state = Mutex(
      State(
        input: input, inputEnd: pipes.input.write, outputEnd: pipes.output.read, errorEnd: pipes.error.read,
        output: Output(limit: limit), error: Output(limit: limit)))
    give()
  }

  /// The ends that are still open.
  var open: [(Stream, Int32)] {
    state.withLock { state in
      [(.input, state.inputEnd), (.output, state.outputEnd), (.error, state.errorEnd)].compactMap {
        stream, end in
        end.map { (stream, $0) }
      }
    }
  }

  var outputs: (output: Output, error: Output) { state.withLock { ($0.output, $0.error) } }

  /// There may be room for more input. A program that does not read, or stops reading, is free to: the rest is not
  /// written.
  func give() {
    state.withLock { state in
      guard let end = state.inputEnd else { return }
      var failed = false
      while state.written < state.input.count, !failed {
        let count = state.input.withUnsafeBytes {
          write(end, $0.baseAddress! + state.written, $0.count - state.written)
        }
        if count > 0 { state.written += count }
        if count < 0, errno == EAGAIN { return }
        failed = count < 0 && errno != EINTR
      }
      state.inputEnd = nil
      state.input = []
      close(end)
    }
  }

  /// An output has something, or has come to its end. Takes as much as a pipe usually holds.
  func take(_ stream: Stream) { state.withLock { _ = Self.take(stream, &$0) } }

  /// The program has ended: takes what it left in the pipes, and closes all ends.
  func end() {
    state.withLock { state in
      for stream in [Stream.output, .error] {
        var left = Self.afterEnd
        while left > 0 {
          let count = Self.take(stream, &state)
          if count <= 0 { break }
          left -= count
        }
      }
      for end in [state.inputEnd, state.outputEnd, state.errorEnd].compactMap(\.self) { close(end) }
      (state.inputEnd, state.outputEnd, state.errorEnd) = (nil, nil, nil)
    }
  }

  /// Bytes taken; 0 and less where there are none now.
  private static func take(_ stream: Stream, _ state: inout State) -> Int {
    guard let end = stream == .output ? state.outputEnd : state.errorEnd else { return 0 }
    return withUnsafeTemporaryAllocation(byteCount: piece, alignment: 16) { buffer in
      var count = 0
      repeat { count = read(end, buffer.baseAddress, buffer.count) } while count < 0 && errno == EINTR
      if count > 0 {
        let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<count])
        if stream == .output { state.output.append(bytes) } else { state.error.append(bytes) }
      } else if count == 0 || errno != EAGAIN {
        close(end)
        if stream == .output { state.outputEnd = nil } else { state.errorEnd = nil }
      }
      return count
    }
  }
}
