import Model
import TestSupport
import Testing

@testable import Server

@Suite struct TaskAPITests {
  @Test func oneTaskIsAdded() async throws {
    try await withServer { bench in
      let body = #"{"id": "a/b", "labels": {"project": "x"}, "url": "https://api.example/op"}"#
      let added = try await bench.send("POST", "/v1/tasks", body: body)
      #expect(added.status == 201)
      let task = try JSONDocument(added.body).root
      #expect(task["id"]?.string == "a/b" && task["source"]?.string == "runway")
      #expect(task["labels"]?["project"]?.string == "x")
      #expect(task["url"]?.string == SecretURL("https://api.example/op").description)
      #expect(try await bench.send("POST", "/v1/tasks", body: body).status == 200)
      let record = try #require(try await bench.store.tasks(TaskQuery(id: "a/b")).first)
      #expect(record.url == "https://api.example/op")
      let shown = try await bench.get("/v1/tasks/runway/a%2Fb")
      #expect(shown.status == 200)
      #expect(try JSONDocument(shown.body).root["task"]?["id"]?.string == "a/b")
    }
  }

  @Test func anEndedTaskIsWatchedAgainWhenAskedFor() async throws {
    try await withServer { bench in
      try await bench.advance(try await bench.register("a"), to: .failed)
      #expect(try await bench.send("POST", "/v1/tasks", body: #"{"id": "a"}"#).status == 200)
      let again = try await bench.send("POST", "/v1/tasks", body: #"{"id": "a", "again": true}"#)
      #expect(again.status == 201)
      #expect(try JSONDocument(again.body).root["ended"]?.isNull == true)
    }
  }

  @Test(arguments: [
    ("application/json", #"[{"id": "a"}, {"id": "b", "source": "runway"}]"#),
    ("application/x-ndjson", "{\"id\": \"a\"}\n\n {\"id\": \"b\"}\r\n"),
    ("application/json; charset=utf-8", #"[{"id": "a"}, {"id": "b"}, {"id": "a"}]"#),
  ])
  func manyTasksAreAdded(type: String, body: String) async throws {
    try await withServer { bench in
      let reply = try await bench.send("POST", "/v1/tasks", headers: ["Content-Type: \(type)"], body: body)
      #expect(reply.status == 201)
      let root = try JSONDocument(reply.body).root
      #expect(root["added"]?.number == 2)
      #expect(root["tasks"]?.elements.compactMap { $0["id"]?.string }.prefix(2) == ["a", "b"])
      let again = try await bench.send("POST", "/v1/tasks", headers: ["Content-Type: \(type)"], body: body)
      #expect(again.status == 200)
      #expect(try JSONDocument(again.body).root["added"]?.number == 0)
    }
  }

  @Test func allFaultsAreTold() async throws {
    try await withServer { bench in
      bench.control.set { script in
        script.refusals = ["far": ControlRefusal("url", "is not below the source's base_url")]
        script.callback = { _, _, _ throws(ControlRefusal) in
          throw ControlRefusal("callback.on", "\"DONE\" is no status")
        }
      }
      let body = """
        [{"id": "fine"}, {"id": 7}, {}, {"id": "a", "sorce": "x"}, {"id": "a", "source": "nope"}, 5,
         {"id": "far", "url": "https://elsewhere"}, {"id": "a", "labels": {"x/y": 1}}, {"id": "a", "again": "yes"},
         {"id": "."}, {"id": "a", "callback": {"url": "https://h"}}, {"id": "a", "callback": {"on": "change"}},
         {"id": "a", "callback": "https://h"}, {"id": "a", "labels": ["x"]}]
        """
      let reply = try await bench.send("POST", "/v1/tasks", body: body)
      #expect(reply.status == 422)
      let errors = try #require(try JSONDocument(reply.body).root["errors"])
      let told = errors.elements.map { "\($0["pointer"]?.string ?? "") \($0["detail"]?.string ?? "")" }
      #expect(
        told == [
          "/1/id must be a string", "/2/id is missing", "/3/sorce is not known; did you mean source?",
          "/4/source there is no source nope", "/5 must be an object",
          "/6/url is not below the source's base_url", "/7/labels/x~1y must be a string",
          "/8/again must be true or false",
          "/9/id a task id cannot be \".\", which a URL reads as a folder",
          "/10/callback/on \"DONE\" is no status",
          "/11/callback/url is missing", "/12/callback must be an object",
          "/13/labels must be an object whose members are strings",
        ])
      #expect(try await bench.store.tasks(TaskQuery()).isEmpty)
    }
  }

  @Test(arguments: ["", "{", "[1,]", "{\"id\": \"a\"} x", "null"])
  func whatIsNoTaskIsRefused(body: String) async throws {
    try await withServer { bench in
      let reply = try await bench.send("POST", "/v1/tasks", body: body)
      #expect(reply.status == (body == "null" ? 422 : 400))
    }
  }

  @Test func thereIsAnEndToMany() async throws {
    try await withServer { bench in
      let body = "[" + (0...NewTasks.most).map { "{\"id\":\"\($0)\"}" }.joined(separator: ",") + "]"
      let reply = try await bench.send("POST", "/v1/tasks", body: body)
      #expect(reply.status == 422)
    }
  }

  @Test func aSourceMustBeNamedWhereThereAreSeveral() async throws {
    try await withServer { bench in
      bench.control.set { $0.sources.append(ScriptedControl.status("kling")) }
      let unnamed = try await bench.send("POST", "/v1/tasks", body: #"{"id": "a"}"#)
      #expect(unnamed.status == 422)
      let named = try await bench.send("POST", "/v1/tasks", body: #"{"id": "a", "source": "kling"}"#)
      #expect(named.status == 201)
    }
  }

  @Test func aCallbackIsKeptAndItsSecretsAreNotTold() async throws {
    try await withServer { bench in
      bench.control.set { script in
        script.callback = { url, secret, on throws(ControlRefusal) in
          TaskCallback(url: SecretURL(url), secret: secret.map { Secret($0) }, on: on ?? "\"change\"")
        }
      }
      let body =
        #"{"id": "a", "callback": {"url": "https://h.example/t0ken", "secret": "hush-hush", "on": ["FAILED"]}}"#
      let reply = try await bench.send("POST", "/v1/tasks", body: body)
      #expect(reply.status == 201)
      #expect(!reply.text.contains("t0ken") && !reply.text.contains("hush"))
      #expect(reply.text.contains(#""on":["FAILED"]"#))
      let record = try #require(try await bench.store.tasks(TaskQuery(id: "a")).first)
      #expect(record.callback?.secret?.reveal() == "hush-hush")
    }
  }

  @Test func tasksAreListedPageByPage() async throws {
    try await withServer { bench in
      for number in 0..<5 { _ = try await bench.register("t\(number)") }
      for (order, ids) in [
        ("newest", ["t4", "t3", "t2", "t1", "t0"]), ("oldest", ["t0", "t1", "t2", "t3", "t4"]),
      ] {
        var found: [String] = []
        var target = "/v1/tasks?limit=2&order=\(order)"
        while true {
          let page = try await bench.json(target)
          found += page["tasks"]?.elements.compactMap { $0["id"]?.string } ?? []
          guard let next = page["next"]?.string else { break }
          target = "/v1/tasks?limit=2&cursor=\(next)"
        }
        #expect(found == ids)
      }
      let cursor = Cursor(row: 3, newestFirst: true).text
      #expect(try await bench.get("/v1/tasks?order=oldest&cursor=\(cursor)").status == 400)
      #expect(try await bench.json("/v1/tasks?limit=5")["next"]?.isNull == true)
    }
  }

  @Test func tasksAreChosen() async throws {
    try await withServer { bench in
      try await bench.advance(
        try await bench.register("a", labels: ["project": "x", "n": "1"]), to: .running)
      try await bench.advance(try await bench.register("b", labels: ["project": "x"]), to: .failed)
      _ = try await bench.register("c", source: "kling", labels: ["project": "y z"])
      let cases = [
        ("", ["c", "b", "a"]), ("state=running", ["a"]), ("state=running&state=failed", ["b", "a"]),
        ("watched=true", ["c", "a"]), ("watched=false", ["c", "b", "a"]), ("source=kling", ["c"]),
        ("source=nope", []), ("q=RUNN", ["a"]), ("q=y+z", ["c"]), ("label.project=x", ["b", "a"]),
        ("label.project=x&label.n=1", ["a"]), ("label.project=y%20z", ["c"]), ("label.nope=x", []),
      ]
      for (query, ids) in cases {
        let page = try await bench.json("/v1/tasks?\(query)")
        #expect(page["tasks"]?.elements.compactMap { $0["id"]?.string } == ids, "\(query)")
      }
      let bad = [
        "state=x", "watched=1", "limit=0", "limit=1001", "order=up", "cursor=x", "nope=1", "q=a&q=b",
      ]
      for query in bad { #expect(try await bench.get("/v1/tasks?\(query)").status == 400, "\(query)") }
    }
  }

  @Test func whatOnlyMemoryKnowsIsTold() async throws {
    try await withServer { bench in
      _ = try await bench.register("a")
      bench.control.set { script in
        script.live = { record in
          var record = record
          record.progress = 0.5
          return record
        }
      }
      #expect(try await bench.json("/v1/tasks")["tasks"]?[0]?["progress"]?.number == 0.5)
      #expect(try await bench.json("/v1/tasks/runway/a")["task"]?["progress"]?.number == 0.5)
    }
  }

  @Test func oneTaskIsShown() async throws {
    try await withServer { bench in
      let record = try await bench.advance(try await bench.register("a"), to: .running, hooks: ["pipeline"])
      try await bench.advance(record, to: .succeeded, hooks: ["pipeline"], body: #"{"n": 1.50}"#)
      bench.control.set { $0.outputs = [TaskOutput(url: "https://x/1.mp4")] }
      let claim = try await bench.store.claim(
        hook: "pipeline", limit: 1, bodies: .first(0), held: [], now: bench.time.now)
      let attempt = AttemptRecord(
        number: 1, at: bench.time.wall, duration: .milliseconds(5), error: "HTTP 500", code: 500, detail: "no"
      )
      let settlement = Settlement(
        row: claim.deliveries[0].row, hook: "pipeline", result: .retry(at: bench.time.now + .seconds(60)),
        attempt: attempt)
      try await bench.store.settle([settlement])
      let root = try await bench.json("/v1/tasks/runway/a")
      #expect(root["task"]?["state"]?.string == "succeeded")
      #expect(root["outputs"]?[0]?["url"]?.string == "https://x/1.mp4")
      #expect(
        root["events"]?.elements.compactMap { $0["type"]?.string } == ["task.running", "task.succeeded"])
      #expect(
        root["events"]?[1]?["task"].map { String(decoding: $0.bytes, as: UTF8.self) } == #"{"n": 1.50}"#)
      #expect(root["events"]?[0]?["deliveries"]?[0]?["attempts"]?[0]?["code"]?.number == 500)
      #expect(root["events"]?[1]?["deliveries"]?[0]?["delivery"]?["state"]?.string == "waiting")
      for path in ["/v1/tasks/runway/nope", "/v1/tasks/kling/a"] {
        #expect(try await bench.get(path).status == 404)
      }
    }
  }

  @Test func aTaskIsRemoved() async throws {
    try await withServer { bench in
      _ = try await bench.register("a b")
      for _ in 0..<2 {
        let reply = try await bench.send("DELETE", "/v1/tasks/runway/a%20b")
        #expect(reply.status == 204 && reply.body.isEmpty && reply.header("content-length") == nil)
      }
      #expect(try await bench.store.tasks(TaskQuery(id: "a b")).first?.ending == .removed)
      #expect(try await bench.send("DELETE", "/v1/tasks/runway/nope").status == 404)
    }
  }
}
