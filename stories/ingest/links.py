"""Web addresses: made absolute, made safe, made comparable.

Pure text work: it looks nothing up and follows nothing, so two addresses that only the server knows to be one stay two.
A false "same" makes one article of two and is worse than a miss: what may name another article is kept.
"""

from __future__ import annotations

import hashlib
import re
import string
from collections.abc import Collection
from functools import lru_cache
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
        ".tsrc", "__hsfp", "__hssc", "__hstc", "__readwiselocation", "_bhlid", "_branch_match_id", "_branch_referrer",
        "_ga", "_gl", "_hsenc", "_hsmi", "_kx", "_openstat", "amp", "amp_gsa", "amp_js_v", "at_bbc_team", "at_campaign",
        "at_campaign_type", "at_format", "at_link_id", "at_link_origin", "at_link_type", "at_medium", "at_ptr_name",
        "bxid", "campaign_content", "campaign_id", "campaign_medium", "campaign_name", "campaign_source",
        "campaign_term", "ck_subscriber_id", "cmp", "cmpid", "cndid", "cxrecs_s", "dclid", "dicbo", "ef_id", "epik",
        "fb_action_ids", "fb_action_types", "fb_comment_id", "fb_ref", "fb_source", "fbclid", "ftag", "ftcamp",
        "gaa_at", "gaa_n", "gaa_sig", "gaa_ts", "gbraid", "gclid", "gclsrc", "guccounter", "guce_referrer",
        "guce_referrer_sig", "hmb_campaign", "hmb_medium", "hmb_source", "hsctatracking", "icid", "igsh", "igshid",
        "int_cmp", "intcid", "intcmp", "ito", "li_fat_id", "maca", "mc_cid", "mc_eid", "mc_tc", "mibextid", "mkt_tok",
        "ml_subscriber", "ml_subscriber_hash", "msclkid", "ncid", "ns_campaign", "ns_fee", "ns_linkname",
        "ns_mchannel", "ns_source", "ocid", "oly_anon_id", "oly_enc_id", "outputtype", "rb_clickid", "rdt_cid",
        "ref_src", "ref_url", "s_cid", "s_kwcid", "sc_cid", "sfmc_id", "smid", "smtyp", "soc_src", "soc_trk",
        "sr_share", "sref", "srsltid", "ss_email_id", "taid", "tblci", "tpcc", "traffic_source", "trk_contact",
        "trk_module", "trk_msg", "trk_sid", "ttclid", "twclid", "usqp", "vero_conv", "vero_id", "wbraid", "wickedid",
        "wt_mc", "wt_zmc", "xtor", "yclid", "ysclid",
    ]
)  # fmt: skip
_TRACKING_PREFIXES = ("utm_", "mtm_", "pk_", "piwik_", "itm_", "hsa_", "matomo_", "stm_")
# Parameters that are tracking only with these values.
_TRACKING_PAIRS = frozenset(
    {"ref=rss", "source=rss", "src=rss", "from=rss", "rss=1", "partner=rss", "publisher=newsstand", "cid=rss",
     "feedtype=rss"}
)  # fmt: skip
# The Wall Street Journal's feeds name themselves here; elsewhere "mod" chooses what a page shows.
_TRACKING_PAIR_STARTS = ("mod=rss",)

# Copies of a publisher's page that others keep: the publisher's own address stands in the path.
_COPY_HOST = re.compile(r"(?:.+\.)?cdn\.ampproject\.org|.+\.bing-amp\.com")
_COPY_PATH = re.compile(r"/(?:c|v|wp)/(s/)?([^/]+\.[^/]+)(/.*)?")
_SEARCH_HOST = re.compile(r"(?:www\.)?google(?:\.com?)?\.[a-z]{2,3}")
_SEARCH_PATH = re.compile(r"/amp/(s/)?([^/]+\.[^/]+)(/.*)?")
# A copy of a copy is seen in the wild, a third layer is not.
_MAX_COPIES = 2

# First labels of hosts that serve the same pages in another dress. Editions and regions are other pages.
_DRESSES = frozenset({"m", "mobile", "amp"})
_AMP_FILE = re.compile(r"(.+)\.amp(\.[a-z]{3,5})?", re.IGNORECASE)


def safe_url(url: str) -> str:
    """The address without stray white space if it is an absolute http or https one, else ""."""
    cleaned = _CONTROL.sub("", url)
    parts = _split(cleaned)
    return cleaned if parts and parts.scheme in _DEFAULT_PORTS and parts.hostname else ""


