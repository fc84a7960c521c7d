import Crypto
import Foundation
import Model

/// Keeps a file in an S3-compatible storage.
struct S3Target: Sendable {
  private let run: OutputRun
  private let requests: S3Requests
  private let part: PartFile
  private let turn: Turn

  /// How often an upload that the storage has lost is begun anew.
  private static let uploads = 3

  init(_ run: OutputRun, requests: S3Requests, part: PartFile, turn: Turn) {
    self.run = run
    self.requests = requests
    self.part = part
    self.turn = turn
  }

  private var bucket: S3Bucket { requests.bucket }
  private var store: any Store { run.workshop.store }

  /// Removes what is left of the temporary file.
  func forgetPart() {
    (try? Folder.open(part.place, making: false))?.remove(part.place.name)
  }

  /// An upload that a stop or a crash broke off would be kept, and cost, for ever.
  func abortOldUpload() async throws(SaveFailure) {
    guard var partial = run.partial(at: part.place), let upload = partial.upload.flatMap(S3Upload.init(text:))
    else { return }
    await abort(upload)
    if Task.isCancelled { throw .stopped }
    partial.upload = nil
    try await run.note(.partial(partial))
  }

  /// Brings the file to the storage.
  func keep(_ whole: WholeFile) async throws(SaveFailure) -> SavedFile {
    part.close()
    run.names.learn(whole.contentType, of: run.index)
    return try await run.keep(as: bucket.path) { (name, path) async throws(SaveFailure) in
      let key = bucket.key(name)
      guard try await isFree(key) else { return nil }
      do throws(SaveFailure) { try await upload(whole, as: key) } catch {
        if error != .stopped { forgetPart() }
        throw error
      }
      let file = whole.saved(from: run.output.url, at: path)
      try await run.note(.saved(file))
      forgetPart()
      whole.room.finish(bytes: whole.bytes)
      return file
    }
  }

  /// Whether nobody else's file has this key.
  private func isFree(_ key: String) async throws(SaveFailure) -> Bool {
    let found = try await ask("look at", taking: { $0.status == 404 || $0.status == 403 }) {
      requests.look(key)
    }
    // Who may only write is told of nothing, not even that nothing is there.
    return found.status / 100 != 2 || found.headers[S3Meta.ownerHeader] == owner
  }

  /// The name of the temporary file is the same on every machine, and for no other output.
  private var owner: String { run.partName.filter { $0.isLetter || $0.isNumber } }

  private func upload(_ whole: WholeFile, as key: String) async throws(SaveFailure) {
    let meta = S3Meta(contentType: whole.contentType, owner: owner, sha256: whole.sha256)
    if whole.bytes <= S3Parts.single {
      let file = FilePart(path: part.place.path, offset: 0, count: whole.bytes)
      _ = try await ask("write") { requests.put(key, file, sum: whole.sha256, meta) }
      return
    }
    for _ in 0..<Self.uploads {
      let upload = try await begin(key, whole, meta)
      do throws(SaveFailure) {
        if try await send(whole, upload) { return }
      } catch {
        if error != .stopped { await abort(upload) }
        throw error
      }
    }
    throw .failed(reason: "the storage loses each upload before it is complete")
  }

  private func begin(_ key: String, _ whole: WholeFile, _ meta: S3Meta) async throws(SaveFailure) -> S3Upload
  {
    let begun = try await ask("begin an upload to") { requests.begin(key, meta) }
    guard let id = S3Answer.element("UploadId", in: String(decoding: begun.body, as: UTF8.self)),
      !id.isEmpty
    else { throw .failed(reason: "the storage gave the upload no id") }
    let upload = S3Upload(id: id, key: key)
    try await run.note(
      .partial(
        PartialFile(
          path: part.place.path, validator: whole.validator, length: whole.bytes,
          contentType: whole.contentType, upload: upload.text)))
    return upload
  }

  /// Sends the parts, one after the other, and has them joined. False where the storage knows nothing of the
  /// upload: it may be lost.
  private func send(_ whole: WholeFile, _ upload: S3Upload) async throws(SaveFailure) -> Bool {
    let parts = S3Parts(of: whole.bytes)
    var tags: [String] = []
    for index in 0..<parts.count {
      let piece = parts[index]
      let file = FilePart(path: part.place.path, offset: piece.offset, count: piece.count)
      let sum = try await sum(of: file)
      let answer = try await ask("write a part of", taking: { $0.code == "NoSuchUpload" }) {
        requests.part(upload, number: piece.number, file, sum: sum)
      }
      if answer.status / 100 != 2 { return false }
      guard let tag = answer.headers["etag"], !tag.isEmpty else {
        throw .failed(reason: "the storage gave part \(piece.number) no ETag")
      }
      tags.append(tag)
    }
    let answer = try await ask("complete", taking: { $0.code == "NoSuchUpload" }) {
      requests.complete(upload, tags: tags)
    }
    if answer.status / 100 == 2 { return true }
    // It may have been completed by a request whose answer did not come through.
    let found = try await ask("look at", taking: { $0.status == 404 || $0.status == 403 }) {
      requests.look(upload.key)
    }
    return found.headers[S3Meta.ownerHeader] == owner && found.headers["x-amz-meta-sha256"] == whole.sha256
  }

  private func sum(of file: FilePart) async throws(SaveFailure) -> String {
    do throws(FileTrouble) {
      return try await Blocking.run { _ throws(FileTrouble) in try FileSum.sha256(of: file) }
    } catch {
      throw .failed(reason: error.description)
    }
  }

  /// Has the storage forget an upload, if it can be reached.
  private func abort(_ upload: S3Upload) async {
    let answer = try? await run.workshop.transport.send(requests.abort(upload))
    if answer.map({ $0.status / 100 == 2 || $0.status == 404 }) != true {
      run.workshop.log.warning(
        "an upload that was broken off is left in the storage",
        metadata: ["key": "\(upload.key)", "bucket": "\(bucket.name)"])
    }
  }

  /// Sends a request until an answer counts.
  /// - Parameter taking: answers that count although they are none of success.
  private func ask(
    _ operation: String, taking: (S3Answer) -> Bool = { _ in false }, _ request: () -> HTTPRequest
  ) async throws(SaveFailure) -> HTTPResponse {
    let time = run.workshop.time
    let deadline = time.now + run.site.settings.giveUpAfter
    var failures = 0
    while true {
      let outcome: Result<HTTPResponse, HTTPError>
      do throws(HTTPError) {
        outcome = .success(try await run.workshop.transport.send(request()))
      } catch {
        outcome = .failure(error)
      }
      if Task.isCancelled { throw .stopped }
      let (reason, least): (String, Duration?)
      switch outcome {
      case .success(let response):
        let answer = S3Answer(response)
        if taking(answer) { return response }
        switch answer.verdict(at: time.wall) {
        case .good: return response
        case .never(let why): throw .failed(reason: "cannot \(operation) s3://\(bucket.name): \(why)")
        case .again(let why, let wait): (reason, least) = (why, wait)
        }
      case .failure(let error): (reason, least) = (error.message, nil)
      }
      failures += 1
      let wait = max(min(.seconds(60), .seconds(1) * (1 << min(failures - 1, 6))), least ?? .zero)
      if time.now + wait >= deadline {
        throw .failed(reason: "cannot \(operation) s3://\(bucket.name), tried for long: \(reason)")
      }
      try await run.pause(wait, turn)
    }
  }
}
