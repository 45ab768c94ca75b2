import CSystem
import Glibc

/// Names of hosts in filters, which libpcap looks up.
public enum HostNames {
    /// From now on they are looked up in /etc/hosts alone: a question to a name server would be a packet that is sent, and would
    /// tell whom somebody looks for.
    public static func askNobody() throws(CaptureError) {
        guard earshot_ask_nobody_for_hosts() == 0 else {
            throw CaptureError(input: "/etc/hosts", problem: Advice.onSystemError(errno))
        }
    }
}