def canonical(url: str, base: str = "") -> str:
    """The address to store and link: absolute, lower-case host, ASCII, no tracking, fragment or default port.

    It opens for a reader: of AMP caches it is the publisher's own address, otherwise host and path stay as they are.
    `base` is what a relative address is relative to. Returns "" for what is no http or https address.
    """
    parts = _split(safe_url(joined(base, url.strip())))
    if parts is None:
        return ""
    for _ in range(_MAX_COPIES):
        parts = _publishers(parts)
    netloc = _netloc(parts)
    query = parts.query
    if query:
        own = {netloc.removeprefix("www."), host(base).removeprefix("www.")}
        query = "&".join(pair for pair in query.split("&") if pair and not _is_tracking(pair, own))
    clean = parts._replace(netloc=netloc, path=parts.path or "/", query=query, fragment="").geturl()
    return _NOT_ASCII.sub(lambda match: quote(match[0]), clean)


def url_key(url: str, base: str = "") -> str:
    """A stable identity, at most MAX_KEY characters: one for the spellings and dresses of an address.

    Scheme, "www.", a final slash, the order of parameters and escapes do not count, nor whether it is the mobile or
    the AMP page. Only for comparing: it is not itself an address. `base` and "" as in `canonical`.
    """
    parts = _split(canonical(url, base))
    if parts is None:
        return ""
    netloc = _undressed(parts.netloc)
    path = _without_amp(_ESCAPE.sub(_plain_escape, parts.path).rstrip("/"))
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
    return _registrable(name) if name else ""


def joined(base: str, url: str) -> str:
    """`url` made absolute against `base`; "" where the two make no address."""
    try:
        return urljoin(base, url) if base else url
    except ValueError:
        return ""


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _ = parts.port, parts.hostname  # both raise for what only looks like an address
    except ValueError:
        return None
    return parts if parts.scheme else None


def _publishers(parts: SplitResult) -> SplitResult:
    """The address that a cache's copy was made of; any other address as it is."""
    name = (parts.hostname or "").lower()
    if _COPY_HOST.fullmatch(name):
        match = _COPY_PATH.fullmatch(parts.path)
    else:
        match = _SEARCH_PATH.fullmatch(parts.path) if _SEARCH_HOST.fullmatch(name) else None
    if match is None:
        return parts
    original = _split(f"{'https' if match[1] else 'http'}://{match[2]}{match[3] or '/'}")
    return original._replace(query=parts.query) if original and original.hostname else parts


def _is_tracking(pair: str, own: Collection[str]) -> bool:
    """Whether a parameter only says where the reader comes from; `own` are the hosts that may call themselves so."""
    name, _, value = pair.partition("=")
    name = unquote(name).lower()
    if name in _TRACKING or name.startswith(_TRACKING_PREFIXES):
        return True
    if name == "ref" and value and unquote(value).lower().removeprefix("www.") in own:
        return True
    return pair.lower() in _TRACKING_PAIRS or pair.lower().startswith(_TRACKING_PAIR_STARTS)


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


# A batch of feeds names the same few hosts again and again; the look-up takes 20 microseconds.
@lru_cache(maxsize=4096)
def _registrable(name: str) -> str:
    found = tld.get_fld(name, fail_silently=True, fix_protocol=True, search_private=True)
    return str(found) if found else name


def _undressed(netloc: str) -> str:
    """The host without "www.", "m.", "mobile." or "amp." in front, unless that is the site's own name (m.co)."""
    netloc = netloc.removeprefix("www.")
    label, _, rest = netloc.partition(".")
    if label not in _DRESSES:
        return netloc
    name = netloc.partition(":")[0]
    return rest.removeprefix("www.") if _registrable(name) != name else netloc


def _without_amp(path: str) -> str:
    """The path of the page that an AMP page is another dress of: /a-long-slug/amp, /amp/a-long-slug, /a.amp.html.

    Where what is left names no single page (/tag/amp), "amp" is what the page is about and stays.
    """
    if "amp" not in path.lower():
        return path
    folder, _, name = path.rpartition("/")
    if match := _AMP_FILE.fullmatch(name):
        return f"{folder}/{match[1]}{match[2] or ''}"
    left = [part for part in path.split("/") if part.lower() != "amp"]
    return "/".join(left) if names_page(left[-1]) else path


def names_page(segment: str) -> bool:
    """Whether the last part of a path looks like one page's name, not a section's: a number, a file, a longer slug."""
    return bool(re.search(r"\d|\.[a-z]{3,5}$|[-_][^-_]+[-_]", segment))


def _plain_escape(match: re.Match[str]) -> str:
    """%7E as ~, %c3 as %C3: one spelling for one character."""
    character = chr(int(match[1], 16))
    return character if character in _UNRESERVED else match[0].upper()
