"""The requests of clients_test.ts, with http.client over one connection."""

import sys
from http.client import HTTPConnection
from urllib.parse import urlsplit

url = urlsplit(sys.argv[1])
connection = HTTPConnection(url.hostname, url.port, timeout=20)
SMALL = b"a=1&b=2"
LARGE = bytes(i % 251 for i in range(1_000_000))


def show(name, path, method="GET", body=None):
    connection.request(method, path, body)
    response = connection.getresponse()
    print(name, response.status, response.read().decode().strip())


def echo(name, expected, **options):
    connection.request("POST", "/echo", **options)
    finish(name, expected)


def finish(name, expected):
    response = connection.getresponse()
    isSame = response.read() == expected
    print(name, response.status, str(isSame).lower())


def pieces():
    for start in range(0, len(LARGE), 30_000):
        yield LARGE[start : start + 30_000]


show("get", "/caf%C3%A9?a=b")
connection.request("HEAD", "/head")
head = connection.getresponse()
head.read()
print("head", head.status, head.getheader("Content-Length", "none"))
echo("small", SMALL, body=SMALL)
echo("large", LARGE, body=LARGE)
echo("chunked", LARGE, body=pieces(), encode_chunked=True)
connection.putrequest("POST", "/echo")
connection.putheader("Content-Length", str(len(LARGE)))
connection.putheader("Expect", "100-continue")
connection.endheaders()
# No byte of the body is sent before this has arrived.
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
interim = b""
while len(interim) < len(CONTINUE):
    interim += connection.sock.recv(len(CONTINUE) - len(interim))
assert interim == CONTINUE, interim
connection.send(LARGE)
finish("expect", LARGE)
show("fail", "/fail")
show("again", "/again")
show("unread", "/unread", "POST", bytes(20_000_000))
