"""Packed answers, unpacked a little at a time: gzip, deflate, brotli and zstd, one within another at most once.

No layer may grow beyond the limit, neither what came over the wire nor what a layer unpacks to, and no layer needs more
memory than its format's window: so a few kilobytes can't become gigabytes. It reads no socket and guesses no format.
"""

from __future__ import annotations

import sys
import zlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from typing import Protocol

import brotli  # type: ignore[import-untyped]

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

from .errors import Permanent, Temporary

ACCEPTED = "gzip, deflate, br, zstd"

# Unpacked in pieces of this size, so that the limit is seen long before memory is.
_PIECE = 64 * 1024
# Packing what is packed happens where two servers stand one behind the other; a third layer is only ever an attack.
_MOST_LAYERS = 2
# Several members or frames one after another are legal and rare; each costs more to open than it takes to write.
_MOST_MEMBERS = 1000
# The window that RFC 9659 allows in HTTP, 8 MB; the library's own limit is 128 MB.
_ZSTD_WINDOW_LOG = 23
# What servers write in this header although it packs nothing.
_NOT_PACKED = frozenset({"", "identity", "none", "utf-8", "utf8", "binary", "7bit", "8bit", "text", "aws-chunked"})

_CORRUPT = (zlib.error, brotli.error, zstd.ZstdError, EOFError)


class _TooManyMembersError(Exception):
    pass


class _Layer(Protocol):
    """One packing; `complete` is whether what was fed so far may be the whole of it."""

    complete: bool

    def feed(self, data: bytes) -> Iterator[bytes]: ...


class _Members(ABC):
    """Members one after another, each with a decoder of its own; whatever follows the last one is padding."""

    def __init__(self) -> None:
        self.complete = False
        self._held = b""
        self._members = 0
        self._padding = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        data, self._held = self._held + data, b""
        while data and not self._padding:
            if self._members == 0 or self.complete:
                if not self._opens(data):
                    return
                self._members += 1
                self.complete = False
                if self._members > _MOST_MEMBERS:
                    raise _TooManyMembersError
            yield from self._decode(data)
            data = self._rest() if self.complete else b""

    def _opens(self, data: bytes) -> bool:
        """Make a decoder for the member that begins here; False for padding, or until there is more to judge by."""
        if len(data) < self._magic_length:
            self._held = data
            return False
        if self._members and not self._is_magic(data):
            self._padding = True
            return False
        self._open(data)
        return True

    _magic_length = 2

    @abstractmethod
    def _is_magic(self, data: bytes) -> bool: ...

    @abstractmethod
    def _open(self, start: bytes) -> None: ...

    @abstractmethod
    def _decode(self, data: bytes) -> Iterator[bytes]: ...

    @abstractmethod
    def _rest(self) -> bytes: ...


class _Zlib(_Members):
    """gzip, or deflate with or without the frame that the standard asks for."""

    def __init__(self, *, gzip: bool) -> None:
        super().__init__()
        self._gzip = gzip

    def _is_magic(self, data: bytes) -> bool:
        return self._gzip and data.startswith(b"\x1f\x8b")

    def _open(self, start: bytes) -> None:
        framed = start[0] & 0x0F == 8 and int.from_bytes(start[:2], "big") % 31 == 0
        bits = 16 + zlib.MAX_WBITS if self._gzip else zlib.MAX_WBITS if framed else -zlib.MAX_WBITS
        self._decoder = zlib.decompressobj(bits)

    def _decode(self, data: bytes) -> Iterator[bytes]:
        while not self._decoder.eof:
            piece = self._decoder.decompress(data, _PIECE)
            data = self._decoder.unconsumed_tail
            if piece:
                yield piece
            if not data and len(piece) < _PIECE:
                break
        self.complete = self._decoder.eof

    def _rest(self) -> bytes:
        return self._decoder.unused_data


