/// Where Earshot and tshark differ, and why that is right.
enum TLSExceptions {
    static let entries = insideOthers + lone + odd

    /// In the recordings and in mail by others.
    static let mail: [Exceptions.Entry] = [
        Exceptions.Entry(
            "own/built-anonymous-tls.pcap", "stream", "X-ANONYMOUSTLS of Exchange, which tshark does not follow"),
        Exceptions.Entry(
            "own/built-compression.pcap", "group", "the suite was rewritten: tshark calls the certificate malformed"),
        Exceptions.Entry(
            "own/built-compression.pcap", "certificates",
            "the suite was rewritten: tshark calls the certificate malformed"),
        Exceptions.Entry(
            "own/built-export-cipher.pcap", "certificates",
            "the suite was rewritten: tshark calls the certificate malformed"),
        Exceptions.Entry("mail/zeek-irc-starttls.pcap", "stream", "STARTTLS of IRC, which tshark does not follow"),
    ]

    /// TLS that begins inside another protocol is no mail, and is not looked for.
    private static let insideOthers: [Exceptions.Entry] = [
        stream("arkime-adb_synthetic.pcap", "Android debug bridge"),
        stream("arkime-mysql-tls.pcap", "MySQL"),
        stream("arkime-socks-https-example.pcap", times: 3, "SOCKS"),
        stream("cisco-openvpn_tcp_multi.pcap", times: 2, "OpenVPN"),
        stream("oisf-ldap-starttls-input.pcap", "LDAP"),
        stream("oisf-pgsql-upgrade-tls-input.pcap", "PostgreSQL"),
        stream("seladb-pcapng-example.pcapng", "MySQL"),
        stream("zeek-encrypted.pcap", "MySQL"),
        stream("zeek-ldap-starttls.pcap", "LDAP"),
        stream("zeek-psql-aws-ssl-preferred.pcap", "PostgreSQL"),
        stream("zeek-psql-aws-ssl-require-15432.pcap", "PostgreSQL"),
        stream("zeek-psql-aws-ssl-require.pcap", "PostgreSQL"),
        stream("zeek-tls-13-amazon-rds.pcap", "MySQL"),
        stream("zeek-xmpp-dialback-starttls.pcap", "XMPP"),
        stream("zeek-xmpp-starttls.pcap", "XMPP"),
    ]

    /// One packet of a connection: the ServerHello in it is whole, its record is not. tshark waits for the record's end.
    private static let lone: [Exceptions.Entry] = [
        stream(
            "cisco-corner-cases.pcap", times: 3,
            "the record is not whole; and frame 3 is a protected record of 40 octets"),
        stream("cisco-multi_handshake_cert.pcap", "the record is not whole"),
        stream("cisco-new-stats-telemetry-test.pcap", "the record is not whole"),
        stream("cisco-server_hello_no_ext.pcap", "the record is not whole"),
    ]

    private static let odd: [Exceptions.Entry] = [
        Exceptions.Entry(
            "tls/alexeyvasilev-ipv6_tls_strong_constrict_1.pcap", "server hello",
            "its last octets stand in frame 8, which was cut behind them; tshark reads no frame that was cut"),
        Exceptions.Entry(
            "tls/cesnet-tls.pcap", "stream", times: 6,
            "it holds the same frames twice with a leap of five years between; tshark calls them retransmissions"),
        Exceptions.Entry(
            "tls/oisf-tls13_draft14.pcap", "server hello",
            "version 0x0304 in the layout of draft 14, without a session id; tshark reads one of 192 octets there"),
        stream("seladb-ssl-malformed1.pcap", "the server_name extension has one octet: the hello is malformed"),
    ]

    private static func stream(_ name: String, times: Int = 1, _ reason: String) -> Exceptions.Entry {
        Exceptions.Entry("tls/\(name)", "stream", times: times, reason)
    }
}
