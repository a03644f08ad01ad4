"""The guard: which addresses are public, and what the operator's exceptions cover."""

from __future__ import annotations

import socket

import pytest

from stories.ingest.guard import AddressRefusedError, guard_for

PRIVATE = [
    "127.0.0.1",
    "127.8.9.10",
    "0.0.0.0",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "100.100.100.200",
    "168.63.129.16",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::7f00:1",
    "2002:7f00:1::",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "2001:db8::1",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "0.1.2.3",
    "100.127.255.255",
    "172.31.255.255",
    "192.0.0.8",
    "198.19.255.255",
    "198.51.100.1",
    "203.0.113.1",
    "239.255.255.250",
    "::10.0.0.1",
    "::ffff:0:127.0.0.1",
    "::ffff:168.63.129.16",
    "::ffff:100.100.100.200",
    "::ffff:192.0.0.192",
    "::ffff:224.0.0.1",
    "64:ff9b::10.0.0.1",
    "64:ff9b::100.64.0.1",
    "64:ff9b::168.63.129.16",
    "64:ff9b::192.0.0.192",
    "64:ff9b::224.0.0.1",
    "64:ff9b:1::808:808",
    "100::1",
    "2001:2::1",
    "2001:10::1",
    "2002:a9fe:a9fe::",
    "fd20:ce::254",
    "fe80::1%1",
    "febf::1",
    "ff05::2",
]


@pytest.mark.parametrize("address", PRIVATE)
@pytest.mark.parametrize("port", [80, 443])
def test_addresses_off_the_public_internet_are_refused(address: str, port: int) -> None:
    assert "public internet" in guard_for(()).refusal(address, port)


@pytest.mark.parametrize(
    "address",
    [
        "8.8.8.8",
        "100.63.255.255",
        "100.128.0.1",
        "151.101.1.1",
        "168.63.129.17",
        "172.32.0.1",
        "192.169.0.1",
        "2606:4700::1111",
        "2a00:1450:4001::200e",
        "64:ff9b::808:808",
        "::ffff:8.8.8.8",
    ],
)
def test_public_addresses_pass_on_web_ports_only(address: str) -> None:
    guard = guard_for(())
    assert guard.refusal(address, 80) == guard.refusal(address, 443) == ""
    for port in (22, 25, 3306, 5432, 6379, 8080):
        assert f"port {port}" in guard.refusal(address, port)


@pytest.mark.parametrize(
    "host", ["localhost", "", "2130706433", "0x7f.1", "0177.0.0.1", "127.1", "127.0.0.1.", "a.example"]
)
def test_what_is_not_an_address_is_refused(host: str) -> None:
    assert guard_for(()).refusal(host, 80) == "it is not an internet address"


def test_an_allowed_network_is_exempt_from_both_rules() -> None:
    guard = guard_for(("127.0.0.0/8", "fd00::/8"))
    assert guard.refusal("127.0.3.4", 8901) == ""
    assert guard.refusal("::ffff:127.0.0.1", 8901) == ""
    assert guard.refusal("fd00::5", 8080) == ""
    assert guard.refusal("10.0.0.1", 80) != ""
    assert guard.refusal("128.0.0.1", 80) == ""
    assert guard.refusal("128.0.0.1", 8901) != ""
    assert guard.refusal("64:ff9b::10.0.0.1", 80) != ""


def test_an_allowed_endpoint_opens_that_port_only() -> None:
    guard = guard_for(("127.0.0.1:8901", "[::1]:9000"))
    assert guard.refusal("127.0.0.1", 8901) == ""
    assert guard.refusal("::1", 9000) == ""
    assert guard.refusal("127.0.0.1", 8902) != ""
    assert guard.refusal("127.0.0.2", 8901) != ""
    assert guard.refusal("127.0.0.1", 80) != ""


def test_ports_that_no_exception_covers_are_known_before_a_lookup() -> None:
    assert not guard_for(()).could_allow_port(8901)
    assert guard_for(("127.0.0.1:8901",)).could_allow_port(8901)
    assert not guard_for(("127.0.0.1:8901",)).could_allow_port(22)
    assert guard_for(("10.0.0.0/8",)).could_allow_port(22)


@pytest.mark.parametrize("entry", ["intranet", "127.0.0.1/99", "127.0.0.1:http", "", "host:80"])
def test_a_wrong_exception_is_named(entry: str) -> None:
    with pytest.raises(ValueError, match="not a network or an address"):
        guard_for((entry,))


def test_the_socket_factory_makes_no_socket_for_a_refused_address() -> None:
    make = guard_for(()).socket_factory()
    with pytest.raises(AddressRefusedError) as refused:
        make((socket.AF_INET, socket.SOCK_STREAM, 0, "", ("169.254.169.254", 80)))
    assert refused.value.address == "169.254.169.254"
    make((socket.AF_INET, socket.SOCK_STREAM, 0, "", ("8.8.8.8", 443))).close()
