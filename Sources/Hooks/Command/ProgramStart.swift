import CLinux
import Foundation

/// How a program is started: in a folder, in a process group of its own, with no descriptor but its three pipes, and
/// with all signals as at login.
///
/// posix_spawn(3) rather than a library on top of it: what that adds, threads to start on and to wait on, took more
/// than all the rest of a run, where programs are as small as hooks' mostly are.
struct ProgramStart: Sendable {
  /// An absolute path to an executable file.
  var program: String
  var arguments: [String]
  /// Each `NAME=value`; ends at a byte 0.
  var environment: [String]
  var folder: String

  /// Why a program did not start.
  enum Refusal: Error, Equatable {
    /// The folder cannot be entered.
    case folder(errno: Int32)
    case program(errno: Int32)
    /// There are no pipes, or no descriptors for them.
    case resources(reason: String)
  }

  /// Returns once the program itself runs, or cannot. The ends of the pipes that are its own stay open here.
  func spawn(_ pipes: CommandPipes) -> Result<pid_t, Refusal> {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (place, end) in pipes.theirs.enumerated() {
      posix_spawn_file_actions_adddup2(&actions, end, Int32(place))
    }
    posix_spawn_file_actions_addclosefrom_np(&actions, 3)
    posix_spawn_file_actions_addchdir_np(&actions, folder)

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    sigfillset(&signals)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP))

    var process = pid_t()
    let code = Self.withStrings([program] + arguments) { arguments in
      Self.withStrings(environment) { posix_spawn(&process, program, &actions, &attributes, arguments, $0) }
    }
    if code == 0 { return .success(process) }
    // Which of the two failed is not told.
    let problem = Self.problem(entering: folder)
    return .failure(problem == 0 ? .program(errno: code) : .folder(errno: problem))
  }

  private static func problem(entering folder: String) -> Int32 {
    var status = stat()
    if stat(folder, &status) != 0 { return errno }
    if status.st_mode & S_IFMT != S_IFDIR { return ENOTDIR }
    return access(folder, X_OK) == 0 ? 0 : errno
  }

  /// Calls `body` with the texts as C has them, the last one NULL.
  private static func withStrings<Value>(
    _ texts: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Value
  ) -> Value {
    let copies = texts.map { strdup($0) } + [nil]
    defer { for copy in copies { free(copy) } }
    return copies.withUnsafeBufferPointer { body($0.baseAddress!) }
  }
}
