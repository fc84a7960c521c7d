/// That the outputs of a success are to be kept; recorded together with it.
package struct SaveOrder: Sendable, Equatable {
  package var outputs: [TaskOutput]
  /// Whether the deliveries of the success wait for it.
  package var holds: Bool

  package init(outputs: [TaskOutput], holds: Bool) {
    self.outputs = outputs
    self.holds = holds
  }
}

/// The saving of one task's outputs that has not ended.
package struct PendingSave: Sendable, Equatable {
  /// The store's number of the task.
  package var row: Int64
  package var ref: TaskRef
  /// The task's own URL, where it has one.
  package var url: String?
  /// The success, with its task object.
  package var event: Event
  package var outputs: [TaskOutput]
  /// What is known of their files, by their place in `outputs`; a place that was not begun is left out.
  package var files: [Int: SaveProgress]
  /// When it was ordered, last by `taskhook save`. No two orders of a task have the same time.
  package var orderedAt: Timestamp

  package init(
    row: Int64, ref: TaskRef, url: String? = nil, event: Event, outputs: [TaskOutput],
    files: [Int: SaveProgress] = [:], orderedAt: Timestamp
  ) {
    self.row = row
    self.ref = ref
    self.url = url
    self.event = event
    self.outputs = outputs
    self.files = files
    self.orderedAt = orderedAt
  }
}

/// How far the copy of one output is, as it outlives a crash.
package enum SaveProgress: Sendable, Equatable {
  /// Bytes are in a temporary file. What they are a part of is told by the server's validator (RFC 9110 section
  /// 8.8: an ETag, or a Last-Modified date) and the whole length, as far as the server told them.
  case partial(PartialFile)
  case saved(SavedFile)
}

package struct PartialFile: Sendable, Equatable {
  /// The temporary file.
  package var path: String
  package var validator: String?
  package var length: Int64?
  /// As the server told it; for the name and for storage elsewhere.
  package var contentType: String?
  /// The id of a multipart upload that was begun (S3).
  package var upload: String?

  package init(
    path: String, validator: String? = nil, length: Int64? = nil, contentType: String? = nil,
    upload: String? = nil
  ) {
    self.path = path
    self.validator = validator
    self.length = length
    self.contentType = contentType
    self.upload = upload
  }
}

/// How the saving of a task's outputs ended.
package struct SaveSettlement: Sendable {
  package var row: Int64
  /// The order that has ended so, by its time: one that came meanwhile goes on.
  package var orderedAt: Timestamp
  /// `task.saved` or `task.save_failed`, and the hooks it is bound for; its `files` are those that were saved. The
  /// store gives it the task's next number.
  package var event: BoundEvent

  package init(row: Int64, orderedAt: Timestamp, event: BoundEvent) {
    self.row = row
    self.orderedAt = orderedAt
    self.event = event
  }
}
