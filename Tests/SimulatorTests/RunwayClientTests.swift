import Foundation
import Model
import Testing

@testable import Simulator

/// A Python that has the PyPI package `runwayml`.
private let python = ProcessInfo.processInfo.environment["TASKHOOK_TEST_PYTHON"].flatMap {
  $0.isEmpty ? nil : $0
}

/// The PyPI client, as it is, against the simulator.
@Suite(.enabled(if: python != nil, "TASKHOOK_TEST_PYTHON is not set")) struct RunwayClientTests {

  /// Runs a script with `client` and, in `sys.argv[1]`, the base address; answers what it printed.
  private func run(_ script: String, base: String) async throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: python!)
    let prelude = """
      import sys
      from runwayml import RunwayML, BadRequestError, NotFoundError, TaskFailedError, AuthenticationError
      client = RunwayML(api_key="right", base_url=sys.argv[1])
      image = "https://example.com/cat.jpg"

      """
    process.arguments = ["-c", prelude + script, base]
    process.environment = ["PATH": "/usr/bin:/bin", "NO_PROXY": "*"]
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    return try await Loopback.blocking {
      try process.run()
      let text = output.fileHandleForReading.readDataToEndOfFile()
      process.waitUntilExit()
      return String(decoding: text, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }
  }

  private func with(_ options: SimulatorOptions, run script: String, at prefix: String) async throws -> String
  {
    try await withSimulator(options, time: SystemTime()) { _, base in
      try await run(script, base: base + prefix)
    }
  }

  /// The client waits 6 s ± 1.5 s between its polls: at this speed a task has ended before the first.
  @Test(arguments: ["", "/runwayml"]) func itCreatesATaskAndWaitsForItsOutput(prefix: String) async throws {
    let said = try await with(
      SimulatorOptions(speed: 300, key: Secret("right"), failures: 0),
      run: """
        task = client.image_to_video.create(
            model="gen4_turbo", prompt_image=image, prompt_text="a cat", ratio="1280:720", duration=5)
        done = task.wait_for_task_output()
        print(done.status, done.id == task.id, done.output[0].startswith(sys.argv[1].removesuffix("/runwayml")))
        print(done.created_at.year > 2000)
        """, at: prefix)
    #expect(said == "SUCCEEDED True True\nTrue")
  }

  @Test func itSeesFailures() async throws {
    let said = try await with(
      SimulatorOptions(seed: 3, speed: 300, failures: 1),
      run: """
        task = client.text_to_image.create(model="gen4_image", prompt_text="a cat", ratio="1920:1080")
        try:
            task.wait_for_task_output()
        except TaskFailedError as error:
            details = error.task_details
            print(details.status, bool(details.failure), details.failure_code is None or "." in details.failure_code)
        """, at: "")
    #expect(said == "FAILED True True")
  }

  @Test func itCancelsTasksAndUnderstandsErrors() async throws {
    let said = try await with(
      SimulatorOptions(key: Secret("right"), unknownFor: .zero),
      run: """
        task = client.text_to_video.create(model="veo3.1", prompt_text="a cat", ratio="1280:720", duration=8)
        print(client.tasks.retrieve(task.id).status)
        client.tasks.delete(task.id)
        print(client.tasks.retrieve(task.id).status)
        client.tasks.delete(task.id)
        try:
            client.tasks.delete(task.id)
        except NotFoundError as error:
            print(error.body["error"]["code"])
        try:
            client.with_options(api_key="wrong").tasks.retrieve("sim-1")
        except AuthenticationError as error:
            print(error.body["error"]["code"])
        """, at: "/runwayml")
    #expect(said == "PENDING\nCANCELLED\ntask_not_exist\ninvalid_api_key")
  }

  @Test func itGetsThroughTroubleAndALimit() async throws {
    let said = try await with(
      SimulatorOptions(seed: 5, errors: 0.25, rate: Rate(20, per: .seconds(1)), unknownFor: .zero),
      run: """
        import httpx
        client = client.with_options(max_retries=8, timeout=httpx.Timeout(2))
        seen = [client.tasks.retrieve(f"sim-{number}").status for number in range(30)]
        print(set(seen) <= {"PENDING", "THROTTLED", "RUNNING"}, len(seen))
        """, at: "/runwayml")
    #expect(said == "True 30")
  }
}
