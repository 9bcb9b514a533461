"""What is hardly MSNP any more, and must not hurt those who read it."""

NASTY = ["%", "%0", "%zz", "%00%01%0A%0D", "\udcff\udcfe", "%FF%FE",
         "<b>&amp;</b>", "a" * 400, "\u202etxt", "%C0%80"]

NS_LINES = [
    "NLN", "NLN NLN", "NLN XXX bob@example.com bob", "NLN NLN @ x 1 2 3",
    "ILN", "ILN 0", "ILN 99 NLN", "FLN", "FLN @", "FLN nobody@example.com",
    "UBX", "UBX bob@example.com 0", "UBN bob@example.com 1 0",
    "QNG", "QNG x", "QNG -5", "QNG 99999999999999999999",
    "CHL", "CHL 0", "CHL 0 x", "LST", "LSG", "LST N= F= C= 3", "BPR",
    "BPR PHH", "PRP", "PRP MFN", "SYN", "SYN x y z", "GTC", "BLP", "ADC 0",
    "ADC 0 RL", "ADC 0 RL N=", "REM 0", "REM 0 RL", "ADD 0 RL 1",
    "RNG", "RNG 1 host", "RNG 1 :0 CKI 1 x y", "RNG 1 127.0.0.1:99999 CKI 1 "
    "x@y z", "XFR 0", "XFR 999 SB", "XFR 999 SB host CKI", "CHG", "CHG 0",
    "CHG 0 XXX", "PNG", "OUT2", "200", "999 0", "911 99999", "000 0",
    "4294967296 1", "USR", "USR 0 OK", "VER 0", "ADL 0 OK", "RML 0",
    "NOT 0", "MSG Hotmail Hotmail 0", "MSG 0", "SBP", "SBP 0", "URL 0",
    "UUX 0", "UUN 0 OK", "SBS", "GCF 0 0", "IMS 0 0"]

SB_LINES = [
    "JOI", "JOI @", "JOI a@b.c", "IRO", "IRO 1 1", "IRO 1 0 0 a@b.c x",
    "IRO 1 999999 2 a@b.c x", "BYE", "BYE nobody@example.com", "BYE x 1",
    "ACK", "ACK 0", "ACK 99999", "NAK", "NAK x", "CAL", "CAL 0 RINGING",
    "MSG a@b.c x 0", "MSG 0", "217 99", "ANS 0 OK", "USR 0 OK"]

PAYLOADS = [
    b"", b"\r\n\r\n", b"MIME-Version: 1.0", b"\0" * 40, b"\xff\xfe\xfd",
    b"Content-Type:\r\n\r\n", b":\r\n:\r\n\r\nx",
    b"Content-Type: text/plain; charset=utf-8\r\n\r\n\xff\xfe\x80",
    b"Content-Type: text/plain\r\nX-MMS-IM-Format: FN=%zz; EF=; CO=zzzz; "
    b"CS=-1; PF=999999999999; RL=x; ;;=;=\r\n\r\nx",
    b"Content-Type: text/x-msmsgscontrol\r\n\r\n",
    b"Content-Type: text/x-msnmsgr-datacast\r\n\r\nID: -1\r\n",
    b"Content-Type: text/x-msnmsgr-datacast\r\n\r\nID: 99999999999999\r\n",
    b"Content-Type: text/plain\r\nMessage-ID: {1}\r\nChunks: 4294967295\r\n"
    b"\r\nx", b"Message-ID: {1}\r\nChunk: -1\r\n\r\nx",
    b"Message-ID: {2}\r\nChunk: 5\r\n\r\nx",
    b"Content-Type: application/x-msnmsgrp2p\r\n\r\n" + b"\xff" * 60,
    b"Content-Type: text/x-msmsgsinvite\r\n\r\nInvitation-Command: INVITE\r\n"
    b"Invitation-Cookie: \r\n",
    b"Content-Type: text/x-msmsgsprofile\r\n\r\nLoginTime: -1\r\n"]

XML = [b"", b"<", b"<Data>", b"<Data><PSM>", b"<Data><PSM>a</PSM>",
       b"<Data><PSM>&#0;&#x110000;&bogus;</PSM></Data>",
       b"<!DOCTYPE a [<!ENTITY b 'c'>]><Data><PSM>&b;</PSM></Data>",
       b"<a>" * 3000, b"\xff\xfe<\0D\0", b"<Data>" + b"<PSM>x</PSM>" * 200
       + b"</Data>",
       b"<Data><CurrentMedia>\\0Music\\01\\0{0}{1}{99}{-1}{</CurrentMedia>"
       b"</Data>"]


def _line(text, payload=None):
    data = text.encode("utf-8", "surrogateescape")
    if payload is None:
        return data + b"\r\n"
    return data + b" %d\r\n" % len(payload) + payload


def lines(kind):
    """All of it for connections of @kind, as bytes."""
    for text in NS_LINES if kind == "ns" else SB_LINES:
        yield _line(text)
    for text in NASTY:
        if kind == "ns":
            yield _line("NLN NLN bob@example.com %s 0" % text)
            yield _line("NLN NLN 1:%s x 0:0" % text)
            yield _line("FLN " + text)
        else:
            yield _line("JOI %s %s" % (text, text))
            yield _line("BYE " + text)
    sender = "Hotmail Hotmail" if kind == "ns" else "bob@example.com Bob"
    for payload in PAYLOADS:
        yield _line("MSG " + sender, payload)
    for payload in XML if kind == "ns" else ():
        for name in ("UBX bob@example.com", "UBX 1:bob@example.com",
                     "UBX bob@example.com 1", "NOT", "ADL 0", "RML 0",
                     "GCF 0", "UBN bob@example.com 1"):
            yield _line(name, payload)
