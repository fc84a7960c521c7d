import Delivering
import Model
import Outputs
import Watching

/// What a daemon stands on as long as it lives, whatever its config becomes.
struct Ground: Sendable {
  var store: any Store
  /// A thread each: a flood of deliveries does not make polls late, and neither waits for a disk.
  var polling: any HTTPLoop
  var delivering: any HTTPLoop
  var saving: any HTTPTransport
  /// Where parts of files are that go elsewhere once they are whole.
  var partsFolder: String
  var time: any TimeSource = SystemTime()
  var watchObserver: (any WatchObserver)?
  var deliveryObserver: (any DeliveryObserver)?
  var saveObserver: (any SaveObserver)?
  var eventObserver: (@Sendable ([BoundEvent]) -> Void)?
}
