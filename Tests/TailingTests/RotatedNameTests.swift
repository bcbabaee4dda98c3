// Which names are those of rotated files.

import Tailing
import Testing

@Suite struct RotatedNameTests {
    @Test(arguments: [
        "app.log.1", "app.log-20261123", "app.log-2026-11-23_10:00", "app.log.2026-11-23.1", "app.log.old", "app.log~1", "app-20261123.log",
        "app.1.log", "app.old.log", "app.log.1.gz", "app.log-20261123.zst", "app-20261123.log.xz", "app.log.gz",
    ])
    func aNumberADateOrAWordMakesARotatedName(name: String) {
        #expect(RotatedName.isRotation(name, of: "app.log"))
        #expect(RotatedName.lives(of: name).contains("app.log"))
    }

    @Test(arguments: [
        "app.log", "app.log.1.bz2", "app.gz", "web.log.gz", "app.logs", "app.log1", "app2.log", "app-errors.log", "app.log.", "web.log.1",
    ])
    func otherNamesAreNot(name: String) {
        #expect(!RotatedName.isRotation(name, of: "app.log"))
        #expect(!RotatedName.lives(of: name).contains("app.log"))
    }

    @Test func onlyAnEndingTellsThatAFileIsNoLongerInUse() {
        #expect(RotatedName.livesWithEnding(of: "app.log.1").contains("app.log"))
        #expect(!RotatedName.livesWithEnding(of: "worker-1.log").contains("worker.log"))
        #expect(RotatedName.areOfOneLog("app.log.1", "app.log.2"))
        #expect(!RotatedName.areOfOneLog("app.log.1", "web.log.1"))
    }

    @Test func theTurnsThatANameCountsTellWhichFileIsOlder() {
        let names = ["app.log.11.gz", "app.log.2", "app.1.log", "app.log-20261123", "app.log-20261123-2.xz", "app.log.old", "app.log"]
        #expect(names.map(RotatedName.turns) == [11, 2, 1, 0, 0, 0, -1])
    }
}
