import Testing

@testable import taskhook

@Suite struct StartupPagesTests {
  /// A mapping as proc_pid_smaps(5) writes it, cut down to what differs between them.
  private func mapping(_ head: String, anonymous: Int) -> String {
    """
    \(head)
    Size:                 16 kB
    Rss:                  16 kB
    Private_Dirty:         0 kB
    Anonymous:      \(String(repeating: " ", count: 4))\(anonymous) kB
    VmFlags: rd ex mr mw me

    """
  }

  @Test func codeAndConstantsOfFilesAreHandedBack() {
    let map =
      mapping("55d000000000-55d000004000 r--p 00000000 fe:00 42    /usr/local/bin/taskhook", anonymous: 0)
      + mapping("55d000004000-55d00000a000 r-xp 00004000 fe:00 42    /usr/local/bin/taskhook", anonymous: 0)
    #expect(
      StartupPages.clean(map) == [0x55d0_0000_0000..<0x55d0_0000_4000, 0x55d0_0000_4000..<0x55d0_0000_a000])
  }

  @Test(arguments: [
    // The linker wrote addresses into it before it became read-only.
    ("55d00000a000-55d00000e000 r--p 0000a000 fe:00 42    /usr/local/bin/taskhook", 16),
    ("55d00000e000-55d000010000 rw-p 0000e000 fe:00 42    /usr/local/bin/taskhook", 0),
    // Of all processes that have it, not of this one.
    ("7f0000000000-7f0000004000 r--s 00000000 fe:00 43    /var/lib/taskhook/taskhook.db-shm", 0),
    ("7f0000004000-7f0000008000 r--p 00000000 00:00 0", 0),
    ("7ffd00000000-7ffd00004000 r-xp 00000000 00:00 0    [vdso]", 0),
  ])
  func whatCannotBeReadAnewStays(_ head: String, anonymous: Int) {
    #expect(StartupPages.clean(mapping(head, anonymous: anonymous)).isEmpty)
  }

  @Test func whatOneMappingHasIsNotTakenForTheNext() {
    let map =
      mapping("55d00000a000-55d00000e000 r--p 0000a000 fe:00 42    /usr/local/bin/taskhook", anonymous: 16)
      + mapping("55d00000e000-55d000010000 rw-p 0000e000 fe:00 42    /usr/local/bin/taskhook", anonymous: 0)
      + mapping("7f0000000000-7f0000004000 r-xp 00000000 fe:00 44    /usr/lib/libc.so.6", anonymous: 0)
    #expect(StartupPages.clean(map) == [0x7f00_0000_0000..<0x7f00_0000_4000])
  }

  /// The stack stands near the end of it.
  @Test func theMapIsReadToItsEnd() throws {
    let map = try #require(StartupPages.map())
    #expect(map.contains("[stack]"))
    #expect(StartupPages.clean(map).count > 10)
  }

  /// The process goes on after it, with what it has mapped.
  @Test func theProcessGoesOn() {
    StartupPages.release()
    #expect(Array("abc".utf8).reversed() == [99, 98, 97])
  }
}
