"""A logo is made anew of its pixels: whatever a file holds besides is gone, and what can't be a logo is refused."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image

from stories.ingest import isolated, logos
from stories.ingest.errors import Permanent

RED = (200, 30, 40)


def saved(picture: Image.Image, form: str, **kw: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, form, **kw)
    return out.getvalue()


def made(body: bytes) -> Image.Image:
    """The logo, as a browser would read it; fails if anything but pixels is in it."""
    png, width, height = logos.render(body)
    assert png.startswith(b"\x89PNG")
    kinds = []
    at = 8
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at : at + 8])
        kinds.append(kind)
        at += 12 + length
    assert set(kinds) <= {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"}
    assert at == len(png)
    picture = Image.open(io.BytesIO(png))
    picture.load()
    assert picture.size == (width, height)
    assert max(width, height) <= logos.SIDE
    return picture


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, *chunks: bytes) -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(chunks) + chunk(b"IEND", b"")


def close(colour, other, by=6):
    return all(abs(a - b) <= by for a, b in zip(colour, other, strict=True))


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "GIF"])
def test_each_kind_is_made_small(form):
    logo = made(saved(Image.new("RGB", (800, 400), RED), form))
    assert logo.size == (256, 128)
    assert close(logo.convert("RGB").getpixel((9, 9)), RED)


def test_a_small_one_stays_as_large_as_it_is():
    assert made(saved(Image.new("RGB", (40, 30), RED), "PNG")).size == (40, 30)


@pytest.mark.parametrize(
    ("mode", "colour", "form", "shown"),
    [
        ("CMYK", (0, 255, 255, 0), "JPEG", (255, 0, 0)),
        ("L", 90, "PNG", (90, 90, 90)),
        ("1", 1, "PNG", (255, 255, 255)),
        ("I;16", 0x8000, "PNG", (128, 128, 128)),
    ],
)
def test_every_way_to_keep_colours(mode, colour, form, shown):
    assert close(made(saved(Image.new(mode, (300, 300), colour), form)).convert("RGB").getpixel((5, 5)), shown)


@pytest.mark.parametrize(("form", "kw"), [("PNG", {}), ("WEBP", {"lossless": True})])
def test_transparency_stays(form, kw):
    logo = made(saved(Image.new("RGBA", (400, 300), (*RED, 100)), form, **kw))
    assert logo.mode == "RGBA"
    assert close(logo.getpixel((9, 9)), (*RED, 100))


def test_transparency_of_a_palette_stays():
    assert made(saved(Image.new("P", (300, 300), 3), "GIF", transparency=3)).getpixel((9, 9))[3] == 0


def test_a_turned_picture_is_turned_upright_and_says_nothing_of_where_it_was_taken():
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "the editor's own kitchen"
    body = saved(Image.new("RGB", (400, 200), RED), "JPEG", exif=exif, icc_profile=b"p" * 300, comment=b"a secret")
    assert made(body).size == (128, 256)


def test_of_many_frames_the_first_is_taken():
    frames = [Image.new("RGB", (300, 300), (n * 9, 0, 0)) for n in range(25)]
    for form in ("GIF", "WEBP", "PNG"):
        logo = made(saved(frames[0], form, save_all=True, append_images=frames[1:]))
        assert close(logo.convert("RGB").getpixel((5, 5)), (0, 0, 0))


def test_what_hides_behind_the_picture_is_gone():
    page = b"<script>alert(1)</script>"
    body = saved(Image.new("RGB", (40, 30), RED), "GIF", comment=page) + page
    assert page not in logos.render(body)[0]


FRAME = bytearray(saved(Image.new("P", (40, 30), 3), "GIF"))
FRAME[FRAME.index(b",") + 5 : FRAME.index(b",") + 9] = struct.pack("<HH", 65000, 65000)
LARGE = bytearray(saved(Image.new("RGB", (40, 30)), "JPEG"))
LARGE[LARGE.index(b"\xff\xc0") + 5 : LARGE.index(b"\xff\xc0") + 9] = struct.pack(">HH", 65000, 65000)
PIXELS = chunk(b"IDAT", zlib.compress(b"\0" * (300 * 901)))


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "empty"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "no picture"),
        (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', "no picture"),
        (b"<!doctype html><h1>GIF89a</h1>", "no picture"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 99 99\n", "no picture"),
        (saved(Image.new("RGB", (40, 30)), "TIFF"), "no picture"),
        (saved(Image.new("RGB", (40, 30)), "BMP"), "no picture"),
        (saved(Image.effect_noise((300, 300), 90), "JPEG")[:4000], "broken"),
        (saved(Image.effect_noise((300, 300), 90), "PNG")[:4000], "broken"),
        (png(300, 300), "broken"),
        (b"GIF89a", "no picture"),
        (saved(Image.new("RGB", (1, 1)), "PNG"), "only 1 by 1"),
        (png(60_000, 60_000), "million pixels"),
        (png(4_001, 4_001), "million pixels"),
        (bytes(FRAME), "million pixels"),
        (bytes(LARGE), "million pixels"),
        (png(300, 300, chunk(b"zTXt", b"k\0\0" + zlib.compress(b"A" * 90_000_000, 9)), PIXELS), "broken"),
        (png(300, 300, chunk(b"iCCP", b"k\0\0" + zlib.compress(b"A" * 90_000_000, 9)), PIXELS), "broken"),
    ],
)
def test_what_is_no_logo_is_refused(body, words):
    with pytest.raises(Permanent, match=words):
        logos.render(body)


def test_pixels_beyond_its_size_cost_nothing():
    body = png(300, 300, chunk(b"IDAT", zlib.compress(b"\0" * 200_000_000, 9)))
    assert isolated.logo(body)[1:] == (256, 256)


def test_the_largest_is_decoded_in_the_child_within_its_bounds():
    body = saved(Image.effect_noise((4000, 2000), 60).convert("RGBA"), "WEBP", quality=20)
    assert isolated.logo(body)[1:] == (256, 128)
    with pytest.raises(Permanent, match="no picture"):
        isolated.logo(b"<svg/>")
