import Foundation
import Glibc
import Synchronization
import TestSupport
import Testing

/// What a service manager and an outside monitor see of a daemon.
@Suite struct SupervisionTests {
  /// A service manager's socket.
  private final class Manager: Sendable {
    let path: String
    private let descriptor: Int32
    private let heard = Mutex<[String]>([])

    init(_ path: String) throws {
      self.path = path
      descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
      var address = sockaddr_un()
      address.sun_family = sa_family_t(AF_UNIX)
      withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
      let status = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
        }
      }
      try #require(status == 0)
    }

    deinit { close(descriptor) }

    /// All that has come so far.
    var messages: [String] {
      heard.withLock { heard in
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
          let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
          if count < 0 { return heard }
          heard.append(String(decoding: buffer[..<count], as: UTF8.self))
        }
      }
    }
  }

  @Test func theServiceManagerIsToldOfReadinessReloadsLifeAndTheEnd() async throws {
    try await Workspace.use { place in
      let manager = try Manager(place.path("notify"))
      let api = try ScriptedTaskAPI { id, _ in ScriptedTaskAPI.task(id, "RUNNING") }
      try place.config(
        """
        sources: {runway: {provider: runway, base_url: "\(api.url)", poll: {every: 100ms}}}
        tasks: [t1]
        hooks: {}
        """)
      let daemon = try place.start(
        ["run"], env: ["NOTIFY_SOCKET": manager.path, "WATCHDOG_USEC": "400000"])
      await eventually { manager.messages.contains("READY=1") }
      await eventually { manager.messages.count { $0 == "WATCHDOG=1" } >= 3 }
      daemon.signal(SIGHUP)
      await eventually { manager.messages.count { $0 == "READY=1" } == 2 }
      let told = manager.messages.filter { $0 != "WATCHDOG=1" }
      #expect(told.count == 3 && told[1].hasPrefix("RELOADING=1\nMONOTONIC_USEC="))
      await place.stop(daemon)
      #expect(manager.messages.last { $0 != "WATCHDOG=1" } == "STOPPING=1")
    }
  }

  @Test func theHeartbeatIsFetchedAgainAndAgainAndItsAddressIsASecret() async throws {
    try await Workspace.use { place in
      let api = try ScriptedTaskAPI { id, _ in ScriptedTaskAPI.task(id, "RUNNING") }
      let monitor = try TestReceiver { _, number in .respond(number == 2 ? 500 : 200) }
      try place.config(
        """
        sources: {runway: {provider: runway, base_url: "\(api.url)", poll: {every: 100ms}}}
        tasks: [t1]
        hooks: {}
        heartbeat: {url: "\(monitor.url("/ping/secret-token-77"))", every: 1s}
        """)
      let daemon = try await place.daemon()
      await eventually { daemon.stderr.contains("the heartbeat is sent again") }
      #expect(daemon.stderr.contains(#""message":"the heartbeat cannot be sent","reason":"HTTP 500""#))
      #expect(monitor.deliveries.allSatisfy { $0.request.method == "GET" })
      #expect(!daemon.stderr.contains("secret-token-77"))
      await place.stop(daemon)
    }
  }
}
