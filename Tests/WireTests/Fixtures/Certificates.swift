import Foundation

/// Certificates made with `openssl req` and `openssl x509`, DER in base64.
enum Certificates {
    /// RSA 1024, SHA-1, version 1, a relative name of two attributes, a quoted value, serial 0x80.
    static let rsa1024 = der(
        """
        MIICEjCCAXsCAgCAMA0GCSqGSIb3DQEBBQUAMFExCzAJBgNVBAYTAkRFMSkwCwYDVQQLDARQb3N0MBoGA1UECgwTRXhhbXBsZSAiTWFp
        bCIsIEx0ZDEXMBUGA1UEAwwObXguZXhhbXBsZS5vcmcwHhcNMjYxMTI1MDMyNjU5WhcNMzYxMTIyMDMyNjU5WjBRMQswCQYDVQQGEwJE
        RTEpMAsGA1UECwwEUG9zdDAaBgNVBAoME0V4YW1wbGUgIk1haWwiLCBMdGQxFzAVBgNVBAMMDm14LmV4YW1wbGUub3JnMIGfMA0GCSqG
        SIb3DQEBAQUAA4GNADCBiQKBgQCvGr3HPmAhaf838TQsVnfSXSM5nfKADS2ZOxlLy8BgI3wC9wjjeJbSwSVUD+JfFtTGlx4X2W21j7LA
        rFK/6TEwLLt05oL2JdTE79vsNX0J2N1wB+sDhS1EonImd/YMZGAmI9ptcsCO+0DXTfemhHAbx2hfkH08IavXNiFfzEEAgwIDAQABMA0G
        CSqGSIb3DQEBBQUAA4GBAJytbtTz4mIhvyAi1bg94OH2TpDY+EQewzCAyBMB52upNg5spXsXVAm973NPrf8YdCMxPtNEiwoAf20Lqa4q
        ns31C5lgMbAl9aue1OYDaxLLwNxxjyM/FZNayei5eV/AZwEdaM63hI18bJAdHji00rz6mpEdhyVnYLKvuiu98Jwq
        """)

    /// P-256, subjectAltName with a wildcard, two addresses, a mailbox.
    static let wildcard = der(
        """
        MIIBtTCCAVqgAwIBAgIIASNFZ4mrze8wCgYIKoZIzj0EAwIwGzEZMBcGA1UEAwwQbWFpbC5leGFtcGxlLm9yZzAeFw0yNjExMjUwMzI2
        NTlaFw0zNjExMjIwMzI2NTlaMBsxGTAXBgNVBAMMEG1haWwuZXhhbXBsZS5vcmcwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATcyn8t
        /ZTzP3ZVuGVWJYmEyBmBZCv05upe/KOeE10DQbPMCEAlDYUcXyUxkJCvrsazshsGM5Dkbpva+u7yUxBpo4GHMIGEMFgGA1UdEQRRME+C
        DSouZXhhbXBsZS5vcmeCDk1YLkV4YW1wbGUubmV0hwTAAAIZhxAgAQ24AAAAAAAAAAAAAAAlgRZwb3N0bWFzdGVyQGV4YW1wbGUub3Jn
        MAkGA1UdEwQCMAAwHQYDVR0OBBYEFCCNshkjG72wUXNb/DlV4mlgkKTiMAoGCCqGSM49BAMCA0kAMEYCIQDi4avjPp6aa9owgw8Hu5xF
        oniuz0qa4vBgZ4Q06HCPRAIhAIc3o1zgws3vBHgNqinAO/B2cQaPF4wyHskIwKDjYGkR
        """)

