import Wire

/// A header that a load balancer put before the client's octets: it is a fact, and no part of the dialogue.
extension SessionReader {
    /// Takes what lies at the front of the client's octets; answers how many octets that are, `nil` where more are
    /// needed to tell.
    mutating func readProxyHeader(
        _ octets: Span<UInt8>, _ position: StreamPosition, _ context: inout SessionContext
    ) -> Int? {
        if proxyOctetsLeft == 0 {
            guard position.offset == 0, startIsSeen else {
                isBehindProxyHeader = true
                return 0
            }
            switch ProxyHeader.read(octets) {
            case .none:
                isBehindProxyHeader = true
                return 0
            case .incomplete: return nil
            case .header(let header):
                proxy.value = Observed(header, in: position.frame)
                proxyOctetsLeft = header.length
            }
        }
        let count = min(octets.count, proxyOctetsLeft)
        proxyOctetsLeft -= count
        if count > 0, let header = proxy.value?.value {
            context.disclosure?.takeProxyHeader(octets.extracting(first: count), at: position.offset, header)
        }
        if proxyOctetsLeft == 0 { isBehindProxyHeader = true }
        return count
    }

    /// Octets of the client are missing: where the header ends is not known any more.
    mutating func loseProxyHeader() {
        proxyOctetsLeft = 0
        isBehindProxyHeader = true
    }
}
