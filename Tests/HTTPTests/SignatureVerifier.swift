import Foundation
import TestSupport

/// An S3-like server in Python that checks signatures with botocore, AWS's own client library: it makes the canonical
/// form out of what arrived, by decoding and encoding it anew. 200 where the signature is right, else 403 with why.
final class SignatureVerifier: Sendable {
  static let python = ProcessInfo.processInfo.environment["TASKHOOK_TEST_PYTHON"].flatMap {
    $0.isEmpty ? nil : $0
  }

  let url: String
  private let process: ChildProcess
  private let outputs: String

  init(accessKey: String, secretKey: String, region: String) async throws {
    outputs = FileManager.default.temporaryDirectory.appending(path: "taskhook-s3-\(UUID().uuidString)").path
    let process = try ChildProcess(
      Self.python ?? "python3", ["-c", Self.script, accessKey, secretKey, region],
      environment: ["PATH": "/usr/bin:/bin"], folder: "/", outputs: outputs)
    self.process = process
    let end = ContinuousClock.now + .seconds(60)
    while !process.stdout.contains("\n") {
      guard ContinuousClock.now < end, process.isRunning else {
        throw LoopbackError("the verifier does not start: \(process.stderr)")
      }
      try await Task.sleep(for: .milliseconds(5))
    }
    url = "http://127.0.0.1:\(process.stdout.trimmingCharacters(in: .whitespacesAndNewlines))"
  }

  deinit {
    unlink(outputs + ".out")
    unlink(outputs + ".err")
  }

  private static let script = """
    import hashlib, sys
    from datetime import datetime, timezone
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
    from urllib.parse import parse_qsl, quote, unquote

    from botocore.auth import S3SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    key, secret, region = sys.argv[1:]

    class Signer(S3SigV4Auth):
        def headers_to_sign(self, request):
            return request.headers

    def complaint(method, target, headers, body):
        scheme, _, rest = headers.get("Authorization", "").partition(" ")
        if scheme != "AWS4-HMAC-SHA256":
            return "no signature"
        fields = dict(part.strip().split("=", 1) for part in rest.split(","))
        signed = fields["SignedHeaders"].split(";")
        needed = {name.lower() for name in headers if name.lower().startswith("x-amz-")} | {"host"}
        if "Content-Type" in headers:
            needed.add("content-type")
        if signed != sorted(set(signed)) or not needed <= set(signed) or "x-amz-content-sha256" not in needed:
            return f"signed are {signed}, needed are {needed}"
        if any(name not in headers for name in signed):
            return f"signed are {signed}, not all of which were sent"
        told = headers["x-amz-content-sha256"]
        if told not in ("UNSIGNED-PAYLOAD", hashlib.sha256(body).hexdigest()):
            return "the hash is that of another body"
        date = datetime.strptime(headers["x-amz-date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=timezone.utc)
        if abs((datetime.now(timezone.utc) - date).total_seconds()) > 600:
            return "signed at another time"
        path, _, query = target.partition("?")
        request = AWSRequest(
            method=method, url="http://host" + quote(unquote(path), safe="/-._~"),
            headers={name: headers[name] for name in signed},
            params=parse_qsl(query, keep_blank_values=True) or None)
        request.context["timestamp"] = headers["x-amz-date"]
        signer = Signer(Credentials(key, secret), "s3", region)
        canonical = signer.canonical_request(request)
        expected = signer.signature(signer.string_to_sign(request, canonical), request)
        if fields["Credential"] != signer.scope(request):
            return "another key or scope"
        return None if fields["Signature"] == expected else "SignatureDoesNotMatch\\n" + canonical

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self):
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            try:
                wrong = complaint(self.command, self.path, self.headers, body)
            except Exception as error:
                wrong = repr(error)
            text = (wrong or "right").encode()
            self.send_response(403 if wrong else 200)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(text)

        do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = answer

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_address[1], flush=True)
    server.serve_forever()
    """
}
