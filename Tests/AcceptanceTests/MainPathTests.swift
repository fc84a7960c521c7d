import Crypto
import Foundation
import TestSupport
import Testing

/// From an id to delivered webhooks and run scripts, with everything that a person does along the way.
@Suite struct MainPathTests {
  private static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

  /// A task object that only a copy of its bytes reproduces: number spellings, escapes, order, white space.
  private static func odd(_ id: String, _ status: String) -> String {
    #"{ "zeta": 1.50, "id":"\#(id)",  "n":[1e2,-0.0,12345678901234567890123], "status": "\#(status)","#
      + #""é\u00e9\/":{"b":null,"a":"\ud83d\ude00"} , "progress":0.420 }"#
  }

  @Test func everyWayInLeadsToWebhooksAndScripts() async throws {
    try await Workspace.use { place in
      let statuses = ["PENDING", "RUNNING", "SUCCEEDED"]
      let api = try ScriptedTaskAPI { id, number in
        ScriptedTaskAPI.json(200, Self.odd(id, statuses[min(number, 3) - 1]))
      }
      let receiver = try TestReceiver()
      try place.write(
        "keep.sh",
        """
        #!/bin/sh
        cat > "stdin.$TASKHOOK_TASK_ID.$TASKHOOK_SEQUENCE"
        env > "env.$TASKHOOK_TASK_ID.$TASKHOOK_SEQUENCE"
        """, mode: 0o755)
      try place.config(
        """
        sources:
          runway:
            provider: runway
            base_url: \(api.url)
            api_key: ${KEY}
            headers: {X-Runway-Version: 2024-11-06}
            poll: {every: 100ms}
        tasks:
          - listed
          - {id: labelled, labels: {project: red}}
        tasks_from: ids.txt
        hooks:
          pipeline:
            on: change
            webhook: {url: "\(receiver.url("/hooks/video"))", secret: "${SECRET}", headers: {X-Extra: more}}
          keep:
            on: done
            run: {command: [./keep.sh], env: {ADDED: value}}
        """)
      try place.write("ids.txt", "followed-1\n")
      let daemon = try await place.daemon(env: ["KEY": "the-key", "SECRET": Self.secret, "LANG": "C.UTF-8"])
      try place.append(
        "ids.txt", "{\"id\": \"followed-2\", \"labels\": {\"project\": \"blue\"}}\nno such {\nfoll")
      try place.append("ids.txt", "owed-3\n")

      let added = try await place.run("add", "added", "--label", "project=green")
      let addedBy = ContinuousClock.now
      #expect(added.status == 0)
      #expect(added.stdout == "")
      #expect(added.stderr == "1 added\n")
      let piped = try await place.run(
        "add", "-", "--label", "project=red", "--label", "team=a",
        stdin:
          "piped-1\n\n{\"id\": \"piped-2\", \"labels\": {\"project\": \"blue\"}, \"source\": \"runway\"}\n")
      #expect(piped.status == 0, "\(piped.stderr)")

      let ids = [
        "listed", "labelled", "followed-1", "followed-2", "followed-3", "no such {", "added", "piped-1",
        "piped-2",
      ]
      await eventually {
        receiver.accepted.count >= ids.count * 3
          && ids.allSatisfy { place.read("env.\($0).3").contains("TASKHOOK_ATTEMPT") }
      }
      await place.stop(daemon)

      let taken = try #require(api.polls(of: "added").first)
      #expect(taken.at - addedBy < .seconds(5), "a running daemon takes up an added task within a second")
      for poll in api.polls {
        #expect(poll.request.headers["authorization"] == "Bearer the-key")
        #expect(poll.request.headers["x-runway-version"] == "2024-11-06")
      }
      #expect(receiver.deliveries.count == ids.count * 3)
      for id in ids {
        let deliveries = receiver.accepted.filter { $0.task == id }
        #expect(deliveries.map(\.type) == ["task.pending", "task.running", "task.succeeded"])
        #expect(deliveries.map(\.sequence) == [1, 2, 3])
        #expect(deliveries.map { $0.json["data"]["previous_status"].text } == [nil, "PENDING", "RUNNING"])
        #expect(deliveries[0].json["data"]["previous_status"].isNull)
        for (delivery, status) in zip(deliveries, statuses) {
          try Self.check(delivery, id: id, status: status)
        }
        let done = Self.odd(id, "SUCCEEDED")
        #expect(place.read("stdin.\(id).3") == done)
        Self.check(environment: place.read("env.\(id).3"), id: id)
      }
      let labels = { (id: String) in
        Dictionary(
          uniqueKeysWithValues: ["project", "team"].compactMap { name in
            receiver.accepted.first { $0.task == id }?.json["data"]["labels"][name].text.map { (name, $0) }
          })
      }
      #expect(labels("listed") == [:])
      #expect(labels("labelled") == ["project": "red"])
      #expect(labels("followed-2") == ["project": "blue"])
      #expect(labels("added") == ["project": "green"])
      #expect(labels("piped-1") == ["project": "red", "team": "a"])
      #expect(labels("piped-2") == ["project": "blue", "team": "a"], "its own label wins")
    }
  }

