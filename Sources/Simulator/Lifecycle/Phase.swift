/// What a simulated task is at one moment.
enum Phase: Equatable {
  case pending
  case throttled
  /// Progress from 0 to 1.
  case running(progress: Double)
  /// So many output files.
  case succeeded(files: Int)
  case failed(Failure)
  case cancelled

  /// Runway's word (runwayml 5.24.0, `task_retrieve_response`).
  var status: String {
    switch self {
    case .pending: "PENDING"
    case .throttled: "THROTTLED"
    case .running: "RUNNING"
    case .succeeded: "SUCCEEDED"
    case .failed: "FAILED"
    case .cancelled: "CANCELLED"
    }
  }

  var hasEnded: Bool {
    switch self {
    case .pending, .throttled, .running: false
    case .succeeded, .failed, .cancelled: true
    }
  }
}

/// Why a simulated task fails.
struct Failure: Equatable {
  /// Runway leaves the code out of some failures.
  var code: String?
  var text: String
  /// Whether inputs are looked at first: the task then fails without ever running.
  var early: Bool

  /// Codes as Runway's page on task failures lists them, the frequent ones first.
  static let all: [(Failure, weight: Int)] = [
    (
      Failure(
        code: "SAFETY.INPUT.TEXT", text: "The text prompt did not pass content moderation.", early: true),
      weight: 6
    ),
    (
      Failure(
        code: "SAFETY.INPUT.IMAGE", text: "An input image did not pass content moderation.", early: true),
      weight: 3
    ),
    (
      Failure(
        code: "SAFETY.OUTPUT.VIDEO", text: "The generated output did not pass content moderation.",
        early: false), weight: 3
    ),
    (
      Failure(
        code: "INTERNAL.BAD_OUTPUT.CODE01", text: "The generated output was of too low a quality.",
        early: false), weight: 5
    ),
    (
      Failure(
        code: "ASSET.INVALID", text: "An input asset has an unsupported format or size.", early: true),
      weight: 3
    ),
    (
      Failure(
        code: "INPUT_PREPROCESSING.SAFETY.TEXT", text: "The text prompt did not pass content moderation.",
        early: true), weight: 2
    ),
    (
      Failure(
        code: "INPUT_PREPROCESSING.INTERNAL", text: "The inputs could not be prepared.", early: true),
      weight: 2
    ),
    (
      Failure(
        code: "THIRD_PARTY.UNAVAILABLE", text: "A service this task depends on is unavailable.",
        early: false), weight: 2
    ),
    (Failure(code: nil, text: "An unexpected error occurred.", early: false), weight: 1),
  ]
}
