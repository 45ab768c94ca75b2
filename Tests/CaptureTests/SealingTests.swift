import Foundation
import Sessions
import Testing

/// Whether connections are sealed, and how often, changes nothing of what becomes of them.
@Suite struct SealingTests {
    @Test func everyCaptureHoldsTheSameSessions() {
        let captures = CaptureOnDisk.all()
        #expect(captures.count >= 40)
        DispatchQueue.concurrentPerform(iterations: captures.count) { index in
            let path = captures[index].path
            for ports in [Ports.mail, Ports.all] {
                guard let expected = try? sessions(of: path, ports: ports),
                    let sealed = try? sessions(of: path, ports: ports, isSealing: true)
                else { continue }
                #expect(sealed.count == expected.count, "\(captures[index].name)")
                for (session, other) in zip(expected, sealed) {
                    #expect("\(session)" == "\(other)", "\(captures[index].name)")
                }
            }
        }
    }
}