  private static func check(_ delivery: TestReceiver.Delivery, id: String, status: String) throws {
    #expect(delivery.request.method == "POST")
    #expect(delivery.request.target == "/hooks/video")
    #expect(delivery.header("content-type") == "application/json")
    #expect(delivery.header("user-agent")?.hasPrefix("taskhook/") == true)
    #expect(delivery.header("x-extra") == "more")
    #expect(delivery.header("taskhook-attempt") == "1")
    #expect(delivery.header("authorization") == nil)
    #expect(delivery.id.hasPrefix("msg_") && !delivery.id.contains("."))
    let timestamp = try #require(delivery.header("webhook-timestamp"))
    let age = Date.now.timeIntervalSince1970 - (try #require(Double(timestamp)))
    #expect((-5...120).contains(age))
    // Standard Webhooks 1.0.0: HMAC-SHA256 of "id.timestamp.body" with the secret's bytes.
    let key = SymmetricKey(data: Data(base64Encoded: String(secret.dropFirst("whsec_".count)))!)
    let signed = Data("\(delivery.id).\(timestamp).".utf8) + Data(delivery.body)
    let mac = Data(HMAC<SHA256>.authenticationCode(for: signed, using: key))
    #expect(delivery.header("webhook-signature") == "v1," + mac.base64EncodedString())
    let data = delivery.json["data"]
    #expect(data["source"].text == "runway")
    #expect(data["status"].text == status)
    #expect(data["state"].text == status.lowercased())
    #expect(data["files"].exists && data["files"].items.isEmpty)
    #expect(delivery.json["timestamp"].text?.hasSuffix("Z") == true)
    #expect(delivery.request.text.contains(#""task":\#(odd(id, status))}}"#), "byte for byte")
  }

  private static func check(environment: String, id: String) {
    var variables: [String: String] = [:]
    for line in environment.split(separator: "\n") {
      let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      variables[String(parts[0])] = parts.count > 1 ? String(parts[1]) : ""
    }
    let told = [
      "TASKHOOK_EVENT": "task.succeeded", "TASKHOOK_SOURCE": "runway", "TASKHOOK_TASK_ID": id,
      "TASKHOOK_STATUS": "SUCCEEDED", "TASKHOOK_PREVIOUS_STATUS": "RUNNING", "TASKHOOK_STATE": "succeeded",
      "TASKHOOK_SEQUENCE": "3", "TASKHOOK_ATTEMPT": "1", "TASKHOOK_FILES": "[]", "ADDED": "value",
      "LANG": "C.UTF-8",
    ]
    for (name, value) in told { #expect(variables[name] == value) }
    #expect(variables["TASKHOOK_DELIVERY_ID"]?.hasPrefix("msg_") == true)
    // The shell itself sets PWD, OLDPWD, SHLVL and _.
    let allowed = Set(told.keys).union([
      "TASKHOOK_DELIVERY_ID", "PATH", "HOME", "TZ", "USER", "PWD", "OLDPWD", "SHLVL", "_",
    ])
    #expect(Set(variables.keys).subtracting(allowed).isEmpty, "the daemon's own variables stay with it")
  }

  @Test func rulesChooseByLabelTaskAndTransition() async throws {
    try await Workspace.use { place in
      let api = try ScriptedTaskAPI { id, number in
        let last = id.hasPrefix("bad") ? "FAILED" : "SUCCEEDED"
        let rest = id == "bad-safety" ? #""failureCode":"SAFETY.INPUT.TEXT""# : #""failureCode":"INTERNAL""#
        return ScriptedTaskAPI.task(id, ["PENDING", "RUNNING", last][min(number, 3) - 1], rest)
      }
      let receiver = try TestReceiver()
      try place.config(
        """
        sources: {runway: {provider: runway, base_url: "\(api.url)", poll: {every: 100ms}}}
        tasks:
          - {id: good-red, labels: {project: red}}
          - {id: good-blue, labels: {project: blue}}
          - {id: bad-safety, labels: {project: green}}
          - bad-other
        hooks:
          all: {on: change, webhook: {url: "\(receiver.url("/all"))"}}
          red: {on: change, where: {labels.project: red}, webhook: {url: "\(receiver.url("/red"))"}}
          colours: {on: done, where: {labels.project: [red, blue]}, webhook: {url: "\(receiver.url("/colours"))"}}
          safety: {on: failed, where: {task.failureCode: "~^SAFETY\\\\."}, webhook: {url: "\(receiver.url("/safety"))"}}
          began: {on: {from: PENDING, to: RUNNING}, webhook: {url: "\(receiver.url("/began"))"}}
          bare: {on: SUCCEEDED, webhook: {url: "\(receiver.url("/bare"))", format: task, method: PUT}}
        """)
      let daemon = try await place.daemon()
      await eventually { receiver.accepted.count >= 12 + 3 + 2 + 1 + 4 + 2 }
      await place.stop(daemon)
      let seen = { (path: String) in
        receiver.accepted.filter { $0.request.target == path }.map { "\($0.task) \($0.type)" }.sorted()
      }
      #expect(seen("/all").count == 12)
      #expect(seen("/red") == ["good-red task.pending", "good-red task.running", "good-red task.succeeded"])
      #expect(seen("/colours") == ["good-blue task.succeeded", "good-red task.succeeded"])
      #expect(seen("/safety") == ["bad-safety task.failed"])
      #expect(seen("/began").allSatisfy { $0.hasSuffix("task.running") } && seen("/began").count == 4)
      let bare = receiver.accepted.filter { $0.request.target == "/bare" }
      #expect(bare.map(\.request.method) == ["PUT", "PUT"])
      #expect(
        Set(bare.map(\.request.text))
          == Set(
            ["good-red", "good-blue"].map {
              ScriptedTaskAPI.body($0, "SUCCEEDED", #""failureCode":"INTERNAL""#)
            }))
      #expect(receiver.deliveries.count == 24)
    }
  }

  @Test func tasksAreListedShownRemovedReplayedAndWatchedAgain() async throws {
    try await Workspace.use { place in
      let api = try ScriptedTaskAPI()
      api.script(
        "done", ScriptedTaskAPI.task("done", "RUNNING", #""progress":0.25"#),
        ScriptedTaskAPI.task("done", "SUCCEEDED", #""output":["https://example.com/a.mp4"]"#))
      api.script("endless", ScriptedTaskAPI.task("endless", "RUNNING", #""progress":0.5"#))
      api.script("refused", ScriptedTaskAPI.task("refused", "FAILED"))
      let accepts = Flag()
      let receiver = try TestReceiver { request, _ in
        request.text.contains("\"refused\"") && !accepts.isSet ? .respond(422, body: "no") : .respond(200)
      }
      try place.config(
        """
        sources: {runway: {provider: runway, base_url: "\(api.url)", poll: {every: 100ms}}}
        hooks: {all: {on: change, webhook: {url: "\(receiver.url())"}}}
        """)
      // Before there is a daemon, and before there is a state.
      let early = try await place.run("tasks", "--json")
      #expect(early.status == 0 && early.stdout == "" && early.stderr.contains("no state yet"))
      let added = try await place.run("add", "done", "endless", "refused", "--label", "a=b")
      #expect(added.status == 0 && added.stderr.contains("no daemon is running"))
      let daemon = try await place.daemon()
      await eventually { receiver.deliveries.count >= 4 }
      try await eventually { try await place.json("deliveries").allSatisfy { $0["state"].text != "ready" } }

      let tasks = try await place.json("tasks")
      let keys: Set = [
        "source", "id", "status", "state", "progress", "labels", "first_seen", "changed_at", "created_at",
        "last_polled", "ended", "url", "callback",
      ]
      #expect(tasks.map { $0["id"].text } == ["done", "endless", "refused"])
      for task in tasks {
        #expect(task.keys == keys)
        #expect(task["source"].text == "runway" && task["labels"]["a"].text == "b")
        #expect(task["first_seen"].text != nil && task["changed_at"].text != nil)
      }
      #expect(tasks.map { $0["status"].text } == ["SUCCEEDED", "RUNNING", "FAILED"])
      #expect(tasks.map { $0["state"].text } == ["succeeded", "running", "failed"])
      #expect(tasks[1]["progress"].number == 0.5)
      let table = try await place.run("tasks")
      #expect(table.stdout.contains("endless") && table.stdout.contains("RUNNING"))
      #expect(try await place.json("tasks", "--state", "failed").map { $0["id"].text } == ["refused"])
      #expect(try await place.json("tasks", "--watched").map { $0["id"].text } == ["endless"])

      let deliveries = try await place.json("deliveries")
      let fields: Set = [
        "id", "hook", "event", "source", "task", "state", "attempts", "next_attempt", "last_error",
        "created_at",
      ]
      #expect(deliveries.count == 4 && deliveries.allSatisfy { $0.keys == fields })
      let dead = try await place.json("deliveries", "--dead")
      #expect(dead.count == 1)
      #expect(
        dead[0]["task"].text == "refused" && dead[0]["state"].text == "dead"
          && dead[0]["attempts"].integer == 1)
      #expect(dead[0]["last_error"].text?.contains("422") == true)

      let shown = try await place.json("show", "done")[0]
      #expect(shown["task"]["id"].text == "done")
      #expect(shown["events"].items.map { $0["type"].text } == ["task.running", "task.succeeded"])
      let first = shown["events"][0]["deliveries"][0]
      #expect(first["delivery"]["state"].text == "delivered" && first["attempts"][0]["code"].integer == 200)
      let told = try await place.run("show", "done")
      #expect(
        told.stdout.contains("RUNNING → SUCCEEDED") && told.stdout.contains("https://example.com/a.mp4"))
      #expect(try await place.run("show", "nothing").status == 64)

      let removed = try await place.run("remove", "endless")
      #expect(removed.status == 0, "\(removed.stderr)")
      try await Task.sleep(for: .milliseconds(600))
      let polls = api.polls(of: "endless").count
      try await Task.sleep(for: .milliseconds(500))
      #expect(api.polls(of: "endless").count == polls, "a removed task is polled no more")
      #expect(try await place.run("remove", "nothing").status == 64)

      let before = receiver.deliveries.count
      let dry = try await place.run("replay", "--dead", "--dry-run")
      #expect(dry.status == 0 && dry.stderr == "1 delivery would be sent again\n")
      #expect(dry.stdout.contains(dead[0]["id"].text!))
      accepts.set()
      #expect(try await place.run("replay", "--dead").status == 0)
      await eventually { receiver.deliveries.count > before }
      let again = receiver.deliveries[before]
      #expect(again.id == dead[0]["id"].text && again.isAccepted && again.attempt == 2)
      #expect(again.body == receiver.deliveries.first { $0.id == again.id }?.body)
      try await eventually { try await place.json("deliveries", "--dead").isEmpty }

      let success = try #require(receiver.accepted.first { $0.type == "task.succeeded" })
      #expect(try await place.run("replay", success.id).status == 0)
      await eventually { receiver.deliveries.count > before + 1 }
      let repeated = receiver.deliveries[before + 1]
      #expect(repeated.id == success.id && repeated.body == success.body)
      #expect(try await place.run("replay", "msg_nothing").status == 64)
      #expect(try await place.run("replay").status == 64)
      #expect(try await place.run("replay", "--hook", "al", "--dry-run").stderr.contains("did you mean all?"))

      let known = try await place.run("add", "done")
      #expect(known.status == 0 && known.stderr.contains("--again watches it anew"))
      api.script("done", ScriptedTaskAPI.task("done", "RUNNING"), ScriptedTaskAPI.task("done", "FAILED"))
      #expect(try await place.run("add", "done", "--again").status == 0)
      await eventually { receiver.types(of: "done").contains("task.failed") }
      await place.stop(daemon)
      let sequences = receiver.accepted.filter { $0.task == "done" && $0.id != success.id }.map(\.sequence)
      #expect(sequences == [1, 3, 4], "a second life goes on counting")
      #expect(Set(receiver.accepted.map(\.id)).count == 6)
    }
  }

  @Test func goneMeansAPauseUntilResume() async throws {
    try await Workspace.use { place in
      let api = try ScriptedTaskAPI { id, number in
        ScriptedTaskAPI.task(id, number < 3 ? "RUNNING" : "SUCCEEDED")
      }
      let isGone = Flag(true)
      let receiver = try TestReceiver { _, _ in .respond(isGone.isSet ? 410 : 200) }
      let other = try TestReceiver()
      try place.config(
        """
        sources: {runway: {provider: runway, base_url: "\(api.url)", poll: {every: 100ms}}}
        tasks: [first]
        hooks:
          gone: {on: change, webhook: {url: "\(receiver.url())"}}
          other: {on: change, webhook: {url: "\(other.url())"}}
        """)
      var daemon = try await place.daemon()
      await eventually { other.accepted.count == 2 }
      try await eventually { try await place.json("deliveries", "--dead").count == 1 }
      #expect(receiver.deliveries.count == 1, "the first was told to stop, the second waits")
      await place.stop(daemon)

      isGone.clear()
      daemon = try await place.daemon()
      #expect(try await place.run("add", "second").status == 0)
      await eventually { other.accepted.count == 4 }
      let told = try await place.run("deliveries")
      #expect(told.stderr.contains("hook gone is paused") && told.stderr.contains("taskhook resume gone"))
      #expect(try await place.run("tasks").stderr.contains("hook gone is paused"))
      let waiting = try await place.json("deliveries", "--hook", "gone", "--state", "ready")
      #expect(!waiting.isEmpty && waiting.allSatisfy { $0["next_attempt"].isNull }, "\(waiting)")
      await eventually { daemon.stderr.contains("paused") }
      #expect(receiver.deliveries.count == 1, "the pause holds over a restart")

      let resumed = try await place.run("resume", "gone")
      #expect(resumed.status == 0 && resumed.stderr == "hook gone resumed\n")
      await eventually { receiver.accepted.count == 3 }
      #expect(receiver.types(of: "first") == ["task.succeeded"])
      #expect(receiver.types(of: "second") == ["task.running", "task.succeeded"])
      #expect(try await place.run("replay", "--dead").status == 0)
      await eventually { receiver.types(of: "first").contains("task.running") }
      #expect(try await place.run("resume", "gone").stderr == "hook gone was not paused\n")
      #expect(try await place.run("resume", "gon").status == 64)
      await place.stop(daemon)
    }
  }
}