    /// Ed25519, a CA with key identifiers, domain components.
    static let ed25519 = der(
        """
        MIIBgjCCATSgAwIBAgIUKCj6B9FRkNQrBtauY5RP7MoQkpEwBQYDK2VwMEcxEzARBgoJkiaJk/IsZAEZFgNvcmcxFzAVBgoJkiaJk/Is
        ZAEZFgdleGFtcGxlMRcwFQYDVQQDDA5lZC5leGFtcGxlLm9yZzAeFw0yNjExMjUwMzI3MDBaFw0zNjExMjIwMzI3MDBaMEcxEzARBgoJ
        kiaJk/IsZAEZFgNvcmcxFzAVBgoJkiaJk/IsZAEZFgdleGFtcGxlMRcwFQYDVQQDDA5lZC5leGFtcGxlLm9yZzAqMAUGAytlcAMhAN8j
        PtmcfKdul/swMol4YOzV+P0qOfRpZTSuh94g0XK5ozIwMDAPBgNVHRMBAf8EBTADAQH/MB0GA1UdDgQWBBR4ZNz8UfrzWRa7f93zmweZ
        6wQ0SjAFBgMrZXADQQCd9m8Mfk+aSpUsH6Z+EyYdOxslRUDeifHq2B7AHaqAC7lKP9bJhphEbYpb3UNZuktzqZsn3b0C9yR0gFqXuZYO
        """)

    /// DSA 1024.
    static let dsa1024 = der(
        """
        MIICkjCCAj4CFDmMefmqnaSZFGuBHzLo5NgwzGD3MAsGCWCGSAFlAwQDAjAaMRgwFgYDVQQDDA9kc2EuZXhhbXBsZS5vcmcwHhcNMjYx
        MTI1MDMzMTA1WhcNMzYxMTIyMDMzMTA1WjAaMRgwFgYDVQQDDA9kc2EuZXhhbXBsZS5vcmcwggG/MIIBNAYHKoZIzjgEATCCAScCgYEA
        8SV+HZHxqlMUIzNiFtnUY8Imu1z3Ac0sE/zCi/zE4d7vvEtkkq7gzc7ZKmoPplpbIa2/uNNFOCAIbeboNKBCAiTjRnSzsLRoOe2bgU3V
        ULoo+2/0tomNBukN/45wp1nv/9CEXcsPBD39lYGr/kOnqf8olzUf1sWSP5Ro1vfunX0CHQDluua+hpYFJG/ZLhbB1zRRS9acLbWhsZdU
        p3JhAoGBAITkKfer2bAdTv5Y6TYrELo0uBwA31awBmEHp1azDi6LNx9KG/DnCUnmss89t1ON0wb3DuwymiD2ATWhbJ55f8L12hqDymQL
        y0TRa7vflxavTLUYAgOD6ff6+43uiZC8aZTX3kvkS0lXbMXEsM4s81B9H4profbScCDTRe5YBcVmA4GEAAKBgFmN0kTn/4/X2lIdIJ+P
        neQqcplJsGYfkGXIvxvccMkwJyS+w6q874mKCnOrk3UP51YglVIXE9DPCS4ylvfB5MnFcHiO+gpzV/jTeBgO+HmV2M16VyYw+tQHvLRo
        JgoZCWPrUcwf5xoJii5+lbZALRpPYpVH3CY2LRibILScxXlDMAsGCWCGSAFlAwQDAgNBADA+Ah0AmeMdGQLWn+EcS6QFWfCquMRZmmwf
        exvMZZ5yGgIdAIJmr2FY9ld6UIGNPPWdM4ZeG/OGXXLHWDMjPEs=
        """)

