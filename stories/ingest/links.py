"""Web addresses: made absolute, made safe, made comparable.

Pure text work: it looks nothing up and follows nothing, so two addresses that only the server knows to be one stay two.
"""

from __future__ import annotations

import hashlib
import re
import string
from urllib.parse import SplitResult, quote, unquote, urljoin, urlsplit

import tld

# What the identity of an article may take in the database; longer keys are hashed.
MAX_KEY = 500

_CONTROL = re.compile(r"[\x00-\x20\x7f-\x9f]+")
_NOT_ASCII = re.compile(r"[^\x21-\x7e]+")
_ESCAPE = re.compile(r"%([0-9a-fA-F]{2})")
_UNRESERVED = frozenset(string.ascii_letters + string.digits + "-._~")
_DEFAULT_PORTS = {"http": 80, "https": 443}

# Parameters that say where a reader came from and never which article is meant. Exact names, because the wider
# patterns at hand (courlan's, for one) also drop cid, gameId, source, session, which name the article at some outlets.
_TRACKING = frozenset(
    [
        "__hsfp", "__hssc", "__hstc", "_hsenc", "_hsmi", "_openstat", "amp", "at_bbc_team", "at_campaign",
        "at_campaign_type", "at_format", "at_link_id", "at_link_origin", "at_link_type", "at_medium",
        "at_ptr_name", "cmp", "cmpid", "cxrecs_s", "dclid", "ef_id", "epik", "fb_action_ids", "fb_action_types",
        "fb_source", "fbclid", "ftag", "ftcamp", "gbraid", "gclid", "gclsrc", "guccounter", "guce_referrer",
        "guce_referrer_sig", "hsctatracking", "icid", "igsh", "igshid", "ito", "maca", "mc_cid", "mc_eid",
        "mibextid", "mkt_tok", "msclkid", "ncid", "ns_campaign", "ns_fee", "ns_linkname", "ns_mchannel",
        "ns_source", "ocid", "oly_anon_id", "oly_enc_id", "outputtype", "rb_clickid", "ref_src", "ref_url",
        "s_cid", "s_kwcid", "smid", "smtyp", "sr_share", "sref", "srsltid", "taid", "tpcc", "traffic_source",
        "ttclid", "twclid", "vero_id", "wbraid", "wickedid", "wt_mc", "wt_zmc", "xtor", "yclid", "ysclid",
    ]
)  # fmt: skip
_TRACKING_PREFIXES = ("utm_", "mtm_", "pk_", "piwik_", "itm_", "hsa_", "matomo_", "stm_")
# Parameters that are tracking only with these values.
_TRACKING_PAIRS = frozenset(
    {"ref=rss", "source=rss", "src=rss", "from=rss", "rss=1", "partner=rss", "publisher=newsstand", "cid=rss"}
)


def safe_url(url: str) -> str:
    """The address without stray white space if it is an absolute http or https one, else ""."""
    cleaned = _CONTROL.sub("", url)
    parts = _split(cleaned)
    return cleaned if parts and parts.scheme in _DEFAULT_PORTS and parts.hostname else ""


def canonical(url: str, base: str = "") -> str:
    """The address to store and link: absolute, lower-case host, ASCII, no tracking, fragment or default port.

    `base` is what a relative address is relative to. Returns "" for what is no http or https address.
    """
    address = safe_url(joined(base, url.strip()))
    parts = _split(address)
    if parts is None:
        return ""
    query = "&".join(pair for pair in parts.query.split("&") if pair and not _is_tracking(pair))
    clean = parts._replace(netloc=_netloc(parts), path=parts.path or "/", query=query, fragment="").geturl()
    return _NOT_ASCII.sub(lambda match: quote(match[0]), clean)


def url_key(url: str) -> str:
    """A stable identity, at most MAX_KEY characters: scheme, "www.", a final slash, order and spelling do not count.

    Only for comparing: it is not itself an address. "" for what is no http or https address.
    """
    parts = _split(canonical(url))
    if parts is None:
        return ""
    netloc = parts.netloc.removeprefix("www.")
    path = _ESCAPE.sub(_plain_escape, parts.path).rstrip("/")
    query = "&".join(sorted(_ESCAPE.sub(_plain_escape, parts.query).split("&")))
    key = f"{netloc}{path}" + (f"?{query}" if query else "")
    if len(key) <= MAX_KEY:
        return key
    digest = hashlib.sha256(key.encode()).hexdigest()
    return f"{netloc[:100]}#{digest}"


def host(url: str) -> str:
    """The host name, lower-case, without port; "" where there is none."""
    parts = _split(_CONTROL.sub("", url))
    return _ascii_host(parts.hostname or "") if parts else ""


def site_domain(url: str) -> str:
    """The registrable domain (bbc.co.uk for news.bbc.co.uk) by the public suffix list; the host itself if it has none.

    Suffixes that companies let out (blogspot.com, github.io) count as suffixes: their tenants are different publishers.
    """
    name = host(url)
    found = tld.get_fld(name, fail_silently=True, fix_protocol=True, search_private=True) if name else None
    return str(found) if found else name


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _ = parts.port, parts.hostname  # both raise for what only looks like an address
    except ValueError:
        return None
    return parts if parts.scheme else None


def joined(base: str, url: str) -> str:
    """`url` made absolute against `base`; "" where the two make no address."""
    try:
        return urljoin(base, url) if base else url
    except ValueError:
        return ""


def _is_tracking(pair: str) -> bool:
    name = unquote(pair.partition("=")[0]).lower()
    return name in _TRACKING or name.startswith(_TRACKING_PREFIXES) or pair.lower() in _TRACKING_PAIRS


def _netloc(parts: SplitResult) -> str:
    """Host and port as compared: no user name, no default port, brackets for IPv6."""
    name = _ascii_host(parts.hostname or "")
    name = f"[{name}]" if ":" in name else name
    return name if parts.port in (None, _DEFAULT_PORTS[parts.scheme]) else f"{name}:{parts.port}"


def _ascii_host(name: str) -> str:
    name = name.lower().rstrip(".")
    if name.isascii():
        return name
    try:
        return name.encode("idna").decode("ascii")
    except UnicodeError:
        return name


def _plain_escape(match: re.Match[str]) -> str:
    """%7E as ~, %c3 as %C3: one spelling for one character."""
    character = chr(int(match[1], 16))
    return character if character in _UNRESERVED else match[0].upper()
