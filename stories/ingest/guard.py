"""Which addresses the fetcher may connect to: the public internet on the web's two ports, and what the operator allows.

The rule judges the address of the socket about to connect, not the name in the URL: only that covers address literals,
every redirect, and a name that resolves differently the second time. This module resolves nothing and fetches nothing.
"""

from __future__ import annotations

import errno
import functools
import ipaddress
import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# As aiohttp hands it to a socket factory: family, kind, protocol, canonical name, (host, port, ...).
AddrInfo = tuple[int, int, int, str, tuple[Any, ...]]

WEB_PORTS = frozenset({80, 443})

# IPv4 within IPv6 as a NAT64 gateway writes it (RFC 6052): judged by the IPv4 address inside.
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")

# What ipaddress.is_global lets through although no newsroom is there (measured on Python 3.11):
_NOT_PUBLIC: tuple[Network, ...] = (
    ipaddress.ip_network("192.0.0.0/24"),  # protocol assignments; a cloud's metadata service answers on .192
    ipaddress.ip_network("192.88.99.0/24"),  # 6to4 relays
    ipaddress.ip_network("168.63.129.16/32"),  # a cloud's host service, on an address that looks public
    ipaddress.ip_network("2001::/23"),  # Teredo and other protocol assignments
    ipaddress.ip_network("2002::/16"),  # 6to4
    ipaddress.ip_network("3fff::/20"),  # documentation
)
# The only block from which public IPv6 addresses are given out.
_PUBLIC_IPV6 = ipaddress.IPv6Network("2000::/3")


class AddressRefusedError(OSError):
    """The guard refused a connection. One message for every address, so that several of them stay one error."""

    def __init__(self, address: str, why: str) -> None:
        super().__init__(errno.EACCES, "the address is not allowed")
        self.address = address
        self.why = why


@dataclass(frozen=True, slots=True)
class Guard:
    """The operator's exceptions, parsed: whole networks with any port, or one address with one port."""

    networks: tuple[Network, ...] = ()
    endpoints: frozenset[tuple[Address, int]] = frozenset()

    def allows(self, address: Address, port: int) -> bool:
        """Whether an exception names this address and port."""
        return (address, port) in self.endpoints or any(address in network for network in self.networks)

    def refusal(self, host: str, port: int) -> str:
        """Why a connection to the numeric address `host` is refused, the end of a sentence; "" when it is fine."""
        try:
            address = unwrapped(ipaddress.ip_address(host.partition("%")[0]))
        except ValueError:
            return "it is not an internet address"
        if self.allows(address, port):
            return ""
        if not is_public(address):
            return f"{address} is not an address on the public internet"
        if port not in WEB_PORTS:
            return f"port {port} is not one of the web's ports, 80 and 443"
        return ""

    def could_allow_port(self, port: int) -> bool:
        """Whether any exception could cover this port: if none, the name need not even be looked up."""
        return port in WEB_PORTS or bool(self.networks) or any(port == known for _, known in self.endpoints)

    def socket_factory(self) -> Callable[[AddrInfo], socket.socket]:
        """For aiohttp's TCPConnector: makes sockets to allowed addresses only, else raises AddressRefusedError."""

        def make(info: AddrInfo) -> socket.socket:
            family, kind, protocol, _, sockaddr = info
            host, port = str(sockaddr[0]), int(sockaddr[1])
            if why := self.refusal(host, port):
                raise AddressRefusedError(host, why)
            return socket.socket(family, kind, protocol)

        return make


def unwrapped(address: Address) -> Address:
    """The IPv4 address inside an IPv4-mapped or NAT64 one; any other address as it is."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address in _NAT64:
            return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def is_public(address: Address) -> bool:
    """Whether an (unwrapped) address is an ordinary one on the public internet."""
    if not address.is_global or address.is_multicast or address.is_reserved:
        return False
    if isinstance(address, ipaddress.IPv6Address) and address not in _PUBLIC_IPV6:
        return False
    return not any(address in network for network in _NOT_PUBLIC)


@functools.lru_cache(maxsize=16)
def guard_for(allow: tuple[str, ...]) -> Guard:
    """Read the operator's exceptions: "127.0.0.0/8" (any port), "127.0.0.1:8901" or "[::1]:8901" (that port).

    Raises ValueError naming the entry that is neither, so that a wrong setting fails loudly.
    """
    networks: list[Network] = []
    endpoints: set[tuple[Address, int]] = set()
    for entry in allow:
        host, colon, port = entry.rpartition(":")
        try:
            if "/" in entry:
                networks.append(ipaddress.ip_network(entry))
            elif colon and port.isdigit() and (host.count(":") == 0 or host.startswith("[")):
                endpoints.add((ipaddress.ip_address(host.strip("[]")), int(port)))
            else:
                networks.append(ipaddress.ip_network(entry))
        except ValueError as error:
            raise ValueError(f"not a network or an address with a port: {entry!r} ({error})") from error
    return Guard(tuple(networks), frozenset(endpoints))
