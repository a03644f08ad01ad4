"""An outlet's logo out of what somebody uploaded: decoded, made small, and written anew from its pixels alone.

Runs in the child process of isolated.py: whatever a file holds, its decoding is bounded in time and memory. Nothing of
the file survives but its colours: no name, no profile, no place or time, no comment, no second frame, nothing behind
the end. What kind of file it is its content says; SVG is none that is taken, since it can hold a script.
"""

from __future__ import annotations

import io
import warnings

from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

from .errors import Permanent

FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
# The logo's own size. It is shown at 64 pixels at most, on screens with up to four dots to each.
SIDE = 256
# Twice a large screen, and 32 MB a copy while it is decoded, which the child has room for; checked before it is.
MAX_PIXELS = 8_000_000
# A picture smaller than this is a tracking pixel or a mistake, no logo.
LEAST_SIDE = 16
_BROKEN = (OSError, ValueError, SyntaxError, EOFError, TypeError, KeyError, IndexError, OverflowError)


def render(body: bytes) -> tuple[bytes, int, int]:
    """A PNG of at most SIDE by SIDE pixels with its width and height. Raises Permanent with a sentence.

    Of several frames the first is taken; transparency stays, and a picture that a camera turned is turned upright.
    """
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    if not body:
        raise Permanent("This file is empty.")
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            return _written(_small(_opened(body)))
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            raise Permanent(f"This picture has more than {MAX_PIXELS // 1_000_000} million pixels.") from error
        except UnidentifiedImageError as error:
            raise Permanent("This is no picture in PNG, JPEG, WebP or GIF.") from error
        except _BROKEN as error:
            raise Permanent("This picture is broken or cut short.") from error


def _opened(body: bytes) -> ImageFile.ImageFile:
    """The picture by its content, its pixels not decoded yet."""
    picture = Image.open(io.BytesIO(body), formats=FORMATS)
    width, height = picture.size
    if width * height > MAX_PIXELS:
        raise Image.DecompressionBombError
    if min(width, height) < LEAST_SIDE:
        raise Permanent(f"This picture is only {width} by {height} pixels: at least {LEAST_SIDE} are needed.")
    # A JPEG can be decoded at a fraction of its size.
    picture.draft("RGB", (2 * SIDE, 2 * SIDE))
    return picture


def _small(picture: Image.Image) -> Image.Image:
    """Upright, in colours that a browser knows, within SIDE by SIDE."""
    if picture.mode.startswith("I"):
        # 16 bits a pixel: the upper half of each.
        picture = picture.convert("I").point(lambda value: value / 256).convert("L")
    # The colours of a palette and the marks of a mask can't be mixed.
    small = picture if picture.mode in ("L", "RGB", "RGBA", "CMYK", "YCbCr") else picture.convert("RGBA")
    small.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    small = ImageOps.exif_transpose(small).convert("RGBA")
    opaque = small.getchannel("A").getextrema() == (255, 255)
    return small.convert("RGB") if opaque else small


def _written(small: Image.Image) -> tuple[bytes, int, int]:
    """A PNG of a picture that knows nothing but these pixels."""
    bare = Image.frombytes(small.mode, small.size, small.tobytes())
    out = io.BytesIO()
    bare.save(out, "PNG", optimize=True)
    return out.getvalue(), bare.width, bare.height