class _Zstd(_Members):
    """Frames of Zstandard."""

    _magic_length = 4

    def _is_magic(self, data: bytes) -> bool:
        skippable = 0x50 <= data[0] <= 0x5F and data[1:4] == b"\x2a\x4d\x18"
        return skippable or data.startswith(b"\x28\xb5\x2f\xfd")

    def _open(self, start: bytes) -> None:  # noqa: ARG002
        self._decoder = zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: _ZSTD_WINDOW_LOG})

    def _decode(self, data: bytes) -> Iterator[bytes]:
        while True:
            piece = self._decoder.decompress(data, _PIECE)
            data = b""
            if piece:
                yield piece
            if self._decoder.eof or self._decoder.needs_input:
                break
        self.complete = self._decoder.eof

    def _rest(self) -> bytes:
        return self._decoder.unused_data


class _Brotli:
    """A stream of Brotli, which says itself where it ends."""

    def __init__(self) -> None:
        self.complete = False
        self._decoder = brotli.Decompressor()

    def feed(self, data: bytes) -> Iterator[bytes]:
        while not self.complete:
            piece = self._decoder.process(data, output_buffer_limit=_PIECE)
            data = b""
            self.complete = self._decoder.is_finished()
            if piece:
                yield piece
            # Taking all its input does not mean that it has given all its output.
            elif self._decoder.can_accept_more_data():
                break


_LAYERS: dict[str, Callable[[], _Layer]] = {
    "gzip": lambda: _Zlib(gzip=True),
    "x-gzip": lambda: _Zlib(gzip=True),
    "deflate": lambda: _Zlib(gzip=False),
    "br": _Brotli,
    "zstd": _Zstd,
}


class Unpacker:
    """Undoes what a Content-Encoding header names. `limit` in bytes for each layer; `host` is for the sentences."""

    def __init__(self, header: str, limit: int, host: str) -> None:
        """Raises Permanent for a packing that we don't know or too many of them."""
        self._limit = limit
        self._host = host
        names = [name.strip().lower() for name in header.split(",")]
        self._names = [name for name in reversed(names) if name not in _NOT_PACKED]
        if unknown := next((name for name in self._names if name not in _LAYERS), ""):
            shown = "".join(char for char in unknown[:40] if char.isascii() and char.isprintable())
            raise Permanent(f"{host} packs its answer in a way that we can't unpack: {shown}")
        if len(self._names) > _MOST_LAYERS:
            raise Permanent(f"{host} packs its answer {len(self._names)} times over, which only an attack does")
        self._layers = [_LAYERS[name]() for name in self._names]
        self._sizes = [0] * (len(self._layers) + 1)

    def feed(self, data: bytes) -> Iterator[bytes]:
        """What these bytes unpack to, in pieces. Raises Permanent past the limit, Temporary for what is broken."""
        return self._through(0, data)

    def finish(self) -> None:
        """Nothing more comes. Raises Temporary if a layer stops short of its end; an empty answer has none."""
        for layer, size in zip(self._layers, self._sizes, strict=False):
            if size and not layer.complete:
                raise Temporary(f"The answer of {self._host} broke off before its end")

    def _through(self, depth: int, data: bytes) -> Iterator[bytes]:
        self._sizes[depth] += len(data)
        if self._sizes[depth] > self._limit:
            raise too_large(self._host, self._limit)
        if depth == len(self._layers):
            yield data
            return
        try:
            for piece in self._layers[depth].feed(data):
                yield from self._through(depth + 1, piece)
        except _CORRUPT as error:
            name = self._names[depth]
            raise Temporary(f"The answer of {self._host} can't be unpacked: it is not proper {name}") from error
        except _TooManyMembersError as error:
            raise Permanent(f"{self._host} packs its answer in thousands of pieces, as only an attack does") from error


def too_large(host: str, limit: int) -> Permanent:
    """The failure that an answer over `limit` bytes is."""
    return Permanent(f"The answer of {host} is larger than {limit / 2**20:g} MB and was not read to its end")