    /// RSASSA-PSS with SHA-384, an emailAddress in the subject.
    static let pss = der(
        """
        MIIDZTCCAhkCFBM8V/GQOnsPek0QMGX52gFYJgsiMEEGCSqGSIb3DQEBCjA0oA8wDQYJYIZIAWUDBAICBQChHDAaBgkqhkiG9w0BAQgw
        DQYJYIZIAWUDBAICBQCiAwIBMDA7MRgwFgYDVQQDDA9wc3MuZXhhbXBsZS5vcmcxHzAdBgkqhkiG9w0BCQEWEHJvb3RAZXhhbXBsZS5v
        cmcwHhcNMjYxMTI1MDMyNzAwWhcNMzYxMTIyMDMyNzAwWjA7MRgwFgYDVQQDDA9wc3MuZXhhbXBsZS5vcmcxHzAdBgkqhkiG9w0BCQEW
        EHJvb3RAZXhhbXBsZS5vcmcwggEiMA0GCSqGSIb3DQEBAQUAA4IBDwAwggEKAoIBAQC+SU0oCF83fqYvR2kpLQNPx/XOalR5VUoHWzVz
        vM3lYsW6/72+nMNBpZ0RpJaGl16qEAFRFBFolYFChHfg4W+a6PvcLxZ9aALISKrDsVOgggLo5nY+M8PaSfYEu/vh5ozQRAjODQXS8vwd
        57mOM/9snZ2QOC4rJwnGZFvvvn7bN9BT4nyBd3lzJdrzN5yHQwKKKUN6/dSH/s6YBgmGPlSrkZBw3PPT1sFA5sZfOHTJwkj2nNxO745+
        DPwV8PL7aqhWwlrpNR2RQMpn/FZWnnq+Bj2TW4YnyqGbz5fqSRIcisqi9m5GF0UobFfbhrjSSodnk4BVR/zXT9eN4Fza1gphAgMBAAEw
        QQYJKoZIhvcNAQEKMDSgDzANBglghkgBZQMEAgIFAKEcMBoGCSqGSIb3DQEBCDANBglghkgBZQMEAgIFAKIDAgEwA4IBAQAJpBCR0fXG
        G6vKcV+MVc8bneAUaXmQHMujlqhqG4bVFW2wgCk5H7Gtn4OZcQ6Ttmi3BLZuDg2GXYtjVucxfYpF0kXAhbp/q+ebd8T7pZSnJyyO5ENT
        EZhKtJlaLeGlTScjNiFAHaj4d+OWATLEsULEIFf6MHsIm4Bx/+bo3jw2n/OyOc/h6LgbU+ngtjPJYJFwBBWA8ih4GxvDKTFWSUQsW06D
        FMAR818SnVjFDM8GFB02024ZvJ4NBFv1Fl6Z9Ttn8pnr757BKfXvvvKMvkZ439aCR/resSIWxVr815Qjj7BZndTdlQ1thvKDoJts7lXW
        jiIuKhUsequms6B41IhG
        """)

    /// P-384, version 1.
    static let version1 = der(
        """
        MIIBazCB8gIUB7pAce2TWqMSQtqrCKghfJ2R3nUwCgYIKoZIzj0EAwIwGjEYMBYGA1UEAwwPb2xkLmV4YW1wbGUub3JnMB4XDTI2MTEy
        NTAzMjcwMFoXDTI2MTIyNTAzMjcwMFowGjEYMBYGA1UEAwwPb2xkLmV4YW1wbGUub3JnMHYwEAYHKoZIzj0CAQYFK4EEACIDYgAE4X4j
        3cL4udmiQj4wTd9+vQbpd894xyCSKyHsAnLrN5iuFgmVDX/0Ff5+32qZrmXyVoBsEvTltdDHu9k3JdIRyiT/zpz13BfT9eThue0GTc/X
        Eh8KaBG2E8nh3VtrhiZ+MAoGCCqGSM49BAMCA2gAMGUCMQDzWplse+fL/DofRsfYTPtWmv+m6kRDzHlIHxKHfq4gMglDGtgbFII4Txtr
        UZRwMVMCMHFb6QHOureNERtDW3fQGv4yPLYCMyWiVLVzUp6esmB5nvyvIJWA1EqOAvkpkLcXEA==
        """)

