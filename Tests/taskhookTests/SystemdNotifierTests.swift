import Foundation
import Glibc
import Testing

@testable import taskhook

/// What a service manager hears, on a real socket.
@Suite struct SystemdNotifierTests {
  /// A datagram socket as a service manager has it.
  private final class Manager {
    let descriptor: Int32
    let name: String

    init(abstract: Bool) throws {
      let path = "/tmp/taskhook-\(UUID().uuidString.prefix(8))"
      name = abstract ? "@" + path : path
      descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
      var address = sockaddr_un()
      address.sun_family = sa_family_t(AF_UNIX)
      var bytes = Array(path.utf8)
      if abstract { bytes.insert(0, at: 0) }
      withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
      let length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count + (abstract ? 0 : 1))
      let status = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
      }
      try #require(status == 0)
    }

    deinit {
      close(descriptor)
      if !name.hasPrefix("@") { unlink(name) }
    }

    /// What has come; nil where nothing has.
    func next() -> String? {
      var buffer = [UInt8](repeating: 0, count: 4096)
      let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
      return count < 0 ? nil : String(decoding: buffer[..<count], as: UTF8.self)
    }
  }

  @Test(arguments: [false, true]) func statesAreTold(abstract: Bool) throws {
    let manager = try Manager(abstract: abstract)
    let notifier = SystemdNotifier(environment: ["NOTIFY_SOCKET": manager.name])
    notifier.ready()
    #expect(manager.next() == "READY=1")
    notifier.reloading()
    let reloading = try #require(manager.next()).split(separator: "\n")
    #expect(reloading.first == "RELOADING=1")
    #expect(reloading.last?.hasPrefix("MONOTONIC_USEC=") == true)
    notifier.beat()
    #expect(manager.next() == "WATCHDOG=1")
    notifier.stopping()
    #expect(manager.next() == "STOPPING=1")
    #expect(manager.next() == nil)
  }

  @Test func withoutASocketNothingIsTold() {
    SystemdNotifier(environment: [:]).ready()
    SystemdNotifier(environment: ["NOTIFY_SOCKET": "/nowhere/\(UUID())"]).ready()
    SystemdNotifier(environment: ["NOTIFY_SOCKET": String(repeating: "x", count: 300)]).ready()
  }

  @Test(
    arguments: [
      (["WATCHDOG_USEC": "2000000"], Duration.seconds(2)),
      (["WATCHDOG_USEC": "2000000", "WATCHDOG_PID": "77"], Duration.seconds(2)),
      (["WATCHDOG_USEC": "2000000", "WATCHDOG_PID": "78"], nil),
      (["WATCHDOG_USEC": "0"], nil), (["WATCHDOG_USEC": "soon"], nil), ([:], nil),
    ] as [([String: String], Duration?)])
  func theWatchdogIsThatOfThisProcess(environment: [String: String], expected: Duration?) {
    #expect(SystemdNotifier(environment: environment, pid: 77).watchdog == expected)
  }
}
