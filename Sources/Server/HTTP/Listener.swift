import HummingbirdCore
import Logging
import Model
import NIOCore
import NIOPosix

/// A bound address and its connections.
///
/// It is NIO's own bootstrap rather than Hummingbird's server: that one ends for good when the process is short of
/// descriptors for a moment, and has no hold on connections that do not close by themselves.
actor Listener {
  private let limits: ServerLimits
  private let time: any TimeSource
  private let connections: Connections
  private let channel: any Channel

  /// Binds; every request of every connection goes to `responder`. Throws what the system says where the address
  /// cannot be had.
  init(
    _ address: ListenAddress, limits: ServerLimits, time: any TimeSource, log: Logger,
    responder: @escaping HTTPChannelHandler.Responder
  ) async throws {
    self.limits = limits
    self.time = time
    let connections = Connections(limit: limits.connections)
    self.connections = connections
    let child = ConnectionChannel(limits: limits, responder: responder)
    channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.backlog, value: 1024)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      .childChannelInitializer { channel in
        guard connections.add(channel) else { return channel.close() }
        return child.setup(channel: channel, logger: log).map { value in
          let serving = Task { await child.handle(value: value, logger: log) }
          // Whoever has left needs no answer.
          value.channel.closeFuture.whenComplete { _ in serving.cancel() }
        }
      }
      .bind(host: address.host, port: address.port).get()
  }

  /// The port that was bound.
  nonisolated var port: Int { channel.localAddress?.port ?? 0 }

  nonisolated var openConnections: Int { connections.count }

  /// Closes the address; running requests may end, for as long as the limits let them, then all is closed. Returns
  /// when it is.
  func stop() async {
    try? await channel.close()
    connections.stopSoon()
    let impatience = Task { [limits, time, connections] in
      try await time.sleep(until: time.now + limits.patience)
      connections.stopNow()
    }
    await connections.ended()
    impatience.cancel()
  }
}
