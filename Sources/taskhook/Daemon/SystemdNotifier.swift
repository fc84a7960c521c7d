import Foundation
import Glibc

/// Tells the service manager how the daemon is (sd_notify(3)): datagrams on the socket that it names in
/// `NOTIFY_SOCKET`. Without one, nothing is told.
struct SystemdNotifier: Sendable {
  private let socket: String?
  /// How often the watchdog wants to hear; nil where there is none, or where it watches another process.
  let watchdog: Duration?

  init(environment: [String: String] = ProcessInfo.processInfo.environment, pid: Int32 = getpid()) {
    socket = environment["NOTIFY_SOCKET"].flatMap { $0.isEmpty ? nil : $0 }
    let isMeant = environment["WATCHDOG_PID"].map { Int32($0) == pid } ?? true
    watchdog =
      isMeant
      ? environment["WATCHDOG_USEC"].flatMap(Int64.init).flatMap { $0 > 0 ? .microseconds($0) : nil } : nil
  }

  func ready() { send("READY=1") }
  func stopping() { send("STOPPING=1") }
  func beat() { send("WATCHDOG=1") }

  /// The config is read anew; `ready` ends it. The time is systemd's own clock, as it asks for since version 253.
  func reloading() {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    send("RELOADING=1\nMONOTONIC_USEC=\(Int64(now.tv_sec) * 1_000_000 + Int64(now.tv_nsec) / 1000)")
  }

  /// One line for people, as `systemctl status` shows it.
  func status(_ text: String) { send("STATUS=\(text.replacing("\n", with: " "))") }

  /// Best effort: nothing can be done where nobody listens.
  private func send(_ text: String) {
    guard let socket, var address = Self.address(of: socket) else { return }
    let descriptor = Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    let bytes = Array(text.utf8)
    withUnsafePointer(to: &address.value) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        _ = sendto(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL), $0, address.length)
      }
    }
  }

  /// A path, or, behind an `@`, a name in the abstract namespace (unix(7)).
  private static func address(of name: String) -> (value: sockaddr_un, length: socklen_t)? {
    var bytes = Array(name.utf8)
    if bytes.first == UInt8(ascii: "@") { bytes[0] = 0 }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return nil }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    // A path counts its final zero, an abstract name ends where it ends.
    let end = bytes.first == 0 ? 0 : 1
    return (address, socklen_t(MemoryLayout<sa_family_t>.size + bytes.count + end))
  }
}
