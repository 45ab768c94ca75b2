/// All traps, in the order of the catalogue.
extension Trap {
    static let all: [Trap] = inDialogues + inUpgrades + inHandshakes + inResets
}
