import Hummingbird
import Logging

/// What Hummingbird does when it has nothing to do: its own first example, as a program beside the one that is measured.
enum HelloWorld {
  static let command = "hello-world"

  static func serve(port: Int) async throws {
    let router = Router()
    router.get("hello") { _, _ in "Hello" }
    let application = Application(
      router: router, configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: port)),
      logger: Logger(label: "hello") { _ in SwiftLogNoOpLogHandler() })
    try await application.run()
  }
}
