import CLinux
import Foundation

/// The three pipes of a program: its own ends, which are handed to it, and ours, which never block.
struct CommandPipes {
  struct Pipe {
    var read: Int32
    var write: Int32
  }

  let input: Pipe
  let output: Pipe
  let error: Pipe

  /// The ends that are the program's, in the order of its descriptors.
  var theirs: [Int32] { [input.read, output.write, error.write] }

  func closeTheirs() { for end in theirs { close(end) } }

  init() throws(ProgramStart.Refusal) {
    var made: [Pipe] = []
    for place in 0..<3 {
      var ends: [Int32] = [-1, -1]
      guard pipe2(&ends, O_CLOEXEC) == 0 else {
        let reason = String(cString: strerror(errno))
        for pipe in made {
          close(pipe.read)
          close(pipe.write)
        }
        throw .resources(reason: "no pipe to it can be made: \(reason)")
      }
      // Of its standard input the program reads, of the two outputs it writes; the other end is ours.
      let ours = place == 0 ? ends[1] : ends[0]
      _ = fcntl(ours, F_SETFL, O_NONBLOCK | (place == 0 ? O_WRONLY : O_RDONLY))
      made.append(Pipe(read: ends[0], write: ends[1]))
    }
    (input, output, error) = (made[0], made[1], made[2])
  }
}
