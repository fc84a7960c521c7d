import ArgumentParser
import Foundation
import Model

/// `-c FILE`, on every command that reads the config or the state.
struct ConfigOption: ParsableArguments {
  @Option(
    name: [.short, .long],
    help: ArgumentHelp(
      "The config file.",
      discussion: "Default: ./config.yaml, else $XDG_CONFIG_HOME/taskhook/config.yaml, else "
        + "/etc/taskhook/config.yaml.",
      valueName: "file"))
  var config: String?

  /// The file that is meant, whether it exists or not.
  var path: String {
    if let config { return config }
    let environment = ProcessInfo.processInfo.environment
    let home = environment["HOME"] ?? "/"
    let xdg = environment["XDG_CONFIG_HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? home + "/.config"
    let candidates = ["config.yaml", xdg + "/taskhook/config.yaml", "/etc/taskhook/config.yaml"]
    return candidates.first { FileManager.default.fileExists(atPath: $0) } ?? candidates[0]
  }
}

/// `--json`, wherever something is listed.
struct JSONOption: ParsableArguments {
  @Flag(name: .long, help: "One JSON object a line.")
  var json = false
}

extension AsyncParsableCommand {
  /// Runs a command's work; turns its failures into a message on standard error and an exit status.
  func reporting(_ work: () async throws -> Void) async throws {
    CrashReport.showsNoMemory()
    do {
      try await work()
    } catch let failure as ConfigFailure {
      for line in failure.lines { StandardError.say(line) }
      throw ExitStatus.config.code
    } catch let failure as Failure {
      try end(failure)
    } catch let error as StoreError {
      try end(Failure(error))
    } catch let status as ExitCode {
      throw status
    } catch {
      // Left alone it would end the command with 1, which says that a watched task failed.
      try end(Failure(.internalFault, "\(error)"))
    }
  }

  private func end(_ failure: Failure) throws -> Never {
    StandardError.say("taskhook: \(failure.message)")
    throw failure.status.code
  }
}
