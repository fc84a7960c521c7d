import ArgumentParser
import Config
import Foundation
import HTTP
import Model
import Server

/// Where the state is that a command is about: `-c FILE`, or `--server URL`.
struct StateOption: ParsableArguments {
  @OptionGroup var config: ConfigOption
  @Option(
    help: ArgumentHelp(
      "A daemon's control API, which may be elsewhere; TASKHOOK_TOKEN is its token.",
      discussion:
        "Without it the config says where the daemon is: it is asked where its `server` is on and it "
        + "runs, else the state file is used.",
      valueName: "url"))
  var server: String?

  static let tokenVariable = "TASKHOOK_TOKEN"

  private static var tokenOfEnvironment: Secret? {
    ProcessInfo.processInfo.environment[tokenVariable].flatMap { $0.isEmpty ? nil : Secret($0) }
  }

  /// Whether a daemon takes up what is left for it: one that is asked does.
  func daemonRuns() throws -> Bool {
    try server != nil || StateFile.isHeld(ConfigOutline.read(config.path).state)
  }

  /// The daemon that is to be asked; nil where the state file is to be used.
  func remote() async throws -> (state: RemoteState, names: StateNames)? {
    if let server {
      let client = try ControlClient(server, token: Self.tokenOfEnvironment, transport: CurlLoop())
      let state = RemoteState(client)
      return (state, try await state.names())
    }
    // Whatever is wrong with the config, or with the daemon, the file is there all the same.
    guard let outline = try? ConfigOutline.read(config.path), let section = outline.server,
      StateFile.isHeld(outline.state), section.listen.port != 0
    else { return nil }
    let client = try ControlClient(
      "http://\(section.listen.local)", token: Self.tokenOfEnvironment ?? section.token,
      transport: CurlLoop())
    let state = RemoteState(client)
    guard let names = try? await state.names() else { return nil }
    return (state, names)
  }
}

extension ListenAddress {
  /// Where it is reached from this machine.
  fileprivate var local: ListenAddress {
    switch host {
    case "0.0.0.0": ListenAddress(host: "127.0.0.1", port: port)
    case "::": ListenAddress(host: "::1", port: port)
    default: self
    }
  }
}
