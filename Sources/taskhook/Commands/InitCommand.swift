import ArgumentParser
import Foundation

struct InitCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init", abstract: "Write a commented config.yaml.")

  @Argument(help: "The file to write; - for standard output.") var file = "config.yaml"
  @Flag(help: "Replace a file that exists.") var force = false

  func run() async throws {
    try await reporting {
      let text = ConfigTemplate.text
      if file == "-" { return StandardOutput.write(Array(text.utf8)) }
      let flags = O_WRONLY | O_CREAT | O_CLOEXEC | (force ? O_TRUNC : O_EXCL)
      // The file may come to hold secrets.
      let descriptor = open(file, flags, 0o600)
      guard descriptor >= 0 else {
        if errno == EEXIST { throw Failure(.cannotWrite, "\(file) exists; --force replaces it") }
        throw Failure(.cannotWrite, "\(file) cannot be written: \(String(cString: strerror(errno)))")
      }
      let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
      do { try handle.write(contentsOf: Data(text.utf8)) } catch {
        throw Failure(.cannotWrite, "\(file) cannot be written: \(error.localizedDescription)")
      }
      StandardError.say("wrote \(file); fill it in, then: taskhook check \(file)")
    }
  }
}
