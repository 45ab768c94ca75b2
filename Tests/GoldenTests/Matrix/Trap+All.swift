/// All traps that are written down, in the order of the catalogue; those of certificates are made (`CertificateTraps`).
extension Trap {
    static let all: [Trap] =
        inDialogues + inExposure + inUpgrades + inHandshakes + inParameters + inCopies + inResets
}
