import Foundation

enum StandardStreams {
  /// Opens those that whoever started the program had closed: their numbers would go to sockets and files that it opens
  /// itself, and what it writes with them.
  static func open() {
    for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
      // The lowest number that is free, which is this one.
      _ = Foundation.open("/dev/null", O_RDWR)
    }
  }
}

/// Standard error, a whole line at a time.
enum StandardError {
  /// From now on a reader that goes away, as one of a log may, ends nothing: writing then fails in silence. Without
  /// this SIGPIPE ends the process, as is right for a command whose output is piped into `head`. Programs that
  /// hooks run get the signal's default all the same.
  static func outlivesItsReader() { signal(SIGPIPE, SIG_IGN) }

  static func write(_ bytes: [UInt8]) { Descriptor.write(bytes, to: STDERR_FILENO) }

  static func say(_ line: String) { write(Array((line + "\n").utf8)) }

  static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }
}

/// Standard output: what a command was asked for, and nothing else.
enum StandardOutput {
  static func write(_ bytes: [UInt8]) { Descriptor.write(bytes, to: STDOUT_FILENO) }

  static func say(_ line: String) { write(Array((line + "\n").utf8)) }

  static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }
}

/// Whether colours are wanted: on a terminal, and never with NO_COLOR (no-color.org).
enum Colour {
  static func wanted(onTerminal: Bool) -> Bool {
    let environment = ProcessInfo.processInfo.environment
    return onTerminal && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
  }
}

private enum Descriptor {
  static func write(_ bytes: [UInt8], to descriptor: Int32) {
    bytes.withUnsafeBytes { buffer in
      var rest = UnsafeRawBufferPointer(buffer)
      while !rest.isEmpty {
        let written = Foundation.write(descriptor, rest.baseAddress, rest.count)
        if written > 0 {
          rest = UnsafeRawBufferPointer(rebasing: rest[written...])
        } else if written < 0 && (errno == EINTR || errno == EAGAIN) {
          if errno == EAGAIN { usleep(1000) }
        } else {
          return
        }
      }
    }
  }
}

/// Standard input, line by line.
enum StandardInput {
  /// Lines without their newline, as many at once as were read; one beyond 1 MiB comes cut there.
  static var lines: AsyncStream<[[UInt8]]> {
    AsyncStream { continuation in
      let thread = Thread {
        var line: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
          let count = read(STDIN_FILENO, &buffer, buffer.count)
          if count < 0 && errno == EINTR { continue }
          if count <= 0 { break }
          var lines: [[UInt8]] = []
          var rest = buffer[..<count]
          while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            take(rest[..<end], into: &line)
            lines.append(line)
            line.removeAll(keepingCapacity: true)
            rest = rest[(end + 1)...]
          }
          take(rest, into: &line)
          if !lines.isEmpty { continuation.yield(lines) }
        }
        if !line.isEmpty { continuation.yield([line]) }
        continuation.finish()
      }
      thread.start()
    }
  }

  private static func take(_ bytes: ArraySlice<UInt8>, into line: inout [UInt8]) {
    line.append(contentsOf: bytes.prefix((1 << 20) - line.count))
  }
}
