# One function a capture, in the order of recording. The comment says what it shows.

# STARTTLS on 25 to Postfix, TLS 1.3.
scenario:clean-starttls-tls13() {
    postfix_server
    tap
    by_swaks mx.example.org 25 -tls
}

# STARTTLS offered, but the client does not care.
scenario:starttls-unused() {
    postfix_server
    tap
    by_swaks mx.example.org 25
}

# Postfix hands a message to Postfix, as two mail exchangers do.
scenario:clean-relay() {
    postfix_server
    postfix_sender client
    tap
    send_by_postfix client mx
}
