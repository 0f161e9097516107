"""Attacks by ports, schemes, methods and other protocols."""

from __future__ import annotations

from tests.egress.attacks.rows import Attack, Outcome, connect, get, malformed, refused, request, served, tunnelled

GOOGLE = "www.google.com"

PORTS = (
    *(
        Attack(id=f"tunnel-{port}", tries="a tunnel to another port of an allowed server",
               sends=connect(f"www.google.com:{port}"), outcome=refused("port"))
        for port in (80, 22, 25, 8443, 3128)
    ),
    *(
        Attack(id=f"port-{port}", tries="HTTP to another port of an allowed server",
               sends=get(f"http://www.google.com:{port}/"), outcome=refused("port"))
        for port in (443, 22, 8080, 11211)
    ),
    Attack(id="port-written", tries="the port that it is anyway", sends=get("http://www.google.com:80/written"),
           outcome=served(GOOGLE, "/written")),
    Attack(id="tunnel-port-zeros", tries="443 with zeros before it", sends=connect("www.google.com:00443"),
           outcome=tunnelled()),
    *(
        Attack(id=f"tunnel-port-{id_}", tries="a port that is none", sends=connect(f"www.google.com{text}"),
               outcome=malformed())
        for id_, text in {"0": ":0", "65979": ":65979", "minus": ":-443", "hex": ":0x1bb"}.items()
    ),
    *(
        Attack(id=f"tunnel-port-{id_}", tries="a port that squid reads as 443, and so takes the tunnel there",
               sends=connect(f"www.google.com{text}"), outcome=tunnelled())
        for id_, text in {"none": "", "empty": ":", "letters": ":443x", "sign": ":+443", "two": ":443:22"}.items()
    ),
    Attack(id="port-65616", tries="a port that is 80 in 16 bits", sends=get("http://www.google.com:65616/"),
           outcome=malformed()),
    Attack(id="tunnel-path", tries="another name after the port: the tunnel leads to the first",
           sends=connect("www.google.com:443/../evil.test:443"), outcome=tunnelled()),
    Attack(id="tunnel-url", tries="a URL in CONNECT", sends=connect("http://www.google.com:443/"),
           outcome=refused("domain")),
    Attack(id="tunnel-body", tries="CONNECT with a body",
           sends=connect("evil.test:443", "Content-Length: 3", then="abc"),
           outcome=refused("domain")),
)  # fmt: skip

SCHEMES = (
    Attack(id="https-scheme", tries="to have the proxy speak TLS", sends=get("https://www.google.com/"),
           outcome=refused("port")),
    Attack(id="https-scheme-80", tries="the same on port 80", sends=get("https://www.google.com:80/"),
           outcome=refused("scheme")),
    Attack(id="ftp", tries="FTP", sends=get("ftp://www.google.com/"), outcome=refused("port")),
    Attack(id="ftp-80", tries="FTP on port 80", sends=get("ftp://www.google.com:80/"), outcome=refused("scheme")),
    Attack(id="gopher", tries="gopher, for any bytes to any port", sends=get("gopher://www.google.com:80/_x"),
           outcome=malformed(501)),
    Attack(id="file", tries="a file of the proxy", sends=get("file:///etc/passwd"), outcome=malformed()),
    Attack(id="urn", tries="a URN", sends=get("urn:isbn:0451450523", host="www.google.com"), outcome=refused("domain")),
    Attack(id="cache-object", tries="the cache manager's old scheme", sends=get("cache_object://www.google.com/info"),
           outcome=refused("port")),
    Attack(id="cache-object-80", tries="the same on port 80", sends=get("cache_object://www.google.com:80/info"),
           outcome=refused("scheme")),
    Attack(id="manager", tries="the cache manager", sends=request("GET /squid-internal-mgr/info HTTP/1.1", "Host: x"),
           outcome=refused("domain")),
    Attack(id="manager-name", tries="the cache manager by the proxy's name",
           sends=get("http://egress-proxy:3128/squid-internal-mgr/menu"), outcome=refused("domain")),
    Attack(id="manager-address", tries="the cache manager by the proxy's address",
           sends=get("http://10.64.1.1:3128/squid-internal-mgr/menu"), outcome=refused("literal")),
    Attack(id="manager-allowed", tries="the manager's path below an allowed name",
           sends=get("http://www.google.com/squid-internal-mgr/info"),
           outcome=served(GOOGLE, "/squid-internal-mgr/info")),
    Attack(id="icons-allowed", tries="a path of squid's own below an allowed name",
           sends=get("http://www.google.com/squid-internal-static/icons/SN.png"),
           outcome=served(GOOGLE, "/squid-internal-static/icons/SN.png")),
    Attack(id="icons", tries="squid's own pictures",
           sends=request("GET /squid-internal-static/icons/SN.png HTTP/1.1", "Host: x"), outcome=refused("domain")),
    Attack(id="health", tries="the health page, which pods may ask for",
           sends=request("GET /squid-internal-static/health HTTP/1.1", "Host: x"),
           outcome=Outcome(statuses=(200,)), says="ok"),
    Attack(id="health-more", tries="a path that begins like it",
           sends=request("GET /squid-internal-static/health/../icons/SN.png HTTP/1.1", "Host: x"),
           outcome=refused("domain")),
    Attack(id="health-elsewhere", tries="its path below an allowed name",
           sends=get("http://www.google.com/squid-internal-static/health"),
           outcome=served(GOOGLE, "/squid-internal-static/health")),
)  # fmt: skip