    /// Issued by `ed25519`, version 1, serial −1.
    static let issued = der(
        """
        MIIBWDCCAQoCAf8wBQYDK2VwMEcxEzARBgoJkiaJk/IsZAEZFgNvcmcxFzAVBgoJkiaJk/IsZAEZFgdleGFtcGxlMRcwFQYDVQQDDA5l
        ZC5leGFtcGxlLm9yZzAeFw0yNjExMjUwMzI3MDBaFw0yNjEyMDUwMzI3MDBaMB0xGzAZBgNVBAMMEmlzc3VlZC5leGFtcGxlLm9yZzB2
        MBAGByqGSM49AgEGBSuBBAAiA2IABOF+I93C+LnZokI+ME3ffr0G6XfPeMcgkish7AJy6zeYrhYJlQ1/9BX+ft9qma5l8laAbBL05bXQ
        x7vZNyXSEcok/86c9dwX0/Xk4bntBk3P1xIfCmgRthPJ4d1ba4YmfjAFBgMrZXADQQCpFSF9Ymj3QQWW8OuxrsKKJkxnCs1ZxCdk2eCu
        ATTyBTXe3aoRtX6HPdq6tfTZSYAwMDpzWlrWv/ywKn7jH+4D
        """)

    /// P-521 written as explicit parameters.
    static let explicit = der(
        """
        MIIDhDCCAuUCFF2mxtgOOQ4wNe6IiRrSfhNntoDLMAoGCCqGSM49BAMEMB8xHTAbBgNVBAMMFGV4cGxpY2l0LmV4YW1wbGUub3JnMB4X
        DTI2MTEyNTAzMzEwNVoXDTM2MTEyMjAzMzEwNVowHzEdMBsGA1UEAwwUZXhwbGljaXQuZXhhbXBsZS5vcmcwggJdMIIB0AYHKoZIzj0C
        ATCCAcMCAQEwTQYHKoZIzj0BAQJCAf//////////////////////////////////////////////////////////////////////////
        ////////////MIGfBEIB////////////////////////////////////////////////////////////////////////////////////
        //wEQgBRlT65YY4cmh+SmiGgtoVA7qLacluZsxXzuLSJkY7xCeFWGTlR7H6TexZSwL07sb8HNXPfiD0sNPHvRR/Ua1A/AAMVANCeiAAp
        HLhTlsxnFzkyhKqg2mS6BIGFBADGhY4GtwQE6c2ePstmI5W0QpxkgTkFP7Uh+CivYGtNPbqhS1537+dZKP4dwSei/6jeM0izwYVqQpv5
        fn4xwuW9ZgEYOSlqeJo7wARcil+0LH0b2Zj1RElXm0RoF6+9Fyc+ZiyX7nKZXvQmQMVQuQE/rQdhNTxwhqJywkCIvpR2n9FmUAJCAf//
        ////////////////////////////////////////+lGGh4O/L5Zrf8wBSPcJpdA7tcm4iZxHrrtvtx6ROGQJAgEBA4GGAAQBrKpOK/X2
        574CHauZ9zKn/exnxkBQ9pualNHyjppfAWipeGzBmJaIKH7fuBn/4uTdgcjO61jeLIaYfc1AKdIptjsAM81XhPaIc539wWnC9HOg2zLh
        aBouA+dqVUU1XXEVXWZhK5ZD4jijl8Ptdi2GSGloVCpADT92ZTN8J6g1EPVus8AwCgYIKoZIzj0EAwQDgYwAMIGIAkIA8vhrKAZFfkfW
        7bpVlnx/3tZAwlO5mnp/r6ObGHPonphxo/Uef5tC+6KUmXifWHfY1sa2BoSVKaK1hvkfNgHk57UCQgHtgVIDHOEuytlARPbXZDYG2mY2
        NPLDT5n7vRHvewzM8D2E0jdpmnK5uzbwNvHv+bHF/9KvUaYrIB7Ko0Bw0HZPBQ==
        """)

    static let all = [rsa1024, wildcard, ed25519, dsa1024, pss, version1, issued, explicit]

    private static func der(_ base64: String) -> [UInt8] {
        [UInt8](Data(base64Encoded: base64, options: .ignoreUnknownCharacters) ?? Data())
    }
}
