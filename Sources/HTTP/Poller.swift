import CCurl
import Glibc

/// Which of libcurl's sockets are ready, asked of epoll.
///
/// libcurl tells of a socket's every rest between two requests. Passing that on would cost two system calls
/// a request, so a socket stays registered while it rests, and is taken out only when something happens on it
/// then (the peer closed an idle connection) or when it is closed. This holds for the sockets that the loop
/// opens itself, since only of those it sees the closing; all others are taken out at once.
final class Poller {
  struct Interest {
    var wanted: UInt32 = 0
    var registered: UInt32 = 0
    var own = false
  }

  private let epoll: Int32
  private let bell: Bell
  private var interests: [Interest] = []
  private let events = UnsafeMutablePointer<epoll_event>.allocate(capacity: batch)
  private static let batch = 256

  init?(bell: Bell) {
    epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
    self.bell = bell
    guard epoll >= 0 else { return nil }
    var event = epoll_event()
    event.events = EPOLLIN.rawValue
    event.data.fd = bell.descriptor
    guard epoll_ctl(epoll, EPOLL_CTL_ADD, bell.descriptor, &event) == 0 else {
      Glibc.close(epoll)
      return nil
    }
  }

  deinit { events.deallocate() }

  /// A socket that the loop opened: its closing will be told by `forget`.
  func adopt(_ socket: Int32) {
    grow(to: socket)
    interests[Int(socket)] = Interest(own: true)
  }

  /// What libcurl waits for on a socket: `CURL_POLL_…`. False where epoll cannot watch it.
  func want(_ socket: Int32, _ what: Int32) -> Bool {
    guard socket >= 0 else { return false }
    grow(to: socket)
    let wanted: UInt32 =
      switch what {
      case CURL_POLL_IN: EPOLLIN.rawValue
      case CURL_POLL_OUT: EPOLLOUT.rawValue
      case CURL_POLL_INOUT: EPOLLIN.rawValue | EPOLLOUT.rawValue
      default: 0
      }
    let now = interests[Int(socket)]
    interests[Int(socket)].wanted = wanted
    if wanted == now.registered || (wanted == 0 && now.own) { return true }
    return register(socket, wanted)
  }

  /// To be called just before an adopted socket is closed.
  func forget(_ socket: Int32) {
    guard socket >= 0, Int(socket) < interests.count else { return }
    if interests[Int(socket)].registered != 0 { _ = register(socket, 0) }
    interests[Int(socket)] = Interest()
  }

  /// Sleeps until something is ready or `milliseconds` (-1: no limit) have passed, and calls `each` with a
  /// socket and its `CURL_CSELECT_…` bits.
  func wait(milliseconds: Int32, _ each: (Int32, Int32) -> Void) {
    let count = epoll_wait(epoll, events, Int32(Self.batch), milliseconds)
    guard count > 0 else { return }
    for index in 0..<Int(count) {
      let socket = events[index].data.fd
      let ready = events[index].events
      if socket == bell.descriptor {
        bell.silence()
      } else if interests[Int(socket)].wanted == 0 {
        if interests[Int(socket)].registered != 0 { _ = register(socket, 0) }
      } else {
        var bits: Int32 = 0
        if ready & (EPOLLIN.rawValue | EPOLLHUP.rawValue | EPOLLERR.rawValue) != 0 { bits |= CURL_CSELECT_IN }
        if ready & EPOLLOUT.rawValue != 0 { bits |= CURL_CSELECT_OUT }
        if ready & EPOLLERR.rawValue != 0 { bits |= CURL_CSELECT_ERR }
        each(socket, bits)
      }
    }
  }

  func close() {
    Glibc.close(epoll)
    Glibc.close(bell.descriptor)
  }

  private func grow(to socket: Int32) {
    let missing = Int(socket) + 1 - interests.count
    if missing > 0 { interests.append(contentsOf: repeatElement(Interest(), count: max(missing, 64))) }
  }

  private func register(_ socket: Int32, _ wanted: UInt32) -> Bool {
    let before = interests[Int(socket)].registered
    interests[Int(socket)].registered = wanted
    var event = epoll_event()
    event.events = wanted
    event.data.fd = socket
    if wanted == 0 {
      // It may be closed already, and is then out by itself.
      _ = epoll_ctl(epoll, EPOLL_CTL_DEL, socket, &event)
      return true
    }
    if epoll_ctl(epoll, before == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, socket, &event) == 0 { return true }
    // The number was reused for another socket behind our back: try the other way round.
    if epoll_ctl(epoll, before == 0 ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, socket, &event) == 0 { return true }
    interests[Int(socket)].registered = 0
    return false
  }
}