METHODS = (
    Attack(id="origin-form", tries="a request as to a web server",
           sends=request("GET / HTTP/1.1", "Host: www.google.com"),
           outcome=malformed()),
    Attack(id="origin-form-host", tries="the same with the metadata server as host",
           sends=request("GET /computeMetadata/v1/ HTTP/1.1", "Host: 169.254.169.254"), outcome=malformed()),
    Attack(id="authority-form", tries="GET with what CONNECT has",
           sends=request("GET www.google.com:80 HTTP/1.1", "Host: www.google.com"), outcome=malformed()),
    Attack(id="no-scheme", tries="a URL without a scheme", sends=get("//www.google.com/"), outcome=malformed()),
    Attack(id="options-star", tries="OPTIONS of the proxy", sends=request("OPTIONS * HTTP/1.1", "Host: www.google.com"),
           outcome=malformed(501)),
    Attack(id="trace", tries="TRACE, which squid answers itself at the last hop",
           sends=request("TRACE http://www.google.com/ HTTP/1.1", "Host: www.google.com", "Max-Forwards: 0"),
           outcome=Outcome(statuses=(200,), log=("NONE_NONE/200",))),
    Attack(id="trace-denied", tries="TRACE of a denied name",
           sends=request("TRACE http://evil.test/ HTTP/1.1", "Host: evil.test", "Max-Forwards: 0"),
           outcome=refused("domain")),
    Attack(id="purge", tries="PURGE of a cache that there is not",
           sends=request("PURGE http://www.google.com/ HTTP/1.1", "Host: www.google.com"),
           outcome=Outcome(statuses=(403,), log=("TCP_DENIED/403",))),
    Attack(id="unknown-method", tries="a method that nobody knows",
           sends=request("FETCH http://evil.test/ HTTP/1.1", "Host: evil.test"), outcome=refused("domain")),
    Attack(id="lower-method", tries="CONNECT in small letters",
           sends=request("connect www.google.com:22 HTTP/1.1", "Host: www.google.com"), outcome=malformed()),
    Attack(id="post", tries="POST, which is allowed",
           sends=request("POST http://www.google.com/post HTTP/1.1", "Host: www.google.com", "Content-Length: 3",
                         body="abc"),
           outcome=served(GOOGLE, "/post", method="POST")),
    Attack(id="http-0.9", tries="HTTP/0.9", sends=b"GET http://www.google.com/09\r\n", outcome=malformed(),
           old=served(GOOGLE, "/09")),
    Attack(id="http-1.0", tries="HTTP/1.0 without Host", sends=b"GET http://www.google.com/10 HTTP/1.0\r\n\r\n",
           outcome=served(GOOGLE, "/10")),
    Attack(id="http-2", tries="HTTP/2's first words", sends=b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", outcome=malformed()),
    Attack(id="http-9.9", tries="a version that is none",
           sends=request("GET http://www.google.com/ HTTP/9.9", "Host: www.google.com"), outcome=malformed(505)),
    Attack(id="tls", tries="TLS to the proxy", sends=b"\x16\x03\x01\x00\x05\x01\x00\x00\x01\x00\r\n\r\n",
           outcome=malformed()),
    Attack(id="socks", tries="SOCKS 5", sends=b"\x05\x01\x00\r\n\r\n", outcome=malformed()),
    Attack(id="proxy-protocol", tries="an address by the PROXY protocol", stranger=True,
           sends=b"PROXY TCP4 10.64.0.10 10.64.1.1 5555 3128\r\n" + get("http://www.google.com/"), outcome=malformed()),
    Attack(id="smtp", tries="mail", sends=b"EHLO www.google.com\r\n\r\n", outcome=malformed()),
    Attack(id="empty-lines", tries="empty lines before a request", sends=b"\r\n\r\n" + get("http://evil.test/"),
           outcome=malformed()),
)  # fmt: skip
