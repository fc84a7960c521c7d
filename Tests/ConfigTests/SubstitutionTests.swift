import Config
import Testing

@Suite struct SubstitutionTests {
  @Test(arguments: [
    Golden(
      """
      sources: {a: {provider: "${UNSET}", api_key: "${SECRT}", base_url: "https://${WORD}/${NOPE}/${NEVER}"}}
      hooks:
        a:
          on: ${N
          run: ["${}", "${ N }", "${1A}", "${A-b}", "${A:=b}", "${A:-${N}}", "$", "$$", "$${N}", "${file:}", "${file:nowhere}", "${n}"]
      unknown: ${ALSO_UNSET}
      "${KEY}": 1
      ----
      """),
    // What is put in is never shown, and still has to fit.
    Golden(
      """
      sources:
        a: {provider: "${BAD}", base_url: "${BAD}", api_key: "${EMPTY}", poll: {every: "${N}", connections: "${BAD}"}}
        b: {provider: runway, poll: {every: "${BAD}s", rate: "${N}", connections: "${EMPTY}"}, proxy: "${BAD}", tls: {ca: "/${BAD}"}}
      hooks:
        a: {on: "${EMPTY}", run: x, limit: "${N}", step: "${BAD}", breaker: "${BAD}"}
        b: {on: X, webhook: {url: "${BAD}", secret: ["${EMPTY}"], verify: "${BAD}"}}
        c: "${TREE}"
      ----
      """),
  ])
  func everyMistakeIsTold(golden: Golden) {
    if golden.errors != golden.expected { print("<<<<\n\(golden.text)\n----\n\(golden.errors)\n>>>>") }
  }
}
