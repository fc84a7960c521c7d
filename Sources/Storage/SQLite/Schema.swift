import GRDB

/// The tables of the state file.
///
/// A million registered tasks have to fit into 400 bytes each, so rows refer to sources, hooks and tasks by
/// number, states are small integers, and what is usual is NULL. Times are milliseconds since 1970:
/// `next` and `not_before` on the store's timeline, all else on the wall.
///
/// A **lane** is what keeps its order: the deliveries of one hook for one task, for one source, or for one other
/// hook (`Subject.lane`). The first delivery of a lane that has not ended is ready, those after it wait. A
/// delivery that is replayed leaves its lane (`lane` NULL); those of `delivery.dead` never had one. A delivery that is
/// held until the outputs of its task are saved has its place in the lane, and those after it wait.
enum Schema {
  /// `PRAGMA application_id` of a state file: "tskh".
  static let application: Int64 = 0x7473_6B68

  /// `PRAGMA user_version` of what this program writes: the number of migrations.
  static let version: Int64 = 5

  static let migrator: DatabaseMigrator = {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1") { db in
      try db.execute(
        sql: """
          CREATE TABLE source (
            row INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,
            sequence INTEGER NOT NULL DEFAULT 0, down TEXT) STRICT;
          CREATE TABLE hook (
            row INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,
            paused TEXT, not_before INTEGER) STRICT;

          -- AUTOINCREMENT: a row's number is never used again, so "rows above N" misses none.
          CREATE TABLE task (
            row INTEGER PRIMARY KEY AUTOINCREMENT, source INTEGER NOT NULL, id TEXT NOT NULL,
            first_seen INTEGER NOT NULL, sequence INTEGER NOT NULL DEFAULT 0,
            stalled INTEGER NOT NULL DEFAULT 0, ending INTEGER, ended_at INTEGER, state INTEGER,
            status TEXT, progress REAL, changed_at INTEGER, last_polled INTEGER,
            watched_since INTEGER, labels TEXT) STRICT;
          CREATE UNIQUE INDEX task_ref ON task (source, id);

          -- Of a task (source is NULL: the task knows it) or of a source (task is NULL).
          CREATE TABLE event (
            row INTEGER PRIMARY KEY, task INTEGER, source INTEGER, sequence INTEGER NOT NULL,
            type INTEGER NOT NULL, at INTEGER NOT NULL, state INTEGER, status TEXT,
            previous_state INTEGER, previous_status TEXT, progress REAL, previous_progress REAL,
            reason TEXT, labels TEXT, body BLOB) STRICT;
          CREATE UNIQUE INDEX event_task ON event (task, sequence) WHERE task IS NOT NULL;
          CREATE UNIQUE INDEX event_source ON event (source, sequence) WHERE task IS NULL;

          CREATE TABLE delivery (
            row INTEGER PRIMARY KEY AUTOINCREMENT, key INTEGER NOT NULL, event INTEGER NOT NULL,
            hook INTEGER NOT NULL, lane INTEGER, sequence INTEGER NOT NULL, state INTEGER NOT NULL,
            attempts INTEGER NOT NULL DEFAULT 0, tries INTEGER NOT NULL DEFAULT 0,
            next INTEGER NOT NULL, created INTEGER NOT NULL, last_error TEXT) STRICT;
          CREATE UNIQUE INDEX delivery_event ON delivery (event, hook);
          CREATE INDEX delivery_key ON delivery (key);
          CREATE INDEX delivery_ready ON delivery (hook, next) WHERE state = 1;
          CREATE INDEX delivery_lane ON delivery (hook, lane, sequence) WHERE state < 2;

          CREATE TABLE attempt (
            row INTEGER PRIMARY KEY, delivery INTEGER NOT NULL, number INTEGER NOT NULL,
            at INTEGER NOT NULL, nanoseconds INTEGER NOT NULL, code INTEGER, error TEXT,
            detail TEXT) STRICT;
          CREATE UNIQUE INDEX attempt_number ON attempt (delivery, number);

          CREATE TABLE mark (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
          CREATE TABLE signal (
            row INTEGER PRIMARY KEY, kind INTEGER NOT NULL, subject INTEGER NOT NULL) STRICT;
          """)
      try db.execute(sql: "PRAGMA application_id = \(application)")
      try db.execute(sql: "PRAGMA user_version = 1")
    }
    // Hooks have events of their own: `sequence` is the number of the last one, `down` why the hook is down. Such
    // an event has neither task nor source.
    migrator.registerMigration("2") { db in
      try db.execute(
        sql: """
          ALTER TABLE hook ADD COLUMN down TEXT;
          ALTER TABLE hook ADD COLUMN sequence INTEGER NOT NULL DEFAULT 0;
          ALTER TABLE event ADD COLUMN hook INTEGER;
          CREATE UNIQUE INDEX event_hook ON event (hook, sequence) WHERE hook IS NOT NULL;
          PRAGMA user_version = 2;
          """)
    }
    // Output files. A `save` is the last order to keep those of a task, `event` its success; of each output, by its
    // place, a `file` is either a copy (`path`) or a part of one that was begun (`part`).
    migrator.registerMigration("3") { db in
      try db.execute(
        sql: """
          ALTER TABLE task ADD COLUMN url TEXT;
          ALTER TABLE task ADD COLUMN created_at INTEGER;
          ALTER TABLE event ADD COLUMN files TEXT;
          CREATE TABLE save (
            task INTEGER PRIMARY KEY, event INTEGER NOT NULL, outputs TEXT NOT NULL,
            state INTEGER NOT NULL, ordered_at INTEGER NOT NULL, reason TEXT) STRICT;
          CREATE INDEX save_pending ON save (state) WHERE state = 0;
          CREATE TABLE file (
            task INTEGER NOT NULL, output INTEGER NOT NULL, url TEXT, path TEXT, bytes INTEGER,
            sha256 TEXT, content_type TEXT, part TEXT, validator TEXT, length INTEGER, upload TEXT,
            PRIMARY KEY (task, output)) STRICT, WITHOUT ROWID;
          CREATE INDEX file_path ON file (path, bytes) WHERE path IS NOT NULL;
          PRAGMA user_version = 3;
          """)
    }
    // Webhooks that tasks have of their own. Their secrets are needed to sign, so they are in the file as they are:
    // it is readable by its owner alone.
    migrator.registerMigration("4") { db in
      try db.execute(
        sql: """
          CREATE TABLE callback (
            task INTEGER PRIMARY KEY, url TEXT NOT NULL, secret TEXT, rule TEXT NOT NULL) STRICT;
          CREATE INDEX delivery_dead ON delivery (hook, state) WHERE state = 3;
          PRAGMA user_version = 4;
          """)
    }
    // What was learnt of how long tasks take: a row for each kind of a source's tasks, '' for all of them together.
    migrator.registerMigration("5") { db in
      try db.execute(
        sql: """
          CREATE TABLE pace (
            source INTEGER NOT NULL, kind TEXT NOT NULL, used_at INTEGER NOT NULL, model BLOB NOT NULL,
            PRIMARY KEY (source, kind)) STRICT, WITHOUT ROWID;
          PRAGMA user_version = 5;
          """)
    }
    return migrator
  }()
}
