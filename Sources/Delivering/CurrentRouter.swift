import Model
import Synchronization

/// The router of the config that is in force: those who hold it follow when the config is read anew.
package final class CurrentRouter: EventRouter {
  private let router: Mutex<any EventRouter>

  package init(_ router: any EventRouter) { self.router = Mutex(router) }

  private var current: any EventRouter { router.withLock { $0 } }

  package func set(_ other: any EventRouter) { router.withLock { $0 = other } }

  package func hooks(for event: Event) -> [String] { current.hooks(for: event) }
  package func wantsProgress(of source: String) -> Bool { current.wantsProgress(of: source) }
  package func wantsProgress(_ callback: TaskCallback) -> Bool { current.wantsProgress(callback) }
}
